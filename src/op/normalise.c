/* The first value is subtracted from all before sums, so that equal values give exactly 0. */
#include "op/normalise.h"

#include <assert.h>
#include <math.h>

#include "op/blur.h"
#include "op/norm.h"

/* The parts of the scratch. */
struct planes {
    double *mean;   /* [h][w] G * x */
    double *pooled; /* [h][w] G * v^2 and then its root, or G * |d|^power */
    struct lsn_blur blur;
};

static size_t positions_of(struct lsn_shape s)
{
    return (size_t)s.h * (size_t)s.w;
}

size_t lsn_normalise_scratch_count(struct lsn_shape s)
{
    return 2 * positions_of(s) + lsn_blur_scratch_count(s);
}

static struct planes planes_of(struct lsn_shape s, double sigma_px, double *scratch)
{
    size_t n = positions_of(s);

    return (struct planes){scratch, scratch + n, lsn_blur_of(s, sigma_px, scratch + 2 * n)};
}

/* Sets p->mean to G * (x - x[0]). */
static void blur_mean(const struct planes *p, struct lsn_shape s, const float *x)
{
    size_t c = (size_t)s.c, n = positions_of(s), at, i;
    double first = (double)x[0];

    for (at = 0; at < n; at++) {
        double sum = 0;

        for (i = 0; i < c; i++)
            sum += (double)x[at * c + i] - first;
        p->mean[at] = sum / (double)c;
    }
    lsn_blur_run(&p->blur, s, p->mean);
}

static void normalise_global(struct lsn_shape s, const float *x, float *out)
{
    size_t n = positions_of(s) * (size_t)s.c, i;
    double first = (double)x[0], least = lsn_least_deviation(n, x), sum = 0, squares = 0, mean, sd;

    for (i = 0; i < n; i++)
        sum += (double)x[i] - first;
    mean = sum / (double)n;
    for (i = 0; i < n; i++)
        squares += ((double)x[i] - first - mean) * ((double)x[i] - first - mean);
    sd = sqrt(squares / (double)n);
    for (i = 0; i < n; i++)
        out[i] = sd <= least ? 0.0f : (float)(((double)x[i] - first - mean) / sd);
}

static void normalise_local(const struct planes *p, struct lsn_shape s, const float *x, float *out)
{
    size_t c = (size_t)s.c, n = positions_of(s), at, i;
    double first = (double)x[0], least = lsn_least_deviation(n * c, x), mean = 0;

    blur_mean(p, s, x);
    for (at = 0; at < n; at++) {
        double sum = 0;

        for (i = 0; i < c; i++) {
            double v = (double)x[at * c + i] - first - p->mean[at];

            sum += v * v;
        }
        p->pooled[at] = sum / (double)c;
    }
    lsn_blur_run(&p->blur, s, p->pooled);
    for (at = 0; at < n; at++) {
        p->pooled[at] = sqrt(p->pooled[at]);
        mean += p->pooled[at];
    }
    mean /= (double)n;
    for (at = 0; at < n; at++) {
        double divisor = p->pooled[at] > mean ? p->pooled[at] : mean;

        for (i = 0; i < c; i++) {
            double v = (double)x[at * c + i] - first - p->mean[at];

            out[at * c + i] = mean <= least ? 0.0f : (float)(v / divisor);
        }
    }
}

/* |d|^power; the common powers 1 and 2 are far faster without pow. */
static double raise(double d, double power)
{
    d = fabs(d);
    return power == 2 ? d * d : power == 1 ? d : pow(d, power);
}

static void normalise_divisive(const struct lsn_normalise *normalise, const struct planes *p,
                               struct lsn_shape s, const float *x, float *out)
{
    size_t c = (size_t)s.c, n = positions_of(s), at, i;
    double first = normalise->centred ? (double)x[0] : 0, power = normalise->power;
    double half = raise(normalise->half, power);

