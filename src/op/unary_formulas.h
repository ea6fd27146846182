/* The formulas of unary.h, for vectors of LANES floats. The file that includes this one defines
 * before:
 *   LANES                     floats in a vector; 1: plain floats
 *   SLEEF(function, error)    SLEEF's name of a function of such vectors; error: _u10, at
 *                             most 1.0 units in the last place, or _, correctly rounded
 *   VERSION, PROCESSOR        name and description of the table that this makes
 *
 * SLEEF's deterministic functions give the same bits for every length of vectors: one set with
 * fused multiply-adds (finz), for NEON, AVX2 and AVX-512, one without (cinz), for SSE2 and plain C.
 * Those without would give the same bits on all processors, but take 1.3 (exp) to 1.9 (tanh, log)
 * times as long, and sums by BLAS differ between these processors in any case. SLEEF's other
 * functions are no faster; GNU's libm takes 2 (pow) to 12 (exp) times as long.
 *
 * A result depends on its value only: values that do not fill a vector go through the same
 * functions, in a vector filled up with 0 or with neighbouring values that are computed twice. */
#include <math.h>
#include <sleef.h>
#include <stdint.h>
#include <string.h>

#include "op/unary_versions.h"

#if LANES == 1
typedef float vector;
typedef int32_t mask;
#else
typedef float vector __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t mask __attribute__((vector_size(LANES * sizeof(int32_t))));
#endif

/* Loads the first n < LANES values into a vector, filled up with 0; store_part stores them. Copying
 * by memcpy takes three times as long as masks, and rows of one value are common: a single lesioned
 * channel makes them. */
static inline vector load_part(size_t n, const float *x)
{
#if LANES == 16
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), x);
#elif LANES == 8
    return _mm256_maskload_ps(x, (__m256i)((int)n > (mask){0, 1, 2, 3, 4, 5, 6, 7}));
#else
    vector part = {0};

    memcpy(&part, x, n * sizeof *x);
    return part;
#endif
}

static inline void store_part(size_t n, vector part, float *out)
{
#if LANES == 16
    _mm512_mask_storeu_ps(out, (__mmask16)((1u << n) - 1), part);
#elif LANES == 8
    _mm256_maskstore_ps(out, (__m256i)((int)n > (mask){0, 1, 2, 3, 4, 5, 6, 7}), part);
#else
    memcpy(out, &part, n * sizeof *out);
#endif
}

/* Returns in each lane `yes` where the condition holds, else `no`. */
static inline vector choose(mask condition, vector yes, vector no)
{
#if LANES == 1
    return condition ? yes : no;
#else
    return (vector)((condition & (mask)yes) | (~condition & (mask)no));
#endif
}

/* Returns x in all lanes. Computed by subtracting 0, as adding 0 would turn -0 into 0. */
static inline vector all(float x)
{
    return x - (vector){0};
}

static inline vector magnitude(vector x)
{
#if LANES == 1
    return fabsf(x);
#else
    return (vector)((mask)x & INT32_MAX);
#endif
}

/* Here and below comparisons are written so that NaN stays NaN. */
static inline vector clamp(vector x, float low, float high)
{
    x = choose(x < low, all(low), x);
    return choose(x > high, all(high), x);
}

static inline vector exp_of(vector x)
{
    return SLEEF(expf, _u10)(x);
}

static inline vector exp_less_1(vector x)
{
    return SLEEF(expm1f, _u10)(x);
}

/* log(1 + exp(x)) without overflow. */
static inline vector log1p_exp(vector x)
{
    return choose(x < 0.0f, all(0.0f), x) + SLEEF(log1pf, _u10)(exp_of(-magnitude(x)));
}

/* x / 2 (1 + tanh(u)) with fewer steps: (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u)). */
static inline vector gelu_tanh(vector x)
{
    vector u = 0.79788456f * (x + 0.044715f * x * x * x);

    return x / (1.0f + exp_of(-2.0f * u));
}

static inline vector gelu_erf(vector x)
{
    return 0.5f * x * (1.0f + SLEEF(erff, _u10)(x * 0.70710678f));
}

/* x tanh(log(1 + e)) where e = exp(x), with fewer steps: tanh(log(y)) =
 * (y y - 1) / (y y + 1). It is 1 in float32 long before x = 20, and e e would overflow. */
