/* First-order estimates of drops. A unit of work is one image under all its conditions: for each a
 * forward pass and two backward passes, after each of which the estimates of all layers are read
 * off. They are added up in the order of images, which gives the same sums for any number of
 * threads. */
#include "experiment/taylor.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/parallel.h"
#include "lesion/gradient.h"
#include "outcome/axes.h"
#include "sweep/estimate.h"
#include "sweep/means_make.h"
#include "sweep/planes.h"
#include "sweep/worker.h"
#include "table/columns.h"

enum { LOSS, MARGIN, VALUES };

/* What a worker has beside its passes. */
struct backward {
    struct lsn_worker *worker;
    struct lsn_gradient **gradients; /* [networks]; NULL: the network is not used */
    float *d_logits[VALUES];         /* [logits] */
    double *layer;                   /* [kernels of the largest layer] */
    double *drops[VALUES];           /* [condition][kernel] of the current image */
};

struct estimation {
    struct lsn_job job;
    struct lsn_sweep_options options; /* of the job */
    struct lsn_taylor *result;
    size_t images; /* that are estimated from, evenly spaced over the list */
    size_t cells;  /* conditions * kernels */
    int layer_most;
    struct lsn_workers workers;
    struct backward *backward; /* [workers.count] */
    struct lsn_progress progress;
};

/* Fails with the reason, and says of which image, condition and layer it is. */
static enum lsn_status fail_estimate(const struct estimation *e, size_t stimulus, int layer,
                                     enum lsn_status status, const struct lsn_error *reason,
                                     struct lsn_error *err)
{
    struct lsn_text where = {0};

    lsn_text_add(&where, "%s at contrast ",
                 lsn_dataset_path(e->job.dataset, lsn_job_image(&e->job, stimulus)));
    lsn_condition_add(&where, &e->options.conditions[lsn_job_condition(&e->job, stimulus)]);
    status = where.failed
                 ? lsn_fail_memory(err, "an error")
                 : lsn_fail(err, status, "%s: %s; --layers leaves '%.100s' out", where.bytes,
                            reason->text, lsn_model_layer_name(e->job.model, layer));
    lsn_text_free(&where);
    return status;
}

/* Reads off what the lesions of kernels first ... end-1, of one lesion and layer, change in the
 * value of the last backward pass. drops [kernels of the results]. */
static enum lsn_status read_layer(const struct estimation *e, const struct backward *b,
                                  size_t stimulus, size_t first, size_t end, double *drops,
                                  struct lsn_error *err)
{
    const struct lsn_results *axes = e->job.results;
    int layer = axes->kernel_layer[first], lesion = axes->kernel_lesion[first];
    const struct lsn_gradient *gradient =
        b->gradients[e->job.networks.of[lsn_job_condition(&e->job, stimulus)]];
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status;
    size_t k;

    LSN_TRY(lsn_planes_find(b->worker, stimulus, lesion, layer, b->worker->planes, err));
    status = lsn_gradient_estimate(gradient, b->worker->own.pass, layer, &axes->lesions[lesion],
                                   b->worker->planes, b->layer, &reason);
    if (status != LSN_OK)
        return fail_estimate(e, stimulus, layer, status, &reason, err);
    for (k = first; k < end; k++)
        drops[k] = b->layer[axes->kernel_index[k]];
    return LSN_OK;
}

static enum lsn_status run_stimulus(const struct estimation *e, const struct backward *b,
                                    size_t stimulus, struct lsn_error *err)
{
    struct lsn_worker *worker = b->worker;
    const struct lsn_results *axes = e->job.results;
    size_t kernels = axes->kernel_count, first, end, k;
    int condition = lsn_job_condition(&e->job, stimulus), value;
    struct lsn_gradient *gradient = b->gradients[e->job.networks.of[condition]];
    struct lsn_outcome intact;

    if (lsn_job_stop_asked(&e->job))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    LSN_TRY(lsn_worker_show(worker, stimulus, err));
    LSN_TRY(lsn_worker_intact(worker, &intact, err)); /* names what is not finite */
    LSN_TRY(
        lsn_outcome_gradients(e->job.model, worker->logits,
                              lsn_dataset_class(e->job.dataset, lsn_job_image(&e->job, stimulus)),
                              b->d_logits[LOSS], b->d_logits[MARGIN], err));
    for (value = 0; value < VALUES; value++) {
        double *drops = b->drops[value] + (size_t)condition * kernels;

        LSN_TRY(lsn_gradient_run(gradient, worker->own.pass, b->d_logits[value], err));
        for (first = 0; first < kernels; first = end) {
            end = lsn_layer_end(axes, first);
            LSN_TRY(read_layer(e, b, stimulus, first, end, drops, err));
        }
        for (k = 0; k < kernels && value == MARGIN; k++)
            drops[k] = -drops[k]; /* a drop is intact - lesioned */
    }
    return LSN_OK;
}

