/* What the network is shown: contrast, quantisation, and the way into its input. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lesion/stimulus.h"

static const enum lsn_contrast_definition definitions[] = {LSN_CONTRAST_MID_GREY, LSN_CONTRAST_MEAN,
                                                           LSN_CONTRAST_LUMINANCE_MEAN};
static const enum lsn_quantize quantizes[] = {LSN_QUANTIZE_TRUNC, LSN_QUANTIZE_ROUND,
                                              LSN_QUANTIZE_NONE};

/* [16][16][3]: every value in every channel, in three different orders. */
static uint8_t ramp_pixels[256 * 3];
static const struct lsn_image ramp = {16, 16, 3, ramp_pixels, 1};

static int make_ramp(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 256; i++) {
        ramp_pixels[i * 3] = (uint8_t)i;
        ramp_pixels[i * 3 + 1] = (uint8_t)(255 - i);
        ramp_pixels[i * 3 + 2] = (uint8_t)(i * 7 + 3);
    }
    return 0;
}

/* Makes a stimulus; pixels start as NaN, so that one that is not written is noticed. */
static void make(const struct lsn_image *image, double contrast,
                 enum lsn_contrast_definition definition, enum lsn_quantize quantize, float *pixels)
{
    struct lsn_condition condition = {
        .contrast = contrast, .definition = definition, .quantize = quantize};
    int i;

    for (i = 0; i < image->width * image->height * 3; i++)
        pixels[i] = NAN;
    lsn_stimulus_make(image, &condition, NULL, pixels, NULL);
}

static void test_full_contrast_is_the_identity(void **state)
{
    float pixels[256 * 3];
    int d, q, i;

    (void)state;
    for (d = 0; d < 3; d++)
        for (q = 0; q < 3; q++) {
            make(&ramp, 1.0, definitions[d], quantizes[q], pixels);
            for (i = 0; i < 256 * 3; i++)
                assert_true(pixels[i] == (float)ramp_pixels[i]);
        }
}

/* 255 ((1-c)/2 + c x) in whole numbers, for c = mille/1000 and x = pixel/255. */
static int exact_numerator(int mille, int pixel)
{
    return (1000 - mille) * 255 + 2 * mille * pixel; /* of 2000 */
}

/* Every contrast of three decimals agrees with exact arithmetic: no rounding error
 * puts truncation a level low or rounding on the wrong side of a half. */
static void test_mid_grey_is_exact(void **state)
{
    float pixels[256 * 3];
    int mille, i;

    (void)state;
    for (mille = 0; mille <= 1000; mille++) {
        make(&ramp, mille / 1000.0, LSN_CONTRAST_MID_GREY, LSN_QUANTIZE_TRUNC, pixels);
        for (i = 0; i < 256 * 3; i++)
            assert_int_equal((int)pixels[i], exact_numerator(mille, ramp_pixels[i]) / 2000);
        make(&ramp, mille / 1000.0, LSN_CONTRAST_MID_GREY, LSN_QUANTIZE_ROUND, pixels);
        for (i = 0; i < 256 * 3; i++)
            assert_int_equal((int)pixels[i],
                             (exact_numerator(mille, ramp_pixels[i]) + 1000) / 2000);
        make(&ramp, mille / 1000.0, LSN_CONTRAST_MID_GREY, LSN_QUANTIZE_NONE, pixels);
        for (i = 0; i < 256 * 3; i++)
            assert_true(fabs((double)pixels[i] - exact_numerator(mille, ramp_pixels[i]) / 2000.0) <
                        3e-5);
    }
}

static void test_no_contrast_is_grey(void **state)
{
    static const float grey[] = {127.0f, 128.0f, 127.5f};
    float pixels[256 * 3];
    int q, i;

    (void)state;
    for (q = 0; q < 3; q++) {
        make(&ramp, 0.0, LSN_CONTRAST_MID_GREY, quantizes[q], pixels);
        for (i = 0; i < 256 * 3; i++)
            assert_true(pixels[i] == grey[q]);
    }
}