    if (normalise->centred)
        blur_mean(p, s, x);
    for (at = 0; at < n; at++) {
        double sum = 0;

        if (!normalise->centred)
            p->mean[at] = 0;
        for (i = 0; i < c; i++)
            sum += raise((double)x[at * c + i] - first - p->mean[at], power);
        p->pooled[at] = sum / (double)c;
    }
    lsn_blur_run(&p->blur, s, p->pooled);
    for (at = 0; at < n; at++)
        for (i = 0; i < c; i++) {
            double d = (double)x[at * c + i] - first - p->mean[at];

            out[at * c + i] = (float)(copysign(raise(d, power), d) / (half + p->pooled[at]));
        }
}

void lsn_normalise(const struct lsn_normalise *normalise, struct lsn_shape s, const float *x,
                   float *out, double *scratch)
{
    struct planes planes;

    if (normalise->kind == LSN_NORMALISE_GLOBAL) {
        normalise_global(s, x, out);
        return;
    }
    planes = planes_of(s, normalise->sigma_px, scratch);
    if (normalise->kind == LSN_NORMALISE_LOCAL)
        normalise_local(&planes, s, x, out);
    else
        normalise_divisive(normalise, &planes, s, x, out);
}

size_t lsn_contrast_pool_scratch_count(const struct lsn_pool *pool)
{
    return (size_t)pool->in.c * (2 + positions_of(pool->out));
}

/* The row [c] of x under a tap of the window. */
static const float *tap_row(const struct lsn_pool *pool, const struct lsn_view *view,
                            const float *x, int ky, int kx)
{
    return x +
           (size_t)lsn_view_position(&pool->window, pool->in, view, ky, kx) * (size_t)pool->in.c;
}

void lsn_contrast_pool_window(const struct lsn_pool *pool, const struct lsn_view *view,
                              const float *x, float *largest, double *mean, double *variances,
                              double *squares)
{
    const float *first = tap_row(pool, view, x, view->y_first, view->x_first);
    size_t c = (size_t)pool->in.c, i;
    double count = (double)(view->y_last - view->y_first) * (double)(view->x_last - view->x_first);
    int ky, kx;

    assert(count > 0);
    for (i = 0; i < c; i++) {
        largest[i] = first[i];
        mean[i] = squares[i] = 0;
    }
    for (ky = view->y_first; ky < view->y_last; ky++)
        for (kx = view->x_first; kx < view->x_last; kx++) {
            const float *from = tap_row(pool, view, x, ky, kx);

            for (i = 0; i < c; i++) {
                double d = (double)from[i] - (double)first[i];

                largest[i] = lsn_larger(from[i], largest[i]);
                mean[i] += d;
                squares[i] += d * d;
            }
        }
    for (i = 0; i < c; i++) {
        double variance;

        mean[i] /= count;
        variance = squares[i] / count - mean[i] * mean[i];
        variances[i] += variance > 0 ? variance : 0;
        mean[i] += (double)first[i];
    }
}

void lsn_contrast_pool(const struct lsn_pool *pool, const float *x, float *out, double *scratch)
{
    size_t c = (size_t)pool->in.c, n = positions_of(pool->out), at = 0, i;
    double *variances = scratch, *squares = scratch + c, *means = scratch + 2 * c;
    int oy, ox;

    for (i = 0; i < c; i++)
        variances[i] = 0;
    for (oy = 0; oy < pool->out.h; oy++)
        for (ox = 0; ox < pool->out.w; ox++, at++) {
            struct lsn_view view = lsn_window_view(&pool->window, pool->in, oy, ox);

            lsn_contrast_pool_window(pool, &view, x, out + at * c, means + at * c, variances,
                                     squares);
        }
    for (i = 0; i < c; i++)
        variances[i] = fmin(1.0, variances[i] / (double)n);
    for (at = 0; at < n; at++)
        for (i = 0; i < c; i++) {
            double s = variances[i];

            out[at * c + i] = (float)(s * (double)out[at * c + i] + (1.0 - s) * means[at * c + i]);
        }
}
