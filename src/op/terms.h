/* The terms of a product: which indices of its rows are multiplied at all. */
#ifndef LSN_OP_TERMS_H
#define LSN_OP_TERMS_H

#include <stddef.h>

/* Lists in terms the indices (below length) at which any of rows [count][length] is not 0 (nor -0).
 * Returns how many there are; may write up to LSN_TERMS_BLOCK more ints after them. */
typedef size_t lsn_terms_fn(int count, const float *const *rows, size_t length, int *terms);

#define LSN_TERMS_BLOCK 16

lsn_terms_fn lsn_terms_plain;

/* For processors that have these instructions. */
#if defined(__x86_64__) && defined(__GNUC__)
#define LSN_TERMS_WIDE
lsn_terms_fn lsn_terms_avx2, lsn_terms_avx512;
#endif

#endif
