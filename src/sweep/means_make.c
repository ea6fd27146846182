/* Computes the mean planes. Sums are in double and in the order of the list, so that they are the
 * same for any number of threads and in every shard. Conditions are done one after another, so that
 * the sums of only one are in memory. */
#include "sweep/means_make.h"

#include <math.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "format/file.h"
#include "format/npy.h"
#include "outcome/axes.h"
#include "outcome/run.h"
#include "sweep/means.h"
#include "sweep/runner.h"

/* The state of the computation. */
struct maker {
    struct lsn_job *job;
    struct lsn_means *means;
    double *sums; /* [count] for the current condition */
    struct lsn_runner *runners;
    int runner_count;
    struct lsn_progress progress;
};

static size_t layer_values(const struct lsn_model *model, int layer)
{
    return lsn_means_values_before(model, layer, lsn_model_layer_places(model, layer));
}

/* Whether kernels of the layer are lesioned, one at a time or as fixed lesions. */
static bool is_lesioned(const struct lsn_job *job, int layer)
{
    int i;

    for (i = 0; i < job->options->fixed_count; i++)
        if (job->options->fixed[i].layer == layer)
            return true;
    return job->results->layer_names[layer] != NULL;
}

/* Fills first with the index of each lesioned layer's first value; returns the number of all
 * values. */
static size_t place_layers(const struct lsn_job *job, size_t *first)
{
    size_t count = 0;
    int i;

    for (i = 0; i < job->results->layer_count; i++) {
        bool lesioned = is_lesioned(job, i);

        if (first)
            first[i] = lesioned ? count : SIZE_MAX;
        count += lesioned ? layer_values(job->model, i) : 0;
    }
    return count;
}

size_t lsn_means_bytes(const struct lsn_job *job)
{
    if (!lsn_job_has(job, LSN_LESION_MEAN))
        return 0;
    return place_layers(job, NULL) * (size_t)job->results->condition_count * sizeof(float);
}

/* Shows image unit % images at condition unit / images. */
static enum lsn_status show_unit(void *context, int worker, size_t unit, struct lsn_error *err)
{
    struct maker *maker = context;
    size_t images = lsn_dataset_count(maker->job->dataset);

    if (lsn_job_stop_asked(maker->job))
        return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
    return lsn_runner_show(&maker->runners[worker], unit % images, (int)(unit / images), err);
}

static void report(struct maker *maker)
{
    const struct lsn_sweep_options *o = maker->job->options;

    maker->progress.units_done++;
    maker->progress.work_done++;
    if (o->progress)
        o->progress(o->progress_context, &maker->progress);
}

/* Adds a layer's activations, at all its places, to the sums. */
static void add_layer(struct maker *maker, const struct lsn_pass *pass, int layer)
{
    const struct lsn_model *model = maker->job->model;
    double *to = maker->sums + maker->means->first[layer];
    int place;

    for (place = 0; place < lsn_model_layer_places(model, layer); place++) {
        size_t count = lsn_means_values_before(model, layer, place + 1) -
                       lsn_means_values_before(model, layer, place);
        const float *from = lsn_pass_activation(pass, lsn_model_layer_place(model, layer, place));
        size_t i;

        for (i = 0; i < count; i++)
            to[i] += (double)from[i];
        to += count;
    }
}

/* Refuses a mean that is not finite: a ReLU after the kernel would turn -infinity into 0, and the
 * logits would not show the fault. */
static enum lsn_status check_finite(const struct lsn_job *job, const struct lsn_means *means,
                                    const float *values, int condition, struct lsn_error *err)
{
    struct lsn_text where = {0};
    enum lsn_status status;
    size_t i;
    int layer;

    for (layer = 0; layer < job->results->layer_count; layer++)
        for (i = 0; means->first[layer] != SIZE_MAX && i < layer_values(job->model, layer); i++)
            if (!isfinite(values[means->first[layer] + i])) {
                lsn_condition_add(&where, &job->options->conditions[condition]);
                status = where.failed
                             ? lsn_fail_memory(err, "an error")
                             : lsn_fail(err, LSN_E_DATA,
                                        "the mean of '%.100s' over the images at contrast %s is "
                                        "not finite: lesion it otherwise, or leave it out by %s",
                                        lsn_model_layer_name(job->model, layer), where.bytes,
                                        job->results->set_start ? "--kernels" : "--layers");
                lsn_text_free(&where);
                return status;
            }
    return LSN_OK;
}

static enum lsn_status add_unit(void *context, int worker, size_t unit, struct lsn_error *err)
{
    struct maker *maker = context;
    const struct lsn_means *means = maker->means;
    size_t images = lsn_dataset_count(maker->job->dataset), i;
    float *to = means->values + unit / images * means->count;
    int layer;

