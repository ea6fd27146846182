/* Regions: masks against closed forms and scikit-image's edges, combinations of masks, faults, and
 * the partners whose edges are used. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden/images.h"
#include "golden/masks/list.h"
#include "lesion/region.h"
#include "lesion/stimulus.h"

static struct lsn_region parse(const char *text, uint64_t seed)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_region region;

    if (lsn_region_parse(text, seed, &region, &err) != LSN_OK)
        fail_msg("%s", err.text);
    return region;
}

/* Fresh; starts as 0xA5, so that a byte that is not written is seen. */
static uint8_t *mask_of(const char *text, uint64_t seed, const struct lsn_image *crop,
                        const struct lsn_image *other, size_t image)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_region region = parse(text, seed);
    size_t count = (size_t)crop->width * (size_t)crop->height, i;
    uint8_t *mask = malloc(count);

    assert_non_null(mask);
    memset(mask, 0xA5, count);
    if (lsn_region_make(&region, crop, other, image, mask, &err) != LSN_OK)
        fail_msg("%s", err.text);
    for (i = 0; i < count; i++)
        assert_true(mask[i] <= 1);
    return mask;
}

static struct lsn_image blank(int width, int height)
{
    struct lsn_image image = {.width = width,
                              .height = height,
                              .channels = 3,
                              .pixels = calloc((size_t)width * (size_t)height, 3)};

    assert_non_null(image.pixels);
    return image;
}

static struct lsn_image load(const char *name)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_image image;
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", LSN_TESTS_DIR, name);
    if (lsn_image_load(path, NULL, &image, &err) != LSN_OK)
        fail_msg("%s", err.text);
    return image;
}

static const int sizes[][2] = {{20, 20}, {21, 21}, {31, 20}, {20, 33}};
static const double levels[] = {0.3, 0.35, 0.5, 0.7, 1.0};

static void test_centred_masks(void **state)
{
    size_t s, l;

    (void)state;
    for (s = 0; s < 4; s++)
        for (l = 0; l < 5; l++) {
            int w = sizes[s][0], h = sizes[s][1], x, y;
            int r = (int)(round(levels[l] * 100) * (w < h ? w : h)) / 200;
            struct lsn_image crop = blank(w, h);
            char texts[3][32];
            uint8_t *disc, *rest, *square;

            snprintf(texts[0], sizeof texts[0], "centre:%g", levels[l]);
            snprintf(texts[1], sizeof texts[1], "surround:%g", levels[l]);
            snprintf(texts[2], sizeof texts[2], "square:%g", levels[l]);
            disc = mask_of(texts[0], 0, &crop, NULL, 0);
            rest = mask_of(texts[1], 0, &crop, NULL, 0);
            square = mask_of(texts[2], 0, &crop, NULL, 0);
            for (y = 0; y < h; y++)
                for (x = 0; x < w; x++) {
                    int dx = abs(x - w / 2), dy = abs(y - h / 2), at = y * w + x;

                    assert_int_equal(disc[at], hypot(dx, dy) <= r);
                    assert_int_equal(rest[at], !disc[at]);
                    assert_int_equal(square[at], dx <= r && dy <= r);
                }
            free(disc);
            free(rest);
            free(square);
            free(crop.pixels);
        }
}

static void test_random_has_its_share(void **state)
{
    static const double shares[] = {0.001, 0.1, 0.25, 0.5, 1.0};
    struct lsn_image crop = blank(37, 23);
    size_t pixels = 37 * 23, hits[37 * 23] = {0}, i, f, image;

    (void)state;
    for (f = 0; f < 5; f++)
        for (image = 0; image < 200; image++) {
            char text[32];
            uint8_t *mask, *again, *seeded;
            size_t count = 0;

            snprintf(text, sizeof text, "random:%g", shares[f]);
            mask = mask_of(text, 7, &crop, NULL, image);
            again = mask_of(text, 7, &crop, NULL, image);
            seeded = mask_of(text, 8, &crop, NULL, image);
            for (i = 0; i < pixels; i++) {
                count += mask[i];
                hits[i] += f == 3 && mask[i];
            }
            assert_int_equal(count, (size_t)round(shares[f] * (double)pixels));
            assert_memory_equal(mask, again, pixels);
            assert_true(f != 3 || memcmp(mask, seeded, pixels) != 0);
            free(mask);
            free(again);
            free(seeded);
        }
    /* Half of 200 images each: 100 with a standard deviation of 7. */
    for (i = 0; i < pixels; i++)
        assert_true(hits[i] > 60 && hits[i] < 140);
    free(crop.pixels);
}

