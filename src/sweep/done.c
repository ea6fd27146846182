#include "sweep/done.h"

#include "base/error.h"
#include "base/memory.h"
#include "outcome/results.h"

/* Buffers for the outcomes of a stimulus. */
struct row {
    struct lsn_outcome *outcomes; /* [kernels] */
    uint8_t *same;                /* [kernels] */
    size_t *order;                /* [kernels] in which they are lesioned */
};

static size_t count_there(const struct row *row, size_t first, size_t end)
{
    size_t there = 0;

    for (; first < end; first++)
        there += lsn_store_count_there(&row->outcomes[row->order[first]], 1);
    return there;
}

static enum lsn_status find_stimulus(struct lsn_done *done, size_t stimulus, struct row *row,
                                     struct lsn_error *err)
{
    const struct lsn_results *r = done->job->results;
    size_t layer = 0, found, first, end, there;
    bool intact;
    double work;

    LSN_TRY(lsn_store_has_intact(r->store, stimulus, &intact, err));
    LSN_TRY(lsn_store_get(r->store, stimulus, 0, r->kernel_count, row->outcomes, row->same, err));
    LSN_TRY(lsn_job_order(done->job, stimulus, row->order, err));
    found = intact;
    work = intact && r->kernel_count == 0;
    for (first = 0; first < r->kernel_count; first = end) {
        end = lsn_groups_end(done->groups, stimulus, first, &layer);
        there = count_there(row, first, end);
        if (!r->raced && there < end - first)
            continue;
        found += there;
        work += done->groups->layers[layer].work * (double)there;
    }
    done->left[stimulus] -= found;
    done->progress->units_done += found;
    done->progress->work_done += work;
    done->any = done->any || found > 0;
    return LSN_OK;
}

enum lsn_status lsn_done_find(struct lsn_done *done, struct lsn_error *err)
{
    const struct lsn_results *r = done->job->results;
    size_t stimuli = r->image_count * (size_t)r->condition_count, i;
    struct row row = {lsn_alloc(r->kernel_count, sizeof *row.outcomes),
                      lsn_alloc(r->kernel_count, 1), lsn_alloc(r->kernel_count, sizeof *row.order)};
    enum lsn_status status =
        row.outcomes && row.same && row.order ? LSN_OK : lsn_fail_memory(err, "the outcomes");

    for (i = 0; i < stimuli && status == LSN_OK; i++)
        status = find_stimulus(done, i, &row, err);
    lsn_free(row.outcomes);
    lsn_free(row.same);
    lsn_free(row.order);
    return status;
}
