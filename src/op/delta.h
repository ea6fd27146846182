/* Loops of the incremental pass over n values, mostly differences from intact activations.
 * The first three return the bitwise OR of the differences that they write, without their
 * sign bits; it is 0 if all differences are. In these out may be delta (or value) itself. */
#ifndef LSN_OP_DELTA_H
#define LSN_OP_DELTA_H

#include <stddef.h>
#include <stdint.h>

/* out[i] = delta[i] */
uint32_t lsn_delta_copy(size_t n, const float *delta, float *out);

/* out[i] = max(0, pre[i] + delta[i]) - max(0, pre[i]) */
uint32_t lsn_delta_relu(size_t n, const float *pre, const float *delta, float *out);

/* out[i] = value[i] - post[i] */
uint32_t lsn_delta_subtract(size_t n, const float *value, const float *post, float *out);

/* out[i] = a[i] + b[i]; out[i] = scale[i] * x[i] */
void lsn_delta_add(size_t n, const float *a, const float *b, float *out);
void lsn_delta_scale(size_t n, const float *scale, const float *x, float *out);

/* sum[i] += x[i]; sum[i] += x[i] * y[i] */
void lsn_delta_accumulate(size_t n, const float *x, float *sum);
void lsn_delta_accumulate_product(size_t n, const float *x, const float *y, float *sum);

/* largest[i] = lsn_larger(x[i], largest[i]); lsn_larger(x[i] + delta[i], largest[i]) */
void lsn_delta_max(size_t n, const float *x, float *largest);
void lsn_delta_max_sum(size_t n, const float *x, const float *delta, float *largest);

/* The number of values of x that are not 0. */
size_t lsn_delta_count(size_t n, const float *x);

/* sum[j] for j < n = the sum over i < count of factors[i] * rows[i][j], in the order of i. */
void lsn_delta_combine(size_t count, size_t n, const float *factors, const float *const *rows,
                       float *sum);

#endif
