/* Races against a bar, over populations whose true means are known. What is promised is counted
 * over seeded races and may miss by three standard deviations; the errors allowed are large,
 * so that bets which are too bold are seen. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lesion/race.h"
#include "statistics/race.h"

enum { IMAGES = 400, ARMS_MOST = 60 };

/* Values -1, 0 and 1 [IMAGES][arms]: each arm's counts are exact, and only the order is random. */
struct population {
    size_t arms;
    int lost[ARMS_MOST], gained[ARMS_MOST]; /* images of value 1, and of -1 */
    float x[IMAGES * ARMS_MOST];
};

static void deal(uint64_t *seed, struct population *p)
{
    size_t arm, i;

    for (arm = 0; arm < p->arms; arm++)
        for (i = 0; i < IMAGES; i++)
            p->x[i * p->arms + arm] = i < (size_t)p->lost[arm]                      ? 1
                                      : i < (size_t)(p->lost[arm] + p->gained[arm]) ? -1
                                                                                    : 0;
    for (i = IMAGES - 1; i > 0; i--) {
        size_t j = (size_t)test_random_int(seed, 0, (int)i);

        for (arm = 0; arm < p->arms; arm++) {
            float x = p->x[i * p->arms + arm];

            p->x[i * p->arms + arm] = p->x[j * p->arms + arm];
            p->x[j * p->arms + arm] = x;
        }
    }
}

static bool is_above(const struct population *p, size_t arm, double bar)
{
    return (double)(p->lost[arm] - p->gained[arm]) / IMAGES > bar;
}

struct found {
    size_t falsely, rightly, missed;
    uint64_t variants;
};

static struct found run(const struct population *p, double bar, double confidence, double fdr)
{
    struct lsn_race_options options = {.size = sizeof options,
                                       .arms = p->arms,
                                       .images = IMAGES,
                                       .confidence = confidence,
                                       .low = -1,
                                       .high = 1,
                                       .above = true,
                                       .bar = bar,
                                       .fdr = fdr};
    struct lsn_error err = LSN_ERROR_NONE;
    bool chosen[ARMS_MOST] = {false};
    size_t best[ARMS_MOST], count, i;
    struct found found = {0};
    struct lsn_race *race;

    test_ok(lsn_race_create(&options, &race, &err), &err);
    while (!lsn_race_over(race)) {
        const size_t *active = lsn_race_active(race, &count);
        float values[ARMS_MOST];

        for (i = 0; i < count; i++)
            values[i] = p->x[lsn_race_images(race) * p->arms + active[i]];
        test_ok(lsn_race_add(race, values, &err), &err);
    }
    count = lsn_race_result(race, best);
    for (i = 0; i < count; i++) {
        chosen[best[i]] = true;
        assert_int_equal(lsn_race_arm(race, best[i]).state, LSN_RACE_ACCEPTED);
        if (i > 0)
            assert_true(lsn_race_arm(race, best[i - 1]).mean >= lsn_race_arm(race, best[i]).mean);
    }
    for (i = 0; i < p->arms; i++) {
        found.falsely += chosen[i] && !is_above(p, i, bar);
        found.rightly += chosen[i] && is_above(p, i, bar);
        found.missed += !chosen[i] && is_above(p, i, bar);
    }
    found.variants = lsn_race_variants(race);
    lsn_race_free(race);
    return found;
}

static void check_rate(const char *what, double sum, double sum_squares, int races, double most)
{
    double mean = sum / races, sd = sqrt(fmax(sum_squares / races - mean * mean, 0) / races);

    if (mean > most + 3 * sd)
        fail_msg("%s: %.3f of %.3f that are allowed, standard error %.3f", what, mean, most, sd);
}

/* One arm on the bar, where bets win most often by luck, and one just above it. */
static void promise_for_one_arm(void **state)
{
    const double bar = 0.05;
    uint64_t seed = 5;
    int above, i, races = 1500;

    (void)state;
    for (above = 0; above < 2; above++) {
        struct population p = {.arms = 1, .lost = {50 + above}, .gained = {30}};
        int missed = 0, early = 0;

        for (i = 0; i < races; i++) {
            struct found found;

            deal(&seed, &p);
            found = run(&p, bar, 0.7, 0);
            missed += found.falsely + found.missed > 0;
            early += found.variants < IMAGES;
        }
        check_rate("one arm", missed, missed, races, 0.3);
        assert_true(early > 0); /* else nothing was tested */
    }
}

/* Arms on both sides and on the bar itself: all of them right together. */
static void promise_for_many_arms(void **state)
{
    struct population p = {.arms = 40};
    uint64_t seed = 7, variants = 0;
    int missed = 0, i, races = 300;
    size_t arm;

    (void)state;
    for (arm = 0; arm < p.arms; arm++) {
        p.lost[arm] = 20 + (int)arm;
        p.gained[arm] = 20;
    }
    for (i = 0; i < races; i++) {
        struct found found;

        deal(&seed, &p);
        found = run(&p, 0.05, 0.6, 0);
        missed += found.falsely + found.missed > 0;
        variants += found.variants;
    }
    check_rate("many arms", missed, missed, races, 0.4);
    assert_true(variants < 9 * (uint64_t)races * p.arms * IMAGES / 10);
}

