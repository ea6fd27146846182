/* PNG files, by libpng. */
#ifndef LSN_FORMAT_PNG_H
#define LSN_FORMAT_PNG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the file begins with PNG's signature. */
bool lsn_png_starts(const struct lsn_bytes *bytes);

/* Decodes a PNG file up to its last pixel. path names the file in error sentences. LSN_E_FORMAT,
 * LSN_E_UNSUPPORTED (alpha, 16-bit grey, more than LSN_IMAGE_PIXELS_MAX pixels), LSN_E_MEMORY. On
 * failure *image is zeroed. */
enum lsn_status lsn_png_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err);

/* Writes image to stream as 8-bit RGB or grey. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_png_encode(const char *path, const struct lsn_image *image, FILE *stream,
                               struct lsn_error *err);

#endif
