/* Decoding and saving. The files in golden/images, and what they must give, are made
 * by golden/make_images.py. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"
#include "golden/images.h"
#include "image/load.h"
#include "lesion/image.h"

/* Every test has removed what it wrote, and no failure has left a file. */
static int remove_empty(void **state)
{
    assert_int_equal(test_folder_count(test_scratch_folder), 0);
    return test_remove_scratch(state);
}

/* The path of a file in the tests' folder; valid until the next call. */
static const char *temporary(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/%s", test_scratch_folder, name);
    return path;
}

static struct lsn_image load(const char *path, enum lsn_alpha alpha)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_image image;
    const struct lsn_image_options options = {.alpha = alpha};

    if (lsn_image_load(path, &options, &image, &err) != LSN_OK)
        fail_msg("%s", err.text);
    return image;
}

/* An error with a sentence that names the file, and an image left empty. */
static void assert_refused(const char *path, enum lsn_alpha alpha, enum lsn_status wanted)
{
    struct lsn_error err = LSN_ERROR_NONE;
    const struct lsn_image_options options = {.alpha = alpha};
    struct lsn_image image = {.width = 1, .height = 1};
    enum lsn_status status = lsn_image_load(path, &options, &image, &err);

    if (status != wanted)
        fail_msg("%s: %s, wanted: %s (%s)", path, lsn_status_name(status), lsn_status_name(wanted),
                 err.text);
    assert_int_equal(err.code, wanted);
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
    assert_null(strchr(err.text, '\n'));
    assert_null(image.pixels);
    assert_int_equal(image.width, 0);
}

/* Decodes from a block of exactly this size, so that a sanitizer sees a read beyond it: an
 * error with a sentence, or the image that is wanted. */
static void decode_damaged(const char *what, const uint8_t *data, size_t size,
                           const struct lsn_image *want)
{
    const struct lsn_image_options options = {.alpha = LSN_ALPHA_BLACK};
    struct lsn_bytes bytes = {malloc(size ? size : 1), size};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_image image;

    assert_non_null(bytes.data);
    memcpy(bytes.data, data, size);
    if (lsn_image_decode("bytes", &bytes, &options, &image, &err) != LSN_OK) {
        assert_null(image.pixels);
        assert_int_not_equal(err.code, LSN_OK);
        assert_true(strlen(err.text) > 0);
    } else {
        assert_non_null(image.pixels);
        if (want)
            assert_same(what, &image, want);
    }
    lsn_image_free(&image);
    free(bytes.data);
}

static void write_bytes(const char *path, const void *data, size_t size)
{
    assert_int_equal(lsn_file_write(path, true, data, size, NULL), LSN_OK);
}

static const char *const opaque_png[] = {"rgb8",
                                         "rgb8_interlaced",
                                         "rgb8_gamma",
                                         "rgb16",
                                         "grey8",
                                         "grey16",
                                         "grey1",
                                         "grey2",
                                         "grey4",
                                         "grey2_interlaced",
                                         "palette8",
                                         "palette4",
                                         "palette1_interlaced",
                                         "rgba8_opaque",
                                         "grey_alpha8_opaque",
                                         "palette_opaque"};
static const char *const transparent_png[] = {
    "rgba8",         "rgba8_interlaced", "grey_alpha16",
    "palette_alpha", "grey_transparent", "rgb16_transparent"};
static const char *const jpeg[] = {"rgb_420",         "rgb_422",      "rgb_444",         "grey",
                                   "rgb_progressive", "grey_restart", "rgb_rotated_exif"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void check_decoded(const char *name, const char *ending, enum lsn_alpha alpha)
{
    struct lsn_image want = read_ppm(golden(name, ".ppm"));
    struct lsn_image got = load(golden(name, ending), alpha);

    assert_same(name, &got, &want);
    lsn_image_free(&got);
    lsn_image_free(&want);
}

static void test_decodes_png(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(opaque_png); i++) {
        check_decoded(opaque_png[i], ".png", LSN_ALPHA_REFUSE);
        check_decoded(opaque_png[i], ".png", LSN_ALPHA_BLACK);
    }
}

static void test_decodes_jpeg(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(jpeg); i++)
        check_decoded(jpeg[i], ".jpg", LSN_ALPHA_REFUSE);
}

