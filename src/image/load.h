/* Decodes an image file that is already in memory. */
#ifndef LSN_IMAGE_LOAD_H
#define LSN_IMAGE_LOAD_H

#include "format/file.h"
#include "lesion/image.h"

/* Decodes bytes as lsn_image_load decodes a file; path names the file in error sentences. */
enum lsn_status lsn_image_decode(const char *path, const struct lsn_bytes *bytes,
                                 const struct lsn_image_options *options, struct lsn_image *image,
                                 struct lsn_error *err);

#endif
