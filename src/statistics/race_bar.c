/* Which arms have a mean above a bar: a bet for and a bet against each arm.
 *
 * With X the bar and n the images of the list (values in 0 ... 1), S an arm's sum over those seen
 * and r the images left, the arm is at the bar if those left have the mean m = (n X - S) / r. If
 * its mean is X or less, theirs is m or less, and a gambler who holds on each image the share f of
 * what he has, at (1 - f) + f x / m for one, has no expected gain whatever the past: m is known
 * before the image is. That is the betting martingale without replacement of race_pairs.c, with
 * a stake of f / m, so that all that he holds may be lost and no more. If the mean is above X, the
 * same goes for (1 - f) + f (1 - x) / (1 - m). The sum of LSN_BAR_BETS gamblers with a fixed
 * f each stands for not knowing the best: three from 16 / sqrt(n) to 0.8 of what may be held ran 48
 * % of the variants where five from 4 / sqrt(n) ran 49 %, two 53 % and one 57 % (SqueezeNet, drops
 * above 0.01 of 608 kernels, 250 images resampled to 5,000).
 *
 * Sure of all arms together (no false discovery rate given): an arm's mean is on one side of the
 * bar, so one of its two bets can go wrong and not both; each passes arms / error, ever, with a
 * probability of error / arms (Ville), and the union over the arms is `error`. Why not closed
 * testing of averages (Vovk & Wang 2021) instead of the union: an average over arms may take the
 * lesser bet of each other arm, 1 at most, to the arms / error that are wanted: no gain.
 *
 * False discovery rate Q: by e-BH (Wang & Ramdas, False discovery rate control with e-values, JRSS
 * B 2022) on the wealth W of the bets for. A supermartingale that begins at 1, stopped at any
 * time that depends on the images seen so far, of all arms, has an expectation of 1 at most if
 * the arm's mean is not above the bar: it is an e-value, and needs no independence of the arms. At
 * a decision the largest set of arms, r of them, is accepted in which all have
 * W >= arms / (Q r); what was accepted before counts with the wealth it had then, which is kept,
 * and stays in every later set, as r grows only; what is dropped counts as 0. So the accepted
 * arms are e-BH's of the e-values at the end. Only the wealth now may be taken, not the largest so
 * far, which is no e-value. Which arms go on may depend on anything seen; so the bets against, that
 * drop an arm at 1 / error, cost no false discovery, and miss an arm above the bar with a
 * probability of `error` at most.
 *
 * An arm that no images left could take to the other side, and any at the last image, is decided
 * without luck: as an e-value that is infinite above the bar and 0 below, which it may be. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "statistics/race_state.h"

#define HOLD_MOST 0.8
#define ROUNDING  1e-9 /* a relative error of all bets, in double */

enum lsn_status lsn_bars_init(struct lsn_bars *bars, size_t arms, size_t images, double bar,
                              struct lsn_error *err)
{
    double least = fmin(16 / sqrt((double)images), HOLD_MOST / 2), factor;
    size_t cells, i;

    *bars = (struct lsn_bars){.total = bar * (double)images};
    factor = pow(HOLD_MOST / least, 1.0 / (LSN_BAR_BETS - 1));
    for (i = 0; i < LSN_BAR_BETS; i++)
        bars->hold[i] = fmin(least * pow(factor, (double)i), HOLD_MOST);
    if (!lsn_mul_size(arms, 2 * LSN_BAR_BETS, &cells))
        return lsn_fail_memory(err, "the bets of a race");
    bars->bets = lsn_alloc(cells, sizeof *bars->bets);
    bars->wealth = lsn_alloc(arms, sizeof *bars->wealth);
    bars->peak = lsn_alloc(arms, sizeof *bars->peak);
    bars->against = lsn_alloc(arms, sizeof *bars->against);
    bars->sorted = lsn_alloc(arms, sizeof *bars->sorted);
    if (!bars->bets || !bars->wealth || !bars->peak || !bars->against || !bars->sorted)
        return lsn_fail_memory(err, "the bets of a race");
    for (i = 0; i < cells; i++)
        bars->bets[i] = 1.0 / LSN_BAR_BETS;
    for (i = 0; i < arms; i++)
        bars->wealth[i] = bars->peak[i] = bars->against[i] = 1;
    return LSN_OK;
}

