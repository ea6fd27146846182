/* Psychometric curves against R's fits (tests/golden/make_psychometric.R), and what must hold of
 * them: curves without a fit say so, shift and lapse are told apart,
 * and the test's weights do not know which outcomes are the lesion's. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "golden/psychometric.h"
#include "lesion/psychometric.h"
#include "statistics/psychometric.h"

enum { SIX = 6 };
static const double six[SIX] = {.05, .1, .2, .3, .5, 1};

static struct lsn_psychometric_fit fit_to(int function, double guess, const double *contrasts,
                                          int count, double images, const double *right)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_psychometric_fit fit;
    struct lsn_psychometric *curve;

    test_ok(lsn_psychometric_create((enum lsn_psychometric_function)function, guess, contrasts,
                                    count, &curve, &err),
            &err);
    test_ok(lsn_psychometric_fit(curve, images, right, NULL, &fit, &err), &err);
    lsn_psychometric_free(curve);
    return fit;
}

static void equals_r(void **state)
{
    size_t k;

    (void)state;
    assert_int_equal(TEST_COUNT(golden), 50);
    for (k = 0; k < TEST_COUNT(golden); k++) {
        struct lsn_psychometric_fit fit =
            fit_to(golden[k].function, golden[k].guess, golden[k].contrasts, golden[k].count,
                   golden[k].images, golden[k].right);

        if (fit.state != LSN_PSYCHOMETRIC_FINE ||
            !(fabs(log10(fit.threshold / golden[k].threshold)) < 1e-4) ||
            !(fabs(fit.slope / golden[k].slope - 1) < 1e-4) ||
            !(fabs(fit.lapse - golden[k].lapse) < 1e-4) ||
            !(fabs(fit.deviance - golden[k].deviance) < 1e-6))
            fail_msg("kernel %zu: %s, threshold %.8g, slope %.8g, lapse %.8g, deviance %.8g; R has "
                     "%.8g, %.8g, %.8g, %.8g",
                     k, lsn_psychometric_state_name(fit.state), fit.threshold, fit.slope, fit.lapse,
                     fit.deviance, golden[k].threshold, golden[k].slope, golden[k].lapse,
                     golden[k].deviance);
    }
}

/* Data that lie on a curve have it for their fit, in any order of contrasts, and with contrast 0.
 */
static void finds_a_curve(void **state)
{
    static const double contrasts[] = {1, .05, 0, .3, .1, .5, .2};
    static const struct lsn_psychometric_fit curves[] = {{.18, 1.8, .3, 0, LSN_PSYCHOMETRIC_FINE},
                                                         {.4, .9, .02, 0, LSN_PSYCHOMETRIC_FINE},
                                                         {.08, 3, .6, 0, LSN_PSYCHOMETRIC_FINE}};
    size_t k, c;
    int f;

    (void)state;
    for (f = 0; f < LSN_PSYCHOMETRIC_FUNCTIONS; f++)
        for (k = 0; k < TEST_COUNT(curves); k++) {
            struct lsn_psychometric_fit fit;
            double right[TEST_COUNT(contrasts)];

            for (c = 0; c < TEST_COUNT(contrasts); c++)
                right[c] = 1000 * lsn_psychometric_accuracy((enum lsn_psychometric_function)f, .125,
                                                            &curves[k], contrasts[c]);
            fit = fit_to(f, .125, contrasts, TEST_COUNT(contrasts), 1000, right);
            assert_int_equal(fit.state, LSN_PSYCHOMETRIC_FINE);
            assert_true(fabs(log10(fit.threshold / curves[k].threshold)) < 1e-5);
            assert_true(fabs(fit.slope / curves[k].slope - 1) < 1e-5);
            assert_true(fabs(fit.lapse - curves[k].lapse) < 1e-5);
            assert_true(fit.deviance < 1e-7);
        }
}

/* 1 - 1/e at a Weibull threshold, a half at Naka and Rushton's; the guess rate at contrast 0. */
static void has_its_meaning(void **state)
{
    const struct lsn_psychometric_fit fit = {.2, 2.5, .1, 0, LSN_PSYCHOMETRIC_FINE};

    (void)state;
    assert_true(fabs(lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_WEIBULL, .25, &fit, .2) -
                     (.25 + .65 * (1 - exp(-1)))) < 1e-15);
    assert_true(fabs(lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_NAKA_RUSHTON, .25, &fit, .2) -
                     (.25 + .65 / 2)) < 1e-15);
    assert_true(lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_WEIBULL, .25, &fit, 0) == .25);
    assert_true(lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_NAKA_RUSHTON, .25, &fit, 0) == .25);
    assert_true(fabs(lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_WEIBULL, .25, &fit, 1) - .9) <
                1e-9);
}

