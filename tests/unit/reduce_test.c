/* Reductions and resampling against sums that can be done by hand. */
#include "support.h"

#include <math.h>

#include "op/reduce.h"
#include "op/resample.h"

/* x [2][1][3]: channels of the first position 1, -2, 3, of the second -4, 5, 6. */
static const float x[6] = {1, -2, 3, -4, 5, 6};
static const struct lsn_shape in = {3, 2, 1};

static void by_hand(void **state)
{
    static const struct {
        enum lsn_reduce_function function;
        float channels[2], space[3], both;
    } wanted[] = {
        {LSN_REDUCE_MEAN, {2.0f / 3, 7.0f / 3}, {-1.5f, 1.5f, 4.5f}, 1.5f},
        {LSN_REDUCE_SUM, {2, 7}, {-3, 3, 9}, 9},
        {LSN_REDUCE_MAX, {3, 6}, {1, 5, 6}, 6},
        {LSN_REDUCE_MIN, {-2, -4}, {-4, -2, 3}, -4},
        {LSN_REDUCE_L1, {6, 15}, {5, 7, 9}, 21},
        {LSN_REDUCE_L2,
         {3.7416573868f, 8.7749643874f},
         {4.1231056256f, 5.3851648071f, 6.7082039325f},
         9.5393920142f},
        {LSN_REDUCE_SUM_SQUARE, {14, 77}, {17, 29, 45}, 91},
    };
    float out[3];
    size_t i, j;

    (void)state;
    assert_int_equal(TEST_COUNT(wanted), LSN_REDUCE_COUNT);
    for (i = 0; i < TEST_COUNT(wanted); i++) {
        lsn_reduce(wanted[i].function, true, false, in, x, out);
        for (j = 0; j < 2; j++)
            assert_true(out[j] == wanted[i].channels[j]);
        lsn_reduce(wanted[i].function, false, true, in, x, out);
        for (j = 0; j < 3; j++)
            assert_true(out[j] == wanted[i].space[j]);
        lsn_reduce(wanted[i].function, true, true, in, x, out);
        assert_true(out[0] == wanted[i].both);
    }
}

static void nan_stays_nan(void **state)
{
    const float values[3] = {1, NAN, 2};
    float out;
    int function;

    (void)state;
    for (function = 0; function < LSN_REDUCE_COUNT; function++) {
        lsn_reduce((enum lsn_reduce_function)function, true, true, (struct lsn_shape){3, 1, 1},
                   values, &out);
        assert_true(isnan(out));
    }
}

/* Rows reversed and halved, the one column doubled by a mean of itself. */
static void resampling(void **state)
{
    const float rows[2] = {0, 0.5f}, columns[2] = {1, 1};
    const float wanted[6] = {-2, 2.5f, 3, -2, 2.5f, 3};
    float out[6];
    int i;

    (void)state;
    for (i = 0; i < 6; i++)
        out[i] = NAN;
    lsn_resample(in, (struct lsn_shape){3, 1, 2}, rows, columns, x, out);
    for (i = 0; i < 6; i++)
        assert_true(out[i] == wanted[i]);
}

static void spans(void **state)
{
    const float weights[5] = {0, 2, 0, -1, 0}, none[2] = {0, 0};
    struct lsn_span span = lsn_resample_span(5, weights);

    (void)state;
    assert_int_equal(span.first, 1);
    assert_int_equal(span.last, 4);
    span = lsn_resample_span(2, none);
    assert_int_equal(span.first, span.last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(resampling),
        cmocka_unit_test(spans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
