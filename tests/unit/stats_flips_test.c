/* The sign-flip test against its Python twin (tests/golden/make_stats.py), against
 * every flip there is, and at work under the null hypothesis. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lesion/stats.h"

struct result {
    double *p, *score, *p_max;
    double *maxima;
};

static double *doubles(size_t count)
{
    double *x = calloc(count ? count : 1, sizeof *x);

    assert_non_null(x);
    return x;
}

/* d [images][kernels], the kernels in blocks of at most block. */
static struct result run(const double *d, size_t images, size_t kernels, size_t flips,
                         uint64_t seed, size_t block)
{
    struct result r = {doubles(kernels), doubles(kernels), doubles(kernels), doubles(flips)};
    struct lsn_error err = LSN_ERROR_NONE;
    size_t first, image;

    for (first = 0; first < kernels; first += block) {
        size_t count = kernels - first < block ? kernels - first : block;
        struct lsn_flips *test;

        test_ok(lsn_flips_create(count, flips, seed, &test, &err), &err);
        for (image = 0; image < images; image++)
            test_ok(lsn_flips_add(test, d + image * kernels + first, &err), &err);
        lsn_flips_finish(test, r.p + first, r.score + first, r.maxima);
        lsn_flips_free(test);
    }
    lsn_flips_correct(r.score, kernels, r.maxima, flips, r.p_max);
    return r;
}

static void release(struct result *r)
{
    free(r->p);
    free(r->score);
    free(r->p_max);
    free(r->maxima);
}

/* The differences of make_stats.py: eighths, some of them 0. */
static void python_twin(void **state)
{
    /* clang-format off */
    const struct {
        double score, p, p_max; /* the latter two of 500 */
    } wanted[] = {
        {0.603022689156, 337, 495},
        {1.67125804359, 63, 183},
        {2.06474160484, 27, 87},
        {2.10194714924, 21, 75},
        {2.37066673961, 11, 23},
    };
    /* clang-format on */
    double d[12 * 5];
    struct result r;
    int i, k;

    (void)state;
    for (i = 0; i < 12; i++)
        for (k = 0; k < 5; k++)
            d[i * 5 + k] = (i + k) % 3 ? ((i * 7 + k * 13 + i * k * 3) % 11 - 4 + k) / 8.0 : 0;
    r = run(d, 12, 5, 499, 2020, 5);
    for (k = 0; k < 5; k++) {
        assert_true(fabs(r.score[k] - wanted[k].score) < 1e-11);
        assert_true(fabs(r.p[k] * 500 - wanted[k].p) < 1e-9);
        assert_true(fabs(r.p_max[k] * 500 - wanted[k].p_max) < 1e-9);
    }
    release(&r);
}

/* 100,000 random flips of 9 images against all 512: within four standard errors. */
static void every_flip(void **state)
{
    enum { IMAGES = 9, KERNELS = 4, FLIPS = 100000 };
    double d[IMAGES * KERNELS], norm[KERNELS] = {0}, sum[KERNELS] = {0};
    double p[KERNELS] = {0}, p_max[KERNELS] = {0};
    uint64_t seed = 5;
    struct result r;
    int i, k, other, flip;

    (void)state;
    for (i = 0; i < IMAGES * KERNELS; i++) {
        d[i] = test_random_int(&seed, -3, 6);
        norm[i % KERNELS] += d[i] * d[i];
        sum[i % KERNELS] += d[i];
    }
    for (flip = 0; flip < 1 << IMAGES; flip++) {
        double t[KERNELS], most = 0;

        for (k = 0; k < KERNELS; k++) {
            t[k] = 0;
            for (i = 0; i < IMAGES; i++)
                t[k] += flip >> i & 1 ? d[i * KERNELS + k] : -d[i * KERNELS + k];
            t[k] = fabs(t[k]) / sqrt(norm[k]);
            most = fmax(most, t[k]);
        }
        for (other = 0; other < KERNELS; other++) {
            double observed = fabs(sum[other]) / sqrt(norm[other]) - 1e-8;

            p[other] += t[other] >= observed ? 1.0 / (1 << IMAGES) : 0;
            p_max[other] += most >= observed ? 1.0 / (1 << IMAGES) : 0;
        }
    }
    r = run(d, IMAGES, KERNELS, FLIPS, 77, KERNELS);
    for (k = 0; k < KERNELS; k++) {
        assert_true(fabs(r.p[k] - p[k]) < 4 * sqrt(p[k] * (1 - p[k]) / FLIPS) + 1e-5);
        assert_true(fabs(r.p_max[k] - p_max[k]) <
                    4 * sqrt(p_max[k] * (1 - p_max[k]) / FLIPS) + 1e-5);
    }
    release(&r);
}

