/* A map from names to numbers. */
#ifndef LSN_BASE_NAMES_H
#define LSN_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Start from zeroes. Open addressing; half of the slots at least are empty. */
struct lsn_names {
    const char **keys; /* [slots], lent; NULL: empty */
    int *values;       /* [slots] */
    size_t slots, count;
};

/* Adds name (not copied) with a value, or gives it another. False: out of memory. */
bool lsn_names_set(struct lsn_names *names, const char *name, int value);

/* The value of name, or -1. */
int lsn_names_find(const struct lsn_names *names, const char *name);

void lsn_names_free(struct lsn_names *names);

#endif
