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
 * The sum of LSN_DUEL_BETS gamblers with a fixed b each stands for not knowing the best
 * b, which is mean(d) / variance(d). For right and wrong, d is 0 on most images, and
 * these cost nothing: it is McNemar's exact test, watched all the time.
 *
 * Why not an interval for each arm: the spread of d is smaller than the two arms'
 * spreads added, the more so as they find the same images hard, and that outweighs the
 * larger number of hypotheses: even empirical-Bernstein intervals with costs left out
 * ran 31 % of the variants where duels ran 23 %. Why not exact (hypergeometric) tests
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
static void choose_bets(struct lsn_duels *duels, size_t images)
{
    double least = fmin(8 / sqrt((double)images), (double)BET_MOST / 2);
    double factor = sqrt(sqrt((double)BET_MOST / least)), bet = least;
    int i;

    static_assert(LSN_DUEL_BETS == 5, "factor is a fourth root");
    for (i = 0; i < LSN_DUEL_BETS; i++, bet *= factor)
        duels->bet[i] = fminf((float)bet, BET_MOST);
}

static float *floats(size_t a, size_t b)
{
    size_t count;

    return lsn_mul_size(a, b, &count) ? lsn_alloc_floats(count) : NULL;
}

enum lsn_status lsn_duels_init(struct lsn_duels *duels, size_t arms, size_t room, size_t images,
                               double error, struct lsn_error *err)
{
    *duels = (struct lsn_duels){.stride = arms, .room = room};
    choose_bets(duels, images);
    duels->goal = (float)(LSN_DUEL_BETS / error * exp(ROUNDING * (double)images));
    duels->column = lsn_alloc(room, sizeof *duels->column);
    duels->wealth = floats(room, arms > SIZE_MAX / LSN_DUEL_BETS ? SIZE_MAX : arms * LSN_DUEL_BETS);
    duels->peak = floats(room, arms);
    duels->stake = lsn_alloc_floats(arms);
    duels->behind = lsn_alloc_floats(arms);
    if (!duels->column || !duels->wealth || !duels->peak || !duels->stake || !duels->behind)
        return lsn_fail_memory(err, "the duels of a race");
    return LSN_OK;
}

void lsn_duels_free(struct lsn_duels *duels)
{
    lsn_free(duels->column);
    lsn_free(duels->wealth);
    lsn_free(duels->peak);
    lsn_free(duels->stake);
    lsn_free(duels->behind);
}

static float *wealth_of(const struct lsn_duels *duels, size_t row)
{
    return duels->wealth + row * LSN_DUEL_BETS * duels->stride;
}

static float *peak_of(const struct lsn_duels *duels, size_t row)
{
    return duels->peak + row * duels->stride;
}

void lsn_duels_enter(struct lsn_duels *duels, size_t column, size_t count, double share)
{
    float *wealth = wealth_of(duels, duels->rows), *peak = peak_of(duels, duels->rows);
    size_t i, bet;

    assert(duels->rows < duels->room);
    for (bet = 0; bet < LSN_DUEL_BETS; bet++)
        for (i = 0; i < count; i++)
            wealth[bet * duels->stride + i] = (float)share;
    for (i = 0; i < count; i++)
        peak[i] = 0;
    duels->column[duels->rows++] = column;
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

        for (j = 0; j < LSN_DUEL_BETS; j++) {
            float *at = &wealth[(size_t)j * stride + i], now = *at * (1 + bet[j] * gain);

            *at = now = now > BROKE ? now : 0;
            sum += now;
        }
        peak[i] = sum > peak[i] ? sum : peak[i];
    }
}

void lsn_duels_add(struct lsn_duels *duels, const double *x, const double *sums, size_t count,
                   size_t remaining)
{
    double lead = 0;
    size_t i;

    /* Only differences count, and those with the leader are small enough for floats. */
    for (i = 0; i < count; i++)
        lead = fmax(lead, sums[i]);
    for (i = 0; i < count; i++) {
        double behind = (sums[i] - lead) / (double)remaining;

        duels->behind[i] = (float)behind;
        duels->stake[i] = (float)(x[i] + behind);
    }
    for (i = 0; i < duels->rows; i++) {
        size_t own = duels->column[i];

        add_row(wealth_of(duels, i), peak_of(duels, i), duels->stake, duels->behind, count,
                duels->stride, duels->stake[own], duels->behind[own], duels->bet);
    }
}

void lsn_duels_settle(struct lsn_duels *duels, const double *sums, size_t count, size_t remaining)
{
    size_t i, row;

    for (row = 0; row < duels->rows; row++) {
        double sum = sums[duels->column[row]];
        float *peak = peak_of(duels, row);

        for (i = 0; i < count; i++)
            if (sum - sums[i] > (double)remaining)
                peak[i] = INFINITY;
    }
}

bool lsn_duels_won(const struct lsn_duels *duels, size_t row, size_t column)
{
    return peak_of(duels, row)[column] >= duels->goal;
}

static void keep_columns(float *row, const bool *kept, size_t count)
{
    size_t from, to = 0;

    for (from = 0; from < count; from++)
        if (kept[from])
            row[to++] = row[from];
}

void lsn_duels_keep(struct lsn_duels *duels, const bool *kept, size_t count)
{
    size_t row, to = 0, i, bet;

    for (row = 0; row < duels->rows; row++) {
        size_t own = duels->column[row], before = 0;

        if (!kept[own])
            continue;
        for (i = 0; i < own; i++)
            before += kept[i];
        for (bet = 0; bet < LSN_DUEL_BETS; bet++) {
            float *at = wealth_of(duels, to) + bet * duels->stride;

            memmove(at, wealth_of(duels, row) + bet * duels->stride, count * sizeof *at);
            keep_columns(at, kept, count);
        }
        memmove(peak_of(duels, to), peak_of(duels, row), count * sizeof(float));
        keep_columns(peak_of(duels, to), kept, count);
        duels->column[to++] = before;
    }
    duels->rows = to;
}
