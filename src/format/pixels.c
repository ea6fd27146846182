#include "format/pixels.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* If all 16-bit samples of an image are smaller, its two highest bits are unused: the data have 14
 * bits or fewer, and the image would be nearly black. */
#define NEARLY_BLACK 16384

enum lsn_status lsn_pixels_create(const char *path, uint64_t width, uint64_t height, size_t bytes,
                                  uint8_t **pixels, struct lsn_error *err)
{
    *pixels = NULL;
    if (width == 0 || height == 0)
        return lsn_fail(err, LSN_E_FORMAT, "%s: has %llu x %llu px", path,
                        (unsigned long long)width, (unsigned long long)height);
    if (width > LSN_IMAGE_PIXELS_MAX || height > LSN_IMAGE_PIXELS_MAX / width)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: has %llu x %llu px, at most %d px are read",
                        path, (unsigned long long)width, (unsigned long long)height,
                        LSN_IMAGE_PIXELS_MAX);
    *pixels = lsn_alloc((size_t)(width * height), bytes);
    if (!*pixels)
        return lsn_fail(err, LSN_E_MEMORY, "%s: out of memory for %llu x %llu px", path,
                        (unsigned long long)width, (unsigned long long)height);
    return LSN_OK;
}

enum lsn_status lsn_pixels_flatten(const char *path, enum lsn_alpha alpha, int width, int height,
                                   uint8_t *pixels, struct lsn_error *err)
{
    size_t count = (size_t)width * (size_t)height, i;
    int k;

    for (i = 0; i < count; i++) {
        const uint8_t *from = pixels + 4 * i;
        uint8_t *to = pixels + 3 * i, opacity = from[3];

        if (opacity != 255 && alpha == LSN_ALPHA_REFUSE)
            return lsn_fail(err, LSN_E_UNSUPPORTED,
                            "%s: pixel (%zu, %zu) has alpha %d of 255, only opaque images are "
                            "taken unless asked for: --alpha black composites on black, --alpha "
                            "drop forgets the alpha, as Pillow does",
                            path, i % (size_t)width, i / (size_t)width, opacity);
        for (k = 0; k < 3; k++)
            to[k] = (uint8_t)(alpha == LSN_ALPHA_BLACK ? (from[k] * opacity + 127) / 255 : from[k]);
    }
    return LSN_OK;
}

static unsigned sample_at(const uint8_t *pixels, size_t i)
{
    uint16_t sample;

    memcpy(&sample, pixels + 2 * i, sizeof sample);
    return sample;
}

enum lsn_status lsn_pixels_narrow(const char *path, enum lsn_depth depth, size_t count,
                                  uint8_t *pixels, struct lsn_error *err)
{
    unsigned largest = 0;
    size_t i;

    for (i = 0; i < count; i++)
        if (sample_at(pixels, i) > largest)
            largest = sample_at(pixels, i);
    if (depth == LSN_DEPTH_REFUSE && largest > 0 && largest < NEARLY_BLACK)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: has 16-bit grey samples of at most %u, which would be nearly black: "
                        "--depth high keeps the high byte all the same, --depth clip takes "
                        "min(sample, 255), as Pillow does",
                        path, largest);
    for (i = 0; i < count; i++) {
        unsigned sample = sample_at(pixels, i);

        if (depth == LSN_DEPTH_CLIP)
            pixels[i] = (uint8_t)(sample > 255 ? 255 : sample);
        else
            pixels[i] = (uint8_t)(sample >> 8);
    }
    return LSN_OK;
}

void lsn_pixels_spread(size_t count, uint8_t *pixels)
{
    size_t i;

    for (i = count; i-- > 0;)
        memset(pixels + 3 * i, pixels[i], 3);
}

/* a * b / 255, rounded as Pillow's macro MULDIV255 does. */
static int product(int a, int b)
{
    int scaled = a * b + 128;

    return ((scaled >> 8) + scaled) >> 8;
}

void lsn_pixels_from_cmyk(size_t count, uint8_t *pixels)
{
    size_t i;
    int k;

    for (i = 0; i < count; i++) {
        const uint8_t *from = pixels + 4 * i;
        int white = 255 - from[3];

        for (k = 0; k < 3; k++)
            pixels[3 * i + (size_t)k] = (uint8_t)(white - product(from[k], white));
    }
}

/* An orientation asks for up to three steps in this order: exchange columns and rows (5 ... 8),
 * mirror left to right (2, 3, 6, 7), mirror top to bottom (3, 4, 7, 8). */
enum lsn_status lsn_pixels_turn(const char *path, int orientation, struct lsn_image *image,
                                struct lsn_error *err)
{
    bool exchange = orientation >= 5;
    bool mirror = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    bool flip = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    int width = exchange ? image->height : image->width;
    int height = exchange ? image->width : image->height;
    uint8_t *turned;
    int x, y;

    if (orientation < 2 || orientation > 8)
        return LSN_OK;
    LSN_TRY(lsn_pixels_create(path, (uint64_t)width, (uint64_t)height, 3, &turned, err));
    for (y = 0; y < height; y++)
        for (x = 0; x < width; x++) {
            size_t right = (size_t)(mirror ? width - 1 - x : x);
            size_t down = (size_t)(flip ? height - 1 - y : y);
            size_t from = exchange ? right * (size_t)image->width + down
                                   : down * (size_t)image->width + right;

            memcpy(turned + ((size_t)y * (size_t)width + (size_t)x) * 3, image->pixels + from * 3,
                   3);
        }
    lsn_free(image->pixels);
    image->width = width;
    image->height = height;
    image->pixels = turned;
    return LSN_OK;
}

void lsn_image_free(struct lsn_image *image)
{
    lsn_free(image->pixels);
    *image = (struct lsn_image){0};
}
