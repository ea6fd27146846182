#include "op/window.h"

int lsn_window_length(int in, int k, int stride, int dilation, int before, int after,
                      bool ceil_mode)
{
    long long span = (long long)in + before + after - (long long)dilation * (k - 1) - 1;
    long long steps;

    if (ceil_mode)
        span += stride - 1;
    if (span < 0)
        return 0;
    steps = span / stride;
    if (ceil_mode && steps * stride >= (long long)in + before)
        steps--;
    return (int)(steps + 1);
}

void lsn_window_taps(struct lsn_window_axis axis, int out, int in, int *first, int *last)
{
    int start = out * axis.stride - axis.before;
    int low = start < 0 ? (-start + axis.dilation - 1) / axis.dilation : 0;
    int high = start < in ? (in - start + axis.dilation - 1) / axis.dilation : 0;

    *first = low;
    *last = high < axis.taps ? high : axis.taps;
    if (*last < *first)
        *last = *first;
}

struct lsn_view lsn_window_view(const struct lsn_window *w, struct lsn_shape in, int oy, int ox)
{
    struct lsn_view view = {.y = oy * w->sh - w->pt, .x = ox * w->sw - w->pl};

    lsn_window_taps(lsn_window_y(w), oy, in.h, &view.y_first, &view.y_last);
    lsn_window_taps(lsn_window_x(w), ox, in.w, &view.x_first, &view.x_last);
    return view;
}
