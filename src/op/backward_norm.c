#include <math.h>

#include "base/vector.h"
#include "op/backward.h"

LSN_VECTOR void lsn_affine_backward(size_t positions, size_t c, const float *scale, const float *dy,
                                    float *dx)
{
    size_t p, i;

    for (p = 0; p < positions; p++, dy += c, dx += c)
        for (i = 0; i < c; i++)
            dx[i] += scale[i] * dy[i];
}

/* Values that are normalised together: of each position, channels first ... last - 1. */
struct set {
    size_t positions, c, first, last;
};

/* Backward of u = (x - mean) * inverse, y = u scale + shift: with g = dy scale,
 * dx = inverse (g - mean(g) - u mean(g u)). */
static void normalised_backward(const struct set *s, double mean, double inverse,
                                const float *scale, const float *x, const float *dy, float *dx)
{
    double count = (double)s->positions * (double)(s->last - s->first), sum = 0, products = 0;
    size_t p, i;

    for (p = 0; p < s->positions; p++)
        for (i = s->first; i < s->last; i++) {
            double g = (double)dy[p * s->c + i] * (double)scale[i];

            sum += g;
            products += g * ((double)x[p * s->c + i] - mean) * inverse;
        }
    for (p = 0; p < s->positions; p++)
        for (i = s->first; i < s->last; i++) {
            double g = (double)dy[p * s->c + i] * (double)scale[i];
            double u = ((double)x[p * s->c + i] - mean) * inverse;

            dx[p * s->c + i] += (float)(inverse * (g - sum / count - u * products / count));
        }
}

/* Sets the mean and (population) variance of the set. */
static void moments(const struct set *s, const float *x, double *mean, double *variance)
{
    double count = (double)s->positions * (double)(s->last - s->first), sum = 0, squares = 0;
    size_t p, i;

    for (p = 0; p < s->positions; p++)
        for (i = s->first; i < s->last; i++)
            sum += (double)x[p * s->c + i];
    *mean = sum / count;
    for (p = 0; p < s->positions; p++)
        for (i = s->first; i < s->last; i++)
            squares += ((double)x[p * s->c + i] - *mean) * ((double)x[p * s->c + i] - *mean);
    *variance = squares / count;
}

void lsn_layer_norm_backward(size_t positions, size_t c, float epsilon, const float *scale,
                             const float *x, const float *dy, float *dx)
{
    const struct set row = {1, c, 0, c};
    double mean, variance;
    size_t p;

    for (p = 0; p < positions; p++, x += c, dy += c, dx += c) {
        moments(&row, x, &mean, &variance);
        normalised_backward(&row, mean, 1 / sqrt(variance + (double)epsilon), scale, x, dy, dx);
    }
}

void lsn_group_norm_backward(struct lsn_shape shape, int groups, float epsilon, const float *scale,
                             const float *x, const float *dy, float *dx)
{
    size_t positions = (size_t)shape.h * (size_t)shape.w, c = (size_t)shape.c;
    size_t size = c / (size_t)groups, first;
    double least = lsn_least_deviation(positions * c, x), mean, variance;

    for (first = 0; first < c; first += size) {
        const struct set group = {positions, c, first, first + size};

        moments(&group, x, &mean, &variance);
        if (variance > least * least)
            normalised_backward(&group, mean, 1 / sqrt(variance + (double)epsilon), scale, x, dy,
                                dx);
    }
}

/* Adds to each sums[i] the values from i - before to i + after. */
static void add_windows(size_t c, size_t before, size_t after, const float *values, float *sums)
{
    size_t i, j;

    for (j = 0; j <= before + after; j++) { /* sums[i] += values[i + j - before] */
        size_t first = before > j ? before - j : 0;
        size_t last = j > before ? j - before < c ? c - (j - before) : 0 : c;

        for (i = first; i < last; i++)
            sums[i] += values[i + j - before];
    }
}

/* y[i] = x[i] d[i]^-beta with d = bias + weight * (sum of x^2 over i's window). x[j] is in the
 * windows of j - after ... j + before. */
void lsn_lrn_backward(const struct lsn_lrn *lrn, size_t positions, size_t c, const float *x,
                      const float *dy, float *dx, float *scratch)
{
    size_t before = (size_t)(lrn->size - 1) / 2, after = (size_t)lrn->size - 1 - before, p, i;
    float weight = lrn->alpha / (float)lrn->size, *sums = scratch, *values = scratch + c;

    for (p = 0; p < positions; p++, x += c, dy += c, dx += c) {
        for (i = 0; i < c; i++) {
            values[i] = x[i] * x[i];
            sums[i] = 0;
        }
        add_windows(c, before, after, values, sums);
        for (i = 0; i < c; i++) {
            float d = lrn->bias + weight * sums[i];
            float factor = lrn->beta == 0.75f ? lsn_lrn_three_quarters(d) : powf(d, -lrn->beta);

            dx[i] += dy[i] * factor;
            values[i] = dy[i] * x[i] * factor / d;
            sums[i] = 0;
        }
        add_windows(c, after, before, values, sums);
        for (i = 0; i < c; i++)
            dx[i] -= 2 * weight * lrn->beta * x[i] * sums[i];
    }
}
