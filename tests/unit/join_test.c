/* Ops that combine or move values: every result is one addition, one product, or
 * a copy, so all must be equal to the definition. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "op/join.h"

static size_t count_of(struct lsn_shape s)
{
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

/* x [h][w][c] at (y, ix) of channel c, where a dimension of 1 is repeated. */
static float at(struct lsn_shape s, const float *x, int y, int ix, int c)
{
    y = s.h == 1 ? 0 : y;
    ix = s.w == 1 ? 0 : ix;
    c = s.c == 1 ? 0 : c;
    return x[(y * s.w + ix) * s.c + c];
}

static void check_broadcast(uint64_t *seed, struct lsn_shape s, struct lsn_shape a_shape,
                            struct lsn_shape b_shape)
{
    float *a = test_floats(seed, count_of(a_shape), -2, 2);
    float *b = test_floats(seed, count_of(b_shape), -2, 2);
    float *out[LSN_JOIN_COUNT];
    int function, y, x, c;

    for (function = 0; function < LSN_JOIN_COUNT; function++) {
        out[function] = test_output(count_of(s));
        lsn_join((enum lsn_join_function)function, s, a_shape, a, b_shape, b, out[function]);
    }
    for (y = 0; y < s.h; y++)
        for (x = 0; x < s.w; x++)
            for (c = 0; c < s.c; c++) {
                float u = at(a_shape, a, y, x, c), v = at(b_shape, b, y, x, c);

                assert_true(at(s, out[LSN_JOIN_ADD], y, x, c) == u + v);
                assert_true(at(s, out[LSN_JOIN_SUB], y, x, c) == u - v);
                assert_true(at(s, out[LSN_JOIN_MUL], y, x, c) == u * v);
                assert_true(at(s, out[LSN_JOIN_DIV], y, x, c) == u / v);
                assert_true(at(s, out[LSN_JOIN_MAX], y, x, c) == fmaxf(u, v));
                assert_true(at(s, out[LSN_JOIN_MIN], y, x, c) == fminf(u, v));
            }
    for (function = 0; function < LSN_JOIN_COUNT; function++)
        free(out[function]);
    free(a);
    free(b);
}

/* 0 / 0 becomes 0, and nothing else does: not NaN, not a number over 0. */
static void zero_quotients(void **state)
{
    const struct lsn_shape shape = {4, 1, 2}, one = {1, 1, 2};
    const float a[] = {0, 1, NAN, -0.0f, 0, 1, 2, 0}, b[] = {0, 2};
    float out[8];
    int i;

    (void)state;
    lsn_join(LSN_JOIN_DIV, shape, shape, a, one, b, out);
    lsn_join_zero_quotients(shape, shape, a, one, b, out);
    assert_true(out[0] == 0.0f && out[3] == 0.0f && isinf(out[1]) && isnan(out[2]));
    for (i = 4; i < 8; i++)
        assert_true(out[i] == a[i] / 2);
}

/* NaN in either input stays NaN: an overflow must not become a plausible number. */
static void nan_stays_nan(void **state)
{
    const float number = 1, nan = NAN;
    const struct lsn_shape one = {1, 1, 1};
    int function;
    float out[2];

    (void)state;
    for (function = 0; function < LSN_JOIN_COUNT; function++) {
        lsn_join((enum lsn_join_function)function, one, one, &nan, one, &number, &out[0]);
        lsn_join((enum lsn_join_function)function, one, one, &number, one, &nan, &out[1]);
        assert_true(isnan(out[0]) && isnan(out[1]));
    }
}

/* Each of the 64 ways in which the dimensions of a and b can be 1 or not. */
static void broadcasting(void **state)
{
    uint64_t seed = 17;
    int ones, c, h, w;

    (void)state;
    for (ones = 0; ones < 64; ones++)
        for (c = 1; c <= 7; c += 3)
            for (h = 1; h <= 3; h++)
                for (w = 1; w <= 3; w++) {
                    struct lsn_shape a = {ones & 1 ? 1 : c, ones & 2 ? 1 : h, ones & 4 ? 1 : w};
                    struct lsn_shape b = {ones & 8 ? 1 : c, ones & 16 ? 1 : h, ones & 32 ? 1 : w};
                    struct lsn_shape s = {a.c > b.c ? a.c : b.c, a.h > b.h ? a.h : b.h,
                                          a.w > b.w ? a.w : b.w};

                    check_broadcast(&seed, s, a, b);
                }
}

static void concatenation(void **state)
{
    const float a[4] = {1, 2, 3, 4}, b[6] = {5, 6, 7, 8, 9, 10}, c[2] = {11, 12};
    const float wanted[12] = {1, 2, 5, 6, 7, 11, 3, 4, 8, 9, 10, 12};
    float out[12];
    int i;

    (void)state;
    for (i = 0; i < 12; i++)
        out[i] = NAN;
    lsn_concat_part(2, 3, b, 2, 6, out);
    assert_true(isnan(out[0]) && isnan(out[1]) && isnan(out[5]) && out[4] == 7);
    lsn_concat_part(2, 2, a, 0, 6, out);
    lsn_concat_part(2, 1, c, 5, 6, out);
    assert_memory_equal(out, wanted, sizeof wanted);
}

static void selection(void **state)
{
    const float x[6] = {1, 2, 3, 4, 5, 6}, wanted[8] = {3, 1, 1, 2, 6, 4, 4, 5};
    const int channels[4] = {2, 0, 0, 1};
    float out[8];

    (void)state;
    lsn_select(2, 3, x, channels, 4, out);
    assert_memory_equal(out, wanted, sizeof wanted);
}

static void padding(void **state)
{
    uint64_t seed = 19;
    int round, y, x, c;

    (void)state;
    for (round = 0; round < 200; round++) {
        struct lsn_shape in = {test_random_int(&seed, 1, 4), test_random_int(&seed, 1, 5),
                               test_random_int(&seed, 1, 5)};
        int pads[4] = {test_random_int(&seed, 0, 3), test_random_int(&seed, 0, 3),
                       test_random_int(&seed, 0, 3), test_random_int(&seed, 0, 3)};
        struct lsn_shape s = {in.c, in.h + pads[0] + pads[2], in.w + pads[1] + pads[3]};
        float *image = test_floats(&seed, count_of(in), 0, 1), *out = test_output(count_of(s));

        lsn_pad(in, pads, -7, image, out);
        for (y = 0; y < s.h; y++)
            for (x = 0; x < s.w; x++)
                for (c = 0; c < s.c; c++) {
                    int iy = y - pads[0], ix = x - pads[1];
                    bool inside = iy >= 0 && iy < in.h && ix >= 0 && ix < in.w;
                    float value = out[(y * s.w + x) * s.c + c];

                    assert_true(value == (inside ? image[(iy * in.w + ix) * in.c + c] : -7));
                }
        free(image);
        free(out);
    }
}

/* To PyTorch's order: all of channel 0, then all of channel 1. */
static void flattening(void **state)
{
    const float x[12] = {1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60};
    const float wanted[12] = {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};
    float out[12];

    (void)state;
    lsn_flatten((struct lsn_shape){2, 2, 3}, x, out);
    assert_memory_equal(out, wanted, sizeof wanted);
    lsn_flatten((struct lsn_shape){12, 1, 1}, x, out);
    assert_memory_equal(out, x, sizeof x);
    lsn_flatten((struct lsn_shape){1, 3, 4}, x, out);
    assert_memory_equal(out, x, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broadcasting),   cmocka_unit_test(concatenation),
        cmocka_unit_test(selection),      cmocka_unit_test(padding),
        cmocka_unit_test(flattening),     cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(zero_quotients),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
