/* Reading comma-separated values (RFC 4180). */
#ifndef LSN_FORMAT_CSV_H
#define LSN_FORMAT_CSV_H

#include <stddef.h>

#include "base/error.h"

/* A whole CSV file in memory: the header line and the rows, all with the same number of fields.
 * Blank lines are skipped. */
struct lsn_csv {
    char *text;   /* the file, cut into fields in place; owned */
    char **cells; /* [row_count + 1][columns], the header first; lent from text */
    size_t row_count;
    size_t columns;
    size_t *lines; /* [row_count + 1] line numbers, from 1 */
};

/* Reads a CSV file; a UTF-8 byte-order mark is skipped. LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT where
 * quotes are wrong, a row has another number of fields than the header, or a NUL byte is found. On
 * failure *csv is zeroed. */
enum lsn_status lsn_csv_read(const char *path, struct lsn_csv *csv, struct lsn_error *err);
void lsn_csv_free(struct lsn_csv *csv);

/* The index of the column with this header, or -1. */
int lsn_csv_column(const struct lsn_csv *csv, const char *name);

/* A field; row 0 is the first row after the header. */
const char *lsn_csv_cell(const struct lsn_csv *csv, size_t row, int column);

/* The number, from 1, of the line in the file at which a row starts. */
size_t lsn_csv_line(const struct lsn_csv *csv, size_t row);

#endif