/* The definition would allow .1 % of the pixels to differ; none does. */
static void test_edges_are_scikit_images(void **state)
{
    size_t m, i;

    (void)state;
    for (m = 0; m < sizeof masks / sizeof masks[0]; m++) {
        struct lsn_image image = load(masks[m][0]), wanted = load(masks[m][1]);
        size_t count = (size_t)image.width * (size_t)image.height, differ = 0, edges = 0;
        uint8_t *mask = mask_of(masks[m][2], 0, &image, NULL, 0);

        assert_int_equal(wanted.width * wanted.height, count);
        for (i = 0; i < count; i++) {
            differ += mask[i] != (wanted.pixels[i * 3] != 0);
            edges += mask[i];
        }
        assert_true(edges > 0);
        if ((double)differ > 0.001 * (double)count)
            fail_msg("%s %s: %zu of %zu pixels differ", masks[m][0], masks[m][2], differ, count);
        free(mask);
        lsn_image_free(&image);
        lsn_image_free(&wanted);
    }
}

/* A vertical step between columns 9 and 10: Sobel is as large on both, which are edges
 * alike, in every row but the first and last. */
static void test_edges_of_a_step(void **state)
{
    struct lsn_image crop = blank(20, 12);
    uint8_t *mask;
    int x, y, k;

    (void)state;
    for (y = 0; y < 12; y++)
        for (x = 10; x < 20; x++)
            for (k = 0; k < 3; k++)
                crop.pixels[(y * 20 + x) * 3 + k] = 200;
    mask = mask_of("edges:0.1", 0, &crop, NULL, 0);
    for (y = 0; y < 12; y++)
        for (x = 0; x < 20; x++)
            assert_int_equal(mask[y * 20 + x], (x == 9 || x == 10) && y > 0 && y < 11);
    free(mask);
    memset(crop.pixels, 90, 20 * 12 * 3);
    mask = mask_of("edges", 0, &crop, NULL, 0);
    for (x = 0; x < 20 * 12; x++)
        assert_int_equal(mask[x], 0);
    free(mask);
    free(crop.pixels);
}

/* The stimuli of edges and of non-edges together are the image with changed contrast. */
static void test_parts_join_to_the_whole(void **state)
{
    static const char *const parts[][2] = {
        {"edges", "non-edges"}, {"edges:2:3", "non-edges:2:3"}, {"centre:0.6", "surround:0.6"}};
    struct lsn_image crop = load("../data/images/star/0003.png");
    size_t count = (size_t)crop.width * (size_t)crop.height, p, i;
    float *whole = calloc(count * 3, sizeof *whole), *one = calloc(count * 3, sizeof *one);
    float *two = calloc(count * 3, sizeof *two);

    (void)state;
    assert_true(whole && one && two);
    for (p = 0; p < 3; p++) {
        struct lsn_condition condition = {.contrast = 0.3, .definition = LSN_CONTRAST_MEAN};
        uint8_t *inside = mask_of(parts[p][0], 0, &crop, NULL, 0);
        uint8_t *outside = mask_of(parts[p][1], 0, &crop, NULL, 0);

        lsn_stimulus_make(&crop, &condition, NULL, whole, NULL);
        lsn_stimulus_make(&crop, &condition, inside, one, NULL);
        lsn_stimulus_make(&crop, &condition, outside, two, NULL);
        for (i = 0; i < count * 3; i++) {
            assert_int_equal(inside[i / 3] + outside[i / 3], 1);
            assert_true((inside[i / 3] ? one : two)[i] == whole[i]);
            assert_true((inside[i / 3] ? two : one)[i] == (float)crop.pixels[i]);
        }
        free(inside);
        free(outside);
    }
    free(whole);
    free(one);
    free(two);
    lsn_image_free(&crop);
}

static void test_other_edges_are_the_others(void **state)
{
    struct lsn_image crop = load("../data/images/star/0003.png");
    struct lsn_image other = load("../data/images/ring/0001.png");
    size_t count = (size_t)crop.width * (size_t)crop.height;
    uint8_t *given = mask_of("other-edges:1:1", 3, &crop, &other, 0);
    uint8_t *own = mask_of("edges:1:1", 0, &other, NULL, 0);
    struct lsn_region region = parse("other-edges", 3);

    (void)state;
    assert_memory_equal(given, own, count);
    assert_int_equal(lsn_region_make(&region, &crop, NULL, 0, own, NULL), LSN_E_ARGUMENT);
    free(given);
    free(own);
    lsn_image_free(&crop);
    lsn_image_free(&other);
}

