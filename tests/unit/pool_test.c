/* Pooling: closed forms, and its twins over random and published shapes. A
 * maximum is one of its inputs, and the average of whole numbers is one division
 * rounded once, so those must be equal; an average of n other numbers may differ
 * by (n + 1) roundoffs of the largest of them. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "op/pool.h"
#include "op/ref/ref.h"

static size_t count_of(struct lsn_shape s)
{
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

/* wanted, rounded to float, must be equal to got. */
static void check_equal(const char *what, const float *got, const double *wanted, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (!(got[i] == (float)wanted[i]))
            fail_msg("%s: element %zu is %.9g, wanted %.9g", what, i, (double)got[i], wanted[i]);
}

static void check_max(const char *what, const struct lsn_pool *pool, const float *x)
{
    size_t count = count_of(pool->out);
    double *wide = test_widen(x, count_of(pool->in)), *wanted = calloc(count, sizeof *wanted);
    float *got = test_output(count);

    assert_non_null(wanted);
    lsn_ref_max_pool(pool, wide, wanted);
    lsn_max_pool(pool, x, got);
    check_equal(what, got, wanted, count);
    free(wide);
    free(wanted);
    free(got);
}

static void check_average(const char *what, const struct lsn_pool *pool, const float *x, bool whole)
{
    size_t count = count_of(pool->out), in_count = count_of(pool->in);
    double *wide = test_widen(x, in_count), *wanted = calloc(count, sizeof *wanted);
    double taps = pool->window.kh * pool->window.kw;
    float *got = test_output(count);

    assert_non_null(wanted);
    lsn_ref_average_pool(pool, wide, wanted);
    lsn_average_pool(pool, x, got);
    if (whole)
        check_equal(what, got, wanted, count);
    else
        test_close(what, got, wanted, count,
                   (taps + 1) * TEST_ROUNDOFF * test_scale(wide, in_count));
    free(wide);
    free(wanted);
    free(got);
}

static void check_twins(const char *what, uint64_t seed, struct lsn_pool pool)
{
    int whole, include;

    for (whole = 0; whole < 2; whole++) {
        size_t count = count_of(pool.in);
        float *x = whole ? test_whole(&seed, count, 100) : test_floats(&seed, count, -5, 3);

        check_max(what, &pool, x);
        for (include = 0; include < 2; include++) {
            pool.count_include_pad = include;
            check_average(what, &pool, x, whole);
        }
        free(x);
    }
}

/* Padding stays below half the window, so every window sees the image. */
static struct lsn_pool random_pool(uint64_t *seed)
{
    struct lsn_pool pool = {0};
    struct lsn_window *w = &pool.window;

    do {
        bool ceil_mode = test_random_int(seed, 0, 1);
        int c = test_random_int(seed, 1, 9);

        w->kh = test_random_int(seed, 1, 5);
        w->kw = test_random_int(seed, 1, 5);
        w->sh = test_random_int(seed, 1, 4);
        w->sw = test_random_int(seed, 1, 4);
        w->dh = test_random_int(seed, 0, 3) ? 1 : 2;
        w->dw = test_random_int(seed, 0, 3) ? 1 : 2;
        w->pt = test_random_int(seed, 0, w->kh / 2);
        w->pl = test_random_int(seed, 0, w->kw / 2);
        pool.pb = test_random_int(seed, 0, w->kh / 2);
        pool.pr = test_random_int(seed, 0, w->kw / 2);
        pool.in = (struct lsn_shape){c, test_random_int(seed, 2, 13), test_random_int(seed, 2, 13)};
        pool.out.c = c;
        pool.out.h = lsn_window_length(pool.in.h, w->kh, w->sh, w->dh, w->pt, pool.pb, ceil_mode);
        pool.out.w = lsn_window_length(pool.in.w, w->kw, w->sw, w->dw, w->pl, pool.pr, ceil_mode);
    } while (pool.out.h < 1 || pool.out.w < 1);
    return pool;
}

