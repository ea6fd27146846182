#include "sweep/worker.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "sweep/estimate.h"
#include "sweep/results.h"

#define NOTHING SIZE_MAX

enum lsn_status lsn_job_describe(struct lsn_job *job, size_t images, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = job->options;
    struct lsn_selection selection = {0};
    enum lsn_status status;

    LSN_TRY(lsn_showing_check(job->model, job->dataset, o->conditions, o->condition_count, err));
    if (!o->intact_only)
        LSN_TRY(lsn_selection_make(job->model, o->layers, o->kernels, &selection, err));
    status = lsn_results_describe(job->model, job->dataset, job->first_image, images, o->conditions,
                                  o->condition_count, &selection, &job->results, err);
    lsn_selection_free(&selection);
    return status;
}

static enum lsn_status open_passes(struct lsn_worker *worker, const struct lsn_job *job,
                                   struct lsn_error *err)
{
    const struct lsn_networks *n = &job->networks;
    int i;

    worker->passes = lsn_alloc((size_t)n->count, sizeof *worker->passes);
    if (!worker->passes)
        return lsn_fail_memory(err, "a worker");
    for (i = 0; i < n->count; i++)
        if (n->used[i])
            LSN_TRY(lsn_pass_create(n->list[i], job->options->engine, &worker->passes[i], err));
    return LSN_OK;
}

