/* Window geometry against counting windows and taps one by one. */
#include "support.h"

#include "op/window.h"

/* Windows that end inside the padded input; with ceil_mode one more where they
 * leave a rest of it uncovered, less the last one if that starts behind the input. */
static int count_windows(int in, int k, int stride, int dilation, int before, int after,
                         bool ceil_mode)
{
    int total = in + before + after, extent = dilation * (k - 1) + 1, start = 0, count = 0;

    for (; start + extent <= total; start += stride)
        count++;
    if (!ceil_mode)
        return count;
    if (start - stride + extent < total)
        count++;
    if (count > 0 && (count - 1) * stride >= in + before)
        count--;
    return count;
}

static void lengths_match_a_count(void **state)
{
    int in, k, stride, dilation, before, after, ceil_mode;

    (void)state;
    for (in = 1; in <= 12; in++)
        for (k = 1; k <= 5; k++)
            for (stride = 1; stride <= 4; stride++)
                for (dilation = 1; dilation <= 3; dilation++)
                    for (before = 0; before <= 3; before++)
                        for (after = 0; after <= 3; after++)
                            for (ceil_mode = 0; ceil_mode < 2; ceil_mode++) {
                                int wanted = count_windows(in, k, stride, dilation, before, after,
                                                           ceil_mode);
                                int got = lsn_window_length(in, k, stride, dilation, before, after,
                                                            ceil_mode);

                                if (got != wanted)
                                    fail_msg("in %d k %d stride %d dilation %d pads %d %d ceil %d: "
                                             "%d, counted %d",
                                             in, k, stride, dilation, before, after, ceil_mode, got,
                                             wanted);
                            }
}

/* From published networks, and from torch.nn.functional.max_pool2d. */
static void known_lengths(void **state)
{
    (void)state;
    assert_int_equal(lsn_window_length(224, 11, 4, 1, 2, 2, false), 55); /* AlexNet conv1 */
    assert_int_equal(lsn_window_length(224, 7, 2, 1, 3, 3, false), 112); /* ResNet conv1 */
    assert_int_equal(lsn_window_length(55, 3, 2, 1, 0, 0, false), 27);   /* AlexNet pool1 */
    assert_int_equal(lsn_window_length(112, 3, 2, 1, 0, 0, true), 56);   /* GoogLeNet pool1 */
    assert_int_equal(lsn_window_length(112, 3, 2, 1, 0, 0, false), 55);
    assert_int_equal(lsn_window_length(7, 7, 1, 1, 0, 0, false), 1);
    assert_int_equal(lsn_window_length(4, 3, 2, 1, 1, 1, true), 3);
    assert_int_equal(lsn_window_length(1, 2, 3, 1, 1, 1, true), 1);
    assert_int_equal(lsn_window_length(2, 3, 2, 1, 0, 0, true), 1); /* hangs over from the start */
    assert_int_equal(lsn_window_length(1, 2, 2, 1, 0, 0, true), 1);
    assert_int_equal(lsn_window_length(2, 5, 3, 1, 0, 0, true), 0);
    assert_int_equal(lsn_window_length(2, 3, 2, 1, 0, 0, false), 0);
}

static void lengths_do_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(lsn_window_length(1 << 30, 2, 1, 1, 65536, 65536, false),
                     (1 << 30) + 2 * 65536 - 1);
    assert_int_equal(lsn_window_length(1, 2147483647, 1, 65536, 0, 0, false), 0);
    assert_int_equal(lsn_window_length(1, 2147483647, 65536, 65536, 65536, 65536, true), 0);
}

static void check_taps(int out, int in, int k, int stride, int dilation, int before)
{
    int first, last, tap;

    lsn_window_taps((struct lsn_window_axis){k, stride, dilation, before}, out, in, &first, &last);
    assert_true(first <= last);
    for (tap = 0; tap < k; tap++) {
        int at = out * stride - before + tap * dilation;

        if ((at >= 0 && at < in) != (tap >= first && tap < last))
            fail_msg("out %d in %d k %d stride %d dilation %d before %d: taps %d ... %d, tap %d "
                     "lies at %d",
                     out, in, k, stride, dilation, before, first, last - 1, tap, at);
    }
}

static void taps_are_those_inside(void **state)
{
    int out, in, k, stride, dilation, before;

    (void)state;
    for (in = 1; in <= 8; in++)
        for (k = 1; k <= 5; k++)
            for (stride = 1; stride <= 4; stride++)
                for (dilation = 1; dilation <= 3; dilation++)
                    for (before = 0; before <= 6; before++)
                        for (out = 0; out <= 8; out++)
                            check_taps(out, in, k, stride, dilation, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_match_a_count),
        cmocka_unit_test(known_lengths),
        cmocka_unit_test(lengths_do_not_overflow),
        cmocka_unit_test(taps_are_those_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