static void says_why_there_is_none(void **state)
{
    static const struct {
        double right[SIX];
        const char *why;
    } cases[] = {{{50, 50, 50, 50, 50, 50}, "flat"},
                 {{0, 0, 0, 0, 0, 0}, "flat"},
                 {{100, 100, 100, 100, 100, 100}, "flat"},
                 {{70, 60, 50, 40, 30, 20}, "flat"},
                 {{48, 52, 49, 51, 50, 53}, "flat"},
                 {{2, 4, 8, 12, 20, 40}, "threshold outside the contrasts"},
                 {{55, 70, 70, 70, 70, 70}, "threshold outside the contrasts"},
                 {{0, 0, 80, 80, 80, 80}, "step between two contrasts"},
                 {{5, 30, 60, 70, 75, 76}, "fine"}};
    size_t k;

    (void)state;
    for (k = 0; k < TEST_COUNT(cases); k++) {
        struct lsn_psychometric_fit fit =
            fit_to(LSN_PSYCHOMETRIC_WEIBULL, .01, six, SIX, 100, cases[k].right);

        if (strcmp(lsn_psychometric_state_name(fit.state), cases[k].why) != 0)
            fail_msg("case %zu is %s, wanted %s (threshold %g, slope %g, lapse %g)", k,
                     lsn_psychometric_state_name(fit.state), cases[k].why, fit.threshold, fit.slope,
                     fit.lapse);
    }
}

static void refuses(void **state)
{
    static const struct {
        double guess, contrasts[SIX];
        int count;
        const char *sentence;
    } cases[] = {
        {1,
         {.1, .2, .3, 1},
         4,
         "psychometric curve: the guess rate is 1, wanted one of at least 0 and below 1"},
        {-.1,
         {.1, .2, .3, 1},
         4,
         "psychometric curve: the guess rate is -0.1, wanted one of at least 0 and below 1"},
        {0, {.1, .2, 1}, 3, "psychometric curve: got 3 contrasts, wanted at least 4"},
        {0, {.1, .2, .2, 1}, 4, "psychometric curve: contrast 0.2 is given twice"},
        {0, {.1, .2, .3, 1.5}, 4, "psychometric curve: contrast 1.5 is not in 0 ... 1"}};
    struct lsn_psychometric *curve;
    size_t k;

    (void)state;
    for (k = 0; k < TEST_COUNT(cases); k++) {
        struct lsn_error err = LSN_ERROR_NONE;

        test_error(lsn_psychometric_create(LSN_PSYCHOMETRIC_WEIBULL, cases[k].guess,
                                           cases[k].contrasts, cases[k].count, &curve, &err),
                   &err, LSN_E_ARGUMENT, cases[k].sentence);
        assert_null(curve);
    }
    lsn_psychometric_free(NULL);
}

/* The one-step estimate is the derivative of the fit by the data, checked by refitting data that
 * lie on a curve and are moved a little. */
static void influence_is_a_derivative(void **state)
{
    const struct lsn_psychometric_fit truth = {.18, 1.8, .3, 0, LSN_PSYCHOMETRIC_FINE};
    double right[SIX], threshold[SIX], lapse[SIX];
    struct lsn_psychometric_fit fit, moved;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_psychometric *curve;
    int f, c, at;

    (void)state;
    for (f = 0; f < LSN_PSYCHOMETRIC_FUNCTIONS; f++) {
        test_ok(lsn_psychometric_create((enum lsn_psychometric_function)f, .125, six, SIX, &curve,
                                        &err),
                &err);
        for (c = 0; c < SIX; c++)
            right[c] = 1e4 * lsn_psychometric_accuracy((enum lsn_psychometric_function)f, .125,
                                                       &truth, six[c]);
        test_ok(lsn_psychometric_fit(curve, 1e4, right, NULL, &fit, &err), &err);
        assert_true(lsn_psychometric_influence(curve, 1e4, &fit, threshold, lapse));
        for (at = 0; at < SIX; at++) {
            double shift;

            right[at] += 20;
            test_ok(lsn_psychometric_fit(curve, 1e4, right, &fit, &moved, &err), &err);
            right[at] -= 20;
            shift = log10(moved.threshold / fit.threshold);
            assert_true(fabs(shift - 20 * threshold[at]) < .02 * fabs(shift) + 2e-6);
            assert_true(fabs(moved.lapse - fit.lapse - 20 * lapse[at]) <
                        .02 * fabs(moved.lapse - fit.lapse) + 2e-6);
        }
        lsn_psychometric_free(curve);
    }
    /* A curve that is over at every contrast has no information on its threshold. */
    test_ok(lsn_psychometric_create(LSN_PSYCHOMETRIC_WEIBULL, .1, six, SIX, &curve, &err), &err);
    fit = (struct lsn_psychometric_fit){.001, 15, .3, 0, LSN_PSYCHOMETRIC_FINE};
    assert_false(lsn_psychometric_influence(curve, 100, &fit, threshold, lapse));
    for (c = 0; c < SIX; c++)
        assert_true(threshold[c] == 0 && lapse[c] == 0);
    lsn_psychometric_free(curve);
}

enum { IMAGES = 60, REPLICATES = 99 };

