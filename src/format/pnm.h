/* PBM, PGM and PPM files, plain and raw (P1 ... P6). */
#ifndef LSN_FORMAT_PNM_H
#define LSN_FORMAT_PNM_H

#include <stdbool.h>

#include "base/error.h"
#include "format/file.h"
#include "lesion/image.h"

/* Whether the file begins as one of these files does. */
bool lsn_pnm_starts(const struct lsn_bytes *bytes);

/* Decodes the first image of a PNM file. path names the file in error sentences. Where the file's
 * largest value (maxval) M is not 255, a sample becomes round-half-even(sample / M * 255); grey
 * with M over 255 becomes 16-bit grey, round-half-even(sample / M * 65535). As in Pillow, a sample
 * over M counts as M in a raw file and is an error in a plain one. LSN_E_FORMAT, LSN_E_UNSUPPORTED
 * (16-bit grey, more than LSN_IMAGE_PIXELS_MAX pixels), LSN_E_MEMORY. On failure *image is
 * zeroed. */
enum lsn_status lsn_pnm_decode(const char *path, const struct lsn_bytes *bytes,
                               const struct lsn_image_options *options, struct lsn_image *image,
                               struct lsn_error *err);

#endif
