/* Model files of other programs, told by their first bytes. */
#ifndef LSN_MODEL_FOREIGN_H
#define LSN_MODEL_FOREIGN_H

#include "base/error.h"

/* For a file or folder that could not be read as a model: LSN_OK, or where it is known to be
 * something else, LSN_E_FORMAT with what it is and how a network is got from it. Nothing in it
 * is parsed. */
enum lsn_status lsn_foreign_check(const char *path, struct lsn_error *err);

#endif
