/* Rows of a convolution on their way to a product (op/product.h): each what the window sees
 * at one output position of one variant. */
#ifndef LSN_ENGINE_ROW_BLOCK_H
#define LSN_ENGINE_ROW_BLOCK_H

#include "engine/propagate.h"

struct lsn_row_block {
    struct lsn_incremental *d; /* its pointers, outs and terms are in use */
    const struct lsn_step *step;
    int first, channels; /* of the input's that a pointer's values are */
    bool skip;           /* see op/product.h */
    const float *bias;   /* [out.c] what sums begin with; NULL: 0 */
    float low, high;     /* bounds of what comes out */
    size_t count;        /* rows */
};

/* Rows that go together, so that inputs and outputs stay in a second-level cache beside a
 * panel of weights; more where the weights are large, as each block reads them once. */
size_t lsn_row_block_rows(const struct lsn_conv *conv);

/* An empty block of all channels, whose sums begin with 0 and have no bounds. */
struct lsn_row_block lsn_row_block_start(struct lsn_incremental *d, const struct lsn_step *step);

/* Adds a row that goes to out [out.c]. Where the pointers to its taps belong: tap t's at
 * t * lsn_row_block_rows(conv). */
const float **lsn_row_block_add(struct lsn_row_block *block, float *out);

/* Multiplies the rows and empties the block. */
void lsn_row_block_run(struct lsn_row_block *block);

/* Pointers to taps, and ints of scratch, of a full block. */
size_t lsn_row_block_pointers(const struct lsn_conv *conv);
size_t lsn_row_block_terms(const struct lsn_conv *conv);

#endif
