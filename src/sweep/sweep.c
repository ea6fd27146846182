/* The driver. A unit of work is one layer's kernels on one stimulus; workers take
 * units in order, so all of them stay on few images, and each keeps its own intact
 * pass of the stimulus that it is on. Every cell of the results is written by one
 * unit: any number of threads gives the same results. */
#include "lesion/sweep.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "lesion/machine.h"
#include "sweep/estimate.h"
#include "sweep/means.h"
#include "sweep/results.h"
#include "sweep/run.h"
#include "sweep/worker.h"

/* Kernels first ... first+count-1 of the results, all of one layer and one lesion. */
struct layer_unit {
    size_t first, count;
    int layer, lesion;
    double work; /* multiply-adds of all its kernels on one stimulus */
};

struct sweep {
    struct lsn_job job;
    int lock; /* of the run directory, or -1 */
    struct layer_unit
        *layers; /* [layer_count]; one without kernels if there is nothing to lesion */
    size_t layer_count;
    uint8_t *done;          /* [units] 1: all its cells are there */
    atomic_bool lost_image; /* one could not be shown */
    size_t group_max;       /* kernels of a layer that go together, at most */
    struct lsn_workers workers;
    pthread_mutex_t progress_lock;
    struct lsn_progress progress;
};

static void report_progress(struct sweep *sweep, double work)
{
    if (!sweep->job.options->progress)
        return;
    pthread_mutex_lock(&sweep->progress_lock);
    sweep->progress.units_done++;
    sweep->progress.work_done += work;
    sweep->job.options->progress(sweep->job.options->progress_context, &sweep->progress);
    pthread_mutex_unlock(&sweep->progress_lock);
}

/* Kernels of a layer that go together on a stimulus. */
static size_t group_of(const struct sweep *sweep, size_t stimulus, int layer)
{
    return sweep->job.options->engine == LSN_ENGINE_FULL
               ? 1 /* a stop is heard between groups */
               : (size_t)lsn_network_group(lsn_job_network(&sweep->job, stimulus), layer);
}

/* Remembers a failure of loading an image: what is complete is kept then. showing: a stimulus,
 * where the image is all that data can be wrong of. */
static enum lsn_status note_image(struct sweep *sweep, bool showing, enum lsn_status status)
{
    if (status == LSN_E_IO || status == LSN_E_FORMAT || status == LSN_E_UNSUPPORTED ||
        (showing && status == LSN_E_DATA))
        atomic_store(&sweep->lost_image, true);
    return status;
}

static enum lsn_status run_unit(void *context, int worker_index, size_t unit, struct lsn_error *err)
{
    struct sweep *sweep = context;
    struct lsn_worker *worker = &sweep->workers.list[worker_index];
    const struct layer_unit *layer = &sweep->layers[unit % sweep->layer_count];
    size_t last = layer->first + layer->count, first, count, group;

    if (sweep->done[unit])
        return LSN_OK;
    if (lsn_job_stop_asked(&sweep->job))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    LSN_TRY(note_image(sweep, true, lsn_worker_show(worker, unit / sweep->layer_count, err)));
    if (layer == sweep->layers)
        LSN_TRY(lsn_worker_store_intact(worker, err));
    group = layer->count ? group_of(sweep, worker->stimulus, layer->layer) : 0;
    for (first = layer->first; first < last; first += count) {
        count = last - first < group ? last - first : group;
        if (lsn_job_stop_asked(&sweep->job))
            return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
        LSN_TRY(
            note_image(sweep, false,
                       lsn_worker_lesion(worker, layer->lesion, layer->layer,
                                         sweep->job.results->kernel_index + first, count, err)));
        LSN_TRY(lsn_store_put(sweep->job.results->store, worker->stimulus, first, count,
                              worker->outcomes, worker->same, err));
    }
    sweep->done[unit] = 1;
    report_progress(sweep, layer->work);
    return LSN_OK;
}

/* Cuts the chosen kernels into layers, of each lesion. */
static enum lsn_status plan_layers(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_results *results = sweep->job.results;
    size_t i;

    sweep->layers =
        lsn_alloc((size_t)lsn_model_layers(sweep->job.model) * (size_t)results->lesion_count + 1,
                  sizeof *sweep->layers);
    if (!sweep->layers)
        return lsn_fail_memory(err, "the plan of a sweep");
    for (i = 0; i < results->kernel_count; i++) {
        struct layer_unit *last = &sweep->layers[sweep->layer_count];

        int layer = results->kernel_layer[i], lesion = results->kernel_lesion[i];

        if (i == 0 || layer != last[-1].layer || lesion != last[-1].lesion) {
            size_t group = (size_t)lsn_networks_group(&sweep->job.networks, layer);

            *last = (struct layer_unit){.first = i, .layer = layer, .lesion = lesion};
            sweep->group_max = group > sweep->group_max ? group : sweep->group_max;
            sweep->layer_count++;
        }
        last = &sweep->layers[sweep->layer_count - 1];
        last->count++;
        last->work += lsn_network_lesion_work(sweep->job.networks.list[0], last->layer);
    }
    if (sweep->layer_count == 0)
        sweep->layers[sweep->layer_count++].work = 1;
    return LSN_OK;
}

