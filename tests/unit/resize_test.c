/* Resizing and cropping: Pillow's and torchvision's results to the bit, from
 * golden/make_images.py, and what follows from the definitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "golden/images.h"
#include "lesion/image.h"
#include "lesion/stimulus.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void test_resizes_as_pillow(void **state)
{
    static const int sizes[][2] = {{26, 20}, {17, 41}, {53, 13},  {7, 5},
                                   {1, 1},   {71, 59}, {106, 19}, {53, 41}};
    struct lsn_image source = read_ppm(golden("source", ".ppm"));
    enum lsn_interpolation k;
    size_t i;

    (void)state;
    for (k = 0; k < LSN_INTERPOLATIONS; k++)
        for (i = 0; i < COUNT(sizes); i++) {
            struct lsn_image got, want;
            char name[64];

            snprintf(name, sizeof name, "source_%s_%dx%d", lsn_interpolation_name(k), sizes[i][0],
                     sizes[i][1]);
            want = read_ppm(golden(name, ".ppm"));
            assert_int_equal(lsn_image_resize(&source, sizes[i][0], sizes[i][1], k, &got, NULL),
                             LSN_OK);
            assert_same(name, &got, &want);
            lsn_image_free(&got);
            lsn_image_free(&want);
        }
    lsn_image_free(&source);
}

static void test_preprocesses_as_torchvision(void **state)
{
    static const struct {
        const char *name;
        int short_side, crop;
    } cases[] = {{"source", 24, 21}, {"tall", 24, 21}, {"tall", 30, 27}};
    enum lsn_interpolation k;
    size_t i;

    (void)state;
    for (k = 0; k < LSN_INTERPOLATIONS; k++)
        for (i = 0; i < COUNT(cases); i++) {
            struct lsn_image source = read_ppm(golden(cases[i].name, ".ppm")), want, resized, got;
            char name[64];

            snprintf(name, sizeof name, "%s_%s_short%d_crop%d", cases[i].name,
                     lsn_interpolation_name(k), cases[i].short_side, cases[i].crop);
            want = read_ppm(golden(name, ".ppm"));
            assert_int_equal(
                lsn_image_resize_short(&source, cases[i].short_side, k, &resized, NULL), LSN_OK);
            assert_int_equal(
                lsn_image_center_crop(&resized, cases[i].crop, cases[i].crop, &got, NULL), LSN_OK);
            assert_same(name, &got, &want);
            lsn_image_free(&source);
            lsn_image_free(&want);
            lsn_image_free(&resized);
            lsn_image_free(&got);
        }
}

/* Where the crop is larger than the image in height, in width, or in both. */
static void test_pads_as_torchvision(void **state)
{
    static const int crops[][2] = {{50, 60}, {44, 10}, {11, 56}}; /* height, width */
    struct lsn_image source = read_ppm(golden("source", ".ppm"));
    enum lsn_interpolation k;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(crops); i++) {
        struct lsn_image want, got;
        char name[64];

        snprintf(name, sizeof name, "source_pad_crop%dx%d", crops[i][0], crops[i][1]);
        want = read_ppm(golden(name, ".ppm"));
        assert_int_equal(lsn_image_center_crop(&source, crops[i][1], crops[i][0], &got, NULL),
                         LSN_OK);
        assert_same(name, &got, &want);
        lsn_image_free(&got);
        lsn_image_free(&want);
    }
    for (k = 0; k < LSN_INTERPOLATIONS; k++) {
        struct lsn_image want, resized, got;
        char name[64];

        snprintf(name, sizeof name, "source_%s_squash24x16_crop21x21", lsn_interpolation_name(k));
        want = read_ppm(golden(name, ".ppm"));
        assert_int_equal(lsn_image_resize(&source, 16, 24, k, &resized, NULL), LSN_OK);
        assert_int_equal(lsn_image_center_crop(&resized, 21, 21, &got, NULL), LSN_OK);
        assert_same(name, &got, &want);
        lsn_image_free(&resized);
        lsn_image_free(&got);
        lsn_image_free(&want);
    }
    lsn_image_free(&source);
}

