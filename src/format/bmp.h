/* BMP files of Windows and OS/2. */
#ifndef LSN_FORMAT_BMP_H
#define LSN_FORMAT_BMP_H

#include <stdbool.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the file begins with the two letters of a BMP file. */
bool lsn_bmp_starts(const struct lsn_bytes *bytes);

/* Decodes a BMP file of 1, 4, 8, 16, 24 or 32 bits a pixel, uncompressed, RLE4 or RLE8. path names
 * the file in error sentences. As in Pillow, the fourth byte of a 32-bit pixel is alpha only where
 * the header has a mask for it (or where all its masks are 0). LSN_E_FORMAT where the file is
 * damaged; LSN_E_UNSUPPORTED for alpha unless the options allow it, for JPEG or PNG inside a BMP,
 * for headers and masks that Pillow does not read, for files that Pillow misreads (RLE with
 * offsets, with empty rows or with an odd run of single 4-bit pixels; a grey palette whose length
 * does not fit the bits), and for more than LSN_IMAGE_PIXELS_MAX pixels; LSN_E_MEMORY. On failure
 * *image is zeroed. */
enum lsn_status lsn_bmp_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err);

#endif
