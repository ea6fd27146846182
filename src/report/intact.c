/* The data of the figure of the intact network's accuracy: at the run's contrasts and, where
 * `lesion claims` wrote tables/ladder.csv, at the further contrasts measured there (the ladder). */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "format/file.h"
#include "lesion/floor.h"
#include "lesion/parse.h"
#include "lesion/stats.h"
#include "report/report.h"
#include "table/columns.h"

#define EVERYWHERE "everywhere"

/* The columns of ladder.csv that are used. */
enum { CONTRAST, REGION, NORMALISE, IMAGES, TOP1, COLUMNS };

static const char *const names[COLUMNS] = {"contrast", "region", "normalise", "images", "top1"};

static const char *cell(const struct lsn_csv *table, size_t row, int column)
{
    return lsn_csv_cell(table, row, lsn_csv_column(table, names[column]));
}

/* Checks a row of the ladder: its contrast is above that of the row before and applies to the whole
 * image, and its count is of as many images as the run has. */
static enum lsn_status check_rung(const char *path, const struct lsn_csv *table, size_t row,
                                  size_t images, double *contrast, struct lsn_error *err)
{
    double above = *contrast;
    int64_t shown, right;

    if (!lsn_parse_float(cell(table, row, CONTRAST), 0, 1, contrast) || *contrast <= above ||
        strcmp(cell(table, row, REGION), "all") != 0 ||
        strcmp(cell(table, row, NORMALISE), "none") != 0)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s:%zu: contrast '%.40s', region '%.40s', normalise '%.40s', wanted "
                        "ascending contrasts in 0 ... 1, all and none",
                        path, lsn_csv_line(table, row), cell(table, row, CONTRAST),
                        cell(table, row, REGION), cell(table, row, NORMALISE));
    if (!lsn_parse_int(cell(table, row, IMAGES), 0, INT64_MAX, &shown) || (size_t)shown != images ||
        !lsn_parse_int(cell(table, row, TOP1), 0, shown, &right))
        return lsn_fail(err, LSN_E_DATA,
                        "%s:%zu: top1 '%.40s' of '%.40s' images, wanted a count of the run's %zu",
                        path, lsn_csv_line(table, row), cell(table, row, TOP1),
                        cell(table, row, IMAGES), images);
    return LSN_OK;
}

/* Checks that the ladder agrees with the run: it has the run's contrasts of the whole image, with
 * as many images right. */
static enum lsn_status check_run(const struct lsn_report *report, const char *path,
                                 struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    const struct lsn_csv *table = &report->ladder;
    size_t row, right;
    int c;

    for (c = 0; c < r->condition_count; c++) {
        const struct lsn_condition *condition = &r->conditions[c];

        if (condition->region.kind != LSN_REGION_ALL ||
            condition->normalisation.kind != LSN_NORMALISATION_NONE)
            continue;
        LSN_TRY(lsn_results_count_right(r, c, &right, err));
        for (row = 0; row < table->row_count; row++)
            if (lsn_report_number(cell(table, row, CONTRAST)) == condition->contrast)
                break;
        if (row == table->row_count)
            return lsn_fail(err, LSN_E_DATA, "%s: has no contrast %.9g, which the run has", path,
                            condition->contrast);
        if (lsn_report_number(cell(table, row, TOP1)) != (double)right)
            return lsn_fail(err, LSN_E_DATA,
                            "%s:%zu: top1 %s at contrast %.9g, the run has %zu: it is of another "
                            "network or other images",
                            path, lsn_csv_line(table, row), cell(table, row, TOP1),
                            condition->contrast, right);
    }
    return LSN_OK;
}

static enum lsn_status read_ladder(struct lsn_report *report, const char *path,
                                   struct lsn_error *err)
{
    double contrast = -1;
    size_t row;

