/* The driver of a race. Between two decisions a few images are due for the same
 * kernels: these are shared out to workers, a unit being some kernels of one layer on
 * one image, and then added to the race in their order. */
#include "lesion/ranking.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/text.h"
#include "format/file.h"
#include "outcome/axes.h"
#include "outcome/results.h"
#include "sweep/estimate.h"
#include "sweep/means_make.h"
#include "sweep/worker.h"
#include "table/rows.h"

#define TOGETHER 8 /* images at once, at most */

/* Active kernels that go together. */
struct group {
    size_t first, count; /* in the list of active kernels */
    int layer;
};

struct ranker {
    struct lsn_job job;
    const struct lsn_ranking_options *options;
    struct lsn_workers workers;
    struct lsn_race *race;
    int condition;
    size_t *order; /* [images] */
    struct group *groups;
    size_t group_count;
    int *kernels;                          /* [active] which kernel of its layer */
    float *values;                         /* [images at once][active] what is raced */
    struct lsn_outcome *intact, *lesioned; /* [images at once]; the same [active] */
    size_t active_count;
    struct lsn_ranked *ranked; /* [kernel_count] counts so far */
    struct lsn_progress progress;
};

/* The seeded order of images: Fisher and Yates's shuffle. */
static void shuffle(size_t *order, size_t count, uint64_t seed)
{
    uint64_t state = seed;
    size_t i;

    for (i = 0; i < count; i++)
        order[i] = i;
    for (i = count; i > 1; i--) {
        size_t j = (size_t)lsn_random_below(&state, i), kept = order[i - 1];

        order[i - 1] = order[j];
        order[j] = kept;
    }
}

static float value_of(const struct ranker *r, const struct lsn_outcome *intact,
                      const struct lsn_outcome *lesioned)
{
    double clip = r->options->clip, drop;

    if (r->options->measure == LSN_RACE_ACCURACY)
        return lesioned->rank == 1 ? 0.0f : 1.0f;
    drop = (double)lesioned->loss - (double)intact->loss;
    return (float)fmin(fmax(drop, -clip), clip);
}

/* Cuts the active kernels into groups of one layer each. */
static void cut_groups(struct ranker *r)
{
    const struct lsn_results *axes = r->job.results;
    const struct lsn_network *network = lsn_networks_of(&r->job.networks, r->condition);
    const size_t *active = lsn_race_active(r->race, &r->active_count);
    size_t i;

    r->group_count = 0;
    for (i = 0; i < r->active_count; i++) {
        int layer = axes->kernel_layer[active[i]];
        struct group *last = &r->groups[r->group_count];

        r->kernels[i] = axes->kernel_index[active[i]];
        if (r->group_count == 0 || last[-1].layer != layer ||
            last[-1].count == (size_t)lsn_network_group(network, layer))
            *last = (struct group){.first = i, .layer = layer}, r->group_count++;
        r->groups[r->group_count - 1].count++;
    }
}

static enum lsn_status run_unit(void *context, int worker_index, size_t unit, struct lsn_error *err)
{
    struct ranker *r = context;
    struct lsn_worker *worker = &r->workers.list[worker_index];
    size_t due = unit / r->group_count, i;
    const struct group *group = &r->groups[unit % r->group_count];
    size_t image = r->order[lsn_race_images(r->race) + due];
    size_t at = due * r->active_count + group->first;
    struct lsn_outcome intact;

    if (lsn_job_stop_asked(&r->job))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    LSN_TRY(
        lsn_worker_show(worker, lsn_results_stimulus(r->job.results, image, r->condition), err));
    LSN_TRY(lsn_worker_intact(worker, &intact, err));
    if (group == r->groups)
        r->intact[due] = intact;
    LSN_TRY(
        lsn_worker_lesion(worker, 0, group->layer, r->kernels + group->first, group->count, err));
    for (i = 0; i < group->count; i++) {
        r->lesioned[at + i] = worker->outcomes[i];
        r->values[at + i] = value_of(r, &intact, &worker->outcomes[i]);
    }
    return LSN_OK;
}

static void count_image(struct ranker *r, size_t due)
{
    const size_t *active = lsn_race_active(r->race, &r->active_count);
    const struct lsn_outcome *intact = &r->intact[due];
    size_t i;

    for (i = 0; i < r->active_count; i++) {
        const struct lsn_outcome *lesioned = &r->lesioned[due * r->active_count + i];
        struct lsn_ranked *ranked = &r->ranked[active[i]];

        ranked->images++;
        ranked->lost += intact->rank == 1 && lesioned->rank != 1;
        ranked->gained += intact->rank != 1 && lesioned->rank == 1;
        ranked->loss_drop += (double)lesioned->loss - (double)intact->loss;
    }
}

static void report(struct ranker *r)
{
    const struct lsn_sweep_options *o = r->job.options;

    r->progress.units_done++;
    r->progress.work_done++;
    if (o->progress)
        o->progress(o->progress_context, &r->progress);
}

