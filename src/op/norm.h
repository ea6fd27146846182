/* Scaling of channels, and normalisation. Unless stated otherwise x and out are
 * [positions][c] and may be the same. */
#ifndef LSN_OP_NORM_H
#define LSN_OP_NORM_H

#include <math.h>
#include <stddef.h>

#include "lesion/shape.h"

/* out = scale[i] * x + shift[i] in channel i */
void lsn_affine(size_t positions, size_t c, const float *scale, const float *shift, const float *x,
                float *out);

/* out = (x - mean) / sqrt(var + epsilon) * scale + shift, with mean and (biased) variance
 * over the channels of a position, in double (Ba, Kiros and Hinton 2016). */
void lsn_layer_norm(size_t positions, size_t c, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out);

/* out = slope[i] * x in channel i where x < 0, else x */
void lsn_prelu(size_t positions, size_t c, const float *slope, const float *x, float *out);

/* out = (x - mean) / sqrt(var + epsilon) * scale + shift [c], with mean and (biased) variance
 * over all positions and the channels of each of `groups` equal groups, in double (Wu and He
 * 2018; groups = c is instance normalisation). Where a group's standard deviation is at most
 * 1e-6 of the largest |x|, which may be rounding, out is shift. x and out are [h][w][c]. */
void lsn_group_norm(struct lsn_shape shape, int groups, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out);

/* The least standard deviation of values x [n] that they are divided by, a millionth of the largest
 * |x|. Below it they are equal up to the rounding of floats, as those of a lesioned plane in the
 * incremental pass, and the division would make rounding errors as large as any signal. */
double lsn_least_deviation(size_t n, const float *x);

struct lsn_lrn {
    int size;
    float alpha, beta, bias;
};

/* Local response normalisation as ONNX defines it (Krizhevsky 2012): in channel i, out =
 * x / (bias + alpha/size * sum of x^2 over channels
 * i - floor((size-1)/2) ... i + ceil((size-1)/2))^beta. x and out are different arrays. */
void lsn_lrn(const struct lsn_lrn *lrn, size_t positions, size_t c, const float *x, float *out);

/* s^-0.75: the exponent of every published network. Two square roots are far faster than powf, and
 * as exact. */
static inline __attribute__((always_inline)) float lsn_lrn_three_quarters(float s)
{
    float root = sqrtf(s);

    return 1.0f / (root * sqrtf(root));
}

#endif