/* Outcomes of images of rising difficulty. */
static void make_sample(uint8_t *right)
{
    int i, c;

    for (c = 0; c < SIX; c++)
        for (i = 0; i < IMAGES; i++)
            right[c * IMAGES + i] =
                (uint8_t)(i * 7 % IMAGES < 44 * (1 - exp(-pow(six[c] / .18, 2))));
}

static struct lsn_curve_change find_change(const uint8_t *right, const int8_t *changes,
                                           double weights[2][SIX])
{
    struct lsn_sample sample = {
        LSN_PSYCHOMETRIC_WEIBULL, .01, six, SIX, right, IMAGES, REPLICATES, 1};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_intact_curve intact;
    struct lsn_curve_worker worker;
    struct lsn_curve_change change;

    test_ok(lsn_intact_curve_make(&sample, &intact, &err), &err);
    test_ok(lsn_curve_worker_make(&intact, &worker, &err), &err);
    test_ok(lsn_curve_change_find(&intact, &worker, changes, &change, weights[0], weights[1], &err),
            &err);
    lsn_curve_worker_free(&worker);
    lsn_intact_curve_free(&intact);
    return change;
}

static void a_lesion_without_effect(void **state)
{
    int8_t changes[SIX * IMAGES] = {0};
    uint8_t right[SIX * IMAGES];
    struct lsn_curve_change change;
    double weights[2][SIX];

    (void)state;
    make_sample(right);
    change = find_change(right, changes, weights);
    assert_int_equal(change.fit.state, LSN_PSYCHOMETRIC_FINE);
    assert_true(change.tested);
    assert_true(change.shift == 0 && change.shift_interval.low == 0 &&
                change.shift_interval.high == 0);
    assert_true(change.lapse == 0 && change.lapse_interval.low == 0 &&
                change.lapse_interval.high == 0);
}

/* A lesion that takes a quarter of the right ones at all contrasts is a lapse; one that takes the
 * half at the three lowest is a shift. */
static void tells_apart(void **state)
{
    int8_t low[SIX * IMAGES] = {0}, all[SIX * IMAGES] = {0};
    uint8_t right[SIX * IMAGES];
    struct lsn_curve_change change;
    double weights[2][SIX];
    int i, c;

    (void)state;
    make_sample(right);
    for (c = 0; c < SIX; c++)
        for (i = 0; i < IMAGES; i++) {
            if (right[c * IMAGES + i] && i % 4 == 0)
                all[c * IMAGES + i] = -1;
            if (right[c * IMAGES + i] && i % 2 == 0 && c < 3)
                low[c * IMAGES + i] = -1;
        }
    change = find_change(right, all, weights);
    assert_true(change.shift_interval.low < 0 && change.shift_interval.high > 0);
    assert_true(change.lapse_interval.low > .05 && change.lapse_interval.low < change.lapse &&
                change.lapse < change.lapse_interval.high);
    change = find_change(right, low, weights);
    assert_true(change.shift_interval.low > .05 && change.shift_interval.low < change.shift &&
                change.shift < change.shift_interval.high);
    assert_true(change.lapse_interval.low < .02);
}

/* The test's weights stay when intact and lesioned outcomes of images are exchanged; the changes
 * turn about when those of all are. */
static void exchanges(void **state)
{
    int8_t changes[SIX * IMAGES], back[SIX * IMAGES];
    uint8_t right[SIX * IMAGES], other[SIX * IMAGES];
    struct lsn_curve_change change, turned;
    double weights[2][SIX], again[2][SIX];
    int every, i, c;

    (void)state;
    make_sample(right);
    for (i = 0; i < SIX * IMAGES; i++)
        changes[i] = (int8_t)((i * 11 % 7 == 0) * (right[i] ? -1 : 1));
    change = find_change(right, changes, weights);
    for (every = 1; every <= 3; every += 2) {
        for (i = 0; i < SIX * IMAGES; i++) {
            bool is_exchanged = i % IMAGES % every == 0;

            other[i] = (uint8_t)(right[i] + (is_exchanged ? changes[i] : 0));
            back[i] = (int8_t)(is_exchanged ? -changes[i] : changes[i]);
        }
        turned = find_change(other, back, again);
        for (c = 0; c < SIX; c++)
            assert_true(weights[0][c] == again[0][c] && weights[1][c] == again[1][c]);
        if (every == 1) {
            assert_true(fabs(turned.shift + change.shift) < 1e-12 &&
                        fabs(turned.lapse + change.lapse) < 1e-12);
            assert_true(fabs(turned.shift_interval.low + change.shift_interval.high) < 1e-4);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_r),
        cmocka_unit_test(finds_a_curve),
        cmocka_unit_test(has_its_meaning),
        cmocka_unit_test(says_why_there_is_none),
        cmocka_unit_test(refuses),
        cmocka_unit_test(influence_is_a_derivative),
        cmocka_unit_test(a_lesion_without_effect),
        cmocka_unit_test(tells_apart),
        cmocka_unit_test(exchanges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
