/* Grey images of one channel give the same stimuli as the same images in three equal channels, for
 * every definition, region and normalisation. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/file.h"
#include "lesion/stimulus.h"

#define WIDTH  26
#define HEIGHT 21
#define COUNT  ((size_t)WIDTH * HEIGHT)

/* Waves with a bright square and noise, in one channel and in three. */
struct pair {
    struct lsn_image grey, colour;
};

static struct pair make_pair(uint64_t seed)
{
    struct pair p = {.grey = {WIDTH, HEIGHT, 1, calloc(COUNT, 1), 1}};
    struct lsn_error err = LSN_ERROR_NONE;
    size_t i;

    assert_non_null(p.grey.pixels);
    for (i = 0; i < COUNT; i++) {
        int x = (int)(i % WIDTH), y = (int)(i / WIDTH);
        double wave = 90 + 60 * sin(x * 0.4 + (double)seed) * cos(y * 0.3);
        int square = x > 8 && x < 16 && y > 5 && y < 15 ? 70 : 0;

        p.grey.pixels[i] = (uint8_t)((int)wave + square + test_random_int(&seed, 0, 20));
    }
    test_ok(lsn_image_with_channels(&p.grey, 3, &p.colour, &err), &err);
    return p;
}

static void free_pair(struct pair *p)
{
    free(p->grey.pixels);
    lsn_image_free(&p->colour);
}

/* Each sample of grey must equal the three of the colour image's pixel. */
static void same_image(const struct lsn_image *grey, const struct lsn_image *colour)
{
    size_t count = (size_t)colour->width * (size_t)colour->height, i;

    assert_int_equal(grey->channels, 1);
    assert_int_equal(colour->channels, 3);
    assert_int_equal(grey->width, colour->width);
    assert_int_equal(grey->height, colour->height);
    for (i = 0; i < count * 3; i++)
        assert_int_equal(grey->pixels[i / 3], colour->pixels[i]);
}

static void scaled_alike(void **state)
{
    static const int sizes[][2] = {{13, 40}, {60, 7}, {26, 9}, {11, 21}, {1, 1}};
    struct pair p = make_pair(1);
    enum lsn_interpolation k;
    size_t i;

    (void)state;
    for (k = 0; k < LSN_INTERPOLATIONS; k++)
        for (i = 0; i < TEST_COUNT(sizes); i++) {
            struct lsn_error err = LSN_ERROR_NONE;
            struct pair got, cut;

            test_ok(lsn_image_resize(&p.grey, sizes[i][0], sizes[i][1], k, &got.grey, &err), &err);
            test_ok(lsn_image_resize(&p.colour, sizes[i][0], sizes[i][1], k, &got.colour, &err),
                    &err);
            same_image(&got.grey, &got.colour);
            test_ok(lsn_image_center_crop(&got.grey, 12, 16, &cut.grey, &err), &err);
            test_ok(lsn_image_center_crop(&got.colour, 12, 16, &cut.colour, &err), &err);
            same_image(&cut.grey, &cut.colour);
            lsn_image_free(&got.grey);
            lsn_image_free(&got.colour);
            lsn_image_free(&cut.grey);
            lsn_image_free(&cut.colour);
        }
    free_pair(&p);
}

/* A crop of an input takes images of either kind. */
static void inputs_take_both(void **state)
{
    const struct lsn_input one = {.shape = {1, 9, 8}, .resize = 12};
    const struct lsn_input three = {.shape = {3, 9, 8}, .resize = 12};
    struct pair p = make_pair(2);
    const struct lsn_image *images[] = {&p.grey, &p.colour};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_image grey, colour;

        test_ok(lsn_input_crop(&one, images[i], &grey, &err), &err);
        test_ok(lsn_input_crop(&three, images[i], &colour, &err), &err);
        same_image(&grey, &colour);
        lsn_image_free(&grey);
        lsn_image_free(&colour);
    }
    free_pair(&p);
}

static uint8_t *make_mask(const char *text, const struct lsn_image *crop,
                          const struct lsn_image *other)
{
    struct lsn_error err = LSN_ERROR_NONE;
    uint8_t *mask = malloc(COUNT);
    struct lsn_region region;

    assert_non_null(mask);
    test_ok(lsn_region_parse(text, 7, &region, &err), &err);
    test_ok(lsn_region_make(&region, crop, other, 3, mask, &err), &err);
    return mask;
}

/* Compares the stimuli: equal to the last bit without normalisation where levels are whole numbers;
 * otherwise sums over three equal channels round differently. */
static void same_stimulus(const struct pair *p, const struct lsn_condition *condition,
                          const uint8_t *mask)
{
    static float grey[COUNT], colour[COUNT * 3];
    static double scratch[3 * COUNT + WIDTH];
    bool exact = condition->quantize != LSN_QUANTIZE_NONE &&
                 condition->normalisation.kind == LSN_NORMALISATION_NONE;
    struct lsn_shown one, three;
    size_t i;

    for (i = 0; i < COUNT; i++)
        grey[i] = NAN;
    lsn_stimulus_make(&p->grey, condition, mask, grey, scratch);
    lsn_stimulus_make(&p->colour, condition, mask, colour, scratch);
    for (i = 0; i < COUNT * 3; i++)
        if (exact ? grey[i / 3] != colour[i] : !(fabsf(grey[i / 3] - colour[i]) <= 1e-3f))
            fail_msg("sample %zu is %.9g in one channel, %.9g in three", i, (double)grey[i / 3],
                     (double)colour[i]);
    one = lsn_stimulus_measure(grey, mask, COUNT, 1);
    three = lsn_stimulus_measure(colour, mask, COUNT, 3);
    assert_true(one.area_frac == three.area_frac);
    assert_true(fabs(one.rms_contrast - three.rms_contrast) < 1e-6);
    assert_true(fabs(one.mean_luminance - three.mean_luminance) < 1e-6);
}