static void twins_on_random_shapes(void **state)
{
    uint64_t seed = 31;
    char what[160];
    int i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        struct lsn_pool pool = random_pool(&seed);
        const struct lsn_window *w = &pool.window;

        snprintf(
            what, sizeof what,
            "%d x %d x %d to %d x %d, window %d x %d, stride %d %d, dilation %d %d, pads %d %d "
            "%d %d",
            pool.in.c, pool.in.h, pool.in.w, pool.out.h, pool.out.w, w->kh, w->kw, w->sh, w->sw,
            w->dh, w->dw, w->pt, w->pl, pool.pb, pool.pr);
        check_twins(what, test_random(&seed), pool);
    }
}

/* clang-format off */
static const struct {
    const char *name;
    int c, size, k, stride, pad;
    bool ceil_mode;
} published[] = {
    {"AlexNet pool1",      64,  55, 3, 2, 0, false},
    {"VGG-16 pool1",       64, 224, 2, 2, 0, false},
    {"SqueezeNet pool1",   96, 111, 3, 2, 0, true},
    {"SqueezeNet pool4",  256,  54, 3, 2, 0, true},
    {"GoogLeNet pool1",    64, 112, 3, 2, 0, true},
    {"GoogLeNet pool3a",  192,  28, 3, 1, 1, true},
    {"GoogLeNet pool5",  1024,   7, 7, 1, 0, false},
    {"ResNet pool1",       64, 112, 3, 2, 1, false},
    {"DenseNet pool",     128,  56, 2, 2, 0, false},
    {"Inception pool",    192,  35, 3, 1, 1, false},
};
/* clang-format on */

static void twins_on_published_shapes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(published); i++) {
        int c = published[i].c, size = published[i].size, k = published[i].k;
        int s = published[i].stride, p = published[i].pad;
        int out = lsn_window_length(size, k, s, 1, p, p, published[i].ceil_mode);
        struct lsn_pool pool = {
            {c, size, size}, {c, out, out}, {k, k, s, s, 1, 1, p, p}, p, p, false};

        check_twins(published[i].name, i + 1, pool);
    }
}

