/* Runs a sweep. A unit of work is some kernels on one stimulus (sweep/units.h). Workers take the
 * units in order, so that all work on few images at a time; each keeps the intact pass of its
 * stimulus. Units depend on the number of threads, but consist of whole groups, which do not, and
 * each group writes its own outcomes: any number of threads gives the same results. */
#include "lesion/sweep.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/text.h"
#include "lesion/machine.h"
#include "outcome/results.h"
#include "outcome/run.h"
#include "sweep/done.h"
#include "sweep/estimate.h"
#include "sweep/means_make.h"
#include "sweep/units.h"
#include "sweep/worker.h"

struct sweep {
    struct lsn_job job;
    int lock;                         /* file descriptor of the run directory's lock, or -1 */
    struct lsn_layer_kernels *layers; /* [groups.layer_count] */
    struct lsn_groups groups;
    struct lsn_unit *units; /* [unit_count] */
    size_t unit_count;
    bool resumed;           /* the run directory had some outcomes already */
    atomic_bool lost_image; /* an image could not be loaded */
    size_t group_max;       /* largest number of kernels in a group */
    struct lsn_workers workers;
    pthread_mutex_t progress_lock; /* guards all members below */
    struct lsn_progress progress;  /* counts outcomes, lesioned and intact ones */
    size_t *left;                  /* [stimuli] outcomes that are still missing */
};

static size_t count_stimuli(const struct sweep *sweep)
{
    return sweep->job.results->image_count * (size_t)sweep->job.results->condition_count;
}

/* Notes that outcomes of a stimulus are done, and reports the progress. */
static void count_done(struct sweep *sweep, size_t stimulus, size_t outcomes, double work)
{
    pthread_mutex_lock(&sweep->progress_lock);
    sweep->left[stimulus] -= outcomes;
    sweep->progress.units_done += outcomes;
    sweep->progress.work_done += work;
    if (sweep->job.options->progress)
        sweep->job.options->progress(sweep->job.options->progress_context, &sweep->progress);
    pthread_mutex_unlock(&sweep->progress_lock);
}

/* The number of kernels of a layer in a group on a stimulus. */
static size_t group_size(const void *context, size_t stimulus, int layer)
{
    const struct sweep *sweep = context;

    if (sweep->job.options->engine == LSN_ENGINE_FULL)
        return 1; /* one at a time: a stop is noticed between groups */
    return (size_t)lsn_job_group(&sweep->job, stimulus, layer);
}

/* Remembers that an image could not be loaded: then the complete images are kept as the result.
 * showing: the failure is of showing a stimulus, where LSN_E_DATA, too, means the image. */
static enum lsn_status note_image(struct sweep *sweep, bool showing, enum lsn_status status)
{
    if (status == LSN_E_IO || status == LSN_E_FORMAT || status == LSN_E_UNSUPPORTED ||
        (showing && status == LSN_E_DATA))
        atomic_store(&sweep->lost_image, true);
    return status;
}

static enum lsn_status run_intact(struct sweep *sweep, struct lsn_worker *worker, size_t stimulus,
                                  struct lsn_error *err)
{
    bool found = false;

    if (sweep->resumed)
        LSN_TRY(lsn_store_has_intact(sweep->job.results->store, stimulus, &found, err));
    if (found)
        return LSN_OK;
    LSN_TRY(note_image(sweep, true, lsn_worker_show(worker, stimulus, err)));
    LSN_TRY(lsn_worker_store_intact(worker, err));
    count_done(sweep, stimulus, 1, sweep->groups.layer_count ? 0 : 1);
    return LSN_OK;
}

/* Lesions those of kernels first ... first+count-1, a group, that are due (lsn_worker_choose). */
static enum lsn_status run_group(struct sweep *sweep, struct lsn_worker *worker, size_t stimulus,
                                 const struct lsn_layer_kernels *layer, size_t first, size_t count,
                                 struct lsn_error *err)
{
    size_t due = 0;

    LSN_TRY(lsn_worker_choose(worker, stimulus, first, count, sweep->resumed, &due, err));
    if (due == 0)
        return LSN_OK;
    LSN_TRY(note_image(sweep, true, lsn_worker_show(worker, stimulus, err)));
    LSN_TRY(note_image(sweep, false, lsn_worker_lesion(worker, worker->chosen, due, err)));
    LSN_TRY(lsn_worker_put(worker, worker->chosen, due, err));
    count_done(sweep, stimulus, due, layer->work * (double)due);
    return LSN_OK;
}

