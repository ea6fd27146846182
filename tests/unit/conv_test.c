/* Convolution against closed forms, and against its twin in double over random and published
 * shapes. Small whole numbers add up exactly in any order, so with those the results must be equal:
 * no tolerance could hide a missing tap. Other numbers may differ by (k + 2) roundoffs of the sum
 * of |weight * x| + |bias|, where k is the number of taps. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <math.h>
#include <string.h>

#include "op/conv.h"
#include "op/gemm.h"
#include "op/ref/ref.h"

#define SAMPLES 400 /* values compared in a large output */

struct arrays {
    float *x, *weight, *bias, *packed, *out, *scratch;
    size_t x_count, out_count, patch_count;
};

static size_t count_of(struct lsn_shape s)
{
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

/* whole: small whole numbers; else uniform in [-1, 1). */
static struct arrays make(uint64_t *seed, const struct lsn_conv *conv, bool whole, bool with_bias)
{
    size_t weights = lsn_conv_weight_count(conv), outputs = (size_t)conv->out.c;
    struct arrays a = {.x_count = count_of(conv->in),
                       .out_count = count_of(conv->out),
                       .patch_count = weights / outputs};

    a.x = whole ? test_whole(seed, a.x_count, 8) : test_floats(seed, a.x_count, -1, 1);
    a.weight = whole ? test_whole(seed, weights, 8) : test_floats(seed, weights, -1, 1);
    if (with_bias)
        a.bias = whole ? test_whole(seed, outputs, 8) : test_floats(seed, outputs, -1, 1);
    a.packed = test_output(weights);
    a.out = test_output(a.out_count);
    a.scratch = test_scratch(lsn_conv_scratch_count(conv));
    lsn_conv_pack(conv, 0, conv->out.c, a.weight, a.packed);
    return a;
}

static void release(struct arrays *a)
{
    free(a->x);
    free(a->weight);
    free(a->bias);
    free(a->packed);
    free(a->out);
    free(a->scratch);
}

static float *absolute(const float *x, size_t count)
{
    float *result = test_output(count);
    size_t i;

    for (i = 0; i < count; i++)
        result[i] = x[i] < 0 ? -x[i] : x[i];
    return result;
}

/* Element i of the output; the first ones are the corners. */
static size_t sample(uint64_t *seed, const struct lsn_conv *conv, int i)
{
    int y = i < 4 ? (i & 1) * (conv->out.h - 1) : test_random_int(seed, 0, conv->out.h - 1);
    int x = i < 4 ? (i >> 1) * (conv->out.w - 1) : test_random_int(seed, 0, conv->out.w - 1);
    int o = test_random_int(seed, 0, conv->out.c - 1);

    return ((size_t)y * (size_t)conv->out.w + (size_t)x) * (size_t)conv->out.c + (size_t)o;
}

static void compare(const char *what, uint64_t *seed, const struct lsn_conv *conv,
                    const struct arrays *a, bool exact)
{
    double *x = test_widen(a->x, a->x_count), *x_size = test_magnitudes(a->x, a->x_count);
    float *weight_size = absolute(a->weight, a->patch_count * (size_t)conv->out.c);
    float *bias_size = a->bias ? absolute(a->bias, (size_t)conv->out.c) : NULL;
    bool all = a->out_count <= 4096;
    int i, count = all ? (int)a->out_count : SAMPLES;

    for (i = 0; i < count; i++) {
        size_t element = all ? (size_t)i : sample(seed, conv, i);
        int o = (int)(element % (size_t)conv->out.c), position = (int)element / conv->out.c;
        int oy = position / conv->out.w, ox = position % conv->out.w;
        double wanted = lsn_ref_conv_at(conv, a->weight, a->bias, x, oy, ox, o), tolerance = 0;

        if (!exact)
            tolerance = (double)(a->patch_count + 2) * TEST_ROUNDOFF *
                        lsn_ref_conv_at(conv, weight_size, bias_size, x_size, oy, ox, o);
        test_close(what, &a->out[element], &wanted, 1, tolerance);
    }
    for (i = 0; i < (int)a->out_count; i++)
        if (!(a->out[i] == a->out[i]))
            fail_msg("%s: element %d was not written", what, i);
    free(x);
    free(x_size);
    free(weight_size);
    free(bias_size);
}

static void check_twin(const char *what, uint64_t seed, const struct lsn_conv *conv, bool with_bias)
{
    int whole;

    for (whole = 0; whole < 2; whole++) {
        struct arrays a = make(&seed, conv, whole, with_bias);

        lsn_conv_run(conv, a.packed, a.bias, a.x, a.out, a.scratch);
        compare(what, &seed, conv, &a, whole);
        release(&a);
    }
}

/* One plane in, one plane out; the padding is the same on all sides. */
static void check_plane(int size, int k, int dilation, int pad, const float *x, const float *weight,
                        const float *wanted)
{
    int out = lsn_window_length(size, k, 1, dilation, pad, pad, false);
    struct lsn_conv conv = {
        {1, size, size}, {1, out, out}, {k, k, 1, 1, dilation, dilation, pad, pad}, 1};
    float *packed = test_output((size_t)k * (size_t)k), *got = test_output((size_t)(out * out));
    float *scratch = test_scratch(lsn_conv_scratch_count(&conv));

    lsn_conv_pack(&conv, 0, conv.out.c, weight, packed);
    lsn_conv_run(&conv, packed, NULL, x, got, scratch);
    assert_memory_equal(got, wanted, (size_t)(out * out) * sizeof *got);
    free(packed);
    free(got);
    free(scratch);
}

static const float ones[25] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                               1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static void closed_forms(void **state)
{
    static const float x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const float middle[9] = {0, 0, 0, 0, 1, 0, 0, 0, 0};
    static const float top_left[9] = {1, 0, 0, 0, 0, 0, 0, 0, 0};

    (void)state;
    check_plane(3, 3, 1, 1, ones, ones, (const float[]){4, 6, 4, 6, 9, 6, 4, 6, 4});
    check_plane(3, 3, 1, 0, ones, ones, (const float[]){9});
    check_plane(5, 3, 2, 2, ones, ones, (const float[]){4, 4, 6, 4, 4, 4, 4, 6, 4, 4, 6, 6, 9,
                                                        6, 6, 4, 4, 6, 4, 4, 4, 4, 6, 4, 4});
    check_plane(3, 3, 1, 1, x, middle, x);
    /* Cross-correlation does not flip: the top left tap sees up and left. */
    check_plane(3, 3, 1, 1, x, top_left, (const float[]){0, 0, 0, 0, 1, 2, 0, 4, 5});
    check_plane(3, 2, 1, 0, x, ones, (const float[]){12, 16, 24, 28});
    /* A padding wider than the window: its outer positions see nothing. */
    check_plane(1, 1, 1, 2, ones, ones, (const float[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                                                        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
}

/* Two groups: each output sees its own half of the channels. */
static void groups_do_not_mix(void **state)
{
    const struct lsn_conv conv = {{4, 1, 1}, {2, 1, 1}, {1, 1, 1, 1, 1, 1, 0, 0}, 2};
    const float x[4] = {1, 10, 100, 1000}, weight[4] = {1, 2, 3, 4}, bias[2] = {0.5f, 0.25f};
    float packed[4], out[2], *scratch = test_scratch(lsn_conv_scratch_count(&conv));

    (void)state;
    lsn_conv_pack(&conv, 0, conv.out.c, weight, packed);
    lsn_conv_run(&conv, packed, bias, x, out, scratch);
    assert_true(out[0] == 21.5f);
    assert_true(out[1] == 4300.25f);
    free(scratch);
}

/* Strided 1 x 1 windows over an input padded behind: as large as the input, but not
 * the input. */
static void strided_points(void **state)
{
    const struct lsn_conv wide = {{1, 1, 3}, {1, 1, 3}, {1, 1, 1, 2, 1, 1, 0, 0}, 1};
    const struct lsn_conv high = {{1, 3, 1}, {1, 3, 1}, {1, 1, 2, 1, 1, 1, 0, 0}, 1};
    const struct lsn_conv *const convs[] = {&wide, &high};
    const float x[3] = {1, 2, 3}, wanted[3] = {1, 3, 0};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        float *scratch = test_scratch(lsn_conv_scratch_count(convs[i])), *out = test_output(3);

        lsn_conv_run(convs[i], ones, NULL, x, out, scratch);
        assert_memory_equal(out, wanted, sizeof wanted);
        free(scratch);
        free(out);
    }
}

/* Any geometry, with an output of at least one position. */
static struct lsn_conv random_conv(uint64_t *seed)
{
    struct lsn_conv conv;
    struct lsn_window *w = &conv.window;

    do {
        int pb = test_random_int(seed, 0, 3), pr = test_random_int(seed, 0, 3);
        int per_group = test_random_int(seed, 0, 2) == 0 ? 1 : test_random_int(seed, 1, 5);

        conv.groups = test_random_int(seed, 0, 1) ? 1 : test_random_int(seed, 2, 6);
        conv.in = (struct lsn_shape){conv.groups * per_group, test_random_int(seed, 1, 12),
                                     test_random_int(seed, 1, 12)};
        *w = (struct lsn_window){test_random_int(seed, 1, 4), test_random_int(seed, 1, 4),
                                 test_random_int(seed, 1, 3), test_random_int(seed, 1, 3),
                                 test_random_int(seed, 1, 3), test_random_int(seed, 1, 3),
                                 test_random_int(seed, 0, 4), test_random_int(seed, 0, 4)};
        if (test_random_int(seed, 0, 7) == 0) {
            *w = (struct lsn_window){1, 1, 1, 1, 1, 1, 0, 0};
            pb = pr = 0;
        }
        conv.out.c = conv.groups * test_random_int(seed, 1, 3);
        conv.out.h = lsn_window_length(conv.in.h, w->kh, w->sh, w->dh, w->pt, pb, false);
        conv.out.w = lsn_window_length(conv.in.w, w->kw, w->sw, w->dw, w->pl, pr, false);
    } while (conv.out.h < 1 || conv.out.w < 1);
    return conv;
}

static void describe(const struct lsn_conv *conv, char what[160])
{
    const struct lsn_window *w = &conv->window;

    snprintf(what, 160,
             "%d x %d x %d to %d x %d x %d, window %d x %d, stride %d %d, dilation %d %d, pads %d "
             "%d, groups %d",
             conv->in.c, conv->in.h, conv->in.w, conv->out.c, conv->out.h, conv->out.w, w->kh,
             w->kw, w->sh, w->sw, w->dh, w->dw, w->pt, w->pl, conv->groups);
}

static void twin_on_random_shapes(void **state)
{
    uint64_t seed = 20240101;
    char what[160];
    int i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        struct lsn_conv conv = random_conv(&seed);

        describe(&conv, what);
        check_twin(what, test_random(&seed), &conv, test_random_int(&seed, 0, 1));
    }
}

/* clang-format off */
static const struct {
    const char *name;
    int c, size, out_c, kh, kw, stride, ph, pw, groups;
} published[] = {
    {"AlexNet conv1",           3, 224,   64, 11, 11, 4, 2, 2,   1},
    {"AlexNet conv2",          64,  27,  192,  5,  5, 1, 2, 2,   1},
    {"AlexNet conv3",         192,  13,  384,  3,  3, 1, 1, 1,   1},
    {"AlexNet conv5",         256,  13,  256,  3,  3, 1, 1, 1,   1},
    {"CaffeNet conv2",         96,  27,  256,  5,  5, 1, 2, 2,   2},
    {"CaffeNet conv4",        384,  13,  384,  3,  3, 1, 1, 1,   2},
    {"VGG-16 conv1_1",          3, 224,   64,  3,  3, 1, 1, 1,   1},
    {"VGG-16 conv1_2",         64, 224,   64,  3,  3, 1, 1, 1,   1},
    {"VGG-16 conv3_2",        256,  56,  256,  3,  3, 1, 1, 1,   1},
    {"VGG-16 conv5_3",        512,  14,  512,  3,  3, 1, 1, 1,   1},
    {"SqueezeNet conv1",        3, 227,   96,  7,  7, 2, 0, 0,   1},
    {"SqueezeNet fire2 1x1",   96,  55,   16,  1,  1, 1, 0, 0,   1},
    {"SqueezeNet fire2 3x3",   16,  55,   64,  3,  3, 1, 1, 1,   1},
    {"SqueezeNet conv10",     512,  13, 1000,  1,  1, 1, 0, 0,   1},
    {"ResNet conv1",            3, 224,   64,  7,  7, 2, 3, 3,   1},
    {"ResNet downsample",      64,  56,  128,  1,  1, 2, 0, 0,   1},
    {"ResNeXt conv2",         128,  56,  128,  3,  3, 1, 1, 1,  32},
    {"Inception 1x7",         128,  17,  128,  1,  7, 1, 0, 3,   1},
    {"Inception 7x1",         128,  17,  192,  7,  1, 1, 3, 0,   1},
    {"MobileNet conv1",         3, 224,   32,  3,  3, 2, 1, 1,   1},
    {"MobileNet depthwise 1",  32, 112,   32,  3,  3, 1, 1, 1,  32},
    {"MobileNet depthwise 2",  96, 112,   96,  3,  3, 2, 1, 1,  96},
    {"MobileNet expand",       16, 112,   96,  1,  1, 1, 0, 0,   1},
    {"MobileNet last",        320,   7, 1280,  1,  1, 1, 0, 0,   1},
    {"squeeze-excite",        672,   1,  168,  1,  1, 1, 0, 0,   1},
};
/* clang-format on */

static void twin_on_published_shapes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(published); i++) {
        int s = published[i].stride, ph = published[i].ph, pw = published[i].pw;
        int size = published[i].size;
        int h = lsn_window_length(size, published[i].kh, s, 1, ph, ph, false);
        int w = lsn_window_length(size, published[i].kw, s, 1, pw, pw, false);
        struct lsn_conv conv = {{published[i].c, size, size},
                                {published[i].out_c, h, w},
                                {published[i].kh, published[i].kw, s, s, 1, 1, ph, pw},
                                published[i].groups};

        check_twin(published[i].name, i + 1, &conv, true);
    }
}