static struct lsn_image in_channels(const struct lsn_image *image, int channels)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_image out;

    if (lsn_image_with_channels(image, channels, &out, &err) != LSN_OK)
        fail_msg("%s", err.text);
    assert_int_equal(out.channels, channels);
    assert_int_equal(out.orientation, image->orientation);
    return out;
}

/* The grey files have three equal channels. */
static void test_makes_grey_as_pillow(void **state)
{
    struct lsn_image image = read_ppm(golden("source", ".ppm"));
    struct lsn_image want = read_ppm(golden("source_grey", ".ppm"));
    struct lsn_image grey = in_channels(&image, 1), again, none;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_image spread = in_channels(&grey, 3);

    (void)state;
    assert_same("source_grey", &spread, &want);
    again = in_channels(&spread, 1); /* grey stays unchanged */
    assert_same("source_grey again", &again, &grey);
    lsn_image_free(&again);
    again = in_channels(&image, 3);
    assert_same("source", &again, &image);
    assert_int_equal(lsn_image_with_channels(&image, 4, &none, &err), LSN_E_ARGUMENT);
    assert_null(none.pixels);
    lsn_image_free(&again);
    lsn_image_free(&spread);
    lsn_image_free(&grey);
    lsn_image_free(&image);
    lsn_image_free(&want);
}

/* A colour image on its way into a network of one channel: grey first, then scaled. */
static void test_preprocesses_grey_as_torchvision(void **state)
{
    struct lsn_image source = read_ppm(golden("source", ".ppm"));
    struct lsn_input input = {.shape = {1, 21, 21}, .resize = 24};

    (void)state;
    for (input.interpolation = 0; input.interpolation < LSN_INTERPOLATIONS; input.interpolation++) {
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_image want, got, spread;
        char name[64];

        snprintf(name, sizeof name, "source_grey_%s_short24_crop21",
                 lsn_interpolation_name(input.interpolation));
        want = read_ppm(golden(name, ".ppm"));
        if (lsn_input_crop(&input, &source, &got, &err) != LSN_OK)
            fail_msg("%s", err.text);
        assert_int_equal(got.channels, 1);
        spread = in_channels(&got, 3);
        assert_same(name, &spread, &want);
        lsn_image_free(&spread);
        lsn_image_free(&got);
        lsn_image_free(&want);
    }
    lsn_image_free(&source);
}

/* Weights sum to 1: a flat image stays flat at every size, in all filters. */
static void test_keeps_flat_images_flat(void **state)
{
    uint8_t pixels[9 * 7 * 3];
    struct lsn_image flat = {9, 7, 3, pixels, 1};
    enum lsn_interpolation k;
    int width, height, value, i;

    (void)state;
    for (value = 0; value < 256; value += 51) {
        memset(pixels, value, sizeof pixels);
        for (k = 0; k < LSN_INTERPOLATIONS; k++)
            for (width = 1; width < 30; width += 4)
                for (height = 1; height < 30; height += 3) {
                    struct lsn_image got;

                    assert_int_equal(lsn_image_resize(&flat, width, height, k, &got, NULL), LSN_OK);
                    for (i = 0; i < width * height * 3; i++)
                        assert_int_equal(got.pixels[i], value);
                    lsn_image_free(&got);
                }
    }
}

/* Halving averages: two samples under the triangle weigh 1, 3, 3, 1 of 8, at the
 * ends 3, 3, 1 of 7. */
static void test_halves_by_hand(void **state)
{
    uint8_t pixels[4 * 3] = {0, 0, 0, 80, 8, 80, 160, 16, 255, 240, 24, 255};
    struct lsn_image image = {4, 1, 3, pixels, 1}, got;

    (void)state;
    assert_int_equal(lsn_image_resize(&image, 2, 1, LSN_BILINEAR, &got, NULL), LSN_OK);
    assert_int_equal(got.pixels[0], 57);  /* (3*0 + 3*80 + 160) / 7 = 57.1 */
    assert_int_equal(got.pixels[1], 6);   /* (3*0 + 3*8 + 16) / 7 = 5.7 */
    assert_int_equal(got.pixels[3], 183); /* (80 + 3*160 + 3*240) / 7 = 182.9 */
    assert_int_equal(got.pixels[5], 230); /* (80 + 3*255 + 3*255) / 7 = 230 */
    lsn_image_free(&got);
}

