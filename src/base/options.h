/* Options as a caller was compiled with them. */
#ifndef LSN_BASE_OPTIONS_H
#define LSN_BASE_OPTIONS_H

#include <stddef.h>

#include "base/error.h"

/* Every public struct of options begins with a size_t of its size, as the caller's header has it,
 * and grows at its end only. mine holds the defaults, its size among them, and is given what the
 * caller has of it; given NULL: nothing. LSN_E_ARGUMENT where the size is none, or larger than
 * what this library knows; what names the struct. */
enum lsn_status lsn_options_take(const char *what, void *mine, const void *given,
                                 struct lsn_error *err);

#endif
