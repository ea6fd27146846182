/* What both rules of a race do with its arms. */
#include "statistics/race_state.h"

#include <stdlib.h>

void lsn_race_decide(struct lsn_race *race, size_t position, enum lsn_race_state state)
{
    struct lsn_race_seen *arm = &race->arms[race->active[position]];

    arm->state = state;
    arm->images = race->seen;
    race->accepted += state == LSN_RACE_ACCEPTED;
    race->kept[position] = false;
}

static int by_mean(const void *a, const void *b)
{
    const struct lsn_race_ranked *first = a, *second = b;

    if (first->mean != second->mean)
        return first->mean > second->mean ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

void lsn_race_sort(struct lsn_race *race, size_t count)
{
    qsort(race->ranked, count, sizeof *race->ranked, by_mean);
}

void lsn_race_close_ranks(struct lsn_race *race)
{
    size_t from, to = 0, accepted = 0, arm;

    if (!race->options.above)
        lsn_pair_tests_keep(&race->pair_tests, race->kept, race->count);
    for (from = 0; from < race->count; from++)
        if (race->kept[from]) {
            race->sums[to] = race->sums[from];
            race->active[to++] = race->active[from];
        }
    race->count = to;
    for (arm = 0; arm < race->options.arms; arm++) {
        const struct lsn_race_seen *a = &race->arms[arm];

        if (a->state == LSN_RACE_ACCEPTED)
            race->ranked[accepted++] = (struct lsn_race_ranked){
                .mean = a->images ? a->spread.sum / (double)a->images : 0, .at = arm};
    }
    lsn_race_sort(race, accepted);
    for (arm = 0; arm < accepted; arm++)
        race->best[arm] = race->ranked[arm].at;
}
