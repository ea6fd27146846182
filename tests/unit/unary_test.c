/* Functions of one value against their formulas in double. Tolerances count roundoffs of
 * the result (relative), or of the input where the result is a difference. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "op/unary.h"

static double clamp(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

static double relu(double x)
{
    return x > 0 ? x : 0;
}

static double leaky_relu(double x)
{
    return x > 0 ? x : 0.125 * x;
}

static double clip(double x)
{
    return clamp(x, -1.5, 6);
}

static double hard_swish(double x)
{
    return x * clamp(x + 3, 0, 6) / 6;
}

static double hard_sigmoid(double x)
{
    return clamp(0.25 * x + 0.625, 0, 1);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double gelu(double x)
{
    return x * erfc(-x / sqrt(2)) / 2;
}

static double gelu_tanh(double x)
{
    return x / 2 * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * pow(x, 3))));
}

static double silu(double x)
{
    return x * sigmoid(x);
}

static double elu(double x)
{
    return x > 0 ? x : 0.75 * expm1(x);
}

static double selu(double x)
{
    return 1.25 * (x > 0 ? x : 0.75 * expm1(x));
}

static double celu(double x)
{
    return fmax(0, x) + fmin(0, 0.75 * expm1(x / 0.75));
}

static double thresholded_relu(double x)
{
    return x > 0.75 ? x : 0;
}

static double softplus(double x)
{
    return x > 40 ? x : log1p(exp(x));
}

static double softsign(double x)
{
    return x / (1 + fabs(x));
}

static double mish(double x)
{
    return x * tanh(softplus(x));
}

static double negative(double x)
{
    return -x;
}

static double reciprocal(double x)
{
    return 1 / x;
}

static double sign(double x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x;
}

static double cube(double x)
{
    return x * x * x;
}

/* clang-format off */
static const struct {
    enum lsn_unary_function function;
    struct lsn_unary parameters;
    double (*formula)(double x);
    double of_result, of_input; /* tolerance, roundoffs */
} ops[] = {
    {LSN_UNARY_RELU,         {.alpha = 0},               relu,         0, 0},
    {LSN_UNARY_LEAKY_RELU,   {.alpha = 0.125f}, leaky_relu,   0, 0}, /* a power of two */
    {LSN_UNARY_CLIP,         {.min = -1.5f, .max = 6}, clip,  0, 0},
    {LSN_UNARY_HARD_SWISH,   {.alpha = 0},               hard_swish,   1, 3},
    {LSN_UNARY_HARD_SIGMOID, {.alpha = 0.25f, .beta = 0.625f}, hard_sigmoid, 1, 0},
    {LSN_UNARY_SIGMOID,      {.alpha = 0},               sigmoid,      5, 0},
    {LSN_UNARY_TANH,         {.alpha = 0},               tanh,         4, 0},
    {LSN_UNARY_ERF,          {.alpha = 0},               erf,          4, 0},
    {LSN_UNARY_GELU,         {.alpha = 0},               gelu,         1, 4},
    {LSN_UNARY_GELU,         {.tanh_approx = true}, gelu_tanh, 1, 4},
    {LSN_UNARY_SILU,         {.alpha = 0},               silu,         6, 0},
    {LSN_UNARY_ELU,          {.alpha = 0.75f},  elu,          4, 0},
    {LSN_UNARY_SELU,         {.alpha = 0.75f, .gamma = 1.25f}, selu, 5, 0},
    {LSN_UNARY_CELU,         {.alpha = 0.75f},  celu,         6, 0},
    {LSN_UNARY_THRESHOLDED_RELU, {.alpha = 0.75f}, thresholded_relu, 0, 0},
    {LSN_UNARY_SOFTPLUS,     {.alpha = 0},               softplus,     5, 0},
    {LSN_UNARY_SOFTSIGN,     {.alpha = 0},               softsign,     3, 0},
    {LSN_UNARY_MISH,         {.alpha = 0},               mish,         9, 0},
    {LSN_UNARY_ABS,          {.alpha = 0},               fabs,         0, 0},
    {LSN_UNARY_NEG,          {.alpha = 0},               negative,     0, 0},
    {LSN_UNARY_EXP,          {.alpha = 0},               exp,          4, 0},
    {LSN_UNARY_LOG,          {.alpha = 0},               log,          4, 0},
    {LSN_UNARY_SQRT,         {.alpha = 0},               sqrt,         1, 0},
    {LSN_UNARY_RECIPROCAL,   {.alpha = 0},               reciprocal,   1, 0},
    {LSN_UNARY_SIGN,         {.alpha = 0},               sign,         0, 0},
    {LSN_UNARY_SIN,          {.alpha = 0},               sin,          3, 0},
    {LSN_UNARY_COS,          {.alpha = 0},               cos,          3, 0},
    {LSN_UNARY_POW,          {.exponent = 3},   cube,         4, 0},
};
/* clang-format on */

