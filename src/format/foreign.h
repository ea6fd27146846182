/* Files that are no image of a kind that is read: what they are instead. */
#ifndef LSN_FORMAT_FOREIGN_H
#define LSN_FORMAT_FOREIGN_H

#include "base/error.h"
#include "format/file.h"

/* LSN_E_FORMAT: names the format, or, where it is not known, the first bytes, and what to do;
 * path is for the sentence. */
enum lsn_status lsn_foreign_refuse(const char *path, const struct lsn_bytes *bytes,
                                   struct lsn_error *err);

#endif
