/* The driver. A unit of work is one layer's kernels on one stimulus; workers take
 * units in order, so all of them stay on few images, and each keeps its own intact
 * pass of the stimulus that it is on. Every cell of the results is written by one
 * unit: any number of threads gives the same results. */
#include "lesion/sweep.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "sweep/estimate.h"
#include "sweep/results.h"
#include "sweep/select.h"

/* Kernels first ... first+count-1 of the results, all of one layer. */
struct layer_unit {
    size_t first, count;
    int layer;
    size_t group; /* kernels that go together */
    double work;  /* multiply-adds of all its kernels on one stimulus */
};

struct worker {
    struct lsn_pass *pass;
    struct lsn_image crop;
    size_t image;    /* whose crop it is */
    size_t stimulus; /* which the intact pass was run on */
    float *pixels;   /* [h][w][3] */
    float *x;        /* [h][w][3] */
    float *logits;   /* [classes] of the intact pass */
    float *lesioned; /* [group_max, or what an estimate takes][classes] */
};

#define NOTHING SIZE_MAX

struct sweep {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const struct lsn_sweep_options *options;
    struct lsn_network *network;
    struct lsn_results *results;
    struct layer_unit
        *layers; /* [layer_count]; one without kernels if there is nothing to lesion */
    size_t layer_count;
    size_t group_max;       /* kernels of a layer that go together, at most */
    struct worker *workers; /* [worker_count] */
    int worker_count;
    pthread_mutex_t progress_lock;
    struct lsn_progress progress;
};

static bool stop_asked(const struct sweep *sweep)
{
    return sweep->options->stop && atomic_load(sweep->options->stop);
}

/* Runs the intact network on a stimulus unless the worker is on it already. */
static enum lsn_status show(struct sweep *sweep, struct worker *worker, size_t stimulus,
                            struct lsn_error *err)
{
    const struct lsn_input *input = lsn_model_input(sweep->model);
    size_t conditions = (size_t)sweep->options->condition_count, image = stimulus / conditions;
    const float *logits;

    if (worker->stimulus == stimulus)
        return LSN_OK;
    worker->stimulus = NOTHING;
    if (worker->image != image) {
        struct lsn_image whole;
        enum lsn_status status;

        worker->image = NOTHING;
        lsn_image_free(&worker->crop);
        LSN_TRY(lsn_image_load(lsn_dataset_path(sweep->dataset, image), sweep->options->alpha,
                               &whole, err));
        status = lsn_input_crop(input, &whole, &worker->crop, err);
        lsn_image_free(&whole);
        if (status != LSN_OK)
            return status;
        worker->image = image;
    }
    lsn_stimulus_make(&worker->crop, &sweep->options->conditions[stimulus % conditions],
                      worker->pixels);
    lsn_input_normalise(input, worker->pixels, worker->x);
    logits = lsn_pass_run(worker->pass, worker->x);
    memcpy(worker->logits, logits, (size_t)sweep->results->classes * sizeof *logits);
    worker->stimulus = stimulus;
    return LSN_OK;
}

static enum lsn_status outcome(const struct sweep *sweep, size_t stimulus, const float *logits,
                               struct lsn_outcome *cell, struct lsn_error *err)
{
    size_t image = stimulus / (size_t)sweep->options->condition_count;
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = lsn_outcome_of(
        logits, sweep->results->classes, lsn_dataset_class(sweep->dataset, image), cell, &reason);

    if (status == LSN_OK)
        return LSN_OK;
    cell->predicted = -1;
    return lsn_fail(err, status, "%s: %s", lsn_dataset_path(sweep->dataset, image), reason.text);
}

static enum lsn_status store_intact(struct sweep *sweep, const struct worker *worker,
                                    struct lsn_error *err)
{
    struct lsn_results *results = sweep->results;
    size_t classes = (size_t)results->classes;

    if (results->logits)
        memcpy(results->logits + worker->stimulus * classes, worker->logits,
               classes * sizeof *worker->logits);
    return outcome(sweep, worker->stimulus, worker->logits, &results->intact[worker->stimulus],
                   err);
}

static void report_progress(struct sweep *sweep, double work)
{
    if (!sweep->options->progress)
        return;
    pthread_mutex_lock(&sweep->progress_lock);
    sweep->progress.units_done++;
    sweep->progress.work_done += work;
    sweep->options->progress(sweep->options->progress_context, &sweep->progress);
    pthread_mutex_unlock(&sweep->progress_lock);
}

