/* Activations: out[i] = f(x[i]) for i < n; x and out may be the same. */
#ifndef LSN_OP_ACT_H
#define LSN_OP_ACT_H

#include <stddef.h>

void lsn_relu(size_t n, const float *x, float *out);
void lsn_leaky_relu(size_t n, float alpha, const float *x, float *out);
void lsn_clip(size_t n, float min, float max, const float *x, float *out);
/* x * max(0, min(1, x/6 + 1/2)) */
void lsn_hard_swish(size_t n, const float *x, float *out);
/* max(0, min(1, alpha x + beta)) */
void lsn_hard_sigmoid(size_t n, float alpha, float beta, const float *x, float *out);
void lsn_sigmoid(size_t n, const float *x, float *out);
void lsn_tanh(size_t n, const float *x, float *out);
void lsn_erf(size_t n, const float *x, float *out);
/* x/2 (1 + erf(x/sqrt 2)) */
void lsn_gelu(size_t n, const float *x, float *out);
/* x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */
void lsn_gelu_tanh(size_t n, const float *x, float *out);
/* x sigmoid(x) */
void lsn_silu(size_t n, const float *x, float *out);

#endif
