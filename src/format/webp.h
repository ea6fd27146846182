/* WebP files, by libwebp. A build without libwebp (no LSN_WEBP) recognises WebP files, but has no
 * lsn_webp_decode. */
#ifndef LSN_FORMAT_WEBP_H
#define LSN_FORMAT_WEBP_H

#include <stdbool.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the file begins as a WebP file does. */
bool lsn_webp_starts(const struct lsn_bytes *bytes);

/* Decodes a WebP file; of an animation the first frame, on a canvas that is transparent, or black
 * where the file has no alpha. path names the file in error sentences. LSN_E_FORMAT,
 * LSN_E_UNSUPPORTED (alpha, more than LSN_IMAGE_PIXELS_MAX pixels), LSN_E_MEMORY. On failure *image
 * is zeroed. */
enum lsn_status lsn_webp_decode(const char *path, const struct lsn_bytes *bytes,
                                const struct lsn_image_options *options, struct lsn_image *image,
                                struct lsn_error *err);

#endif
