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

void lsn_window_taps(int out, int in, int k, int stride, int dilation, int before, int *first,
                     int *last)
{
    int start = out * stride - before;
    int low = start < 0 ? (-start + dilation - 1) / dilation : 0;
    int high = start < in ? (in - start + dilation - 1) / dilation : 0;

    *first = low;
    *last = high < k ? high : k;
    if (*last < *first)
        *last = *first;
}

struct lsn_view lsn_window_view(const struct lsn_window *w, struct lsn_shape in, int oy, int ox)
{
    struct lsn_view view = {.y = oy * w->sh - w->pt, .x = ox * w->sw - w->pl};

    lsn_window_taps(oy, in.h, w->kh, w->sh, w->dh, w->pt, &view.y_first, &view.y_last);
    lsn_window_taps(ox, in.w, w->kw, w->sw, w->dw, w->pl, &view.x_first, &view.x_last);
    return view;
}
