/* Functions of one value: out[i] = f(x[i]) for i < n; x and out may be the same. */
#ifndef LSN_OP_UNARY_H
#define LSN_OP_UNARY_H

#include <stdbool.h>
#include <stddef.h>

/* The functions, one row per function and op of the graph: the op's name here, its name in files
 * (ONNX's), the function in unary_formulas.h, and its parameters, which are fields of struct
 * lsn_unary: REAL(field, lowest, default), FLAG(field). Adding a function is one row
 * here and one line there. */
/* clang-format off */
#define LSN_UNARY_LIST(ROW)                                                                        \
    ROW(RELU, "Relu", relu, )                                                                      \
    ROW(LEAKY_RELU, "LeakyRelu", leaky_relu, REAL(alpha, -REAL_MAX, 0.01))                         \
    ROW(CLIP, "Clip", clip, REAL(min, -REAL_MAX, -REAL_MAX) REAL(max, -REAL_MAX, REAL_MAX))        \
    ROW(HARD_SWISH, "HardSwish", hard_swish, )                                                     \
    ROW(HARD_SIGMOID, "HardSigmoid", hard_sigmoid, REAL(alpha, 0, 0.2) REAL(beta, -REAL_MAX, 0.5)) \
    ROW(SIGMOID, "Sigmoid", sigmoid, )                                                             \
    ROW(TANH, "Tanh", tanh_of, )                                                                   \
    ROW(ERF, "Erf", erf_of, )                                                                      \
    ROW(GELU, "Gelu", gelu, FLAG(tanh_approx))                                                     \
    ROW(SILU, "Silu", silu, )                                                                      \
    ROW(ELU, "Elu", elu, REAL(alpha, -REAL_MAX, 1))                                                \
    ROW(SELU, "Selu", selu, REAL(alpha, -REAL_MAX, 1.67326319217681884765625)                      \
                            REAL(gamma, -REAL_MAX, 1.05070102214813232421875))                     \
    ROW(CELU, "Celu", celu, REAL(alpha, 1e-30, 1))                                                 \
    ROW(THRESHOLDED_RELU, "ThresholdedRelu", thresholded_relu, REAL(alpha, -REAL_MAX, 1))          \
    ROW(SOFTPLUS, "Softplus", softplus, )                                                          \
    ROW(SOFTSIGN, "Softsign", softsign, )                                                          \
    ROW(MISH, "Mish", mish, )                                                                      \
    ROW(ABS, "Abs", absolute, )                                                                    \
    ROW(NEG, "Neg", negative, )                                                                    \
    ROW(EXP, "Exp", exponential, )                                                                 \
    ROW(LOG, "Log", logarithm, )                                                                   \
    ROW(SQRT, "Sqrt", root, )                                                                      \
    ROW(RECIPROCAL, "Reciprocal", reciprocal, )                                                    \
    ROW(SIGN, "Sign", sign, )                                                                      \
    ROW(SIN, "Sin", sine, )                                                                        \
    ROW(COS, "Cos", cosine, )                                                                      \
    ROW(POW, "Pow", power, REAL(exponent, -REAL_MAX, 1))
/* clang-format on */

#define ROW(id, name, function, parameters) LSN_UNARY_##id,
enum lsn_unary_function { LSN_UNARY_LIST(ROW) LSN_UNARY_COUNT };
#undef ROW

/* The parameters of all functions; each uses those in its row. */
struct lsn_unary {
    float alpha, beta, gamma, min, max, exponent;
    bool tanh_approx;
};

/* Runs a function. NaN stays NaN, so that an overflow in an earlier node shows in the logits. A
 * result depends on its value only, not on n or its index. Its bits are the same on all processors
 * with AVX2 and FMA (AVX-512 included) and on arm64; on all other processors they are the same
 * among each other.
 *
 * The largest errors, which unary_test.c checks, in units of 2^-24 times the result: 0 in Relu,
 * Clip, ThresholdedRelu, Abs, Neg, Sign; 1 in LeakyRelu, HardSigmoid, Sqrt, Reciprocal; 2 in Tanh,
 * Erf, Exp, Log, Sin, Cos, Pow; 3 in Sigmoid, Softsign, Elu; 4 in Silu, Selu, Celu, Softplus; 6 in
 * Mish. In Gelu 3 times 2^-24 times the input; in HardSwish that plus 1 time the result. Results
 * below 1e-36 may be 0. */
void lsn_unary_run(enum lsn_unary_function function, const struct lsn_unary *parameters, size_t n,
                   const float *x, float *out);

/* The same by one of the versions for different kinds of processors, 0 ... LSN_UNARY_VERSIONS-1;
 * false if this processor cannot run it. For tests. */
#define LSN_UNARY_VERSIONS 4
bool lsn_unary_run_by(int version, enum lsn_unary_function function,
                      const struct lsn_unary *parameters, size_t n, const float *x, float *out);

#endif
