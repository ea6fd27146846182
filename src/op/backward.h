/* Backward passes of the ops, channels last. With L a value computed from an op's output y, dy is
 * dL/dy, of y's shape, and each function adds dL/dx to dx, of the input's shape: an activation that
 * several nodes read gets the sum of what comes back from each. What the ops compute is said where
 * their forward functions are.
 *
 * At a kink the derivative is the one that PyTorch takes: see each. */
#ifndef LSN_OP_BACKWARD_H
#define LSN_OP_BACKWARD_H

#include "op/conv.h"
#include "op/join.h"
#include "op/norm.h"
#include "op/normalise.h"
#include "op/pool.h"
#include "op/reduce.h"
#include "op/unary.h"

/* dy [out.h][out.w][out.c], dx [in.h][in.w][in.c]; packed as lsn_conv_pack makes it; scratch
 * [lsn_conv_scratch_count]. */
void lsn_conv_backward(const struct lsn_conv *conv, const float *packed, const float *dy, float *dx,
                       float *scratch);

/* All [n]; y is the function of x. At 0 the slope of Relu, Abs and Sign is 0 and that of LeakyRelu,
 * Elu, Selu and Celu the one below; at the ends of Clip and HardSigmoid it is 0, as of PyTorch's
 * relu6; at the threshold of ThresholdedRelu 0. */
void lsn_unary_backward(enum lsn_unary_function function, const struct lsn_unary *parameters,
                        size_t n, const float *x, const float *y, const float *dy, float *dx);

/* [positions][c]. At 0 PRelu's slope is slope[i]. */
void lsn_prelu_backward(size_t positions, size_t c, const float *slope, const float *x,
                        const float *dy, float *dx);
void lsn_affine_backward(size_t positions, size_t c, const float *scale, const float *dy,
                         float *dx);
void lsn_layer_norm_backward(size_t positions, size_t c, float epsilon, const float *scale,
                             const float *x, const float *dy, float *dx);

/* [h][w][c]. A group whose output is its shift because of a standard deviation of almost 0 gives
 * nothing back. */
void lsn_group_norm_backward(struct lsn_shape shape, int groups, float epsilon, const float *scale,
                             const float *x, const float *dy, float *dx);

/* [positions][c]; scratch [2 c]. */
void lsn_lrn_backward(const struct lsn_lrn *lrn, size_t positions, size_t c, const float *x,
                      const float *dy, float *dx, float *scratch);

/* To operand 0 or 1 of lsn_join, dx of its shape in shapes [2]: what was repeated gets the sum over
 * its repetitions. Equal operands of Max and Min get half each. */
void lsn_join_backward(enum lsn_join_function function, struct lsn_shape shape, int operand,
                       const struct lsn_shape *shapes, const float *const *in, const float *dy,
                       float *dx);

/* From y and dy, of shape out, to dx, of shape in. Values that are equally large share what
 * ReduceMax gives back, and so for ReduceMin. An L2 norm of 0 gives nothing back. */
void lsn_reduce_backward(enum lsn_reduce_function function, struct lsn_shape in,
                         struct lsn_shape out, const float *x, const float *y, const float *dy,
                         float *dx);

/* Each to the input of the forward function of the same name, with its arguments. */
void lsn_concat_part_backward(size_t positions, size_t c, const float *dy, size_t first,
                              size_t c_out, float *dx);
void lsn_select_backward(size_t positions, size_t c, const int *channels, size_t c_out,
                         const float *dy, float *dx);
void lsn_pad_backward(struct lsn_shape in, const int pads[4], const float *dy, float *dx);
void lsn_flatten_backward(struct lsn_shape in, const float *dy, float *dx);
void lsn_resample_backward(struct lsn_shape in, struct lsn_shape out_shape, const float *rows,
                           const float *columns, const float *dy, float *dx);

/* To the first of the largest values in each window, in the order of rows; scratch [c]. */
void lsn_max_pool_backward(const struct lsn_pool *pool, const float *x, const float *y,
                           const float *dy, float *dx, float *scratch);
void lsn_average_pool_backward(const struct lsn_pool *pool, const float *dy, float *dx);
void lsn_global_average_pool_backward(struct lsn_shape in, const float *dy, float *dx);

/* [h][w][c]. Not of a centred divisive normalisation, which only stimuli get. Where the forward
 * function gives 0 because values are almost equal, nothing comes back, and none through a root of
 * 0 or, with a power below 1, to a value of 0. scratch [lsn_normalise_backward_scratch_count]. */
void lsn_normalise_backward(const struct lsn_normalise *normalise, struct lsn_shape shape,
                            const float *x, const float *dy, float *dx, double *scratch);
size_t lsn_normalise_backward_scratch_count(struct lsn_shape shape);

/* scratch [lsn_contrast_pool_backward_scratch_count]. */
void lsn_contrast_pool_backward(const struct lsn_pool *pool, const float *x, const float *dy,
                                float *dx, double *scratch);
size_t lsn_contrast_pool_backward_scratch_count(const struct lsn_pool *pool);

#endif
