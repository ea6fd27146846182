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

/* Decodes a whole PNG file; path is for the sentences. Gamma, colour profiles
 * and every other ancillary chunk but tRNS are passed over, as Pillow does.
 * LSN_E_FORMAT, LSN_E_UNSUPPORTED (alpha), LSN_E_MEMORY (also: more than
 * LSN_IMAGE_PIXELS_MAX). On failure *image is zeroed. */
enum lsn_status lsn_png_decode(const char *path, const struct lsn_bytes *bytes,
                               enum lsn_alpha alpha, struct lsn_image *image,
                               struct lsn_error *err);

/* Writes image as 8-bit RGB to stream. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_png_encode(const char *path, const struct lsn_image *image, FILE *stream,
                               struct lsn_error *err);

#endif