/* Two pixels: means (50, 100, 200), luminance mean .299*50 + .587*100 + .114*200 = 96.45. */
static void test_means_by_hand(void **state)
{
    uint8_t values[6] = {20, 50, 150, 80, 150, 250};
    static const float around_own[6] = {35, 75, 175, 65, 125, 225};
    struct lsn_image image = {2, 1, 3, values, 1};
    float pixels[6];
    int i;

    (void)state;
    make(&image, 0.5, LSN_CONTRAST_MEAN, LSN_QUANTIZE_NONE, pixels);
    for (i = 0; i < 6; i++)
        assert_true(fabsf(pixels[i] - around_own[i]) < 1e-4f);
    make(&image, 0.0, LSN_CONTRAST_LUMINANCE_MEAN, LSN_QUANTIZE_NONE, pixels);
    for (i = 0; i < 6; i++)
        assert_true(fabs((double)pixels[i] - 96.45) < 1e-4);
    make(&image, 0.5, LSN_CONTRAST_LUMINANCE_MEAN, LSN_QUANTIZE_NONE, pixels);
    for (i = 0; i < 6; i++)
        assert_true(fabs((double)pixels[i] - (96.45 + 0.5 * (values[i] - 96.45))) < 1e-4);
    make(&image, 0.5, LSN_CONTRAST_LUMINANCE_MEAN, LSN_QUANTIZE_TRUNC, pixels);
    assert_int_equal((int)pixels[0], 58); /* 96.45 - 38.225 */
    assert_int_equal((int)pixels[5], 173);
}

static double channel_mean(const float *pixels, int channel)
{
    double sum = 0.0;
    int i;

    for (i = channel; i < 256 * 3; i += 3)
        sum += (double)pixels[i];
    return sum / 256.0;
}

static void test_mean_contrast_keeps_the_means(void **state)
{
    float intact[256 * 3], pixels[256 * 3];
    int k, percent;

    (void)state;
    make(&ramp, 1.0, LSN_CONTRAST_MEAN, LSN_QUANTIZE_NONE, intact);
    for (percent = 0; percent < 100; percent += 7) {
        make(&ramp, percent / 100.0, LSN_CONTRAST_MEAN, LSN_QUANTIZE_NONE, pixels);
        for (k = 0; k < 3; k++)
            assert_true(fabs(channel_mean(pixels, k) - channel_mean(intact, k)) < 1e-4);
    }
}

/* A flat image is its own mean, so it is left as it is, down to the last level. */
static void test_flat_images_keep_their_value(void **state)
{
    uint8_t values[5 * 7 * 3];
    struct lsn_image image = {5, 7, 3, values, 1};
    float pixels[5 * 7 * 3];
    int d, q, value, percent, i;

    (void)state;
    for (value = 0; value < 256; value++) {
        memset(values, value, sizeof values);
        for (d = 1; d < 3; d++)
            for (q = 0; q < 2; q++)
                for (percent = 0; percent <= 100; percent += 10) {
                    make(&image, percent / 100.0, definitions[d], quantizes[q], pixels);
                    for (i = 0; i < 5 * 7 * 3; i++)
                        assert_int_equal((int)pixels[i], value);
                }
    }
}

/* On a grey image the two definitions that use means are equal. */
static void test_grey_images_have_one_mean(void **state)
{
    uint8_t values[256 * 3];
    struct lsn_image image = {16, 16, 3, values, 1};
    float own[256 * 3], luminance[256 * 3];
    int i, percent;

    (void)state;
    for (i = 0; i < 256 * 3; i++)
        values[i] = (uint8_t)(i / 3 * (i / 3) >> 8);
    for (percent = 0; percent <= 100; percent++) {
        make(&image, percent / 100.0, LSN_CONTRAST_MEAN, LSN_QUANTIZE_TRUNC, own);
        make(&image, percent / 100.0, LSN_CONTRAST_LUMINANCE_MEAN, LSN_QUANTIZE_TRUNC, luminance);
        assert_memory_equal(own, luminance, sizeof own);
    }
}

