#include "table/effects.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/stats.h"
#include "table/columns.h"

double lsn_effect(const struct lsn_outcome *intact, const struct lsn_outcome *lesioned)
{
    return (double)intact->margin - (double)lesioned->margin;
}

bool lsn_effect_predicts(const struct lsn_outcome *intact_low, double effect_high, double usual)
{
    return (double)intact_low->margin < usual * effect_high;
}

/* Adds the absolute effect of each lesion on the stimulus that was read to sums [kernels]. */
static void add_effects(const struct lsn_kernel_batch *block, double *sums)
{
    size_t k;

    for (k = 0; k < block->count; k++)
        sums[k] += fabs(lsn_effect(&block->intact, &block->lesioned[k]));
}

static enum lsn_status add_images(struct lsn_kernel_batch *block, int low, int high,
                                  const struct lsn_stop *stop, struct lsn_effects *effects,
                                  struct lsn_error *err)
{
    const struct lsn_results *r = block->results;
    size_t image;

    (void)lsn_kernel_batch_next(block); /* the block is made large enough for all kernels */
    for (image = 0; image < r->complete_images; image++) {
        struct lsn_outcome at_high, at_low;

        LSN_TRY(lsn_stop_check(stop, err));
        LSN_TRY(
            lsn_store_get_intact(r->store, lsn_results_stimulus(r, image, high), &at_high, err));
        LSN_TRY(lsn_store_get_intact(r->store, lsn_results_stimulus(r, image, low), &at_low, err));
        if (at_high.rank != 1 || at_low.rank != 1)
            continue;
        LSN_TRY(lsn_kernel_batch_read(block, image, low, err));
        effects->both++;
        add_effects(block, effects->low);
        LSN_TRY(lsn_kernel_batch_read(block, image, high, err));
        add_effects(block, effects->high);
    }
    return LSN_OK;
}

/* Sets the usual ratio: the median of low / high over the kernels that have an effect at high
 * contrast. */
static enum lsn_status find_usual(struct lsn_effects *effects, size_t kernels,
                                  struct lsn_error *err)
{
    double *ratios = lsn_alloc(kernels, sizeof *ratios);
    size_t count = 0, k;

    if (!ratios)
        return lsn_fail_memory(err, "effects");
    for (k = 0; k < kernels; k++)
        if (effects->high[k] > 0)
            ratios[count++] = effects->low[k] / effects->high[k];
    lsn_sort(ratios, count);
    effects->usual = count < LSN_EFFECTS_KERNELS_MIN ? (double)NAN : lsn_median(ratios, count);
    lsn_free(ratios);
    return LSN_OK;
}

enum lsn_status lsn_effects_make(const struct lsn_results *results, const struct lsn_effects_of *of,
                                 const struct lsn_stop *stop, struct lsn_effects *effects,
                                 struct lsn_error *err)
{
    size_t kernels = of->end - of->start, k;
    struct lsn_kernel_batch block;
    enum lsn_status status;

    *effects = (struct lsn_effects){.low = lsn_alloc(kernels, sizeof *effects->low),
                                    .high = lsn_alloc(kernels, sizeof *effects->high),
                                    .usual = (double)NAN};
    if (!effects->low || !effects->high)
        return lsn_fail_memory(err, "effects");
    status = lsn_kernel_batch_create(results, of->start, of->end, SIZE_MAX, 0, &block, err);
    if (status == LSN_OK)
        status = add_images(&block, of->low, of->high, stop, effects, err);
    lsn_kernel_batch_free(&block);
    LSN_TRY(status);
    for (k = 0; k < kernels && effects->both > 0; k++) {
        effects->low[k] /= (double)effects->both;
        effects->high[k] /= (double)effects->both;
    }
    return find_usual(effects, kernels, err);
}

void lsn_effects_free(struct lsn_effects *effects)
{
    lsn_free(effects->low);
    lsn_free(effects->high);
    *effects = (struct lsn_effects){0};
}
