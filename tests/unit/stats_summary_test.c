/* q values against their definition, and summaries against worked cases and theirs. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesion/stats.h"

static double uniform(uint64_t *seed)
{
    return (double)(test_random(seed) >> 11) / 9007199254740992.0;
}

/* The least threshold's rate that lets p[i] in, over all thresholds. */
static double q_by_definition(const double *p, size_t count, size_t i)
{
    double least = 1;
    size_t t, k;

    for (t = 0; t < count; t++) {
        size_t in = 0;

        for (k = 0; k < count; k++)
            in += p[k] <= p[t];
        if (p[t] >= p[i])
            least = fmin(least, p[t] * (double)count / (double)in);
    }
    return least;
}

/* What tests/golden/make_stats.py prints. */
static void known_q(void **state)
{
    /* clang-format off */
    const struct {
        double p, q;
    } wanted[] = {
        {0.01, 0.0375},
        {0.04, 0.0685714285714},
        {0.03, 0.0685714285714},
        {0.005, 0.03},
        {0.55, 0.66},
        {0.04, 0.0685714285714},
        {1, 1},
        {0, 0},
        {0.2, 0.266666666667},
        {0.049, 0.0735},
        {0.0125, 0.0375},
        {0.9, 0.981818181818},
    };
    /* clang-format on */
    double p[TEST_COUNT(wanted)];
    struct lsn_error err = LSN_ERROR_NONE;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(wanted); i++)
        p[i] = wanted[i].p;
    test_ok(lsn_q_values(p, TEST_COUNT(wanted), p, &err), &err); /* in place */
    for (i = 0; i < TEST_COUNT(wanted); i++)
        assert_true(fabs(p[i] - wanted[i].q) < 1e-11);
}

static void q_values(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    uint64_t seed = 44;
    double p[120] = {0}, q[120];
    size_t count, i, k;
    int round;

    (void)state;
    for (round = 0; round < 60; round++) {
        count = (size_t)round * 2;
        for (i = 0; i < count; i++) {
            p[i] = pow(uniform(&seed), 2);
            if (round % 2) /* with ties */
                p[i] = floor(p[i] * 20) / 20;
            q[i] = (double)NAN;
        }
        test_ok(lsn_q_values(p, count, q, &err), &err);
        for (i = 0; i < count; i++) {
            assert_true(fabs(q[i] - q_by_definition(p, count, i)) < 1e-12);
            assert_true(q[i] >= p[i] && q[i] <= 1);
            for (k = 0; k < i; k++)
                assert_true(p[i] < p[k] ? q[i] <= q[k] : p[i] > p[k] ? q[i] >= q[k] : q[i] == q[k]);
        }
    }
}

/* Of 400 true and 100 false null hypotheses, q <= 0.1 finds most of the false, and at
 * most about a tenth of what it finds is true, on average over 200 such families. */
static void false_discoveries(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    uint64_t seed = 12;
    double p[500], q[500], rate = 0, power = 0;
    int family, i;

    (void)state;
    for (family = 0; family < 200; family++) {
        int found = 0, wrong = 0;

        for (i = 0; i < 500; i++)
            p[i] = i < 400 ? uniform(&seed) : pow(uniform(&seed), 12);
        test_ok(lsn_q_values(p, 500, q, &err), &err);
        for (i = 0; i < 500; i++) {
            found += q[i] <= 0.1;
            wrong += q[i] <= 0.1 && i < 400;
        }
        rate += found ? wrong / (double)found / 200 : 0;
        power += (found - wrong) / 100.0 / 200;
    }
    assert_true(rate > 0.06 && rate < 0.1); /* 0.1 times the true ones' share, 0.08 */
    assert_true(power > 0.6);
}

static void wrong_p(void **state)
{
    const double wrong[] = {(double)NAN, -0.1, 1.5, (double)INFINITY};
    struct lsn_error err = LSN_ERROR_NONE;
    double p[3] = {0.5, 0.1, 0.2}, q[3] = {7, 7, 7};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(wrong); i++) {
        p[2] = wrong[i];
        assert_int_equal(lsn_q_values(p, 3, q, NULL), LSN_E_ARGUMENT);
        assert_true(q[0] == 7 && q[1] == 7 && q[2] == 7);
    }
    p[2] = 1.5;
    test_error(lsn_q_values(p, 3, q, &err), &err, LSN_E_ARGUMENT,
               "p value 2 is 1.5, wanted one in [0, 1]");
}

