/* Decoding a file that is in memory. */
#ifndef LSN_IMAGE_LOAD_H
#define LSN_IMAGE_LOAD_H

#include "format/file.h"
#include "lesion/image.h"

/* lsn_image_load of bytes that were read before; path is for the sentences. */
enum lsn_status lsn_image_decode(const char *path, const struct lsn_bytes *bytes,
                                 const struct lsn_image_options *options, struct lsn_image *image,
                                 struct lsn_error *err);

#endif
