/* Compares two tables row by row: rows are matched by their keys (keyed.h), and cells that differ
 * by more than the tolerance are reported. */
#include "lesion/check.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "table/keyed_csv.h"
#include "table/tolerance.h"

/* A column that both tables have: its place in each, and by how much its values may differ. */
struct pair {
    int baseline, now;        /* the column's number in either table */
    double tolerance;         /* of two numbers, unless both are whole */
    double integer_tolerance; /* of two whole numbers */
};

struct lsn_check_tables {
    struct lsn_keyed_csv baseline, now;
    struct pair *pairs; /* [check->column_count] */
    size_t limit;       /* so many differences are listed in check->moves, the others counted */
    size_t capacity;    /* of check->moves */
};

/* Adds to text the names of the columns that table has and other lacks, after the word what.
 * Returns whether there are any. */
static bool add_others(struct lsn_text *text, const char *what, const struct lsn_keyed_csv *table,
                       const struct lsn_keyed_csv *other)
{
    bool any = false;
    size_t i;

    for (i = 0; i < table->csv.columns; i++)
        if (lsn_names_find(&other->header, table->csv.cells[i]) < 0) {
            lsn_text_add(text, "%s'%s'", any ? ", " : what, table->csv.cells[i]);
            any = true;
        }
    return any;
}

static enum lsn_status refuse_others(const struct lsn_check_tables *t, struct lsn_error *err)
{
    struct lsn_text names = {0};
    enum lsn_status status = LSN_OK;
    bool lacks = add_others(&names, "lacks ", &t->baseline, &t->now);
    bool has = add_others(&names, lacks ? ", has " : "has ", &t->now, &t->baseline);

    if (names.failed)
        status = lsn_fail_memory(err, "a list of columns");
    else if (lacks || has)
        status = lsn_fail(err, LSN_E_DATA, "%s: other columns than in %s: %s", t->now.path,
                          t->baseline.path, names.bytes);
    lsn_text_free(&names);
    return status;
}

static void add_pair(struct lsn_check *check, const struct lsn_tolerances *tolerances, int column)
{
    const struct lsn_check_tables *t = check->tables;
    const char *name = t->baseline.csv.cells[column];
    const struct lsn_tolerance *own = lsn_tolerances_find(tolerances, name);
    const struct lsn_tolerance *all = lsn_tolerances_find(tolerances, NULL);

    t->pairs[check->column_count] = (struct pair){
        .baseline = column,
        .now = lsn_names_find(&t->now.header, name),
        .tolerance = own   ? own->value
                     : all ? all->value
                           : LSN_CHECK_TOLERANCE,
        .integer_tolerance = own ? own->value : 0,
    };
    check->columns[check->column_count++] =
        (struct lsn_check_column){.name = name, .largest = (double)NAN};
}

static enum lsn_status pair_columns(struct lsn_check *check,
                                    const struct lsn_tolerances *tolerances, struct lsn_error *err)
{
    struct lsn_check_tables *t = check->tables;
    size_t columns = t->baseline.csv.columns, i;

    LSN_TRY(refuse_others(t, err));
    t->pairs = lsn_alloc(columns, sizeof *t->pairs);
    check->columns = lsn_alloc(columns, sizeof *check->columns);
    if (!t->pairs || !check->columns)
        return lsn_fail_memory(err, "a table's columns");
    for (i = 0; i < columns; i++)
        if (!lsn_keyed_csv_is_key(t->baseline.csv.cells[i]))
            add_pair(check, tolerances, (int)i);
    for (i = 0; i < tolerances->count; i++) {
        const char *name = tolerances->items[i].column;

        if (name && (lsn_keyed_csv_is_key(name) || lsn_names_find(&t->baseline.header, name) < 0))
            return lsn_fail(err, LSN_E_ARGUMENT, "tolerance: '%s' is no column that is compared",
                            name);
    }
    return LSN_OK;
}

/* Adds a difference, named by its row's key, to the list check->moves unless that is full. */
static enum lsn_status keep(struct lsn_check *check, const struct lsn_keyed_csv *table, size_t row,
                            struct lsn_check_move move, struct lsn_error *err)
{
    struct lsn_check_tables *t = check->tables;
    struct lsn_text key = {0};

    if (check->move_count >= t->limit)
        return LSN_OK;
    lsn_keyed_csv_describe(table, row, &key);
    if (key.failed ||
        !lsn_grow(&check->moves, &t->capacity, check->move_count, sizeof *check->moves)) {
        lsn_text_free(&key);
        return lsn_fail_memory(err, "what moved");
    }
    move.key = key.bytes;
    check->moves[check->move_count++] = move;
    return LSN_OK;
}

static enum lsn_status keep_row(struct lsn_check *check, const struct lsn_keyed_csv *table,
                                size_t row, struct lsn_error *err)
{
    bool extra = table == &check->tables->now;
    struct lsn_check_move move = {.baseline = extra ? NULL : "",
                                  .now = extra ? "" : NULL,
                                  .difference = (double)NAN,
                                  .tolerance = (double)NAN};

    check->missing += !extra;
    check->extra += extra;
    return keep(check, table, row, move, err);
}

