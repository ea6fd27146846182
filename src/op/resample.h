/* Resampling: each output row is a weighted sum of input rows, and each output column one of input
 * columns, in all channels alike. This covers slices with steps, padding by repeated or mirrored
 * pixels, nearest and linear resizing. */
#ifndef LSN_OP_RESAMPLE_H
#define LSN_OP_RESAMPLE_H

#include <stdbool.h>

#include "lesion/shape.h"

/* The weights [n] that matter: those before first and from last on are 0. */
struct lsn_span {
    int first, last;
};
struct lsn_span lsn_resample_span(int n, const float *weights);

/* out [out.h][out.w][c] = the sum over y, x of rows [out.h][in.h] times columns
 * [out.w][in.w] times x [in.h][in.w][c]. */
void lsn_resample(struct lsn_shape in, struct lsn_shape out_shape, const float *rows,
                  const float *columns, const float *x, float *out);

#endif
