/* A row's key is one text made of its key columns, such that rows with equal keys have equal bytes;
 * a map from these texts to row numbers finds a row. The alternative, sorting the rows by key,
 * would need an order of keys and would lose the order of the table. */
#include "table/keyed_csv.h"

#include <assert.h>
#include <float.h>
#include <limits.h>
#include <string.h>

#include "base/memory.h"

/* All columns that can be part of a key; those of a new table must be added here. is_number: cells
 * are compared by value (0.1 and 0.10 are one contrast), else as text, since names can look like
 * numbers ("1.1" and "1.10" are two layers). */
static const struct {
    const char *name;
    bool is_number;
} known[] = {
    {"layer", false},        {"layer_index", true}, {"kernel", true},       {"node", false},
    {"node_index", true},    {"group", false},      {"step", true},         {"lesion", false},
    {"file", false},         {"class", false},      {"contrast", true},     {"region", false},
    {"definition", false},   {"normalise", false},  {"contrast_low", true}, {"contrast_high", true},
    {"order", false},        {"claim", true},       {"quantity", false},    {"layer_a", false},
    {"kernel_a", true},      {"layer_b", false},    {"kernel_b", true},     {"layer_index_a", true},
    {"layer_index_b", true},
};

#define KNOWN ((int)(sizeof known / sizeof known[0]))
static_assert(sizeof known / sizeof known[0] <= LSN_KEYED_CSV_COLUMNS_MAX, "room for every key");

static int find_known(const char *name)
{
    int i;

    for (i = 0; i < KNOWN; i++)
        if (strcmp(known[i].name, name) == 0)
            return i;
    return -1;
}

bool lsn_keyed_csv_is_key(const char *name)
{
    return find_known(name) >= 0;
}

enum lsn_status lsn_keyed_csv_read(const char *path, struct lsn_keyed_csv *table,
                                   struct lsn_error *err)
{
    int i;

    *table = (struct lsn_keyed_csv){.path = path};
    LSN_TRY(lsn_csv_read(path, &table->csv, err));
    if (table->csv.columns > INT_MAX || table->csv.row_count > INT_MAX)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: has too many rows or columns", path);
    for (i = 0; i < (int)table->csv.columns; i++) {
        const char *name = table->csv.cells[i];

        if (lsn_names_find(&table->header, name) >= 0)
            return lsn_fail(err, LSN_E_FORMAT, "%s: the column '%.100s' is there twice", path,
                            name);
        if (!lsn_names_set(&table->header, name, i))
            return lsn_fail_memory(err, "a table's header");
    }
    for (i = 0; i < KNOWN; i++) {
        int column = lsn_names_find(&table->header, known[i].name);

        if (column >= 0)
            table->key_columns[table->key_count++] = column;
    }
    if (table->key_count == 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: has no column that says what a row is about, such as layer, kernel, "
                        "contrast or file",
                        path);
    return LSN_OK;
}

void lsn_keyed_csv_describe(const struct lsn_keyed_csv *table, size_t row, struct lsn_text *text)
{
    int i;

    for (i = 0; i < table->key_count; i++)
        lsn_text_add(text, "%s%s=%s", i ? " " : "", table->csv.cells[table->key_columns[i]],
                     lsn_csv_cell(&table->csv, row, table->key_columns[i]));
}

/* Adds a row's key and a 0 byte to table->text. */
static void add_key(struct lsn_keyed_csv *table, size_t row)
{
    double value;
    int i;

    for (i = 0; i < table->key_count; i++) {
        int column = table->key_columns[i];
        const char *cell = lsn_csv_cell(&table->csv, row, column);

        if (known[find_known(table->csv.cells[column])].is_number &&
            lsn_parse_float(cell, -DBL_MAX, DBL_MAX, &value))
            lsn_text_add(&table->text, "%.17g", value == 0 ? 0.0 : value);
        else
            lsn_text_add_csv(&table->text, cell);
        lsn_text_add_bytes(&table->text, ",", 1);
    }
    lsn_text_add_bytes(&table->text, "", 1);
}

static enum lsn_status fail_twice(const struct lsn_keyed_csv *table, size_t row, size_t earlier,
                                  struct lsn_error *err)
{
    struct lsn_text key = {0};
    enum lsn_status status;

    lsn_keyed_csv_describe(table, row, &key);
    status = key.failed ? lsn_fail_memory(err, "a key")
                        : lsn_fail(err, LSN_E_FORMAT, "%s: line %zu: %.200s is on line %zu, too",
                                   table->path, lsn_csv_line(&table->csv, row), key.bytes,
                                   lsn_csv_line(&table->csv, earlier));
    lsn_text_free(&key);
    return status;
}

enum lsn_status lsn_keyed_csv_index(struct lsn_keyed_csv *table, struct lsn_error *err)
{
    size_t rows = table->csv.row_count, row;
    const char *key;

    for (row = 0; row < rows; row++)
        add_key(table, row);
    table->keys = lsn_alloc(rows, sizeof *table->keys);
    if (table->text.failed || !table->keys)
        return lsn_fail_memory(err, "a table's keys");
    key = table->text.bytes;
    for (row = 0; row < rows; row++, key += strlen(key) + 1) {
        int earlier = lsn_names_find(&table->rows, key);

        if (earlier >= 0)
            return fail_twice(table, row, (size_t)earlier, err);
        if (!lsn_names_set(&table->rows, key, (int)row))
            return lsn_fail_memory(err, "a table's keys");
        table->keys[row] = key;
    }
    return LSN_OK;
}

void lsn_keyed_csv_free(struct lsn_keyed_csv *table)
{
    lsn_names_free(&table->rows);
    lsn_free(table->keys);
    lsn_text_free(&table->text);
    lsn_names_free(&table->header);
    lsn_csv_free(&table->csv);
}
