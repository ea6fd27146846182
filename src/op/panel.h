/* Products of a few rows at a time with selected rows of a weight matrix. Differences
 * are sparse behind a ReLU: rows at one position share the channels that are dead
 * there, and what is dead there need not be multiplied. BLAS cannot leave out rows of
 * a matrix without copying the rest; this product reads them where they lie. */
#ifndef LSN_OP_PANEL_H
#define LSN_OP_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#define LSN_PANEL_COLUMNS 32 /* of the weight matrix that lie together */
#define LSN_BUNDLE_ROWS   8  /* multiplied together, at most: their sums fill the registers */

/* Floats of a weight matrix [k][n] in panels. */
size_t lsn_panel_count(size_t k, size_t n);

/* panels [ceil(n / LSN_PANEL_COLUMNS)][k][LSN_PANEL_COLUMNS] from weights [k][n]; the
 * last one is filled up with 0. */
void lsn_panel_pack(size_t k, size_t n, const float *weights, float *panels);

/* Rows that are multiplied together. */
struct lsn_bundle {
    const float *panels;        /* of the weight matrix */
    int rows;                   /* at most LSN_BUNDLE_ROWS */
    size_t count;               /* of terms */
    const int *terms;           /* [count] which rows of the weight matrix */
    const float *values;        /* what multiplies them: of row r term i at */
    size_t row_step, term_step; /* r * row_step + i * term_step */
    float *out[LSN_BUNDLE_ROWS];
};

/* Appends to terms and values the places where any of rows [count] of n floats is not
 * 0: first_term + i for place i, and values of all rows there. Returns how many. */
size_t lsn_panel_collect(int count, size_t n, const float *const *rows, int first_term, int *terms,
                         float *values);

/* out[r][n] = sum over i of values[i][r] * weights[terms[i]], in the order of i, of each
 * bundle. All weight matrices are [k][n]. Fused multiply-adds where the processor has
 * them, as BLAS does. */
void lsn_panel_multiply(size_t k, size_t n, const struct lsn_bundle *bundles, size_t count);

/* The same by one of the versions for different processors, 0 ... LSN_PANEL_VERSIONS-1;
 * false where this one does not run it. */
#define LSN_PANEL_VERSIONS 3
bool lsn_panel_multiply_by(int version, size_t k, size_t n, const struct lsn_bundle *bundles,
                           size_t count);

#endif
