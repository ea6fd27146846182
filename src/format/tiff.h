/* TIFF files, by libtiff. A build without libtiff (no LSN_TIFF) recognises TIFF files, but has no
 * lsn_tiff_decode. */
#ifndef LSN_FORMAT_TIFF_H
#define LSN_FORMAT_TIFF_H

#include <stdbool.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the file begins as a TIFF file does. */
bool lsn_tiff_starts(const struct lsn_bytes *bytes);

/* Decodes the first page of a TIFF file, turned by its orientation tag: Pillow does that for TIFF
 * files only. path names the file in error sentences. Read are grey of 1, 2, 4, 8 and 16 bits,
 * palettes of 1 to 8 bits, RGB of 8 and 16 bits with or without alpha, CMYK of 8 bits, compressed
 * YCbCr of 8 bits; strips and tiles; channels interleaved or (8 bits) in separate planes;
 * compression none, LZW, deflate, PackBits, JPEG, CCITT, LZMA, Zstandard. LSN_E_FORMAT;
 * LSN_E_UNSUPPORTED (alpha; 16-bit grey; kinds that Pillow does not read or misreads; more than
 * LSN_IMAGE_PIXELS_MAX pixels); LSN_E_MEMORY. On failure *image is zeroed. */
enum lsn_status lsn_tiff_decode(const char *path, const struct lsn_bytes *bytes,
                                const struct lsn_image_options *options, struct lsn_image *image,
                                struct lsn_error *err);

#endif
