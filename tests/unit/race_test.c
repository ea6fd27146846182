/* Races over populations whose true means are known. What is promised with a probability
 * is counted over seeded races and may miss by three standard deviations; the confidences
 * are low, so that bounds which are too bold are seen. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lesion/race.h"
#include "statistics/race.h"

struct population {
    size_t images, arms;
    float *x; /* [images][arms] */
};

static double uniform(uint64_t *seed)
{
    return (double)(test_random(seed) >> 11) * 0x1p-53;
}

/* Rights and wrongs: arm a errs on a share error[a] of the images. A share `common` of
 * them is drawn for all arms together: the same images are hard for all. */
static struct population draw(uint64_t *seed, size_t images, size_t arms, const double *error,
                              double common)
{
    struct population p = {images, arms, malloc(images * arms * sizeof(float))};
    size_t i, a;

    assert_non_null(p.x);
    for (i = 0; i < images; i++) {
        double shared = uniform(seed);

        for (a = 0; a < arms; a++) {
            double own = uniform(seed) < common ? shared : uniform(seed);

            p.x[i * arms + a] = own < error[a] ? 1 : 0;
        }
    }
    return p;
}

/* The images in a random order. */
static void shuffle(uint64_t *seed, struct population *p)
{
    size_t i, a;

    for (i = p->images - 1; i > 0; i--) {
        size_t j = (size_t)(uniform(seed) * (double)(i + 1));

        for (a = 0; a < p->arms; a++) {
            float x = p->x[i * p->arms + a];

            p->x[i * p->arms + a] = p->x[j * p->arms + a];
            p->x[j * p->arms + a] = x;
        }
    }
}

/* The sum over all images, which is exact for small whole numbers. */
static double total(const struct population *p, size_t arm)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < p->images; i++)
        sum += (double)p->x[i * p->arms + arm];
    return sum;
}

/* Whether arm is of the top, ties to the lower index. */
static bool is_top(const struct population *p, size_t arm, size_t top)
{
    double own = total(p, arm);
    size_t before = 0, a;

    for (a = 0; a < p->arms; a++)
        before += total(p, a) > own || (total(p, a) == own && a < arm);
    return before < top;
}

static struct lsn_race *create_with(const struct population *p, size_t top, double confidence,
                                    size_t stride, const double *prior)
{
    struct lsn_race_options options = {.size = sizeof options,
                                       .arms = p->arms,
                                       .images = p->images,
                                       .top = top,
                                       .confidence = confidence,
                                       .low = 0,
                                       .high = 1,
                                       .stride = stride,
                                       .prior = prior};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_race *race;

    test_ok(lsn_race_create(&options, &race, &err), &err);
    return race;
}

static struct lsn_race *create(const struct population *p, size_t top, double confidence,
                               size_t stride)
{
    return create_with(p, top, confidence, stride, NULL);
}

static void add(struct lsn_race *race, const struct population *p)
{
    struct lsn_error err = LSN_ERROR_NONE;
    size_t count, i;
    const size_t *active = lsn_race_active(race, &count);
    const float *row = p->x + lsn_race_images(race) * p->arms;
    float *values = test_output(count);

    for (i = 0; i < count; i++)
        values[i] = row[active[i]];
    test_ok(lsn_race_add(race, values, &err), &err);
    free(values);
}

/* Runs the race; whether it returned the true top. */
static bool finds_top(struct lsn_race *race, const struct population *p, size_t top)
{
    size_t *best = malloc(p->arms * sizeof *best), i, found;
    bool right = true;

    assert_non_null(best);
    while (!lsn_race_over(race))
        add(race, p);
    found = lsn_race_result(race, best);
    assert_int_equal(found, top);
    for (i = 0; i < found; i++)
        right &= is_top(p, best[i], top);
    free(best);
    return right;
}

static void check_misses(const char *what, int misses, int races, double error)
{
    double most = races * error + 3 * sqrt(races * error * (1 - error));

    if (misses > most)
        fail_msg("%s: missed in %d of %d races, at most %.1f are allowed", what, misses, races,
                 most);
}

