/* Ops that combine, pick or move values without weights; channels last. */
#ifndef LSN_OP_JOIN_H
#define LSN_OP_JOIN_H

#include <stddef.h>

#include "lesion/shape.h"

/* Functions of two maps: ROW(op's name here, in files (ONNX's), function in join.c). */
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

/* out [h][w][c] = f(a, b); each dimension of a and b is that of shape or 1. Of Max and
 * Min, NaN where either is. */
void lsn_join(enum lsn_join_function function, struct lsn_shape shape, struct lsn_shape a_shape,
              const float *a, struct lsn_shape b_shape, const float *b, float *out);

/* Makes 0 / 0 of lsn_join's Div 0: for operands that are a sum of an intact value and a
 * difference. A norm that a lesion leaves 0, and that is kept above 0 by a tiny bound, has lost
 * the bound to roundoff then. */
void lsn_join_zero_quotients(struct lsn_shape shape, struct lsn_shape a_shape, const float *a,
                             struct lsn_shape b_shape, const float *b, float *out);

/* One input's part of a concatenation: x [positions][c] goes to channels
 * first ... first+c-1 of out [positions][c_out]. */
void lsn_concat_part(size_t positions, size_t c, const float *x, size_t first, size_t c_out,
                     float *out);

/* out[p][i] = x[p][channels[i]] */
void lsn_select(size_t positions, size_t c, const float *x, const int *channels, size_t c_out,
                float *out);

/* pads: top, left, bottom, right; in is x's shape. */
void lsn_pad(struct lsn_shape in, const int pads[4], float value, const float *x, float *out);

/* out[(c*h + y)*w + x] = x[y][x][c] */
void lsn_flatten(struct lsn_shape in, const float *x, float *out);

#endif
