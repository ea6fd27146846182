/* Compares two result tables, finding each row's counterpart by its key columns, and lists the
 * cells that differ by more than a tolerance. */
#ifndef LESION_CHECK_H
#define LESION_CHECK_H

#include <stddef.h>

#include "lesion/error.h"

LSN_API_BEGIN

/* Two numbers may differ by this much where the caller gives no tolerance. BLAS cores differ in
 * the last bits, which moves losses and margins by some 1e-6. */
#define LSN_CHECK_TOLERANCE 1e-4

/* A cell that moved (its values differ by more than the tolerance), or a row that only one table
 * has. The texts are spelt as in the tables. */
struct lsn_check_move {
    char *key;            /* "layer=conv1 kernel=3 contrast=0.1" */
    const char *column;   /* NULL: the whole row */
    const char *baseline; /* NULL: an extra row */
    const char *now;      /* NULL: a missing row */
    double difference;    /* now - baseline; NaN unless both are numbers */
    double tolerance;     /* the largest difference allowed; NaN unless both are numbers */
};

/* One column that is compared, that is, not a key column. */
struct lsn_check_column {
    const char *name;
    size_t moved;   /* cells of this column that moved */
    double largest; /* the largest |difference| of the moved cells; NaN: no pair of numbers moved */
};

struct lsn_check {
    size_t rows;                      /* that both tables have */
    size_t missing, extra;            /* rows in the baseline only, in the new table only */
    size_t cells;                     /* that moved, in all columns */
    struct lsn_check_column *columns; /* [column_count], in the baseline's order */
    size_t column_count;
    struct lsn_check_move *moves; /* [move_count], the first ones, rows in the baseline's order */
    size_t move_count;            /* min(limit, missing + extra + cells) */
    struct lsn_check_tables *tables; /* private: owns the texts of the moves */
};

/* Compares two CSV files. The key columns, which say what a row is about (layer,
 * kernel, contrast, ...), find each row's counterpart, in any
 * order; contrasts and indices are compared by value, 0.1 = 0.10. All other columns
 * are compared: two whole numbers must be equal, other numbers may differ by the
 * tolerance, and anything else (empty, nan, text) must be the same text.
 *
 * tolerance: NULL, or items separated by commas: NUMBER, for all numbers that are not
 * whole (default LSN_CHECK_TOLERANCE), and COLUMN=NUMBER, for all numbers of a column.
 * limit: how many moves to keep; all are counted.
 *
 * LSN_E_ARGUMENT (the tolerance is malformed, negative, or for a column that is not
 * compared), LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (no such CSV, a column or a key
 * twice), LSN_E_DATA (other columns in one than in the other, no key column, a
 * baseline without rows), LSN_E_UNSUPPORTED (over INT_MAX rows). On failure *check is zeroed. */
enum lsn_status lsn_check_compare(const char *baseline, const char *now, const char *tolerance,
                                  size_t limit, struct lsn_check *check, struct lsn_error *err);
void lsn_check_free(struct lsn_check *check);

LSN_API_END
#endif
