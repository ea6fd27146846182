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

/* Whether each channel is filtered separately (groups = in.c = out.c > 1). */
bool lsn_conv_is_depthwise(const struct lsn_conv *conv);

/* Whether each output position depends on the same input position only: 1x1, stride 1, no
 * padding. */
bool lsn_conv_is_pointwise(const struct lsn_conv *conv);

/* Whether packed weights are in panels (op/panel.h): for a pointwise convolution of a single
 * position, such as a Linear over a flattened activation, whose outputs fill whole panels. Such
 * weights are the largest of many networks. In panels both the whole product and that of changes
 * can read them, so one copy is enough. */
bool lsn_conv_is_in_panels(const struct lsn_conv *conv);

/* The number of products that one output value is the sum of: kh * kw * in.c / groups. */
size_t lsn_conv_patch_count(const struct lsn_conv *conv);

/* Floats of packed weights; as many as of the weights themselves. */
size_t lsn_conv_weight_count(const struct lsn_conv *conv);

/* Packs the weights [count][in.c/groups][kh][kw] of kernels first ... first + count - 1 into their
 * part of packed. packed is, per group, the right-hand matrix of the product,
 * [kh][kw][in.c/groups][out.c/groups], or that in panels; of a depthwise convolution it is
 * [kh][kw][c]. */
void lsn_conv_pack(const struct lsn_conv *conv, int first, int count, const float *weight,
                   float *packed);

/* Zeroes a slice of one kernel's weights in packed. */
void lsn_conv_zero_slice(const struct lsn_conv *conv, int kernel, struct lsn_slice slice,
                         float *packed);

/* Computes plane [out.h][out.w]: what a slice of the kernel's weights adds to its output. */
void lsn_conv_run_slice(const struct lsn_conv *conv, const float *packed, int kernel,
                        struct lsn_slice slice, const float *x, float *plane);

/* How many output positions are computed together, as patches that fit in a cache; also
 * backward. */
size_t lsn_conv_block_rows(const struct lsn_conv *conv);

/* Floats of scratch that lsn_conv_run and lsn_conv_backward need. */
size_t lsn_conv_scratch_count(const struct lsn_conv *conv);

/* Computes out [out.h][out.w][out.c] from x [in.h][in.w][in.c]; bias [out.c] may be NULL. */
void lsn_conv_run(const struct lsn_conv *conv, const float *packed, const float *bias,
                  const float *x, float *out, float *scratch);

/* Copies the values under the window at output position (y, x) to patch [kh][kw][c_count]:
 * channels c_first ... c_first+c_count-1, and 0 outside the image. */
void lsn_conv_gather(const struct lsn_conv *conv, const float *image, int y, int x, int c_first,
                     int c_count, float *patch);

#endif
