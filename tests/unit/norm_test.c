/* Affine, layer norm and LRN: closed forms, and twins with tolerances counted in
 * roundoffs. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "op/norm.h"
#include "op/ref/ref.h"

static const struct {
    size_t positions, c;
} shapes[] = {{1, 1}, {1, 10}, {6, 3}, {25, 64}, {49, 7}, {3025, 96}, {196, 768}};

/* Arrays of one case, [positions][c] or [c]. */
struct arrays {
    size_t count, c;
    float *x, *scale, *shift, *out;
    double *wide, *wanted, *tolerance;
};

static struct arrays make(uint64_t *seed, size_t positions, size_t c)
{
    struct arrays a = {.count = positions * c, .c = c};

    a.x = test_floats(seed, a.count, -20, 30);
    a.scale = test_floats(seed, c, -2, 2);
    a.shift = test_floats(seed, c, -1, 1);
    a.out = test_output(a.count);
    a.wide = test_widen(a.x, a.count);
    a.wanted = calloc(a.count, sizeof *a.wanted);
    a.tolerance = calloc(a.count, sizeof *a.tolerance);
    assert_non_null(a.wanted);
    assert_non_null(a.tolerance);
    return a;
}

static void release(struct arrays *a)
{
    free(a->x);
    free(a->scale);
    free(a->shift);
    free(a->out);
    free(a->wide);
    free(a->wanted);
    free(a->tolerance);
}

/* A product and a sum: two roundings of parts as large as |scale x| and |shift|. */
static void affine_twin(void **state)
{
    uint64_t seed = 1;
    size_t i, j;

    (void)state;
    for (i = 0; i < TEST_COUNT(shapes); i++) {
        struct arrays a = make(&seed, shapes[i].positions, shapes[i].c);

        lsn_ref_affine(shapes[i].positions, a.c, a.scale, a.shift, a.wide, a.wanted);
        for (j = 0; j < a.count; j++)
            a.tolerance[j] =
                2 * TEST_ROUNDOFF *
                (fabs((double)a.scale[j % a.c] * a.wide[j]) + fabs((double)a.shift[j % a.c]));
        lsn_affine(shapes[i].positions, a.c, a.scale, a.shift, a.x, a.out);
        test_close_each("affine", a.out, a.wanted, a.tolerance, a.count);
        lsn_affine(shapes[i].positions, a.c, a.scale, a.shift, a.x, a.x);
        assert_memory_equal(a.x, a.out, a.count * sizeof *a.x);
        release(&a);
    }
}

/* The normalised value is rounded once, then scaled and shifted. */
static void check_layer_norm(uint64_t *seed, size_t positions, size_t c)
{
    struct arrays a = make(seed, positions, c);
    float epsilon = 1e-5f;
    size_t j;

    lsn_ref_layer_norm(positions, a.c, (double)epsilon, a.scale, a.shift, a.wide, a.wanted);
    for (j = 0; j < a.count; j++)
        a.tolerance[j] =
            4 * TEST_ROUNDOFF * (fabs(a.wanted[j]) + 2 * fabs((double)a.shift[j % a.c])) + 1e-12;
    lsn_layer_norm(positions, a.c, epsilon, a.scale, a.shift, a.x, a.out);
    test_close_each("layer norm", a.out, a.wanted, a.tolerance, a.count);
    lsn_layer_norm(positions, a.c, epsilon, a.scale, a.shift, a.x, a.x);
    assert_memory_equal(a.x, a.out, a.count * sizeof *a.x);
    release(&a);
}

static void layer_norm_twin(void **state)
{
    uint64_t seed = 2;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(shapes); i++)
        check_layer_norm(&seed, shapes[i].positions, shapes[i].c);
}

static void layer_norm_closed_forms(void **state)
{
    const float x[4] = {1, 3, -7, -7}, scale[2] = {2, 10}, shift[2] = {0.5f, -1};
    float out[4] = {NAN, NAN, NAN, NAN};

    (void)state;
    /* Mean 2, variance 1; and a position without variance: its shift remains. */
    lsn_layer_norm(2, 2, 0, scale, shift, x, out);
    assert_true(out[0] == -1.5f && out[1] == 9);
    lsn_layer_norm(2, 2, 1e-6f, scale, shift, x, out);
    assert_true(out[2] == 0.5f && out[3] == -1);
    /* The variance is the biased one, and epsilon is added to it: 1 + 3 = 4. */
    lsn_layer_norm(1, 2, 3, scale, shift, x, out);
    assert_true(out[0] == -0.5f && out[1] == 4);
}

