/* The permutation tests keep a sum for every kernel and flip, so the kernels are worked through in
 * blocks that fit in the memory allowed. */
#include "table/contrast_pair.h"

#include "base/error.h"
#include "base/memory.h"
#include "lesion/stats.h"

static enum lsn_status allocate(struct lsn_contrast_pair *s, struct lsn_error *err)
{
    size_t kernels = s->end - s->start, flips = s->options->flips, bytes;
    bool fine;
    int m;

    /* For each kernel of a block: its sums of all flips, its differences, and the two other sums
     * that lsn_flips keeps. */
    if (!lsn_mul_size(flips, LSN_CONTRAST_PAIR_MEASURES * sizeof(double), &bytes) ||
        bytes > SIZE_MAX / 2)
        return lsn_fail_memory(err, "the permutation test");
    LSN_TRY(lsn_kernel_batch_create(s->results, s->start, s->end, s->options->memory,
                                    bytes + LSN_CONTRAST_PAIR_MEASURES * 3 * sizeof(double),
                                    &s->block, err));
    s->sums = lsn_alloc(kernels, sizeof *s->sums);
    fine = s->sums;
    for (m = 0; m < LSN_CONTRAST_PAIR_MEASURES; m++) {
        s->p[m] = lsn_alloc(kernels, sizeof(double));
        s->p_max[m] = lsn_alloc(kernels, sizeof(double));
        s->score[m] = lsn_alloc(kernels, sizeof(double));
        s->maxima[m] = lsn_alloc(flips, sizeof(double));
        s->differences[m] = lsn_alloc(s->block.most, sizeof(double));
        fine = fine && s->p[m] && s->p_max[m] && s->score[m] && s->maxima[m] && s->differences[m];
    }
    return fine ? LSN_OK : lsn_fail_memory(err, "selectivities");
}

static void free_tests(struct lsn_contrast_pair *s)
{
    int m;

    for (m = 0; m < LSN_CONTRAST_PAIR_MEASURES; m++) {
        lsn_flips_free(s->tests[m]);
        s->tests[m] = NULL;
    }
}

void lsn_contrast_pair_free(struct lsn_contrast_pair *s)
{
    int m;

    free_tests(s);
    for (m = 0; m < LSN_CONTRAST_PAIR_MEASURES; m++) {
        lsn_free(s->p[m]);
        lsn_free(s->p_max[m]);
        lsn_free(s->score[m]);
        lsn_free(s->maxima[m]);
        lsn_free(s->differences[m]);
    }
    lsn_free(s->sums);
    lsn_kernel_batch_free(&s->block);
    lsn_effects_free(&s->effects);
}

/* Adds an image's outcomes at one end, that is at low or at high contrast, to the sums of the
 * block's kernels, and to their differences low - high. The high end must be added first. */
static void add_end(struct lsn_contrast_pair *s, size_t image, int end)
{
    const struct lsn_kernel_batch *block = &s->block;
    size_t fold = image % (size_t)s->folds, k;
    double sign = end == LSN_LOW ? 1 : -1;
    int correct = block->intact.rank == 1;
    double *top1 = s->differences[LSN_CONTRAST_PAIR_TOP1],
           *loss = s->differences[LSN_CONTRAST_PAIR_LOSS];

    if (block->first == s->start) {
        s->correct[end] += (size_t)correct;
        s->fold_correct[end][fold] += correct;
    }
    for (k = 0; k < block->count; k++) {
        struct lsn_contrast_pair_sums *sums = &s->sums[block->first - s->start + k];
        const struct lsn_outcome *lesioned = &block->lesioned[k];
        double dropped = correct - (lesioned->rank == 1);
        double added = (double)lesioned->loss - (double)block->intact.loss;

        sums->dropped[end] += dropped;
        sums->fold_dropped[end][fold] += dropped;
        sums->loss[end] += added;
        sums->lost[end] += correct && lesioned->rank != 1;
        top1[k] = (end == LSN_HIGH ? 0 : top1[k]) + sign * dropped;
        loss[k] = (end == LSN_HIGH ? 0 : loss[k]) + sign * added;
    }
}

/* Adds an image right at both contrasts when intact. The block has its outcomes at low contrast.
 * What is needed from high contrast was put into the arrays of differences, which are then
 * overwritten: LOST has whether the image was lost there, BEYOND the kernel's effect there. */
