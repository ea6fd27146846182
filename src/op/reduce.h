/* Reductions of an activation over its channels, over space, or over both. */
#ifndef LSN_OP_REDUCE_H
#define LSN_OP_REDUCE_H

#include <stdbool.h>

#include "lesion/shape.h"

/* One row per reduction: the op's name here, its name in files (ONNX's), the function in
 * reduce.c. */
#define LSN_REDUCE_LIST(ROW)                                                                       \
    ROW(REDUCE_MEAN, "ReduceMean", mean)                                                           \
    ROW(REDUCE_SUM, "ReduceSum", sum)                                                              \
    ROW(REDUCE_MAX, "ReduceMax", largest)                                                          \
    ROW(REDUCE_MIN, "ReduceMin", smallest)                                                         \
    ROW(REDUCE_L1, "ReduceL1", sum_of_absolutes)                                                   \
    ROW(REDUCE_L2, "ReduceL2", euclidean)                                                          \
    ROW(REDUCE_SUM_SQUARE, "ReduceSumSquare", sum_of_squares)

#define ROW(id, name, function) LSN_##id,
enum lsn_reduce_function { LSN_REDUCE_LIST(ROW) LSN_REDUCE_COUNT };
#undef ROW

/* Computes out [1 or h][1 or w][1 or c] from x [in.h][in.w][in.c]; a reduced dimension becomes 1.
 * Sums are in double. The largest and smallest are NaN where any value is. */
void lsn_reduce(enum lsn_reduce_function function, bool over_channels, bool over_space,
                struct lsn_shape in, const float *x, float *out);

#endif
