/* The driver of races. Between two decisions a few images are due for the same kernels: these
 * are run together (ranking_images.c), and then added to the race in their order. */
#include "experiment/ranking.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/random.h"
#include "experiment/ranking_run.h"
#include "outcome/results.h"
#include "sweep/estimate.h"
#include "sweep/means_make.h"
#include "table/contrast_pair.h"

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

static enum lsn_status store(const struct lsn_ranker *r, struct lsn_ranking_race *race,
                             struct lsn_error *err)
{
    const struct lsn_results *axes = r->job.results;
    size_t *best = lsn_alloc(axes->kernel_count, sizeof *best), count, i;
    double low, high, range;
    struct lsn_ranking_options measure = *r->options;

    if (!best)
        return lsn_fail_memory(err, "a ranking");
    measure.above = true; /* the range of the measure itself */
    lsn_ranking_range(&measure, &low, &high);
    range = high - low;
    count = lsn_race_result(r->race, best);
    race->kernels = lsn_alloc(count, sizeof *race->kernels);
    for (i = 0; race->kernels && i < count; i++) {
        const struct lsn_ranking_sums *sums = &r->sums[best[i]];
        struct lsn_ranked *k = &race->kernels[i];
        bool lost = r->options->measure == LSN_RACE_LOST_SELECTIVITY;
        size_t shown = lost ? sums->counts.both : sums->counts.images; /* that it was run on */
        double lower, upper;

        *k = sums->counts;
        k->layer = axes->kernel_layer[best[i]];
        k->kernel = axes->kernel_index[best[i]];
        k->loss_drop[0] /= shown ? (double)shown : 1;
        k->loss_drop[1] /= shown ? (double)shown : 1;
        k->value /= k->images ? (double)k->images : 1;
        k->exact = k->images == axes->image_count;
        lsn_confidence_sequence_interval(&sums->spread, k->images, axes->image_count,
                                         1 - r->options->confidence, &lower, &upper);
        k->lower = k->exact ? k->value : low + range * lower;
        k->upper = k->exact ? k->value : low + range * upper;
    }
    race->count = (int)count;
    lsn_free(best);
    return race->kernels ? LSN_OK : lsn_fail_memory(err, "a ranking");
}

static enum lsn_status run_race(struct lsn_ranker *r, struct lsn_ranking_race *ranked,
                                struct lsn_error *err)
{
    const struct lsn_results *axes = r->job.results;
    struct lsn_race_options race = {.size = sizeof race,
                                    .arms = axes->kernel_count,
                                    .images = axes->image_count,
                                    .top = (size_t)r->options->top,
                                    .confidence = r->options->confidence,
                                    .above = r->options->above,
                                    .bar = r->options->bar,
                                    .fdr = r->options->fdr,
                                    .prior = r->prior};
    enum lsn_status status = LSN_OK;

    memcpy(r->conditions, ranked->conditions, sizeof r->conditions);
    lsn_ranking_range(r->options, &race.low, &race.high);
    memset(r->sums, 0, axes->kernel_count * sizeof *r->sums);
    shuffle(r->order, axes->image_count, r->options->seed);
    LSN_TRY(lsn_ranking_set_prior(r, err));
    LSN_TRY(lsn_race_create(&race, &r->race, err));
    while (!lsn_race_over(r->race) && status == LSN_OK) {
        size_t due = lsn_race_due(r->race);

        status =
            lsn_ranking_images(r, due < LSN_RANKING_TOGETHER ? due : LSN_RANKING_TOGETHER, err);
    }
    if (status == LSN_OK)
        status = store(r, ranked, err);
    lsn_race_free(r->race);
    r->race = NULL;
    return status;
}

static enum lsn_status allocate(struct lsn_ranker *r, struct lsn_error *err)
{
    size_t kernels = r->job.results->kernel_count, images = r->job.results->image_count, cells;

