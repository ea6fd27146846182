/* 8-bit images, RGB or grey: decoding, and torchvision's preprocessing on them. */
#ifndef LESION_IMAGE_H
#define LESION_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"

LSN_API_BEGIN

struct lsn_image {
    int width, height; /* px */
    int channels;      /* 3: R G B, or 1: grey */
    uint8_t *pixels;   /* [height][width][channels] */
    /* 2 ... 8: the EXIF orientation of the file it was loaded from, which asks for the
     * pixels to be turned and is not applied; else 1, or 0 where there was no file. */
    int orientation;
};

/* What to do with an alpha channel, or with PNG's transparent colours. */
enum lsn_alpha {
    LSN_ALPHA_REFUSE, /* LSN_E_UNSUPPORTED, unless every pixel is opaque */
    LSN_ALPHA_BLACK,  /* composite on black */
    LSN_ALPHA_DROP    /* keep the colours and forget the alpha, as Pillow's convert('RGB') */
};

/* How 16-bit grey samples become 8 bits. */
enum lsn_depth {
    /* Their high byte, as LSN_DEPTH_HIGH; but LSN_E_UNSUPPORTED where the largest sample is
     * in 1 ... 16383, so that the image would be nearly black: data of 8 to 14 bits. */
    LSN_DEPTH_REFUSE,
    LSN_DEPTH_HIGH, /* floor(sample / 256) */
    LSN_DEPTH_CLIP  /* min(sample, 255), as Pillow's convert('RGB') of its modes I and I;16 */
};

/* How files are decoded; zeroes refuse what has to be chosen. A part of other options, which
 * does not grow. */
struct lsn_image_options {
    enum lsn_alpha alpha;
    enum lsn_depth depth;
};

/* clang-format off */
#define LSN_IMAGE_OPTIONS_DEFAULT {LSN_ALPHA_REFUSE, LSN_DEPTH_REFUSE}
/* clang-format on */

enum lsn_interpolation {
    LSN_BILINEAR, /* triangle filter, antialiased */
    LSN_BICUBIC,  /* a = -0.5, antialiased */
    LSN_NEAREST,  /* the pixel under the new pixel's centre; not antialiased */
    LSN_LANCZOS,  /* a = 3, antialiased */
    LSN_INTERPOLATIONS
};

/* "bilinear", "bicubic", "nearest", "lanczos"; lent. */
const char *lsn_interpolation_name(enum lsn_interpolation interpolation);

/* Largest image that is decoded, width times height. */
#define LSN_IMAGE_PIXELS_MAX 178956970

/* Decodes a file of PNG, JPEG, WebP, TIFF, BMP or PNM (PBM, PGM, PPM), told apart by its
 * first bytes, to the pixels of Pillow's convert('RGB'), but for 16-bit grey, see above. Grey
 * becomes three equal channels; a palette its colours; other 16-bit samples keep their high
 * byte; CMYK is Pillow's; of several pages or frames the first counts. Colour profiles and
 * gamma are passed over. TIFF's own orientation is applied, and EXIF's is not, as in Pillow.
 * options NULL: zeroes. The image has 3 channels, whatever the file has.
 *
 * Damage is what leaves a pixel in doubt, and always an error, never a partial image: a file
 * that ends before its pixels do, codes that do not decode, bytes missing or too many within
 * the coded pixels (before a JPEG restart marker, say), a checksum of pixels or of
 * transparency that is wrong (a PNG chunk's or zlib's), an index beyond the palette, a JPEG
 * whose end is not marked (there may have been more scans; Pillow refuses it, too).
 * No damage, since no pixel depends on it: in JPEG an unknown JFIF revision or Adobe colour
 * transform, wrong scan parameters of a sequential file (0 0 0), bytes too many before the
 * end, and what follows the end (the second image of an MPO file); in PNG a zlib header with
 * too small a window, zlib data that go on after the last pixel, ancillary chunks that are
 * odd or have a wrong checksum (but tRNS, and such as are not known, which may have been
 * that), and all that follows the chunk with the last pixel, or its absence (IEND);
 * in WebP, TIFF, BMP and PNM what follows the pixels.
 *
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (damage, or another format, which is named),
 * LSN_E_UNSUPPORTED (alpha, 16-bit grey, a kind that is not read, which is named, more than
 * LSN_IMAGE_PIXELS_MAX, or a format that this build does not read). On failure *image is zeroed. */
enum lsn_status lsn_image_load(const char *path, const struct lsn_image_options *options,
                               struct lsn_image *image, struct lsn_error *err);

/* A format of image files, and what reads it. */
struct lsn_image_format {
    const char *name;    /* lent, static */
    const char *library; /* lent, static; NULL: this build does not read it */
};

/* [*count], lent, static */
const struct lsn_image_format *lsn_image_formats(int *count);

/* Writes an 8-bit PNG, RGB or grey as the image is; an existing file is refused unless force.
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_image_save_png(const char *path, bool force, const struct lsn_image *image,
                                   struct lsn_error *err);

/* Scales to new_width x new_height as Pillow's Image.resize does on 8-bit
 * images: separable, horizontal pass first, filter widened when shrinking,
 * coefficients in 22-bit fixed point, each pass rounded to 8 bits; LSN_NEAREST takes
 * one pixel. *out is fresh.
 * LSN_E_ARGUMENT where a side is below 1 px; LSN_E_MEMORY; LSN_E_UNSUPPORTED where it, or the image
 * of the new width and the old height, is over LSN_IMAGE_PIXELS_MAX. On failure *out is
 * zeroed. */
enum lsn_status lsn_image_resize(const struct lsn_image *image, int new_width, int new_height,
                                 enum lsn_interpolation interpolation, struct lsn_image *out,
                                 struct lsn_error *err);

/* torchvision's Resize(short_side): the shorter side becomes short_side px and
 * the longer trunc(short_side * long / short). Fails as lsn_image_resize. */
enum lsn_status lsn_image_resize_short(const struct lsn_image *image, int short_side,
                                       enum lsn_interpolation interpolation, struct lsn_image *out,
                                       struct lsn_error *err);

/* torchvision's CenterCrop: the top left corner lies at
 * round-half-to-even((size - crop) / 2). A side that is shorter than the crop's is
 * padded with black, floor((crop - size) / 2) px before and the rest behind it.
 * LSN_E_ARGUMENT where a side of the crop is below 1 px, LSN_E_MEMORY. On failure
 * *out is zeroed. */
enum lsn_status lsn_image_center_crop(const struct lsn_image *image, int width, int height,
                                      struct lsn_image *out, struct lsn_error *err);

/* The image with that many channels, 1 or 3; *out is fresh. A colour pixel becomes grey as
 * Pillow's convert('L') has it, (19595 R + 38470 G + 7471 B + 32768) >> 16, and a grey one
 * three equal channels, as convert('RGB'). LSN_E_ARGUMENT where it is another number,
 * LSN_E_MEMORY. On failure *out is zeroed. */
enum lsn_status lsn_image_with_channels(const struct lsn_image *image, int channels,
                                        struct lsn_image *out, struct lsn_error *err);

/* NULL pixels are allowed; *image is zeroed. */
void lsn_image_free(struct lsn_image *image);

LSN_API_END
#endif