static void test_alpha_only_where_asked_for(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(transparent_png); i++) {
        check_decoded(transparent_png[i], ".png", LSN_ALPHA_BLACK);
        assert_refused(golden(transparent_png[i], ".png"), LSN_ALPHA_REFUSE, LSN_E_UNSUPPORTED);
    }
}

static void test_refuses_by_name(void **state)
{
    (void)state;
    assert_refused(golden("palette_beyond", ".png"), LSN_ALPHA_BLACK, LSN_E_FORMAT);
    assert_refused(golden("grey_restart_extra", ".jpg"), LSN_ALPHA_BLACK, LSN_E_FORMAT);
    assert_refused(temporary("absent.png"), LSN_ALPHA_BLACK, LSN_E_IO);
    assert_refused(test_scratch_folder, LSN_ALPHA_BLACK, LSN_E_IO);
    write_bytes(temporary("short"), "", 0);
    assert_refused(temporary("short"), LSN_ALPHA_BLACK, LSN_E_FORMAT);
    write_bytes(temporary("short"), "\x89", 1);
    assert_refused(temporary("short"), LSN_ALPHA_BLACK, LSN_E_FORMAT);
    unlink(temporary("short"));
}

/* Files of a few bytes that declare 20000 x 20000 and 65500 x 65500 px are refused. */
static void test_refuses_bombs(void **state)
{
    struct lsn_bytes bytes = read_bytes(golden("grey", ".jpg"));
    size_t i;

    (void)state;
    assert_refused(golden("bomb", ".png"), LSN_ALPHA_BLACK, LSN_E_UNSUPPORTED);
    for (i = 0; bytes.data[i] != 0xFF || bytes.data[i + 1] != 0xC0; i++)
        assert_true(i < bytes.size - 9);
    memcpy(bytes.data + i + 5, "\xFF\xDC\xFF\xDC", 4);
    write_bytes(temporary("bomb.jpg"), bytes.data, bytes.size);
    assert_refused(temporary("bomb.jpg"), LSN_ALPHA_BLACK, LSN_E_UNSUPPORTED);
    unlink(temporary("bomb.jpg"));
    lsn_free(bytes.data);
}

static void truncate_everywhere(const char *name, const char *ending)
{
    struct lsn_bytes bytes = read_bytes(golden(name, ending));
    struct lsn_image want = load(golden(name, ending), LSN_ALPHA_BLACK);
    char what[4200];
    size_t size;

    for (size = 0; size < bytes.size; size++) {
        snprintf(what, sizeof what, "%s cut to %zu of %zu bytes", name, size, bytes.size);
        decode_damaged(what, bytes.data, size, &want);
    }
    lsn_image_free(&want);
    lsn_free(bytes.data);
}

static void test_refuses_truncated(void **state)
{
    size_t i;

    (void)state;
    truncate_everywhere("rgb8", ".png");
    truncate_everywhere("rgba8_interlaced", ".png");
    truncate_everywhere("palette4", ".png");
    for (i = 0; i < COUNT(jpeg); i++)
        truncate_everywhere(jpeg[i], ".jpg");
}

/* Every chunk of a PNG file has a checksum: no flipped bit changes a pixel, whether it is
 * in the pixels, in tRNS, or in a chunk that is passed over. */
