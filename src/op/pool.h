/* Pooling of one image, channels last. */
#ifndef LSN_OP_POOL_H
#define LSN_OP_POOL_H

#include <stdbool.h>

#include "lesion/shape.h"
#include "op/window.h"

/* Every window must meet a pixel of the image. */
struct lsn_pool {
    struct lsn_shape in, out; /* the same c */
    struct lsn_window window;
    int pb, pr; /* padding below and to the right; counts in the divisor */
    bool count_include_pad;
};

/* The larger of the two, and NaN where either is: an overflow is not to end as a
 * plausible number. Written so that compilers vectorise it. */
static inline float lsn_larger(float a, float b)
{
    return ((a > b) | (a != a)) ? a : b;
}

/* out [out.h][out.w][c] from x [in.h][in.w][c]. Padding never wins a maximum; NaN
 * always does. */
void lsn_max_pool(const struct lsn_pool *pool, const float *x, float *out);

/* The divisor is the number of taps inside the image or, with
 * count_include_pad, inside the padded image (PyTorch's rule; a ceil_mode window
 * hanging over the padded edge counts only its part inside). */
void lsn_average_pool(const struct lsn_pool *pool, const float *x, float *out);

/* That divisor at output position (y, x). */
float lsn_pool_divisor(const struct lsn_pool *pool, int y, int x);

/* out [c]: the mean over all positions. Summed in double: its order then does
 * not matter to a float. */
void lsn_global_average_pool(struct lsn_shape in, const float *x, float *out);

#endif