static size_t shared_bytes(const struct sweep *sweep)
{
    const struct lsn_results *r = sweep->job.results;
    size_t stimuli = r->image_count * (size_t)r->condition_count;
    size_t outcomes = sweep->job.options->run ? 0 : lsn_store_memory(lsn_results_shape(r));

    return LSN_PROCESS_BYTES + lsn_job_network_bytes(&sweep->job) + outcomes +
           lsn_means_bytes(&sweep->job) + stimuli * sweep->layer_count +
           (r->logits ? stimuli * (size_t)r->logit_count * sizeof *r->logits : 0);
}

/* Says what the sweep will take, from a trial on its first stimulus. */
static enum lsn_status announce(struct sweep *sweep, struct lsn_error *err)
{
    struct lsn_worker *worker = &sweep->workers.list[0];
    struct lsn_estimate estimate = {.full_multiply_adds = sweep->progress.work,
                                    .threads = sweep->workers.count};
    struct lsn_machine machine;
    double rate, left;
    int running;

    if (!sweep->job.options->started || sweep->job.options->engine == LSN_ENGINE_INTACT)
        return LSN_OK;
    LSN_TRY(lsn_worker_show(worker, 0, err));
    rate = lsn_estimate_rate(sweep->job.model, lsn_job_network(&sweep->job, 0), worker->own.pass,
                             worker->lesioned);
    /* The trial is none of the lesions' work. */
    sweep->job.results->multiply_adds -= lsn_pass_work(worker->own.pass);
    left = sweep->progress.work - sweep->progress.work_done;
    lsn_machine_look(&machine);
    running = lsn_threads_limit(&machine, 0, NULL);
    running = running < sweep->workers.count ? running : sweep->workers.count;
    estimate.seconds = rate > 0 ? left / rate / running : 0;
    estimate.done = sweep->progress.work_done / sweep->progress.work;
    if (sweep->job.options->run)
        estimate.disk = lsn_store_bytes(lsn_results_shape(sweep->job.results));
    estimate.memory = shared_bytes(sweep) + sweep->workers.bytes;
    sweep->job.options->started(sweep->job.options->progress_context, &estimate);
    return LSN_OK;
}

/* Which units' cells are in the store already, and how much work that was. */
static enum lsn_status find_done(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_results *r = sweep->job.results;
    size_t stimuli = r->image_count * (size_t)r->condition_count, stimulus, i, k;
    struct lsn_outcome *outcomes = lsn_alloc(r->kernel_count, sizeof *outcomes), intact;
    uint8_t *same = lsn_alloc(r->kernel_count, 1);
    float area_frac = 0;
    enum lsn_status status = outcomes && same ? LSN_OK : lsn_fail_memory(err, "the outcomes");

    for (stimulus = 0; stimulus < stimuli && status == LSN_OK; stimulus++) {
        status = lsn_store_get_intact(r->store, stimulus, &intact, err);
        if (status == LSN_OK)
            status = lsn_store_get_area(r->store, stimulus, &area_frac, err);
        if (status == LSN_OK)
            status = lsn_store_get(r->store, stimulus, 0, r->kernel_count, outcomes, same, err);
        for (i = 0; i < sweep->layer_count && status == LSN_OK; i++) {
            const struct layer_unit *layer = &sweep->layers[i];
            uint8_t done = i > 0 || (intact.predicted >= 0 && !isnan(area_frac));

            for (k = layer->first; k < layer->first + layer->count; k++)
                done = done && outcomes[k].predicted >= 0;
            sweep->done[stimulus * sweep->layer_count + i] = done;
            sweep->progress.units_done += done;
            sweep->progress.work_done += done ? layer->work : 0;
        }
    }
    lsn_free(outcomes);
    lsn_free(same);
    return status;
}

static void count_complete(struct sweep *sweep)
{
    size_t units = (size_t)sweep->job.results->condition_count * sweep->layer_count, i;
    struct lsn_results *r = sweep->job.results;
    bool complete = true;

    r->complete_images = 0;
    while (r->complete_images < r->image_count && sweep->done) {
        for (i = 0; i < units && complete; i++)
            complete = sweep->done[r->complete_images * units + i];
        if (!complete)
            break;
        r->complete_images++;
    }
}

