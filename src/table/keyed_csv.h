/* A CSV table whose rows are found by their keys. The key columns say what a row is about (layer,
 * kernel, contrast, ...); keyed.c has the list of all of them. */
#ifndef LSN_TABLE_KEYED_CSV_H
#define LSN_TABLE_KEYED_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "base/text.h"
#include "format/csv.h"

#define LSN_KEYED_CSV_COLUMNS_MAX 32

struct lsn_keyed_csv {
    const char *path; /* lent */
    struct lsn_csv csv;
    struct lsn_names header;                    /* from a column's name to its number */
    int key_columns[LSN_KEYED_CSV_COLUMNS_MAX]; /* [key_count], in the order of the list in keyed.c
                                                 */
    int key_count;
    struct lsn_text text;  /* the rows' keys, one after another, each ended by a 0 byte */
    const char **keys;     /* [row_count], lent from text */
    struct lsn_names rows; /* from a key to its row's number */
};

/* Whether a column of this name is part of the key. */
bool lsn_keyed_csv_is_key(const char *name);

/* Reads a CSV file. LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (not a CSV table, or a column twice),
 * LSN_E_DATA (no key column), LSN_E_UNSUPPORTED (over INT_MAX rows). Call lsn_keyed_csv_free after
 * a failure, too. */
enum lsn_status lsn_keyed_csv_read(const char *path, struct lsn_keyed_csv *table,
                                   struct lsn_error *err);

/* Makes the members keys and rows, by which rows are found. LSN_E_MEMORY, LSN_E_FORMAT (two rows
 * with one key). */
enum lsn_status lsn_keyed_csv_index(struct lsn_keyed_csv *table, struct lsn_error *err);

/* Adds a row's key as messages show it: "layer=conv1 kernel=3", cells as in the table. */
void lsn_keyed_csv_describe(const struct lsn_keyed_csv *table, size_t row, struct lsn_text *text);

void lsn_keyed_csv_free(struct lsn_keyed_csv *table);

#endif