static void test_order_is_kept(void **state)
{
    float pixels[256 * 3];
    int d, q, percent, i;

    (void)state;
    for (d = 0; d < 3; d++)
        for (q = 0; q < 3; q++)
            for (percent = 0; percent <= 100; percent += 5) {
                make(&ramp, percent / 100.0, definitions[d], quantizes[q], pixels);
                for (i = 3; i < 256 * 3; i += 3)
                    assert_true(pixels[i] >= pixels[i - 3]);
            }
}

static void test_crop_resizes_where_asked(void **state)
{
    struct lsn_input input = {.shape = {3, 6, 4}, .resize = 8, .interpolation = LSN_BICUBIC};
    struct lsn_image crop, resized, wanted;
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    assert_int_equal(lsn_input_crop(&input, &ramp, &crop, &err), LSN_OK);
    assert_int_equal(lsn_image_resize(&ramp, 8, 8, LSN_BICUBIC, &resized, &err), LSN_OK);
    assert_int_equal(lsn_image_center_crop(&resized, 4, 6, &wanted, &err), LSN_OK);
    assert_int_equal(crop.width, 4);
    assert_int_equal(crop.height, 6);
    assert_memory_equal(crop.pixels, wanted.pixels, 4 * 6 * 3);
    lsn_image_free(&crop);
    lsn_image_free(&resized);
    lsn_image_free(&wanted);

    input.resize = 0;
    assert_int_equal(lsn_input_crop(&input, &ramp, &crop, &err), LSN_OK);
    assert_memory_equal(crop.pixels, ramp_pixels + (5 * 16 + 6) * 3, 4 * 3);
    lsn_image_free(&crop);
    input.resize_h = 5;
    input.resize_w = 9;
    assert_int_equal(lsn_input_crop(&input, &ramp, &crop, &err), LSN_OK);
    assert_int_equal(lsn_image_resize(&ramp, 9, 5, LSN_BICUBIC, &resized, &err), LSN_OK);
    assert_int_equal(lsn_image_center_crop(&resized, 4, 6, &wanted, &err), LSN_OK);
    assert_memory_equal(crop.pixels, wanted.pixels, 4 * 6 * 3);
    lsn_image_free(&crop);
    lsn_image_free(&resized);
    lsn_image_free(&wanted);
}

static void test_normalises_in_the_networks_order(void **state)
{
    static const float pixels[2 * 3] = {10, 20, 30, 255, 0, 127.5f};
    struct lsn_input input = {
        .shape = {3, 1, 2}, .scale = 0.5, .mean = {1, 2, 3}, .std = {1, 2, 4}};
    float x[2 * 3] = {NAN, NAN, NAN, NAN, NAN, NAN};
    static const float rgb[2 * 3] = {4, 4, 3, 126.5f, -1, 15.1875f};
    static const float bgr[2 * 3] = {14, 4, 0.5f, 62.75f, -1, 31.125f};

    (void)state;
    lsn_input_normalise(&input, pixels, x);
    assert_memory_equal(x, rgb, sizeof x);
    input.bgr = true;
    lsn_input_normalise(&input, pixels, x);
    assert_memory_equal(x, bgr, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_contrast_is_the_identity),
        cmocka_unit_test(test_mid_grey_is_exact),
        cmocka_unit_test(test_no_contrast_is_grey),
        cmocka_unit_test(test_means_by_hand),
        cmocka_unit_test(test_mean_contrast_keeps_the_means),
        cmocka_unit_test(test_flat_images_keep_their_value),
        cmocka_unit_test(test_grey_images_have_one_mean),
        cmocka_unit_test(test_order_is_kept),
        cmocka_unit_test(test_crop_resizes_where_asked),
        cmocka_unit_test(test_normalises_in_the_networks_order),
    };

    return cmocka_run_group_tests(tests, make_ramp, NULL);
}
