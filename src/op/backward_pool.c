#include <string.h>

#include "base/vector.h"
#include "op/backward.h"

/* Where the row [c] under a tap of the window begins in an activation of the input's shape. */
static size_t tap_at(const struct lsn_pool *pool, const struct lsn_view *view, int ky, int kx)
{
    return (size_t)lsn_view_position(&pool->window, pool->in, view, ky, kx) * (size_t)pool->in.c;
}

/* Gives what is left of a window's dy, rest [c], to a row where it has the window's maximum. */
LSN_VECTOR static void give_maxima(size_t c, const float *x, const float *y, float *rest, float *dx)
{
    size_t i;

    for (i = 0; i < c; i++) {
        float given = x[i] == y[i] ? rest[i] : 0.0f;

        dx[i] += given;
        rest[i] = x[i] == y[i] ? 0.0f : rest[i];
    }
}

void lsn_max_pool_backward(const struct lsn_pool *pool, const float *x, const float *y,
                           const float *dy, float *dx, float *scratch)
{
    size_t c = (size_t)pool->in.c;
    int oy, ox, ky, kx;

    for (oy = 0; oy < pool->out.h; oy++)
        for (ox = 0; ox < pool->out.w; ox++, y += c, dy += c) {
            struct lsn_view view = lsn_window_view(&pool->window, pool->in, oy, ox);

            memcpy(scratch, dy, c * sizeof *dy);
            for (ky = view.y_first; ky < view.y_last; ky++)
                for (kx = view.x_first; kx < view.x_last; kx++) {
                    size_t at = tap_at(pool, &view, ky, kx);

                    give_maxima(c, x + at, y, scratch, dx + at);
                }
        }
}

LSN_VECTOR static void add_share(size_t c, float share, const float *dy, float *dx)
{
    size_t i;

    for (i = 0; i < c; i++)
        dx[i] += dy[i] * share;
}

void lsn_average_pool_backward(const struct lsn_pool *pool, const float *dy, float *dx)
{
    size_t c = (size_t)pool->in.c;
    int oy, ox, ky, kx;

    for (oy = 0; oy < pool->out.h; oy++)
        for (ox = 0; ox < pool->out.w; ox++, dy += c) {
            struct lsn_view view = lsn_window_view(&pool->window, pool->in, oy, ox);
            float share = 1.0f / lsn_pool_divisor(pool, oy, ox);

            for (ky = view.y_first; ky < view.y_last; ky++)
                for (kx = view.x_first; kx < view.x_last; kx++)
                    add_share(c, share, dy, dx + tap_at(pool, &view, ky, kx));
        }
}

void lsn_global_average_pool_backward(struct lsn_shape in, const float *dy, float *dx)
{
    size_t c = (size_t)in.c, positions = (size_t)in.h * (size_t)in.w, p;

    for (p = 0; p < positions; p++)
        add_share(c, 1.0f / (float)positions, dy, dx + p * c);
}

/* ---- contrast pooling ---- */

/* The parts of the scratch, [c] each. */
struct rows {
    double *share;    /* s: that of the maximum in the result, of the mean 1 - s */
    double *to_share; /* what comes back to s, divided among windows; 0 where s is cut off at 1 */
    double *mean, *squares, *unused;
    float *largest, *rest;
};

static struct rows rows_of(size_t c, double *scratch)
{
    return (struct rows){scratch,
                         scratch + c,
                         scratch + 2 * c,
                         scratch + 3 * c,
                         scratch + 4 * c,
                         (float *)(void *)(scratch + 5 * c),
                         (float *)(void *)(scratch + 5 * c) + c};
}

size_t lsn_contrast_pool_backward_scratch_count(const struct lsn_pool *pool)
{
    return 6 * (size_t)pool->in.c;
}

/* Gives back from one window: to its maximum, to all by the mean, and to all by the variance, whose
 * derivative by a value is 2 (value - mean) / count. */
static void give_window(const struct lsn_pool *pool, const struct lsn_view *view,
                        const struct rows *rows, const float *x, const float *dy, float *dx)
{
    double count = (double)(view->y_last - view->y_first) * (double)(view->x_last - view->x_first);
    size_t c = (size_t)pool->in.c, i;
    int ky, kx;

    for (i = 0; i < c; i++)
        rows->rest[i] = (float)(rows->share[i] * (double)dy[i]);
    for (ky = view->y_first; ky < view->y_last; ky++)
        for (kx = view->x_first; kx < view->x_last; kx++) {
            size_t at = tap_at(pool, view, ky, kx);

            give_maxima(c, x + at, rows->largest, rows->rest, dx + at);
            for (i = 0; i < c; i++)
                dx[at + i] +=
                    (float)(((1 - rows->share[i]) * (double)dy[i] +
                             2 * ((double)x[at + i] - rows->mean[i]) * rows->to_share[i]) /
                            count);
        }
}

void lsn_contrast_pool_backward(const struct lsn_pool *pool, const float *x, const float *dy,
                                float *dx, double *scratch)
{
    size_t c = (size_t)pool->in.c, windows = (size_t)pool->out.h * (size_t)pool->out.w, at, i;
    struct rows rows = rows_of(c, scratch);
    struct lsn_view view;

    for (i = 0; i < c; i++)
        rows.share[i] = rows.to_share[i] = rows.unused[i] = 0;
    for (at = 0; at < windows; at++) {
        view =
            lsn_window_view(&pool->window, pool->in, (int)at / pool->out.w, (int)at % pool->out.w);
        lsn_contrast_pool_window(pool, &view, x, rows.largest, rows.mean, rows.share, rows.squares);
        for (i = 0; i < c; i++)
            rows.to_share[i] += (double)dy[at * c + i] * ((double)rows.largest[i] - rows.mean[i]);
    }
    for (i = 0; i < c; i++) {
        bool cut = rows.share[i] >= (double)windows;

        rows.share[i] = cut ? 1 : rows.share[i] / (double)windows;
        rows.to_share[i] = cut ? 0 : rows.to_share[i] / (double)windows;
    }
    for (at = 0; at < windows; at++) {
        view =
            lsn_window_view(&pool->window, pool->in, (int)at / pool->out.w, (int)at % pool->out.w);
        lsn_contrast_pool_window(pool, &view, x, rows.largest, rows.mean, rows.unused,
                                 rows.squares);
        give_window(pool, &view, &rows, x, dy + at * c, dx);
    }
}
