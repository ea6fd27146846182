/* Errors of liblesion: a status code, and one sentence for a person.
 *
 * Every function that can fail returns an enum lsn_status and takes a
 * struct lsn_error *err (which may be NULL). On failure the sentence says
 * where, what, what was found and what was wanted, on one line: a control
 * character in a name, such as a newline, is replaced by '?'. Each call clears
 * the struct first, so it need not be initialised; after a call it has that
 * call's error, or LSN_OK and "". The library never prints, exits or aborts on
 * its input. */
#ifndef LESION_ERROR_H
#define LESION_ERROR_H

#include "lesion/api.h"

LSN_API_BEGIN

enum lsn_status {
    LSN_OK = 0,
    LSN_E_ARGUMENT,    /* the caller's arguments or options are wrong */
    LSN_E_MEMORY,      /* an allocation failed or would be over a stated limit */
    LSN_E_IO,          /* the operating system refused a read or a write */
    LSN_E_FORMAT,      /* a file breaks the rules of its format */
    LSN_E_UNSUPPORTED, /* a file is valid but uses what lesion does not do */
    LSN_E_MODEL,       /* the network is not consistent: shapes, names, weights */
    LSN_E_DATA,        /* images, labels or numbers do not fit the network */
    LSN_E_INTERRUPTED  /* the caller asked to stop (lesion/stop.h); complete results are kept */
};

struct lsn_error {
    enum lsn_status code;
    char text[512];
};

/* clang-format off */
#define LSN_ERROR_NONE {LSN_OK, ""}
/* clang-format on */

/* A few words for a status ("out of memory"); never NULL. */
const char *lsn_status_name(enum lsn_status status);

LSN_API_END
#endif