/* Most arms just on the bar, some above it. */
static void false_discoveries(void **state)
{
    const double fdr = 0.3, error = 0.3;
    double share, falsely[2] = {0}, missed[2] = {0};
    struct population p = {.arms = ARMS_MOST};
    uint64_t seed = 11, variants[2] = {0};
    int i, races = 400;
    size_t arm;

    (void)state;
    for (arm = 0; arm < p.arms; arm++) {
        p.lost[arm] = arm < 10 ? 60 : 30;
        p.gained[arm] = 10;
    }
    for (i = 0; i < races; i++) {
        struct found found;

        deal(&seed, &p);
        found = run(&p, 0.05, 1 - error, fdr);
        share = (double)found.falsely / fmax(1, (double)(found.falsely + found.rightly));
        falsely[0] += share;
        falsely[1] += share * share;
        share = (double)found.missed / 10;
        missed[0] += share;
        missed[1] += share * share;
        variants[0] += found.variants;
        variants[1] += run(&p, 0.05, 1 - error, 0).variants;
    }
    check_rate("falsely", falsely[0], falsely[1], races, fdr);
    check_rate("missed", missed[0], missed[1], races, error);
    assert_true(variants[0] < variants[1]); /* it asks for less, and takes less */
}

/* A mean that is the bar is not above it, also where a fraction has no exact double. */
static void on_the_bar(void **state)
{
    uint64_t seed = 13;
    int i;

    (void)state;
    for (i = 1; i < 100; i++) {
        struct population p = {.arms = 2, .lost = {4 * i, 4 * i + 1}, .gained = {0, 0}};
        struct found found;

        deal(&seed, &p);
        found = run(&p, i / 100.0, 0.999999999, 0);
        assert_int_equal(found.falsely, 0);
        assert_int_equal(found.rightly, 1);
    }
}

/* Both bets by the formula; where nothing is left to bet on they stay. */
static void bets_twin(void **state)
{
    const double bar = 0.4;
    struct lsn_error err = LSN_ERROR_NONE;
    double sum = 0, wealth[2][LSN_BAR_BETS], peak = 1, against = 1;
    struct lsn_bars bars;
    uint64_t seed = 17;
    int i, j, images = 300;

    (void)state;
    test_ok(lsn_bars_init(&bars, 2, (size_t)images, bar, &err), &err);
    for (j = 0; j < LSN_BAR_BETS; j++)
        wealth[0][j] = wealth[1][j] = 1;
    for (i = 0; i < images; i++) {
        double x = (double)test_random_int(&seed, 0, 100) / 100, rest = images - i;
        double m = (bar * images - sum) / rest, now[2] = {0, 0};

        lsn_bars_add(&bars, 1, x, sum, (size_t)(images - i));
        for (j = 0; j < LSN_BAR_BETS; j++) {
            double stake = m > 0 && m < 1 ? bars.hold[j] : 0;

            wealth[0][j] *= m > 0 ? 1 + stake / m * (x - m) : 1;
            wealth[1][j] *= m < 1 ? 1 + stake / (1 - m) * (m - x) : 1;
            now[0] += wealth[0][j] / LSN_BAR_BETS;
            now[1] += wealth[1][j] / LSN_BAR_BETS;
        }
        sum += x;
        peak = fmax(peak, now[0]);
        against = fmax(against, now[1]);
        assert_true(fabs(bars.wealth[1] - now[0]) <= 1e-9 * now[0]);
        assert_true(fabs(bars.peak[1] - peak) <= 1e-9 * peak);
        assert_true(fabs(bars.against[1] - against) <= 1e-9 * against);
        assert_true(bars.wealth[0] == 1 && bars.against[0] == 1);
    }
    lsn_bars_free(&bars);
}

static void arguments_are_checked(void **state)
{
    const struct lsn_race_options good = {.size = sizeof good,
                                          .arms = 4,
                                          .images = 9,
                                          .confidence = 0.9,
                                          .low = 0,
                                          .high = 1,
                                          .above = true,
                                          .bar = 0.1};
    struct lsn_race_options bad[6];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_race *race;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(bad); i++)
        bad[i] = good;
    bad[0].top = 1;
    bad[1].bar = (double)NAN;
    bad[2].fdr = 1;
    bad[3].fdr = -0.1;
    bad[4].fdr = (double)NAN;
    bad[5].above = false;
    bad[5].top = 1;
    bad[5].fdr = 0.1;
    test_error(lsn_race_create(&bad[0], &race, &err), &err, LSN_E_ARGUMENT,
               "a race is for the top 1 or above a bar, not both");
    for (i = 0; i < TEST_COUNT(bad); i++) {
        race = (struct lsn_race *)&bad;
        assert_int_equal(lsn_race_create(&bad[i], &race, NULL), LSN_E_ARGUMENT);
        assert_null(race);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_for_one_arm), cmocka_unit_test(promise_for_many_arms),
        cmocka_unit_test(false_discoveries),   cmocka_unit_test(on_the_bar),
        cmocka_unit_test(bets_twin),           cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
