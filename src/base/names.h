/* A map from names to numbers. */
#ifndef LSN_BASE_NAMES_H
#define LSN_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* A hash table with open addressing; at least half of the slots are empty. Start from zeroes. */
struct lsn_names {
    const char **keys; /* [slots], lent; NULL: empty */
    int *values;       /* [slots] */
    size_t slots, count;
};

/* Adds name with a value, or changes its value. The text of name is not copied and must outlive the
 * map. False: out of memory. */
bool lsn_names_set(struct lsn_names *names, const char *name, int value);

/* The value of name, or -1. */
int lsn_names_find(const struct lsn_names *names, const char *name);

void lsn_names_free(struct lsn_names *names);

#endif
