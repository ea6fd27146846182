/* Activations against their formulas in double. Tolerances count roundoffs of
 * the result (relative), or of the input where the result is a difference. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "op/act.h"

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

static void run_leaky_relu(size_t n, const float *x, float *out)
{
    lsn_leaky_relu(n, 0.125f, x, out);
}

static void run_clip(size_t n, const float *x, float *out)
{
    lsn_clip(n, -1.5f, 6, x, out);
}

static void run_hard_sigmoid(size_t n, const float *x, float *out)
{
    lsn_hard_sigmoid(n, 0.25f, 0.625f, x, out);
}

/* clang-format off */
static const struct {
    const char *name;
    void (*run)(size_t n, const float *x, float *out);
    double (*formula)(double x);
    double of_result, of_input; /* tolerance, roundoffs */
} ops[] = {
    {"relu",         lsn_relu,         relu,         0, 0},
    {"leaky relu",   run_leaky_relu,   leaky_relu,   0, 0}, /* alpha is a power of two */
    {"clip",         run_clip,         clip,         0, 0},
    {"hard swish",   lsn_hard_swish,   hard_swish,   1, 3},
    {"hard sigmoid", run_hard_sigmoid, hard_sigmoid, 1, 0},
    {"sigmoid",      lsn_sigmoid,      sigmoid,      5, 0},
    {"tanh",         lsn_tanh,         tanh,         4, 0},
    {"erf",          lsn_erf,          erf,          4, 0},
    {"gelu",         lsn_gelu,         gelu,         1, 4},
    {"gelu tanh",    lsn_gelu_tanh,    gelu_tanh,    1, 4},
    {"silu",         lsn_silu,         silu,         6, 0},
};
/* clang-format on */

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
        ops[op].run(COUNT, x, out);
        for (i = 0; i < COUNT; i++) {
            wanted = ops[op].formula((double)x[i]);
            tolerance = TEST_ROUNDOFF * (ops[op].of_result * fabs(wanted) +
                                         ops[op].of_input * fabs((double)x[i])) +
                        (ops[op].of_result > 0 ? UNDERFLOW_MAX : 0);
            test_close(ops[op].name, &out[i], &wanted, 1, tolerance);
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
        ops[op].run(COUNT, x, out);
        memcpy(same, x, COUNT * sizeof *same);
        ops[op].run(COUNT, same, same);
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
        ops[op].run(1, &x, &out);
        if (!isnan(out))
            fail_msg("%s of NaN is %g", ops[op].name, (double)out);
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
            ops[op].run(n, x, out);
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