/* A kernel with zeroed weights gives its bias, and changes no other plane. */
static void zeroed_kernel_leaves_the_bias(void **state)
{
    uint64_t seed = 7;
    int round;

    (void)state;
    for (round = 0; round < 100; round++) {
        struct lsn_conv conv = random_conv(&seed);
        struct arrays a = make(&seed, &conv, false, true);
        float *lesioned = test_output(a.out_count);
        int kernel = test_random_int(&seed, 0, conv.out.c - 1);
        size_t i;

        lsn_conv_run(&conv, a.packed, a.bias, a.x, a.out, a.scratch);
        lsn_conv_zero_slice(&conv, kernel, LSN_SLICE_ALL, a.packed);
        lsn_conv_run(&conv, a.packed, a.bias, a.x, lesioned, a.scratch);
        for (i = 0; i < a.out_count; i++) {
            bool own = i % (size_t)conv.out.c == (size_t)kernel;

            assert_true(lesioned[i] == (own ? a.bias[kernel] : a.out[i]));
        }
        free(lesioned);
        release(&a);
    }
}

/* Removing a slice of the kernel subtracts what the slice adds, and all planes together are the
 * kernel. */
static void slices_add_up(void **state)
{
    uint64_t seed = 8;
    int round;

    (void)state;
    for (round = 0; round < 100; round++) {
        struct lsn_conv conv = random_conv(&seed);
        struct arrays a = make(&seed, &conv, false, true);
        size_t positions = (size_t)conv.out.h * (size_t)conv.out.w, p;
        float *without = test_output(a.out_count), *plane = test_output(positions);
        double *sum = calloc(positions, sizeof *sum);
        int kernel = test_random_int(&seed, 0, conv.out.c - 1), row;
        struct lsn_slice slice = LSN_SLICE_ALL;

        assert_non_null(sum);
        lsn_conv_run(&conv, a.packed, a.bias, a.x, a.out, a.scratch);
        for (row = 0; row < conv.window.kh; row++) {
            slice.row = row;
            lsn_conv_run_slice(&conv, a.packed, kernel, slice, a.x, plane);
            for (p = 0; p < positions; p++)
                sum[p] += (double)plane[p];
        }
        for (p = 0; p < positions; p++)
            assert_true(fabs(sum[p] + (double)a.bias[kernel] -
                             (double)a.out[p * (size_t)conv.out.c + (size_t)kernel]) < 1e-4);
        slice = (struct lsn_slice){test_random_int(&seed, 0, conv.in.c / conv.groups - 1),
                                   test_random_int(&seed, -1, conv.window.kh - 1),
                                   test_random_int(&seed, -1, conv.window.kw - 1)};
        lsn_conv_run_slice(&conv, a.packed, kernel, slice, a.x, plane);
        lsn_conv_zero_slice(&conv, kernel, slice, a.packed);
        lsn_conv_run(&conv, a.packed, a.bias, a.x, without, a.scratch);
        for (p = 0; p < positions; p++) {
            size_t at = p * (size_t)conv.out.c + (size_t)kernel;

            assert_true(fabs((double)a.out[at] - (double)plane[p] - (double)without[at]) < 1e-4);
        }
        free(without);
        free(plane);
        free(sum);
        release(&a);
    }
}

