#include "op/unary.h"

#include <math.h>

/* Comparisons are written so that NaN stays NaN and compilers vectorise them. */
static float clamp(float x, float low, float high)
{
    x = x < low ? low : x;
    return x > high ? high : x;
}

/* log(1 + exp(x)) without overflow. */
static float log1p_exp(float x)
{
    return (x < 0.0f ? 0.0f : x) + log1pf(expf(-fabsf(x)));
}

static float gelu_tanh(float x)
{
    return 0.5f * x * (1.0f + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
}

static float gelu_erf(float x)
{
    return 0.5f * x * (1.0f + erff(x * 0.70710678f));
}

/* A function by its formula in v, one value, and p, the parameters. */
#define UNARY(name, formula)                                                                       \
    static void name(const struct lsn_unary *p, size_t n, const float *x, float *out)              \
    {                                                                                              \
        size_t i;                                                                                  \
        (void)p;                                                                                   \
        for (i = 0; i < n; i++) {                                                                  \
            float v = x[i];                                                                        \
            out[i] = formula;                                                                      \
        }                                                                                          \
    }

UNARY(relu, v < 0.0f ? 0.0f : v)
UNARY(leaky_relu, v < 0.0f ? p->alpha * v : v)
UNARY(clip, clamp(v, p->min, p->max))
UNARY(hard_swish, v *clamp(v / 6.0f + 0.5f, 0.0f, 1.0f))
UNARY(hard_sigmoid, clamp(p->alpha *v + p->beta, 0.0f, 1.0f))
UNARY(sigmoid, 1.0f / (1.0f + expf(-v)))
UNARY(tanh_of, tanhf(v))
UNARY(erf_of, erff(v))
UNARY(gelu, p->tanh_approx ? gelu_tanh(v) : gelu_erf(v))
UNARY(silu, v / (1.0f + expf(-v)))
UNARY(elu, v < 0.0f ? p->alpha * expm1f(v) : v)
UNARY(selu, p->gamma *(v < 0.0f ? p->alpha * expm1f(v) : v))
UNARY(celu, v < 0.0f ? p->alpha * expm1f(v / p->alpha) : v)
UNARY(thresholded_relu, v <= p->alpha ? 0.0f : v)
UNARY(softplus, log1p_exp(v))
UNARY(softsign, v / (1.0f + fabsf(v)))
UNARY(mish, v *tanhf(log1p_exp(v)))
UNARY(absolute, fabsf(v))
UNARY(negative, -v)
UNARY(exponential, expf(v))
UNARY(logarithm, logf(v))
UNARY(root, sqrtf(v))
UNARY(reciprocal, 1.0f / v)
UNARY(sign, v > 0.0f ? 1.0f : v < 0.0f ? -1.0f : v)
UNARY(sine, sinf(v))
UNARY(cosine, cosf(v))
UNARY(power, p->exponent == 2.0f ? v * v : powf(v, p->exponent))

void lsn_unary_run(enum lsn_unary_function function, const struct lsn_unary *parameters, size_t n,
                   const float *x, float *out)
{
#define ROW(id, name, function, parameters) function,
    static void (*const functions[])(const struct lsn_unary *, size_t, const float *,
                                     float *) = {LSN_UNARY_LIST(ROW)};
#undef ROW

    functions[function](parameters, n, x, out);
}