    LSN_TRY(lsn_csv_read(path, &report->ladder, err));
    LSN_TRY(lsn_report_columns(path, &report->ladder, names, COLUMNS, "claims", NULL, err));
    for (row = 0; row < report->ladder.row_count; row++)
        LSN_TRY(check_rung(path, &report->ladder, row, report->results->complete_images, &contrast,
                           err));
    return check_run(report, path, err);
}

enum lsn_status lsn_report_read_ladder(struct lsn_report *report, struct lsn_error *err)
{
    char *path = lsn_path_join(report->run, "tables/ladder.csv");
    enum lsn_status status = LSN_OK;
    struct stat found;

    if (!path)
        return lsn_fail_memory(err, "a path");
    if (stat(path, &found) == 0 || errno != ENOENT)
        status = read_ladder(report, path, err);
    lsn_free(path);
    return status;
}

/* Returns the first section that has rows in the table of selectivity, whose two contrasts the
 * figure marks; NULL: there is none. */
static const struct lsn_section *find_compared(const struct lsn_report *report)
{
    int s;

    for (s = 0; s < report->section_count; s++)
        if (report->sections[s].compared)
            return &report->sections[s];
    return NULL;
}

/* One point of a curve. showing: its words; compared: the section whose contrasts are marked on
 * this curve, or NULL. */
static void add_point(struct lsn_text *csv, const struct lsn_report *report,
                      const struct lsn_csv *table, size_t row, const char *showing,
                      const struct lsn_section *compared)
{
    const char *contrast = cell(table, row, CONTRAST);
    const char *images = cell(table, row, IMAGES), *top1 = cell(table, row, TOP1);
    double n = lsn_report_number(images), right = lsn_report_number(top1);
    struct lsn_interval interval = lsn_accuracy_interval((size_t)n, (size_t)right, LSN_TABLE_LEVEL);
    const char *mark = "no"; /* not empty: gnuplot would repeat the cell before */

    if (compared && strcmp(contrast, lsn_report_selectivity(report, compared, compared->first,
                                                            "contrast_low")) == 0)
        mark = "low";
    if (compared && strcmp(contrast, lsn_report_selectivity(report, compared, compared->first,
                                                            "contrast_high")) == 0)
        mark = "high";
    lsn_text_add(csv, "%s", contrast);
    lsn_figure_text(csv, showing);
    lsn_text_add(csv, ",%s,%s", images, top1);
    lsn_columns_number(csv, right / n);
    lsn_columns_number(csv, interval.low);
    lsn_columns_number(csv, interval.high);
    lsn_columns_number(csv, report->results->classes > 0 ? 1. / report->results->classes : 0);
    lsn_text_add(csv, ",%s\n", mark);
}

enum lsn_status lsn_figure_accuracy(const struct lsn_report *report,
                                    const struct lsn_section *section, struct lsn_text *csv,
                                    struct lsn_error *err)
{
    const struct lsn_section *compared = find_compared(report);
    const struct lsn_csv *ladder = &report->ladder;
    size_t row;
    int s, i;

    (void)section;
    (void)err;
    lsn_text_add(
        csv,
        "contrast,showing,images,top1,accuracy,accuracy_ci_low,accuracy_ci_high,chance,compared\n");
    for (row = 0; row < ladder->row_count; row++)
        add_point(csv, report, ladder, row, EVERYWHERE, compared);
    for (s = 0; s < report->section_count; s++) {
        const struct lsn_section *at = &report->sections[s];
        struct lsn_text showing = {0};

        if (at->lesion != report->sections[0].lesion)
            break;
        lsn_report_showing(report, at->showing, &showing);
        /* The ladder has the run's contrasts of the whole image already (check_run). */
        for (i = 0; i < at->contrast_count && (showing.length || ladder->row_count == 0); i++)
            add_point(csv, report, &report->intact, (size_t)at->conditions[i],
                      showing.length ? showing.bytes : EVERYWHERE, at == compared ? at : NULL);
        csv->failed = csv->failed || showing.failed;
        lsn_text_free(&showing);
    }
    return LSN_OK;
}
