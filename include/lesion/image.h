/* 8-bit RGB images: decoding, and torchvision's preprocessing on them. */
#ifndef LESION_IMAGE_H
#define LESION_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"

LSN_API_BEGIN

struct lsn_image {
    int width, height; /* px */
    uint8_t *pixels;   /* [height][width][3], R G B */
};

/* What to do with an alpha channel (or PNG's transparent colour). */
enum lsn_alpha {
    LSN_ALPHA_REFUSE, /* LSN_E_UNSUPPORTED, unless every pixel is opaque */
    LSN_ALPHA_BLACK   /* composite on black */
};

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

/* Decodes a PNG or JPEG file, told apart by its first bytes. Grey becomes three
 * equal channels; 16-bit PNG samples keep their high byte; a palette becomes its
 * colours. A truncated or corrupt file is an error, never a partial image.
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT, LSN_E_UNSUPPORTED (CMYK or YCCK JPEG,
 * alpha). On failure *image is zeroed. */
enum lsn_status lsn_image_load(const char *path, enum lsn_alpha alpha, struct lsn_image *image,
                               struct lsn_error *err);

/* Writes an 8-bit RGB PNG; an existing file is refused unless force. LSN_E_IO,
 * LSN_E_MEMORY. */
enum lsn_status lsn_image_save_png(const char *path, bool force, const struct lsn_image *image,
                                   struct lsn_error *err);

/* Scales to new_width x new_height as Pillow's Image.resize does on 8-bit
 * images: separable, horizontal pass first, filter widened when shrinking,
 * coefficients in 22-bit fixed point, each pass rounded to 8 bits; LSN_NEAREST takes
 * one pixel. *out is fresh.
 * LSN_E_ARGUMENT where a side is below 1 px; LSN_E_MEMORY, also where it, or the image
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

/* Makes each pixel's three channels its luma, as Pillow's convert('L') has it:
 * (19595 R + 38470 G + 7471 B + 32768) >> 16. Pillow's resizing of the one channel is
 * that of three equal ones. */
void lsn_image_make_grey(struct lsn_image *image);

/* NULL pixels are allowed; *image is zeroed. */
void lsn_image_free(struct lsn_image *image);

LSN_API_END
#endif