static const float x16[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* One plane of 4 x 4, the numbers 1 ... 16. wanted: [out][out] maxima, averages
 * over taps in the image, and averages over taps in the padded image. */
static void check_plane(int k, int stride, int pad, bool ceil_mode, const float *max,
                        const float *average, const float *average_padded)
{
    int out = lsn_window_length(4, k, stride, 1, pad, pad, ceil_mode);
    struct lsn_pool pool = {{1, 4, 4}, {1, out, out}, {k, k, stride, stride, 1, 1, pad, pad},
                            pad,       pad,           false};
    size_t bytes = (size_t)(out * out) * sizeof(float);
    float *got = test_output((size_t)(out * out));

    lsn_max_pool(&pool, x16, got);
    assert_memory_equal(got, max, bytes);
    lsn_average_pool(&pool, x16, got);
    assert_memory_equal(got, average, bytes);
    pool.count_include_pad = true;
    lsn_average_pool(&pool, x16, got);
    assert_memory_equal(got, average_padded, bytes);
    free(got);
}

static void closed_forms(void **state)
{
    const float halves[4] = {3.5f, 5.5f, 11.5f, 13.5f};

    (void)state;
    check_plane(2, 2, 0, false, (const float[]){6, 8, 14, 16}, halves, halves);
    check_plane(4, 1, 0, false, (const float[]){16}, (const float[]){8.5f}, (const float[]){8.5f});
    /* The windows of 3 at 0 and 2, the second hanging over the edge by one. */
    check_plane(3, 2, 0, true, (const float[]){11, 12, 15, 16}, (const float[]){6, 7.5f, 12, 13.5f},
                (const float[]){6, 7.5f, 12, 13.5f});
    /* Starting at -1: 2 x 2 taps of 3 x 3 are in the image. */
    check_plane(3, 2, 1, false, (const float[]){6, 8, 14, 16}, (const float[]){3.5f, 5, 9.5f, 11},
                (const float[]){14.0f / 9, 30.0f / 9, 57.0f / 9, 99.0f / 9});
}

/* Padding is below every number, not zero. */
static void padding_never_wins(void **state)
{
    const struct lsn_pool pool = {{1, 1, 1}, {1, 2, 2}, {2, 2, 1, 1, 1, 1, 1, 1}, 1, 1, false};
    const float x = -3;
    float out[4] = {NAN, NAN, NAN, NAN};
    int i;

    (void)state;
    lsn_max_pool(&pool, &x, out);
    for (i = 0; i < 4; i++)
        assert_true(out[i] == -3);
}

static bool same(float a, float b)
{
    return isnan(a) ? isnan(b) : a == b;
}

/* A plane of 4 x 4 with one NaN, wanted [out][out] from PyTorch 2's max_pool2d, in enough
 * channels for every vector width and a rest. */
static void check_nan(int k, int stride, int pad, const float *wanted)
{
    static const float x[16] = {1, 2,  3,         4,         5,  NAN, 7,         8,
                                9, 10, -INFINITY, -INFINITY, 13, 14,  -INFINITY, -INFINITY};
    enum { CHANNELS = 37 };
    int out = lsn_window_length(4, k, stride, 1, pad, pad, false);
    struct lsn_pool pool = {{CHANNELS, 4, 4},
                            {CHANNELS, out, out},
                            {k, k, stride, stride, 1, 1, pad, pad},
                            pad,
                            pad,
                            false};
    float wide[16 * CHANNELS], *got = test_output((size_t)(out * out) * CHANNELS);
    double *twin = calloc((size_t)(out * out) * CHANNELS, sizeof *twin), *values;
    int i;

    assert_non_null(twin);
    for (i = 0; i < 16 * CHANNELS; i++)
        wide[i] = x[i / CHANNELS];
    values = test_widen(wide, 16 * CHANNELS);
    lsn_max_pool(&pool, wide, got);
    lsn_ref_max_pool(&pool, values, twin);
    for (i = 0; i < out * out * CHANNELS; i++)
        if (!same(got[i], wanted[i / CHANNELS]) || !same((float)twin[i], wanted[i / CHANNELS]))
            fail_msg("window %d, element %d: %g, its twin %g, wanted %g", k, i, (double)got[i],
                     twin[i], (double)wanted[i / CHANNELS]);
    free(got);
    free(twin);
    free(values);
}

static void nan_always_wins(void **state)
{
    (void)state;
    check_nan(2, 2, 0, (const float[]){NAN, 8, 14, -INFINITY});
    check_nan(3, 1, 0, (const float[]){NAN, NAN, NAN, NAN});
    check_nan(3, 2, 1, (const float[]){NAN, NAN, NAN, NAN});
    check_nan(1, 1, 0,
              (const float[]){1, 2, 3, 4, 5, NAN, 7, 8, 9, 10, -INFINITY, -INFINITY, 13, 14,
                              -INFINITY, -INFINITY});
}

/* Summed in double: one rounding, at the end. */
static void global_average(void **state)
{
    static const struct lsn_shape shapes[] = {
        {1, 1, 1}, {5, 1, 7}, {63, 3, 3}, {64, 13, 13}, {65, 13, 13}, {130, 2, 250}, {1000, 7, 7}};
    uint64_t seed = 5;
    size_t i, j;

    (void)state;
    for (i = 0; i < TEST_COUNT(shapes); i++) {
        size_t c = (size_t)shapes[i].c, count = count_of(shapes[i]);
        float *x = test_floats(&seed, count, -3, 3), *out = test_output(c);
        double *wide = test_widen(x, count), *wanted = calloc(c, sizeof *wanted);

        assert_non_null(wanted);
        lsn_ref_global_average_pool(shapes[i], wide, wanted);
        lsn_global_average_pool(shapes[i], x, out);
        for (j = 0; j < c; j++)
            test_close("global average", &out[j], &wanted[j], 1,
                       TEST_ROUNDOFF * fabs(wanted[j]) + 1e-14);
        free(x);
        free(out);
        free(wide);
        free(wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),           cmocka_unit_test(padding_never_wins),
        cmocka_unit_test(twins_on_random_shapes), cmocka_unit_test(twins_on_published_shapes),
        cmocka_unit_test(global_average),         cmocka_unit_test(nan_always_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
