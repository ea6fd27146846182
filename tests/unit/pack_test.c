/* Weights in the orders that products read them in, against where each one belongs by the
 * formula in the header. Packing moves numbers and must keep their bits; Winograd's transform
 * computes, in double, and is compared with G g G^T. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "op/panel.h"
#include "op/winograd.h"

/* Kernels, channels, window, groups and px of a side: tiles that are full, cut, and one weight
 * alone. */
static const struct {
    int out, in, kh, kw, groups, side;
} shapes[] = {{1, 1, 1, 1, 1, 16},    {64, 32, 1, 1, 1, 16},  {33, 17, 3, 3, 1, 16},
              {96, 3, 11, 11, 1, 16}, {70, 64, 1, 1, 2, 16},  {66, 12, 5, 1, 3, 16},
              {40, 40, 3, 3, 40, 16}, {128, 16, 1, 7, 4, 16}, {7, 100, 3, 2, 1, 16},
              {31, 5, 2, 2, 1, 16},   {96, 50, 1, 1, 1, 1},   {64, 7, 1, 1, 1, 1},
              {40, 7, 1, 1, 1, 1},    {64, 10, 1, 1, 2, 1},   {32, 4, 3, 3, 1, 1}};

static struct lsn_conv conv_of(size_t i)
{
    int side = shapes[i].side;
    struct lsn_window window = {
        .kh = shapes[i].kh, .kw = shapes[i].kw, .sh = 1, .sw = 1, .dh = 1, .dw = 1};

    return (struct lsn_conv){
        {shapes[i].in, side, side}, {shapes[i].out, side, side}, window, shapes[i].groups};
}

/* Dense: per group [tap][channel][kernel]; depthwise: [tap][channel]; a product of one position
 * whose kernels fill panels: [panel][channel][32 kernels]. */
static float wanted_at(const struct lsn_conv *conv, const float *weight, size_t at)
{
    size_t taps = (size_t)(conv->window.kh * conv->window.kw);
    size_t c = (size_t)(conv->in.c / conv->groups), n = (size_t)(conv->out.c / conv->groups);
    size_t group = at / (taps * c * n), tap, channel, kernel;

    if (lsn_conv_is_depthwise(conv))
        return weight[at % (size_t)conv->out.c * taps + at / (size_t)conv->out.c];
    if (conv->out.h == 1 && taps == 1 && conv->groups == 1 && n % 32 == 0)
        return weight[(at / (32 * c) * 32 + at % 32) * c + at / 32 % c];
    at %= taps * c * n;
    tap = at / (c * n);
    channel = at / n % c;
    kernel = group * n + at % n;
    return weight[(kernel * c + channel) * taps + tap];
}

/* All at once, and in runs of kernels that end within groups and tiles. */
static void convolutions(void **state)
{
    static const int runs[] = {1 << 20, 1, 5, 32, 33};
    uint64_t seed = 3;
    size_t i, r, at;

    (void)state;
    for (i = 0; i < TEST_COUNT(shapes); i++) {
        struct lsn_conv conv = conv_of(i);
        size_t count = lsn_conv_weight_count(&conv), each = lsn_conv_patch_count(&conv);
        float *weight = test_floats(&seed, count, -1, 1);

        for (r = 0; r < TEST_COUNT(runs); r++) {
            float *packed = test_output(count);
            int first, n;

            for (first = 0; first < conv.out.c; first += n) {
                n = conv.out.c - first < runs[r] ? conv.out.c - first : runs[r];
                lsn_conv_pack(&conv, first, n, weight + (size_t)first * each, packed);
            }
            for (at = 0; at < count; at++)
                if (packed[at] != wanted_at(&conv, weight, at))
                    fail_msg("shape %zu, runs of %d: place %zu is %g, wanted %g", i, runs[r], at,
                             (double)packed[at], (double)wanted_at(&conv, weight, at));
            free(packed);
        }
        free(weight);
    }
}

static void panels(void **state)
{
    static const size_t sizes[][2] = {{1, 1}, {5, 32}, {64, 33}, {65, 31}, {200, 96}, {129, 100}};
    uint64_t seed = 4;
    size_t s, i, j;

    (void)state;
    for (s = 0; s < TEST_COUNT(sizes); s++) {
        size_t k = sizes[s][0], n = sizes[s][1], columns = (n + 31) / 32 * 32;
        float *weights = test_floats(&seed, k * n, -1, 1),
              *got = test_output(lsn_panel_count(k, n));

        assert_int_equal(lsn_panel_count(k, n), columns * k);
        lsn_panel_pack(k, n, weights, got);
        for (i = 0; i < k; i++)
            for (j = 0; j < columns; j++)
                if (got[(j / 32 * k + i) * 32 + j % 32] != (j < n ? weights[i * n + j] : 0))
                    fail_msg("%zu x %zu: row %zu, column %zu is misplaced", k, n, i, j);
        free(weights);
        free(got);
    }
}

/* Point (y, x) of G g G^T. */
static double point_of(const float *g, int y, int x)
{
    static const double G[6][3] = {{1. / 4, 0, 0},
                                   {-1. / 6, -1. / 6, -1. / 6},
                                   {-1. / 6, 1. / 6, -1. / 6},
                                   {1. / 24, 1. / 12, 1. / 6},
                                   {1. / 24, -1. / 12, 1. / 6},
                                   {0, 0, 1}};
    double sum = 0;
    int a, b;

    for (a = 0; a < 3; a++)
        for (b = 0; b < 3; b++)
            sum += G[y][a] * (double)g[a * 3 + b] * G[x][b];
    return sum;
}

static void winograd(void **state)
{
    static const int sizes[][2] = {{1, 1}, {24, 32}, {3, 33}, {31, 40}, {5, 49}, {2, 64}};
    uint64_t seed = 5;
    size_t s, t, i, j;

    (void)state;
    for (s = 0; s < TEST_COUNT(sizes); s++) {
        size_t c = (size_t)sizes[s][0], n = (size_t)sizes[s][1], columns = (n + 31) / 32 * 32;
        struct lsn_conv conv = {{(int)c, 8, 8}, {(int)n, 8, 8}, {3, 3, 1, 1, 1, 1, 1, 1}, 1};
        float *weight = test_floats(&seed, n * c * 9, -1, 1);
        float *got = test_output(36 * columns * c);

        lsn_winograd_pack(&conv, weight, got);
        for (t = 0; t < 36; t++)
            for (i = 0; i < c; i++)
                for (j = 0; j < columns; j++) {
                    double value = (double)got[t * columns * c + (j / 32 * c + i) * 32 + j % 32];
                    double wanted =
                        j < n ? point_of(weight + (j * c + i) * 9, (int)t / 6, (int)t % 6) : 0;

                    /* a roundoff to float of what double makes of numbers up to 1 */
                    if (!(fabs(value - wanted) <= 1.01 * TEST_ROUNDOFF * fabs(wanted) + 1e-15))
                        fail_msg("%zu x %zu: point %zu, row %zu, column %zu is %.9g, wanted %.9g",
                                 c, n, t, i, j, value, wanted);
                }
        free(weight);
        free(got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions),
        cmocka_unit_test(panels),
        cmocka_unit_test(winograd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
