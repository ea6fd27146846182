/* Active kernels on a few images at once: shared out to workers, a unit being some kernels of
 * one layer on one stimulus. In a run directory outcomes are put as they come, and taken where
 * they are there. */
#include <string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "experiment/ranking.h"
#include "outcome/results.h"

/* Cuts the active kernels into groups of one layer each. */
static void cut_groups(struct lsn_ranker *r)
{
    const struct lsn_results *axes = r->job.results;
    const struct lsn_network *network = lsn_networks_of(&r->job.networks, r->conditions[0]);
    size_t i;

    r->active = lsn_race_active(r->race, &r->active_count);
    r->group_count = 0;
    for (i = 0; i < r->active_count; i++) {
        int layer = axes->kernel_layer[r->active[i]];
        struct lsn_ranking_group *last = &r->groups[r->group_count];

        if (r->group_count == 0 || last[-1].layer != layer ||
            last[-1].count == (size_t)lsn_network_group(network, layer))
            *last = (struct lsn_ranking_group){.first = i, .layer = layer}, r->group_count++;
        r->groups[r->group_count - 1].count++;
    }
}

static size_t stimulus_of(const struct lsn_ranker *r, size_t place, size_t *image)
{
    *image = r->order[lsn_race_images(r->race) + place / (size_t)r->ends];
    return lsn_results_stimulus(r->job.results, *image, r->conditions[place % (size_t)r->ends]);
}

static enum lsn_status check_stop(const struct lsn_ranker *r, struct lsn_error *err)
{
    return lsn_job_stop_asked(&r->job) ? lsn_fail(err, LSN_E_INTERRUPTED, "interrupted") : LSN_OK;
}

/* place: of the images at once and their ends. */
static enum lsn_status run_intact(void *context, int worker_index, size_t place,
                                  struct lsn_error *err)
{
    struct lsn_ranker *r = context;
    struct lsn_worker *worker = &r->workers.list[worker_index];
    struct lsn_store *store = r->job.results->store;
    struct lsn_outcome *intact = &r->intact[place / (size_t)r->ends * 2 + place % (size_t)r->ends];
    bool there = false;
    size_t image, stimulus = stimulus_of(r, place, &image);

    LSN_TRY(check_stop(r, err));
    if (r->has[image])
        LSN_TRY(lsn_store_has_intact(store, stimulus, &there, err));
    if (there)
        return lsn_store_get_intact(store, stimulus, intact, err);
    LSN_TRY(lsn_worker_show(worker, stimulus, err));
    if (store)
        LSN_TRY(lsn_worker_store_intact(worker, err));
    return lsn_worker_intact(worker, intact, err);
}

/* Takes the outcomes of kernels [count] of one layer from the run directory. */
static enum lsn_status take(struct lsn_ranker *r, struct lsn_worker *worker, size_t stimulus,
                            const size_t *kernels, size_t count, struct lsn_outcome *outcomes,
                            bool *there, struct lsn_error *err)
{
    size_t from, end;

    for (from = 0; from < count; from = end) {
        for (end = from + 1; end < count && kernels[end] == kernels[end - 1] + 1; end++)
            continue;
        LSN_TRY(lsn_store_get(r->job.results->store, stimulus, kernels[from], end - from,
                              outcomes + from, worker->same, err));
    }
    *there = lsn_store_all_there(outcomes, count);
    if (*there)
        atomic_fetch_add(&r->replayed, count);
    return LSN_OK;
}

static enum lsn_status run_unit(void *context, int worker_index, size_t unit, struct lsn_error *err)
{
    struct lsn_ranker *r = context;
    struct lsn_worker *worker = &r->workers.list[worker_index];
    const struct lsn_ranking_group *group = &r->groups[unit % r->group_count];
    size_t place = unit / r->group_count, ends = (size_t)r->ends, image;
    size_t stimulus = stimulus_of(r, place, &image);
    struct lsn_outcome *outcomes = &r->lesioned[place * r->active_count + group->first];
    const size_t *kernels = r->active + group->first;
    bool there = false;

    LSN_TRY(check_stop(r, err));
    if (r->options->measure == LSN_RACE_LOST_SELECTIVITY) {
        if (!lsn_ranking_wants(r->options, &r->intact[place / ends * 2]))
            return LSN_OK;
    } else if (group == r->groups) {
        LSN_TRY(run_intact(r, worker_index, place, err));
    }
    if (r->has[image])
        LSN_TRY(take(r, worker, stimulus, kernels, group->count, outcomes, &there, err));
    if (there)
        return LSN_OK;
    LSN_TRY(lsn_worker_show(worker, stimulus, err));
    LSN_TRY(lsn_worker_lesion(worker, kernels, group->count, err));
    if (r->job.results->store)
        LSN_TRY(lsn_worker_put(worker, kernels, group->count, err));
    memcpy(outcomes, worker->outcomes, group->count * sizeof *outcomes);
    return LSN_OK;
}

/* Counts an image for all active kernels, and adds it to the race. */
static enum lsn_status add_image(struct lsn_ranker *r, size_t number, size_t seen,
                                 struct lsn_error *err)
{
    const struct lsn_outcome *intact = &r->intact[number * 2];
    size_t ends = (size_t)r->ends, i, end;

    for (i = 0; i < r->active_count; i++) {
        struct lsn_outcome lesioned[2];

        for (end = 0; end < ends; end++)
            lesioned[end] = r->lesioned[(number * ends + end) * r->active_count + i];
        r->values[i] = lsn_ranking_count(r, &r->sums[r->active[i]], intact, lesioned, seen);
    }
    if (lsn_ranking_wants(r->options, intact))
        r->ranking->variants += r->active_count * ends;
    return lsn_race_add(r->race, r->values, err);
}

enum lsn_status lsn_ranking_images(struct lsn_ranker *r, size_t due, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = r->job.options;
    size_t places = due * (size_t)r->ends, i;

    cut_groups(r);
    /* Whether an image is to be run its intact outcomes tell. */
    if (r->options->measure == LSN_RACE_LOST_SELECTIVITY)
        LSN_TRY(lsn_parallel(r->workers.count, places, run_intact, r, err));
    LSN_TRY(lsn_parallel(r->workers.count, places * r->group_count, run_unit, r, err));
    for (i = 0; i < due; i++) {
        LSN_TRY(add_image(r, i, lsn_race_images(r->race), err));
        r->progress.units_done++;
        r->progress.work_done++;
        if (o->progress)
            o->progress(o->progress_context, &r->progress);
    }
    return LSN_OK;
}
