#include "engine/row_block.h"

#include <math.h>

#include "op/product.h"

#define FLOATS_MIN ((size_t)1 << 17)
#define FLOATS_MAX ((size_t)1 << 21)
#define ROWS_MIN   16

size_t lsn_row_block_rows(const struct lsn_conv *conv)
{
    size_t floats = lsn_conv_weight_count(conv) / 8, rows;

    floats = floats < FLOATS_MIN ? FLOATS_MIN : floats > FLOATS_MAX ? FLOATS_MAX : floats;
    rows = floats / (size_t)(conv->in.c + conv->out.c) / LSN_STRIP_ROWS * LSN_STRIP_ROWS;
    return rows < ROWS_MIN ? ROWS_MIN : rows > LSN_BLOCK_ROWS_MAX ? LSN_BLOCK_ROWS_MAX : rows;
}

static size_t taps_of(const struct lsn_conv *conv)
{
    return (size_t)conv->window.kh * (size_t)conv->window.kw;
}

size_t lsn_row_block_pointers(const struct lsn_conv *conv)
{
    return taps_of(conv) * lsn_row_block_rows(conv);
}

size_t lsn_row_block_terms(const struct lsn_conv *conv)
{
    return lsn_product_scratch(taps_of(conv), (size_t)(conv->in.c / conv->groups),
                               lsn_row_block_rows(conv));
}

struct lsn_row_block lsn_row_block_start(struct lsn_incremental *d, const struct lsn_step *step)
{
    return (struct lsn_row_block){.d = d,
                                  .step = step,
                                  .channels = step->geometry.conv.in.c,
                                  .low = -INFINITY,
                                  .high = INFINITY};
}

const float **lsn_row_block_add(struct lsn_row_block *block, float *out)
{
    if (block->count == lsn_row_block_rows(&block->step->geometry.conv))
        lsn_row_block_run(block);
    block->d->outs[block->count] = out;
    return block->d->pointers + block->count++;
}

/* Floats of a cache line. */
#define LINE 16

/* Prefetches what a block of a grouped convolution reads and writes. A group reads only a short
 * piece of each row, too short for the processor to predict the next: 55 groups of 8 channels ran
 * at 13 GMAC/s without prefetching, at 16 with it. Of each window only a stride's width of taps is
 * prefetched, from the middle tap on; over all windows these cover the input once. Blocks of fewer
 * rows made no difference. */
static void fetch(const struct lsn_row_block *block)
{
    const struct lsn_conv *conv = &block->step->geometry.conv;
    const struct lsn_window *w = &conv->window;
    const float **pointers = block->d->pointers;
    size_t each = lsn_row_block_rows(conv), r;
    int ky, kx, i;

    for (r = 0; r < block->count; r++) {
        for (ky = w->kh / 2; ky < w->kh && ky < w->kh / 2 + w->sh; ky++)
            for (kx = w->kw / 2; kx < w->kw && kx < w->kw / 2 + w->sw; kx++)
                for (i = 0; i < block->channels; i += LINE)
                    __builtin_prefetch(pointers[(size_t)(ky * w->kw + kx) * each + r] + i);
        for (i = 0; i < conv->out.c; i += LINE)
            __builtin_prefetch(block->d->outs[r] + i, 1);
    }
}

void lsn_row_block_run(struct lsn_row_block *block)
{
    const struct lsn_conv *conv = &block->step->geometry.conv;
    int c = conv->in.c / conv->groups, last = block->first + block->channels, group;
    size_t n = (size_t)(conv->out.c / conv->groups), k = lsn_conv_patch_count(conv), r;
    struct lsn_product product = {.k = k,
                                  .n = n,
                                  .parts = taps_of(conv),
                                  .part_step = (size_t)c,
                                  .skip = block->skip,
                                  .x_step = lsn_row_block_rows(conv),
                                  .low = block->low,
                                  .high = block->high};

    if (conv->groups > 1)
        fetch(block);
    for (group = 0; group < conv->groups; group++) {
        int from = group * c > block->first ? group * c : block->first;
        int to = (group + 1) * c < last ? (group + 1) * c : last;

        product.panels = block->step->panels + (size_t)group * lsn_panel_count(k, n);
        product.bias = block->bias ? block->bias + (size_t)group * n : NULL;
        product.length = from < to ? (size_t)(to - from) : 0;
        if (from < to) {
            product.panels += (size_t)(from - group * c) * LSN_PANEL_COLUMNS;
            product.offset = (size_t)(from - block->first);
        }
        block->d->multiply_adds += lsn_product_run(&product, block->count, block->d->pointers,
                                                   block->d->outs, block->d->terms);
        for (r = 0; r < block->count; r++)
            block->d->outs[r] += n;
    }
    block->count = 0;
}
