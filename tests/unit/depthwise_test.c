/* Depthwise rows against the sums of their definition in double: window widths that are computed in
 * strips and others, strides, dilations, numbers of channels around the vector width, maps narrower
 * than a window or strip, and padding where windows lie outside partly or completely. Nothing after
 * a row is written, and nothing around the map is read: it is NaN. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "op/depthwise.h"

enum { GUARD = 16, HEIGHT = 3, KH = 2 };

#define GUARD_VALUE 12345.0f

/* The output (oy, ox) of channel c in double, and the sum of the sizes of its products, of which
 * the tolerance is a multiple. */
static double wanted_at(const struct lsn_conv *conv, const float *packed, const float *bias,
                        const float *x, int oy, int ox, int c, double *size)
{
    const struct lsn_window *w = &conv->window;
    double sum = bias ? (double)bias[c] : 0;
    int ky, kx;

    *size = fabs(sum);
    for (ky = 0; ky < w->kh; ky++)
        for (kx = 0; kx < w->kw; kx++) {
            int y = oy * w->sh - w->pt + ky * w->dh, at = ox * w->sw - w->pl + kx * w->dw;
            double part;

            if (y < 0 || y >= conv->in.h || at < 0 || at >= conv->in.w)
                continue;
            part = (double)packed[(ky * w->kw + kx) * conv->in.c + c] *
                   (double)x[(y * conv->in.w + at) * conv->in.c + c];
            sum += part;
            *size += fabs(part);
        }
    return sum;
}

static void check_row(const struct lsn_conv *conv, const float *packed, const float *bias,
                      const float *x, int oy, float *out)
{
    int c = conv->out.c, count = conv->out.w * c, i;
    char what[160];

    for (i = 0; i < count; i++)
        out[i] = NAN;
    for (i = 0; i < GUARD; i++)
        out[count + i] = GUARD_VALUE;
    lsn_depthwise_row(conv, packed, bias, x, oy, out);
    for (i = 0; i < count; i++) {
        double size, wanted = wanted_at(conv, packed, bias, x, oy, i / c, i % c, &size);
        double roundoffs = conv->window.kh * conv->window.kw + 1;

        if (!(fabs((double)out[i] - wanted) <= roundoffs * TEST_ROUNDOFF * size)) {
            snprintf(what, sizeof what,
                     "kw %d, stride %d, dilation %d, pad %d, %d of %d channels, "
                     "column %d of %d, row %d",
                     conv->window.kw, conv->window.sw, conv->window.dw, conv->window.pl, i % c, c,
                     i / c, conv->out.w, oy);
            fail_msg("%s: got %g, wanted %g", what, (double)out[i], wanted);
        }
    }
    for (i = 0; i < GUARD; i++)
        assert_true(out[count + i] == GUARD_VALUE);
}

/* All rows, with and without a bias. The map lies between NaNs. */
static void check_conv(uint64_t *seed, const struct lsn_conv *conv)
{
    size_t c = (size_t)conv->in.c, row = (size_t)conv->in.w * c, map = HEIGHT * row, i;
    float *packed = test_floats(seed, (size_t)(conv->window.kh * conv->window.kw) * c, -1, 1);
    float *bias = test_floats(seed, c, -1, 1), *inside = test_floats(seed, map, -1, 1);
    float *x = test_output(map + 2 * row);
    float *out = test_output((size_t)conv->out.w * c + GUARD);
    int oy;

    for (i = 0; i < map; i++)
        x[row + i] = inside[i];
    for (oy = 0; oy < conv->out.h; oy++) {
        check_row(conv, packed, NULL, x + row, oy, out);
        check_row(conv, packed, bias, x + row, oy, out);
    }
    free(packed);
    free(bias);
    free(inside);
    free(x);
    free(out);
}

static void check_windows(uint64_t *seed, int c, int kw, int stride, int dilation)
{
    /* Padding before and after: none, enough to keep the width, and so much that the first or last
     * window is completely outside. */
    int reach = (kw - 1) * dilation + 1, pads[3] = {0, kw / 2 * dilation, reach + 1}, w, i, j;

    for (w = 1; w <= 12; w++)
        for (i = 0; i < 3; i++)
            for (j = 0; j < 3; j++) {
                int out = lsn_window_length(w, kw, stride, dilation, pads[i], pads[j], false);
                struct lsn_conv conv = {{c, HEIGHT, w},
                                        {c, HEIGHT + 3, out},
                                        {KH, kw, 1, stride, 1, dilation, 2, pads[i]},
                                        c};

                if (out > 0)
                    check_conv(seed, &conv);
            }
}

static void rows_by_definition(void **state)
{
    static const int widths[] = {1, 2, 3, 4, 5, 7, 9};
    static const int channels[] = {1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 48};
    uint64_t seed = 41;
    size_t i, j;
    int stride, dilation;

    (void)state;
    for (i = 0; i < TEST_COUNT(widths); i++)
        for (j = 0; j < TEST_COUNT(channels); j++)
            for (stride = 1; stride <= 3; stride++)
                for (dilation = 1; dilation <= 2; dilation++)
                    check_windows(&seed, channels[j], widths[i], stride, dilation);
}

/* A window of ones over a map of ones counts the taps inside. */
static void counts_taps(void **state)
{
    const struct lsn_conv conv = {{1, 1, 5}, {1, 1, 5}, {3, 3, 1, 1, 1, 1, 1, 1}, 1};
    const float ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, half = 0.5f;
    const float plain[5] = {2, 3, 3, 3, 2}, biased[5] = {2.5f, 3.5f, 3.5f, 3.5f, 2.5f};
    float out[5] = {NAN, NAN, NAN, NAN, NAN};

    (void)state;
    lsn_depthwise_row(&conv, ones, NULL, ones, 0, out);
    assert_memory_equal(out, plain, sizeof plain);
    lsn_depthwise_row(&conv, ones, &half, ones, 0, out);
    assert_memory_equal(out, biased, sizeof biased);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_taps),
        cmocka_unit_test(rows_by_definition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
