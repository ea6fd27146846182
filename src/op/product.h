/* Products of many rows with one weight matrix, by which the incremental pass computes
 * convolutions. BLAS would need the rows copied side by side, and could not leave out zeroes.
 *   - A row is given by pointers to its parts, one for each tap of a window, so that nothing is
 *     copied (Dukhan 2019, "The Indirect Convolution Algorithm").
 *   - Rows are multiplied in strips of LSN_STRIP_ROWS. After a ReLU about half of the values
 *     are 0, and the rows of several variants at one position share most zeroes; columns that
 *     are 0 in all rows of a strip are left out. */
#ifndef LSN_OP_PRODUCT_H
#define LSN_OP_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "op/panel.h"

#define LSN_STRIP_ROWS                                                                             \
    8 /* rows multiplied together: so many that their sums fill the registers                      \
       */

/* The weight matrix [k][n] in panels, and how rows are multiplied by it. */
struct lsn_product {
    const float *panels; /* the first panel, from the row of weights on that a row's first value
                          * is multiplied by */
    size_t k, n;         /* rows and columns of the whole weight matrix */
    const float *bias;   /* [n] added to the sums, first; NULL: 0 */
    size_t parts;        /* parts of a row, at least 1 */
    size_t part_step;    /* rows of the weight matrix from one part to the next */
    size_t length;       /* floats of a part */
    size_t offset;       /* floats from a part's pointer to its first value */
    bool skip;           /* leave out columns that are 0 in all rows of a strip */
    size_t x_step;       /* pointers from those of one part to those of the next */
    float low, high;     /* bounds that outputs are brought into; for a ReLU 0 and INFINITY */
};

/* Ints of scratch that lsn_product_run needs. */
size_t lsn_product_scratch(size_t parts, size_t length, size_t rows);

/* Computes out[r][j] for r < rows, j < n: bias[j] plus the sum over parts and i < length of
 * x[part * x_step + r][offset + i] * weights[part * part_step + i][j], in that order, then brought
 * into low ... high; NaN stays NaN. Uses fused multiply-adds where the processor has them, as
 * BLAS does. A row's bits do not depend on the other rows. Returns the multiply-adds done. */
double lsn_product_run(const struct lsn_product *product, size_t rows, const float *const *x,
                       float *const *out, int *scratch);

/* The same by one of the versions for different kinds of processors,
 * 0 ... LSN_PRODUCT_VERSIONS-1; returns a negative number if this processor cannot run it. For
 * tests. */
#define LSN_PRODUCT_VERSIONS 3
double lsn_product_run_by(int version, const struct lsn_product *product, size_t rows,
                          const float *const *x, float *const *out, int *scratch);

#endif