static void check_short(int width, int height, int short_side, int new_width, int new_height)
{
    struct lsn_image image = {width, height, 3, lsn_alloc((size_t)(width * height), 3), 1}, got;

    assert_non_null(image.pixels);
    assert_int_equal(lsn_image_resize_short(&image, short_side, LSN_BILINEAR, &got, NULL), LSN_OK);
    assert_int_equal(got.width, new_width);
    assert_int_equal(got.height, new_height);
    lsn_image_free(&got);
    lsn_image_free(&image);
}

static void test_truncates_the_long_side(void **state)
{
    (void)state;
    check_short(500, 375, 256, 341, 256); /* 341.3 */
    check_short(375, 500, 256, 256, 341);
    check_short(300, 199, 256, 385, 256); /* 385.9 */
    check_short(30, 30, 7, 7, 7);
    check_short(40, 30, 30, 40, 30);
    check_short(3, 2, 1, 1, 1);
}

static void test_refuses_sizes(void **state)
{
    uint8_t pixels[6] = {0};
    struct lsn_image image = {2, 1, 3, pixels, 1}, got;
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    assert_int_equal(lsn_image_resize(&image, 0, 3, LSN_BILINEAR, &got, NULL), LSN_E_ARGUMENT);
    assert_int_equal(lsn_image_resize(&image, 20000, 20000, LSN_BILINEAR, &got, &err),
                     LSN_E_UNSUPPORTED);
    assert_null(got.pixels);
    assert_int_equal(lsn_image_resize_short(&image, 0, LSN_BILINEAR, &got, NULL), LSN_E_ARGUMENT);
    assert_int_equal(lsn_image_resize_short(&image, INT32_MAX, LSN_BILINEAR, &got, NULL),
                     LSN_E_UNSUPPORTED);
    assert_int_equal(lsn_image_center_crop(&image, 0, 1, &got, NULL), LSN_E_ARGUMENT);
    assert_null(got.pixels);
}

/* Half a pixel goes to the even side: margins 1, 3, 5, 7 start at 0, 2, 2, 4. */
static void test_crops_from_the_even_side(void **state)
{
    static const int offsets[] = {0, 0, 1, 2, 2, 2, 3, 4, 4};
    uint8_t pixels[20 * 18 * 3];
    struct lsn_image image = {20, 18, 3, pixels, 1}, got;
    int i, across, down, x, y;

    (void)state;
    for (i = 0; i < 20 * 18; i++) {
        pixels[i * 3] = (uint8_t)(i % 20);
        pixels[i * 3 + 1] = (uint8_t)(i / 20);
        pixels[i * 3 + 2] = (uint8_t)i;
    }
    for (across = 0; across < 9; across++)
        for (down = 0; down < 9; down++) {
            int width = 20 - across, height = 18 - down;

            assert_int_equal(lsn_image_center_crop(&image, width, height, &got, NULL), LSN_OK);
            assert_int_equal(got.width, width);
            assert_int_equal(got.height, height);
            for (y = 0; y < height; y++)
                for (x = 0; x < width; x++) {
                    const uint8_t *pixel = got.pixels + (y * width + x) * 3;

                    assert_int_equal(pixel[0], x + offsets[across]);
                    assert_int_equal(pixel[1], y + offsets[down]);
                    assert_int_equal(pixel[2], (uint8_t)(pixel[1] * 20 + pixel[0]));
                }
            lsn_image_free(&got);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resizes_as_pillow),
        cmocka_unit_test(test_preprocesses_as_torchvision),
        cmocka_unit_test(test_pads_as_torchvision),
        cmocka_unit_test(test_makes_grey_as_pillow),
        cmocka_unit_test(test_preprocesses_grey_as_torchvision),
        cmocka_unit_test(test_keeps_flat_images_flat),
        cmocka_unit_test(test_halves_by_hand),
        cmocka_unit_test(test_truncates_the_long_side),
        cmocka_unit_test(test_refuses_sizes),
        cmocka_unit_test(test_crops_from_the_even_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
