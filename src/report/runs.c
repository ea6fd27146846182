/* The data of the figures of whole runs: of all sections, of the layers, and of the tables that
 * other commands made. */
#include <string.h>

#include "base/memory.h"
#include "report/distribution.h"
#include "report/report.h"
#include "table/columns.h"

/* The distribution of the kernels' drops in each section. */
enum lsn_status lsn_figure_showings(const struct lsn_report *report,
                                    const struct lsn_section *section, struct lsn_text *csv,
                                    struct lsn_error *err)
{
    double *drops = lsn_alloc(report->results->kernel_count, sizeof *drops);
    int s, c;

    (void)section;
    if (!drops)
        return lsn_fail_memory(err, "a figure");
    lsn_text_add(csv, "contrast,section," LSN_SPREAD "\n");
    for (s = 0; s < report->section_count; s++) {
        const struct lsn_section *at = &report->sections[s];

        for (c = 0; c < at->contrast_count; c++) {
            size_t k;

            for (k = at->first; k < at->end; k++)
                drops[k - at->first] =
                    lsn_report_number(lsn_report_cell(report, k, at->conditions[c], "top1_drop"));
            lsn_text_add_number(csv, at->contrasts[c]);
            lsn_figure_text(csv, at->title);
            lsn_report_distribution(csv, drops, at->end - at->first);
        }
    }
    lsn_free(drops);
    return LSN_OK;
}

/* Whether a row of the table of layers is of the section's lesion and condition. */
static bool is_row_of(const struct lsn_report *report, const struct lsn_section *section,
                      size_t row, int condition)
{
    static const char *const columns[] = {"lesion", "contrast", "region", "normalise"};
    size_t i;

    for (i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strcmp(lsn_csv_cell(&report->layers, row, lsn_csv_column(&report->layers, columns[i])),
                   lsn_report_cell(report, section->first, condition, columns[i])) != 0)
            return false;
    return true;
}

enum lsn_status lsn_figure_layers(const struct lsn_report *report,
                                  const struct lsn_section *section, struct lsn_text *csv,
                                  struct lsn_error *err)
{
    const struct lsn_csv *layers = &report->layers;
    int name = lsn_csv_column(layers, "layer"), mean = lsn_csv_column(layers, "mean_drop");
    int count = lsn_csv_column(layers, "kernels"), c;
    size_t row, number;

    (void)err;
    lsn_text_add(csv, "row,layer,contrast,kernels,mean_drop\n");
    for (c = 0; c < section->contrast_count; c++)
        for (row = 0, number = 0; row < layers->row_count; row++) {
            if (!is_row_of(report, section, row, section->conditions[c]))
                continue;
            lsn_text_add(csv, "%zu", number++);
            lsn_figure_text(csv, lsn_csv_cell(layers, row, name));
            lsn_text_add(csv, ",");
            lsn_text_add_number(csv, section->contrasts[c]);
            lsn_text_add(csv, ",%s,%s\n", lsn_csv_cell(layers, row, count),
                         lsn_csv_cell(layers, row, mean));
        }
    return LSN_OK;
}

/* Whether a row's cells in these columns are those of another row. */
static bool same_cells(const struct lsn_csv *table, size_t row, size_t other, const int *columns,
                       int count)
{
    int i;

    for (i = 0; i < count; i++)
        if (columns[i] >= 0 && strcmp(lsn_csv_cell(table, row, columns[i]),
                                      lsn_csv_cell(table, other, columns[i])) != 0)
            return false;
    return true;
}

static void copy_rows(const struct lsn_csv *table, const int *columns, int count,
                      struct lsn_text *csv)
{
    const int showing[] = {lsn_csv_column(table, "region"), lsn_csv_column(table, "normalise")};
    size_t row, last = 0, number = 0;
    int i;

    for (row = 0; row < table->row_count; row++) {
        if (!same_cells(table, row, 0, showing, 2))
            continue;
        number += !same_cells(table, row, last, columns, 1);
        last = row;
        lsn_text_add(csv, "%zu", number);
        for (i = 0; i < count; i++)
            lsn_figure_text(csv, lsn_csv_cell(table, row, columns[i]));
        lsn_text_add(csv, "\n");
    }
}

enum { COLUMNS_MAX = 8 };

/* Copies the columns names [count] of a CSV file of the command writer, from those of its rows that
 * have the region and normalisation of the first row. A column "row" is put before them: it counts
 * from 0, one more each time the first column changes. */
static enum lsn_status copy_columns(const char *path, const char *writer, const char *const *names,
                                    int count, struct lsn_text *csv, struct lsn_error *err)
{
    struct lsn_csv table = {0};
    enum lsn_status status = lsn_csv_read(path, &table, err);
    int columns[COLUMNS_MAX], i;

    lsn_text_add(csv, "row");
    for (i = 0; i < count; i++)
        lsn_text_add(csv, ",%s", names[i]);
    lsn_text_add(csv, "\n");
    if (status == LSN_OK)
        status = lsn_report_columns(path, &table, names, count, writer, columns, err);
    if (status == LSN_OK)
        status = lsn_report_has_rows(path, &table, err);
    if (status == LSN_OK)
        copy_rows(&table, columns, count, csv);
    lsn_csv_free(&table);
    return status;
}

enum lsn_status lsn_figure_invariance(const struct lsn_report *report,
                                      const struct lsn_section *section, struct lsn_text *csv,
                                      struct lsn_error *err)
{
    static const char *const columns[] = {
        "node",       "op", "node_index", "contrast", "space_correlation", "kernel_correlation",
        "same_winner"};

    (void)section;
    return copy_columns(report->options->invariance, "invariance", columns,
                        sizeof columns / sizeof columns[0], csv, err);
}

enum lsn_status lsn_figure_greedy(const struct lsn_report *report,
                                  const struct lsn_section *section, struct lsn_text *csv,
                                  struct lsn_error *err)
{
    static const char *const columns[] = {"order",
                                          "step",
                                          "layer",
                                          "kernel",
                                          "contrast",
                                          "top1_drop",
                                          "top1_drop_ci_low",
                                          "top1_drop_ci_high"};

    (void)section;
    return copy_columns(report->options->greedy, "greedy", columns,
                        sizeof columns / sizeof columns[0], csv, err);
}
