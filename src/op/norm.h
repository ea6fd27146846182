/* Per-channel scaling and normalisation over channels; x and out are
 * [positions][c] and may be the same. */
#ifndef LSN_OP_NORM_H
#define LSN_OP_NORM_H

#include <stddef.h>

/* scale[i] * x + shift[i] */
void lsn_affine(size_t positions, size_t c, const float *scale, const float *shift, const float *x,
                float *out);

/* (x - mean) / sqrt(var + epsilon) * scale + shift, mean and (biased) variance
 * over the channels of a position, in double. */
void lsn_layer_norm(size_t positions, size_t c, float epsilon, const float *scale,
                    const float *shift, const float *x, float *out);

struct lsn_lrn {
    int size;
    float alpha, beta, bias;
};

/* ONNX's (Krizhevsky 2012): x / (bias + alpha/size * sum of x^2 over channels
 * i - floor((size-1)/2) ... i + ceil((size-1)/2))^beta. x and out differ. */
void lsn_lrn(const struct lsn_lrn *lrn, size_t positions, size_t c, const float *x, float *out);

#endif
