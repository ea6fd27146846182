#include "op/ref/ref.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The value at (y, x) of channel c, with zeroes around the image. */
static double at(struct lsn_shape s, const double *image, int y, int x, int c)
{
    if (y < 0 || y >= s.h || x < 0 || x >= s.w)
        return 0;
    return image[((size_t)y * (size_t)s.w + (size_t)x) * (size_t)s.c + (size_t)c];
}

double lsn_ref_conv_at(const struct lsn_conv *conv, const float *weight, const float *bias,
                       const double *image, int y, int x, int o)
{
    const struct lsn_window *w = &conv->window;
    int c_in = conv->in.c / conv->groups, c_first = o / (conv->out.c / conv->groups) * c_in;
    double sum = bias ? (double)bias[o] : 0;
    int i, ky, kx;

    weight += (size_t)o * (size_t)c_in * (size_t)w->kh * (size_t)w->kw;
    for (i = 0; i < c_in; i++)
        for (ky = 0; ky < w->kh; ky++)
            for (kx = 0; kx < w->kw; kx++)
                sum += (double)*weight++ * at(conv->in, image, y * w->sh - w->pt + ky * w->dh,
                                              x * w->sw - w->pl + kx * w->dw, c_first + i);
    return sum;
}

void lsn_ref_conv(const struct lsn_conv *conv, const float *weight, const float *bias,
                  const double *image, double *out)
{
    int y, x, o;

    for (y = 0; y < conv->out.h; y++)
        for (x = 0; x < conv->out.w; x++)
            for (o = 0; o < conv->out.c; o++)
                *out++ = lsn_ref_conv_at(conv, weight, bias, image, y, x, o);
}

void lsn_ref_linear(size_t positions, size_t c, size_t outputs, const float *weight,
                    const float *bias, const double *x, double *out)
{
    size_t p, o, i;

    for (p = 0; p < positions; p++)
        for (o = 0; o < outputs; o++) {
            double sum = bias ? (double)bias[o] : 0;

            for (i = 0; i < c; i++)
                sum += (double)weight[o * c + i] * x[p * c + i];
            out[p * outputs + o] = sum;
        }
}

/* One window of one channel: the largest value and the sum over the taps inside the
 * image, the number of these taps, and that of the taps inside the padded image. */
struct window_view {
    double max, sum;
    int inside, inside_padded;
};

static struct window_view look(const struct lsn_pool *pool, const double *x, int oy, int ox, int c)
{
    const struct lsn_window *w = &pool->window;
    struct window_view view = {.max = -HUGE_VAL};
    int ky, kx;

    for (ky = 0; ky < w->kh; ky++)
        for (kx = 0; kx < w->kw; kx++) {
            int iy = oy * w->sh - w->pt + ky * w->dh, ix = ox * w->sw - w->pl + kx * w->dw;
            double value;

            if (iy >= pool->in.h + pool->pb || ix >= pool->in.w + pool->pr)
                continue;
            view.inside_padded++;
            if (iy < 0 || iy >= pool->in.h || ix < 0 || ix >= pool->in.w)
                continue;
            view.inside++;
            value = at(pool->in, x, iy, ix, c);
            view.max = isnan(value) || isnan(view.max) ? (double)NAN : fmax(view.max, value);
            view.sum += value;
        }
    return view;
}

void lsn_ref_max_pool(const struct lsn_pool *pool, const double *x, double *out)
{
    int oy, ox, c;

    for (oy = 0; oy < pool->out.h; oy++)
        for (ox = 0; ox < pool->out.w; ox++)
            for (c = 0; c < pool->in.c; c++)
                *out++ = look(pool, x, oy, ox, c).max;
}

void lsn_ref_average_pool(const struct lsn_pool *pool, const double *x, double *out)
{
    int oy, ox, c;

    for (oy = 0; oy < pool->out.h; oy++)
        for (ox = 0; ox < pool->out.w; ox++)
            for (c = 0; c < pool->in.c; c++) {
                struct window_view view = look(pool, x, oy, ox, c);

                *out++ = view.sum / (pool->count_include_pad ? view.inside_padded : view.inside);
            }
}