/* Misses in races over one population, its images shuffled each time. */
static int misses(uint64_t *seed, struct population *p, int races, size_t top, double confidence)
{
    int missed = 0, i;

    for (i = 0; i < races; i++) {
        struct lsn_race *race = create(p, top, confidence, 0);

        shuffle(seed, p);
        missed += !finds_top(race, p, top);
        lsn_race_free(race);
    }
    return missed;
}

/* Two arms that are all but equal: a single pair has all the error to spend, and no
 * union hides a bound that is too bold. */
static void promise_for_a_pair(void **state)
{
    const double error[2] = {0.30, 0.31};
    uint64_t seed = 41;
    int missed = 0, i;

    (void)state;
    for (i = 0; i < 20; i++) {
        struct population p = draw(&seed, 400, 2, error, 0.5);

        missed += misses(&seed, &p, 50, 1, 0.7);
        free(p.x);
    }
    check_misses("a pair", missed, 1000, 0.3);
}

/* More arms than there are challengers at first, around the top's limit close together. */
static void promise_for_many_arms(void **state)
{
    double error[150];
    uint64_t seed = 43;
    int missed = 0, i;
    size_t a;

    (void)state;
    for (a = 0; a < TEST_COUNT(error); a++)
        error[a] = 0.05 + 0.3 * exp(-(double)a / 8);
    for (i = 0; i < 15; i++) {
        struct population p = draw(&seed, 1500, TEST_COUNT(error), error, 0.4);

        missed += misses(&seed, &p, 20, 6, 0.5);
        free(p.x);
    }
    check_misses("many arms", missed, 300, 0.5);
}

/* What is promised holds for any prior, also for one that takes the worst arms for the best ones,
 * or puts all but a trace on an arm just below the top; the right one ends a race sooner than none,
 * and a factor changes nothing. */
static void priors(void **state)
{
    double error[60], none[60], right[60], reversed[60], trap[60];
    int missed[2] = {0}, i;
    uint64_t seed = 45, variants[3] = {0};
    size_t a, kind;

    (void)state;
    for (a = 0; a < TEST_COUNT(error); a++) {
        error[a] = 0.05 + 0.3 * exp(-(double)a / 8);
        none[a] = 0.125;
        right[a] = a < 6 ? 100 : 1;
        reversed[a] = (double)(a * a * a) + 0.001;
        trap[a] = a == 6 ? 1 : 1e-6;
    }
    for (i = 0; i < 200; i++) {
        const double *const given[] = {NULL, none, right, reversed, trap};
        struct population p = draw(&seed, 600, TEST_COUNT(error), error, 0.4);

        shuffle(&seed, &p);
        for (kind = 0; kind < TEST_COUNT(given); kind++) {
            struct lsn_race *race = create_with(&p, 6, 0.5, 0, given[kind]);
            bool found = finds_top(race, &p, 6);

            if (kind < 3)
                variants[kind] += lsn_race_variants(race);
            else
                missed[kind - 3] += !found;
            lsn_race_free(race);
        }
        free(p.x);
    }
    assert_true(variants[0] == variants[1]);
    assert_true((double)variants[2] < 0.95 * (double)variants[0]);
    check_misses("a reversed prior", missed[0], 200, 0.5);
    check_misses("a prior for one that is not in the top", missed[1], 200, 0.5);
}

/* Arms of exactly the same mean: all that can be right is arm 0, at the end. */
static void equal_arms(void **state)
{
    uint64_t seed = 47;
    int missed = 0, early = 0, i, race_count = 600;

    (void)state;
    for (i = 0; i < race_count; i++) {
        float x[2 * 300];
        struct population p = {300, 2, x};
        struct lsn_race *race = create(&p, 1, 0.8, 1);
        size_t j;

        for (j = 0; j < p.images; j++) {
            x[2 * j] = j % 5 == 0;
            x[2 * j + 1] = j % 5 == 1;
        }
        shuffle(&seed, &p);
        missed += !finds_top(race, &p, 1);
        early += lsn_race_images(race) < p.images;
        lsn_race_free(race);
    }
    check_misses("equal arms", missed, race_count, 0.2);
    check_misses("equal arms, either way", early, race_count, 0.4);
    assert_true(early > 0); /* else nothing was tested */
}