/* The race at one condition. */
static enum lsn_status run_race(struct ranker *r, struct lsn_error *err)
{
    while (!lsn_race_over(r->race)) {
        size_t due = lsn_race_due(r->race), active, i;

        due = due < TOGETHER ? due : TOGETHER;
        cut_groups(r);
        active = r->active_count;
        LSN_TRY(lsn_parallel(r->workers.count, due * r->group_count, run_unit, r, err));
        for (i = 0; i < due; i++) {
            count_image(r, i);
            LSN_TRY(lsn_race_add(r->race, r->values + i * active, err));
            report(r);
        }
    }
    return LSN_OK;
}

static void store(const struct ranker *r, size_t *best, struct lsn_ranked *kernels)
{
    const struct lsn_results *axes = r->job.results;
    size_t count = lsn_race_result(r->race, best), i;

    for (i = 0; i < count; i++) {
        kernels[i] = r->ranked[best[i]];
        kernels[i].layer = axes->kernel_layer[best[i]];
        kernels[i].kernel = axes->kernel_index[best[i]];
        kernels[i].loss_drop /= kernels[i].images ? (double)kernels[i].images : 1;
    }
}

static enum lsn_status run_condition(struct ranker *r, struct lsn_ranking *ranking, size_t *best,
                                     struct lsn_error *err)
{
    const struct lsn_results *axes = r->job.results;
    double clip = r->options->measure == LSN_RACE_LOSS ? r->options->clip : 0;
    struct lsn_race_options race = {.size = sizeof race,
                                    .arms = axes->kernel_count,
                                    .images = axes->image_count,
                                    .top = (size_t)ranking->top,
                                    .confidence = r->options->confidence,
                                    .low = -clip,
                                    .high = clip > 0 ? clip : 1};
    enum lsn_status status;

    LSN_TRY(lsn_race_create(&race, &r->race, err));
    memset(r->ranked, 0, axes->kernel_count * sizeof *r->ranked);
    status = run_race(r, err);
    if (status == LSN_OK)
        store(r, best, ranking->kernels + (size_t)r->condition * (size_t)ranking->top);
    ranking->variants += lsn_race_variants(r->race);
    lsn_race_free(r->race);
    r->race = NULL;
    return status;
}

static enum lsn_status allocate(struct ranker *r, size_t **best, struct lsn_error *err)
{
    size_t kernels = r->job.results->kernel_count, cells;

    if (!lsn_mul_size(kernels, TOGETHER, &cells))
        return lsn_fail_memory(err, "a race");
    r->order = lsn_alloc(r->job.results->image_count, sizeof *r->order);
    r->groups = lsn_alloc(kernels, sizeof *r->groups);
    r->kernels = lsn_alloc(kernels, sizeof *r->kernels);
    r->values = lsn_alloc_floats(cells);
    r->lesioned = lsn_alloc(cells, sizeof *r->lesioned);
    r->intact = lsn_alloc(TOGETHER, sizeof *r->intact);
    r->ranked = lsn_alloc(kernels, sizeof *r->ranked);
    *best = lsn_alloc(kernels, sizeof **best);
    return r->order && r->groups && r->kernels && r->values && r->lesioned && r->intact &&
                   r->ranked && *best
               ? LSN_OK
               : lsn_fail_memory(err, "a race");
}

static size_t shared_bytes(const struct ranker *r)
{
    size_t kernel = TOGETHER * (sizeof *r->lesioned + sizeof *r->values) + sizeof *r->ranked;

    /* The race's own memory: see race.h. */
    kernel += 4 * (6 * ((size_t)r->options->top + 44) + 64) + 100;
    return LSN_PROCESS_BYTES + lsn_job_network_bytes(&r->job) + lsn_means_bytes(&r->job) +
           r->job.results->kernel_count * kernel;
}

static enum lsn_status run(struct ranker *r, struct lsn_ranking *ranking, struct lsn_error *err)
{
    const struct lsn_results *axes = r->job.results;
    size_t most = 1, *best = NULL;
    enum lsn_status status;
    int layer;

    LSN_TRY(lsn_job_prepare(&r->job, err));
    for (layer = 0; layer < lsn_model_layers(r->job.model); layer++)
        if ((size_t)lsn_networks_group(&r->job.networks, layer) > most)
            most = (size_t)lsn_networks_group(&r->job.networks, layer);
    LSN_TRY(lsn_means_make(&r->job, NULL, shared_bytes(r), err));
    status = allocate(r, &best, err);
    if (status == LSN_OK)
        status = lsn_workers_open(&r->workers, &r->job, SIZE_MAX, most, shared_bytes(r), err);
    r->progress.units = axes->image_count * (size_t)axes->condition_count;
    r->progress.work = (double)r->progress.units;
    for (; r->condition < axes->condition_count && status == LSN_OK; r->condition++) {
        shuffle(r->order, axes->image_count, r->options->seed);
        status = run_condition(r, ranking, best, err);
    }
    lsn_free(best);
    return status;
}

