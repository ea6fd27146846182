/* TIFF files, by libtiff; a build without it (no LSN_TIFF) knows them, but
 * has no lsn_tiff_decode. */
#ifndef LSN_FORMAT_TIFF_H
#define LSN_FORMAT_TIFF_H

#include <stdbool.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the bytes start as a TIFF file does. */
bool lsn_tiff_starts(const struct lsn_bytes *bytes);

/* Decodes a TIFF file's first page, path being for the sentences, turned as its orientation
 * asks for: Pillow does that with TIFF alone. Grey of 1, 2, 4, 8 and 16 bits, palettes of 1
 * to 8, RGB of 8 and 16 with alpha or without, CMYK of 8, YCbCr of 8 where it is compressed;
 * strips and tiles, planes together or (8 bits) apart; uncompressed, LZW, deflate, PackBits,
 * JPEG, CCITT, LZMA, Zstandard. LSN_E_FORMAT; LSN_E_UNSUPPORTED (alpha; 16-bit grey; other
 * kinds, such as Pillow does not read or misreads; more than LSN_IMAGE_PIXELS_MAX);
 * LSN_E_MEMORY. On failure *image is zeroed. */
enum lsn_status lsn_tiff_decode(const char *path, const struct lsn_bytes *bytes,
                                const struct lsn_image_options *options, struct lsn_image *image,
                                struct lsn_error *err);

#endif