void lsn_ref_global_average_pool(struct lsn_shape in, const double *x, double *out)
{
    int y, ix, c;

    for (c = 0; c < in.c; c++) {
        double sum = 0;

        for (y = 0; y < in.h; y++)
            for (ix = 0; ix < in.w; ix++)
                sum += at(in, x, y, ix, c);
        out[c] = sum / ((double)in.h * in.w);
    }
}

void lsn_ref_lrn(const struct lsn_lrn *lrn, size_t positions, size_t c, const double *x,
                 double *out)
{
    long before = (lrn->size - 1) / 2, after = lrn->size / 2, channels = (long)c, i, j;
    size_t p;

    for (p = 0; p < positions; p++, x += c, out += c)
        for (i = 0; i < channels; i++) {
            double sum = 0;

            for (j = i - before; j <= i + after; j++)
                if (j >= 0 && j < channels)
                    sum += x[j] * x[j];
            out[i] = x[i] / pow((double)lrn->bias + (double)lrn->alpha / lrn->size * sum,
                                (double)lrn->beta);
        }
}

void lsn_ref_layer_norm(size_t positions, size_t c, double epsilon, const float *scale,
                        const float *shift, const double *x, double *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c) {
        double mean = 0, var = 0;

        for (i = 0; i < c; i++)
            mean += x[i] / (double)c;
        for (i = 0; i < c; i++)
            var += (x[i] - mean) * (x[i] - mean) / (double)c;
        for (i = 0; i < c; i++)
            out[i] = (x[i] - mean) / sqrt(var + epsilon) * (double)scale[i] + (double)shift[i];
    }
}

void lsn_ref_affine(size_t positions, size_t c, const float *scale, const float *shift,
                    const double *x, double *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++)
        for (i = 0; i < c; i++)
            out[p * c + i] = (double)scale[i] * x[p * c + i] + (double)shift[i];
}

void lsn_ref_batch_norm(size_t positions, size_t c, double epsilon, const float *const of[4],
                        const double *x, double *out)
{
    const float *scale = of[0], *shift = of[1], *mean = of[2], *var = of[3];
    size_t p, i;

    for (p = 0; p < positions; p++)
        for (i = 0; i < c; i++)
            out[p * c + i] = (double)scale[i] * (x[p * c + i] - (double)mean[i]) /
                                 sqrt((double)var[i] + epsilon) +
                             (double)shift[i];
}

/* G * |x|^power at one position, by its definition (normalise.h); power 0: G * x. */
static double gaussian_at(struct lsn_shape s, double sigma_px, double power, const double *x, int y,
                          int ix)
{
    int radius = (int)floor(4 * sigma_px + 0.5), v, u, c;
    double sum = 0, weights = 0;

    for (v = y - radius; v <= y + radius; v++)
        for (u = ix - radius; u <= ix + radius; u++) {
            int distance = (v - y) * (v - y) + (u - ix) * (u - ix);
            double weight = exp(-distance / (2 * sigma_px * sigma_px));

            if (v < 0 || v >= s.h || u < 0 || u >= s.w)
                continue;
            for (c = 0; c < s.c; c++, weights += weight)
                sum +=
                    weight * (power > 0 ? pow(fabs(at(s, x, v, u, c)), power) : at(s, x, v, u, c));
        }
    return sum / weights;
}

/* The standard deviation below which results are 0; see normalise.h. */
static double least_deviation(size_t n, const double *x)
{
    double largest = 0;
    size_t i;

    for (i = 0; i < n; i++)
        largest = fmax(largest, fabs(x[i]));
    return largest * 1e-6;
}