static void medians(void **state)
{
    double odd[] = {3, -1, 7}, even[] = {4, 1, 10, 2};

    (void)state;
    lsn_sort(odd, 3);
    lsn_sort(even, 4);
    assert_true(odd[0] == -1 && odd[1] == 3 && odd[2] == 7);
    assert_true(even[0] == 1 && even[3] == 10);
    assert_true(lsn_median(odd, 3) == 3 && lsn_median(even, 4) == 3);
    assert_true(lsn_median(odd, 1) == -1 && isnan(lsn_median(odd, 0)));
}

static void ginis(void **state)
{
    const double one[] = {0, 0, 0, 5}, equal[] = {2, 2, 2}, mixed[] = {-4, -1, 0, 5};
    const double ramp[] = {1, 2, 3, 4}, none[] = {-2, -1, 0};

    (void)state;
    assert_true(fabs(lsn_gini(one, NULL, 4) - 0.75) < 1e-15);
    assert_true(fabs(lsn_gini(mixed, NULL, 4) - 0.75) < 1e-15);
    assert_true(lsn_gini(equal, NULL, 3) == 0);
    assert_true(fabs(lsn_gini(ramp, NULL, 4) - 0.25) < 1e-15); /* (n^2 - 1) / 3 / (n (n + 1)) */
    assert_true(lsn_gini(none, NULL, 3) == 0 && lsn_gini(none, NULL, 0) == 0);
}

/* By definition half the mean absolute difference over the mean; scale changes nothing. */
static void gini_by_definition(void **state)
{
    uint64_t seed = 66;
    double x[41], scaled[41], differences, sum, gini;
    size_t count, i, k;

    (void)state;
    for (count = 1; count <= 41; count++) {
        differences = sum = 0;
        for (i = 0; i < count; i++)
            x[i] = pow(uniform(&seed), 3) - (i % 5 ? 0 : 0.1);
        lsn_sort(x, count);
        for (i = 0; i < count; i++) {
            scaled[i] = x[i] * 1000;
            sum += fmax(x[i], 0);
            for (k = 0; k < count; k++)
                differences += fabs(fmax(x[i], 0) - fmax(x[k], 0));
        }
        gini = lsn_gini(x, NULL, count);
        assert_true(fabs(gini - (sum > 0 ? differences / (2 * (double)count * sum) : 0)) < 1e-13);
        assert_true(fabs(gini - lsn_gini(scaled, NULL, count)) < 1e-13);
        assert_true(gini >= 0 && gini <= 1 - 1 / (double)count + 1e-13);
    }
}

static void top_shares(void **state)
{
    const double x[] = {-3, 0, 1, 2, 5}, none[] = {-1, 0};

    (void)state;
    assert_true(lsn_top_share(x, 5, 0) == 0);
    assert_true(lsn_top_share(x, 5, 1) == 5.0 / 8);
    assert_true(lsn_top_share(x, 5, 2) == 7.0 / 8);
    assert_true(lsn_top_share(x, 5, 4) == 1 && lsn_top_share(x, 5, 5) == 1);
    assert_true(lsn_top_share(x, 5, 100) == 1);
    assert_true(lsn_top_share(none, 2, 1) == 0 && lsn_top_share(none, 0, 5) == 0);
}

/* Of a mean, the jackknife's interval is Student's: t by scipy.stats, to its 1e-8; the first
 * one solved to the last digit. */
static void jackknife_of_a_mean(void **state)
{
    static const double x[] = {1.5, 2, -3, 4.25, 0, 7, 1};
    static const double t[][2] = {{2, 12.706204736432095}, {3, 4.302652729911275},
                                  {5, 2.7764451051977987}, {10, 2.2621571627409915},
                                  {20, 2.093024054408263}, {50, 2.009575234489209}};
    double without[50], mean = 1.8214285714285714;
    struct lsn_interval interval;
    size_t i, j;

    (void)state;
    for (i = 0; i < 7; i++)
        without[i] = (7 * mean - x[i]) / 6;
    interval = lsn_jackknife(mean, without, 7, 0.95);
    assert_true(fabs(interval.low + 1.1053657244765069) < 1e-12); /* t 2.4469118511449692 */
    assert_true(fabs(interval.high - 2 * mean - 1.1053657244765069) < 1e-12);
    /* Half of n values 1 apart from the others: SE = sqrt(p (1 - p) / (n - 1)). */
    for (i = 0; i < TEST_COUNT(t); i++) {
        size_t n = (size_t)t[i][0];
        double sum = (double)(n / 2), p = sum / (double)n, se;

        for (j = 0; j < n; j++)
            without[j] = (sum - (j < n / 2)) / ((double)n - 1);
        interval = lsn_jackknife(p, without, n, 0.95);
        se = sqrt(p * (1 - p) / ((double)n - 1));
        assert_true(fabs(interval.high - p - t[i][1] * se) < 1e-8 * t[i][1]);
    }
    assert_true(isnan(lsn_jackknife(0, without, 1, 0.95).low));
}