static enum lsn_status run_image(void *context, int worker, size_t number, struct lsn_error *err)
{
    const struct estimation *e = context;
    size_t conditions = (size_t)e->options.condition_count, c;
    size_t image = number * e->job.results->image_count / e->images;

    for (c = 0; c < conditions; c++)
        LSN_TRY(run_stimulus(e, &e->backward[worker], image * conditions + c, err));
    return LSN_OK;
}

/* Adds an image's estimates to the sums. lsn_parallel_in_order calls this for one image at a time,
 * in their order. */
static enum lsn_status add_image(void *context, int worker, size_t image, struct lsn_error *err)
{
    struct estimation *e = context;
    const struct backward *b = &e->backward[worker];
    size_t i;

    (void)image, (void)err;
    for (i = 0; i < e->cells; i++) {
        e->result->loss_drop[i] += b->drops[LOSS][i];
        e->result->margin_drop[i] += b->drops[MARGIN][i];
    }
    e->job.results->complete_images++;
    e->progress.units_done++;
    e->progress.work_done++;
    if (e->options.progress)
        e->options.progress(e->options.progress_context, &e->progress);
    return LSN_OK;
}

static enum lsn_status allocate(struct estimation *e, struct lsn_error *err)
{
    const struct lsn_results *axes = e->job.results;
    size_t k;

    if (lsn_mul_size((size_t)axes->condition_count, axes->kernel_count, &e->cells)) {
        e->result->loss_drop = lsn_alloc(e->cells, sizeof *e->result->loss_drop);
        e->result->margin_drop = lsn_alloc(e->cells, sizeof *e->result->margin_drop);
    }
    for (k = 0; k < axes->kernel_count; k++) {
        int node = lsn_model_layer_node(e->job.model, axes->kernel_layer[k]);
        int kernels = lsn_model_node(e->job.model, node).kernels;

        e->layer_most = kernels > e->layer_most ? kernels : e->layer_most;
    }
    return e->result->loss_drop && e->result->margin_drop ? LSN_OK
                                                          : lsn_fail_memory(err, "the estimates");
}

static enum lsn_status open_backward(const struct estimation *e, struct backward *b,
                                     struct lsn_error *err)
{
    const struct lsn_networks *n = &e->job.networks;
    size_t logits = (size_t)e->job.results->logit_count;
    int i;

    b->gradients = lsn_alloc((size_t)n->count, sizeof *b->gradients);
    b->layer = lsn_alloc((size_t)e->layer_most, sizeof *b->layer);
    for (i = 0; i < VALUES; i++) {
        b->d_logits[i] = lsn_alloc_floats(logits);
        b->drops[i] = lsn_alloc(e->cells, sizeof *b->drops[i]);
        if (!b->d_logits[i] || !b->drops[i])
            return lsn_fail_memory(err, "a backward pass");
    }
    if (!b->gradients || !b->layer)
        return lsn_fail_memory(err, "a backward pass");
    for (i = 0; i < n->count; i++)
        if (n->used[i])
            LSN_TRY(lsn_gradient_create(n->list[i], &b->gradients[i], err));
    return LSN_OK;
}

static void close_backward(const struct estimation *e, struct backward *b)
{
    int i;

    for (i = 0; i < e->job.networks.count && b->gradients; i++)
        lsn_gradient_free(b->gradients[i]);
    lsn_free(b->gradients);
    lsn_free(b->layer);
    for (i = 0; i < VALUES; i++) {
        lsn_free(b->d_logits[i]);
        lsn_free(b->drops[i]);
    }
}