/* The same, with nothing to choose between them at all: never decided before the end. */
static void identical_arms(void **state)
{
    double error[100];
    uint64_t seed = 53;
    struct population p;
    struct lsn_race *race;
    size_t best[7], i, a;

    (void)state;
    for (a = 0; a < TEST_COUNT(error); a++)
        error[a] = 0.3;
    p = draw(&seed, 500, TEST_COUNT(error), error, 1);
    race = create(&p, TEST_COUNT(best), 0.6, 0);
    while (!lsn_race_over(race))
        add(race, &p);
    assert_int_equal(lsn_race_images(race), p.images);
    assert_int_equal(lsn_race_variants(race), p.images * p.arms);
    assert_int_equal(lsn_race_result(race, best), TEST_COUNT(best));
    for (i = 0; i < TEST_COUNT(best); i++)
        assert_int_equal(best[i], i);
    lsn_race_free(race);
    free(p.x);
}

/* Too few images to be sure of anything: the true top, with its many ties. */
static void exact_at_the_end(void **state)
{
    uint64_t seed = 59;
    int i;

    (void)state;
    for (i = 0; i < 200; i++) {
        double error[30];
        size_t arms = (size_t)test_random_int(&seed, 2, 30), best[30], top, a, images;
        struct population p;
        struct lsn_race *race;

        for (a = 0; a < arms; a++)
            error[a] = 0.4;
        images = (size_t)test_random_int(&seed, 1, 8);
        p = draw(&seed, images, arms, error, 0);
        top = (size_t)test_random_int(&seed, 1, (int)arms - 1);
        race = create(&p, top, 0.999999, 0);
        assert_true(finds_top(race, &p, top));
        assert_int_equal(lsn_race_result(race, best), top);
        for (a = 0; a < top; a++) {
            struct lsn_race_arm arm = lsn_race_arm(race, best[a]);

            assert_int_equal(arm.state, LSN_RACE_ACCEPTED);
            if (arm.images == images) {
                double mean = total(&p, best[a]) / (double)images;

                assert_true(fabs(arm.mean - mean) < 1e-12);
                assert_true(fabs(arm.lower - mean) < 1e-12 && fabs(arm.upper - mean) < 1e-12);
            }
        }
        lsn_race_free(race);
        free(p.x);
    }
}

/* What races are for: most arms leave early, and the account of them is right. */
static void decides_early(void **state)
{
    double error[400];
    uint64_t seed = 61, variants = 0;
    struct population p;
    struct lsn_race *race;
    size_t a, count, due, best[5], i;

    (void)state;
    for (a = 0; a < TEST_COUNT(error); a++)
        error[a] = a % 80 == 7 ? 0.5 + (double)a / 4000 : 0.1;
    p = draw(&seed, 2000, TEST_COUNT(error), error, 0.5);
    race = create(&p, 5, 0.95, 16);
    while ((due = lsn_race_due(race)) > 0) {
        size_t before;

        lsn_race_active(race, &before);
        for (; due > 0; due--) {
            lsn_race_active(race, &count);
            assert_int_equal(count, before); /* decisions come when they are due, only */
            variants += count;
            add(race, &p);
        }
        assert_true(lsn_race_images(race) % 16 == 0 || lsn_race_images(race) == p.images);
    }
    assert_true(lsn_race_over(race));
    assert_true(lsn_race_variants(race) == variants);
    assert_true(variants * 10 < p.images * p.arms);
    assert_int_equal(lsn_race_result(race, best), 5);
    for (i = 0; i < 5; i++)
        assert_int_equal(best[i] % 80, 7);
    for (i = 1; i < 5; i++)
        assert_true(lsn_race_arm(race, best[i - 1]).mean >= lsn_race_arm(race, best[i]).mean);
    assert_int_equal(lsn_race_arm(race, 0).state, LSN_RACE_DROPPED);
    assert_true(lsn_race_arm(race, 0).images < 200);
    lsn_race_free(race);
    free(p.x);
}

