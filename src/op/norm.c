#include "op/norm.h"

#include <math.h>

#include "base/vector.h"

LSN_VECTOR void lsn_affine(size_t positions, size_t c, const float *scale, const float *shift,
                           const float *x, float *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c)
        for (i = 0; i < c; i++)
            out[i] = scale[i] * x[i] + shift[i];
}

#define LANES 16 /* partial sums, so that the compiler can use vectors */

/* The sum of (x - mean)^power over n values, power 1 or 2. */
static inline __attribute__((always_inline)) double moment(size_t n, const float *x, double mean,
                                                           const int power)
{
    double sums[LANES] = {0}, sum = 0;
    size_t first, i;

    for (first = 0; first + LANES <= n; first += LANES)
        for (i = 0; i < LANES; i++) {
            double value = (double)x[first + i] - mean;

            sums[i] += power == 1 ? value : value * value;
        }
    for (i = 0; i < LANES; i++)
        sum += sums[i];
    for (i = first; i < n; i++) {
        double value = (double)x[i] - mean;

        sum += power == 1 ? value : value * value;
    }
    return sum;
}

LSN_VECTOR void lsn_layer_norm(size_t positions, size_t c, float epsilon, const float *scale,
                               const float *shift, const float *x, float *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c) {
        double mean = moment(c, x, 0, 1) / (double)c;
        double inverse = 1.0 / sqrt(moment(c, x, mean, 2) / (double)c + (double)epsilon);

        for (i = 0; i < c; i++)
            out[i] = (float)(((double)x[i] - mean) * inverse) * scale[i] + shift[i];
    }
}

LSN_VECTOR void lsn_prelu(size_t positions, size_t c, const float *slope, const float *x,
                          float *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c)
        for (i = 0; i < c; i++)
            out[i] = x[i] < 0.0f ? slope[i] * x[i] : x[i];
}

#define LEAST_DEVIATION_FRAC 1e-6 /* of the largest |x|; why: norm.h */

double lsn_least_deviation(size_t n, const float *x)
{
    float largest = 0;
    size_t i;

    for (i = 0; i < n; i++)
        largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
    return LEAST_DEVIATION_FRAC * (double)largest;
}

void lsn_group_norm(struct lsn_shape shape, int groups, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out)
{
    size_t positions = (size_t)shape.h * (size_t)shape.w, c = (size_t)shape.c, p, i;
    size_t per_group = c / (size_t)groups, first;
    double count = (double)positions * (double)per_group;
    double least = lsn_least_deviation(positions * c, x);

    for (first = 0; first < c; first += per_group) {
        double sum = 0, squares = 0, mean, inverse;

        for (p = 0; p < positions; p++)
            for (i = first; i < first + per_group; i++)
                sum += (double)x[p * c + i];
        mean = sum / count;
        for (p = 0; p < positions; p++)
            for (i = first; i < first + per_group; i++)
                squares += ((double)x[p * c + i] - mean) * ((double)x[p * c + i] - mean);
        inverse = 1.0 / sqrt(squares / count + (double)epsilon);
        if (squares / count <= least * least)
            inverse = 0;
        for (p = 0; p < positions; p++)
            for (i = first; i < first + per_group; i++)
                out[p * c + i] =
                    (float)(((double)x[p * c + i] - mean) * inverse) * scale[i] + shift[i];
    }
}

LSN_VECTOR void lsn_lrn(const struct lsn_lrn *lrn, size_t positions, size_t c, const float *x,
                        float *out)
{
    size_t before = (size_t)(lrn->size - 1) / 2;
    float weight = lrn->alpha / (float)lrn->size;
    size_t p, i, j;

    for (p = 0; p < positions; p++, x += c, out += c) {
        for (i = 0; i < c; i++)
            out[i] = 0;
        for (j = 0; j < (size_t)lrn->size; j++) { /* out[i] += x[i + j - before]^2 */
            size_t first = before > j ? before - j : 0;
            size_t last = j > before ? j - before < c ? c - (j - before) : 0 : c;

            LSN_INDEPENDENT
            for (i = first; i < last; i++)
                out[i] += x[i + j - before] * x[i + j - before];
        }
        if (lrn->beta == 0.75f)
            for (i = 0; i < c; i++)
                out[i] = x[i] * lsn_lrn_three_quarters(lrn->bias + weight * out[i]);
        else
            for (i = 0; i < c; i++)
                out[i] = x[i] * powf(lrn->bias + weight * out[i], -lrn->beta);
    }
}
