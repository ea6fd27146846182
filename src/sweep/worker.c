#include "sweep/worker.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "sweep/results.h"

#define NOTHING SIZE_MAX

enum lsn_status lsn_worker_open(struct lsn_worker *worker, const struct lsn_job *job, size_t most,
                                struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(job->model)->shape;
    size_t values = (size_t)s->h * (size_t)s->w * 3, classes = (size_t)job->results->classes;

    *worker = (struct lsn_worker){.job = job, .image = NOTHING, .stimulus = NOTHING};
    worker->pixels = lsn_alloc_floats(values);
    worker->x = lsn_alloc_floats(values);
    worker->logits = lsn_alloc_floats(classes);
    worker->lesioned = lsn_alloc_floats(most * classes);
    worker->outcomes = lsn_alloc(most, sizeof *worker->outcomes);
    worker->same = lsn_alloc(most, sizeof *worker->same);
    if (!worker->pixels || !worker->x || !worker->logits || !worker->lesioned ||
        !worker->outcomes || !worker->same)
        return lsn_fail_memory(err, "a worker");
    return lsn_pass_create(job->network, job->options->engine, &worker->pass, err);
}

void lsn_worker_close(struct lsn_worker *worker)
{
    lsn_pass_free(worker->pass);
    lsn_image_free(&worker->crop);
    lsn_free(worker->pixels);
    lsn_free(worker->x);
    lsn_free(worker->logits);
    lsn_free(worker->lesioned);
    lsn_free(worker->outcomes);
    lsn_free(worker->same);
}

/* The place in the dataset of a stimulus's image. */
static size_t place_of(const struct lsn_job *job, size_t stimulus)
{
    return job->first_image + stimulus / (size_t)job->options->condition_count;
}

static enum lsn_status load(struct lsn_worker *worker, size_t image, struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    struct lsn_image whole;
    enum lsn_status status;

    if (worker->image == image)
        return LSN_OK;
    worker->image = NOTHING;
    lsn_image_free(&worker->crop);
    LSN_TRY(
        lsn_image_load(lsn_dataset_path(job->dataset, image), job->options->alpha, &whole, err));
    status = lsn_input_crop(lsn_model_input(job->model), &whole, &worker->crop, err);
    lsn_image_free(&whole);
    if (status == LSN_OK)
        worker->image = image;
    return status;
}

enum lsn_status lsn_worker_show(struct lsn_worker *worker, size_t stimulus, struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    size_t condition = stimulus % (size_t)job->options->condition_count;
    const float *logits;

    if (worker->stimulus == stimulus)
        return LSN_OK;
    worker->stimulus = NOTHING;
    LSN_TRY(load(worker, place_of(job, stimulus), err));
    lsn_stimulus_make(&worker->crop, &job->options->conditions[condition], worker->pixels);
    lsn_input_normalise(lsn_model_input(job->model), worker->pixels, worker->x);
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

enum lsn_status lsn_worker_store_intact(struct lsn_worker *worker, struct lsn_error *err)
{
    struct lsn_results *results = worker->job->results;
    size_t classes = (size_t)results->classes;

    if (results->logits)
        memcpy(results->logits + worker->stimulus * classes, worker->logits,
               classes * sizeof *worker->logits);
    LSN_TRY(outcome(worker, worker->logits, worker->outcomes, err));
    return lsn_store_put_intact(results->store, worker->stimulus, worker->outcomes, err);
}

enum lsn_status lsn_worker_lesion(struct lsn_worker *worker, int layer, size_t first, size_t count,
                                  struct lsn_error *err)
{
    const struct lsn_results *results = worker->job->results;
    size_t classes = (size_t)results->classes, i;

    lsn_pass_run_lesioned(worker->pass, layer, results->kernel_index + first, (int)count,
                          worker->lesioned);
    for (i = 0; i < count; i++) {
        const float *logits = worker->lesioned + i * classes;

        worker->same[i] = memcmp(logits, worker->logits, classes * sizeof *logits) == 0;
        LSN_TRY(outcome(worker, logits, &worker->outcomes[i], err));
    }
    return lsn_store_put(results->store, worker->stimulus, first, count, worker->outcomes,
                         worker->same, err);
}
