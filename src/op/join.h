/* Ops that combine, pick or move values without weights; channels last. */
#ifndef LSN_OP_JOIN_H
#define LSN_OP_JOIN_H

#include <stddef.h>

#include "lesion/shape.h"

/* The functions of two activations, one row each: the op's name here, its name in files (ONNX's),
 * the function in join.c. */
#define LSN_JOIN_LIST(ROW)                                                                         \
    ROW(ADD, "Add", add)                                                                           \
    ROW(SUB, "Sub", subtract)                                                                      \
    ROW(MUL, "Mul", multiply)                                                                      \
    ROW(DIV, "Div", divide)                                                                        \
    ROW(MAX, "Max", larger)                                                                        \
    ROW(MIN, "Min", smaller)

#define ROW(id, name, function) LSN_JOIN_##id,
enum lsn_join_function { LSN_JOIN_LIST(ROW) LSN_JOIN_COUNT };
#undef ROW

/* out [h][w][c] = f(a, b). Each dimension of a and b is that of shape, or 1 and then repeated. Max
 * and Min are NaN where either operand is. */
void lsn_join(enum lsn_join_function function, struct lsn_shape shape, struct lsn_shape a_shape,
              const float *a, struct lsn_shape b_shape, const float *b, float *out);

/* Sets outputs of lsn_join's Div to 0 where both operands are 0. For operands computed as intact
 * value plus difference: a network may keep a norm above 0 by a tiny bound, such as 1e-12, so that
 * 0 / norm is 0; where a lesion sets the norm to 0, rounding of the sum loses the bound. */
void lsn_join_zero_quotients(struct lsn_shape shape, struct lsn_shape a_shape, const float *a,
                             struct lsn_shape b_shape, const float *b, float *out);

/* Distance in floats from one element of an operand to the next along each dimension; 0 where the
 * dimension is one value, which is repeated. */
struct lsn_strides {
    size_t y, x, c;
};
struct lsn_strides lsn_strides_of(struct lsn_shape s);

/* Copies one input of a concatenation: x [positions][c] to channels
 * first ... first+c-1 of out [positions][c_out]. */
void lsn_concat_part(size_t positions, size_t c, const float *x, size_t first, size_t c_out,
                     float *out);

/* out[p][i] = x[p][channels[i]] */
void lsn_select(size_t positions, size_t c, const float *x, const int *channels, size_t c_out,
                float *out);

/* Writes x, of shape in, with a border of `value` to out. pads: top, left, bottom, right, px. */
void lsn_pad(struct lsn_shape in, const int pads[4], float value, const float *x, float *out);

/* out[(c*h + y)*w + x] = x[y][x][c] */
void lsn_flatten(struct lsn_shape in, const float *x, float *out);

#endif
