#include "sweep/job.h"

#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "lesion/stimulus_maker.h"
#include "outcome/results.h"
#include "outcome/run.h"
#include "sweep/means.h"
#include "sweep/order.h"
#include "sweep/select.h"
#include "sweep/sets.h"

static enum lsn_status pair_images(struct lsn_job *job, struct lsn_error *err)
{
    const struct lsn_results *r = job->results;
    size_t count = lsn_dataset_count(job->dataset);
    const struct lsn_lesion *first = NULL;
    int i;

    for (i = 0; i < r->lesion_count; i++) {
        if (r->lesions[i].kind != LSN_LESION_RESAMPLE)
            continue;
        if (first)
            return lsn_fail(err, LSN_E_ARGUMENT, "lesion 'resample': is given twice");
        first = &r->lesions[i];
    }
    if (!first)
        return LSN_OK;
    job->partners = lsn_alloc(count, sizeof *job->partners);
    if (!job->partners)
        return lsn_fail_memory(err, "the pairs of images");
    return lsn_dataset_partners(count, first->seed, job->partners, err);
}

/* Refuses seeds that could not be read back from a run directory, where they are int64_t. */
static enum lsn_status check_seeds(const struct lsn_condition *conditions, int condition_count,
                                   const struct lsn_lesion *lesions, int lesion_count,
                                   struct lsn_error *err)
{
    uint64_t largest = 0;
    int i;

    for (i = 0; i < condition_count; i++)
        if (conditions[i].region.seed > largest)
            largest = conditions[i].region.seed;
    for (i = 0; i < lesion_count; i++)
        if (lesions[i].seed > largest)
            largest = lesions[i].seed;
    return largest <= INT64_MAX ? LSN_OK
                                : lsn_fail(err, LSN_E_ARGUMENT, "the seed %llu is above %lld",
                                           (unsigned long long)largest, (long long)INT64_MAX);
}

/* Checks the options against the network and the list of images, and selects the kernels. */
static enum lsn_status choose(const struct lsn_job *job, struct lsn_selection *selection,
                              struct lsn_error *err)
{
    const struct lsn_sweep_options *o = job->options;
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    const struct lsn_lesion *lesions = o->lesion_count > 0 ? o->lesions : &whole;
    int lesion_count = o->lesion_count > 0 ? o->lesion_count : 1;

    *selection = (struct lsn_selection){0};
    if (o->fixed_count > 0 && (o->run || lesion_count > 1))
        return lsn_fail(err, LSN_E_ARGUMENT, "fixed kernels take one lesion and no run directory");
    if (o->round < 0 || o->order_seed < 0 || o->order_length < 0 ||
        (o->round > 0 &&
         (o->fixed_count > 0 || o->sets || lesion_count > 1 || o->engine == LSN_ENGINE_INTACT)))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "cumulative lesions take one lesion, no fixed or joint ones, and nothing "
                        "below 0; round %d, seed %lld, length %d",
                        o->round, (long long)o->order_seed, o->order_length);
    if (o->keep_logits && o->run)
        return lsn_fail(err, LSN_E_ARGUMENT, "a run directory keeps no logits");
    LSN_TRY(lsn_select_check(job->model, o->fixed, o->fixed_count, err));
    LSN_TRY(check_seeds(o->conditions, o->condition_count, lesions, lesion_count, err));
    LSN_TRY(
        lsn_stimulus_maker_check(job->model, job->dataset, o->conditions, o->condition_count, err));
    if (o->engine == LSN_ENGINE_INTACT)
        return LSN_OK;
    if (o->sets)
        return lsn_selection_make_sets(job->model, o, lesions, lesion_count, selection, err);
    return lsn_selection_make(job->model, o, lesions, lesion_count, selection, err);
}

enum lsn_status lsn_sweep_check(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *given, struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_job job = {.model = model, .dataset = dataset, .options = &options};
    struct lsn_selection selection;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
    LSN_TRY(choose(&job, &selection, err));
    lsn_selection_free(&selection);
    return LSN_OK;
}

enum lsn_status lsn_job_shard(struct lsn_job *job, size_t *images, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = job->options;

    *images = lsn_dataset_count(job->dataset);
    if (!o->shards)
        return LSN_OK;
    if (o->shard < 1 || o->shard > o->shards)
        return lsn_fail(err, LSN_E_ARGUMENT, "there is no shard %d of %d", o->shard, o->shards);
    if ((size_t)o->shards > *images)
        return lsn_fail(err, LSN_E_ARGUMENT, "%d shards of %zu image%s", o->shards, *images,
                        lsn_plural(*images));
    lsn_run_shard(*images, o->shard, o->shards, &job->first_image, images);
    return LSN_OK;
}