/* The same bytes for any blocks of kernels; p in (0, 1], p_max the larger, and both
 * another for another seed. */
static void blocks(void **state)
{
    enum { IMAGES = 37, KERNELS = 30, FLIPS = 150 };
    const size_t sizes[] = {1, 7, 29};
    double *d = doubles(IMAGES * KERNELS);
    uint64_t seed = 9;
    struct result whole, other;
    size_t i, k;

    (void)state;
    for (i = 0; i < IMAGES * KERNELS; i++)
        d[i] = i % 4 ? (double)test_random_float(&seed, -1, 1.2f) : 0;
    whole = run(d, IMAGES, KERNELS, FLIPS, 1, KERNELS);
    for (i = 0; i < TEST_COUNT(sizes); i++) {
        other = run(d, IMAGES, KERNELS, FLIPS, 1, sizes[i]);
        assert_memory_equal(whole.p, other.p, KERNELS * sizeof *whole.p);
        assert_memory_equal(whole.score, other.score, KERNELS * sizeof *whole.p);
        assert_memory_equal(whole.p_max, other.p_max, KERNELS * sizeof *whole.p);
        assert_memory_equal(whole.maxima, other.maxima, FLIPS * sizeof *whole.p);
        release(&other);
    }
    for (k = 0; k < KERNELS; k++)
        assert_true(whole.p[k] > 0 && whole.p[k] <= whole.p_max[k] && whole.p_max[k] <= 1);
    other = run(d, IMAGES, KERNELS, FLIPS, 2, KERNELS);
    assert_memory_not_equal(whole.p, other.p, KERNELS * sizeof *whole.p);
    release(&other);
    release(&whole);
    free(d);
}

/* Tenths add up to other last bits in another order or with other signs: 0.6 comes out
 * above and below. In whole numbers the same ties are exact. */
static void ties(void **state)
{
    const double tenths[] = {0.1, 0.2, -0.3, 0.6, -0.7, 0.8}, whole[] = {1, 2, -3, 6, -7, 8};
    double d[12];
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < 6; i++) {
        d[2 * i] = tenths[i];
        d[2 * i + 1] = whole[i];
    }
    r = run(d, 6, 2, 1000, 3, 2);
    assert_true(r.p[0] == r.p[1] && r.p_max[0] == r.p_max[1]);
    release(&r);
}

/* Without differences; with one that no flip can hide or show; with 20 images that all
 * say the same, which some 2 of 2^20 flips match. */
static void extremes(void **state)
{
    double d[20 * 3] = {0};
    struct result r;
    int i;

    (void)state;
    d[4] = -0.25;
    for (i = 0; i < 20; i++)
        d[3 * i + 2] = 1;
    r = run(d, 20, 3, 999, 4, 3);
    assert_true(r.p[0] == 1 && r.p_max[0] == 1 && r.score[0] == 0);
    assert_true(r.p[1] == 1 && r.p_max[1] == 1 && fabs(r.score[1] - 1) < 1e-12);
    assert_true(r.p[2] == 0.001 && r.p_max[2] == 0.001 && fabs(r.score[2] - sqrt(20)) < 1e-12);
    release(&r);
    r = run(d, 0, 3, 10, 4, 3); /* no images */
    assert_true(r.p[0] == 1 && r.p[2] == 1 && r.p_max[2] == 1);
    release(&r);
}

