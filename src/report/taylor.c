/* The data of the figure of a table of `lesion taylor`: estimated beside true drops of the loss,
 * and their rank correlations over depth. A true drop that the table lacks is taken from the run,
 * where that is of the same images. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "lesion/stats.h"
#include "report/report.h"
#include "table/keyed_csv.h"

#define PANELS_MAX 8 /* lesions and conditions that are shown, the first ones */

static const char *const panel_columns[] = {"contrast", "lesion", "region", "normalise"};
enum { PANEL_COLUMNS = sizeof panel_columns / sizeof panel_columns[0] };

struct figure {
    struct lsn_keyed_csv table, run; /* run: its table of kernels; without rows: none */
    size_t panels[PANELS_MAX];       /* a row of each */
    int panel_count;
    double *estimate, *drop; /* [rows] of what is compared */
    struct lsn_weighted *scratch;
    struct lsn_text *csv;
};

static const char *cell(const struct lsn_keyed_csv *table, size_t row, const char *column)
{
    return lsn_csv_cell(&table->csv, row, lsn_csv_column(&table->csv, column));
}

static bool is_of_panel(const struct figure *f, size_t row, int panel)
{
    int i;

    for (i = 0; i < PANEL_COLUMNS; i++)
        if (strcmp(cell(&f->table, row, panel_columns[i]),
                   cell(&f->table, f->panels[panel], panel_columns[i])) != 0)
            return false;
    return true;
}

static void find_panels(struct figure *f)
{
    size_t row;
    int p;

    for (row = 0; row < f->table.csv.row_count && f->panel_count < PANELS_MAX; row++) {
        for (p = 0; p < f->panel_count && !is_of_panel(f, row, p);)
            p++;
        if (p == f->panel_count)
            f->panels[f->panel_count++] = row;
    }
}

/* The true loss drop of a row's kernel; NaN: not known. */
static double find_drop(const struct figure *f, size_t row)
{
    const char *own = cell(&f->table, row, "loss_drop");
    int other =
        own[0] || f->run.csv.row_count == 0 ? -1 : lsn_names_find(&f->run.rows, f->table.keys[row]);

    if (other >= 0)
        own = cell(&f->run, (size_t)other, "loss_drop");
    return lsn_report_number(own);
}

/* Adds the cells that all rows of a panel begin with: what the row is, and the panel's title. */
static void begin_row(const struct figure *f, const char *kind, int panel)
{
    static const char *const usual[] = {"", "weights", "all", "none"};
    struct lsn_text title = {0};
    size_t row = f->panels[panel];
    int i;

    lsn_text_add(&title, "contrast %s", cell(&f->table, row, panel_columns[0]));
    for (i = 1; i < PANEL_COLUMNS; i++)
        if (strcmp(cell(&f->table, row, panel_columns[i]), usual[i]) != 0)
            lsn_text_add(&title, "; %s", cell(&f->table, row, panel_columns[i]));
    lsn_text_add(f->csv, "%s", kind);
    lsn_figure_text(f->csv, title.bytes ? title.bytes : "");
    lsn_figure_text(f->csv, cell(&f->table, row, panel_columns[0]));
    f->csv->failed = f->csv->failed || title.failed;
    lsn_text_free(&title);
}

static void add_number(struct lsn_text *csv, double value)
{
    lsn_text_add(csv, ",");
    if (isfinite(value))
        lsn_text_add_number(csv, value);
}

/* Adds the rank correlation of what is compared, from number `first` to before `end`. */
static void add_agreement(const struct figure *f, const char *kind, int panel, const char *layer,
                          int number, size_t first, size_t end)
{
    double r = lsn_spearman(f->estimate + first, f->drop + first, NULL, end - first, f->scratch);
    struct lsn_interval interval = lsn_spearman_interval(r, end - first, LSN_TABLE_LEVEL);

    if (end == first)
        return;
    begin_row(f, kind, panel);
    lsn_text_add(f->csv, ",%d", number);
    lsn_figure_text(f->csv, layer);
    lsn_text_add(f->csv, ",,,,%zu", end - first);
    add_number(f->csv, r);
    add_number(f->csv, interval.low);
    add_number(f->csv, interval.high);
    lsn_text_add(f->csv, "\n");
}

