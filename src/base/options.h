/* Public option structs of a caller that may be compiled with an older header of this library. */
#ifndef LSN_BASE_OPTIONS_H
#define LSN_BASE_OPTIONS_H

#include <stddef.h>

#include "base/error.h"

/* Copies the options that a caller gave into mine, which holds the defaults. Every public option
 * struct begins with a size_t: its size in the header that the caller was compiled with. New
 * members are added at the end only, so a caller with an older header gives the first members, and
 * the others keep their defaults. given NULL: all defaults. LSN_E_ARGUMENT where the size is 0 or
 * larger than this library's struct; what names the struct in the sentence. */
enum lsn_status lsn_options_take(const char *what, void *mine, const void *given,
                                 struct lsn_error *err);

#endif
