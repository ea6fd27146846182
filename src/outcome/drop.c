/* Gives results as numbers and arrays, for callers of the library that need no table. */
#include "base/error.h"
#include "base/memory.h"
#include "outcome/results.h"

size_t lsn_results_images(const struct lsn_results *results)
{
    return results->complete_images;
}

size_t lsn_results_conditions(const struct lsn_results *results)
{
    return (size_t)results->condition_count;
}

size_t lsn_results_kernels(const struct lsn_results *results)
{
    return results->kernel_count;
}

enum lsn_status lsn_results_drop(const struct lsn_results *r, size_t kernel, int condition,
                                 struct lsn_drop *drop, struct lsn_error *err)
{
    struct lsn_drop sum = {.images = r->complete_images};
    size_t i;

    lsn_error_clear(err);
    *drop = (struct lsn_drop){0};
    LSN_TRY(lsn_results_check(r, condition, err));
    if (kernel >= r->kernel_count)
        return lsn_fail(err, LSN_E_ARGUMENT, "kernel %zu: the results have %zu", kernel,
                        r->kernel_count);
    for (i = 0; i < sum.images; i++) {
        size_t stimulus = lsn_results_stimulus(r, i, condition);
        struct lsn_outcome intact, lesioned;
        uint8_t same;

        LSN_TRY(lsn_store_get_intact(r->store, stimulus, &intact, err));
        LSN_TRY(lsn_store_get(r->store, stimulus, kernel, 1, &lesioned, &same, err));
        sum.top1_intact += intact.rank == 1;
        sum.top1_lesioned += lesioned.rank == 1;
        sum.lost += intact.rank == 1 && lesioned.rank != 1;
        sum.gained += intact.rank != 1 && lesioned.rank == 1;
    }
    if (sum.images > 0)
        sum.drop = ((double)sum.lost - (double)sum.gained) / (double)sum.images;
    *drop = sum;
    return LSN_OK;
}

enum lsn_status lsn_results_outcomes(const struct lsn_results *r, struct lsn_outcome *intact,
                                     struct lsn_outcome *lesioned, struct lsn_error *err)
{
    size_t stimuli = r->complete_images * (size_t)r->condition_count, i;
    enum lsn_status status = LSN_OK;
    uint8_t *same;

    lsn_error_clear(err);
    LSN_TRY(lsn_results_check(r, 0, err));
    same = lsn_alloc(r->kernel_count, 1);
    if (!same)
        return lsn_fail_memory(err, "the outcomes");
    for (i = 0; i < stimuli && status == LSN_OK; i++) {
        if (intact)
            status = lsn_store_get_intact(r->store, i, &intact[i], err);
        if (lesioned && status == LSN_OK)
            status = lsn_store_get(r->store, i, 0, r->kernel_count, lesioned + i * r->kernel_count,
                                   same, err);
    }
    lsn_free(same);
    return status;
}
