#include "op/pool.h"

#include <math.h>
#include <string.h>

#include "base/vector.h"

/* The taps of one output position, and how many of them count in an average. */
struct taps {
    int y_first, y_last, x_first, x_last;
    float divisor;
};

static struct taps taps_at(const struct lsn_pool *pool, int oy, int ox)
{
    const struct lsn_window *w = &pool->window;
    struct lsn_window_axis y = lsn_window_y(w), x = lsn_window_x(w);
    struct taps t;
    int y_first, y_last, x_first, x_last;

    lsn_window_taps(y, oy, pool->in.h, &t.y_first, &t.y_last);
    lsn_window_taps(x, ox, pool->in.w, &t.x_first, &t.x_last);
    if (pool->count_include_pad) {
        y.before = x.before = 0;
        lsn_window_taps(y, oy, pool->in.h + w->pt + pool->pb, &y_first, &y_last);
        lsn_window_taps(x, ox, pool->in.w + w->pl + pool->pr, &x_first, &x_last);
        t.divisor = (float)(y_last - y_first) * (float)(x_last - x_first);
    } else {
        t.divisor = (float)(t.y_last - t.y_first) * (float)(t.x_last - t.x_first);
    }
    return t;
}

float lsn_pool_divisor(const struct lsn_pool *pool, int y, int x)
{
    return taps_at(pool, y, x).divisor;
}

static const float *tap(const struct lsn_pool *pool, const float *x, int oy, int ox, int ky, int kx)
{
    const struct lsn_window *w = &pool->window;
    int iy = oy * w->sh - w->pt + ky * w->dh, ix = ox * w->sw - w->pl + kx * w->dw;

    return x + ((size_t)iy * (size_t)pool->in.w + (size_t)ix) * (size_t)pool->in.c;
}

LSN_VECTOR void lsn_max_pool(const struct lsn_pool *pool, const float *x, float *out)
{
    size_t c = (size_t)pool->in.c, i;
    int oy, ox, ky, kx;

    for (oy = 0; oy < pool->out.h; oy++)
        for (ox = 0; ox < pool->out.w; ox++, out += c) {
            struct taps t = taps_at(pool, oy, ox);

            for (i = 0; i < c; i++)
                out[i] = -INFINITY;
            for (ky = t.y_first; ky < t.y_last; ky++)
                for (kx = t.x_first; kx < t.x_last; kx++) {
                    const float *from = tap(pool, x, oy, ox, ky, kx);

                    for (i = 0; i < c; i++)
                        out[i] = lsn_larger(from[i], out[i]);
                }
        }
}

LSN_VECTOR void lsn_average_pool(const struct lsn_pool *pool, const float *x, float *out)
{
    size_t c = (size_t)pool->in.c, i;
    int oy, ox, ky, kx;

    for (oy = 0; oy < pool->out.h; oy++)
        for (ox = 0; ox < pool->out.w; ox++, out += c) {
            struct taps t = taps_at(pool, oy, ox);

            memset(out, 0, c * sizeof *out);
            for (ky = t.y_first; ky < t.y_last; ky++)
                for (kx = t.x_first; kx < t.x_last; kx++) {
                    const float *from = tap(pool, x, oy, ox, ky, kx);

                    for (i = 0; i < c; i++)
                        out[i] += from[i];
                }
            for (i = 0; i < c; i++)
                out[i] /= t.divisor;
        }
}

/* Channels that are summed together, in an array on the stack. Whole rows are then read in the
 * order of memory; 64 channels at a time, with sums in registers, took 1.6 times as long. */
#define SUM_CHANNELS 2048

LSN_VECTOR void lsn_global_average_pool(struct lsn_shape in, const float *x, float *out)
{
    size_t c = (size_t)in.c, positions = (size_t)in.h * (size_t)in.w, first, p, i;

    for (first = 0; first < c; first += SUM_CHANNELS) {
        size_t count = c - first < SUM_CHANNELS ? c - first : SUM_CHANNELS;
        double sum[SUM_CHANNELS];

        for (i = 0; i < count; i++)
            sum[i] = 0;
        for (p = 0; p < positions; p++)
            for (i = 0; i < count; i++)
                sum[i] += (double)x[p * c + first + i];
        for (i = 0; i < count; i++)
            out[first + i] = (float)(sum[i] / (double)positions);
    }
}
