/* Duels: is a challenger's mean over all images above another arm's?
 *
 * The null hypothesis of the pair (challenger c, arm a) is mean(c) <= mean(a). With
 * d = x_c - x_a, in -1 ... 1, and D the sum of the d seen so far, it says of the
 * `remaining` images that their mean d is at most m = -D / remaining: what was gained
 * must be lost again. So a gambler who may stake a share b of what he has on the next
 * image, at (1 + b (d - m)) for one, has no expected gain under the null, whatever the
 * past; his wealth is a supermartingale and passes 1/error, ever, with a probability of
 * at most `error` (Ville). This is the betting martingale without replacement of
 * Waudby-Smith & Ramdas (Confidence sequences for sampling without replacement, NeurIPS
 * 2020; Estimating means of bounded random variables by betting, JRSS B 2024, section 5).
 * The sum of LSN_PAIR_TEST_BETS gamblers with a fixed b each stands for not knowing the best
 * b, which is mean(d) / variance(d). For right and wrong, d is 0 on most images, and
 * these cost nothing: it is McNemar's exact test, watched all the time.
 *
 * Why not an interval for each arm: the spread of d is smaller than the two arms'
 * spreads added, the more so as they find the same images hard, and that outweighs the
 * larger number of hypotheses: even empirical-Bernstein intervals with costs left out
 * ran 31 % of the variants where pairwise tests ran 23 %. Why not exact (hypergeometric) tests
 * of d at a geometric grid of times: 29 %. To profit from the last images being few they
 * need a bound on all images with d != 0, seen or not; m does so by itself. (SqueezeNet,
 * contrast 1, top 20 of 328 kernels, 250 images resampled to 5,000.) */
#include "statistics/race.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/vector.h"

#define BET_MOST 0.8f
#define BEHIND   0.25f  /* 1 / BET_MOST - 1: 1 + b (d - m) >= 0 while m is not above it */
#define BROKE    1e-30f /* taken for 0: no slow subnormal numbers */
#define ROUNDING 1e-6   /* a relative error of wealth for each image, in float */

/* Bets from 8/sqrt(images), which decide what the last images only can, to BET_MOST,
 * each the same factor above the one before. */
static void choose_bets(struct lsn_pair_tests *pair_tests, size_t images)
{
    double least = fmin(8 / sqrt((double)images), (double)BET_MOST / 2);
    double factor = sqrt(sqrt((double)BET_MOST / least)), bet = least;
    int i;

    static_assert(LSN_PAIR_TEST_BETS == 5, "factor is a fourth root");
    for (i = 0; i < LSN_PAIR_TEST_BETS; i++, bet *= factor)
        pair_tests->bet[i] = fminf((float)bet, BET_MOST);
}

static float *floats(size_t a, size_t b)
{
    size_t count;

    return lsn_mul_size(a, b, &count) ? lsn_alloc_floats(count) : NULL;
}

enum lsn_status lsn_pair_tests_init(struct lsn_pair_tests *pair_tests, size_t arms, size_t room,
                                    size_t images, double error, struct lsn_error *err)
{
    *pair_tests = (struct lsn_pair_tests){.stride = arms, .room = room};
    choose_bets(pair_tests, images);
    pair_tests->goal = (float)(LSN_PAIR_TEST_BETS / error * exp(ROUNDING * (double)images));
    pair_tests->column = lsn_alloc(room, sizeof *pair_tests->column);
    pair_tests->wealth =
        floats(room, arms > SIZE_MAX / LSN_PAIR_TEST_BETS ? SIZE_MAX : arms * LSN_PAIR_TEST_BETS);
    pair_tests->peak = floats(room, arms);
    pair_tests->stake = lsn_alloc_floats(arms);
    pair_tests->behind = lsn_alloc_floats(arms);
    if (!pair_tests->column || !pair_tests->wealth || !pair_tests->peak || !pair_tests->stake ||
        !pair_tests->behind)
        return lsn_fail_memory(err, "the pairwise tests of a race");
    return LSN_OK;
}

void lsn_pair_tests_free(struct lsn_pair_tests *pair_tests)
{
    lsn_free(pair_tests->column);
    lsn_free(pair_tests->wealth);
    lsn_free(pair_tests->peak);
    lsn_free(pair_tests->stake);
    lsn_free(pair_tests->behind);
}

static float *wealth_of(const struct lsn_pair_tests *pair_tests, size_t row)
{
    return pair_tests->wealth + row * LSN_PAIR_TEST_BETS * pair_tests->stride;
}