/* The sum of n squares and its scaling carry at most n + 3 roundoffs, the power
 * multiplies them by beta and adds its own 4, the product one more. */
static void check_lrn(uint64_t *seed, struct lsn_lrn lrn, size_t positions, size_t c)
{
    struct arrays a = make(seed, positions, c);
    double roundoffs = (lrn.size + 3) * (double)lrn.beta + 5;
    size_t j;

    lsn_ref_lrn(&lrn, positions, c, a.wide, a.wanted);
    for (j = 0; j < a.count; j++)
        a.tolerance[j] = roundoffs * TEST_ROUNDOFF * fabs(a.wanted[j]);
    lsn_lrn(&lrn, positions, c, a.x, a.out);
    test_close_each("LRN", a.out, a.wanted, a.tolerance, a.count);
    release(&a);
}

static void lrn_twin(void **state)
{
    uint64_t seed = 3;
    size_t i;
    int size;

    (void)state;
    for (i = 0; i < TEST_COUNT(shapes); i++)
        for (size = 1; size <= 9; size++) {
            size_t positions = shapes[i].positions, c = shapes[i].c;

            check_lrn(&seed, (struct lsn_lrn){size, 1e-4f, 0.75f, 1}, positions, c);
            check_lrn(&seed, (struct lsn_lrn){size, 0.3f, 0.75f, 2}, positions, c);
            check_lrn(&seed, (struct lsn_lrn){size, 0.01f, 0.5f, 0.5f}, positions, c);
        }
}

/* Sums go on side by side in 16 lanes: all that can be left beyond them. */
static void every_width(void **state)
{
    uint64_t seed = 4;
    size_t c, i;
    int size;

    (void)state;
    for (c = 1; c <= 70; c++) {
        check_layer_norm(&seed, 3, c);
        for (size = 1; size <= 7; size++)
            for (i = 0; i < 2; i++)
                check_lrn(&seed, (struct lsn_lrn){size, 0.3f, i ? 0.75f : 0.6f, 1.5f}, 3, c);
    }
}

/* With alpha = size, beta = 1 and bias = 1: x / (1 + the window's squares). */
static void lrn_windows(void **state)
{
    const float x[4] = {1, 2, 3, 4};
    float out[4] = {NAN, NAN, NAN, NAN};

    (void)state;
    lsn_lrn(&(struct lsn_lrn){3, 3, 1, 1}, 1, 4, x, out);
    test_close("LRN of 3", out, (const double[]){1.0 / 6, 2.0 / 15, 3.0 / 30, 4.0 / 26}, 4, 1e-6);
    /* An even size reaches further up than down, as ONNX has it. */
    lsn_lrn(&(struct lsn_lrn){2, 2, 1, 1}, 1, 4, x, out);
    test_close("LRN of 2", out, (const double[]){1.0 / 6, 2.0 / 14, 3.0 / 26, 4.0 / 17}, 4, 1e-6);
    /* A window wider than the channels takes them all. */
    lsn_lrn(&(struct lsn_lrn){99, 99, 1, 1}, 1, 4, x, out);
    test_close("LRN of 99", out, (const double[]){1.0 / 31, 2.0 / 31, 3.0 / 31, 4.0 / 31}, 4, 1e-6);
    /* Positions do not see each other. */
    lsn_lrn(&(struct lsn_lrn){3, 3, 1, 1}, 4, 1, x, out);
    test_close("LRN of 1 channel", out, (const double[]){1.0 / 2, 2.0 / 5, 3.0 / 10, 4.0 / 17}, 4,
               1e-6);
}

/* A plane whose values are equal but for a float's last bit, beside one that varies. */
static void group_norm_of_roundoff(void **state)
{
    const float x[8] = {3, 1, nextafterf(3, 4), 2, 3, 3, nextafterf(3, 2), 4};
    const float scale[2] = {10, 2}, shift[2] = {0.5f, -1};
    const double root = sqrt(1.25 + 1e-5);
    const double wanted[8] = {0.5, -3 / root - 1, 0.5, -1 / root - 1,
                              0.5, 1 / root - 1,  0.5, 3 / root - 1};
    float out[8];

    (void)state;
    lsn_group_norm((struct lsn_shape){2, 2, 2}, 2, 1e-5f, scale, shift, x, out);
    test_close("GroupNormalization", out, wanted, 8, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(affine_twin),
        cmocka_unit_test(layer_norm_twin),
        cmocka_unit_test(layer_norm_closed_forms),
        cmocka_unit_test(lrn_twin),
        cmocka_unit_test(every_width),
        cmocka_unit_test(lrn_windows),
        cmocka_unit_test(group_norm_of_roundoff),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
