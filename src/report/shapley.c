/* The data of the figure of a table of `lesion shapley`: the largest Shapley values at each
 * condition, and what the same kernels cost when each is lesioned alone. */
#include "report/report.h"

#define KERNELS_MAX 30 /* that are shown at a condition */

enum {
    CONTRAST,
    REGION,
    NORMALISE,
    RANK,
    LAYER,
    KERNEL,
    TOP1,
    TOP1_LOW,
    TOP1_HIGH,
    TOP1_DROP,
    LOSS,
    LOSS_LOW,
    LOSS_HIGH,
    LOSS_DROP,
    COLUMNS
};

/* clang-format off */
static const char *const names[COLUMNS] = {
    [CONTRAST] = "contrast",
    [REGION] = "region",
    [NORMALISE] = "normalise",
    [RANK] = "rank",
    [LAYER] = "layer",
    [KERNEL] = "kernel",
    [TOP1] = "shapley",
    [TOP1_LOW] = "shapley_ci_low",
    [TOP1_HIGH] = "shapley_ci_high",
    [TOP1_DROP] = "top1_drop",
    [LOSS] = "loss_shapley",
    [LOSS_LOW] = "loss_shapley_ci_low",
    [LOSS_HIGH] = "loss_shapley_ci_high",
    [LOSS_DROP] = "loss_drop",
};
/* clang-format on */

struct table {
    const char *path;
    struct lsn_csv csv;
    int columns[COLUMNS];
};

static const char *cell(const struct table *table, size_t row, int column)
{
    return lsn_csv_cell(&table->csv, row, table->columns[column]);
}

static enum lsn_status read_table(struct table *table, struct lsn_error *err)
{
    LSN_TRY(lsn_csv_read(table->path, &table->csv, err));
    LSN_TRY(lsn_report_columns(table->path, &table->csv, names, COLUMNS, "shapley", table->columns,
                               err));
    return lsn_report_has_rows(table->path, &table->csv, err);
}

static void add_rows(struct lsn_text *csv, const struct table *table)
{
    size_t row;
    int column;

    for (row = 0; row < table->csv.row_count; row++) {
        double rank = lsn_report_number(cell(table, row, RANK));

        if (!(rank >= 1 && rank <= KERNELS_MAX))
            continue;
        lsn_text_add(csv, "%d", (int)rank);
        lsn_figure_condition(csv, cell(table, row, CONTRAST), cell(table, row, REGION),
                             cell(table, row, NORMALISE));
        lsn_figure_text(csv, cell(table, row, CONTRAST));
        for (column = LAYER; column < COLUMNS; column++)
            lsn_figure_text(csv, cell(table, row, column));
        lsn_text_add(csv, "\n");
    }
}

enum lsn_status lsn_figure_shapley(const struct lsn_report *report,
                                   const struct lsn_section *section, struct lsn_text *csv,
                                   struct lsn_error *err)
{
    struct table table = {.path = report->options->shapley};
    enum lsn_status status = read_table(&table, err);

    (void)section;
    lsn_text_add(csv,
                 "rank,condition,contrast,layer,kernel,shapley,shapley_ci_low,shapley_ci_high,"
                 "top1_drop,loss_shapley,loss_shapley_ci_low,loss_shapley_ci_high,loss_drop\n");
    if (status == LSN_OK)
        add_rows(csv, &table);
    lsn_csv_free(&table.csv);
    return status;
}
