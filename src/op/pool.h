/* Pooling of one image, channels last. */
#ifndef LSN_OP_POOL_H
#define LSN_OP_POOL_H

#include <stdbool.h>

#include "lesion/shape.h"
#include "op/window.h"

/* Every window must contain a pixel of the image. */
struct lsn_pool {
    struct lsn_shape in, out; /* the same c */
    struct lsn_window window;
    int pb, pr;             /* padding below and to the right, px; used for the divisor only */
    bool count_include_pad; /* see lsn_average_pool */
};

/* The larger of the two, or NaN where either is NaN, so that an overflow does not turn into
 * a plausible number. Written so that compilers vectorise it. */
static inline float lsn_larger(float a, float b)
{
    return ((a > b) | (a != a)) ? a : b;
}

/* Computes out [out.h][out.w][c] from x [in.h][in.w][c]. Padding is left out; a window
 * with a NaN gives NaN. */
void lsn_max_pool(const struct lsn_pool *pool, const float *x, float *out);

/* Likewise: the sum over a window's taps inside the image, divided by their number or, with
 * count_include_pad, by the number of taps inside the padded image (PyTorch's rule; ceil_mode
 * windows may reach beyond that). */
void lsn_average_pool(const struct lsn_pool *pool, const float *x, float *out);

/* Returns that divisor at output position (y, x). */
float lsn_pool_divisor(const struct lsn_pool *pool, int y, int x);

/* Computes out [c], the mean over all positions. It is summed in double, so that rounding to
 * float hides the order of the sum. */
void lsn_global_average_pool(struct lsn_shape in, const float *x, float *out);

#endif