    for (i = 0; i < means->count && unit % images == 0; i++)
        maker->sums[i] = 0;
    for (layer = 0; layer < maker->job->results->layer_count; layer++)
        if (means->first[layer] != SIZE_MAX)
            add_layer(maker, maker->runners[worker].pass, layer);
    for (i = 0; i < means->count && unit % images == images - 1; i++)
        to[i] = (float)(maker->sums[i] / (double)images);
    if (unit % images == images - 1)
        LSN_TRY(check_finite(maker->job, means, to, (int)(unit / images), err));
    report(maker);
    return LSN_OK;
}

static enum lsn_status run_maker(struct maker *maker, size_t shared, struct lsn_error *err)
{
    const struct lsn_job *job = maker->job;
    size_t units = lsn_dataset_count(job->dataset) * (size_t)job->options->condition_count;
    size_t wanted = lsn_job_threads(job);

    wanted = wanted < units ? wanted : units;
    shared += maker->means->count * sizeof *maker->sums;
    LSN_TRY(lsn_job_fit_memory(job, shared, lsn_runner_bytes(lsn_job_bare(job), LSN_ENGINE_INTACT),
                               &wanted, err));
    maker->progress = (struct lsn_progress){.stage = "mean planes", .units = units};
    maker->progress.work = (double)units;
    maker->sums = lsn_alloc(maker->means->count, sizeof *maker->sums);
    maker->runners = lsn_alloc(wanted, sizeof *maker->runners);
    if (!maker->sums || !maker->runners)
        return lsn_fail_memory(err, "mean planes");
    while (maker->runner_count < (int)wanted)
        LSN_TRY(lsn_runner_open(&maker->runners[maker->runner_count++], job, lsn_job_bare(job),
                                LSN_ENGINE_INTACT, err));
    return lsn_parallel_in_order(maker->runner_count, units, show_unit, add_unit, maker, err);
}

static enum lsn_status compute(struct lsn_job *job, struct lsn_means *means, size_t shared,
                               struct lsn_error *err)
{
    struct maker maker = {.job = job, .means = means};
    enum lsn_status status = run_maker(&maker, shared, err);
    int i;

    for (i = 0; i < maker.runner_count; i++)
        lsn_runner_close(&maker.runners[i]);
    lsn_free(maker.runners);
    lsn_free(maker.sums);
    return status;
}

static enum lsn_status read_means(const char *path, const size_t *dims, float *values,
                                  struct lsn_error *err)
{
    size_t count = dims[0] * dims[1], i;
    struct lsn_npy npy;
    enum lsn_status status;

    LSN_TRY(lsn_npy_open(path, LSN_NPY_FLOAT32, dims, 2, false, &npy, err));
    status = lsn_npy_read(&npy, 0, count, values, err);
    lsn_npy_close(&npy);
    for (i = 0; i < count && status == LSN_OK; i++)
        if (!isfinite(values[i]))
            status =
                lsn_fail(err, LSN_E_FORMAT, "%s: value %zu of %zu is not finite", path, i, count);
    return status;
}

static enum lsn_status read_or_compute(struct lsn_job *job, const char *folder, size_t shared,
                                       struct lsn_error *err)
{
    struct lsn_means *means = job->means;
    const size_t dims[2] = {(size_t)job->results->condition_count, means->count};
    char *path = folder ? lsn_path_join(folder, LSN_MEANS_FILE) : NULL;
    enum lsn_status status;

    if (folder && !path)
        return lsn_fail_memory(err, "a path");
    if (path && access(path, F_OK) == 0) {
        status = read_means(path, dims, means->values, err);
    } else {
        status = compute(job, means, shared, err);
        if (status == LSN_OK && path)
            status = lsn_npy_write_floats(path, false, dims, 2, means->values, err);
    }
    lsn_free(path);
    return status;
}

enum lsn_status lsn_means_make(struct lsn_job *job, const char *folder, size_t shared,
                               struct lsn_error *err)
{
    struct lsn_means *means;

    if (!lsn_job_has(job, LSN_LESION_MEAN))
        return LSN_OK;
    means = job->means = lsn_alloc(1, sizeof *means);
    if (!means)
        return lsn_fail_memory(err, "mean planes");
    means->model = job->model;
    means->first = lsn_alloc((size_t)job->results->layer_count, sizeof *means->first);
    if (!means->first)
        return lsn_fail_memory(err, "mean planes");
    means->count = place_layers(job, means->first);
    means->values = lsn_alloc_floats(lsn_means_bytes(job) / sizeof(float));
    if (!means->values)
        return lsn_fail_memory(err, "mean planes");
    return read_or_compute(job, folder, shared, err);
}