static void test_texts(void **state)
{
    static const char *const texts[][2] = {
        {"all", "all"},
        {"centre:0.50", "centre:0.5"},
        {"surround:1", "surround:1"},
        {"square:.25", "square:0.25"},
        {"edges", "edges"},
        {"edges:1.0:0", "edges"},
        {"non-edges:2", "non-edges:2"},
        {"other-edges:1:3", "other-edges:1:3"},
        {"mask:a:b,c.png", "mask:a:b,c.png"},
        {"random:1e-2", "random:0.01"},
        {"random:0.12345678901", "random:0.12345678901"},
        {"centre:0.30000000000000004", "centre:0.30000000000000004"},
        {"edges:1.0000000001", "edges:1.0000000001"},
        {"edges:1.0000000001:2", "edges:1.0000000001:2"},
    };
    static const char *const bad[] = {
        "",
        "All",
        "all:",
        "all:1",
        "centre",
        "centre:",
        "centre:0",
        "centre:1.01",
        "centre:-1",
        "centre:nan",
        "centre:0.5:1",
        "edges:",
        "edges:0",
        "edges:21",
        "edges:1.00000000000000000000000000000000garbage",
        "edges:1:",
        "edges:1:-1",
        "edges:1:101",
        "edges:1:1.5",
        "edges:1:2:3",
        "mask",
        "mask:",
        "random",
        "random:0",
        "edge",
        "center:1",
        "edges:::",
    };
    char text[LSN_REGION_TEXT_MAX], longest[LSN_REGION_FILE_MAX + 10] = "mask:";
    struct lsn_region region;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        region = parse(texts[i][0], 5);
        lsn_region_text(&region, text);
        assert_string_equal(text, texts[i][1]);
        assert_int_equal(region.seed, texts[i][0][0] == 'o' || texts[i][0][0] == 'r' ? 5 : 0);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct lsn_error err = LSN_ERROR_NONE;

        if (lsn_region_parse(bad[i], 0, &region, &err) != LSN_E_ARGUMENT)
            fail_msg("'%s' is read", bad[i]);
        assert_non_null(strstr(err.text, "region '"));
    }
    memset(longest + 5, 'a', LSN_REGION_FILE_MAX - 1);
    region = parse(longest, 0);
    lsn_region_text(&region, text);
    assert_string_equal(text, longest);
    longest[LSN_REGION_FILE_MAX + 4] = 'a';
    assert_int_equal(lsn_region_parse(longest, 0, &region, NULL), LSN_E_ARGUMENT);
}

static void test_small_radii_are_refused(void **state)
{
    static const char *const texts[] = {"centre:0.29", "surround:0.29", "square:0.29"};
    static const char *const fine[] = {"centre:0.3", "surround:0.3", "square:0.3", "edges"};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_region region = parse(texts[i], 0);

        assert_int_equal(lsn_region_check(&region, 100, 20, &err), LSN_E_ARGUMENT);
        assert_non_null(strstr(err.text, "its radius is 2 px"));
    }
    for (i = 0; i < 4; i++) {
        struct lsn_region region = parse(fine[i], 0);

        assert_int_equal(lsn_region_check(&region, 100, 20, NULL), LSN_OK);
    }
}

static void test_a_flat_stimulus_has_no_contrast(void **state)
{
    float pixels[10 * 3];
    uint8_t mask[10] = {1, 1, 1};
    struct lsn_shown shown;
    int i;

    (void)state;
    for (i = 0; i < 30; i++)
        pixels[i] = 127;
    shown = lsn_stimulus_measure(pixels, mask, 10, 3);
    assert_true(shown.rms_contrast == 0);
    assert_true(fabs(shown.mean_luminance - 127 / 255.0) < 1e-15);
    assert_true(fabs(shown.area_frac - 0.3) < 1e-15);
    /* Half black, half green: luminance 0 and .587. */
    for (i = 0; i < 30; i++)
        pixels[i] = i % 3 == 1 && i < 15 ? 255 : 0;
    shown = lsn_stimulus_measure(pixels, mask, 10, 3);
    assert_true(fabs(shown.rms_contrast - .587 / 2) < 1e-15);
    assert_true(fabs(shown.mean_luminance - .587 / 2) < 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_centred_masks),
        cmocka_unit_test(test_random_has_its_share),
        cmocka_unit_test(test_edges_are_scikit_images),
        cmocka_unit_test(test_edges_of_a_step),
        cmocka_unit_test(test_parts_join_to_the_whole),
        cmocka_unit_test(test_other_edges_are_the_others),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_small_radii_are_refused),
        cmocka_unit_test(test_a_flat_stimulus_has_no_contrast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