    if (!lsn_mul_size(kernels, LSN_RANKING_TOGETHER * 2, &cells))
        return lsn_fail_memory(err, "a race");
    r->order = lsn_alloc(images, sizeof *r->order);
    r->has = lsn_alloc(images, sizeof *r->has);
    r->groups = lsn_alloc(kernels, sizeof *r->groups);
    r->values = lsn_alloc_floats(kernels);
    r->lesioned = lsn_alloc(cells, sizeof *r->lesioned);
    r->intact = lsn_alloc(LSN_RANKING_TOGETHER * 2, sizeof *r->intact);
    r->sums = lsn_alloc(kernels, sizeof *r->sums);
    return r->order && r->has && r->groups && r->values && r->lesioned && r->intact && r->sums
               ? LSN_OK
               : lsn_fail_memory(err, "a race");
}

static size_t shared_bytes(const struct lsn_ranker *r)
{
    size_t kernel = LSN_RANKING_TOGETHER * 2 * sizeof *r->lesioned + sizeof *r->sums;

    /* The race's own memory: see race.h. */
    kernel += r->options->above ? 300 : 4 * (6 * ((size_t)r->options->top + 44) + 64) + 100;
    return LSN_PROCESS_BYTES + lsn_job_network_bytes(&r->job) + lsn_means_bytes(&r->job) +
           r->job.results->kernel_count * kernel;
}

static enum lsn_status run(struct lsn_ranker *r, struct lsn_error *err)
{
    struct lsn_ranking *ranking = r->ranking;
    size_t most = 1;
    enum lsn_status status = LSN_OK;
    int layer, i;

    LSN_TRY(lsn_ranking_screen(r, err)); /* before the race's own memory is taken */
    LSN_TRY(lsn_job_prepare(&r->job, err));
    for (layer = 0; layer < lsn_model_layers(r->job.model); layer++)
        if ((size_t)lsn_networks_group(&r->job.networks, layer) > most)
            most = (size_t)lsn_networks_group(&r->job.networks, layer);
    LSN_TRY(lsn_means_make(&r->job, r->job.options->run, shared_bytes(r), err));
    LSN_TRY(lsn_workers_open(&r->workers, &r->job, SIZE_MAX, most, shared_bytes(r), err));
    r->progress.units = ranking->axes->image_count * (size_t)ranking->race_count;
    r->progress.work = (double)r->progress.units;
    for (i = 0; i < ranking->race_count && status == LSN_OK; i++)
        status = run_race(r, &ranking->races[i], err);
    ranking->replayed = atomic_load(&r->replayed);
    return status;
}

/* The races that the conditions make. */
static enum lsn_status plan(struct lsn_ranker *r, struct lsn_error *err)
{
    const struct lsn_results *axes = r->job.results;
    struct lsn_ranking *ranking = r->ranking;
    int c, pair[2] = {0, -1};

    ranking->races = lsn_alloc((size_t)axes->condition_count, sizeof *ranking->races);
    if (!ranking->races)
        return lsn_fail_memory(err, "a ranking");
    r->ends = lsn_ranking_is_pair(r->options->measure) ? 2 : 1;
    for (c = 0; c < axes->condition_count; c++) {
        pair[0] = c;
        if (r->ends == 2 && !lsn_first_but_contrast(axes, c))
            continue;
        if (r->ends == 2)
            LSN_TRY(
                lsn_contrast_pair_choose(axes, r->options->low, r->options->high, c, pair, err));
        if (pair[0] >= 0 && pair[0] != pair[1] && (r->ends == 1 || pair[1] >= 0))
            memcpy(ranking->races[ranking->race_count++].conditions, pair, sizeof pair);
    }
    ranking->all_variants = (uint64_t)axes->kernel_count * axes->image_count *
                            (uint64_t)ranking->race_count * (uint64_t)r->ends;
    return ranking->race_count > 0
               ? LSN_OK
               : lsn_fail(err, LSN_E_ARGUMENT, "a race for selectivity wants two contrasts");
}