/* Without any luck: an arm that is ahead by more than the rest can change has won. */
static void settled_without_luck(void **state)
{
    float x[2 * 20];
    struct population p = {20, 2, x};
    struct lsn_race *race = create(&p, 1, 1 - 1e-12, 1);
    size_t i, best;

    (void)state;
    for (i = 0; i < p.images; i++) {
        x[2 * i] = 0;
        x[2 * i + 1] = 1;
    }
    while (!lsn_race_over(race))
        add(race, &p);
    assert_int_equal(lsn_race_images(race), 11);
    assert_int_equal(lsn_race_result(race, &best), 1);
    assert_int_equal(best, 1);
    lsn_race_free(race);
}

/* An arm's interval must hold its mean at all times, for rare errors and dense values. */
static void intervals_hold_at_all_times(void **state)
{
    const double error = 0.2;
    uint64_t seed = 67;
    int kind, i, races = 500;

    (void)state;
    for (kind = 0; kind < 3; kind++) {
        int missed = 0;
        double width = 0;

        for (i = 0; i < races; i++) {
            float x[300];
            struct population p = {300, 1, x};
            struct lsn_confidence_sequence spread = {.sum = 0};
            double mean, lower, upper;
            bool missing = false;
            size_t j;

            for (j = 0; j < p.images; j++)
                x[j] = kind == 0   ? j < 12
                       : kind == 1 ? j % 2 == 0
                                   : (float)uniform(&seed) * 0.2f + 0.7f;
            shuffle(&seed, &p);
            mean = total(&p, 0) / (double)p.images;
            for (j = 0; j < p.images; j++) {
                lsn_confidence_sequence_add(&spread, (double)x[j], j, p.images, error);
                lsn_confidence_sequence_interval(&spread, j + 1, p.images, error, &lower, &upper);
                missing |= lower > mean + 1e-9 || upper < mean - 1e-9;
                if (j == 149)
                    width += (upper - lower) / races;
            }
            missed += missing;
        }
        check_misses("intervals", missed, races, error);
        assert_true(width < (kind == 1 ? 0.25 : 0.12)); /* and is of use */
    }
}

/* Wealth by the formula, in double. */
static void pair_tests_twin(void **state)
{
    enum { ARMS = 5, IMAGES = 200 };
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pair_tests pair_tests;
    double sums[ARMS] = {0}, wealth[2][LSN_PAIR_TEST_BETS][ARMS], x[ARMS];
    const size_t challenger[2] = {1, 4};
    uint64_t seed = 71;
    size_t i, row, a, bet;

    (void)state;
    test_ok(lsn_pair_tests_init(&pair_tests, ARMS, 2, IMAGES, 1e-3, &err), &err);
    for (row = 0; row < 2; row++) {
        lsn_pair_tests_enter(&pair_tests, challenger[row], ARMS, 0.5);
        for (bet = 0; bet < LSN_PAIR_TEST_BETS; bet++)
            for (a = 0; a < ARMS; a++)
                wealth[row][bet][a] = 0.5;
    }
    for (i = 0; i < IMAGES; i++) {
        for (a = 0; a < ARMS; a++)
            x[a] = fmin(1, uniform(&seed) * (1 + 0.1 * (double)a));
        lsn_pair_tests_add(&pair_tests, x, sums, ARMS, IMAGES - i);
        for (row = 0; row < 2; row++)
            for (a = 0; a < ARMS; a++) {
                size_t c = challenger[row];
                double mean = (sums[a] - sums[c]) / (double)(IMAGES - i);

                for (bet = 0; bet < LSN_PAIR_TEST_BETS; bet++) {
                    double got =
                        (double)pair_tests.wealth[(row * LSN_PAIR_TEST_BETS + bet) * ARMS + a];
                    double *wanted = &wealth[row][bet][a];

                    if (mean <= 0.25)
                        *wanted *= 1 + (double)pair_tests.bet[bet] * (x[c] - x[a] - mean);
                    assert_true(fabs(got - *wanted) <= 1e-4 * *wanted);
                }
            }
        for (a = 0; a < ARMS; a++)
            sums[a] += x[a];
    }
    lsn_pair_tests_free(&pair_tests);
}

/* When a race of two arms is decided, by the formulas: at the first image from the 64th
 * on (before, nothing is) at which either arm has won its pairwise test, of which it had 9/10 at
 * the start, or is ahead by more than remains. */
