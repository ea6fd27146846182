/* PNG files, by libpng. */
#ifndef LSN_FORMAT_PNG_H
#define LSN_FORMAT_PNG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the bytes start with PNG's signature. */
bool lsn_png_starts(const struct lsn_bytes *bytes);

/* Decodes a PNG file as far as its last pixel; path is for the sentences. LSN_E_FORMAT,
 * LSN_E_UNSUPPORTED (alpha, 16-bit grey, more than LSN_IMAGE_PIXELS_MAX), LSN_E_MEMORY. On failure
 * *image is zeroed. */
enum lsn_status lsn_png_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err);

/* Writes image to stream, 8-bit RGB or grey. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_png_encode(const char *path, const struct lsn_image *image, FILE *stream,
                               struct lsn_error *err);

#endif
