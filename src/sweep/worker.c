#include "sweep/worker.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/decide.h"
#include "model/model.h"
#include "outcome/axes.h"
#include "outcome/results.h"
#include "sweep/planes.h"
#include "sweep/prefixes.h"
#include "sweep/sets.h"

#define NOTHING SIZE_MAX

static enum lsn_status open_worker(struct lsn_worker *worker, const struct lsn_job *job,
                                   size_t most, struct lsn_error *err)
{
    size_t logits = (size_t)job->results->logit_count;
    size_t layers = lsn_job_is_joint(job) ? (size_t)job->results->layer_count : 1;

    *worker = (struct lsn_worker){.job = job, .stimulus = NOTHING};
    worker->logits = lsn_alloc_floats(logits);
    worker->lesioned = lsn_alloc_floats(most * logits);
    worker->scores = lsn_alloc_floats((size_t)job->results->classes);
    worker->planes =
        lsn_alloc((size_t)lsn_model_places_max(job->model) * layers, sizeof *worker->planes);
    worker->layer_planes = lsn_alloc(layers, sizeof *worker->layer_planes);
    worker->outcomes = lsn_alloc(most, sizeof *worker->outcomes);
    worker->same = lsn_alloc(most, sizeof *worker->same);
    worker->kernels = lsn_alloc(most, sizeof *worker->kernels);
    worker->chosen = lsn_alloc(most, sizeof *worker->chosen);
    if (!worker->logits || !worker->lesioned || !worker->scores || !worker->planes ||
        !worker->layer_planes || !worker->outcomes || !worker->same || !worker->kernels ||
        !worker->chosen)
        return lsn_fail_memory(err, "a worker");
    if (lsn_job_is_cumulative(job))
        LSN_TRY(lsn_prefixes_open(&worker->prefixes, job, most, err));
    if (job->partners)
        LSN_TRY(lsn_runner_open(&worker->partner, job, lsn_job_bare(job), LSN_ENGINE_INTACT, err));
    return lsn_runner_open(&worker->own, job, &job->networks, job->options->engine, err);
}

static void close_worker(struct lsn_worker *worker)
{
    lsn_runner_close(&worker->own);
    lsn_runner_close(&worker->partner);
    lsn_free(worker->logits);
    lsn_free(worker->lesioned);
    lsn_free(worker->scores);
    lsn_free(worker->planes);
    lsn_free(worker->layer_planes);
    lsn_free(worker->outcomes);
    lsn_free(worker->same);
    lsn_free(worker->kernels);
    lsn_free(worker->chosen);
    lsn_prefixes_close(worker->prefixes);
}

/* Gives the stimulus's pass the planes that the fixed lesions put in. */
static enum lsn_status fix_planes(struct lsn_worker *worker, size_t stimulus, struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    struct lsn_pass *pass = lsn_runner_pass(&worker->own, lsn_job_condition(job, stimulus));
    int i;

    for (i = 0; i < job->options->fixed_count; i++) {
        LSN_TRY(lsn_planes_find(worker, stimulus, 0, job->options->fixed[i].layer, worker->planes,
                                err));
        LSN_TRY(lsn_pass_fix(pass, i, worker->planes, err));
    }
    return LSN_OK;
}

enum lsn_status lsn_worker_show(struct lsn_worker *worker, size_t stimulus, struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    int last = lsn_model_nodes(job->model) - 1;

    if (worker->stimulus == stimulus)
        return LSN_OK;
    worker->stimulus = NOTHING;
    LSN_TRY(fix_planes(worker, stimulus, err));
    LSN_TRY(lsn_runner_show(&worker->own, lsn_job_image(job, stimulus),
                            lsn_job_condition(job, stimulus), err));
    memcpy(worker->logits, lsn_pass_activation(worker->own.pass, last),
           (size_t)job->results->logit_count * sizeof *worker->logits);
    worker->stimulus = stimulus;
    return LSN_OK;
}

/* Computes the outcome of logits; reason receives why there is none. */
static enum lsn_status compute_outcome(const struct lsn_worker *worker, const float *logits,
                                       struct lsn_outcome *cell, struct lsn_error *reason)
{
    const struct lsn_job *job = worker->job;
    const float *scores;

    LSN_TRY(lsn_model_scores(job->model, logits, worker->scores, &scores, reason));
    return lsn_outcome_of(scores, job->results->classes,
                          lsn_dataset_class(job->dataset, lsn_job_image(job, worker->stimulus)),
                          cell, reason);
}