static enum lsn_status run_unit(void *context, int worker_index, size_t index,
                                struct lsn_error *err)
{
    struct sweep *sweep = context;
    struct lsn_worker *worker = &sweep->workers.list[worker_index];
    const struct lsn_unit *unit = &sweep->units[index];
    size_t layer = 0, first, end;

    if (lsn_job_stop_asked(&sweep->job))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    if (unit->first == 0)
        LSN_TRY(run_intact(sweep, worker, unit->stimulus, err));
    for (first = unit->first; first < unit->last; first = end) {
        end = lsn_groups_end(&sweep->groups, unit->stimulus, first, &layer);
        if (lsn_job_stop_asked(&sweep->job))
            return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
        LSN_TRY(run_group(sweep, worker, unit->stimulus, &sweep->layers[layer], first, end - first,
                          err));
    }
    return LSN_OK;
}

/* Divides the chosen kernels into runs of one layer and one lesion. */
static enum lsn_status plan_layers(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_results *results = sweep->job.results;
    const struct lsn_network *network = sweep->job.networks.list[0];
    bool cumulative = lsn_job_is_cumulative(&sweep->job);
    size_t i;

    sweep->layers =
        lsn_alloc((size_t)lsn_model_layers(sweep->job.model) * (size_t)results->lesion_count + 1,
                  sizeof *sweep->layers);
    if (!sweep->layers)
        return lsn_fail_memory(err, "the plan of a sweep");
    sweep->groups = (struct lsn_groups){
        .layers = sweep->layers,
        .layer_count = cumulative ? lsn_groups_together(results, network, sweep->layers)
                                  : lsn_groups_layers(results, network, sweep->layers),
        .size = group_size,
        .context = sweep};
    for (i = 0; i < sweep->groups.layer_count; i++) {
        size_t group = (size_t)lsn_job_group_max(&sweep->job, sweep->layers[i].layer);

        sweep->group_max = group > sweep->group_max ? group : sweep->group_max;
    }
    return LSN_OK;
}

static size_t shared_bytes(const struct sweep *sweep)
{
    const struct lsn_results *r = sweep->job.results;
    size_t stimuli = count_stimuli(sweep);
    size_t outcomes = sweep->job.options->run ? 0 : lsn_store_memory(lsn_results_shape(r));

    return LSN_PROCESS_BYTES + lsn_job_network_bytes(&sweep->job) + outcomes +
           lsn_means_bytes(&sweep->job) + stimuli * sizeof *sweep->left +
           sweep->unit_count * sizeof *sweep->units +
           (r->logits ? stimuli * (size_t)r->logit_count * sizeof *r->logits : 0);
}

/* Tells the caller what the sweep will take, from a trial on its first stimulus. */
static enum lsn_status announce(struct sweep *sweep, struct lsn_error *err)
{
    struct lsn_worker *worker = &sweep->workers.list[0];
    struct lsn_estimate estimate = {.full_multiply_adds = sweep->progress.work,
                                    .threads = sweep->workers.count};
    struct lsn_machine machine;
    double rate, left;
    int running;

    if (!sweep->job.options->started || sweep->job.options->engine == LSN_ENGINE_INTACT ||
        lsn_job_is_cumulative(&sweep->job))
        return LSN_OK;
    LSN_TRY(lsn_worker_show(worker, 0, err));
    rate = lsn_estimate_rate(sweep->job.model, lsn_job_network(&sweep->job, 0), worker->own.pass,
                             worker->lesioned);
    /* The trial does not count as work of the sweep. */
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

/* Counts what the run directory has already. */
static enum lsn_status find_done(struct sweep *sweep, struct lsn_error *err)
{
    struct lsn_done done = {&sweep->job, &sweep->groups, sweep->left, &sweep->progress, false};

    LSN_TRY(lsn_done_find(&done, err));
    sweep->resumed = done.any;
    return LSN_OK;
}

static void count_complete(struct sweep *sweep)
{
    struct lsn_results *r = sweep->job.results;
    size_t stimulus = 0;

    while (sweep->left && stimulus < count_stimuli(sweep) && sweep->left[stimulus] == 0)
        stimulus++;
    r->complete_images = stimulus / (size_t)r->condition_count;
    r->raced = r->raced && r->complete_images < r->image_count;
}

/* Counts the work to be done, and how much of it is done already. */
static enum lsn_status count_work(struct sweep *sweep, struct lsn_error *err)
{
    size_t stimuli = count_stimuli(sweep), each = sweep->job.results->kernel_count + 1, i;
    double work = 0;