static void standardise(size_t n, const double *x, double *out)
{
    double sum = 0, squares = 0, least = least_deviation(n, x);
    size_t i;

    for (i = 0; i < n; i++)
        sum += x[i] / (double)n;
    for (i = 0; i < n; i++)
        squares += (x[i] - sum) * (x[i] - sum) / (double)n;
    for (i = 0; i < n; i++)
        out[i] = sqrt(squares) > least ? (x[i] - sum) / sqrt(squares) : 0;
}

static void subtract_mean(struct lsn_shape s, double sigma_px, const double *x, double *out)
{
    int y, ix, c;

    for (y = 0; y < s.h; y++)
        for (ix = 0; ix < s.w; ix++) {
            double mean = gaussian_at(s, sigma_px, 0, x, y, ix);

            for (c = 0; c < s.c; c++)
                *out++ = at(s, x, y, ix, c) - mean;
        }
}

void lsn_ref_normalise(const struct lsn_normalise *normalise, struct lsn_shape s, const double *x,
                       double *out)
{
    size_t c = (size_t)s.c, n = (size_t)s.h * (size_t)s.w * c, i;
    double power = normalise->kind == LSN_NORMALISE_LOCAL ? 2 : normalise->power, mean = 0, divisor;
    double least = least_deviation(n, x);
    double *d = malloc(n * sizeof *d), *pooled = malloc(n * sizeof *pooled);

    assert(d && pooled);
    if (normalise->kind == LSN_NORMALISE_GLOBAL)
        standardise(n, x, out);
    else if (normalise->kind == LSN_NORMALISE_LOCAL || normalise->centred)
        subtract_mean(s, normalise->sigma_px, x, d);
    else
        memcpy(d, x, n * sizeof *d);
    for (i = 0; i < n && normalise->kind != LSN_NORMALISE_GLOBAL; i++) {
        int position = (int)(i / c);

        pooled[i] =
            i % c ? pooled[i - 1]
                  : gaussian_at(s, normalise->sigma_px, power, d, position / s.w, position % s.w);
        mean += sqrt(pooled[i]) / (double)n;
    }
    for (i = 0; i < n && normalise->kind == LSN_NORMALISE_LOCAL; i++) {
        divisor = fmax(mean, sqrt(pooled[i]));
        out[i] = mean > least ? d[i] / divisor : 0;
    }
    for (i = 0; i < n && normalise->kind == LSN_NORMALISE_DIVISIVE; i++)
        out[i] = (d[i] < 0 ? -1 : 1) * pow(fabs(d[i]), power) /
                 (pow(normalise->half, power) + pooled[i]);
    free(d);
    free(pooled);
}

/* The population variance inside one window. */
static double variance_at(const struct lsn_pool *pool, const double *x, int oy, int ox, int c)
{
    const struct lsn_window *w = &pool->window;
    struct window_view view = look(pool, x, oy, ox, c);
    double sum = 0;
    int ky, kx;

    for (ky = 0; ky < w->kh; ky++)
        for (kx = 0; kx < w->kw; kx++) {
            int iy = oy * w->sh - w->pt + ky * w->dh, ix = ox * w->sw - w->pl + kx * w->dw;
            double d;

            if (iy < 0 || iy >= pool->in.h || ix < 0 || ix >= pool->in.w)
                continue;
            d = at(pool->in, x, iy, ix, c) - view.sum / view.inside;
            sum += d * d;
        }
    return sum / view.inside;
}

void lsn_ref_contrast_pool(const struct lsn_pool *pool, const double *x, double *out)
{
    int windows = pool->out.h * pool->out.w, i, c;

    for (c = 0; c < pool->in.c; c++) {
        double s = 0;

        for (i = 0; i < windows; i++)
            s += variance_at(pool, x, i / pool->out.w, i % pool->out.w, c) / windows;
        s = fmin(1, s);
        for (i = 0; i < windows; i++) {
            struct window_view view = look(pool, x, i / pool->out.w, i % pool->out.w, c);

            out[i * pool->in.c + c] = s * view.max + (1 - s) * view.sum / view.inside;
        }
    }
}