/* Adds to an error sentence which stimulus it is about: "IMAGE at contrast 0.1,all,none", and
 * whether there are fixed lesions. */
static void add_stimulus(struct lsn_text *text, const struct lsn_worker *worker)
{
    const struct lsn_job *job = worker->job;
    int fixed = job->options->fixed_count;

    lsn_text_add(text, "%s at contrast ",
                 lsn_dataset_path(job->dataset, lsn_job_image(job, worker->stimulus)));
    lsn_condition_add(text, &job->options->conditions[lsn_job_condition(job, worker->stimulus)]);
    if (fixed > 0)
        lsn_text_add(text, ", %d kernel%s lesioned throughout", fixed, fixed > 1 ? "s" : "");
}

static enum lsn_status fail_intact(const struct lsn_worker *worker, enum lsn_status status,
                                   const struct lsn_error *reason, struct lsn_error *err)
{
    struct lsn_text where = {0};

    add_stimulus(&where, worker);
    status = where.failed ? lsn_fail_memory(err, "an error")
                          : lsn_fail(err, status, "%s: %s", where.bytes, reason->text);
    lsn_text_free(&where);
    return status;
}

/* k: the kernel or set of the results that was lesioned. */
static enum lsn_status fail_lesioned(const struct lsn_worker *worker, size_t k,
                                     enum lsn_status status, const struct lsn_error *reason,
                                     struct lsn_error *err)
{
    const struct lsn_job *job = worker->job;
    char how[LSN_LESION_TEXT_MAX];
    struct lsn_text where = {0};
    const char *way_out = "";

    /* The incremental engine computes differences, and infinity less infinity has none. The full
     * engine can go on where a later op makes the infinity finite again, as Clip does after Log. */
    if (status == LSN_E_DATA)
        way_out = job->options->engine == LSN_ENGINE_INCREMENTAL
                      ? "; where that comes of an infinity that the network takes back, --engine "
                        "full gives it"
                  : job->results->set_start ? "; leave a kernel out, by --kernels"
                                            : "; --layers and --kernels leave kernels out";
    add_stimulus(&where, worker);
    lsn_text_add(&where, ", ");
    lsn_sets_name(&where, job->results, k);
    lsn_lesion_text(&job->results->lesions[job->results->kernel_lesion[k]], how);
    status = where.failed ? lsn_fail_memory(err, "an error")
                          : lsn_fail(err, status, "%s%s lesioned by %s: %s%s", where.bytes,
                                     worker->prefixes ? " and those before it" : "", how,
                                     reason->text, way_out);
    lsn_text_free(&where);
    return status;
}

enum lsn_status lsn_worker_intact(const struct lsn_worker *worker, struct lsn_outcome *cell,
                                  struct lsn_error *err)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = compute_outcome(worker, worker->logits, cell, &reason);

    return status == LSN_OK ? LSN_OK : fail_intact(worker, status, &reason, err);
}

enum lsn_status lsn_worker_store_intact(struct lsn_worker *worker, struct lsn_error *err)
{
    struct lsn_results *results = worker->job->results;
    size_t logits = (size_t)results->logit_count;

    if (results->logits)
        memcpy(results->logits + worker->stimulus * logits, worker->logits,
               logits * sizeof *worker->logits);
    LSN_TRY(lsn_worker_intact(worker, worker->outcomes, err));
    LSN_TRY(lsn_store_put_area(results->store, worker->stimulus, worker->own.area_frac, err));
    return lsn_store_put_intact(results->store, worker->stimulus, worker->outcomes, err);
}

enum lsn_status lsn_worker_choose(struct lsn_worker *worker, size_t stimulus, size_t first,
                                  size_t count, bool resumed, size_t *due, struct lsn_error *err)
{
    const struct lsn_results *r = worker->job->results;
    size_t i;

    *due = 0;
    if (worker->prefixes)
        return lsn_prefixes_choose(worker, stimulus, first, count, resumed, due, err);
    if (resumed) {
        LSN_TRY(
            lsn_store_get(r->store, stimulus, first, count, worker->outcomes, worker->same, err));
        if (lsn_store_all_there(worker->outcomes, count))
            return LSN_OK;
    }
    for (i = 0; i < count; i++)
        if (!resumed || !r->raced || !lsn_store_all_there(&worker->outcomes[i], 1))
            worker->chosen[(*due)++] = first + i;
    return LSN_OK;
}

