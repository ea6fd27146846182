/* What races are of. The mean of a measure over the list is wanted; between kernels only its
 * differences count, so in a race for the top what all kernels of an image share, the
 * intact outcome, is left out where that narrows the range (race.h). */
#include <math.h>

#include "experiment/ranking.h"

enum { LOW, HIGH };

bool lsn_ranking_is_pair(enum lsn_race_measure measure)
{
    return measure == LSN_RACE_SELECTIVITY || measure == LSN_RACE_LOST_SELECTIVITY ||
           measure == LSN_RACE_LOSS_SELECTIVITY;
}

/* The largest value of the measure; the smallest is its negative. */
static double most(const struct lsn_ranking_options *options)
{
    switch (options->measure) {
    case LSN_RACE_LOSS:
    case LSN_RACE_LOSS_SELECTIVITY:
        return options->clip;
    case LSN_RACE_SELECTIVITY:
        return 2;
    case LSN_RACE_ACCURACY:
    case LSN_RACE_LOST_SELECTIVITY:
        break;
    }
    return 1;
}

void lsn_ranking_range(const struct lsn_ranking_options *options, double *low, double *high)
{
    *high = !options->above && options->measure == LSN_RACE_SELECTIVITY ? 1 : most(options);
    *low = !options->above && options->measure == LSN_RACE_ACCURACY ? 0 : -*high;
}

bool lsn_ranking_wants(const struct lsn_ranking_options *options, const struct lsn_outcome *intact)
{
    return options->measure != LSN_RACE_LOST_SELECTIVITY ||
           (intact[LOW].rank == 1 && intact[HIGH].rank == 1);
}

static bool is_wrong(const struct lsn_outcome *outcome)
{
    return outcome->rank != 1;
}

static double value_of(const struct lsn_ranking_options *options, const struct lsn_outcome *intact,
                       const struct lsn_outcome *lesioned)
{
    double drop[2] = {0, 0}, loss[2] = {0, 0};
    int ends = lsn_ranking_is_pair(options->measure) ? 2 : 1, i;

    for (i = 0; i < ends; i++) {
        drop[i] = (double)is_wrong(&lesioned[i]) - (double)is_wrong(&intact[i]);
        loss[i] = (double)lesioned[i].loss - (double)intact[i].loss;
    }
    switch (options->measure) {
    case LSN_RACE_LOSS:
    case LSN_RACE_LOSS_SELECTIVITY:
        return fmin(fmax(loss[LOW] - loss[HIGH], -options->clip), options->clip);
    case LSN_RACE_ACCURACY:
    case LSN_RACE_SELECTIVITY:
    case LSN_RACE_LOST_SELECTIVITY:
        break;
    }
    return lsn_ranking_wants(options, intact) ? drop[LOW] - drop[HIGH] : 0;
}

/* The part of a value that all kernels share, and a race for the top leaves out. */
static double shared_of(const struct lsn_ranking_options *options, const struct lsn_outcome *intact)
{
    if (options->above)
        return 0;
    if (options->measure == LSN_RACE_ACCURACY)
        return -(double)is_wrong(&intact[LOW]);
    if (options->measure == LSN_RACE_SELECTIVITY)
        return (double)is_wrong(&intact[HIGH]) - (double)is_wrong(&intact[LOW]);
    return 0;
}

static void count_pair(struct lsn_ranked *k, const struct lsn_outcome *intact,
                       const struct lsn_outcome *lesioned)
{
    if (is_wrong(&intact[LOW]) || is_wrong(&intact[HIGH]))
        return;
    k->both++;
    k->low_only += is_wrong(&lesioned[LOW]) && !is_wrong(&lesioned[HIGH]);
    k->high_only += is_wrong(&lesioned[HIGH]) && !is_wrong(&lesioned[LOW]);
}

float lsn_ranking_count(const struct lsn_ranker *r, struct lsn_ranking_sums *sums,
                        const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                        size_t seen)
{
    bool wanted = lsn_ranking_wants(r->options, intact);
    double range = most(r->options), value = 0;
    struct lsn_ranked *k = &sums->counts;
    int i;

    for (i = 0; i < r->ends && wanted; i++) {
        k->lost[i] += !is_wrong(&intact[i]) && is_wrong(&lesioned[i]);
        k->gained[i] += is_wrong(&intact[i]) && !is_wrong(&lesioned[i]);
        k->loss_drop[i] += (double)lesioned[i].loss - (double)intact[i].loss;
    }
    if (wanted && r->ends == 2)
        count_pair(k, intact, lesioned);
    if (wanted)
        value = value_of(r->options, intact, lesioned);
    k->images++;
    k->value += value;
    lsn_confidence_sequence_add(&sums->spread, (value / range + 1) / 2, seen,
                                r->job.results->image_count, 1 - r->options->confidence);
    return (float)(value - shared_of(r->options, intact));
}
