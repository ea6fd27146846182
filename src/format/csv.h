/* Reading comma-separated values (RFC 4180). */
#ifndef LSN_FORMAT_CSV_H
#define LSN_FORMAT_CSV_H

#include <stddef.h>

#include "base/error.h"

/* A whole CSV file: the header line and the rows, all with the same number of
 * fields; blank lines are passed over. */
struct lsn_csv {
    char *text;   /* the file, cut into fields in place; owned */
    char **cells; /* [row_count + 1][columns], the header first; lent from text */
    size_t row_count;
    size_t columns;
    size_t *lines; /* [row_count + 1] line numbers, from 1 */
};

/* LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (quotes, a row of another length, a NUL
 * byte). On failure *csv is zeroed. A UTF-8 byte-order mark is passed over. */
enum lsn_status lsn_csv_read(const char *path, struct lsn_csv *csv, struct lsn_error *err);
void lsn_csv_free(struct lsn_csv *csv);

/* The column with this header, or -1. */
int lsn_csv_column(const struct lsn_csv *csv, const char *name);

/* The field; row counts from 0 behind the header. */
const char *lsn_csv_cell(const struct lsn_csv *csv, size_t row, int column);

/* The line in the file on which a row starts. */
size_t lsn_csv_line(const struct lsn_csv *csv, size_t row);

#endif
