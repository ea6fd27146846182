/* Compares the activations at each condition with those at full contrast, the reference. A unit of
 * work is one image under all its conditions. A pass has the activations of one stimulus only, so a
 * worker first shows the reference and copies the activations of the chosen nodes; then it shows
 * each condition and compares the pass's activations with the copy. The units' measures are added
 * up in the order of images, which gives the same sums for any number of threads.
 *
 * Conditions that differ only in contrast and region share one reference. The references follow the
 * conditions in the list `shown`, by which stimuli are numbered. */
#include "lesion/invariance.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/parallel.h"
#include "outcome/axes.h"
#include "statistics/similarity.h"
#include "sweep/estimate.h"
#include "sweep/select.h"
#include "sweep/worker.h"

/* What one worker measured on its current image. */
struct measured {
    float *reference;                      /* the chosen nodes' activations, one after another */
    double *scratch;                       /* [LSN_SIMILARITY_SUMS][most kernels of a node] */
    struct lsn_kernel_similarity *kernels; /* [condition][kernel] */
    struct lsn_node_similarity *nodes;     /* [condition][node_count] */
};

struct comparison {
    struct lsn_job job;
    struct lsn_sweep_options options; /* of the job; its conditions are shown */
    struct lsn_condition *shown;      /* [condition_count + reference_count] */
    int condition_count, reference_count;
    int *reference; /* [condition_count] each one's reference, as an index into shown */
    struct lsn_invariance *result;
    size_t kernel_count, kernels_most; /* of all chosen nodes; of the node that has most */
    size_t values;                     /* floats of the chosen nodes' activations */
    struct lsn_workers workers;
    struct measured *measured; /* [workers.count] */
    struct lsn_progress progress;
};

static size_t position_count(struct lsn_shape shape)
{
    return (size_t)shape.h * (size_t)shape.w;
}

/* Runs the intact pass on an image; condition is an index into shown. */
static enum lsn_status show(const struct comparison *c, struct lsn_worker *worker, size_t image,
                            int condition, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = &c->options;

    if (lsn_stop_asked(o->stop))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    return lsn_worker_show(worker, image * (size_t)o->condition_count + (size_t)condition, err);
}

static void keep_reference(const struct comparison *c, const struct lsn_worker *worker,
                           float *reference)
{
    int i;

    for (i = 0; i < c->result->node_count; i++) {
        int node = c->result->nodes[i];
        struct lsn_shape shape = lsn_model_node(c->job.model, node).shape;
        size_t count = position_count(shape) * (size_t)shape.c;

        memcpy(reference, lsn_pass_activation(worker->own.pass, node), count * sizeof *reference);
        reference += count;
    }
}

/* Fails where an activation is not finite, naming the image, node and kernel. A kernel's sums of
 * absolute values tell: they are finite only if all its values are. */
static enum lsn_status check_finite(const struct comparison *c, size_t image, int node,
                                    const struct lsn_kernel_similarity *kernels,
                                    struct lsn_error *err)
{
    struct lsn_node_info info = lsn_model_node(c->job.model, node);
    int k;

    for (k = 0; k < info.shape.c; k++)
        if (!isfinite(kernels[k].magnitude) || !isfinite(kernels[k].reference_magnitude))
            return lsn_fail(err, LSN_E_DATA,
                            "%s: the activation of '%s' is not finite at kernel %d",
                            lsn_dataset_path(c->job.dataset, image), info.name, k);
    return LSN_OK;
}

/* Compares all chosen nodes at one condition with the reference. Their activations are those of the
 * worker's last pass or, where is_reference, the reference itself. */
static enum lsn_status measure(const struct comparison *c, const struct lsn_worker *worker,
                               struct measured *m, size_t image, int condition, bool is_reference,
                               struct lsn_error *err)
{
    const struct lsn_invariance *result = c->result;
    const float *reference = m->reference;
    int i;