static inline vector mish_of(vector x)
{
    vector e = exp_of(choose(x > 20.0f, all(20.0f), x)), square_less_1 = e * (e + 2.0f);

    return x * (square_less_1 / (square_less_1 + 2.0f));
}

static inline vector power_of(vector x, float exponent)
{
    if (exponent == 2.0f)
        return x * x;
    return SLEEF(powf, _u10)(x, all(exponent));
}

/* Defines a function by its formula in v, a vector of values, and p, the parameters. These are
 * copied, as the compiler must assume that out may overwrite them. The last vector ends with
 * the last value and so may overlap the one before; it is read first, as x and out may be the
 * same. */
#define UNARY(name, formula)                                                                       \
    static inline vector name##_lanes(const struct lsn_unary *p, vector v)                         \
    {                                                                                              \
        (void)p;                                                                                   \
        return formula;                                                                            \
    }                                                                                              \
                                                                                                   \
    static void name(const struct lsn_unary *parameters, size_t n, const float *x, float *out)     \
    {                                                                                              \
        const struct lsn_unary p = *parameters;                                                    \
        vector v, last = {0};                                                                      \
        size_t i;                                                                                  \
                                                                                                   \
        if (n < LANES) {                                                                           \
            last = load_part(n, x);                                                                \
            last = name##_lanes(&p, last);                                                         \
            store_part(n, last, out);                                                              \
            return;                                                                                \
        }                                                                                          \
        memcpy(&last, x + n - LANES, sizeof last);                                                 \
        for (i = 0; i + LANES < n; i += LANES) {                                                   \
            memcpy(&v, x + i, sizeof v);                                                           \
            v = name##_lanes(&p, v);                                                               \
            memcpy(out + i, &v, sizeof v);                                                         \
        }                                                                                          \
        last = name##_lanes(&p, last);                                                             \
        memcpy(out + n - LANES, &last, sizeof last);                                               \
    }

UNARY(relu, choose(v < 0.0f, all(0.0f), v))
UNARY(leaky_relu, choose(v < 0.0f, p->alpha *v, v))
UNARY(clip, clamp(v, p->min, p->max))
UNARY(hard_swish, v *clamp(v / 6.0f + 0.5f, 0.0f, 1.0f))
UNARY(hard_sigmoid, clamp(p->alpha *v + p->beta, 0.0f, 1.0f))
UNARY(sigmoid, 1.0f / (1.0f + exp_of(-v)))
UNARY(tanh_of, SLEEF(tanhf, _u10)(v))
UNARY(erf_of, SLEEF(erff, _u10)(v))
UNARY(gelu, p->tanh_approx ? gelu_tanh(v) : gelu_erf(v))
UNARY(silu, v / (1.0f + exp_of(-v)))
UNARY(elu, choose(v < 0.0f, p->alpha *exp_less_1(v), v))
UNARY(selu, p->gamma *choose(v < 0.0f, p->alpha *exp_less_1(v), v))
UNARY(celu, choose(v < 0.0f, p->alpha *exp_less_1(v / p->alpha), v))
UNARY(thresholded_relu, choose(v <= p->alpha, all(0.0f), v))
UNARY(softplus, log1p_exp(v))
UNARY(softsign, v / (1.0f + magnitude(v)))
UNARY(mish, mish_of(v))
UNARY(absolute, magnitude(v))
UNARY(negative, -v)
UNARY(exponential, exp_of(v))
UNARY(logarithm, SLEEF(logf, _u10)(v))
UNARY(root, SLEEF(sqrtf, _)(v))
UNARY(reciprocal, 1.0f / v)
UNARY(sign, choose(v > 0.0f, all(1.0f), choose(v < 0.0f, all(-1.0f), v)))
UNARY(sine, SLEEF(sinf, _u10)(v))
UNARY(cosine, SLEEF(cosf, _u10)(v))
UNARY(power, power_of(v, p->exponent))

#define TEXT(x)   #x
#define NUMBER(x) TEXT(x)
#define RELEASE                                                                                    \
    NUMBER(SLEEF_VERSION_MAJOR) "." NUMBER(SLEEF_VERSION_MINOR) "." NUMBER(SLEEF_VERSION_PATCHLEVEL)
#define ROW(id, name, function, parameters) function,
const struct lsn_unary_version VERSION = {"SLEEF " RELEASE ", " PROCESSOR, {LSN_UNARY_LIST(ROW)}};
