/* The data of the figure of a race's table, which `lesion sweep --top` or --above wrote. */
#include <math.h>
#include <string.h>

#include "report/report.h"
#include "table/columns.h"

/* Numbers in tables have nine digits. */
#define TIE 1e-8

/* A race's table. Of two contrasts, high is the column of the higher; of one it is -1. */
struct table {
    const char *path;
    struct lsn_csv csv;
    int low, high;
};

static double number(const struct table *table, size_t row, const char *column)
{
    return lsn_report_number(lsn_csv_cell(&table->csv, row, lsn_csv_column(&table->csv, column)));
}

static enum lsn_status check_columns(struct table *table, struct lsn_error *err)
{
    static const char *const all[] = {"region",  "normalise",    "rank",  "layer",
                                      "kernel",  "images",       "value", "value_ci_low",
                                      "decided", "value_ci_high"};
    static const char *const one[] = {"contrast", "top1_drop"};
    static const char *const two[] = {"contrast_low",   "contrast_high", "lost_low_only",
                                      "lost_high_only", "lost_low",      "gained_low",
                                      "lost_high",      "gained_high"};
    static const char *const writer = "sweep --top or --above";
    bool pair = lsn_csv_column(&table->csv, "contrast_low") >= 0;
    const char *const *more = pair ? two : one;
    int count = pair ? sizeof two / sizeof two[0] : sizeof one / sizeof one[0];

    LSN_TRY(lsn_report_columns(table->path, &table->csv, all, sizeof all / sizeof all[0], writer,
                               NULL, err));
    LSN_TRY(lsn_report_columns(table->path, &table->csv, more, count, writer, NULL, err));
    table->low = lsn_csv_column(&table->csv, more[0]);
    table->high = pair ? lsn_csv_column(&table->csv, more[1]) : -1;
    return LSN_OK;
}

/* What was raced, which the table does not name: the value is the mean over images of what it
 * counts, or else of a loss. */
static const char *find_measure(const struct table *table)
{
    bool drop = true, lost = true;
    size_t row;

    for (row = 0; row < table->csv.row_count; row++) {
        double value = number(table, row, "value"), images = number(table, row, "images");

        if (table->high < 0) {
            drop = drop && fabs(value - number(table, row, "top1_drop")) < TIE;
            continue;
        }
        drop = drop && fabs(value * images -
                            (number(table, row, "lost_low") - number(table, row, "gained_low") -
                             number(table, row, "lost_high") + number(table, row, "gained_high"))) <
                           TIE * images;
        lost = lost && fabs(value * images - (number(table, row, "lost_low_only") -
                                              number(table, row, "lost_high_only"))) < TIE * images;
    }
    if (table->high < 0)
        return drop ? "accuracy" : "loss";
    return lost ? "lost-selectivity" : drop ? "selectivity" : "loss-selectivity";
}

/* Adds the words for the contrasts, region and normalisation of a row's race. */
static void add_race(struct lsn_text *csv, const struct table *table, size_t row)
{
    static const char *const columns[] = {"region", "normalise"};
    static const char *const usual[] = {"all", "none"};
    struct lsn_text words = {0};
    size_t i;

    lsn_text_add(&words, "contrast%s %s%s%s", table->high < 0 ? "" : "s",
                 lsn_csv_cell(&table->csv, row, table->low), table->high < 0 ? "" : " and ",
                 table->high < 0 ? "" : lsn_csv_cell(&table->csv, row, table->high));
    for (i = 0; i < 2; i++) {
        const char *cell = lsn_csv_cell(&table->csv, row, lsn_csv_column(&table->csv, columns[i]));

        if (strcmp(cell, usual[i]) != 0)
            lsn_text_add(&words, "; %s", cell);
    }
    lsn_figure_text(csv, words.bytes ? words.bytes : "");
    csv->failed = csv->failed || words.failed;
    lsn_text_free(&words);
}

static void add_rows(struct lsn_text *csv, const struct table *table)
{
    static const char *const copied[] = {"layer", "kernel",       "images",
                                         "value", "value_ci_low", "value_ci_high"};
    const char *measure = find_measure(table);
    size_t row, i;

    for (row = 0; row < table->csv.row_count; row++) {
        int decided = lsn_csv_column(&table->csv, "decided");

        lsn_text_add(csv, "%s,%s", measure,
                     lsn_csv_cell(&table->csv, row, lsn_csv_column(&table->csv, "rank")));
        add_race(csv, table, row);
        lsn_figure_text(csv, lsn_csv_cell(&table->csv, row, table->low));
        for (i = 0; i < sizeof copied / sizeof copied[0]; i++)
            lsn_figure_text(csv,
                            lsn_csv_cell(&table->csv, row, lsn_csv_column(&table->csv, copied[i])));
        lsn_text_add(csv, ",%d\n", strcmp(lsn_csv_cell(&table->csv, row, decided), "exact") == 0);
    }
}

enum lsn_status lsn_figure_race(const struct lsn_report *report, const struct lsn_section *section,
                                struct lsn_text *csv, struct lsn_error *err)
{
    struct table table = {.path = report->options->race};
    enum lsn_status status = lsn_csv_read(table.path, &table.csv, err);

    (void)section;
    if (status == LSN_OK)
        status = check_columns(&table, err);
    lsn_text_add(
        csv,
        "measure,rank,race,contrast,layer,kernel,images,value,value_ci_low,value_ci_high,exact\n");
    if (status == LSN_OK)
        add_rows(csv, &table);
    lsn_csv_free(&table.csv);
    return status;
}