/* gather copies the window's taps of some channels, in [kh][kw][c_count] order. */
static void gather_is_the_window(void **state)
{
    uint64_t seed = 11;
    int round, ky, kx, c;

    (void)state;
    for (round = 0; round < 300; round++) {
        struct lsn_conv conv = random_conv(&seed);
        const struct lsn_window *w = &conv.window;
        float *x = test_floats(&seed, count_of(conv.in), 1, 2), *patch, *at;
        int c_first = test_random_int(&seed, 0, conv.in.c - 1);
        int c_count = test_random_int(&seed, 1, conv.in.c - c_first);
        int oy = test_random_int(&seed, 0, conv.out.h - 1);
        int ox = test_random_int(&seed, 0, conv.out.w - 1);

        patch = at = test_output((size_t)w->kh * (size_t)w->kw * (size_t)c_count);
        lsn_conv_gather(&conv, x, oy, ox, c_first, c_count, patch);
        for (ky = 0; ky < w->kh; ky++)
            for (kx = 0; kx < w->kw; kx++)
                for (c = c_first; c < c_first + c_count; c++) {
                    int iy = oy * w->sh - w->pt + ky * w->dh, ix = ox * w->sw - w->pl + kx * w->dw;
                    bool inside = iy >= 0 && iy < conv.in.h && ix >= 0 && ix < conv.in.w;

                    assert_true(*at++ ==
                                (inside ? x[(iy * conv.in.w + ix) * conv.in.c + c] : 0.0f));
                }
        free(x);
        free(patch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(groups_do_not_mix),
        cmocka_unit_test(strided_points),
        cmocka_unit_test(twin_on_random_shapes),
        cmocka_unit_test(twin_on_published_shapes),
        cmocka_unit_test(zeroed_kernel_leaves_the_bias),
        cmocka_unit_test(slices_add_up),
        cmocka_unit_test(gather_is_the_window),
    };

    lsn_gemm_use_one_thread();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