static void flip_everywhere(const char *name)
{
    struct lsn_bytes bytes = read_bytes(golden(name, ".png"));
    struct lsn_image want = load(golden(name, ".png"), LSN_ALPHA_BLACK);
    char what[256];
    size_t i;

    for (i = 0; i < bytes.size * 8; i++) {
        bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
        snprintf(what, sizeof what, "%s.png with bit %zu of byte %zu flipped", name, i % 8, i / 8);
        decode_damaged(what, bytes.data, bytes.size, &want);
        bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    lsn_image_free(&want);
    lsn_free(bytes.data);
}

static void test_refuses_corrupt_png(void **state)
{
    (void)state;
    flip_everywhere("rgb8_gamma");
    flip_everywhere("palette_alpha");
    flip_everywhere("grey_transparent");
}

/* A JPEG file has no checksums; damage must still end in a status. */
static void test_survives_corrupt_jpeg(void **state)
{
    size_t i, k;

    (void)state;
    for (k = 0; k < COUNT(jpeg); k++) {
        struct lsn_bytes bytes = read_bytes(golden(jpeg[k], ".jpg"));

        for (i = 0; i < bytes.size; i++) {
            bytes.data[i] ^= 0x55;
            decode_damaged(jpeg[k], bytes.data, bytes.size, NULL);
            bytes.data[i] ^= 0x55;
        }
        lsn_free(bytes.data);
    }
}

/* Real ImageNet files have a few bytes too many before EOI; no pixel depends on them. */
static void test_takes_extra_bytes_before_the_end(void **state)
{
    struct lsn_bytes bytes = read_bytes(golden("rgb_420", ".jpg"));
    struct lsn_image want = read_ppm(golden("rgb_420", ".ppm")), got;
    uint8_t *longer = lsn_alloc(bytes.size + 20, 1);

    (void)state;
    assert_non_null(longer);
    memcpy(longer, bytes.data, bytes.size - 2);
    memset(longer + bytes.size - 2, 0x12, 20);
    memcpy(longer + bytes.size + 18, "\xFF\xD9", 2);
    write_bytes(temporary("long.jpg"), longer, bytes.size + 20);
    got = load(temporary("long.jpg"), LSN_ALPHA_REFUSE);
    assert_same("long.jpg", &got, &want);
    unlink(temporary("long.jpg"));
    lsn_image_free(&got);
    lsn_image_free(&want);
    lsn_free(longer);
    lsn_free(bytes.data);
}

static void test_saves_what_it_loads(void **state)
{
    struct lsn_image image = read_ppm(golden("source", ".ppm")), again;
    struct lsn_error err = LSN_ERROR_NONE;
    const char *path = temporary("saved.png");

    (void)state;
    assert_int_equal(lsn_image_save_png(path, false, &image, &err), LSN_OK);
    again = load(path, LSN_ALPHA_REFUSE);
    assert_same("saved.png", &again, &image);
    lsn_image_free(&again);
    assert_int_equal(lsn_image_save_png(path, false, &image, &err), LSN_E_IO);
    assert_int_equal(lsn_image_save_png(path, true, &image, NULL), LSN_OK);
    unlink(path);
    err = (struct lsn_error)LSN_ERROR_NONE;
    assert_int_equal(lsn_image_save_png(temporary("absent/a.png"), false, &image, &err), LSN_E_IO);
    assert_int_equal(err.code, LSN_E_IO);
    lsn_image_free(&image);
}

/* A full disk gives an error and leaves no file. */
static void test_reports_a_full_disk(void **state)
{
    struct lsn_image image = {.width = 300, .height = 300, .channels = 3};
    struct lsn_error err = LSN_ERROR_NONE;
    char link[64];
    size_t i;

    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    image.pixels = lsn_alloc(300 * 300, 3);
    assert_non_null(image.pixels);
    for (i = 0; i < 300 * 300 * 3; i++)
        image.pixels[i] = (uint8_t)(i * i >> 7);
    /* The image is written under its temporary name, so a link of that name leads to the full
     * device. */
    snprintf(link, sizeof link, "full.png.tmp%ld", (long)getpid());
    assert_int_equal(symlink("/dev/full", temporary(link)), 0);
    assert_int_equal(lsn_image_save_png(temporary("full.png"), false, &image, &err), LSN_E_IO);
    assert_int_not_equal(access(temporary(link), F_OK), 0);
    assert_int_not_equal(access(temporary("full.png"), F_OK), 0);
    lsn_image_free(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decodes_png),
        cmocka_unit_test(test_decodes_jpeg),
        cmocka_unit_test(test_alpha_only_where_asked_for),
        cmocka_unit_test(test_refuses_by_name),
        cmocka_unit_test(test_refuses_bombs),
        cmocka_unit_test(test_refuses_truncated),
        cmocka_unit_test(test_refuses_corrupt_png),
        cmocka_unit_test(test_survives_corrupt_jpeg),
        cmocka_unit_test(test_takes_extra_bytes_before_the_end),
        cmocka_unit_test(test_saves_what_it_loads),
        cmocka_unit_test(test_reports_a_full_disk),
    };

    return cmocka_run_group_tests(tests, test_make_scratch, remove_empty);
}