/* Half widths by scipy.stats.t.ppf, with Satterthwaite's degrees of freedom rounded down. */
static void variance_intervals(void **state)
{
    static const struct {
        struct lsn_variance variances[2];
        double half;
    } cases[] = {{{{0.04, 3}, {0.09, 7}}, 0.8156323643420782}, /* of 9 */
                 {{{0.01, 4999}, {0.0001, 7}}, 0.19702405191568942},
                 {{{1, 2500}, {0, 0}}, 1.9609133447955669},
                 {{{1, 100000}, {0, 0}}, 1.9599877075346093},
                 {{{0, 0}, {0.25, 19}}, 1.0465120272041315},
                 {{{0, 0}, {0, 5}}, 0}};
    const struct lsn_variance unknown[] = {{(double)NAN, 3}, {1, 3}}, none = {1, 0};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_interval interval = lsn_variance_interval(3, cases[i].variances, 2, 0.95);

        assert_true(fabs(interval.high - 3 - cases[i].half) < 1e-8);
        assert_true(fabs(interval.low - 3 + cases[i].half) < 1e-8);
    }
    assert_true(isnan(lsn_variance_interval(3, unknown, 2, 0.95).low));
    assert_true(isnan(lsn_variance_interval(3, &none, 1, 0.95).high));
    assert_true(isnan(lsn_variance_interval(3, cases[0].variances, 2, 1).high));
}

/* Numbers by scipy.stats.spearmanr. */
static void spearman(void **state)
{
    static const double x[] = {1, 2, 2, 5, 3, 9, -1}, y[] = {2.5, 1, 1, 7, 1, 3, 3};
    static const double down[] = {7, 6, 5, 4, 3, 2, 1}, flat[7] = {0};
    struct lsn_weighted scratch[14];

    (void)state;
    assert_true(fabs(lsn_spearman(x, y, NULL, 7, scratch) - 0.22657647361480832) < 1e-14);
    assert_true(fabs(lsn_spearman(y, x, NULL, 7, scratch) - 0.22657647361480832) < 1e-14);
    assert_true(fabs(lsn_spearman(x, x, NULL, 7, scratch) - 1) < 1e-14);
    assert_true(
        fabs(lsn_spearman(down, (const double[]){1, 2, 3, 4, 50, 60, 70}, NULL, 7, scratch) + 1) <
        1e-14);
    assert_true(isnan(lsn_spearman(x, flat, NULL, 7, scratch)));
}

/* Intervals by scipy.stats.norm and Python's atanh (golden/make_stats.py). */
static void spearman_intervals(void **state)
{
    static const struct {
        double r;
        size_t count;
        double level, low, high;
    } cases[] = {{0.5, 10, 0.95, -0.232118517504212, 0.870475695191224},
                 {-0.9, 8, 0.95, -0.986908481100918, -0.40803687584272},
                 {0.226576473614808, 7, 0.95, -0.642195855390692, 0.840553714005508},
                 {0, 4, 0.99, -0.98848706995936, 0.98848706995936},
                 {0.97, 208, 0.9, 0.96055114263105, 0.97721195688247}};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_interval interval =
            lsn_spearman_interval(cases[i].r, cases[i].count, cases[i].level);

        assert_true(fabs(interval.low - cases[i].low) < 1e-12);
        assert_true(fabs(interval.high - cases[i].high) < 1e-12);
    }
    assert_true(isnan(lsn_spearman_interval(0.5, 3, 0.95).low));
    assert_true(isnan(lsn_spearman_interval(1, 9, 0.95).low));
    assert_true(isnan(lsn_spearman_interval(-1 + 1e-15, 9, 0.95).high));
    assert_true(isnan(lsn_spearman_interval((double)NAN, 9, 0.95).low));
    assert_true(isnan(lsn_spearman_interval(0.5, 9, 1).low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_q),
        cmocka_unit_test(q_values),
        cmocka_unit_test(false_discoveries),
        cmocka_unit_test(wrong_p),
        cmocka_unit_test(medians),
        cmocka_unit_test(ginis),
        cmocka_unit_test(gini_by_definition),
        cmocka_unit_test(top_shares),
        cmocka_unit_test(jackknife_of_a_mean),
        cmocka_unit_test(variance_intervals),
        cmocka_unit_test(spearman),
        cmocka_unit_test(spearman_intervals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
