/* Functions of one value, of all versions that this processor runs, against their formulas
 * in double and against PyTorch (golden/make_unary.py). Tolerances are the errors that
 * unary.h states, in roundoffs of the result (relative), or of the input where the result
 * is a difference. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../golden/unary.h"
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
    {LSN_UNARY_LEAKY_RELU,   {.alpha = 0.125f}, leaky_relu,   1, 0},
    {LSN_UNARY_CLIP,         {.min = -1.5f, .max = 6}, clip,  0, 0},
    {LSN_UNARY_HARD_SWISH,   {.alpha = 0},               hard_swish,   1, 3},
    {LSN_UNARY_HARD_SIGMOID, {.alpha = 0.25f, .beta = 0.625f}, hard_sigmoid, 1, 0},
    {LSN_UNARY_SIGMOID,      {.alpha = 0},               sigmoid,      3, 0},
    {LSN_UNARY_TANH,         {.alpha = 0},               tanh,         2, 0},
    {LSN_UNARY_ERF,          {.alpha = 0},               erf,          2, 0},
    {LSN_UNARY_GELU,         {.alpha = 0},               gelu,         0, 3},
    {LSN_UNARY_GELU,         {.tanh_approx = true}, gelu_tanh, 0, 3},
    {LSN_UNARY_SILU,         {.alpha = 0},               silu,         4, 0},
    {LSN_UNARY_ELU,          {.alpha = 0.75f},  elu,          3, 0},
    {LSN_UNARY_SELU,         {.alpha = 0.75f, .gamma = 1.25f}, selu, 4, 0},
    {LSN_UNARY_CELU,         {.alpha = 0.75f},  celu,         4, 0},
    {LSN_UNARY_THRESHOLDED_RELU, {.alpha = 0.75f}, thresholded_relu, 0, 0},
    {LSN_UNARY_SOFTPLUS,     {.alpha = 0},               softplus,     4, 0},
    {LSN_UNARY_SOFTSIGN,     {.alpha = 0},               softsign,     3, 0},
    {LSN_UNARY_MISH,         {.alpha = 0},               mish,         6, 0},
    {LSN_UNARY_ABS,          {.alpha = 0},               fabs,         0, 0},
    {LSN_UNARY_NEG,          {.alpha = 0},               negative,     0, 0},
    {LSN_UNARY_EXP,          {.alpha = 0},               exp,          2, 0},
    {LSN_UNARY_LOG,          {.alpha = 0},               log,          2, 0},
    {LSN_UNARY_SQRT,         {.alpha = 0},               sqrt,         1, 0},
    {LSN_UNARY_RECIPROCAL,   {.alpha = 0},               reciprocal,   1, 0},
    {LSN_UNARY_SIGN,         {.alpha = 0},               sign,         0, 0},
    {LSN_UNARY_SIN,          {.alpha = 0},               sin,          2, 0},
    {LSN_UNARY_COS,          {.alpha = 0},               cos,          2, 0},
    {LSN_UNARY_POW,          {.exponent = 3},   cube,         2, 0},
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

/* False where this processor does not run the version. */
static bool run_by(int version, size_t op, size_t n, const float *x, float *out)
{
    return lsn_unary_run_by(version, ops[op].function, &ops[op].parameters, n, x, out);
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

static double tolerance_of(size_t op, double wanted, double x)
{
    if (ops[op].of_input > 0)
        return TEST_ROUNDOFF * (ops[op].of_result * fabs(wanted) + ops[op].of_input * fabs(x)) +
               UNDERFLOW_MAX;
    return ops[op].of_result > 0 ? TEST_ROUNDOFF * ops[op].of_result * fabs(wanted) + UNDERFLOW_MAX
                                 : 0;
}

static void check(int version, size_t op, size_t n, const float *x)
{
    float *out = test_output(n);
    size_t i;

    if (run_by(version, op, n, x, out))
        for (i = 0; i < n; i++) {
            double wanted = ops[op].formula((double)x[i]);

            if (isfinite((float)wanted) || !same_limit(wanted, out[i]))
                test_close(name_of(op), &out[i], &wanted, 1,
                           tolerance_of(op, wanted, (double)x[i]));
        }
    free(out);
}

static void formulas(void **state)
{
    float *x = make_inputs();
    size_t op;
    int version;

    (void)state;
    for (version = 0; version < LSN_UNARY_VERSIONS; version++)
        for (op = 0; op < TEST_COUNT(ops); op++)
            check(version, op, COUNT, x);
    free(x);
}

/* Floats of all sizes, by their bits, and evenly from -100 to 100. */
static void sweep(void **state)
{
    float *x = test_scratch(COUNT);
    uint64_t bits = 0;
    uint32_t word;
    double at = -100;
    size_t op, i;

    (void)state;
    while (bits <= UINT32_MAX || at < 100) {
        for (i = 0; i < COUNT; bits += 5003, at += 0.00025, i++) {
            word = (uint32_t)bits;
            x[i] = (float)at;
            if (i % 2 && (word & 0x7f800000) != 0x7f800000) /* the ends are golden */
                memcpy(&x[i], &word, sizeof word);
        }
        for (op = 0; op < TEST_COUNT(ops); op++) {
            check(0, op, COUNT, x);
            check(LSN_UNARY_VERSIONS - 2, op, COUNT, x);
        }
    }
    free(x);
}

static void pytorch(void **state)
{
    enum { INPUTS = TEST_COUNT(golden_inputs) };
    float out[INPUTS];
    size_t op, row = 0, i;
    int version;

    (void)state;
    for (op = 0; op < TEST_COUNT(ops); op++) {
        if (ops[op].function == LSN_UNARY_SIGN) /* of NaN PyTorch's is 0 */
            continue;
        assert_true(row < TEST_COUNT(golden));
        assert_true(strncmp(golden[row].name, name_of(op), strlen(name_of(op))) == 0);
        for (version = 0; version < LSN_UNARY_VERSIONS; version++)
            for (i = 0; run_by(version, op, INPUTS, golden_inputs, out) && i < INPUTS; i++) {
                const double *wanted = &golden[row].results[i];

                if (isfinite(*wanted) || !same_limit(*wanted, out[i]))
                    test_close(name_of(op), &out[i], wanted, 1,
                               TEST_ROUNDOFF * fabs(*wanted) +
                                   tolerance_of(op, *wanted, (double)golden_inputs[i]));
            }
        row++;
    }
    assert_int_equal(row, TEST_COUNT(golden));
}

/* Numbers have the same bits; what is no number has any that say so. */
static void assert_same_bits(size_t op, const float *a, const float *b)
{
    size_t i;

    for (i = 0; i < COUNT; i++)
        if (memcmp(&a[i], &b[i], sizeof *a) != 0 && !(isnan(a[i]) && isnan(b[i])))
            fail_msg("%s: element %zu is %.9g and %.9g", name_of(op), i, (double)a[i],
                     (double)b[i]);
}

/* Of every value as one of many, alone, and among any number from any place on; in both
 * versions with fused multiply-adds, and in both without. */
static void same_bits(void **state)
{
    static const int pairs[][2] = {{0, 1}, {2, LSN_UNARY_VERSIONS - 1}};
    float *x = make_inputs(), *many = test_output(COUNT), *out = test_output(COUNT);
    size_t op, pair, n, i;
    int which;

    (void)state;
    for (op = 0; op < TEST_COUNT(ops); op++)
        for (pair = 0; pair < TEST_COUNT(pairs); pair++) {
            if (!run_by(pairs[pair][1], op, COUNT, x, many))
                continue;
            for (which = 0; which < 2; which++)
                for (i = 0; i < COUNT; i += n) {
                    n = i < 100 ? 1 : i % 53 + 1;
                    n = n < COUNT - i ? n : COUNT - i;
                    if (!run_by(pairs[pair][which], op, n, x + i, out + i))
                        break;
                    if (i + n == COUNT)
                        assert_same_bits(op, many, out);
                }
        }
    free(x);
    free(many);
    free(out);
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
        cmocka_unit_test(formulas),       cmocka_unit_test(sweep),
        cmocka_unit_test(pytorch),        cmocka_unit_test(same_bits),
        cmocka_unit_test(in_place),       cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(touches_n_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
