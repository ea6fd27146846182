/* Winograd's F(4x4, 3x3) for 3x3 convolutions of stride 1 (Winograd 1980; Lavin and
 * Gray 2016, with the points 0, 1, -1, 2, -2). A tile of 4x4 outputs is computed from 6x6
 * inputs with 36 products instead of 144: inputs and weights are transformed to 36 points
 * each, multiplied point by point, and the products transformed to outputs. In float32 the
 * error is about ten times that of the direct sum. */
#ifndef LSN_OP_WINOGRAD_H
#define LSN_OP_WINOGRAD_H

#include "op/conv.h"

enum { LSN_WINOGRAD_OUT = 4, LSN_WINOGRAD_IN = 6, LSN_WINOGRAD_POINTS = 36 };

/* Whether conv can be computed so, and is likely to be faster than by direct sums: with few
 * channels the transforms take more time than is saved, as measured. */
bool lsn_winograd_fits(const struct lsn_conv *conv);

/* Floats of transformed weights. */
size_t lsn_winograd_weight_count(const struct lsn_conv *conv);

/* Transforms weight [out.c][in.c][3][3], in double, to 36 matrices [in.c][out.c], each stored in
 * panels (op/panel.h). */
void lsn_winograd_pack(const struct lsn_conv *conv, const float *weight, float *panels);

/* Transforms the 6x6 inputs of one tile, rows [36] of pointers to [c]. Point t is written to
 * out + t * distance, [c]. */
void lsn_winograd_input(size_t c, const float *const *rows, float *out, size_t distance);

/* Computes the 4x4 outputs out [16][c] of one tile from its 36 products; that of point t is at
 * in + t * distance, [c]. */
void lsn_winograd_output(size_t c, const float *in, size_t distance, float *out);

#endif
