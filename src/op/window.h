/* Geometry of a sliding window: shared by convolution and pooling. */
#ifndef LSN_OP_WINDOW_H
#define LSN_OP_WINDOW_H

#include <stdbool.h>

#include "lesion/shape.h"

struct lsn_window {
    int kh, kw; /* taps */
    int sh, sw; /* strides, px */
    int dh, dw; /* dilations, px */
    int pt, pl; /* zero rows above, zero columns to the left */
};

/* A window along one dimension, y or x. */
struct lsn_window_axis {
    int taps, stride, dilation; /* stride and dilation in px */
    int before;                 /* zero padding before the input, px */
};

static inline struct lsn_window_axis lsn_window_y(const struct lsn_window *w)
{
    return (struct lsn_window_axis){w->kh, w->sh, w->dh, w->pt};
}

static inline struct lsn_window_axis lsn_window_x(const struct lsn_window *w)
{
    return (struct lsn_window_axis){w->kw, w->sw, w->dw, w->pl};
}

/* Returns the output length along one dimension: floor((in + before + after
 * - dilation*(k-1) - 1)/stride) + 1, or with ceil_mode the ceiling, one less
 * if the last window would start in the padding after the input (PyTorch's
 * rule). Below 1 if the window does not fit. */
int lsn_window_length(int in, int k, int stride, int dilation, int before, int after,
                      bool ceil_mode);

/* Sets *first ... *last-1 to the taps of output position out that fall inside the input, of
 * length in px. */
void lsn_window_taps(struct lsn_window_axis axis, int out, int in, int *first, int *last);

/* The window at an output position, clipped to the input. */
struct lsn_view {
    int y_first, y_last, x_first, x_last; /* taps [first, last) */
    int y, x;                             /* input coordinates of tap (0, 0), px */
};

struct lsn_view lsn_window_view(const struct lsn_window *window, struct lsn_shape in, int oy,
                                int ox);

/* The input position y * w + x under a tap that is inside the input. */
static inline int lsn_view_position(const struct lsn_window *window, struct lsn_shape in,
                                    const struct lsn_view *view, int ky, int kx)
{
    return (view->y + ky * window->dh) * in.w + view->x + kx * window->dw;
}

#endif