static void shown_alike(void **state)
{
    static const char *const regions[] = {"all",           "centre:0.7",  "surround:0.7",
                                          "square:0.5",    "edges",       "edges:2:1",
                                          "non-edges:1.5", "other-edges", "random:0.3"};
    static const char *const ways[] = {"none", "global", "local:2", "divisive:2:0.1:2",
                                       "divisive:3:0.2:1.5"};
    static const double contrasts[] = {0, 0.07, 0.5, 1};
    struct pair p = make_pair(3), other = make_pair(4);
    size_t r, w, c;
    int definition, quantize;

    (void)state;
    for (r = 0; r < TEST_COUNT(regions); r++) {
        uint8_t *mask = make_mask(regions[r], &p.grey, &other.grey);
        uint8_t *twin = make_mask(regions[r], &p.colour, &other.colour);

        assert_memory_equal(mask, twin, COUNT);
        for (w = 0; w < TEST_COUNT(ways); w++)
            for (c = 0; c < TEST_COUNT(contrasts); c++)
                for (definition = 0; definition < 3; definition++)
                    for (quantize = 0; quantize < 3; quantize++) {
                        struct lsn_condition condition = {
                            .contrast = contrasts[c],
                            .definition = (enum lsn_contrast_definition)definition,
                            .quantize = (enum lsn_quantize)quantize};
                        struct lsn_error err = LSN_ERROR_NONE;

                        test_ok(lsn_normalisation_parse(ways[w], 0.449, 0.226,
                                                        &condition.normalisation, &err),
                                &err);
                        same_stimulus(&p, &condition, mask);
                    }
        free(mask);
        free(twin);
    }
    free_pair(&p);
    free_pair(&other);
}

/* The file of a mask may have one channel or three. */
static void masks_of_both(void **state)
{
    struct pair p = make_pair(8);
    struct lsn_region one = {.kind = LSN_REGION_MASK, .mask = p.grey};
    struct lsn_region three = {.kind = LSN_REGION_MASK, .mask = p.colour};
    struct lsn_error err = LSN_ERROR_NONE;
    static uint8_t mask[COUNT], twin[COUNT];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT; i++) {
        p.grey.pixels[i] = p.grey.pixels[i] > 120 ? 255 : 0;
        memset(p.colour.pixels + 3 * i, p.grey.pixels[i], 3);
    }
    test_ok(lsn_region_make(&one, &p.grey, NULL, 0, mask, &err), &err);
    test_ok(lsn_region_make(&three, &p.colour, NULL, 0, twin, &err), &err);
    assert_memory_equal(mask, twin, COUNT);
    for (i = 0; i < COUNT; i++)
        assert_int_equal(mask[i], p.grey.pixels[i] / 255);
    free_pair(&p);
}

/* A grey image is its own luminance: both means are one, at every quantisation. */
static void means_coincide(void **state)
{
    static float own[COUNT], luminance[COUNT];
    struct pair p = make_pair(5);
    int quantize, percent;

    (void)state;
    for (quantize = 0; quantize < 3; quantize++)
        for (percent = 0; percent <= 100; percent += 5) {
            struct lsn_condition condition = {.contrast = percent / 100.0,
                                              .definition = LSN_CONTRAST_MEAN,
                                              .quantize = (enum lsn_quantize)quantize};

            lsn_stimulus_make(&p.grey, &condition, NULL, own, NULL);
            condition.definition = LSN_CONTRAST_LUMINANCE_MEAN;
            lsn_stimulus_make(&p.grey, &condition, NULL, luminance, NULL);
            assert_memory_equal(own, luminance, sizeof own);
        }
    free_pair(&p);
}

/* (pixel * scale - mean) / std by hand; the order of channels does not matter for one. */
static void one_mean_and_std(void **state)
{
    static const float pixels[3] = {10, 255, 127.5f}, wanted[3] = {2, 63.25f, 31.375f};
    struct lsn_input input = {.shape = {1, 1, 3}, .scale = 0.5, .mean = {1}, .std = {2}};
    float x[4] = {NAN, NAN, NAN, 5};

    (void)state;
    lsn_input_normalise(&input, pixels, x);
    assert_memory_equal(x, wanted, sizeof wanted);
    assert_true(x[3] == 5);
    assert_string_equal(lsn_input_order(&input), "GREY");
}

/* A PNG of one channel, which reads back as it was. */
static void saved_grey(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct pair p = make_pair(6);
    char *folder = test_folder(), path[4200];
    struct lsn_image again;
    struct lsn_bytes bytes;

    (void)state;
    snprintf(path, sizeof path, "%s/grey.png", folder);
    test_ok(lsn_image_save_png(path, false, &p.grey, &err), &err);
    test_ok(lsn_image_load(path, NULL, &again, &err), &err);
    same_image(&p.grey, &again);
    test_ok(lsn_file_read(path, 1 << 20, &bytes, &err), &err);
    assert_true(bytes.size > 25);
    assert_int_equal(bytes.data[24], 8); /* bits, and the kind: IHDR stands at 8 */
    assert_int_equal(bytes.data[25], 0);
    free(bytes.data);
    lsn_image_free(&again);
    free_pair(&p);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scaled_alike),  cmocka_unit_test(inputs_take_both),
        cmocka_unit_test(shown_alike),   cmocka_unit_test(means_coincide),
        cmocka_unit_test(masks_of_both), cmocka_unit_test(one_mean_and_std),
        cmocka_unit_test(saved_grey),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
