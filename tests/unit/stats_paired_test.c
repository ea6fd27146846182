/* The intervals of a drop and of an interaction, and McNemar's tests. Reference values are what
 * tests/golden/make_stats.py prints, with NumPy 1.24 and SciPy 1.10. */
#include "support.h"

#include <math.h>
#include <stdbool.h>

#include "lesion/stats.h"

/* clang-format off */
static const struct {
    size_t n, intact, lost, gained;
    double level, low, high;
} tables[] = {
    {21, 2, 1, 7, 0.95, -0.506920226686, -0.025559124165},
    {41, 19, 5, 0, 0.95, 0.011483241383, 0.226492684351},
    {104, 48, 12, 2, 0.95, 0.025483717223, 0.164739508949},
    {50, 25, 15, 5, 0.95, 0.025838416549, 0.356936571659},
    {161, 65, 6, 16, 0.95, -0.118621195639, -0.004625113933},
    {1600, 944, 150, 86, 0.95, 0.021230423983, 0.058703872896},
    {54, 53, 0, 1, 0.95, -0.097714374888, 0.049621661889},
    {50, 50, 0, 0, 0.95, -0.071347599133, 0.071347599133},
    {50, 0, 0, 0, 0.95, -0.071347599133, 0.071347599133},
    {50, 50, 50, 0, 0.95, 0.899099257663, 1.000000000000},
    {10, 5, 5, 5, 0.95, -0.526813818975, 0.526813818975},
    {1, 1, 1, 0, 0.95, -0.122108720682, 1.000000000000},
    {50, 25, 0, 0, 0.95, -0.037775017970, 0.037775017970},
    {1000, 560, 31, 12, 0.9, 0.008137004874, 0.029846267187},
    {50000, 28261, 412, 377, 0.99, -0.000747956771, 0.002147957904},
    {50000, 40000, 3, 0, 0.95, -0.000030738519, 0.000151138078},
    {1000000, 761300, 5210, 1204, 0.999, 0.003742885982, 0.004269443959},
};

static const struct {
    size_t lost, gained;
    double exact, mid;
} counts[] = {
    {18, 33, 0.0488738923183, 0.0364834000084},
    {10, 2, 0.03857421875, 0.0224609375},
    {0, 6, 0.03125, 0.015625},
    {5, 5, 1, 0.876953125},
    {1, 1, 1, 0.75},
    {0, 1, 1, 0.5},
    {3, 4, 1, 0.7265625},
    {0, 40, 1.81898940355e-12, 9.09494701773e-13},
    {60, 100, 0.00195372803406, 0.00153831661515},
    {412, 377, 0.226090405242, 0.213015509529},
    {5210, 5004, 0.0425130728199, 0.0415241115596},
    {500000, 501500, 0.134165166684, 0.133905888926},
    {1000000, 996000, 0.00464676385924, 0.00463650261087},
    {900, 1400, 1.52825466298e-25, 1.25342554021e-25},
};

static const struct {
    size_t n, most;
    int64_t sum;
    size_t squares;
    double level, low, high;
} interactions[] = {
    {60, 2, 0, 0, 0.95, -0.031612322331, 0.031612322331},
    {60, 2, 5, 5, 0.95, 0.005858302178, 0.155432020402},
    {60, 2, -12, 20, 0.95, -0.330168561836, -0.056928212357},
    {250, 2, 31, 55, 0.99, 0.049175198146, 0.196856547886},
    {1, 2, 2, 4, 0.95, -0.584348432683, 1.917681766017},
    {3, 2, -6, 12, 0.9, -1.992266420688, -0.407733579312},
    {1000, 2, 4, 26, 0.95, -0.006168921779, 0.014152953715},
    {60, 5, -31, 97, 0.95, -0.787133176701, -0.212866823299},
    {250, 12, 9, 1201, 0.99, -0.318617976695, 0.390046548123},
    {4, 7, 28, 196, 0.95, 2.006169801839, 7.000000000000},
    {0, 7, 0, 0, 0.95, -7.000000000000, 7.000000000000},
};