static float *peak_of(const struct lsn_pair_tests *pair_tests, size_t row)
{
    return pair_tests->peak + row * pair_tests->stride;
}

void lsn_pair_tests_enter(struct lsn_pair_tests *pair_tests, size_t column, size_t count,
                          double share)
{
    float *wealth = wealth_of(pair_tests, pair_tests->rows),
          *peak = peak_of(pair_tests, pair_tests->rows);
    size_t i, bet;

    assert(pair_tests->rows < pair_tests->room);
    for (bet = 0; bet < LSN_PAIR_TEST_BETS; bet++)
        for (i = 0; i < count; i++)
            wealth[bet * pair_tests->stride + i] = (float)share;
    for (i = 0; i < count; i++)
        peak[i] = 0;
    pair_tests->column[pair_tests->rows++] = column;
}

/* d - m = stake_c - stake_a, and m = behind_a - behind_c. Where m is too large nothing
 * is staked. */
LSN_VECTOR static void add_row(float *wealth, float *peak, const float *stake, const float *behind,
                               size_t count, size_t stride, float stake_c, float behind_c,
                               const float *bet)
{
    size_t i;

    LSN_INDEPENDENT
    for (i = 0; i < count; i++) {
        float gain = behind[i] - behind_c <= BEHIND ? stake_c - stake[i] : 0, sum = 0;
        int j;

        for (j = 0; j < LSN_PAIR_TEST_BETS; j++) {
            float *at = &wealth[(size_t)j * stride + i], now = *at * (1 + bet[j] * gain);

            *at = now = now > BROKE ? now : 0;
            sum += now;
        }
        peak[i] = sum > peak[i] ? sum : peak[i];
    }
}

void lsn_pair_tests_add(struct lsn_pair_tests *pair_tests, const double *x, const double *sums,
                        size_t count, size_t remaining)
{
    double lead = 0;
    size_t i;

    /* Only differences count, and those with the leader are small enough for floats. */
    for (i = 0; i < count; i++)
        lead = fmax(lead, sums[i]);
    for (i = 0; i < count; i++) {
        double behind = (sums[i] - lead) / (double)remaining;

        pair_tests->behind[i] = (float)behind;
        pair_tests->stake[i] = (float)(x[i] + behind);
    }
    for (i = 0; i < pair_tests->rows; i++) {
        size_t own = pair_tests->column[i];

        add_row(wealth_of(pair_tests, i), peak_of(pair_tests, i), pair_tests->stake,
                pair_tests->behind, count, pair_tests->stride, pair_tests->stake[own],
                pair_tests->behind[own], pair_tests->bet);
    }
}

void lsn_pair_tests_settle(struct lsn_pair_tests *pair_tests, const double *sums, size_t count,
                           size_t remaining)
{
    size_t i, row;

    for (row = 0; row < pair_tests->rows; row++) {
        double sum = sums[pair_tests->column[row]];
        float *peak = peak_of(pair_tests, row);

        for (i = 0; i < count; i++)
            if (sum - sums[i] > (double)remaining)
                peak[i] = INFINITY;
    }
}

bool lsn_pair_tests_won(const struct lsn_pair_tests *pair_tests, size_t row, size_t column)
{
    return peak_of(pair_tests, row)[column] >= pair_tests->goal;
}

static void keep_columns(float *row, const bool *kept, size_t count)
{
    size_t from, to = 0;

    for (from = 0; from < count; from++)
        if (kept[from])
            row[to++] = row[from];
}

void lsn_pair_tests_keep(struct lsn_pair_tests *pair_tests, const bool *kept, size_t count)
{
    size_t row, to = 0, i, bet;

    for (row = 0; row < pair_tests->rows; row++) {
        size_t own = pair_tests->column[row], before = 0;

        if (!kept[own])
            continue;
        for (i = 0; i < own; i++)
            before += kept[i];
        for (bet = 0; bet < LSN_PAIR_TEST_BETS; bet++) {
            float *at = wealth_of(pair_tests, to) + bet * pair_tests->stride;

            memmove(at, wealth_of(pair_tests, row) + bet * pair_tests->stride, count * sizeof *at);
            keep_columns(at, kept, count);
        }
        memmove(peak_of(pair_tests, to), peak_of(pair_tests, row), count * sizeof(float));
        keep_columns(peak_of(pair_tests, to), kept, count);
        pair_tests->column[to++] = before;
    }
    pair_tests->rows = to;
}
