/* The files that golden/make_images.py makes. To be included after cmocka.h. */
#ifndef LSN_TESTS_GOLDEN_IMAGES_H
#define LSN_TESTS_GOLDEN_IMAGES_H

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "format/file.h"
#include "lesion/image.h"

/* The path of golden/images/NAME.ENDING; valid until the next call. */
static inline const char *golden(const char *name, const char *ending)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/golden/images/%s%s", LSN_TESTS_DIR, name, ending);
    return path;
}

static inline struct lsn_bytes read_bytes(const char *path)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes bytes;

    if (lsn_file_read(path, 1 << 20, &bytes, &err) != LSN_OK)
        fail_msg("%s", err.text);
    return bytes;
}

/* What make_images.py writes: "P6\nWIDTH HEIGHT\n255\n" and the samples. */
static inline struct lsn_image read_ppm(const char *path)
{
    struct lsn_bytes bytes = read_bytes(path);
    struct lsn_image image = {.channels = 3};
    int header = 0;

    assert_int_equal(
        sscanf((char *)bytes.data, "P6 %d %d 255%n", &image.width, &image.height, &header), 2);
    assert_int_equal(bytes.size, header + 1 + image.width * image.height * 3);
    image.pixels = lsn_alloc(bytes.size, 1);
    assert_non_null(image.pixels);
    memcpy(image.pixels, bytes.data + header + 1, bytes.size - (size_t)header - 1);
    lsn_free(bytes.data);
    return image;
}

static inline void assert_same(const char *what, const struct lsn_image *got,
                               const struct lsn_image *want)
{
    int i, differ = 0;

    if (got->width != want->width || got->height != want->height || got->channels != want->channels)
        fail_msg("%s: is %d x %d x %d, wanted %d x %d x %d", what, got->width, got->height,
                 got->channels, want->width, want->height, want->channels);
    for (i = 0; i < want->width * want->height * want->channels; i++)
        differ += got->pixels[i] != want->pixels[i];
    if (differ)
        fail_msg("%s: %d of %d samples differ", what, differ, i);
}

#endif
