#include "op/norm.h"

#include <math.h>

void lsn_affine(size_t positions, size_t c, const float *scale, const float *shift, const float *x,
                float *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c)
        for (i = 0; i < c; i++)
            out[i] = scale[i] * x[i] + shift[i];
}

void lsn_layer_norm(size_t positions, size_t c, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c) {
        double sum = 0, squares = 0, mean, inverse;

        for (i = 0; i < c; i++)
            sum += (double)x[i];
        mean = sum / (double)c;
        for (i = 0; i < c; i++)
            squares += ((double)x[i] - mean) * ((double)x[i] - mean);
        inverse = 1.0 / sqrt(squares / (double)c + (double)epsilon);
        for (i = 0; i < c; i++)
            out[i] = (float)(((double)x[i] - mean) * inverse) * scale[i] + shift[i];
    }
}

void lsn_prelu(size_t positions, size_t c, const float *slope, const float *x, float *out)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, out += c)
        for (i = 0; i < c; i++)
            out[i] = x[i] < 0.0f ? slope[i] * x[i] : x[i];
}

/* The least deviation, of the largest |x| of the map, that is divided by. Of values that are
 * equal but for float's roundoff, as a lesioned plane's in the incremental pass, that would
 * make noise hundreds of times as large. */
#define LEAST 1e-6

static double least_deviation(size_t n, const float *x)
{
    float largest = 0;
    size_t i;

    for (i = 0; i < n; i++)
        largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
    return LEAST * (double)largest;
}

void lsn_group_norm(struct lsn_shape shape, int groups, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out)
{
    size_t positions = (size_t)shape.h * (size_t)shape.w, c = (size_t)shape.c, p, i;
    size_t per_group = c / (size_t)groups, first;
    double count = (double)positions * (double)per_group;
    double least = least_deviation(positions * c, x);

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

/* s^-beta. 0.75 is every published network's; two roots are far faster than a
 * power and as exact. */
static float power(float s, float beta)
{
    if (beta == 0.75f) {
        float root = sqrtf(s);

        return 1.0f / (root * sqrtf(root));
    }
    return powf(s, -beta);
}

void lsn_lrn(const struct lsn_lrn *lrn, size_t positions, size_t c, const float *x, float *out)
{
    size_t before = (size_t)(lrn->size - 1) / 2, after = (size_t)lrn->size - 1 - before;
    float weight = lrn->alpha / (float)lrn->size;
    size_t p, i, j;

    for (p = 0; p < positions; p++, x += c, out += c)
        for (i = 0; i < c; i++) {
            size_t first = i > before ? i - before : 0;
            size_t last = c - i > after ? i + after : c - 1;
            float sum = 0;

            for (j = first; j <= last; j++)
                sum += x[j] * x[j];
            out[i] = x[i] * power(lrn->bias + weight * sum, lrn->beta);
        }
}
