/* Says what a file is that is no readable image: a PDF, an HTML page saved by a failed download, an
 * image of a kind that lesion does not read. */
#ifndef LSN_FORMAT_FOREIGN_H
#define LSN_FORMAT_FOREIGN_H

#include "base/error.h"
#include "format/file.h"

/* Always fails with LSN_E_FORMAT: the sentence names the file's format, or its first bytes where
 * the format is not recognised, and what the user can do. path names the file in the sentence. */
enum lsn_status lsn_foreign_refuse(const char *path, const struct lsn_bytes *bytes,
                                   struct lsn_error *err);

#endif
