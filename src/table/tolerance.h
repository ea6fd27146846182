/* The list that --tolerance takes: by how much the numbers of a column may differ. */
#ifndef LSN_TABLE_TOLERANCE_H
#define LSN_TABLE_TOLERANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct lsn_tolerance {
    const char *column; /* lent from text; NULL: all columns, but not for whole numbers */
    double value;
};

struct lsn_tolerances {
    char *text;                  /* the list, cut in place; owned */
    struct lsn_tolerance *items; /* [count], as given */
    size_t count;
};

/* NULL is the empty list. LSN_E_MEMORY, LSN_E_ARGUMENT (a value is no number or
 * negative; a column, or the value for all, is given twice). On failure
 * *tolerances is zeroed. */
enum lsn_status lsn_tolerances_parse(const char *list, struct lsn_tolerances *tolerances,
                                     struct lsn_error *err);

/* Returns the tolerance given for a column (NULL: for all columns), or NULL if there is none. */
const struct lsn_tolerance *lsn_tolerances_find(const struct lsn_tolerances *tolerances,
                                                const char *column);

void lsn_tolerances_free(struct lsn_tolerances *tolerances);

#endif
