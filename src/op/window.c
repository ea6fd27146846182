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
