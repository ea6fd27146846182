/* Products of many rows with one weight matrix: what a convolution of few or of dense
 * changes comes down to. BLAS would need the rows copied side by side, and could not leave
 * out what is 0 in them.
 *   - A row is given by pointers to its parts, so that the windows of a convolution are
 *     multiplied where they lie (Dukhan 2019, "The Indirect Convolution Algorithm").
 *   - Rows go together in strips of LSN_STRIP_ROWS. Behind a ReLU about half of the values
 *     are 0, and rows of one position of several variants share most of these: what is 0 in
 *     a whole strip is left out. */
#ifndef LSN_OP_PRODUCT_H
#define LSN_OP_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "op/panel.h"

#define LSN_STRIP_ROWS 8 /* multiplied together: their sums fill the registers */

/* The weight matrix, and how rows are multiplied by it. */
struct lsn_product {
    const float *panels; /* the first panel, at the row that a part's first value multiplies */
    size_t k, n;         /* of the whole weight matrix */
    const float *bias;   /* [n] what sums begin with; NULL: 0 */
    size_t parts;        /* of a row, at least 1 */
    size_t part_step;    /* rows of the weight matrix from one part's first to the next's */
    size_t length;       /* of a part, floats */
    size_t offset;       /* of a part's first float from where its pointer points */
    bool skip;           /* leave out what is 0 in all rows of a strip */
    size_t x_step;       /* from the pointers of one part to those of the next */
    float low, high;     /* bounds that what comes out is brought into: a ReLU's are 0, INFINITY */
};

/* Ints of scratch for so many rows. */
size_t lsn_product_scratch(size_t parts, size_t length, size_t rows);

/* out[r][j], j < n, of rows [rows]: bias[j] plus the sum over parts and their values of
 * x[part * x_step + r][offset + i] * weights[part * part_step + i][j], in that order, at
 * least low and at most high; NaN stays NaN. Fused multiply-adds where the processor has them, as
 * BLAS does. The same bits for a row whatever rows are beside it. Returns the multiply-adds done.
 */
double lsn_product_run(const struct lsn_product *product, size_t rows, const float *const *x,
                       float *const *out, int *scratch);

/* The same by one of the versions for different processors, 0 ... LSN_PRODUCT_VERSIONS-1;
 * below 0 where this one does not run it. */
#define LSN_PRODUCT_VERSIONS 3
double lsn_product_run_by(int version, const struct lsn_product *product, size_t rows,
                          const float *const *x, float *const *out, int *scratch);

#endif