/* Adds a panel: its kernels, its layers, and all of it. */
static void add_panel(const struct figure *f, int panel)
{
    const char *layer = NULL;
    size_t count = 0, first = 0, row;
    int number = -1;

    for (row = 0; row < f->table.csv.row_count; row++) {
        const char *name = cell(&f->table, row, "layer");

        if (!is_of_panel(f, row, panel))
            continue;
        if (!layer || strcmp(layer, name) != 0) {
            if (layer)
                add_agreement(f, "layer", panel, layer, number, first, count);
            layer = name;
            first = count;
            number++;
        }
        f->estimate[count] = lsn_report_number(cell(&f->table, row, "loss_drop_estimate"));
        f->drop[count] = find_drop(f, row);
        if (isnan(f->estimate[count]) || isnan(f->drop[count]))
            continue;
        begin_row(f, "kernel", panel);
        lsn_text_add(f->csv, ",%d", number);
        lsn_figure_text(f->csv, name);
        lsn_figure_text(f->csv, cell(&f->table, row, "kernel"));
        add_number(f->csv, f->estimate[count]);
        add_number(f->csv, f->drop[count++]);
        lsn_text_add(f->csv, ",,,,\n");
    }
    add_agreement(f, "layer", panel, layer, number, first, count);
    add_agreement(f, "all", panel, "", -1, 0, count);
}

static enum lsn_status check_columns(const struct figure *f, struct lsn_error *err)
{
    static const char *const wanted[] = {"layer",     "kernel", "lesion",
                                         "contrast",  "region", "normalise",
                                         "loss_drop", "images", "loss_drop_estimate"};

    LSN_TRY(lsn_report_columns(f->table.path, &f->table.csv, wanted,
                               sizeof wanted / sizeof wanted[0], "taylor", NULL, err));
    return lsn_report_has_rows(f->table.path, &f->table.csv, err);
}

/* Reads the table, and that of the run's kernels where it is written already. */
static enum lsn_status open_tables(const struct lsn_report *report, struct figure *f,
                                   const char *kernels, struct lsn_error *err)
{
    size_t rows;

    LSN_TRY(lsn_keyed_csv_read(report->options->taylor, &f->table, err));
    LSN_TRY(check_columns(f, err));
    LSN_TRY(lsn_keyed_csv_index(&f->table, err));
    if (report->kernels.row_count > 0 && report->drops_fit) {
        LSN_TRY(lsn_keyed_csv_read(kernels, &f->run, err));
        LSN_TRY(lsn_keyed_csv_index(&f->run, err));
    }
    rows = f->table.csv.row_count;
    f->estimate = lsn_alloc(rows, sizeof *f->estimate);
    f->drop = lsn_alloc(rows, sizeof *f->drop);
    f->scratch = lsn_alloc(rows, 2 * sizeof *f->scratch);
    return f->estimate && f->drop && f->scratch ? LSN_OK : lsn_fail_memory(err, "a figure");
}

enum lsn_status lsn_figure_taylor(const struct lsn_report *report,
                                  const struct lsn_section *section, struct lsn_text *csv,
                                  struct lsn_error *err)
{
    char *kernels = lsn_report_path(report, "tables", "kernels", ".csv");
    struct figure f = {.csv = csv};
    enum lsn_status status =
        kernels ? open_tables(report, &f, kernels, err) : lsn_fail_memory(err, "a path");
    int p;

    (void)section;
    lsn_text_add(csv, "kind,panel,contrast,row,layer,kernel,estimate,drop,kernels,correlation,"
                      "correlation_ci_low,correlation_ci_high\n");
    if (status == LSN_OK)
        find_panels(&f);
    for (p = 0; p < f.panel_count; p++)
        add_panel(&f, p);
    lsn_keyed_csv_free(&f.table);
    lsn_keyed_csv_free(&f.run);
    lsn_free(f.estimate);
    lsn_free(f.drop);
    lsn_free(f.scratch);
    lsn_free(kernels);
    return status;
}
