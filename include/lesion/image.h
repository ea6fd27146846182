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
    /* The EXIF orientation of the file it was loaded from. 2 ... 8 ask a viewer to turn or mirror
     * the image; that is not done here, as Pillow does not either. 1: as it is, or not given;
     * 0: not from a file. */
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

/* How files are decoded. Zeroes refuse files for which alpha or depth would have to be chosen.
 * Other option structs contain this one, so it has no size field and never grows. */
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

/* Returns "bilinear", "bicubic", "nearest" or "lanczos"; lent. */
const char *lsn_interpolation_name(enum lsn_interpolation interpolation);

/* Largest image that is decoded, width times height. */
#define LSN_IMAGE_PIXELS_MAX 178956970

/* Decodes a PNG, JPEG, WebP, TIFF, BMP or PNM (PBM, PGM, PPM) file, recognised by its first
 * bytes. The pixels are those of Pillow's convert('RGB'), except for 16-bit grey, see above. Grey
 * becomes three equal channels; a palette index its colour; other 16-bit samples keep their high
 * byte; CMYK is converted as Pillow does; of several pages or frames the first is taken. Colour
 * profiles and gamma are ignored. TIFF's own orientation is applied, EXIF's is not, as in Pillow.
 * options NULL: zeroes. The image has 3 channels, whatever the file has.
 *
 * Damage that leaves a pixel in doubt is always an error, never a partial image: a file that ends
 * before its pixels do, codes that do not decode, missing or surplus bytes within the coded pixels
 * (before a JPEG restart marker, for example), a wrong checksum of pixels or transparency (a PNG
 * chunk's or zlib's), an index beyond the palette, a JPEG without an end marker (scans may be
 * missing; Pillow refuses it, too).
 * Accepted, since no pixel depends on it: in JPEG an unknown JFIF revision or Adobe colour
 * transform, wrong scan parameters of a sequential file (0 0 0), surplus bytes before the end
 * marker, and anything after it (the second image of an MPO file); in PNG a zlib header with too
 * small a window, zlib data that go on after the last pixel, known ancillary chunks other than
 * tRNS that are malformed or have a wrong checksum (an unknown chunk may be a damaged tRNS and is
 * refused then), and anything after the chunk with the last pixel, a missing IEND included;
 * in WebP, TIFF, BMP and PNM anything after the pixels.
 *
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (damage, or another format, which is named),
 * LSN_E_UNSUPPORTED (alpha, 16-bit grey, a kind that is not read, which is named, more than
 * LSN_IMAGE_PIXELS_MAX, or a format that this build does not read). On failure *image is zeroed. */
enum lsn_status lsn_image_load(const char *path, const struct lsn_image_options *options,
                               struct lsn_image *image, struct lsn_error *err);

/* A format of image files, and the library that reads it. */
struct lsn_image_format {
    const char *name;    /* lent, static */
    const char *library; /* lent, static; NULL: this build does not read it */
};

/* All formats [*count] that lesion knows; lent, static. */
const struct lsn_image_format *lsn_image_formats(int *count);

/* Writes an 8-bit PNG, RGB or grey as the image is; an existing file is refused unless force.
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_image_save_png(const char *path, bool force, const struct lsn_image *image,
                                   struct lsn_error *err);

/* Scales to new_width x new_height as Pillow's Image.resize does on 8-bit
 * images: separable, horizontal pass first, filter widened when shrinking,
 * coefficients in 22-bit fixed point, each pass rounded to 8 bits; LSN_NEAREST takes
 * one pixel. The caller frees *out.
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

/* Makes *out the image with that many channels, 1 or 3; the caller frees it. A colour pixel becomes
 * grey as by Pillow's convert('L'), (19595 R + 38470 G + 7471 B + 32768) >> 16, and a grey one
 * three equal channels, as by convert('RGB'). LSN_E_ARGUMENT for another number of channels,
 * LSN_E_MEMORY. On failure *out is zeroed. */
enum lsn_status lsn_image_with_channels(const struct lsn_image *image, int channels,
                                        struct lsn_image *out, struct lsn_error *err);

/* Frees the pixels, which may be NULL, and zeroes *image. */
void lsn_image_free(struct lsn_image *image);

LSN_API_END
#endif