static size_t decided_at(const struct population *p, const struct lsn_pair_tests *pair_tests)
{
    double wealth[2][LSN_PAIR_TEST_BETS], gap = 0;
    bool won = false;
    size_t i, bet;
    int c;

    for (bet = 0; bet < LSN_PAIR_TEST_BETS; bet++)
        wealth[0][bet] = wealth[1][bet] = 0.9;
    for (i = 0; i < p->images; i++) {
        double rest = (double)(p->images - i), d = (double)(p->x[2 * i] - p->x[2 * i + 1]);

        for (c = 0; c < 2; c++) {
            double sign = c ? -1 : 1, all = 0;

            for (bet = 0; bet < LSN_PAIR_TEST_BETS; bet++) {
                if (-sign * gap / rest <= 0.25)
                    wealth[c][bet] *= 1 + (double)pair_tests->bet[bet] * sign * (d + gap / rest);
                all += wealth[c][bet];
            }
            won |= all >= (double)pair_tests->goal;
        }
        gap += d;
        if (i + 1 >= 64 && (won || fabs(gap) > rest - 1))
            return i + 1;
    }
    return p->images;
}

static void pair_twin(void **state)
{
    const double error[2] = {0.2, 0.3};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pair_tests pair_tests;
    uint64_t seed = 73;
    size_t early = 0, i;

    (void)state;
    test_ok(lsn_pair_tests_init(&pair_tests, 2, 2, 300, 0.05, &err), &err);
    assert_true(pair_tests.goal > 100 &&
                pair_tests.goal < 100.1f); /* 5 bets / 0.05, and rounding */
    assert_true(fabs((double)pair_tests.bet[0] - 0.4) < 1e-6 && pair_tests.bet[4] <= 0.8f);
    for (i = 0; i < 200; i++) {
        struct population p = draw(&seed, 300, 2, error, 0.5);
        struct lsn_race *race = create(&p, 1, 0.95, 1);

        finds_top(race, &p, 1);
        assert_int_equal(lsn_race_images(race), decided_at(&p, &pair_tests));
        early += lsn_race_images(race) < 300;
        lsn_race_free(race);
        free(p.x);
    }
    assert_true(early > 100);
    lsn_pair_tests_free(&pair_tests);
}

/* Columns that leave take their rows along; the others' wealth goes on. */
static void pair_tests_close_ranks(void **state)
{
    const bool kept[5] = {true, false, true, true, false};
    const double x[5] = {0, 1, 0.5, 1, 0.25}, sums[5] = {0};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pair_tests pair_tests;
    float before[3];
    size_t row;

    (void)state;
    test_ok(lsn_pair_tests_init(&pair_tests, 5, 3, 100, 1e-3, &err), &err);
    for (row = 0; row < 3; row++)
        lsn_pair_tests_enter(&pair_tests, row + 1, 5, 1);
    lsn_pair_tests_add(&pair_tests, x, sums, 5, 100);
    for (row = 0; row < 3; row++)
        before[row] = pair_tests.wealth[2 * LSN_PAIR_TEST_BETS * 5 + (row == 0 ? 0 : row + 1)];
    lsn_pair_tests_keep(&pair_tests, kept, 5);
    assert_int_equal(pair_tests.rows, 2);
    assert_int_equal(pair_tests.column[0], 1);
    assert_int_equal(pair_tests.column[1], 2);
    assert_memory_equal(&pair_tests.wealth[LSN_PAIR_TEST_BETS * 5], before, sizeof before);
    assert_true(before[0] > before[1] && before[1] > before[2]);
    lsn_pair_tests_free(&pair_tests);
}

static void all_arms_at_once(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct population p = {10, 3, NULL};
    struct lsn_race *race = create(&p, 5, 0.9, 0);
    size_t best[3] = {9, 9, 9}, count, i;
    float value = 0;

    (void)state;
    assert_true(lsn_race_over(race));
    lsn_race_active(race, &count);
    assert_int_equal(count, 0);
    assert_int_equal(lsn_race_due(race), 0);
    assert_int_equal(lsn_race_result(race, best), 3);
    for (i = 0; i < 3; i++)
        assert_int_equal(best[i], i);
    assert_true(lsn_race_arm(race, 2).lower == 0 && lsn_race_arm(race, 2).upper == 1);
    test_error(lsn_race_add(race, &value, &err), &err, LSN_E_ARGUMENT,
               "an image for a race that is over");
    lsn_race_free(race);
    lsn_race_free(NULL);
}