static const char *name_of(size_t op)
{
#define ROW(id, name, function, parameters) name,
    static const char *const names[] = {LSN_UNARY_LIST(ROW)};
#undef ROW
    return names[ops[op].function];
}

static void run(size_t op, size_t n, const float *x, float *out)
{
    lsn_unary_run(ops[op].function, &ops[op].parameters, n, x, out);
}

/* Of a result that a float does not hold, or that is no number. */
static bool same_limit(double wanted, float got)
{
    if (isnan(wanted) || isnan((double)got))
        return isnan(wanted) && isnan((double)got);
    return fabs(wanted) > (double)FLT_MAX * (1 - 1e-6) && (double)got * wanted > 0 &&
           fabsf(got) >= FLT_MAX * (1 - 1e-6f);
}

#define COUNT         20000
#define UNDERFLOW_MAX 1e-36 /* results below it may be 0: exp overflows first */

/* Random numbers of several sizes, and the ends of every range. */
static float *make_inputs(void)
{
    static const float ends[] = {0.0f,  -0.0f,  1e-30f, -1e-30f, 3.0f,    -3.0f,   2.5f,   -2.5f,
                                 6.0f,  -6.0f,  1.5f,   -1.5f,   88.7f,   -88.7f,  104.0f, -104.0f,
                                 1e10f, -1e10f, 1e30f,  -1e30f,  FLT_MAX, -FLT_MAX};
    uint64_t seed = 13;
    float *x = test_floats(&seed, COUNT, -12, 12);
    size_t i;

    for (i = 0; i < COUNT; i += 4)
        x[i] *= 8;
    for (i = 1; i < COUNT; i += 4)
        x[i] *= 0.01f;
    memcpy(x, ends, sizeof ends);
    return x;
}

static void formulas(void **state)
{
    float *x = make_inputs(), *out;
    double wanted, tolerance;
    size_t op, i;

    (void)state;
    for (op = 0; op < TEST_COUNT(ops); op++) {
        out = test_output(COUNT);
        run(op, COUNT, x, out);
        for (i = 0; i < COUNT; i++) {
            wanted = ops[op].formula((double)x[i]);
            if (!isfinite((float)wanted) && same_limit(wanted, out[i]))
                continue;
            tolerance = TEST_ROUNDOFF * (ops[op].of_result * fabs(wanted) +
                                         ops[op].of_input * fabs((double)x[i])) +
                        (ops[op].of_result > 0 ? UNDERFLOW_MAX : 0);
            test_close(name_of(op), &out[i], &wanted, 1, tolerance);
        }
        free(out);
    }
    free(x);
}

static void in_place(void **state)
{
    float *x = make_inputs(), *out = test_output(COUNT), *same = test_output(COUNT);
    size_t op;

    (void)state;
    for (op = 0; op < TEST_COUNT(ops); op++) {
        run(op, COUNT, x, out);
        memcpy(same, x, COUNT * sizeof *same);
        run(op, COUNT, same, same);
        assert_memory_equal(same, out, COUNT * sizeof *same);
    }
    free(x);
    free(out);
    free(same);
}

/* An overflow upstream must reach the logits, where it is reported. */
static void nan_stays_nan(void **state)
{
    const float x = NAN;
    float out;
    size_t op;

    (void)state;
    for (op = 0; op < TEST_COUNT(ops); op++) {
        out = 0;
        run(op, 1, &x, &out);
        if (!isnan(out))
            fail_msg("%s of NaN is %g", name_of(op), (double)out);
    }
}

/* n elements and no more. */
static void touches_n_only(void **state)
{
    float x[40], out[40];
    size_t op, n, i;

    (void)state;
    for (i = 0; i < 40; i++)
        x[i] = 1;
    for (op = 0; op < TEST_COUNT(ops); op++)
        for (n = 0; n <= 33; n++) {
            for (i = 0; i < 40; i++)
                out[i] = NAN;
            run(op, n, x, out);
            for (i = 0; i < 40; i++)
                assert_true(isnan(out[i]) == (i >= n));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas),
        cmocka_unit_test(in_place),
        cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(touches_n_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