static enum lsn_status check(const struct lsn_sweep_options *o,
                             const struct lsn_ranking_options *race, struct lsn_error *err)
{
    bool clipped = race->measure == LSN_RACE_LOSS || race->measure == LSN_RACE_LOSS_SELECTIVITY;

    if (o->round)
        return lsn_fail(err, LSN_E_ARGUMENT, "a race lesions each kernel alone, not in a round");
    if (o->shards && !race->part)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a race takes no shards: its images come in one order, and what was seen "
                        "of all of them decides");
    if (o->engine == LSN_ENGINE_INTACT)
        return lsn_fail(err, LSN_E_ARGUMENT, "a race needs kernels to lesion");
    if (o->condition_count < 1 || o->lesion_count > 1 || (race->top < 1) != race->above)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a race needs a condition, one lesion, and a top of at least 1 or a bar");
    if (race->screen && race->above)
        return lsn_fail(err, LSN_E_ARGUMENT, "a race against a bar takes no estimates");
    if (clipped && !(race->clip > 0))
        return lsn_fail(err, LSN_E_ARGUMENT, "the loss must be clipped to more than 0");
    return LSN_OK;
}

static enum lsn_status make(struct lsn_ranker *r, struct lsn_error *err)
{
    struct lsn_ranking *ranking = r->ranking;
    size_t images;

    LSN_TRY(lsn_job_shard(&r->job, &images, err));
    LSN_TRY(lsn_job_describe(&r->job, images, err));
    ranking->axes = r->job.results;
    ranking->measure = r->options->measure;
    if (!r->options->above && (size_t)r->options->top >= ranking->axes->kernel_count)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "the top %d of %zu kernel%s is no race: ask for fewer, or for none: a "
                        "whole sweep has them all",
                        r->options->top, ranking->axes->kernel_count,
                        lsn_plural(ranking->axes->kernel_count));
    LSN_TRY(plan(r, err));
    LSN_TRY(allocate(r, err));
    if (r->job.options->run)
        LSN_TRY(lsn_ranking_open_run(r, err));
    return run(r, err);
}

static void release(struct lsn_ranker *r)
{
    lsn_workers_close(&r->workers);
    lsn_job_release(&r->job);
    lsn_free(r->order);
    lsn_free(r->has);
    lsn_free(r->groups);
    lsn_free(r->values);
    lsn_free(r->lesioned);
    lsn_free(r->intact);
    lsn_free(r->sums);
    lsn_free(r->prior);
    lsn_taylor_free(r->estimates);
}

enum lsn_status lsn_ranking_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *given,
                                const struct lsn_ranking_options *given_race,
                                struct lsn_ranking **ranking, struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_ranking_options race = LSN_RANKING_OPTIONS_DEFAULT;
    struct lsn_ranker r = {.job = {.model = model, .dataset = dataset, .options = &options},
                           .options = &race,
                           .lock = -1};
    enum lsn_status status;

    lsn_error_clear(err);
    *ranking = NULL;
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
    LSN_TRY(lsn_options_take("ranking", &race, given_race, err));
    LSN_TRY(check(&options, &race, err));
    r.ranking = *ranking = lsn_alloc(1, sizeof **ranking);
    if (!*ranking)
        return lsn_fail_memory(err, "a ranking");
    status = make(&r, err);
    release(&r);
    if (options.run)
        status = lsn_ranking_close_run(&r, status, err);
    if (status != LSN_OK) {
        lsn_ranking_free(*ranking);
        *ranking = NULL;
    }
    return status;
}

void lsn_ranking_free(struct lsn_ranking *ranking)
{
    int i;

    if (!ranking)
        return;
    for (i = 0; ranking->races && i < ranking->race_count; i++)
        lsn_free(ranking->races[i].kernels);
    lsn_free(ranking->races);
    lsn_results_free(ranking->axes);
    lsn_free(ranking);
}
