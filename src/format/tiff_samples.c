#include "format/tiff_samples.h"

#include <string.h>

#include "format/pixels.h"

/* Values of the tags PhotometricInterpretation and ExtraSamples. */
enum photometric { WHITE_IS_0 = 0, BLACK_IS_0 = 1, RGB = 2, PALETTE = 3, CMYK = 5, YCBCR = 6 };
enum extra { UNSPECIFIED = 0, PREMULTIPLIED = 1, ALPHA = 2 };

bool lsn_tiff_known(const struct lsn_tiff_samples *s)
{
    bool narrow = s->bits == 1 || s->bits == 2 || s->bits == 4 || s->bits == 8;

    switch (s->photometric) {
    case WHITE_IS_0:
    case PALETTE:
        return s->samples == 1 && narrow;
    case BLACK_IS_0:
        if (s->samples == 2)
            return s->bits == 8 && s->extra == ALPHA && s->together;
        return s->samples == 1 && (narrow || s->bits == 16);
    case RGB:
        if (s->samples != 3 && s->samples != 4)
            return false;
        if (s->bits == 16)
            return s->together;
        return s->bits == 8 && (s->together || s->samples == 3 || s->extra != PREMULTIPLIED);
    case CMYK:
        return s->samples == 4 && s->bits == 8;
    case YCBCR:
        return s->samples == 3 && s->bits == 8 && s->together && s->compressed;
    default:
        return false;
    }
}

static size_t pixel_count(const struct lsn_tiff_samples *s)
{
    return (size_t)s->width * s->height;
}

static enum lsn_status grey_to_rgb(const struct lsn_tiff_samples *s, enum lsn_depth depth)
{
    size_t count = pixel_count(s), i;
    int top = (1 << s->bits) - 1;

    if (s->bits == 16)
        LSN_TRY(lsn_pixels_narrow(s->path, depth, count, s->raw, s->err));
    else
        for (i = 0; i < count; i++) {
            int level = s->raw[i] * 255 / top;

            s->raw[i] = (uint8_t)(s->photometric == WHITE_IS_0 ? 255 - level : level);
        }
    lsn_pixels_spread(count, s->raw);
    return LSN_OK;
}

/* Palettes have 16-bit values, of which the high byte is taken. Old files store 8-bit values there,
 * which Pillow turns into black: they are refused. */
static enum lsn_status palette_to_rgb(const struct lsn_tiff_samples *s)
{
    size_t colours = (size_t)1 << s->bits, i;
    uint16_t largest = 0;
    int k;

    for (i = 0; i < colours; i++)
        for (k = 0; k < 3; k++)
            if (s->colours[k][i] > largest)
                largest = s->colours[k][i];
    if (largest > 0 && largest < 256)
        return lsn_fail(s->err, LSN_E_UNSUPPORTED,
                        "%s: has a palette of 8-bit values, which would be black: convert it to "
                        "PNG",
                        s->path);
    for (i = pixel_count(s); i-- > 0;) {
        uint8_t index = s->raw[i];

        for (k = 0; k < 3; k++)
            s->raw[3 * i + (size_t)k] = (uint8_t)(s->colours[k][index] >> 8);
    }
    return LSN_OK;
}

/* Narrows 16-bit samples to their high byte, in place. */
static void narrow_samples(const struct lsn_tiff_samples *s)
{
    size_t count = pixel_count(s) * s->samples, i;

    for (i = 0; i < count; i++) {
        uint16_t sample;

        memcpy(&sample, s->raw + 2 * i, sizeof sample);
        s->raw[i] = (uint8_t)(sample >> 8);
    }
}

/* Divides premultiplied colours by their alpha, as Pillow does. */
static void unpremultiply(size_t count, uint8_t *pixels)
{
    size_t i;
    int k;

    for (i = 0; i < count; i++, pixels += 4)
        for (k = 0; k < 3; k++) {
            int colour = pixels[3] ? pixels[k] * 255 / pixels[3] : 0;

            pixels[k] = (uint8_t)(colour > 255 ? 255 : colour);
        }
}

enum lsn_status lsn_tiff_to_rgb(const struct lsn_tiff_samples *s,
                                const struct lsn_image_options *options)
{
    size_t count = pixel_count(s), i;

    if (s->photometric == PALETTE)
        return palette_to_rgb(s);
    if (s->samples == 1)
        return grey_to_rgb(s, options->depth);
    if (s->photometric == CMYK) {
        lsn_pixels_from_cmyk(count, s->raw);
        return LSN_OK;
    }
    if (s->bits == 16)
        narrow_samples(s);
    if (s->samples == 3)
        return LSN_OK;
    if (s->samples == 2)
        for (i = count; i-- > 0;) {
            uint8_t level = s->raw[2 * i];

            s->raw[4 * i + 3] = s->raw[2 * i + 1];
            memset(s->raw + 4 * i, level, 3);
        }
    if (s->extra == PREMULTIPLIED)
        unpremultiply(count, s->raw);
    return lsn_pixels_flatten(s->path, s->extra != UNSPECIFIED ? options->alpha : LSN_ALPHA_DROP,
                              (int)s->width, (int)s->height, s->raw, s->err);
}
