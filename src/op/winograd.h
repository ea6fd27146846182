/* Winograd's F(4x4, 3x3) for 3x3 convolutions of stride 1 (Winograd 1980; Lavin and
 * Gray 2016, the points 0, 1, -1, 2, -2): 4x4 outputs from 6x6 inputs with 36
 * products in place of 144. In float32 its error is some ten times that of the
 * direct sum. */
#ifndef LSN_OP_WINOGRAD_H
#define LSN_OP_WINOGRAD_H

#include "op/conv.h"

enum { LSN_WINOGRAD_OUT = 4, LSN_WINOGRAD_IN = 6, LSN_WINOGRAD_POINTS = 36 };

/* Whether it can compute conv, and is likely to be faster than the direct way:
 * measured, the transforms eat up the gain where there are few channels. */
bool lsn_winograd_fits(const struct lsn_conv *conv);

/* Floats of transformed weights. */
size_t lsn_winograd_weight_count(const struct lsn_conv *conv);

/* Transformed weights in panels (op/panel.h), [36] matrices [in.c][out.c] of them, from weight
 * [out.c][in.c][3][3]; in double. */
void lsn_winograd_pack(const struct lsn_conv *conv, const float *weight, float *panels);

/* The transform of one 6x6 tile: rows [36] point to [c] each; point t goes to
 * out + t * distance, [c]. */
void lsn_winograd_input(size_t c, const float *const *rows, float *out, size_t distance);

/* The 4x4 outputs [16][c] of one tile from its 36 products, point t at
 * in + t * distance, [c]. */
void lsn_winograd_output(size_t c, const float *in, size_t distance, float *out);

#endif