/* The memory of a worker's struct backward, bytes. */
static size_t backward_bytes(const struct estimation *e)
{
    const struct lsn_networks *n = &e->job.networks;
    size_t bytes = VALUES * e->cells * sizeof(double);
    int i;

    for (i = 0; i < n->count; i++)
        if (n->used[i])
            bytes += lsn_gradient_bytes(n->list[i]);
    return bytes;
}

static enum lsn_status run(struct estimation *e, struct lsn_error *err)
{
    size_t images = e->images, shared;
    int i;

    LSN_TRY(lsn_job_prepare(&e->job, err));
    LSN_TRY(allocate(e, err));
    shared = LSN_PROCESS_BYTES + lsn_job_network_bytes(&e->job) +
             VALUES * e->cells * sizeof(double) + lsn_means_bytes(&e->job);
    LSN_TRY(lsn_means_make(&e->job, NULL, shared, err));
    e->job.worker_bytes = backward_bytes(e);
    LSN_TRY(lsn_workers_open(&e->workers, &e->job, images, 1, shared, err));
    e->backward = lsn_alloc((size_t)e->workers.count, sizeof *e->backward);
    if (!e->backward)
        return lsn_fail_memory(err, "workers");
    for (i = 0; i < e->workers.count; i++) {
        e->backward[i].worker = &e->workers.list[i];
        LSN_TRY(open_backward(e, &e->backward[i], err));
    }
    e->progress =
        (struct lsn_progress){.stage = "estimates", .units = images, .work = (double)images};
    return lsn_parallel_in_order(e->workers.count, images, run_image, add_image, e, err);
}

static enum lsn_status make(struct estimation *e, struct lsn_error *err)
{
    enum lsn_status status;
    double images;
    size_t count, i;

    if (e->options.condition_count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "estimates need at least one condition");
    LSN_TRY(lsn_job_shard(&e->job, &count, err));
    LSN_TRY(lsn_job_describe(&e->job, count, err));
    e->images = e->images && e->images < count ? e->images : count;
    e->result->axes = e->job.results;
    e->options.engine = LSN_ENGINE_INTACT; /* not before: it chooses no kernels */
    status = run(e, err);
    images = (double)e->job.results->complete_images;
    for (i = 0; i < e->cells && images > 0; i++) {
        e->result->loss_drop[i] /= images;
        e->result->margin_drop[i] /= images;
    }
    return status;
}

static void release(struct estimation *e)
{
    int i;

    for (i = 0; i < e->workers.count && e->backward; i++)
        close_backward(e, &e->backward[i]);
    lsn_free(e->backward);
    lsn_workers_close(&e->workers);
    lsn_job_release(&e->job);
}

enum lsn_status lsn_taylor_estimate(const struct lsn_model *model,
                                    const struct lsn_dataset *dataset,
                                    const struct lsn_sweep_options *given, size_t images,
                                    struct lsn_taylor **taylor, struct lsn_error *err)
{
    struct estimation e = {
        .job = {.model = model, .dataset = dataset}, .options = *given, .images = images};
    enum lsn_status status;

    *taylor = e.result = lsn_alloc(1, sizeof *e.result);
    if (!e.result)
        return lsn_fail_memory(err, "the estimates");
    e.options.run = NULL;
    e.options.keep_logits = false;
    e.options.engine = LSN_ENGINE_INCREMENTAL;
    e.job.options = &e.options;
    status = make(&e, err);
    release(&e);
    if (status != LSN_OK && status != LSN_E_INTERRUPTED) {
        lsn_taylor_free(e.result);
        *taylor = NULL;
    }
    return status;
}

enum lsn_status lsn_taylor_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                               const struct lsn_sweep_options *given, struct lsn_taylor **taylor,
                               struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;

    lsn_error_clear(err);
    *taylor = NULL;
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
    options.shards = 0;
    return lsn_taylor_estimate(model, dataset, &options, 0, taylor, err);
}

void lsn_taylor_free(struct lsn_taylor *taylor)
{
    if (!taylor)
        return;
    lsn_results_free(taylor->axes);
    lsn_free(taylor->loss_drop);
    lsn_free(taylor->margin_drop);
    lsn_free(taylor);
}