enum lsn_status lsn_job_describe(struct lsn_job *job, size_t images, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = job->options;
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    const struct lsn_results_plan plan = {.model = job->model,
                                          .dataset = job->dataset,
                                          .first = job->first_image,
                                          .count = images,
                                          .conditions = o->conditions,
                                          .condition_count = o->condition_count,
                                          .lesions = o->lesion_count > 0 ? o->lesions : &whole,
                                          .lesion_count =
                                              o->lesion_count > 0 ? o->lesion_count : 1};
    struct lsn_selection selection;
    enum lsn_status status;

    LSN_TRY(choose(job, &selection, err));
    status = lsn_results_describe(&plan, &selection, &job->results, err);
    lsn_selection_free(&selection);
    if (status == LSN_OK)
        status = pair_images(job, err);
    if (status != LSN_OK) {
        lsn_results_free(job->results);
        lsn_free(job->partners);
        job->results = NULL;
        job->partners = NULL;
    }
    return status;
}

bool lsn_job_is_cumulative(const struct lsn_job *job)
{
    return job->options->round > 0;
}

bool lsn_job_is_joint(const struct lsn_job *job)
{
    return job->results->set_start || lsn_job_is_cumulative(job);
}

enum lsn_status lsn_job_order(const struct lsn_job *job, size_t stimulus, size_t *order,
                              struct lsn_error *err)
{
    const struct lsn_sweep_options *o = job->options;
    const struct lsn_results *r = job->results;
    size_t i;

    if (lsn_job_is_cumulative(job))
        return lsn_order_draw(r->image_names[stimulus / (size_t)r->condition_count], o->order_seed,
                              o->round, order, r->kernel_count, err);
    for (i = 0; i < r->kernel_count; i++)
        order[i] = i;
    return LSN_OK;
}

/* Makes the job's networks from the bare ones, to lesion kernels of all chosen layers together. */
static enum lsn_status join_networks(struct lsn_job *job, struct lsn_error *err)
{
    const struct lsn_results *r = job->results;
    int *layers = lsn_alloc((size_t)r->layer_count, sizeof *layers), count = 0, i;
    enum lsn_status status;

    if (!layers)
        return lsn_fail_memory(err, "the networks");
    for (i = 0; i < r->layer_count; i++)
        if (r->layer_names[i])
            layers[count++] = i;
    status = lsn_networks_join(&job->networks, &job->bare, job->options->condition_count, layers,
                               count, err);
    lsn_free(layers);
    return status;
}

enum lsn_status lsn_job_prepare(struct lsn_job *job, struct lsn_error *err)
{
    const struct lsn_sweep_options *o = job->options;
    bool fixed = o->fixed_count > 0, copied = fixed || lsn_job_is_joint(job);

    LSN_TRY(lsn_networks_create(copied ? &job->bare : &job->networks, job->model, o->engine,
                                o->conditions, o->condition_count, err));
    if (!copied)
        return LSN_OK;
    if (!fixed)
        return join_networks(job, err);
    return lsn_networks_lesion(&job->networks, &job->bare, o->condition_count,
                               &job->results->lesions[0], o->fixed, o->fixed_count, err);
}

const struct lsn_networks *lsn_job_bare(const struct lsn_job *job)
{
    return job->bare.count > 0 ? &job->bare : &job->networks;
}

size_t lsn_job_network_bytes(const struct lsn_job *job)
{
    return lsn_networks_bytes(&job->networks) + lsn_networks_bytes(&job->bare);
}

void lsn_job_release(struct lsn_job *job)
{
    lsn_means_free(job->means);
    lsn_free(job->partners);
    lsn_networks_free(&job->networks);
    lsn_networks_free(&job->bare);
}

bool lsn_job_has(const struct lsn_job *job, enum lsn_lesion_kind kind)
{
    int i;

    for (i = 0; i < job->results->lesion_count; i++)
        if (job->results->lesions[i].kind == kind)
            return true;
    return false;
}

size_t lsn_job_image(const struct lsn_job *job, size_t stimulus)
{
    return job->first_image + stimulus / (size_t)job->options->condition_count;
}

int lsn_job_condition(const struct lsn_job *job, size_t stimulus)
{
    return (int)(stimulus % (size_t)job->options->condition_count);
}

const struct lsn_network *lsn_job_network(const struct lsn_job *job, size_t stimulus)
{
    return lsn_networks_of(&job->networks, lsn_job_condition(job, stimulus));
}

int lsn_job_group(const struct lsn_job *job, size_t stimulus, int layer)
{
    const struct lsn_network *network = lsn_job_network(job, stimulus);

    return lsn_job_is_joint(job) ? lsn_network_joint_group(network)
                                 : lsn_network_group(network, layer);
}

int lsn_job_group_max(const struct lsn_job *job, int layer)
{
    return lsn_job_is_joint(job) ? lsn_networks_joint_group(&job->networks)
                                 : lsn_networks_group(&job->networks, layer);
}

bool lsn_job_stop_asked(const struct lsn_job *job)
{
    return lsn_stop_asked(job->options->stop);
}