static const struct {
    size_t counts[8]; /* how many are 1, 2, ... in magnitude */
    int64_t sum;
    double p;
} flipped[] = {
    {{8}, 8, 0.0078125},
    {{12}, -8, 0.03857421875},
    {{0, 5}, 10, 0.0625},
    {{0, 5}, 2, 1},
    {{9, 4}, 5, 0.43212890625},
    {{30, 7}, -24, 0.0019044677756},
    {{1, 1}, 3, 0.5},
    {{1, 1}, -1, 1},
    {{400, 25}, 90, 6.45918636837e-05},
    {{200, 60}, -2, 0.962019427862},
    {{0, 1}, 2, 1},
    {{3}, 3, 0.25},
    {{2, 3}, 8, 0.0625},
    {{5, 2, 2, 1}, 13, 0.078125},
    {{0, 0, 6}, 12, 0.21875},
    {{0, 0, 0, 0, 0, 1}, -6, 1},
    {{7, 0, 3, 0, 2}, -16, 0.10205078125},
    {{40, 21, 13, 8, 5, 3, 2, 1}, 121, 3.958874599e-06},
    {{300, 150, 80, 40, 20, 10}, -37, 0.508107382286},
    {{0, 90, 60}, 200, 8.23061496245e-12},
};
/* clang-format on */

static void intervals(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(tables); i++) {
        struct lsn_interval got = lsn_drop_interval(tables[i].n, tables[i].intact, tables[i].lost,
                                                    tables[i].gained, tables[i].level);

        if (!(fabs(got.low - tables[i].low) < 2e-11 && fabs(got.high - tables[i].high) < 2e-11))
            fail_msg("table %zu: got %.12f %.12f, wanted %.12f %.12f", i, got.low, got.high,
                     tables[i].low, tables[i].high);
    }
}

/* Altman et al., Statistics with Confidence (2000), table 6.2, with the digits that R's
 * biostatUZH (confIntPairedProportion) is quoted with for it. */
static void quoted_interval(void **state)
{
    struct lsn_interval stress = lsn_drop_interval(41, 19, 5, 0, 0.95);

    (void)state;
    assert_true(fabs(stress.low - 0.011) < 5e-4 && fabs(stress.high - 0.226) < 5e-4);
}

/* Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3. */
static void accuracy_interval(void **state)
{
    static const struct {
        size_t right, n;
        double low, high;
    } quoted[] = {
        {81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof quoted / sizeof quoted[0]; i++) {
        struct lsn_interval got = lsn_accuracy_interval(quoted[i].n, quoted[i].right, 0.95);

        assert_true(fabs(got.low - quoted[i].low) < 5.1e-5);
        assert_true(fabs(got.high - quoted[i].high) < 5.1e-5);
    }
    assert_true(lsn_accuracy_interval(0, 0, 0.95).high == 1);
    assert_true(lsn_accuracy_interval(20, 20, 0.95).high == 1);
    assert_true(isnan(lsn_accuracy_interval(1, 2, 0.95).low));
    assert_true(isnan(lsn_accuracy_interval(1, 1, 1).low));
}

/* The mean lies in the interval, which is mirrored. */
static void mean_inside(size_t most)
{
    size_t n, squares;
    int64_t sum;

    for (n = 3; n < 30; n++)
        for (squares = 0; squares <= most * most * n; squares++)
            for (sum = 0; sum <= (int64_t)squares; sum++) {
                struct lsn_interval a = lsn_interaction_interval(n, most, sum, squares, 0.95);
                struct lsn_interval b = lsn_interaction_interval(n, most, -sum, squares, 0.95);
                double mean = (double)sum / (double)n;

                if ((size_t)(sum * sum) > squares * n)
                    continue;
                assert_true(a.low <= mean && mean <= a.high && a.low < a.high);
                assert_true(a.low == -b.high && a.high == -b.low);
            }
}

static void interaction_interval(void **state)
{
    size_t i, most;

    (void)state;
    for (i = 0; i < TEST_COUNT(interactions); i++) {
        struct lsn_interval got =
            lsn_interaction_interval(interactions[i].n, interactions[i].most, interactions[i].sum,
                                     interactions[i].squares, interactions[i].level);

        if (!(fabs(got.low - interactions[i].low) < 2e-11 &&
              fabs(got.high - interactions[i].high) < 2e-11))
            fail_msg("case %zu: got %.12f %.12f, wanted %.12f %.12f", i, got.low, got.high,
                     interactions[i].low, interactions[i].high);
    }
    for (most = 1; most <= 4; most++)
        mean_inside(most);
    assert_true(lsn_interaction_interval(0, 2, 0, 0, 0.95).low == -2);
    assert_true(isnan(lsn_interaction_interval(3, 2, 0, 13, 0.95).low));
    assert_true(isnan(lsn_interaction_interval(3, 2, 2, 1, 0.95).low));
    assert_true(isnan(lsn_interaction_interval(3, 2, -3, 2, 0.95).low));
    assert_true(isnan(lsn_interaction_interval(3, 2, 0, 0, 1).low));
}

static double exact(const size_t *numbers, size_t most, int64_t sum)
{
    struct lsn_error err = LSN_ERROR_NONE;
    double p;

    test_ok(lsn_interaction_exact(numbers, most, sum, &p, &err), &err);
    return p;
}

static void interaction_test(void **state)
{
    const size_t million = 1000000, ones[2] = {7, 0}, huge[2] = {0, SIZE_MAX / 2};
    struct lsn_error err = LSN_ERROR_NONE;
    size_t i, above, below;
    double p;

    (void)state;
    for (i = 0; i < TEST_COUNT(flipped); i++) {
        p = exact(flipped[i].counts, 8, flipped[i].sum);
        if (!(fabs(p - flipped[i].p) < 1e-10 * flipped[i].p))
            fail_msg("case %zu: p is %.12g, wanted %.12g", i, p, flipped[i].p);
        assert_true(exact(flipped[i].counts, 8, -flipped[i].sum) == p);
    }
    assert_true(exact(NULL, 0, 0) == 1);
    assert_true(exact(&million, 1, 4000) > 0);
    assert_true(exact(ones, 2, 3) == exact(ones, 1, 3));
    test_error(lsn_interaction_exact(huge, 2, 2, &p, &err), &err, LSN_E_MEMORY,
               "out of memory for an exact test");
    /* Of ones alone it is McNemar's test. */
    for (above = 0; above < 30; above++)
        for (below = 0; below < 30; below++) {
            size_t both = above + below;

            p = exact(&both, 1, (int64_t)above - (int64_t)below);
            assert_true(fabs(p - lsn_mcnemar_exact(above, below)) < 1e-12);
        }
}

/* Every table of up to 14 images: finite, around the drop, inside [-1, 1], wider for a
 * higher level, and mirrored to the last bit. */
static void all_small_tables(void **state)
{
    size_t n, intact, lost, gained;

    (void)state;
    for (n = 1; n <= 14; n++)
        for (intact = 0; intact <= n; intact++)
            for (lost = 0; lost <= intact; lost++)
                for (gained = 0; gained <= n - intact; gained++) {
                    double drop = ((double)lost - (double)gained) / (double)n;
                    struct lsn_interval a = lsn_drop_interval(n, intact, lost, gained, 0.95);
                    struct lsn_interval b =
                        lsn_drop_interval(n, intact - lost + gained, gained, lost, 0.95);
                    struct lsn_interval wide = lsn_drop_interval(n, intact, lost, gained, 0.99);

                    assert_true(a.low >= -1 && a.low <= drop && drop <= a.high && a.high <= 1);
                    assert_true(a.low < a.high);
                    assert_true(b.low == -a.high && b.high == -a.low);
                    assert_true(wide.low <= a.low && a.high <= wide.high);
                    assert_true(wide.high - wide.low > a.high - a.low);
                }
}

static void no_images(void **state)
{
    struct lsn_interval all = lsn_drop_interval(0, 0, 0, 0, 0.95);

    (void)state;
    assert_true(all.low == -1 && all.high == 1);
}

static void contradictions(void **state)
{
    const struct {
        size_t n, intact, lost, gained;
        double level;
    } wrong[] = {{10, 11, 0, 0, 0.95}, {10, 5, 6, 0, 0.95}, {10, 5, 0, 6, 0.95},
                 {10, 5, 1, 1, 0},     {10, 5, 1, 1, 1},    {10, 5, 1, 1, (double)NAN},
                 {0, 0, 1, 0, 0.95}};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(wrong); i++) {
        struct lsn_interval got = lsn_drop_interval(wrong[i].n, wrong[i].intact, wrong[i].lost,
                                                    wrong[i].gained, wrong[i].level);

        assert_true(isnan(got.low) && isnan(got.high));
    }
}

static double uniform(uint64_t *seed)
{
    return (double)(test_random(seed) >> 11) / 9007199254740992.0;
}

/* A pair of accuracies and their discordance (0.001 to 0.2) drawn at random, n images of
 * them, and whether the interval holds the true drop. */
static bool covers(uint64_t *seed, size_t n)
{
    double accuracy = 0.05 + 0.9 * uniform(seed), discordant = 0.2 * pow(0.005, uniform(seed));
    double share = uniform(seed);
    double p_lost = fmin(discordant * share, accuracy);
    double p_gained = fmin(discordant * (1 - share), 1 - accuracy);
    size_t intact = 0, lost = 0, gained = 0, i;
    struct lsn_interval interval;

    for (i = 0; i < n; i++) {
        double u = uniform(seed);

        intact += u < accuracy;
        lost += u < p_lost;
        gained += u >= 1 - p_gained;
    }
    interval = lsn_drop_interval(n, intact, lost, gained, 0.95);
    return interval.low <= p_lost - p_gained && p_lost - p_gained <= interval.high;
}