    for (i = 0; i < result->node_count; i++) {
        struct lsn_shape shape = lsn_model_node(c->job.model, result->nodes[i]).shape;
        const float *a =
            is_reference ? reference : lsn_pass_activation(worker->own.pass, result->nodes[i]);
        struct lsn_kernel_similarity *kernels =
            m->kernels + (size_t)condition * c->kernel_count + result->first_kernel[i];

        m->nodes[(size_t)condition * (size_t)result->node_count + (size_t)i] =
            lsn_similarity_measure(shape, a, reference, kernels, m->scratch);
        LSN_TRY(check_finite(c, image, result->nodes[i], kernels, err));
        reference += position_count(shape) * (size_t)shape.c;
    }
    return LSN_OK;
}

static enum lsn_status run_image(void *context, int worker_index, size_t image,
                                 struct lsn_error *err)
{
    const struct comparison *c = context;
    struct lsn_worker *worker = &c->workers.list[worker_index];
    struct measured *m = &c->measured[worker_index];
    int reference, i;

    for (reference = 0; reference < c->reference_count; reference++) {
        int place = c->condition_count + reference;

        LSN_TRY(show(c, worker, image, place, err));
        keep_reference(c, worker, m->reference);
        for (i = 0; i < c->condition_count; i++) {
            bool is_reference =
                c->shown[i].contrast >= 1; /* at full contrast a region changes nothing */

            if (c->reference[i] != place)
                continue;
            if (!is_reference)
                LSN_TRY(show(c, worker, image, i, err));
            LSN_TRY(measure(c, worker, m, image, i, is_reference, err));
        }
    }
    return LSN_OK;
}

static void add_kernel(struct lsn_kernel_invariance *sum,
                       const struct lsn_kernel_similarity *kernel)
{
    if (!isnan(kernel->correlation)) {
        sum->space_correlation += kernel->correlation;
        sum->space_images++;
    }
    sum->magnitude += kernel->magnitude;
    sum->reference_magnitude += kernel->reference_magnitude;
}

static void add_node(struct lsn_node_invariance *sum, const struct lsn_node_similarity *node)
{
    if (!isnan(node->correlation)) {
        sum->kernel_correlation += node->correlation;
        sum->kernel_images++;
    }
    sum->winners += node->winners;
    sum->same_winner += node->same_winner;
}

/* Adds what a worker measured to the sums. lsn_parallel_in_order calls this for one image at a
 * time, in their order. */
static enum lsn_status add_image(void *context, int worker_index, size_t image,
                                 struct lsn_error *err)
{
    struct comparison *c = context;
    const struct measured *m = &c->measured[worker_index];
    const struct lsn_sweep_options *o = &c->options;
    size_t conditions = (size_t)c->condition_count, i;

    (void)image, (void)err;
    for (i = 0; i < conditions * c->kernel_count; i++)
        add_kernel(&c->result->kernels[i], &m->kernels[i]);
    for (i = 0; i < conditions * (size_t)c->result->node_count; i++)
        add_node(&c->result->node_results[i], &m->nodes[i]);
    c->result->axes->complete_images++;
    c->progress.units_done++;
    c->progress.work_done++;
    if (o->progress)
        o->progress(o->progress_context, &c->progress);
    return LSN_OK;
}

/* The name of the index-th node that can be chosen. */
static const char *node_name(const struct lsn_model *model, int index)
{
    return lsn_model_node(model, index + 1).name; /* node 0 is the image */
}

static enum lsn_status choose_nodes(struct comparison *c, const char *nodes, struct lsn_error *err)
{
    int count = lsn_model_nodes(c->job.model) - 1, i;
    const struct lsn_name_list named = {count, node_name, "nodes", "nodes"};
    bool *chosen = lsn_alloc((size_t)count, sizeof *chosen);
    struct lsn_invariance *result = c->result;
    enum lsn_status status;

