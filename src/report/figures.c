/* The figures of a report, and the making of their files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"
#include "report/assets.h"
#include "report/gnuplot.h"
#include "report/kinds.h"
#include "report/report.h"

#define STYLE "style.gp"

const char *lsn_figure_title(const struct lsn_figure *figure)
{
    return figure->kind->title;
}

const char *lsn_figure_caption(const struct lsn_figure *figure)
{
    return figure->caption;
}

const char *lsn_figure_link(const struct lsn_figure *figure)
{
    return figure->kind->link;
}

static enum lsn_status list_figures(struct lsn_report *report, struct lsn_error *err)
{
    int sections = report->section_count > 1 ? report->section_count : 1;
    int most = lsn_figure_kind_count * sections, k, s;

    report->figures = lsn_alloc((size_t)most, sizeof *report->figures);
    if (!report->figures)
        return lsn_fail_memory(err, "a report's figures");
    for (k = 0; k < lsn_figure_kind_count; k++) {
        const struct lsn_figure_kind *kind = &lsn_figure_kinds[k];

        if (!(kind->runs & (report->results->raced ? LSN_OF_RACES : LSN_OF_SWEEPS)))
            continue;
        for (s = 0; s < (kind->each ? report->section_count : 1); s++) {
            const struct lsn_section *section = kind->each ? &report->sections[s] : NULL;
            const char *why = kind->lacks ? kind->lacks(report, section) : NULL;
            struct lsn_figure *figure;

            if (why && !why[0])
                continue;
            figure = &report->figures[report->figure_count++];
            figure->kind = kind;
            figure->section = kind->each ? s : -1;
            figure->caption = lsn_figure_find_caption(report, kind, &report->sections[s]);
            snprintf(figure->name, sizeof figure->name, "%s%s", kind->name,
                     kind->each ? report->sections[s].suffix : "");
            if (why)
                snprintf(figure->left_out, sizeof figure->left_out, "%s", why);
        }
    }
    return LSN_OK;
}

/* Writes a file of assets/ into the report, where the user can change and run it again. */
static enum lsn_status write_asset(const struct lsn_report *report, const char *name,
                                   struct lsn_error *err)
{
    struct lsn_text text = {0};
    size_t i;

    for (i = 0; i < lsn_asset_count; i++)
        if (strcmp(lsn_assets[i].name, name) == 0)
            lsn_text_add_bytes(&text, lsn_assets[i].bytes, lsn_assets[i].size);
    return lsn_report_write_file(report, "figures", name, "", &text, err);
}

static enum lsn_status write_contrasts(const struct lsn_report *report, struct lsn_error *err)
{
    struct lsn_text text = {0};
    int c;

    lsn_text_add(&text, "contrast\n");
    for (c = 0; c < report->contrast_count; c++) {
        lsn_text_add_number(&text, report->contrasts[c]);
        lsn_text_add(&text, "\n");
    }
    return lsn_report_write_file(report, "figures", "contrasts", ".csv", &text, err);
}

/* Removes a figure drawn by an earlier report, or half drawn by a gnuplot that failed, so that it
 * is not taken for this report's. */
static enum lsn_status remove_drawn(const struct lsn_report *report, const char *name, bool force,
                                    struct lsn_error *err)
{
    static const char *const endings[] = {".svg", ".pdf", ".axes.csv"};
    enum lsn_status status = LSN_OK;
    size_t i;

    for (i = 0; i < sizeof endings / sizeof endings[0] && status == LSN_OK; i++) {
        char *path = lsn_report_path(report, "figures", name, endings[i]);

        if (!path)
            return lsn_fail_memory(err, "a path");
        status = lsn_output_check(path, force, err);
        if (status == LSN_OK && unlink(path) != 0 && errno != ENOENT)
            status = lsn_fail_errno(err, errno, "%s: cannot remove", path);
        lsn_free(path);
    }
    return status;
}

/* Writes a figure's data and its script. A figure without a row of data is left out, such as lorenz
 * where no lesion cost accuracy. */
static enum lsn_status prepare(const struct lsn_report *report, struct lsn_figure *figure,
                               struct lsn_error *err)
{
    const struct lsn_section *section =
        figure->section < 0 ? NULL : &report->sections[figure->section];
    struct lsn_text csv = {0};
    char script[80];
    enum lsn_status status;

    LSN_TRY(remove_drawn(report, figure->name, report->options->force, err));
    status = figure->kind->make(report, section, &csv, err);
    if (status != LSN_OK) {
        lsn_text_free(&csv);
        return status;
    }
    if (!csv.failed && strchr(csv.bytes, '\n') == csv.bytes + csv.length - 1)
        snprintf(figure->left_out, sizeof figure->left_out, "There is nothing to show.");
    LSN_TRY(lsn_report_write_file(report, "figures", figure->name, ".csv", &csv, err));
    snprintf(script, sizeof script, "%s.gp", figure->kind->name);
    return figure->section > 0 ? LSN_OK : write_asset(report, script, err);
}

/* Draws a figure. If gnuplot cannot draw it, the page shows the reason in its place. */
static enum lsn_status draw(struct lsn_figure *figure, const char *folder,
                            struct lsn_report_outcome *outcome, bool *found, struct lsn_error *err)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = LSN_E_IO;
    char script[80];

    snprintf(script, sizeof script, "%s.gp", figure->kind->name);
    if (*found)
        status = lsn_gnuplot_run(folder, script, figure->name, found, &reason);
    if (status == LSN_E_MEMORY)
        return lsn_fail(err, status, "%s", reason.text);
    if (status == LSN_OK) {
        outcome->drawn++;
        return LSN_OK;
    }
    snprintf(figure->left_out, sizeof figure->left_out, "%s",
             *found ? reason.text : LSN_REPORT_GNUPLOT);
    if (!outcome->note[0])
        snprintf(outcome->note, sizeof outcome->note, "%s", figure->left_out);
    return LSN_OK;
}

enum lsn_status lsn_figures_write(struct lsn_report *report, struct lsn_report_outcome *outcome,
                                  struct lsn_error *err)
{
    const struct lsn_stop *stop = report->options->tables->stop;
    char *folder = lsn_path_join(report->folder, "figures");
    enum lsn_status status = folder ? LSN_OK : lsn_fail_memory(err, "a path");
    bool found = true;
    int i;

    if (status == LSN_OK)
        status = list_figures(report, err);
    if (status == LSN_OK)
        status = write_contrasts(report, err);
    if (status == LSN_OK)
        status = write_asset(report, STYLE, err);
    for (i = 0; i < report->figure_count && status == LSN_OK; i++) {
        struct lsn_figure *figure = &report->figures[i];

        if (figure->left_out[0])
            continue;
        status = lsn_stop_asked(stop) ? lsn_fail(err, LSN_E_INTERRUPTED, "interrupted")
                                      : prepare(report, figure, err);
        figure->has_data = status == LSN_OK;
        if (status == LSN_OK && !figure->left_out[0])
            status = draw(figure, folder, outcome, &found, err);
        if (status == LSN_OK && figure->left_out[0])
            status = remove_drawn(report, figure->name, true, err);
    }
    lsn_free(folder);
    return status;
}
