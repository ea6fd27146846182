#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/image.h"

/* Converts from [pixels][3] to [pixels]. */
static void to_grey(const uint8_t *from, size_t pixels, uint8_t *to)
{
    size_t i;

    for (i = 0; i < pixels; i++, from += 3)
        to[i] = (uint8_t)((19595u * from[0] + 38470u * from[1] + 7471u * from[2] + 32768u) >> 16);
}

/* Converts from [pixels] to [pixels][3]. */
static void to_colour(const uint8_t *from, size_t pixels, uint8_t *to)
{
    size_t i;

    for (i = 0; i < pixels; i++, to += 3)
        to[0] = to[1] = to[2] = from[i];
}

enum lsn_status lsn_image_with_channels(const struct lsn_image *image, int channels,
                                        struct lsn_image *out, struct lsn_error *err)
{
    size_t pixels = (size_t)image->width * (size_t)image->height;

    lsn_error_clear(err);
    *out = (struct lsn_image){0};
    if (channels != 1 && channels != 3)
        return lsn_fail(err, LSN_E_ARGUMENT, "an image of %d channels: 1 or 3 are wanted",
                        channels);
    out->pixels = lsn_alloc(pixels, (size_t)channels);
    if (!out->pixels)
        return lsn_fail_memory(err, "an image in other channels");
    out->width = image->width;
    out->height = image->height;
    out->channels = channels;
    out->orientation = image->orientation;
    if (image->channels == channels)
        memcpy(out->pixels, image->pixels, pixels * (size_t)channels);
    else if (channels == 1)
        to_grey(image->pixels, pixels, out->pixels);
    else
        to_colour(image->pixels, pixels, out->pixels);
    return LSN_OK;
}