static void add_pair(struct lsn_contrast_pair *s)
{
    const struct lsn_kernel_batch *block = &s->block;
    double *lost = s->differences[LSN_CONTRAST_PAIR_LOST];
    double *beyond = s->differences[LSN_CONTRAST_PAIR_BEYOND];
    size_t k;

    for (k = 0; k < block->count; k++) {
        struct lsn_contrast_pair_sums *sums = &s->sums[block->first - s->start + k];
        bool at_low = block->lesioned[k].rank != 1, at_high = lost[k] > 0;
        bool predicted = lsn_effect_predicts(&block->intact, beyond[k], s->effects.usual);

        sums->both_lost[LSN_LOW] += at_low;
        sums->both_lost[LSN_HIGH] += at_high;
        sums->low_only += at_low && !at_high;
        sums->high_only += at_high && !at_low;
        sums->predicted += predicted;
        sums->unpredicted += at_low && !predicted;
        sums->spared += predicted && !at_low;
        lost[k] = (double)at_low - (double)at_high;
        beyond[k] = (double)at_low - (double)predicted;
    }
}

static enum lsn_status add_image(struct lsn_contrast_pair *s, size_t image, struct lsn_error *err)
{
    struct lsn_kernel_batch *block = &s->block;
    double *lost = s->differences[LSN_CONTRAST_PAIR_LOST];
    double *beyond = s->differences[LSN_CONTRAST_PAIR_BEYOND];
    bool right;
    size_t k;
    int m;

    LSN_TRY(lsn_kernel_batch_read(block, image, s->conditions[LSN_HIGH], err));
    right = block->intact.rank == 1;
    add_end(s, image, LSN_HIGH);
    for (k = 0; k < block->count; k++) {
        lost[k] = block->lesioned[k].rank != 1;
        beyond[k] = lsn_effect(&block->intact, &block->lesioned[k]);
    }
    LSN_TRY(lsn_kernel_batch_read(block, image, s->conditions[LSN_LOW], err));
    add_end(s, image, LSN_LOW);
    if (right && block->intact.rank == 1)
        add_pair(s);
    else
        for (k = 0; k < block->count; k++)
            lost[k] = beyond[k] = 0;
    if (block->first == s->start)
        s->fold_images[image % (size_t)s->folds]++;
    for (m = 0; m < LSN_CONTRAST_PAIR_MEASURES; m++)
        LSN_TRY(lsn_flips_add(s->tests[m], s->differences[m], err));
    return LSN_OK;
}

static enum lsn_status test_block(struct lsn_contrast_pair *s, struct lsn_error *err)
{
    size_t first = s->block.first - s->start, image;
    int m;

    for (m = 0; m < LSN_CONTRAST_PAIR_MEASURES; m++)
        LSN_TRY(lsn_flips_create(s->block.count, s->options->flips, s->options->seed, &s->tests[m],
                                 err));
    for (image = 0; image < s->results->complete_images; image++) {
        LSN_TRY(lsn_stop_check(s->options->stop, err));
        LSN_TRY(add_image(s, image, err));
    }
    for (m = 0; m < LSN_CONTRAST_PAIR_MEASURES; m++)
        lsn_flips_finish(s->tests[m], s->p[m] + first, s->score[m] + first, s->maxima[m]);
    free_tests(s);
    return LSN_OK;
}

enum lsn_status lsn_contrast_pair_make(struct lsn_contrast_pair *s, struct lsn_error *err)
{
    const struct lsn_effects_of of = {s->start, s->end, s->conditions[LSN_LOW],
                                      s->conditions[LSN_HIGH]};
    size_t images = s->results->complete_images;
    int m;

    s->folds = images > LSN_FOLDS_MAX ? LSN_FOLDS_MAX : images > 0 ? (int)images : 1;
    LSN_TRY(allocate(s, err));
    LSN_TRY(lsn_effects_make(s->results, &of, s->options->stop, &s->effects, err));
    while (lsn_kernel_batch_next(&s->block))
        LSN_TRY(test_block(s, err));
    for (m = 0; m < LSN_CONTRAST_PAIR_MEASURES; m++)
        lsn_flips_correct(s->score[m], s->end - s->start, s->maxima[m], s->options->flips,
                          s->p_max[m]);
    return LSN_OK;
}
