/* Interval of a mean by betting (Waudby-Smith & Ramdas, Estimating means of bounded random
 * variables by betting, Journal of the Royal Statistical Society B 86 (2024) 1-27).
 *
 * Is the mean m or less? A gambler who holds on each value x in -1 ... 1 the share f of what he
 * has, at odds that are fair for m, has after it (1 - f) + f (x + 1) / (m + 1) for one. This is a
 * straight line in the expectation of x. In a round of independent values whose expectations
 * differ, but have the mean m or less, his expected wealth is the product of these lines, which is
 * no more than that of equal ones at m (the geometric mean is below the arithmetic one; so
 * Hoeffding, Annals of Mathematical Statistics 27 (1956) 713-721, for successes of unequal
 * probability): it does not grow from round to round. So it reaches 1 / error, at the end of any
 * round, with a probability of `error` at most (Ville), and the m for which it has are outside the
 * interval. Bets on the other side bound the mean from above; each side has half of the error.
 *
 * f may follow from the rounds before, but not from other values of the same round. In the first
 * round the mean wealth of several gamblers, f from .9 down by halves, stands for not knowing it;
 * the smallest f is the best one where the values vary as much as they can. Then f is the best one
 * for all values to come, for the variance seen so far; it is found anew whenever the number of
 * rounds has doubled. Several gamblers throughout made the interval an eighth wider where 100
 * rounds of 10,000 values turn one of a hundred.
 *
 * Why not the empirical Bernstein bound (Maurer & Pontil, COLT 2009): for rare values, as of a
 * kernel that turns one image of a hundred, its second term, 7 log(4 / error) / (3 n) of the range,
 * is the larger one.
 *
 * The counts at the nodes stand for the values: a logarithm of a straight line lies above its
 * chords, so the wealth that they give is no more than the true one, and the interval no narrower.
 */
#include "statistics/betting.h"

#include <math.h>

#define RATIO        1.5
#define LARGEST_BET  0.9
#define GAMBLERS_MAX 24
#define HALVINGS     48

/* Sets the nodes' values. */
static void set_nodes(double *nodes)
{
    double size = 1;
    int i;

    nodes[LSN_BETTING_SIDE] = 0;
    for (i = 0; i < LSN_BETTING_SIDE; i++, size /= RATIO) {
        nodes[i] = -size;
        nodes[LSN_BETTING_NODES - 1 - i] = size;
    }
}

static int epoch_of(int round)
{
    int epoch = 0;

    while (round > 1 && epoch < LSN_BETTING_EPOCHS - 1) {
        round /= 2;
        epoch++;
    }
    return epoch;
}

void lsn_betting_add(struct lsn_betting *b, int round, double value)
{
    double *counts = b->counts[epoch_of(round)];
    double size = fmin(fabs(value), 1), outer = 1, inner = 1 / RATIO, share;
    int step = LSN_BETTING_SIDE, sign = value < 0 ? -1 : 1;

    b->sum += value;
    b->values++;
    if (!(size > 0)) {
        counts[LSN_BETTING_SIDE]++;
        return;
    }
    for (; step > 1 && size <= inner; step--) {
        outer = inner;
        inner /= RATIO;
    }
    inner = step > 1 ? inner : 0;
    share = (size - inner) / (outer - inner);
    counts[LSN_BETTING_SIDE + sign * step] += share;
    counts[LSN_BETTING_SIDE + sign * (step - 1)] += 1 - share;
}

/* Bets on values, sign 1, or on minus the values, sign -1. */
struct bets {
    const struct lsn_betting *betting;
    double nodes[LSN_BETTING_NODES]; /* times sign */
    double sign;
    double shares[GAMBLERS_MAX]; /* in the first epoch */
    int gamblers;
    double later[LSN_BETTING_EPOCHS]; /* the share in later epochs */
};

/* Sums of the counts before an epoch, of the values, and of their squares. */
struct moments {
    double count, sum, squares;
};

/* The share of the wealth to hold on `left` values that vary as those before did. One value at the
 * end of the range stands for what has not been seen. */
static double best_share(const struct moments *before, double left, double error)
{
    double mean = before->sum / before->count;
    double variance = (before->squares + 1) / (before->count + 1) - mean * mean;
    double share = sqrt(2 * log(2 / error) / (fmax(left, 1) * fmax(variance, 1e-12)));

    return fmin(share * (1 + mean), LARGEST_BET);
}

static void set_shares(struct bets *bets, double most, double error)
{
    struct moments before = {0, 0, 0};
    double share = LARGEST_BET, smallest = 2 / sqrt(most);
    int e, i;

    do
        bets->shares[bets->gamblers++] = share;
    while ((share /= 2) >= smallest && bets->gamblers < GAMBLERS_MAX);
    for (e = 0; e < LSN_BETTING_EPOCHS; e++) {
        if (before.count > 0)
            bets->later[e] = best_share(&before, most - before.count, error);
        for (i = 0; i < LSN_BETTING_NODES; i++) {
            double count = bets->betting->counts[e][i], x = bets->nodes[i];

            before.count += count;
            before.sum += count * x;
            before.squares += count * x * x;
        }
    }
}

/* The logarithm of what a share of the wealth makes of one in an epoch. */
static double grow(const struct bets *bets, int epoch, double share, double mean)
{
    const double *counts = bets->betting->counts[epoch];
    double sum = 0;
    int i;

    for (i = 0; i < LSN_BETTING_NODES; i++)
        if (counts[i] > 0)
            sum += counts[i] * log((1 - share) + share * (bets->nodes[i] + 1) / (mean + 1));
    return sum;
}

static double log_wealth(const struct bets *bets, double mean)
{
    double logs[GAMBLERS_MAX], largest = -(double)INFINITY, sum = 0, later = 0;
    int g, e;

    for (g = 0; g < bets->gamblers; g++) {
        logs[g] = grow(bets, 0, bets->shares[g], mean);
        largest = fmax(largest, logs[g]);
    }
    for (g = 0; g < bets->gamblers; g++)
        sum += exp(logs[g] - largest);
    for (e = 1; e < LSN_BETTING_EPOCHS; e++)
        later += grow(bets, e, bets->later[e], mean);
    return largest + log(sum / bets->gamblers) + later;
}

/* The lower end. The wealth falls as the mean rises, and is 1 at most at the values' own mean where
 * there is one epoch; where there are more it may be larger there, so the search goes up to 1. */
static double lower_end(const struct bets *bets, double goal)
{
    double low = -1, high = 1;
    int i;

    for (i = 0; i < HALVINGS; i++) {
        double middle = low + (high - low) / 2;

        if (log_wealth(bets, middle) >= goal)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void lsn_betting_interval(const struct lsn_betting *betting, size_t most, double error,
                          double *lower, double *upper)
{
    struct bets bets = {.betting = betting};
    double ends[2], mean = betting->values > 0 ? betting->sum / betting->values : 0;
    int side, i;

    *lower = -1;
    *upper = 1;
    if (!(betting->values > 0))
        return;
    for (side = 0; side < 2; side++) {
        bets.sign = side ? -1 : 1;
        bets.gamblers = 0;
        set_nodes(bets.nodes);
        for (i = 0; i < LSN_BETTING_NODES; i++)
            bets.nodes[i] *= bets.sign;
        set_shares(&bets, fmax((double)most, betting->values), error);
        ends[side] = lower_end(&bets, log(2 / error));
    }
    *lower = fmin(ends[0], mean);
    *upper = fmax(-ends[1], mean);
}