static enum lsn_status check(const struct lsn_sweep_options *o,
                             const struct lsn_ranking_options *race, struct lsn_error *err)
{
    if (o->run || o->shards || o->engine == LSN_ENGINE_INTACT)
        return lsn_fail(err, LSN_E_ARGUMENT, "a race takes no run directory and no shards");
    if (o->condition_count < 1 || race->top < 1 || o->lesion_count > 1)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a race needs a condition, one lesion, and a top of at least 1");
    if (race->measure == LSN_RACE_LOSS && !(race->clip > 0))
        return lsn_fail(err, LSN_E_ARGUMENT, "the loss must be clipped to more than 0");
    return LSN_OK;
}

static enum lsn_status make(struct ranker *r, struct lsn_ranking *ranking, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = r->job.options;
    size_t cells;

    LSN_TRY(lsn_job_describe(&r->job, lsn_dataset_count(r->job.dataset), err));
    ranking->axes = r->job.results;
    ranking->top = r->options->top;
    ranking->condition_count = o->condition_count;
    ranking->all_variants = (uint64_t)ranking->axes->kernel_count * ranking->axes->image_count *
                            (uint64_t)o->condition_count;
    if ((size_t)ranking->top >= ranking->axes->kernel_count)
        return lsn_fail(err, LSN_E_ARGUMENT, "the top %d of %zu kernels is no race", ranking->top,
                        ranking->axes->kernel_count);
    if (!lsn_mul_size((size_t)ranking->top, (size_t)o->condition_count, &cells))
        return lsn_fail_memory(err, "a ranking");
    ranking->kernels = lsn_alloc(cells, sizeof *ranking->kernels);
    return ranking->kernels ? run(r, ranking, err) : lsn_fail_memory(err, "a ranking");
}

enum lsn_status lsn_ranking_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *given,
                                const struct lsn_ranking_options *given_race,
                                struct lsn_ranking **ranking, struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_ranking_options race = LSN_RANKING_OPTIONS_DEFAULT;
    struct ranker r = {.job = {.model = model, .dataset = dataset, .options = &options},
                       .options = &race};
    enum lsn_status status;

    lsn_error_clear(err);
    *ranking = NULL;
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
    LSN_TRY(lsn_options_take("ranking", &race, given_race, err));
    LSN_TRY(check(&options, &race, err));
    *ranking = lsn_alloc(1, sizeof **ranking);
    if (!*ranking)
        return lsn_fail_memory(err, "a ranking");
    status = make(&r, *ranking, err);
    lsn_workers_close(&r.workers);
    lsn_job_release(&r.job);
    lsn_free(r.order);
    lsn_free(r.groups);
    lsn_free(r.kernels);
    lsn_free(r.values);
    lsn_free(r.lesioned);
    lsn_free(r.intact);
    lsn_free(r.ranked);
    if (status != LSN_OK) {
        lsn_ranking_free(*ranking);
        *ranking = NULL;
    }
    return status;
}

void lsn_ranking_free(struct lsn_ranking *ranking)
{
    if (!ranking)
        return;
    lsn_results_free(ranking->axes);
    lsn_free(ranking->kernels);
    lsn_free(ranking);
}

static void add_row(struct lsn_text *text, const struct lsn_ranking *ranking, int condition,
                    int rank)
{
    const struct lsn_ranked *k = &ranking->kernels[condition * ranking->top + rank];
    double n = k->images ? (double)k->images : 1;

    lsn_condition_add(text, &ranking->axes->conditions[condition]);
    lsn_text_add(text, ",%d,", rank + 1);
    lsn_text_add_csv(text, ranking->axes->layer_names[k->layer]);
    lsn_text_add(text, ",%d,%d", k->layer, k->kernel);
    lsn_rows_lesion(text, &ranking->axes->lesions[0]);
    lsn_text_add(text, ",%zu,%zu,%zu,", k->images, k->lost, k->gained);
    lsn_text_add_number(text, ((double)k->lost - (double)k->gained) / n);
    lsn_text_add(text, ",");
    lsn_text_add_number(text, k->loss_drop);
    lsn_text_add(text, "\n");
}

enum lsn_status lsn_ranking_write(const char *path, bool force, const struct lsn_ranking *ranking,
                                  struct lsn_error *err)
{
    struct lsn_text text = {0};
    int condition, rank;

    lsn_error_clear(err);
    lsn_text_add(&text, LSN_CONDITION ",rank," LSN_ROWS_KERNEL
                                      ",images,lost,gained,top1_drop,loss_drop\n");
    for (condition = 0; condition < ranking->condition_count; condition++)
        for (rank = 0; rank < ranking->top; rank++)
            add_row(&text, ranking, condition, rank);
    return lsn_rows_write(path, force, &text, LSN_OK, err);
}
