#include "sweep/prefixes.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "outcome/results.h"
#include "sweep/planes.h"

#define NOTHING SIZE_MAX

size_t lsn_prefixes_bytes(const struct lsn_job *job, size_t most)
{
    return most * job->results->kernel_count * sizeof(struct lsn_kernel);
}

enum lsn_status lsn_prefixes_open(struct lsn_prefixes **made, const struct lsn_job *job,
                                  size_t most, struct lsn_error *err)
{
    size_t kernels = job->results->kernel_count;
    struct lsn_prefixes *p = *made = lsn_alloc(1, sizeof *p);
    size_t cells;

    if (!p || !lsn_mul_size(most, kernels, &cells) || cells > INT_MAX)
        return lsn_fail_memory(err, "the orders of a worker");
    p->stimulus = NOTHING;
    p->order = lsn_alloc(kernels, sizeof *p->order);
    p->kernels = lsn_alloc(cells, sizeof *p->kernels);
    p->start = lsn_alloc(most + 1, sizeof *p->start);
    p->outcomes = lsn_alloc(kernels, sizeof *p->outcomes);
    p->same = lsn_alloc(kernels, sizeof *p->same);
    if (!p->order || !p->kernels || !p->start || !p->outcomes || !p->same)
        return lsn_fail_memory(err, "the orders of a worker");
    return LSN_OK;
}

void lsn_prefixes_close(struct lsn_prefixes *p)
{
    if (!p)
        return;
    lsn_free(p->order);
    lsn_free(p->kernels);
    lsn_free(p->start);
    lsn_free(p->outcomes);
    lsn_free(p->same);
    lsn_free(p);
}

static enum lsn_status draw(struct lsn_worker *worker, size_t stimulus, struct lsn_error *err)
{
    struct lsn_prefixes *p = worker->prefixes;

    if (p->stimulus == stimulus)
        return LSN_OK;
    p->stimulus = NOTHING;
    LSN_TRY(lsn_job_order(worker->job, stimulus, p->order, err));
    p->stimulus = stimulus;
    return LSN_OK;
}

enum lsn_status lsn_prefixes_choose(struct lsn_worker *worker, size_t stimulus, size_t first,
                                    size_t count, bool resumed, size_t *due, struct lsn_error *err)
{
    const struct lsn_results *r = worker->job->results;
    struct lsn_prefixes *p = worker->prefixes;
    bool there = resumed;
    size_t i;

    LSN_TRY(draw(worker, stimulus, err));
    p->first = first;
    if (resumed)
        LSN_TRY(lsn_store_get(r->store, stimulus, 0, r->kernel_count, p->outcomes, p->same, err));
    for (i = 0; i < count; i++) {
        worker->chosen[i] = p->order[first + i];
        there = there && lsn_store_all_there(&p->outcomes[worker->chosen[i]], 1);
    }
    *due = there ? 0 : count;
    return LSN_OK;
}

/* Fills the kernels of the prefixes that end at places from ... from+count-1. */
static void fill_sets(const struct lsn_results *r, struct lsn_prefixes *p, size_t from,
                      size_t count)
{
    size_t used = 0, i, place;

    for (i = 0; i < count; i++) {
        for (place = 0; place <= from + i; place++) {
            size_t kernel = p->order[place];

            p->kernels[used++] =
                (struct lsn_kernel){r->kernel_layer[kernel], r->kernel_index[kernel]};
        }
        p->start[i + 1] = (int)used;
    }
}

enum lsn_status lsn_prefixes_run(struct lsn_worker *worker, size_t count, struct lsn_error *err)
{
    const struct lsn_results *r = worker->job->results;
    size_t asked = (size_t)worker->job->options->order_length, logits = (size_t)r->logit_count;
    size_t length = asked > 0 && asked < r->kernel_count ? asked : r->kernel_count;
    struct lsn_prefixes *p = worker->prefixes;
    /* Places behind the length have the outcome of the last one before it. */
    size_t from = p->first < length ? p->first : length - 1, i;
    size_t run = count < length - from ? count : length - from;
    const struct lsn_joint sets = {&r->lesions[0], worker->layer_planes, p->kernels, p->start,
                                   (int)run};

    LSN_TRY(lsn_planes_find_all(worker, err));
    fill_sets(r, p, from, run);
    LSN_TRY(lsn_pass_run_joint(worker->own.pass, &sets, worker->lesioned, err));
    for (i = run; i < count; i++)
        memcpy(worker->lesioned + i * logits, worker->lesioned + (run - 1) * logits,
               logits * sizeof(float));
    return LSN_OK;
}