/* Lesions kernels [count] of the results, each alone; worker->lesioned receives the logits. */
static enum lsn_status run_lesioned(struct lsn_worker *worker, const size_t *kernels, size_t count,
                                    struct lsn_error *err)
{
    const struct lsn_results *results = worker->job->results;
    int lesion = results->kernel_lesion[kernels[0]], layer = results->kernel_layer[kernels[0]];
    const struct lsn_variants variants = {layer, &results->lesions[lesion], worker->planes,
                                          worker->kernels, (int)count};
    size_t i;

    LSN_TRY(lsn_planes_find(worker, worker->stimulus, lesion, layer, worker->planes, err));
    for (i = 0; i < count; i++)
        worker->kernels[i] = results->kernel_index[kernels[i]];
    return lsn_pass_run_lesioned(worker->own.pass, &variants, worker->lesioned, err);
}

/* The same of sets first ... first+count-1 of the results. */
static enum lsn_status run_joint(struct lsn_worker *worker, size_t first, size_t count,
                                 struct lsn_error *err)
{
    const struct lsn_results *r = worker->job->results;
    const struct lsn_joint sets = {&r->lesions[0], worker->layer_planes, r->set_kernels,
                                   r->set_start + first, (int)count};

    LSN_TRY(lsn_planes_find_all(worker, err));
    return lsn_pass_run_joint(worker->own.pass, &sets, worker->lesioned, err);
}

enum lsn_status lsn_worker_lesion(struct lsn_worker *worker, const size_t *kernels, size_t count,
                                  struct lsn_error *err)
{
    const struct lsn_results *results = worker->job->results;
    size_t logit_count = (size_t)results->logit_count, i;
    struct lsn_error reason = LSN_ERROR_NONE;
    struct lsn_outcome intact;
    enum lsn_status status;

    LSN_TRY(lsn_worker_intact(worker, &intact, err));
    LSN_TRY(worker->prefixes     ? lsn_prefixes_run(worker, count, err)
            : results->set_start ? run_joint(worker, kernels[0], count, err)
                                 : run_lesioned(worker, kernels, count, err));
    for (i = 0; i < count; i++) {
        const float *logits = worker->lesioned + i * logit_count;

        status = compute_outcome(worker, logits, &worker->outcomes[i], &reason);
        if (status != LSN_OK)
            return fail_lesioned(worker, kernels[i], status, &reason, err);
        worker->same[i] = lsn_logits_same(logits, worker->logits, results->logit_count) &&
                          worker->outcomes[i].predicted == intact.predicted &&
                          worker->outcomes[i].rank == intact.rank;
    }
    return LSN_OK;
}

enum lsn_status lsn_worker_put(struct lsn_worker *worker, const size_t *kernels, size_t count,
                               struct lsn_error *err)
{
    struct lsn_store *store = worker->job->results->store;
    size_t from, end;

    for (from = 0; from < count; from = end) {
        for (end = from + 1; end < count && kernels[end] == kernels[end - 1] + 1; end++)
            continue;
        LSN_TRY(lsn_store_put(store, worker->stimulus, kernels[from], end - from,
                              worker->outcomes + from, worker->same + from, err));
    }
    return LSN_OK;
}

enum lsn_status lsn_workers_open(struct lsn_workers *workers, const struct lsn_job *job,
                                 size_t units, size_t most, size_t shared_bytes,
                                 struct lsn_error *err)
{
    size_t wanted = lsn_job_threads(job);
    size_t each = job->worker_bytes + lsn_runner_bytes(&job->networks, job->options->engine) +
                  (job->partners ? lsn_runner_bytes(lsn_job_bare(job), LSN_ENGINE_INTACT) : 0) +
                  most * (size_t)job->results->logit_count * sizeof(float) +
                  (lsn_job_is_cumulative(job) ? lsn_prefixes_bytes(job, most) : 0);
    size_t i;

    *workers = (struct lsn_workers){.count = 0};
    wanted = wanted < units ? wanted : units;
    LSN_TRY(lsn_job_fit_memory(job, shared_bytes, each, &wanted, err));
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
    int i;

    for (i = 0; i < workers->count; i++) {
        struct lsn_worker *worker = &workers->list[i];

        worker->job->results->multiply_adds += lsn_runner_work(&worker->own);
        close_worker(worker);
    }
    lsn_free(workers->list);
    *workers = (struct lsn_workers){.count = 0};
}
