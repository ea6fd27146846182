/* The data of the figure of a table of pairs, which `lesion pairs` wrote: a matrix at each
 * condition. */
#include <string.h>

#include "base/memory.h"
#include "report/report.h"

enum {
    CONTRAST,
    REGION,
    NORMALISE,
    LAYER_A,
    KERNEL_A,
    LAYER_B,
    KERNEL_B,
    TOP1,
    Q,
    MARGIN,
    MARGIN_Q,
    COLUMNS
};

/* clang-format off */
static const char *const names[COLUMNS] = {
    [CONTRAST] = "contrast",
    [REGION] = "region",
    [NORMALISE] = "normalise",
    [LAYER_A] = "layer_a",
    [KERNEL_A] = "kernel_a",
    [LAYER_B] = "layer_b",
    [KERNEL_B] = "kernel_b",
    [TOP1] = "interaction",
    [Q] = "interaction_q",
    [MARGIN] = "margin_interaction",
    [MARGIN_Q] = "margin_interaction_q",
};
/* clang-format on */

struct table {
    const char *path;
    struct lsn_csv csv;
    int columns[COLUMNS];
    size_t *first; /* [kernel_count] a row that has the kernel, as its a, or as its b */
    bool *is_b;    /* [kernel_count] which of them */
    size_t kernel_count;
};

static const char *cell(const struct table *table, size_t row, int column)
{
    return lsn_csv_cell(&table->csv, row, table->columns[column]);
}

static enum lsn_status read_table(struct table *table, struct lsn_error *err)
{
    LSN_TRY(lsn_csv_read(table->path, &table->csv, err));
    LSN_TRY(
        lsn_report_columns(table->path, &table->csv, names, COLUMNS, "pairs", table->columns, err));
    LSN_TRY(lsn_report_has_rows(table->path, &table->csv, err));
    table->first = lsn_alloc(2 * table->csv.row_count, sizeof *table->first);
    table->is_b = lsn_alloc(2 * table->csv.row_count, sizeof *table->is_b);
    return table->first && table->is_b ? LSN_OK : lsn_fail_memory(err, "a figure of pairs");
}

static const char *layer_of(const struct table *table, size_t row, bool is_b)
{
    return cell(table, row, is_b ? LAYER_B : LAYER_A);
}

static const char *kernel_of(const struct table *table, size_t row, bool is_b)
{
    return cell(table, row, is_b ? KERNEL_B : KERNEL_A);
}

/* The number of a row's kernel in the matrix: a new one where no row before had it. */
static size_t find_kernel(struct table *table, size_t row, bool is_b)
{
    size_t i;

    for (i = 0; i < table->kernel_count; i++)
        if (strcmp(layer_of(table, table->first[i], table->is_b[i]), layer_of(table, row, is_b)) ==
                0 &&
            strcmp(kernel_of(table, table->first[i], table->is_b[i]),
                   kernel_of(table, row, is_b)) == 0)
            return i;
    table->first[i] = row;
    table->is_b[i] = is_b;
    table->kernel_count++;
    return i;
}

static void add_label(struct lsn_text *csv, const struct table *table, size_t row, bool is_b)
{
    struct lsn_text label = {0};

    lsn_text_add(&label, "%s:%s", layer_of(table, row, is_b), kernel_of(table, row, is_b));
    lsn_figure_text(csv, label.bytes ? label.bytes : "");
    csv->failed = csv->failed || label.failed;
    lsn_text_free(&label);
}

/* Adds each row twice, as a matrix has it on both sides of its diagonal. */
static void add_rows(struct lsn_text *csv, struct table *table)
{
    size_t row, place[2];
    int side, column;

    for (row = 0; row < table->csv.row_count; row++) {
        place[0] = find_kernel(table, row, false);
        place[1] = find_kernel(table, row, true);
        for (side = 0; side < 2; side++) {
            lsn_text_add(csv, "%zu,%zu", place[side], place[1 - side]);
            lsn_figure_condition(csv, cell(table, row, CONTRAST), cell(table, row, REGION),
                                 cell(table, row, NORMALISE));
            add_label(csv, table, row, side == 1);
            add_label(csv, table, row, side == 0);
            lsn_figure_text(csv, cell(table, row, CONTRAST));
            for (column = TOP1; column <= MARGIN_Q; column++)
                lsn_figure_text(csv, cell(table, row, column));
            lsn_text_add(csv, "\n");
        }
    }
}

enum lsn_status lsn_figure_pairs(const struct lsn_report *report, const struct lsn_section *section,
                                 struct lsn_text *csv, struct lsn_error *err)
{
    struct table table = {.path = report->options->pairs};
    enum lsn_status status = read_table(&table, err);

    (void)section;
    lsn_text_add(csv, "row,column,condition,row_kernel,column_kernel,contrast,interaction,q,"
                      "margin_interaction,margin_q\n");
    if (status == LSN_OK)
        add_rows(csv, &table);
    lsn_csv_free(&table.csv);
    lsn_free(table.first);
    lsn_free(table.is_b);
    return status;
}