/* Lesions count kernels from first on, all of one layer, on the worker's stimulus. */
static enum lsn_status run_group(struct sweep *sweep, struct worker *worker, int layer,
                                 size_t first, size_t count, struct lsn_error *err)
{
    struct lsn_results *results = sweep->results;
    size_t classes = (size_t)results->classes, i;

    lsn_pass_run_lesioned(worker->pass, layer, results->kernel_index + first, (int)count,
                          worker->lesioned);
    for (i = 0; i < count; i++) {
        const float *logits = worker->lesioned + i * classes;
        size_t cell = worker->stimulus * results->kernel_count + first + i;

        results->same[cell] = memcmp(logits, worker->logits, classes * sizeof *logits) == 0;
        LSN_TRY(outcome(sweep, worker->stimulus, logits, &results->lesioned[cell], err));
    }
    return LSN_OK;
}

static enum lsn_status run_unit(void *context, int worker_index, size_t unit, struct lsn_error *err)
{
    struct sweep *sweep = context;
    struct worker *worker = &sweep->workers[worker_index];
    const struct layer_unit *layer = &sweep->layers[unit % sweep->layer_count];
    size_t last = layer->first + layer->count, first, count;

    if (stop_asked(sweep))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    LSN_TRY(show(sweep, worker, unit / sweep->layer_count, err));
    if (layer == sweep->layers)
        LSN_TRY(store_intact(sweep, worker, err));
    for (first = layer->first; first < last; first += count) {
        count = last - first < layer->group ? last - first : layer->group;
        if (stop_asked(sweep))
            return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
        LSN_TRY(run_group(sweep, worker, layer->layer, first, count, err));
    }
    report_progress(sweep, layer->work);
    return LSN_OK;
}

/* Cuts the chosen kernels into layers. */
static enum lsn_status plan_layers(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_results *results = sweep->results;
    size_t i;

    sweep->layers = lsn_alloc((size_t)lsn_model_layers(sweep->model) + 1, sizeof *sweep->layers);
    if (!sweep->layers)
        return lsn_fail_memory(err, "the plan of a sweep");
    for (i = 0; i < results->kernel_count; i++) {
        struct layer_unit *last = &sweep->layers[sweep->layer_count];

        if (i == 0 || results->kernel_layer[i] != last[-1].layer) {
            int layer = results->kernel_layer[i];
            size_t group = sweep->options->engine == LSN_ENGINE_FULL
                               ? 1 /* a stop is heard between groups */
                               : (size_t)lsn_network_group(sweep->network, layer);

            *last = (struct layer_unit){.first = i, .layer = layer, .group = group};
            sweep->group_max = group > sweep->group_max ? group : sweep->group_max;
            sweep->layer_count++;
        }
        last = &sweep->layers[sweep->layer_count - 1];
        last->count++;
        last->work += lsn_network_lesion_work(sweep->network, last->layer);
    }
    if (sweep->layer_count == 0)
        sweep->layers[sweep->layer_count++].work = 1;
    return LSN_OK;
}

