#include <math.h>

#include "base/vector.h"
#include "op/backward.h"

/* Defines the backward pass of the function of that name in unary_formulas.h, by its slope in v,
 * the value, r, the function of it, and p, the parameters. */
#define LOOP(type, slope)                                                                          \
    const struct lsn_unary p = *parameters;                                                        \
    size_t i;                                                                                      \
                                                                                                   \
    (void)p;                                                                                       \
    (void)x;                                                                                       \
    (void)y;                                                                                       \
    for (i = 0; i < n; i++) {                                                                      \
        type v = (type)x[i], r = (type)y[i];                                                       \
                                                                                                   \
        (void)v;                                                                                   \
        (void)r;                                                                                   \
        dx[i] += dy[i] * (float)(slope);                                                           \
    }

/* Of functions of straight parts, in float and so with vectors. */
#define STRAIGHT(name, slope)                                                                      \
    LSN_VECTOR static void name(const struct lsn_unary *parameters, size_t n, const float *x,      \
                                const float *y, const float *dy, float *dx)                        \
    {                                                                                              \
        LOOP(float, slope)                                                                         \
    }

/* Of curves, in double: a pass backward is rare enough that formulas for vectors are not worth
 * their lines. */
#define CURVED(name, slope)                                                                        \
    static void name(const struct lsn_unary *parameters, size_t n, const float *x, const float *y, \
                     const float *dy, float *dx)                                                   \
    {                                                                                              \
        LOOP(double, slope)                                                                        \
    }

static double logistic(double v)
{
    return 1 / (1 + exp(-v));
}

#define ROOT_2_OVER_PI  0.79788456080286536
#define ROOT_HALF       0.70710678118654752
#define ROOT_1_OVER_2PI 0.39894228040143268
#define TWO_OVER_ROOTPI 1.12837916709551257

static double gelu_tanh(double v)
{
    double t = tanh(ROOT_2_OVER_PI * (v + 0.044715 * v * v * v));

    return 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * ROOT_2_OVER_PI * (1 + 3 * 0.044715 * v * v);
}

static double gelu_erf(double v)
{
    return 0.5 * (1 + erf(v * ROOT_HALF)) + v * ROOT_1_OVER_2PI * exp(-0.5 * v * v);
}

static double mish_of(double v)
{
    double t = tanh(v > 20 ? v : log1p(exp(v)));

    return t + v * logistic(v) * (1 - t * t);
}

static double power_of(double v, double exponent)
{
    return exponent == 2 ? 2 * v : exponent == 0 ? 0 : exponent * pow(v, exponent - 1);
}

STRAIGHT(relu, r > 0 ? 1.0f : 0.0f)
STRAIGHT(leaky_relu, v > 0 ? 1.0f : p.alpha)
STRAIGHT(clip, (v > p.min && v < p.max) ? 1.0f : 0.0f)
STRAIGHT(hard_swish, v < -3.0f ? 0.0f : v < 3.0f ? v / 3.0f + 0.5f : 1.0f)
STRAIGHT(hard_sigmoid, (r > 0 && r < 1) ? p.alpha : 0.0f)
STRAIGHT(sigmoid, r *(1 - r))
STRAIGHT(tanh_of, 1 - r * r)
CURVED(erf_of, TWO_OVER_ROOTPI *exp(-v *v))
CURVED(gelu, p.tanh_approx ? gelu_tanh(v) : gelu_erf(v))
CURVED(elu, v > 0 ? 1 : (double)p.alpha * exp(v))
CURVED(selu, (double)p.gamma *(v > 0 ? 1 : (double)p.alpha * exp(v)))
CURVED(celu, v > 0 ? 1 : exp(v / (double)p.alpha))
STRAIGHT(thresholded_relu, v > p.alpha ? 1.0f : 0.0f)
CURVED(softplus, logistic(v))
CURVED(softsign, 1 / ((1 + fabs(v)) * (1 + fabs(v))))
CURVED(mish, mish_of(v))
STRAIGHT(absolute, v > 0 ? 1.0f : v < 0 ? -1.0f : 0.0f)
STRAIGHT(negative, -1.0f)
STRAIGHT(exponential, r)
STRAIGHT(logarithm, 1 / v)
STRAIGHT(root, 0.5f / r)
STRAIGHT(reciprocal, -r *r)
STRAIGHT(sign, 0.0f)
CURVED(sine, cos(v))
CURVED(cosine, -sin(v))
CURVED(power, power_of(v, (double)p.exponent))

/* With s the sigmoid of x. */
LSN_VECTOR static void silu_part(size_t n, const float *x, const float *s, const float *dy,
                                 float *dx)
{
    size_t i;

    for (i = 0; i < n; i++)
        dx[i] += dy[i] * (s[i] * (1 + x[i] * (1 - s[i])));
}

/* In vectors: in double it took more of EfficientNet's pass than all products. */
static void silu(const struct lsn_unary *parameters, size_t n, const float *x, const float *y,
                 const float *dy, float *dx)
{
    enum { PART = 1024 };
    float s[PART];
    size_t first;

    (void)y;
    for (first = 0; first < n; first += PART) {
        size_t count = n - first < PART ? n - first : PART;

        lsn_unary_run(LSN_UNARY_SIGMOID, parameters, count, x + first, s);
        silu_part(count, x + first, s, dy + first, dx + first);
    }
}

void lsn_unary_backward(enum lsn_unary_function function, const struct lsn_unary *parameters,
                        size_t n, const float *x, const float *y, const float *dy, float *dx)
{
#define ROW(id, name, function, parameters) function,
    static void (*const functions[])(const struct lsn_unary *, size_t, const float *, const float *,
                                     const float *, float *) = {LSN_UNARY_LIST(ROW)};
#undef ROW

    functions[function](parameters, n, x, y, dy, dx);
}

LSN_VECTOR void lsn_prelu_backward(size_t positions, size_t c, const float *slope, const float *x,
                                   const float *dy, float *dx)
{
    size_t p, i;

    for (p = 0; p < positions; p++, x += c, dy += c, dx += c)
        for (i = 0; i < c; i++)
            dx[i] += dy[i] * (x[i] > 0.0f ? 1.0f : slope[i]);
}
