/* Backward of the normalisations of normalise.c, in double as they are. The blur G is a matrix;
 * what comes back through it is multiplied by its transpose, lsn_blur_transposed. */
#include <assert.h>
#include <math.h>

#include "op/backward.h"
#include "op/blur.h"

/* The parts of the scratch, planes [h][w]. */
struct planes {
    struct lsn_blur blur;
    double *mean;    /* G * x */
    double *pooled;  /* s = sqrt(G * v^2), or G * |d|^power */
    double *to_pool; /* what comes back to G * v^2 or G * |d|^power, then to what was blurred */
    double *to_mean; /* what comes back to G * x, then to the mean over channels */
};

static size_t positions_of(struct lsn_shape s)
{
    return (size_t)s.h * (size_t)s.w;
}

size_t lsn_normalise_backward_scratch_count(struct lsn_shape s)
{
    return 4 * positions_of(s) + lsn_blur_scratch_count(s);
}

static struct planes planes_of(struct lsn_shape s, double sigma_px, double *scratch)
{
    size_t n = positions_of(s);

    return (struct planes){lsn_blur_of(s, sigma_px, scratch + 4 * n), scratch, scratch + n,
                           scratch + 2 * n, scratch + 3 * n};
}

static void global_backward(struct lsn_shape s, const float *x, const float *dy, float *dx)
{
    size_t n = positions_of(s) * (size_t)s.c, i;
    double first = (double)x[0], least = lsn_least_deviation(n, x);
    double sum = 0, squares = 0, back = 0, products = 0, mean, sd;

    for (i = 0; i < n; i++)
        sum += (double)x[i] - first;
    mean = sum / (double)n + first;
    for (i = 0; i < n; i++) {
        squares += ((double)x[i] - mean) * ((double)x[i] - mean);
        back += (double)dy[i];
        products += (double)dy[i] * ((double)x[i] - mean);
    }
    sd = sqrt(squares / (double)n);
    if (sd <= least)
        return;
    for (i = 0; i < n; i++)
        dx[i] += (float)(((double)dy[i] - back / (double)n -
                          ((double)x[i] - mean) * products / (double)n / (sd * sd)) /
                         sd);
}

/* Sets mean to G * x and pooled to s; returns the mean of s. */
static double deviations(const struct planes *p, struct lsn_shape s, const float *x)
{
    size_t c = (size_t)s.c, n = positions_of(s), at, i;
    double mean = 0;

    for (at = 0; at < n; at++)
        for (p->mean[at] = 0, i = 0; i < c; i++)
            p->mean[at] += ((double)x[at * c + i] - (double)x[0]) / (double)c;
    lsn_blur_run(&p->blur, s, p->mean);
    for (at = 0; at < n; at++) {
        p->mean[at] += (double)x[0];
        for (p->pooled[at] = 0, i = 0; i < c; i++) {
            double v = (double)x[at * c + i] - p->mean[at];

            p->pooled[at] += v * v / (double)c;
        }
    }
    lsn_blur_run(&p->blur, s, p->pooled);
    for (at = 0; at < n; at++) {
        p->pooled[at] = sqrt(p->pooled[at]);
        mean += p->pooled[at] / (double)n;
    }
    return mean;
}

/* Sets to_pool to what comes back to s, and from there to the squares v^2 before their blur. mean
 * is that of s, which is the divisor where s is not larger. */
static void pool_backward(const struct planes *p, struct lsn_shape s, double mean, const float *x,
                          const float *dy)
{
    size_t c = (size_t)s.c, n = positions_of(s), at, i;
    double to_all = 0;

    for (at = 0; at < n; at++) {
        bool own = p->pooled[at] > mean;
        double divisor = own ? p->pooled[at] : mean, sum = 0;

        for (i = 0; i < c; i++)
            sum -= (double)dy[at * c + i] * ((double)x[at * c + i] - p->mean[at]);
        sum /= divisor * divisor;
        p->to_pool[at] = own ? sum : 0;
        to_all += own ? 0 : sum / (double)n;
    }
    for (at = 0; at < n; at++)
        p->to_pool[at] = p->pooled[at] > 0 ? (p->to_pool[at] + to_all) / (2 * p->pooled[at]) : 0;
    lsn_blur_transposed(&p->blur, s, p->to_pool);
}

static void local_backward(const struct planes *p, struct lsn_shape s, const float *x,
                           const float *dy, float *dx)
{
    size_t c = (size_t)s.c, n = positions_of(s), at, i;
    double mean = deviations(p, s, x);

    if (mean <= lsn_least_deviation(n * c, x))
        return;
    pool_backward(p, s, mean, x, dy);
    for (at = 0; at < n; at++) {
        double divisor = p->pooled[at] > mean ? p->pooled[at] : mean;

        for (p->to_mean[at] = 0, i = 0; i < c; i++) {
            double v = (double)x[at * c + i] - p->mean[at];
            double to_v = (double)dy[at * c + i] / divisor + 2 * v * p->to_pool[at] / (double)c;

            p->to_mean[at] -= to_v;
            dx[at * c + i] += (float)to_v;
        }
    }
    lsn_blur_transposed(&p->blur, s, p->to_mean);
    for (at = 0; at < n; at++)
        for (i = 0; i < c; i++)
            dx[at * c + i] += (float)(p->to_mean[at] / (double)c);
}

/* y = sign(x) |x|^power / (half^power + G * |x|^power) */
static void divisive_backward(const struct lsn_normalise *normalise, const struct planes *p,
                              struct lsn_shape s, const float *x, const float *dy, float *dx)
{
    size_t c = (size_t)s.c, n = positions_of(s), at, i;
    double power = normalise->power, half = pow(normalise->half, power);

    for (at = 0; at < n; at++)
        for (p->pooled[at] = 0, i = 0; i < c; i++)
            p->pooled[at] += pow(fabs((double)x[at * c + i]), power) / (double)c;
    lsn_blur_run(&p->blur, s, p->pooled);
    for (at = 0; at < n; at++) {
        double divisor = half + p->pooled[at], sum = 0;

        for (i = 0; i < c; i++) {
            double v = (double)x[at * c + i];

            sum -= (double)dy[at * c + i] * copysign(pow(fabs(v), power), v);
        }
        p->to_pool[at] = sum / (divisor * divisor);
    }
    lsn_blur_transposed(&p->blur, s, p->to_pool);
    for (at = 0; at < n; at++)
        for (i = 0; i < c; i++) {
            double v = (double)x[at * c + i];
            double slope = v == 0 && power < 1 ? 0 : power * pow(fabs(v), power - 1);

            dx[at * c + i] += (float)(slope * ((double)dy[at * c + i] / (half + p->pooled[at]) +
                                               (v > 0   ? 1
                                                : v < 0 ? -1
                                                        : 0) *
                                                   p->to_pool[at] / (double)c));
        }
}

void lsn_normalise_backward(const struct lsn_normalise *normalise, struct lsn_shape s,
                            const float *x, const float *dy, float *dx, double *scratch)
{
    struct planes planes;

    assert(!normalise->centred);
    if (normalise->kind == LSN_NORMALISE_GLOBAL) {
        global_backward(s, x, dy, dx);
        return;
    }
    planes = planes_of(s, normalise->sigma_px, scratch);
    if (normalise->kind == LSN_NORMALISE_LOCAL)
        local_backward(&planes, s, x, dy, dx);
    else
        divisive_backward(normalise, &planes, s, x, dy, dx);
}
