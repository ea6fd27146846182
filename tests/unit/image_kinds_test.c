/* Every kind of image file, as Pillow decodes it, whole and damaged: golden/images/list.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sha256.h"
#include "golden/images.h"
#include "image/load.h"

struct kind {
    const char *file;
    enum lsn_alpha alpha; /* DROP: refused by default */
    enum lsn_depth depth;
    int orientation;
    int width, height;       /* px */
    const char *sha256;      /* of the decoded pixels */
    const char *grey_sha256; /* of Pillow's convert('L') */
};

struct refusal {
    const char *file;
    enum lsn_status status;
    const char *words; /* that the error contains */
};

#include "golden/images/list.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Whether this build reads files that end so. */
static bool is_read(const char *file)
{
    int count, i;
    const struct lsn_image_format *formats = lsn_image_formats(&count);
    const char *ending = strrchr(file, '.');

    for (i = 0; i < count; i++)
        if ((strcmp(ending, ".webp") == 0 && strcmp(formats[i].name, "WebP") == 0) ||
            (strcmp(ending, ".tif") == 0 && strcmp(formats[i].name, "TIFF") == 0))
            return formats[i].library != NULL;
    return true;
}

static void assert_hash(const char *what, const struct lsn_image *got, const char *want)
{
    struct lsn_sha256 sha;
    char hex[65];

    lsn_sha256_start(&sha);
    lsn_sha256_add(&sha, got->pixels,
                   (size_t)got->width * (size_t)got->height * (size_t)got->channels);
    assert_int_equal(lsn_sha256_finish(&sha, hex, NULL), LSN_OK);
    if (strcmp(hex, want) != 0)
        fail_msg("%s: has other pixels, in %d channels", what, got->channels);
}

static void assert_pixels(const char *what, const struct lsn_image *got, const struct kind *want)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_image grey;

    assert_int_equal(got->channels, 3);
    if (got->width != want->width || got->height != want->height)
        fail_msg("%s: is %d x %d, wanted %d x %d", what, got->width, got->height, want->width,
                 want->height);
    assert_hash(what, got, want->sha256);
    assert_int_equal(lsn_image_with_channels(got, 1, &grey, &err), LSN_OK);
    assert_hash(what, &grey, want->grey_sha256);
    lsn_image_free(&grey);
}

/* Decodes from a block of exactly this size; false, with a sentence, where it is refused. */
static bool decode(const struct lsn_image_options *options, const uint8_t *data, size_t size,
                   struct lsn_image *image)
{
    struct lsn_bytes bytes = {malloc(size ? size : 1), size};
    struct lsn_error err = LSN_ERROR_NONE;
    enum lsn_status status;

    assert_non_null(bytes.data);
    memcpy(bytes.data, data, size);
    status = lsn_image_decode("bytes", &bytes, options, image, &err);
    free(bytes.data);
    assert_int_equal(status, err.code);
    assert_true((status == LSN_OK) == (image->pixels != NULL));
    assert_true((status == LSN_OK) == (err.text[0] == '\0'));
    return status == LSN_OK;
}

static void test_every_kind(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(kinds); i++) {
        const struct kind *k = &kinds[i];
        const struct lsn_image_options options = {k->alpha, k->depth};
        const char *path = golden(k->file, "");
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_image image;

        if (!is_read(k->file)) {
            assert_int_equal(lsn_image_load(path, &options, &image, &err), LSN_E_UNSUPPORTED);
            assert_non_null(strstr(err.text, "which this build does not read"));
            continue;
        }
        if (lsn_image_load(path, &options, &image, &err) != LSN_OK)
            fail_msg("%s", err.text);
        assert_pixels(k->file, &image, k);
        if (image.orientation != k->orientation)
            fail_msg("%s: has orientation %d, wanted %d", k->file, image.orientation,
                     k->orientation);
        lsn_image_free(&image);
    }
}

/* By default nothing is dropped, kept or clipped: such images are refused. */
static void test_defaults_refuse(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(kinds); i++) {
        const struct kind *k = &kinds[i];
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_image image;

        if ((k->alpha == LSN_ALPHA_REFUSE && k->depth == LSN_DEPTH_REFUSE) || !is_read(k->file))
            continue;
        if (lsn_image_load(golden(k->file, ""), NULL, &image, &err) != LSN_E_UNSUPPORTED)
            fail_msg("%s: was not refused, but: %s", k->file, err.text);
        assert_non_null(strstr(err.text, k->depth ? "--depth" : "--alpha"));
        assert_null(image.pixels);
    }
}

static void test_refuses_by_name(void **state)
{
    const struct lsn_image_options options = {.alpha = LSN_ALPHA_DROP};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_image image;

        if (!is_read(r->file))
            continue;
        if (lsn_image_load(golden(r->file, ""), &options, &image, &err) != r->status ||
            !strstr(err.text, r->words))
            fail_msg("%s: %s, wanted: %s (%s)", r->file, err.text, lsn_status_name(r->status),
                     r->words);
        assert_null(image.pixels);
    }
}

/* A file that is cut short gives all its pixels, if they are there, or an error. */
static void test_truncated(void **state)
{
    size_t i, size;

    (void)state;
    for (i = 0; i < COUNT(kinds); i++) {
        const struct lsn_image_options options = {kinds[i].alpha, kinds[i].depth};
        struct lsn_bytes bytes = read_bytes(golden(kinds[i].file, ""));

        for (size = 0; size < bytes.size; size += 7) {
            struct lsn_image image;
            char what[256];

            snprintf(what, sizeof what, "%s, cut to %zu bytes", kinds[i].file, size);
            if (decode(&options, bytes.data, size, &image))
                assert_pixels(what, &image, &kinds[i]);
            lsn_image_free(&image);
        }
        lsn_free(bytes.data);
    }
}

/* Damage anywhere ends in a status, not in a crash. */
static void test_survives_damage(void **state)
{
    const struct lsn_image_options options = {LSN_ALPHA_DROP, LSN_DEPTH_CLIP};
    size_t i, at;

    (void)state;
    for (i = 0; i < COUNT(kinds); i++) {
        struct lsn_bytes bytes = read_bytes(golden(kinds[i].file, ""));

        for (at = 0; at < bytes.size; at += at < 100 ? 1 : 13) {
            struct lsn_image image;

            bytes.data[at] ^= 0x55;
            (void)decode(&options, bytes.data, bytes.size, &image);
            lsn_image_free(&image);
            bytes.data[at] ^= 0xFF;
            (void)decode(&options, bytes.data, bytes.size, &image);
            lsn_image_free(&image);
            bytes.data[at] ^= 0xAA;
        }
        lsn_free(bytes.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind),      cmocka_unit_test(test_defaults_refuse),
        cmocka_unit_test(test_refuses_by_name), cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_survives_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