/* Whether two cells differ by more than the column's tolerance; sets the move's difference and
 * tolerance where both are numbers. Whole numbers are subtracted as integers, which is exact at any
 * size. For others a difference equal to the tolerance is allowed: .07 - .06 is within .01, though
 * computed in doubles it is some 1e-17 more; slack covers that rounding. */
static bool moves(const struct pair *pair, struct lsn_check_move *move)
{
    int64_t m, n;
    double a, b;

    if (strcmp(move->baseline, move->now) == 0)
        return false;
    if (lsn_parse_int(move->baseline, INT64_MIN, INT64_MAX, &m) &&
        lsn_parse_int(move->now, INT64_MIN, INT64_MAX, &n)) {
        double size = (double)(n > m ? (uint64_t)n - (uint64_t)m : (uint64_t)m - (uint64_t)n);

        move->difference = n > m ? size : -size;
        move->tolerance = pair->integer_tolerance;
        return size > pair->integer_tolerance;
    }
    if (lsn_parse_float(move->baseline, -DBL_MAX, DBL_MAX, &a) &&
        lsn_parse_float(move->now, -DBL_MAX, DBL_MAX, &b)) {
        double slack = pair->tolerance > 0 ? 2 * DBL_EPSILON * fmax(fabs(a), fabs(b)) : 0;

        move->difference = b - a;
        move->tolerance = pair->tolerance;
        return fabs(b - a) > pair->tolerance + slack;
    }
    return true;
}

static enum lsn_status compare_rows(struct lsn_check *check, size_t row, size_t now_row,
                                    struct lsn_error *err)
{
    const struct lsn_check_tables *t = check->tables;
    size_t i;

    check->rows++;
    for (i = 0; i < check->column_count; i++) {
        struct lsn_check_column *column = &check->columns[i];
        struct lsn_check_move move = {.column = column->name,
                                      .baseline =
                                          lsn_csv_cell(&t->baseline.csv, row, t->pairs[i].baseline),
                                      .now = lsn_csv_cell(&t->now.csv, now_row, t->pairs[i].now),
                                      .difference = (double)NAN,
                                      .tolerance = (double)NAN};

        if (!moves(&t->pairs[i], &move))
            continue;
        check->cells++;
        column->moved++;
        column->largest = fmax(column->largest, fabs(move.difference));
        LSN_TRY(keep(check, &t->baseline, row, move, err));
    }
    return LSN_OK;
}

static enum lsn_status compare(struct lsn_check *check, struct lsn_error *err)
{
    const struct lsn_check_tables *t = check->tables;
    size_t row;

    for (row = 0; row < t->baseline.csv.row_count; row++) {
        int now_row = lsn_names_find(&t->now.rows, t->baseline.keys[row]);

        if (now_row < 0)
            LSN_TRY(keep_row(check, &t->baseline, row, err));
        else
            LSN_TRY(compare_rows(check, row, (size_t)now_row, err));
    }
    for (row = 0; row < t->now.csv.row_count; row++)
        if (lsn_names_find(&t->baseline.rows, t->now.keys[row]) < 0)
            LSN_TRY(keep_row(check, &t->now, row, err));
    return LSN_OK;
}

static enum lsn_status run(struct lsn_check *check, const char *baseline, const char *now,
                           const struct lsn_tolerances *tolerances, struct lsn_error *err)
{
    struct lsn_check_tables *t = check->tables;

    LSN_TRY(lsn_keyed_csv_read(baseline, &t->baseline, err));
    LSN_TRY(lsn_keyed_csv_read(now, &t->now, err));
    LSN_TRY(pair_columns(check, tolerances, err));
    /* With an empty baseline nothing would be compared, and the check would pass unnoticed. */
    if (t->baseline.csv.row_count == 0)
        return lsn_fail(err, LSN_E_DATA, "%s: has no rows to compare with", baseline);
    LSN_TRY(lsn_keyed_csv_index(&t->baseline, err));
    LSN_TRY(lsn_keyed_csv_index(&t->now, err));
    return compare(check, err);
}

enum lsn_status lsn_check_compare(const char *baseline, const char *now, const char *tolerance,
                                  size_t limit, struct lsn_check *check, struct lsn_error *err)
{
    struct lsn_tolerances tolerances;
    enum lsn_status status;

    lsn_error_clear(err);
    *check = (struct lsn_check){0};
    LSN_TRY(lsn_tolerances_parse(tolerance, &tolerances, err));
    check->tables = lsn_alloc(1, sizeof *check->tables);
    if (check->tables) {
        check->tables->limit = limit;
        status = run(check, baseline, now, &tolerances, err);
    } else {
        status = lsn_fail_memory(err, "two tables");
    }
    lsn_tolerances_free(&tolerances);
    if (status != LSN_OK)
        lsn_check_free(check);
    return status;
}

void lsn_check_free(struct lsn_check *check)
{
    size_t i;

    for (i = 0; i < check->move_count; i++)
        lsn_free(check->moves[i].key);
    lsn_free(check->moves);
    lsn_free(check->columns);
    if (check->tables) {
        lsn_free(check->tables->pairs);
        lsn_keyed_csv_free(&check->tables->baseline);
        lsn_keyed_csv_free(&check->tables->now);
    }
    lsn_free(check->tables);
    *check = (struct lsn_check){0};
}
