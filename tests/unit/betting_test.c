/* Intervals of means by betting, against SciPy's, and how often they hold. */
#include "statistics/betting.h"

#include <math.h>
#include <stdio.h>

#include "support.h"

/* From tests/golden/make_betting.py. */
static const struct {
    int minus, zero, plus; /* values of -1, 0, 1 in a round */
    int rounds;
    size_t most;
    double error, lower, upper;
} counted[] = {
    {0, 0, 1, 1, 1, 0.05, -0.95488721805, 1},
    {0, 10, 0, 1, 10, 0.05, -0.33141451756, 0.33141451756},
    {1, 97, 2, 1, 100, 0.05, -0.060411501977, 0.090053171769},
    {0, 99, 1, 10, 5000, 0.05, -0.0019711157813, 0.023486504074},
    {3, 490, 7, 10, 5000, 0.05, 0.0019953043959, 0.014915908948},
    {0, 0, 50, 1, 50, 0.05, 0.81993616028, 1},
    {50, 0, 0, 2, 100, 0.01, -1, -0.86902889318},
    {25, 50, 25, 10, 1000, 0.001, -0.10129759238, 0.10129759238},
    {40, 9900, 60, 100, 1000000, 0.05, 0.0016995156706, 0.0023025369877},
    {4, 990, 6, 200, 200000, 0.0001, 0.00093691848241, 0.0030890110204},
};

/* From there, too: 10 rounds of 200 values, cubes of equally spaced numbers. */
static const struct {
    double scale, shift, lower, upper;
} cubes[] = {
    {1, 0, -0.026355143784, 0.026355143784},
    {0.1, 0.02, 0.017126580239, 0.022822388179},
    {0.001, 0.0005, -0.0016761228193, 0.0026739479107},
};

static void assert_near(double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%.17g, wanted %.17g", got, wanted);
}

static void add(struct lsn_betting *betting, int round, double value, int times)
{
    for (; times > 0; times--)
        lsn_betting_add(betting, round, value);
}

static void values_at_nodes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(counted); i++) {
        struct lsn_betting betting = {0};
        double lower, upper;
        int round;

        for (round = 1; round <= counted[i].rounds; round++) {
            add(&betting, round, -1, counted[i].minus);
            add(&betting, round, 0, counted[i].zero);
            add(&betting, round, 1, counted[i].plus);
        }
        lsn_betting_interval(&betting, counted[i].most, counted[i].error, &lower, &upper);
        assert_near(lower, counted[i].lower, 1e-10);
        assert_near(upper, counted[i].upper, 1e-10);
    }
}

/* Between the nodes the interval holds the one of the values themselves, and is hardly wider. */
static void values_between_nodes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cubes); i++) {
        double lower, upper, width = cubes[i].upper - cubes[i].lower;
        struct lsn_betting betting = {0};
        int round, j;

        for (round = 1; round <= 10; round++)
            for (j = 0; j < 200; j++)
                lsn_betting_add(&betting, round,
                                cubes[i].scale * pow((j + .5) / 100 - 1, 3) + cubes[i].shift);
        lsn_betting_interval(&betting, 2000, .05, &lower, &upper);
        assert_true(lower <= cubes[i].lower + 1e-12 && upper >= cubes[i].upper - 1e-12);
        assert_true(upper - lower <= 1.03 * width);
    }
}

static void no_values(void **state)
{
    const struct lsn_betting betting = {0};
    double lower = 0, upper = 0;

    (void)state;
    lsn_betting_interval(&betting, 0, .05, &lower, &upper);
    assert_true(lower == -1 && upper == 1);
}

/* Each image of a round has a probability of its own: at the ends of all rounds together the
 * intervals hold the mean of these as often as they say. */
static void unequal_values(void **state)
{
    enum { RUNS = 400, ROUNDS = 12, IMAGES = 20 };
    uint64_t seed = 7;
    int run, round, image, held = 0;

    (void)state;
    for (run = 0; run < RUNS; run++) {
        struct lsn_betting betting = {0};
        double lower, upper, mean = 0;
        int out = 0;

        for (image = 0; image < IMAGES; image++)
            mean += (image % 4 == 0 ? .6 : -.05) / IMAGES;
        for (round = 1; round <= ROUNDS; round++) {
            for (image = 0; image < IMAGES; image++) {
                double chance = image % 4 == 0 ? .6 : .05, sign = image % 4 == 0 ? 1 : -1;

                lsn_betting_add(&betting, round,
                                (double)test_random_float(&seed, 0, 1) < chance ? sign : 0);
            }
            lsn_betting_interval(&betting, ROUNDS * IMAGES, .05, &lower, &upper);
            out = out || lower > mean || upper < mean;
        }
        assert_true(upper - lower < .3);
        held += !out;
    }
    assert_true(held >= RUNS * .95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_at_nodes),
        cmocka_unit_test(values_between_nodes),
        cmocka_unit_test(no_values),
        cmocka_unit_test(unequal_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
