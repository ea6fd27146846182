/* Sentences that tell the user what was assumed, for example how folders became classes. The
 * library collects them; the program prints them. */
#ifndef LSN_BASE_NOTES_H
#define LSN_BASE_NOTES_H

#include <stddef.h>

#include "base/error.h"

/* Start from zeroes. */
struct lsn_notes {
    char **texts; /* [count], owned */
    size_t count, capacity;
};

/* Adds one sentence. LSN_E_MEMORY. */
enum lsn_status lsn_notes_add(struct lsn_notes *notes, struct lsn_error *err, const char *format,
                              ...) LSN_PRINTF(3, 4);

void lsn_notes_free(struct lsn_notes *notes);

#endif
