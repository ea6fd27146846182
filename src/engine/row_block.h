/* A row block: rows of a convolution that are collected and then multiplied together
 * (op/product.h). A row is the input under the window at one output position of one variant, given
 * by a pointer for each tap. */
#ifndef LSN_ENGINE_ROW_BLOCK_H
#define LSN_ENGINE_ROW_BLOCK_H

#include "engine/propagate.h"

struct lsn_row_block {
    struct lsn_incremental *d; /* its pointers, outs and terms are used by the block */
    const struct lsn_step *step;
    int first, channels; /* a pointer's values are input channels first ... first+channels-1 */
    bool skip;           /* leave out zeroes, see op/product.h */
    const float *bias;   /* [out.c] added to the sums; NULL: 0 */
    float low, high;     /* bounds that the outputs are brought into */
    size_t count;        /* rows collected */
};

/* How many rows fill a block. Its inputs and outputs then stay in a second-level cache beside a
 * panel of weights. It is more where the weights are large, as each block reads them all. */
size_t lsn_row_block_rows(const struct lsn_conv *conv);

/* Returns an empty block of all channels, without bias and bounds. */
struct lsn_row_block lsn_row_block_start(struct lsn_incremental *d, const struct lsn_step *step);

/* Adds a row whose product is written to out [out.c]; a full block is multiplied before. Returns
 * where the caller must write the row's pointers: that of tap t at index
 * t * lsn_row_block_rows(conv). */
const float **lsn_row_block_add(struct lsn_row_block *block, float *out);

/* Multiplies the rows and empties the block. */
void lsn_row_block_run(struct lsn_row_block *block);

/* The number of pointers to taps, and of ints of scratch, that a full block needs. */
size_t lsn_row_block_pointers(const struct lsn_conv *conv);
size_t lsn_row_block_terms(const struct lsn_conv *conv);

#endif