static enum lsn_status run(struct sweep *sweep, struct lsn_error *err)
{
    size_t stimuli = sweep->job.results->image_count * (size_t)sweep->job.results->condition_count;
    enum lsn_status status, synced;
    double start;
    size_t i, units, most;

    LSN_TRY(lsn_job_prepare(&sweep->job, err));
    LSN_TRY(plan_layers(sweep, err));
    units = stimuli * sweep->layer_count;
    sweep->done = lsn_alloc(units, sizeof *sweep->done);
    if (!sweep->done)
        return lsn_fail_memory(err, "the plan of a sweep");
    for (i = 0; i < sweep->layer_count; i++)
        sweep->progress.work += sweep->layers[i].work * (double)stimuli;
    sweep->progress.units = units;
    sweep->job.results->full_multiply_adds =
        sweep->job.options->engine == LSN_ENGINE_INTACT ? 0 : sweep->progress.work;
    if (sweep->job.options->run)
        LSN_TRY(find_done(sweep, err));
    if (sweep->progress.units_done == units)
        return LSN_OK;
    LSN_TRY(lsn_means_make(&sweep->job, sweep->job.options->run, shared_bytes(sweep), err));
    most = sweep->group_max > LSN_ESTIMATE_KERNELS ? sweep->group_max : LSN_ESTIMATE_KERNELS;
    LSN_TRY(lsn_workers_open(&sweep->workers, &sweep->job, units, most, shared_bytes(sweep), err));
    sweep->job.results->threads = sweep->workers.count;
    LSN_TRY(announce(sweep, err));
    start = lsn_clock_seconds();
    status = lsn_parallel(sweep->workers.count, units, run_unit, sweep, err);
    sweep->job.results->seconds = lsn_clock_seconds() - start;
    synced = lsn_store_sync(sweep->job.results->store, status == LSN_OK ? err : NULL);
    return status == LSN_OK ? synced : status;
}

/* Gives the results their store. */
static enum lsn_status open_store(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = sweep->job.options;
    struct lsn_results *r = sweep->job.results;
    struct lsn_facts facts;
    size_t logits;

    if (o->keep_logits) {
        if (lsn_mul_size(r->image_count * (size_t)r->condition_count, (size_t)r->logit_count,
                         &logits))
            r->logits = lsn_alloc_floats(logits);
        if (!r->logits)
            return lsn_fail_memory(err, "the logits");
    }
    if (!o->run)
        return lsn_store_in_memory(lsn_results_shape(r), &r->store, err);
    facts = lsn_facts_of(sweep->job.model, sweep->job.dataset, o->engine, &o->loading,
                         o->shards ? o->shard : 1, o->shards ? o->shards : 1);
    return lsn_run_open(o->run, &facts, o->any_core, o->look, r, &sweep->lock, err);
}

static void release(struct sweep *sweep)
{
    lsn_workers_close(&sweep->workers);
    lsn_free(sweep->layers);
    lsn_free(sweep->done);
    lsn_job_release(&sweep->job);
}

/* What is to be done, and on which images. */
static enum lsn_status describe(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = sweep->job.options;
    size_t count = lsn_dataset_count(sweep->job.dataset);

    if (o->condition_count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "a sweep needs at least one condition");
    if (o->shards) {
        if (o->shard < 1 || o->shard > o->shards)
            return lsn_fail(err, LSN_E_ARGUMENT, "there is no shard %d of %d", o->shard, o->shards);
        if ((size_t)o->shards > count)
            return lsn_fail(err, LSN_E_ARGUMENT, "%d shards of %zu images", o->shards, count);
        lsn_run_shard(count, o->shard, o->shards, &sweep->job.first_image, &count);
    }
    return lsn_job_describe(&sweep->job, count, err);
}

enum lsn_status lsn_sweep_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              const struct lsn_sweep_options *options, struct lsn_results **results,
                              struct lsn_error *err)
{
    struct sweep sweep = {.job = {.model = model, .dataset = dataset, .options = options},
                          .lock = -1};
    enum lsn_status status;

    *results = NULL;
    LSN_TRY(describe(&sweep, err));
    status = open_store(&sweep, err);
    pthread_mutex_init(&sweep.progress_lock, NULL);
    if (status == LSN_OK)
        status = run(&sweep, err);
    pthread_mutex_destroy(&sweep.progress_lock);
    count_complete(&sweep);
    release(&sweep);
    if (status == LSN_OK || status == LSN_E_INTERRUPTED || atomic_load(&sweep.lost_image))
        *results = sweep.job.results;
    else
        lsn_results_free(sweep.job.results);
    if (sweep.lock >= 0)
        close(sweep.lock);
    return status;
}
