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
    LSN_BICUBIC   /* a = -0.5, antialiased */
};

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
 * coefficients in 22-bit fixed point, each pass rounded to 8 bits. *out is fresh.
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
 * round-half-to-even((size - crop) / 2). LSN_E_ARGUMENT where a side is below 1 px,
 * LSN_E_DATA where the image is smaller, LSN_E_MEMORY. On failure *out is zeroed. */
enum lsn_status lsn_image_center_crop(const struct lsn_image *image, int width, int height,
                                      struct lsn_image *out, struct lsn_error *err);

/* NULL pixels are allowed; *image is zeroed. */
void lsn_image_free(struct lsn_image *image);

LSN_API_END
#endif
