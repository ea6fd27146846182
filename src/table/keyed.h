/* A table whose rows are found by their keys: the columns that say what a row is
 * about (layer, kernel, contrast, ...; the one list of them is in keyed.c). */
#ifndef LSN_TABLE_KEYED_H
#define LSN_TABLE_KEYED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "base/text.h"
#include "format/csv.h"

#define LSN_KEYED_COLUMNS_MAX 24

struct lsn_keyed {
    const char *path; /* lent */
    struct lsn_csv csv;
    struct lsn_names header;                /* names to columns */
    int key_columns[LSN_KEYED_COLUMNS_MAX]; /* [key_count], in the list's order */
    int key_count;
    struct lsn_text text;  /* the keys, one after another */
    const char **keys;     /* [row_count], lent from text */
    struct lsn_names rows; /* keys to rows */
};

/* Whether a column of this name is part of the key. */
bool lsn_keyed_is_key(const char *name);

/* Reads a CSV file. LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (no such CSV, a column
 * twice), LSN_E_DATA (no key column), LSN_E_UNSUPPORTED (over INT_MAX rows). After
 * a failure, too, lsn_keyed_free frees the table. */
enum lsn_status lsn_keyed_read(const char *path, struct lsn_keyed *table, struct lsn_error *err);

/* Makes keys and rows. LSN_E_MEMORY, LSN_E_FORMAT (two rows with one key). */
enum lsn_status lsn_keyed_index(struct lsn_keyed *table, struct lsn_error *err);

/* Adds a row's key for a person: "layer=conv1 kernel=3", fields as in the table. */
void lsn_keyed_describe(const struct lsn_keyed *table, size_t row, struct lsn_text *text);

void lsn_keyed_free(struct lsn_keyed *table);

#endif
