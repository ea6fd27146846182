#include "table/tally.h"

#include "base/error.h"
#include "base/memory.h"
#include "lesion/stats.h"
#include "outcome/results.h"
#include "table/columns.h"

void lsn_tally_add(struct lsn_tally *tally, const struct lsn_outcome *outcome)
{
    tally->top1 += outcome->rank == 1;
    tally->top5 += outcome->rank <= LSN_TALLY_TOP;
    tally->loss += (double)outcome->loss;
    tally->margin += (double)outcome->margin;
}

void lsn_tally_add_lesioned(struct lsn_tally *tally, const struct lsn_outcome *intact,
                            const struct lsn_outcome *lesioned, bool same)
{
    lsn_tally_add(tally, lesioned);
    tally->lost += intact->rank == 1 && lesioned->rank != 1;
    tally->gained += intact->rank != 1 && lesioned->rank == 1;
    tally->changed += intact->predicted != lesioned->predicted;
    tally->same = tally->same && same;
}

static enum lsn_status add_images(const struct lsn_results *results, size_t images,
                                  struct lsn_tallies *tallies, struct lsn_outcome *intact,
                                  struct lsn_outcome *lesioned, uint8_t *same,
                                  struct lsn_error *err)
{
    size_t conditions = (size_t)results->condition_count, image, c, k, cell;

    for (image = 0; image < images; image++) {
        LSN_TRY(lsn_results_read(results, image, intact, lesioned, same, err));
        for (c = 0, cell = 0; c < conditions; c++) {
            lsn_tally_add(&tallies->intact[c], &intact[c]);
            for (k = 0; k < results->kernel_count; k++, cell++)
                lsn_tally_add_lesioned(&tallies->lesioned[cell], &intact[c], &lesioned[cell],
                                       same[cell]);
        }
    }
    return LSN_OK;
}

enum lsn_status lsn_tallies_make(const struct lsn_results *results, size_t images,
                                 struct lsn_tallies *tallies, struct lsn_error *err)
{
    size_t conditions = (size_t)results->condition_count, i;
    size_t cells = conditions * results->kernel_count;
    struct lsn_outcome *intact, *lesioned;
    enum lsn_status status;
    uint8_t *same;

    *tallies = (struct lsn_tallies){0};
    LSN_TRY(lsn_results_check_single(results, err));
    intact = lsn_alloc(conditions, sizeof *intact);
    lesioned = lsn_alloc(cells, sizeof *lesioned);
    same = lsn_alloc(cells, 1);
    tallies->intact = lsn_alloc(conditions, sizeof *tallies->intact);
    tallies->lesioned = lsn_alloc(cells, sizeof *tallies->lesioned);
    if (!intact || !lesioned || !same || !tallies->intact || !tallies->lesioned) {
        status = lsn_fail_memory(err, "a table");
    } else {
        for (i = 0; i < cells; i++)
            tallies->lesioned[i].same = true;
        status = add_images(results, images, tallies, intact, lesioned, same, err);
    }
    if (status != LSN_OK)
        lsn_tallies_free(tallies);
    lsn_free(intact);
    lsn_free(lesioned);
    lsn_free(same);
    return status;
}

enum lsn_status lsn_tallies_make_intact(const struct lsn_results *results, size_t images,
                                        struct lsn_tallies *tallies, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    struct lsn_outcome outcome;
    size_t image;
    int c;

    *tallies = (struct lsn_tallies){0};
    tallies->intact = lsn_alloc((size_t)results->condition_count, sizeof *tallies->intact);
    if (!tallies->intact)
        return lsn_fail_memory(err, "a table");
    for (image = 0; image < images; image++)
        for (c = 0; c < results->condition_count && status == LSN_OK; c++) {
            status = lsn_store_get_intact(results->store, lsn_results_stimulus(results, image, c),
                                          &outcome, err);
            if (status == LSN_OK)
                lsn_tally_add(&tallies->intact[c], &outcome);
        }
    if (status != LSN_OK)
        lsn_tallies_free(tallies);
    return status;
}

enum lsn_status lsn_tallies_test(const struct lsn_results *results, struct lsn_tallies *tallies,
                                 struct lsn_error *err)
{
    size_t conditions = (size_t)results->condition_count, kernels = results->kernel_count, first,
           end, i;

    tallies->p = lsn_alloc(conditions * kernels, sizeof *tallies->p);
    tallies->q = lsn_alloc(conditions * kernels, sizeof *tallies->q);
    if (!tallies->p || !tallies->q)
        return lsn_fail_memory(err, "a table's tests");
    for (i = 0; i < conditions * kernels; i++)
        tallies->p[i] = lsn_mcnemar_exact(tallies->lesioned[i].lost, tallies->lesioned[i].gained);
    for (first = 0; first < kernels; first = end) {
        end = lsn_family_end(results, first);
        for (i = 0; i < conditions; i++)
            LSN_TRY(lsn_q_values(tallies->p + i * kernels + first, end - first,
                                 tallies->q + i * kernels + first, err));
    }
    return LSN_OK;
}

void lsn_tallies_free(struct lsn_tallies *tallies)
{
    lsn_free(tallies->p);
    lsn_free(tallies->q);
    lsn_free(tallies->intact);
    lsn_free(tallies->lesioned);
    *tallies = (struct lsn_tallies){0};
}