static enum lsn_status prepare_worker(struct sweep *sweep, struct worker *worker,
                                      struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(sweep->model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * 3;
    size_t most = sweep->group_max > LSN_ESTIMATE_KERNELS ? sweep->group_max : LSN_ESTIMATE_KERNELS;

    worker->image = worker->stimulus = NOTHING;
    worker->pixels = lsn_alloc_floats(values);
    worker->x = lsn_alloc_floats(values);
    worker->logits = lsn_alloc_floats((size_t)sweep->results->classes);
    worker->lesioned = lsn_alloc_floats(most * (size_t)sweep->results->classes);
    if (!worker->pixels || !worker->x || !worker->logits || !worker->lesioned)
        return lsn_fail_memory(err, "a worker");
    return lsn_pass_create(sweep->network, sweep->options->engine, &worker->pass, err);
}

static size_t shared_bytes(const struct sweep *sweep)
{
    const struct lsn_results *r = sweep->results;
    size_t stimuli = r->image_count * (size_t)r->condition_count;
    size_t cell = sizeof *r->lesioned + sizeof *r->same;

    return LSN_PROCESS_BYTES + lsn_network_bytes(sweep->network) +
           stimuli * (sizeof *r->intact + r->kernel_count * cell) +
           (r->logits ? stimuli * (size_t)r->classes * sizeof *r->logits : 0);
}

static size_t worker_bytes(const struct sweep *sweep)
{
    return LSN_WORKER_BYTES + lsn_pass_bytes(sweep->network, sweep->options->engine) +
           sweep->group_max * (size_t)sweep->results->classes * sizeof(float);
}

/* How many workers the memory allows, wanted at most. */
static enum lsn_status fit_memory(const struct sweep *sweep, size_t *wanted, struct lsn_error *err)
{
    size_t shared = shared_bytes(sweep), each = worker_bytes(sweep);
    size_t memory = sweep->options->memory;

    if (memory == 0)
        return LSN_OK;
    if (memory < shared + each)
        return lsn_fail(err, LSN_E_MEMORY,
                        "%zu MiB of memory are too few: this run needs %zu MiB for one thread, and "
                        "%zu MiB for each one more",
                        memory >> 20, ((shared + each) >> 20) + 1, (each >> 20) + 1);
    if (*wanted > (memory - shared) / each)
        *wanted = (memory - shared) / each;
    return LSN_OK;
}

static enum lsn_status prepare_workers(struct sweep *sweep, size_t units, struct lsn_error *err)
{
    size_t wanted =
        sweep->options->threads > 0 ? (size_t)sweep->options->threads : (size_t)lsn_processors();
    size_t i;

    wanted = wanted < units ? wanted : units;
    LSN_TRY(fit_memory(sweep, &wanted, err));
    sweep->workers = lsn_alloc(wanted, sizeof *sweep->workers);
    if (!sweep->workers)
        return lsn_fail_memory(err, "workers");
    for (i = 0; i < wanted; i++) {
        sweep->worker_count++;
        LSN_TRY(prepare_worker(sweep, &sweep->workers[i], err));
    }
    return LSN_OK;
}

/* Says what the sweep will take, from a trial on its first stimulus. */
static enum lsn_status announce(struct sweep *sweep, struct lsn_error *err)
{
    struct worker *worker = &sweep->workers[0];
    struct lsn_estimate estimate = {.full_multiply_adds = sweep->progress.work,
                                    .threads = sweep->worker_count};
    double rate;

    if (!sweep->options->started || sweep->options->intact_only)
        return LSN_OK;
    LSN_TRY(show(sweep, worker, 0, err));
    rate = lsn_estimate_rate(sweep->model, sweep->network, worker->pass, worker->lesioned);
    /* The trial is none of the lesions' work. */
    sweep->results->multiply_adds -= lsn_pass_work(worker->pass);
    estimate.seconds = rate > 0 ? sweep->progress.work / rate / sweep->worker_count : 0;
    estimate.memory = shared_bytes(sweep) + (size_t)sweep->worker_count * worker_bytes(sweep);
    sweep->options->started(sweep->options->progress_context, &estimate);
    return LSN_OK;
}

static enum lsn_status run(struct sweep *sweep, struct lsn_error *err)
{
    size_t stimuli = lsn_dataset_count(sweep->dataset) * (size_t)sweep->options->condition_count;
    enum lsn_status status;
    double start;
    size_t i, units;

    LSN_TRY(lsn_network_create(sweep->model, &sweep->network, err));
    LSN_TRY(plan_layers(sweep, err));
    units = stimuli * sweep->layer_count;
    LSN_TRY(prepare_workers(sweep, units, err));
    sweep->progress.units = units;
    for (i = 0; i < sweep->layer_count; i++)
        sweep->progress.work += sweep->layers[i].work * (double)stimuli;
    sweep->results->full_multiply_adds = sweep->options->intact_only ? 0 : sweep->progress.work;
    sweep->results->threads = sweep->worker_count;
    LSN_TRY(announce(sweep, err));
    start = lsn_clock_seconds();
    status = lsn_parallel(sweep->worker_count, units, run_unit, sweep, err);
    sweep->results->seconds = lsn_clock_seconds() - start;
    return status;
}

static void release(struct sweep *sweep)
{
    int i;

    for (i = 0; i < sweep->worker_count; i++) {
        struct worker *worker = &sweep->workers[i];

        if (worker->pass)
            sweep->results->multiply_adds += lsn_pass_work(worker->pass);
        lsn_pass_free(worker->pass);
        lsn_image_free(&worker->crop);
        lsn_free(worker->pixels);
        lsn_free(worker->x);
        lsn_free(worker->logits);
        lsn_free(worker->lesioned);
    }
    lsn_free(sweep->workers);
    lsn_free(sweep->layers);
    lsn_network_free(sweep->network);
}

enum lsn_status lsn_sweep_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              const struct lsn_sweep_options *options, struct lsn_results **results,
                              struct lsn_error *err)
{
    struct sweep sweep = {.model = model, .dataset = dataset, .options = options};
    struct lsn_selection selection = {0};
    enum lsn_status status;

    *results = NULL;
    if (options->condition_count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "a sweep needs at least one condition");
    if (!options->intact_only)
        LSN_TRY(lsn_selection_make(model, options->layers, options->kernels, &selection, err));
    status = lsn_results_create(lsn_dataset_count(dataset), options->condition_count,
                                lsn_model_classes(model), options->keep_logits, &selection, results,
                                err);
    lsn_selection_free(&selection);
    if (status != LSN_OK)
        return status;
    sweep.results = *results;
    pthread_mutex_init(&sweep.progress_lock, NULL);
    status = run(&sweep, err);
    pthread_mutex_destroy(&sweep.progress_lock);
    release(&sweep);
    lsn_results_count_complete(*results);
    if (status != LSN_OK && status != LSN_E_INTERRUPTED) {
        lsn_results_free(*results);
        *results = NULL;
    }
    return status;
}
