/* JPEG files, by libjpeg-turbo. */
#ifndef LSN_FORMAT_JPEG_H
#define LSN_FORMAT_JPEG_H

#include <stdbool.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the file begins as a JPEG file does. */
bool lsn_jpeg_starts(const struct lsn_bytes *bytes);

/* Decodes a whole JPEG file with libjpeg's defaults (accurate integer IDCT, "fancy" upsampling of
 * the colours), as Pillow does. path names the file in error sentences. LSN_E_FORMAT,
 * LSN_E_UNSUPPORTED (12 bits, lossless, 2 components, more than LSN_IMAGE_PIXELS_MAX pixels),
 * LSN_E_MEMORY. On failure *image is zeroed. */
enum lsn_status lsn_jpeg_decode(const char *path, const struct lsn_bytes *bytes,
                                const struct lsn_image_options *options, struct lsn_image *image,
                                struct lsn_error *err);

#endif
