/* Arithmetic of indices, for feature maps and constants alike. */
#ifndef LSN_MODEL_ONNX_INDEX_H
#define LSN_MODEL_ONNX_INDEX_H

#include "model/onnx/importer.h"

/* An axis number in [-rank, rank), made positive. */
enum lsn_status lsn_import_axis(struct lsn_importer *im, int64_t axis, int rank, int *result);

/* Sets marked [rank] at each axis of list [count], none of which may be there twice. */
enum lsn_status lsn_import_mark_axes(struct lsn_importer *im, const int64_t *list, size_t count,
                                     int rank, bool *marked);

/* The attribute perm [rank], or the axes in reverse; LSN_E_MODEL where it is no permutation. */
enum lsn_status lsn_import_perm(struct lsn_importer *im, int rank, int *perm);

/* What a Reshape of dims [rank], count elements in all, writes as target [target_rank] with a -1
 * (what is left) and zeroes (as dims has it there, unless zero_is_zero) becomes the shape meant. */
enum lsn_status lsn_import_resolve_shape(struct lsn_importer *im, const int64_t *dims, int rank,
                                         int64_t count, int64_t *target, size_t target_rank,
                                         bool zero_is_zero);

/* The indices that ONNX's Slice from start to end takes of an axis of this size: *first,
 * *first + step, ..., *count of them. */
void lsn_import_slice_indices(int64_t start, int64_t end, int64_t step, int64_t size,
                              int64_t *first, int64_t *count);

/* How many elements further the next index of each axis is, in a row-major array. */
void lsn_constant_distances(const struct lsn_constant *k, int64_t *distances);

/* Where element i, counted row-major, of an array of these dims lies where the next index of each
 * axis is its distance further: 0 repeats the same elements, another order transposes. */
int64_t lsn_constant_offset(size_t i, int rank, const int64_t *dims, const int64_t *distances);

#endif