/* 10,000 pairs. At the smaller sizes there are often too few discordant images for 95 %
 * to be met closely; at the larger, an interval that is too wide fails, too. */
static void coverage(void **state)
{
    const struct {
        size_t n, pairs;
        double low, high;
    } sizes[] = {{50, 2500, 0.94, 1},
                 {500, 2500, 0.94, 0.99},
                 {5000, 2500, 0.94, 0.975},
                 {50000, 2500, 0.94, 0.965}};
    uint64_t seed = 20200;
    size_t i, pair;

    (void)state;
    for (i = 0; i < TEST_COUNT(sizes); i++) {
        size_t held = 0;
        double rate;

        for (pair = 0; pair < sizes[i].pairs; pair++)
            held += covers(&seed, sizes[i].n);
        rate = (double)held / (double)sizes[i].pairs;
        print_message("n = %zu: coverage %.4f\n", sizes[i].n, rate);
        assert_true(rate >= sizes[i].low && rate <= sizes[i].high);
    }
}

/* What the header says of the worst case: half of 10,000 images correct, 2 expected to be
 * lost, none gained. */
static void worst_coverage(void **state)
{
    const double n = 10000, p = 2 / n;
    double chance = pow(1 - p, n), held = 0;
    size_t lost;

    (void)state;
    for (lost = 0; lost < 50; lost++) {
        struct lsn_interval interval = lsn_drop_interval((size_t)n, 5000, lost, 0, 0.95);

        if (interval.low <= p && p <= interval.high)
            held += chance;
        chance *= (n - (double)lost) / ((double)lost + 1) * p / (1 - p);
    }
    assert_true(held > 0.86 && held < 0.87);
}

static bool near(double got, double wanted, double tolerance)
{
    return fabs(got - wanted) <= tolerance * wanted;
}

static void mcnemar(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(counts); i++) {
        double exact = lsn_mcnemar_exact(counts[i].lost, counts[i].gained);
        double mid = lsn_mcnemar_mid(counts[i].lost, counts[i].gained);

        if (!near(exact, counts[i].exact, 1e-8) || !near(mid, counts[i].mid, 1e-8))
            fail_msg("lost %zu, gained %zu: got %.12g %.12g, wanted %.12g %.12g", counts[i].lost,
                     counts[i].gained, exact, mid, counts[i].exact, counts[i].mid);
    }
}

static void mcnemar_of_nothing(void **state)
{
    (void)state;
    assert_true(lsn_mcnemar_exact(0, 0) == 1 && lsn_mcnemar_mid(0, 0) == 1);
    assert_true(lsn_mcnemar_exact(0, 1000000) == 0 && lsn_mcnemar_mid(1000000, 0) == 0);
    assert_true(lsn_mcnemar_exact(1000000, 1000000) == 1);
}

/* Symmetric, in (0, 1], mid-p the smaller, and falling as the split of a sum grows more
 * uneven. Under the null hypothesis the chance of an exact p <= alpha is at most alpha. */
static void mcnemar_of_all_splits(void **state)
{
    size_t sum, lost;

    (void)state;
    for (sum = 1; sum <= 60; sum++) {
        double before = 0, mid_before = 0, rejected = 0, chance = ldexp(1, -(int)sum);

        for (lost = 0; lost <= sum; lost++) {
            double exact = lsn_mcnemar_exact(lost, sum - lost);
            double mid = lsn_mcnemar_mid(lost, sum - lost);

            assert_true(exact > 0 && exact <= 1 && mid > 0 && mid < exact);
            assert_true(exact == lsn_mcnemar_exact(sum - lost, lost));
            assert_true(mid == lsn_mcnemar_mid(sum - lost, lost));
            if (2 * lost <= sum) {
                assert_true(exact >= before && mid > mid_before);
                before = exact;
                mid_before = mid;
            }
            if (exact <= 0.05)
                rejected += chance;
            chance *= (double)(sum - lost) / (double)(lost + 1);
        }
        assert_true(rejected <= 0.05 && (sum < 6 || rejected > 0.005));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals),
        cmocka_unit_test(quoted_interval),
        cmocka_unit_test(accuracy_interval),
        cmocka_unit_test(interaction_interval),
        cmocka_unit_test(interaction_test),
        cmocka_unit_test(all_small_tables),
        cmocka_unit_test(no_images),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(coverage),
        cmocka_unit_test(worst_coverage),
        cmocka_unit_test(mcnemar),
        cmocka_unit_test(mcnemar_of_nothing),
        cmocka_unit_test(mcnemar_of_all_splits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