    result->nodes = lsn_alloc((size_t)count, sizeof *result->nodes);
    result->first_kernel = lsn_alloc((size_t)count + 1, sizeof *result->first_kernel);
    status = chosen && result->nodes && result->first_kernel ? LSN_OK
                                                             : lsn_fail_memory(err, "the nodes");
    if (status == LSN_OK)
        status = lsn_select_names(c->job.model, &named, nodes, chosen, err);
    for (i = 0; i < count && status == LSN_OK; i++) {
        struct lsn_shape shape = lsn_model_node(c->job.model, i + 1).shape;
        size_t kernels = (size_t)shape.c;

        if (!chosen[i])
            continue;
        result->nodes[result->node_count++] = i + 1;
        c->kernel_count += kernels;
        c->kernels_most = kernels > c->kernels_most ? kernels : c->kernels_most;
        c->values += position_count(shape) * kernels;
        result->first_kernel[result->node_count] = c->kernel_count;
    }
    lsn_free(chosen);
    return status;
}

static enum lsn_status name_condition(const struct lsn_condition *condition, struct lsn_text *text,
                                      struct lsn_error *err)
{
    text->length = 0;
    lsn_condition_add(text, condition);
    return text->failed ? lsn_fail_memory(err, "the conditions") : LSN_OK;
}

/* Finds the reference of a condition in shown, or adds it. Two references are the same where a
 * table would give them the same name. */
static enum lsn_status find_reference(struct comparison *c, int condition, struct lsn_text *name,
                                      struct lsn_text *other, struct lsn_error *err)
{
    struct lsn_condition wanted = c->shown[condition];
    int *place = &c->reference[condition];

    wanted.contrast = 1;
    wanted.region = (struct lsn_region){0};
    LSN_TRY(name_condition(&wanted, name, err));
    for (*place = c->condition_count; *place < c->condition_count + c->reference_count; ++*place) {
        LSN_TRY(name_condition(&c->shown[*place], other, err));
        if (name->length == other->length && memcmp(name->bytes, other->bytes, name->length) == 0)
            return LSN_OK;
    }
    c->shown[*place] = wanted;
    c->reference_count++;
    return LSN_OK;
}

static enum lsn_status plan_conditions(struct comparison *c, const struct lsn_sweep_options *o,
                                       struct lsn_error *err)
{
    size_t count = (size_t)o->condition_count;
    struct lsn_text name = {0}, other = {0};
    enum lsn_status status = LSN_OK;
    int i;

    c->condition_count = o->condition_count;
    c->shown = lsn_alloc(count, 2 * sizeof *c->shown);
    c->reference = lsn_alloc(count, sizeof *c->reference);
    if (!c->shown || !c->reference)
        return lsn_fail_memory(err, "the conditions");
    memcpy(c->shown, o->conditions, count * sizeof *c->shown);
    for (i = 0; i < c->condition_count && status == LSN_OK; i++)
        status = find_reference(c, i, &name, &other, err);
    lsn_text_free(&name);
    lsn_text_free(&other);
    c->options.conditions = c->shown;
    c->options.condition_count = c->condition_count + c->reference_count;
    return status;
}

/* Sets cells [2] to conditions * kernels and conditions * nodes, and allocates as many sums. */
static enum lsn_status allocate(struct comparison *c, size_t *cells, struct lsn_error *err)
{
    size_t conditions = (size_t)c->condition_count;
    struct lsn_invariance *result = c->result;

    if (lsn_mul_size(conditions, c->kernel_count, &cells[0]) &&
        lsn_mul_size(conditions, (size_t)result->node_count, &cells[1])) {
        result->kernels = lsn_alloc(cells[0], sizeof *result->kernels);
        result->node_results = lsn_alloc(cells[1], sizeof *result->node_results);
    }
    return result->kernels && result->node_results ? LSN_OK : lsn_fail_memory(err, "the sums");
}

static enum lsn_status open_measured(struct comparison *c, const size_t *cells,
                                     struct lsn_error *err)
{
    int i;