void lsn_bars_free(struct lsn_bars *bars)
{
    lsn_free(bars->bets);
    lsn_free(bars->wealth);
    lsn_free(bars->peak);
    lsn_free(bars->against);
    lsn_free(bars->sorted);
}

void lsn_bars_add(struct lsn_bars *bars, size_t arm, double x, double sum, size_t remaining)
{
    double m = (bars->total - sum) / (double)remaining, wealth = 0, against = 0;
    double *bets = bars->bets + arm * 2 * LSN_BAR_BETS;
    int i;

    if (m <= 0 || m >= 1) /* it needs no luck any more */
        return;
    for (i = 0; i < LSN_BAR_BETS; i++) {
        bets[i] *= 1 + bars->hold[i] * (x / m - 1);
        bets[LSN_BAR_BETS + i] *= 1 + bars->hold[i] * ((1 - x) / (1 - m) - 1);
        wealth += bets[i];
        against += bets[LSN_BAR_BETS + i];
    }
    bars->wealth[arm] = wealth;
    bars->peak[arm] = fmax(bars->peak[arm], wealth);
    bars->against[arm] = fmax(bars->against[arm], against);
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x > y ? -1 : x < y;
}

/* The least wealth that e-BH accepts, of the arms that are active or accepted; infinity: none. */
static double goal_of_discoveries(struct lsn_race *race)
{
    const struct lsn_race_options *o = &race->options;
    double *sorted = race->bars.sorted, goal = (double)INFINITY;
    size_t count = 0, i;

    for (i = 0; i < o->arms; i++)
        if (race->arms[i].state != LSN_RACE_DROPPED)
            sorted[count++] = race->bars.wealth[i];
    qsort(sorted, count, sizeof *sorted, falling);
    for (i = 0; i < count; i++) {
        double wanted = (double)o->arms / (o->fdr * (double)(i + 1)) * (1 + ROUNDING);

        if (sorted[i] >= wanted)
            goal = wanted;
    }
    return goal;
}

enum lsn_status lsn_race_bar_create(struct lsn_race *race, struct lsn_error *err)
{
    const struct lsn_race_options *o = &race->options;

    return lsn_bars_init(&race->bars, o->arms, o->images, (o->bar - o->low) / (o->high - o->low),
                         err);
}

void lsn_race_bar_add(struct lsn_race *race)
{
    size_t i;

    for (i = 0; i < race->count; i++)
        lsn_bars_add(&race->bars, race->active[i], race->x[i], race->sums[i],
                     race->options.images - race->seen);
}

/* Means are compared as n * mean / n: a mean of whole numbers is then the nearest double to its
 * fraction, and equal to a bar that is written as that fraction. */
static void settle(struct lsn_race *race)
{
    const struct lsn_race_options *o = &race->options;
    double n = (double)o->images, remaining = (double)(o->images - race->seen), range;
    size_t i;

    range = o->high - o->low;
    for (i = 0; i < race->count; i++) {
        double least = (o->low * n + range * race->sums[i]) / n;
        double most = (o->low * n + range * (race->sums[i] + remaining)) / n;

        race->kept[i] = true;
        if (least > o->bar) {
            race->bars.wealth[race->active[i]] = (double)INFINITY;
            lsn_race_decide(race, i, LSN_RACE_ACCEPTED);
        } else if (most <= o->bar) {
            lsn_race_decide(race, i, LSN_RACE_DROPPED);
        }
    }
}

void lsn_race_bar_decide(struct lsn_race *race)
{
    const struct lsn_race_options *o = &race->options;
    double all = (double)o->arms / race->error * (1 + ROUNDING), goal, drop;
    const struct lsn_bars *bars = &race->bars;
    size_t i;

    settle(race);
    goal = o->fdr > 0 ? goal_of_discoveries(race) : all;
    drop = o->fdr > 0 ? (1 + ROUNDING) / race->error : all;
    for (i = 0; i < race->count; i++) {
        size_t arm = race->active[i];

        if (!race->kept[i])
            continue;
        if ((o->fdr > 0 ? bars->wealth[arm] : bars->peak[arm]) >= goal)
            lsn_race_decide(race, i, LSN_RACE_ACCEPTED);
        else if (bars->against[arm] >= drop)
            lsn_race_decide(race, i, LSN_RACE_DROPPED);
    }
    lsn_race_close_ranks(race);
}
