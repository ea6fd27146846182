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
