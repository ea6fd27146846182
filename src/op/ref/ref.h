/* The ops computed again, simply and in double precision, for tests only.
 *
 * Written from the definitions of PyTorch and ONNX, one output value at a time.
 * They share only the structs of shapes and windows with the ops. Activations are
 * [h][w][c], weights are in PyTorch's order, and biases may be NULL. */
#ifndef LSN_OP_REF_REF_H
#define LSN_OP_REF_REF_H

#include <stddef.h>

#include "op/conv.h"
#include "op/norm.h"
#include "op/normalise.h"
#include "op/pool.h"

/* Output channel o at position (y, x) of a convolution of image [in.h][in.w][in.c]
 * with weight [out.c][in.c/groups][kh][kw] and bias [out.c]. */
double lsn_ref_conv_at(const struct lsn_conv *conv, const float *weight, const float *bias,
                       const double *image, int y, int x, int o);

/* The whole convolution: out [out.h][out.w][out.c]. */
void lsn_ref_conv(const struct lsn_conv *conv, const float *weight, const float *bias,
                  const double *image, double *out);

/* out [positions][outputs] = x [positions][c] times weight [outputs][c], plus bias [outputs]. */
void lsn_ref_linear(size_t positions, size_t c, size_t outputs, const float *weight,
                    const float *bias, const double *x, double *out);

/* out [out.h][out.w][c] from x [in.h][in.w][c]. */
void lsn_ref_max_pool(const struct lsn_pool *pool, const double *x, double *out);
void lsn_ref_average_pool(const struct lsn_pool *pool, const double *x, double *out);

/* out [c] from x [in.h][in.w][in.c]. */
void lsn_ref_global_average_pool(struct lsn_shape in, const double *x, double *out);

/* x and out [positions][c], different arrays. */
void lsn_ref_lrn(const struct lsn_lrn *lrn, size_t positions, size_t c, const double *x,
                 double *out);
void lsn_ref_layer_norm(size_t positions, size_t c, double epsilon, const float *scale,
                        const float *shift, const double *x, double *out);
void lsn_ref_affine(size_t positions, size_t c, const float *scale, const float *shift,
                    const double *x, double *out);
/* of: scale, shift, mean and variance, each [c]. */
void lsn_ref_batch_norm(size_t positions, size_t c, double epsilon, const float *const of[4],
                        const double *x, double *out);

/* x and out [h][w][c], different arrays; out [out.h][out.w][c] from x [in.h][in.w][c]. */
void lsn_ref_normalise(const struct lsn_normalise *normalise, struct lsn_shape shape,
                       const double *x, double *out);
void lsn_ref_contrast_pool(const struct lsn_pool *pool, const double *x, double *out);

#endif