    sweep->left = lsn_alloc(stimuli, sizeof *sweep->left);
    if (!sweep->left)
        return lsn_fail_memory(err, "the plan of a sweep");
    for (i = 0; i < stimuli; i++)
        sweep->left[i] = each;
    for (i = 0; i < sweep->groups.layer_count; i++)
        work += sweep->layers[i].work * (double)sweep->layers[i].count;
    if (sweep->groups.layer_count == 0)
        work = 1;
    sweep->progress.work = work * (double)stimuli;
    sweep->progress.units = stimuli * each;
    sweep->job.results->full_multiply_adds =
        sweep->job.options->engine == LSN_ENGINE_INTACT ? 0 : sweep->progress.work;
    return sweep->job.options->run ? find_done(sweep, err) : LSN_OK;
}

static enum lsn_status cut_units(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_network *network = sweep->job.networks.list[0];
    struct lsn_cut cut = {.groups = &sweep->groups,
                          .stimuli = count_stimuli(sweep),
                          .left = sweep->left,
                          .workers = (int)lsn_job_threads(&sweep->job)};
    int i;

    /* The largest work of a lesion stands for a full pass, since branches of the network may not
     * lie behind its first layer. */
    for (i = 0; i < lsn_model_layers(sweep->job.model); i++)
        cut.pass = fmax(cut.pass, lsn_network_lesion_work(network, i));
    sweep->unit_count = lsn_units_cut(&cut, NULL);
    sweep->units = lsn_alloc(sweep->unit_count, sizeof *sweep->units);
    if (!sweep->units)
        return lsn_fail_memory(err, "the plan of a sweep");
    (void)lsn_units_cut(&cut, sweep->units);
    return LSN_OK;
}

static enum lsn_status run(struct sweep *sweep, struct lsn_error *err)
{
    size_t most, shared;
    enum lsn_status status, synced;
    double start;

    LSN_TRY(lsn_job_prepare(&sweep->job, err));
    LSN_TRY(plan_layers(sweep, err));
    LSN_TRY(count_work(sweep, err));
    if (sweep->progress.units_done == sweep->progress.units)
        return LSN_OK;
    LSN_TRY(cut_units(sweep, err));
    LSN_TRY(lsn_means_make(&sweep->job, sweep->job.options->run, shared_bytes(sweep), err));
    most = sweep->group_max > LSN_ESTIMATE_KERNELS ? sweep->group_max : LSN_ESTIMATE_KERNELS;
    shared = shared_bytes(sweep);
    LSN_TRY(lsn_workers_open(&sweep->workers, &sweep->job, sweep->unit_count, most, shared, err));
    sweep->job.results->threads = sweep->workers.count;
    LSN_TRY(announce(sweep, err));
    start = lsn_clock_seconds();
    status = lsn_parallel(sweep->workers.count, sweep->unit_count, run_unit, sweep, err);
    sweep->job.results->seconds = lsn_clock_seconds() - start;
    synced = lsn_store_sync(sweep->job.results->store, status == LSN_OK ? err : NULL);
    return status == LSN_OK ? synced : status;
}

/* Opens the store of outcomes for the results. */
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
    if (lsn_job_is_cumulative(&sweep->job))
        lsn_facts_lesion_in_order(&facts, o->order_seed, o->round, o->order_length);
    return lsn_run_open(o->run, &facts, o->any_core, o->look, r, &sweep->lock, err);
}

static void release(struct sweep *sweep)
{
    lsn_workers_close(&sweep->workers);
    lsn_free(sweep->layers);
    lsn_free(sweep->units);
    lsn_free(sweep->left);
    lsn_job_release(&sweep->job);
}

/* Checks the options, selects the images of the shard, and makes the axes of the results. */
static enum lsn_status describe(struct sweep *sweep, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = sweep->job.options;
    size_t count;

    if (o->condition_count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "a sweep needs at least one condition");
    LSN_TRY(lsn_job_shard(&sweep->job, &count, err));
    return lsn_job_describe(&sweep->job, count, err);
}

enum lsn_status lsn_sweep_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              const struct lsn_sweep_options *given, struct lsn_results **results,
                              struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct sweep sweep = {.job = {model, dataset, .options = &options}, .lock = -1};
    enum lsn_status status;

    lsn_error_clear(err);
    *results = NULL;
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
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
