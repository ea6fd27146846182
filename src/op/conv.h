/* 2-D convolution (cross-correlation, as PyTorch's) of one image. */
#ifndef LSN_OP_CONV_H
#define LSN_OP_CONV_H

#include <stdbool.h>
#include <stddef.h>

#include "lesion/shape.h"
#include "op/window.h"

struct lsn_conv {
    struct lsn_shape in, out;
    struct lsn_window window;
    int groups; /* divides in.c and out.c */
};

/* Each channel is filtered on its own (groups = in.c = out.c). */
bool lsn_conv_is_depthwise(const struct lsn_conv *conv);

/* 1x1, stride 1, no padding: a position sees itself alone. */
bool lsn_conv_is_pointwise(const struct lsn_conv *conv);

/* One position that sees itself alone, as a Linear over a flattened map does, and outputs that
 * fill whole panels (op/panel.h). Its weights are most of many a network's; packed in panels
 * they serve the whole product and that of changes, so that they are there once. */
bool lsn_conv_is_in_panels(const struct lsn_conv *conv);

/* kh * kw * channels of a group: what one output value is a sum over. */
size_t lsn_conv_patch_count(const struct lsn_conv *conv);

/* Floats in a packed weight: as many as in the weight itself. */
size_t lsn_conv_weight_count(const struct lsn_conv *conv);

/* The part of packed that is of kernels first ... first + count - 1, from their weight
 * [count][in.c/groups][kh][kw]. Dense: per group [kh][kw][in.c/groups][out.c/groups], the
 * right-hand matrix of the product; where it is in panels, these. Depthwise (groups = in.c =
 * out.c): [kh][kw][c]. */
void lsn_conv_pack(const struct lsn_conv *conv, int first, int count, const float *weight,
                   float *packed);

/* Zeroes a part of one kernel's weights in packed. */
void lsn_conv_zero_slice(const struct lsn_conv *conv, int kernel, struct lsn_slice slice,
                         float *packed);

/* plane [out.h][out.w]: what that part of the kernel's weights adds to its output. */
void lsn_conv_run_slice(const struct lsn_conv *conv, const float *packed, int kernel,
                        struct lsn_slice slice, const float *x, float *plane);

/* Floats of scratch that lsn_conv_run needs; depends on the geometry only. */
size_t lsn_conv_scratch_count(const struct lsn_conv *conv);

/* out [out.h][out.w][out.c] from x [in.h][in.w][in.c]; bias [out.c] may be NULL. */
void lsn_conv_run(const struct lsn_conv *conv, const float *packed, const float *bias,
                  const float *x, float *out, float *scratch);

/* patch [kh][kw][c_count]: what the window sees at output position (y, x) of
 * channels c_first ... c_first+c_count-1; zero outside the image. */
void lsn_conv_gather(const struct lsn_conv *conv, const float *image, int y, int x, int c_first,
                     int c_count, float *patch);

#endif