    c->measured = lsn_alloc((size_t)c->workers.count, sizeof *c->measured);
    for (i = 0; i < c->workers.count && c->measured; i++) {
        struct measured *m = &c->measured[i];

        m->reference = lsn_alloc_floats(c->values);
        m->scratch = lsn_alloc(c->kernels_most, LSN_SIMILARITY_SUMS * sizeof *m->scratch);
        m->kernels = lsn_alloc(cells[0], sizeof *m->kernels);
        m->nodes = lsn_alloc(cells[1], sizeof *m->nodes);
        if (!m->reference || !m->scratch || !m->kernels || !m->nodes)
            return lsn_fail_memory(err, "a worker");
    }
    return c->measured ? LSN_OK : lsn_fail_memory(err, "workers");
}

static enum lsn_status run(struct comparison *c, struct lsn_error *err)
{
    size_t images = c->result->axes->image_count, shared, cells[2];

    LSN_TRY(lsn_job_prepare(&c->job, err));
    LSN_TRY(allocate(c, cells, err));
    shared = LSN_PROCESS_BYTES + lsn_job_network_bytes(&c->job) +
             cells[0] * sizeof *c->result->kernels + cells[1] * sizeof *c->result->node_results;
    c->job.worker_bytes =
        c->values * sizeof(float) + c->kernels_most * LSN_SIMILARITY_SUMS * sizeof(double) +
        cells[0] * sizeof *c->measured->kernels + cells[1] * sizeof *c->measured->nodes;
    LSN_TRY(lsn_workers_open(&c->workers, &c->job, images, 1, shared, err));
    LSN_TRY(open_measured(c, cells, err));
    c->progress = (struct lsn_progress){.units = images, .work = (double)images};
    return lsn_parallel_in_order(c->workers.count, images, run_image, add_image, c, err);
}

static enum lsn_status make(struct comparison *c, const struct lsn_sweep_options *options,
                            const char *nodes, struct lsn_error *err)
{
    if (options->condition_count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "a comparison needs at least one condition");
    LSN_TRY(choose_nodes(c, nodes, err));
    LSN_TRY(lsn_job_describe(&c->job, lsn_dataset_count(c->job.dataset), err));
    c->result->axes = c->job.results;
    LSN_TRY(plan_conditions(c, options, err));
    return run(c, err);
}

static void release(struct comparison *c)
{
    int i;

    for (i = 0; i < c->workers.count && c->measured; i++) {
        lsn_free(c->measured[i].reference);
        lsn_free(c->measured[i].scratch);
        lsn_free(c->measured[i].kernels);
        lsn_free(c->measured[i].nodes);
    }
    lsn_free(c->measured);
    lsn_workers_close(&c->workers);
    lsn_job_release(&c->job);
    lsn_free(c->shown);
    lsn_free(c->reference);
}

enum lsn_status lsn_invariance_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                   const struct lsn_sweep_options *given, const char *nodes,
                                   struct lsn_invariance **invariance, struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct comparison c = {.job = {.model = model, .dataset = dataset}};
    enum lsn_status status;

    lsn_error_clear(err);
    *invariance = NULL;
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
    *invariance = c.result = lsn_alloc(1, sizeof *c.result);
    if (!c.result)
        return lsn_fail_memory(err, "a comparison");
    c.result->model = model;
    c.options = options;
    c.options.engine = LSN_ENGINE_INTACT;
    c.job.options = &c.options;
    status = make(&c, &options, nodes, err);
    release(&c);
    if (status != LSN_OK && status != LSN_E_INTERRUPTED) {
        lsn_invariance_free(c.result);
        *invariance = NULL;
    }
    return status;
}

void lsn_invariance_free(struct lsn_invariance *invariance)
{
    if (!invariance)
        return;
    lsn_results_free(invariance->axes);
    lsn_free(invariance->nodes);
    lsn_free(invariance->first_kernel);
    lsn_free(invariance->kernels);
    lsn_free(invariance->node_results);
    lsn_free(invariance);
}
