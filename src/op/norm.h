/* Per-channel scaling and normalisation over channels; x and out are
 * [positions][c] and may be the same. */
#ifndef LSN_OP_NORM_H
#define LSN_OP_NORM_H

#include <stddef.h>

#include "lesion/shape.h"

/* scale[i] * x + shift[i] */
void lsn_affine(size_t positions, size_t c, const float *scale, const float *shift, const float *x,
                float *out);

/* (x - mean) / sqrt(var + epsilon) * scale + shift, mean and (biased) variance
 * over the channels of a position, in double. */
void lsn_layer_norm(size_t positions, size_t c, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out);

/* slope[i] * x where x < 0, else x */
void lsn_prelu(size_t positions, size_t c, const float *slope, const float *x, float *out);

/* (x - mean) / sqrt(var + epsilon) * scale + shift [c], mean and (biased) variance over
 * all positions and the channels of each of `groups` equal groups, in double (Wu and He
 * 2018; groups = c is instance normalisation). Of a group that varies by no more than
 * roundoff, 1e-6 of the largest |x|, shift is left. x and out [h][w][c] may be the same. */
void lsn_group_norm(struct lsn_shape shape, int groups, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out);

struct lsn_lrn {
    int size;
    float alpha, beta, bias;
};

/* ONNX's (Krizhevsky 2012): x / (bias + alpha/size * sum of x^2 over channels
 * i - floor((size-1)/2) ... i + ceil((size-1)/2))^beta. x and out differ. */
void lsn_lrn(const struct lsn_lrn *lrn, size_t positions, size_t c, const float *x, float *out);

#endif