static enum lsn_status open_worker(struct lsn_worker *worker, const struct lsn_job *job,
                                   size_t most, struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(job->model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * 3, classes = (size_t)job->results->classes;

    *worker = (struct lsn_worker){.job = job, .stimulus = NOTHING};
    worker->pixels = lsn_alloc_floats(values);
    worker->x = lsn_alloc_floats(values);
    worker->logits = lsn_alloc_floats(classes);
    worker->lesioned = lsn_alloc_floats(most * classes);
    worker->outcomes = lsn_alloc(most, sizeof *worker->outcomes);
    worker->same = lsn_alloc(most, sizeof *worker->same);
    if (!worker->pixels || !worker->x || !worker->logits || !worker->lesioned ||
        !worker->outcomes || !worker->same)
        return lsn_fail_memory(err, "a worker");
    LSN_TRY(
        lsn_showing_create(job->model, job->dataset, job->options->alpha, &worker->showing, err));
    return open_passes(worker, job, err);
}

static void close_worker(struct lsn_worker *worker)
{
    int i;

    for (i = 0; worker->passes && i < worker->job->networks.count; i++)
        lsn_pass_free(worker->passes[i]);
    lsn_free(worker->passes);
    lsn_showing_free(worker->showing);
    lsn_free(worker->pixels);
    lsn_free(worker->x);
    lsn_free(worker->logits);
    lsn_free(worker->lesioned);
    lsn_free(worker->outcomes);
    lsn_free(worker->same);
}

/* Which of the job's conditions a stimulus is in. */
static int condition_of(const struct lsn_job *job, size_t stimulus)
{
    return (int)(stimulus % (size_t)job->options->condition_count);
}

const struct lsn_network *lsn_job_network(const struct lsn_job *job, size_t stimulus)
{
    return lsn_networks_of(&job->networks, condition_of(job, stimulus));
}

/* The place in the dataset of a stimulus's image. */
static size_t place_of(const struct lsn_job *job, size_t stimulus)
{
    return job->first_image + stimulus / (size_t)job->options->condition_count;
}

enum lsn_status lsn_worker_show(struct lsn_worker *worker, size_t stimulus, struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    int condition = condition_of(job, stimulus);
    const float *logits;

    if (worker->stimulus == stimulus)
        return LSN_OK;
    worker->stimulus = NOTHING;
    LSN_TRY(lsn_showing_make(worker->showing, place_of(job, stimulus),
                             &job->options->conditions[condition], worker->pixels, NULL, err));
    lsn_input_normalise(lsn_model_input(job->model), worker->pixels, worker->x);
    worker->pass = worker->passes[job->networks.of[condition]];
    logits = lsn_pass_run(worker->pass, worker->x);
    memcpy(worker->logits, logits, (size_t)job->results->classes * sizeof *logits);
    worker->stimulus = stimulus;
    return LSN_OK;
}

static enum lsn_status outcome(const struct lsn_worker *worker, const float *logits,
                               struct lsn_outcome *cell, struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    size_t image = place_of(job, worker->stimulus);
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = lsn_outcome_of(logits, job->results->classes,
                                            lsn_dataset_class(job->dataset, image), cell, &reason);

    if (status == LSN_OK)
        return LSN_OK;
    return lsn_fail(err, status, "%s: %s", lsn_dataset_path(job->dataset, image), reason.text);
}

enum lsn_status lsn_worker_intact(const struct lsn_worker *worker, struct lsn_outcome *cell,
                                  struct lsn_error *err)
{
    return outcome(worker, worker->logits, cell, err);
}

enum lsn_status lsn_worker_store_intact(struct lsn_worker *worker, struct lsn_error *err)
{
    struct lsn_results *results = worker->job->results;
    size_t classes = (size_t)results->classes;

    if (results->logits)
        memcpy(results->logits + worker->stimulus * classes, worker->logits,
               classes * sizeof *worker->logits);
    LSN_TRY(lsn_worker_intact(worker, worker->outcomes, err));
    return lsn_store_put_intact(results->store, worker->stimulus, worker->outcomes, err);
}

enum lsn_status lsn_worker_lesion(struct lsn_worker *worker, int layer, const int *kernels,
                                  size_t count, struct lsn_error *err)
{
    size_t classes = (size_t)worker->job->results->classes, i;

    lsn_pass_run_lesioned(worker->pass, layer, kernels, (int)count, worker->lesioned);
    for (i = 0; i < count; i++) {
        const float *logits = worker->lesioned + i * classes;

        worker->same[i] = memcmp(logits, worker->logits, classes * sizeof *logits) == 0;
        LSN_TRY(outcome(worker, logits, &worker->outcomes[i], err));
    }
    return LSN_OK;
}

/* How many workers the memory allows, wanted at most. */
static enum lsn_status fit_memory(size_t memory, size_t shared, size_t each, size_t *wanted,
                                  struct lsn_error *err)
{
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

enum lsn_status lsn_workers_open(struct lsn_workers *workers, const struct lsn_job *job,
                                 size_t units, size_t most, size_t shared_bytes,
                                 struct lsn_error *err)
{
    size_t wanted = (size_t)(job->options->threads > 0 ? job->options->threads : lsn_processors());
    size_t each = LSN_WORKER_BYTES + lsn_networks_pass_bytes(&job->networks, job->options->engine) +
                  most * (size_t)job->results->classes * sizeof(float);
    size_t i;

    *workers = (struct lsn_workers){.count = 0};
    wanted = wanted < units ? wanted : units;
    LSN_TRY(fit_memory(job->options->memory, shared_bytes, each, &wanted, err));
    workers->list = lsn_alloc(wanted, sizeof *workers->list);
    if (!workers->list)
        return lsn_fail_memory(err, "workers");
    for (i = 0; i < wanted; i++) {
        workers->count++;
        workers->bytes += each;
        LSN_TRY(open_worker(&workers->list[i], job, most, err));
    }
    return LSN_OK;
}

void lsn_workers_close(struct lsn_workers *workers)
{
    int i, p;

    for (i = 0; i < workers->count; i++) {
        struct lsn_worker *worker = &workers->list[i];

        for (p = 0; worker->passes && p < worker->job->networks.count; p++)
            if (worker->passes[p])
                worker->job->results->multiply_adds += lsn_pass_work(worker->passes[p]);
        close_worker(worker);
    }
    lsn_free(workers->list);
    *workers = (struct lsn_workers){.count = 0};
}
