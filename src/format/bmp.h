/* Windows and OS/2 bitmaps. */
#ifndef LSN_FORMAT_BMP_H
#define LSN_FORMAT_BMP_H

#include <stdbool.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the bytes start as a bitmap does. */
bool lsn_bmp_starts(const struct lsn_bytes *bytes);

/* Decodes a bitmap of 1, 4, 8, 16, 24 or 32 bits, also RLE4 and RLE8, path being for the
 * sentences. Bits beside 24 bits of colour are alpha only where the header has masks that say
 * so (or masks that are all 0), as in Pillow. LSN_E_FORMAT; LSN_E_UNSUPPORTED (alpha; JPEG or
 * PNG within; other headers and masks than Pillow reads; and what Pillow misreads: RLE with
 * offsets, empty rows or odd runs of single 4-bit pixels, grey palettes of another size than
 * the bits ask for; more than LSN_IMAGE_PIXELS_MAX); LSN_E_MEMORY. On failure *image is
 * zeroed. */
enum lsn_status lsn_bmp_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err);

#endif