static void values_are_checked(void **state)
{
    const struct lsn_race_options options = {.size = sizeof options,
                                             .arms = 2,
                                             .images = 9,
                                             .top = 1,
                                             .confidence = 0.9,
                                             .low = -0.1,
                                             .high = 0.1};
    const float bad[] = {0.2f, -0.2f, NAN, INFINITY};
    float values[2] = {-0.1f, 0.1f}; /* as floats a bit beyond the limits */
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_race *race;
    size_t i;

    (void)state;
    test_ok(lsn_race_create(&options, &race, &err), &err);
    test_ok(lsn_race_add(race, values, &err), &err);
    for (i = 0; i < TEST_COUNT(bad); i++) {
        values[1] = bad[i];
        assert_int_equal(lsn_race_add(race, values, NULL), LSN_E_DATA);
    }
    values[1] = 0.5f;
    test_error(lsn_race_add(race, values, &err), &err, LSN_E_DATA,
               "a race's arm 1: value 0.5 is not in -0.1 ... 0.1");
    assert_int_equal(lsn_race_images(race), 1);
    assert_true(fabs(lsn_race_arm(race, 0).mean + 0.1) < 1e-12);
    assert_true(fabs(lsn_race_arm(race, 1).mean - 0.1) < 1e-12);
    assert_int_equal(lsn_race_arm(race, 1).images, 1);
    lsn_race_free(race);
}

static void arguments_are_checked(void **state)
{
    const struct lsn_race_options good = {.size = sizeof good,
                                          .arms = 4,
                                          .images = 9,
                                          .top = 2,
                                          .confidence = 0.9,
                                          .low = 0,
                                          .high = 1};
    const double priors[4][4] = {
        {1, 0, 1, 1}, {1, 1, (double)NAN, 1}, {-1, 1, 1, 1}, {1, 1, 1, (double)INFINITY}};
    struct lsn_race_options bad[15];
    const char *nothing = "a race of 4 arms over 9 images for the top 0: each must be at least 1";
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_race *race;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(bad); i++)
        bad[i] = good;
    bad[0].top = 0;
    bad[1].arms = 0;
    bad[2].images = 0;
    bad[3].confidence = 0;
    bad[4].confidence = 1;
    bad[5].confidence = (double)NAN;
    bad[6].low = 1;
    bad[7].low = (double)NAN;
    bad[8].high = (double)INFINITY;
    bad[9].low = 2;
    bad[10].high = 1e300;
    for (i = 0; i < TEST_COUNT(priors); i++)
        bad[11 + i].prior = priors[i];
    test_error(lsn_race_create(&bad[0], &race, &err), &err, LSN_E_ARGUMENT, nothing);
    for (i = 0; i < TEST_COUNT(bad); i++) {
        race = (struct lsn_race *)&bad;
        assert_int_equal(lsn_race_create(&bad[i], &race, NULL), LSN_E_ARGUMENT);
        assert_null(race);
    }
    bad[0] = good;
    bad[0].arms = SIZE_MAX / 16;
    assert_int_equal(lsn_race_create(&bad[0], &race, NULL), LSN_E_MEMORY);
    assert_null(race);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_for_a_pair),
        cmocka_unit_test(promise_for_many_arms),
        cmocka_unit_test(priors),
        cmocka_unit_test(equal_arms),
        cmocka_unit_test(identical_arms),
        cmocka_unit_test(exact_at_the_end),
        cmocka_unit_test(decides_early),
        cmocka_unit_test(settled_without_luck),
        cmocka_unit_test(intervals_hold_at_all_times),
        cmocka_unit_test(pair_tests_twin),
        cmocka_unit_test(pair_twin),
        cmocka_unit_test(pair_tests_close_ranks),
        cmocka_unit_test(all_arms_at_once),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