static void refusals(void **state)
{
    const double wrong[] = {(double)NAN, (double)INFINITY, -1e101};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_flips *test;
    double d[2] = {1, 0}, p[2], score[2], maxima[9] = {0};
    size_t i;

    (void)state;
    test_error(lsn_flips_create(2, 0, 1, &test, &err), &err, LSN_E_ARGUMENT,
               "permutation test: got no flips, wanted at least 1");
    assert_null(test);
    lsn_flips_free(test);
    assert_int_equal(lsn_flips_create(SIZE_MAX / 4, 8, 1, &test, NULL), LSN_E_MEMORY);
    assert_int_equal(lsn_flips_create(SIZE_MAX / 16, 8, 1, &test, NULL), LSN_E_MEMORY);
    err = (struct lsn_error)LSN_ERROR_NONE;
    test_ok(lsn_flips_create(2, 9, 1, &test, &err), &err);
    for (i = 0; i < TEST_COUNT(wrong); i++) {
        d[1] = wrong[i];
        assert_int_equal(lsn_flips_add(test, d, NULL), LSN_E_DATA);
    }
    d[1] = (double)NAN;
    test_error(lsn_flips_add(test, d, &err), &err, LSN_E_DATA,
               "permutation test: the difference of image 0, kernel 1 is nan, wanted at most "
               "1e+100 in magnitude");
    lsn_flips_finish(test, p, score, maxima);
    assert_true(p[0] == 1 && score[0] == 0); /* nothing of the refused images was kept */
    lsn_flips_free(test);
}

/* [images][kernels] whose kernels share a part, without an effect: uniform numbers, or
 * as accuracy gives them -1, 0 and 1. */
static void make_null(double *d, int images, int kernels, bool sparse, uint64_t *seed)
{
    int image, k;

    for (image = 0; image < images; image++) {
        double shared = (double)test_random_float(seed, -1, 1);

        for (k = 0; k < kernels; k++) {
            double x = shared + (double)test_random_float(seed, -1, 1);

            d[image * kernels + k] = !sparse ? x : x > 1 ? 1 : x < -1 ? -1 : 0;
        }
    }
}

/* 2,000 tables of either kind, of 40 images and 30 kernels: at 0.05 the chance that any
 * p_max is small is 0.05, or less where scores tie; that of any p is far more. */
static void family_wise_error(void **state)
{
    enum { TABLES = 4000, IMAGES = 40, KERNELS = 30, FLIPS = 199 };
    double *d = doubles(IMAGES * KERNELS), rate[2] = {0}, rate_plain[2] = {0};
    uint64_t seed = 31;
    int table, k;

    (void)state;
    for (table = 0; table < TABLES; table++) {
        double least = 1, least_plain = 1;
        struct result r;

        make_null(d, IMAGES, KERNELS, table % 2, &seed);
        r = run(d, IMAGES, KERNELS, FLIPS, (uint64_t)table, KERNELS);
        for (k = 0; k < KERNELS; k++) {
            least = fmin(least, r.p_max[k]);
            least_plain = fmin(least_plain, r.p[k]);
        }
        rate[table % 2] += least <= 0.05 ? 2.0 / TABLES : 0;
        rate_plain[table % 2] += least_plain <= 0.05 ? 2.0 / TABLES : 0;
        release(&r);
    }
    print_message("any of 30 at 0.05: p_max %.4f, of -1, 0, 1 %.4f; p %.3f, %.3f\n", rate[0],
                  rate[1], rate_plain[0], rate_plain[1]);
    assert_true(rate[0] >= 0.04 && rate[0] <= 0.06);
    assert_true(rate[1] >= 0.02 && rate[1] <= 0.06);
    assert_true(rate_plain[0] > 0.3 && rate_plain[1] > 0.3);
    free(d);
}

/* One kernel of 30 with a real effect is found, and it alone. */
static void effect(void **state)
{
    enum { IMAGES = 100, KERNELS = 30 };
    double *d = doubles(IMAGES * KERNELS);
    uint64_t seed = 8;
    struct result r;
    int i, k;

    (void)state;
    for (i = 0; i < IMAGES * KERNELS; i++)
        d[i] = (double)test_random_float(&seed, -1, 1) + (i % KERNELS == 11 ? 0.3 : 0);
    r = run(d, IMAGES, KERNELS, 999, 6, KERNELS);
    for (k = 0; k < KERNELS; k++)
        assert_true(k == 11 ? r.p_max[k] <= 0.01 : r.p_max[k] > 0.05);
    release(&r);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_twin), cmocka_unit_test(every_flip),
        cmocka_unit_test(blocks),      cmocka_unit_test(ties),
        cmocka_unit_test(extremes),    cmocka_unit_test(refusals),
        cmocka_unit_test(effect),      cmocka_unit_test(family_wise_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
