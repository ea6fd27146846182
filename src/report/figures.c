/* The list of figures with their captions, and the making of their files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"
#include "report/assets.h"
#include "report/gnuplot.h"
#include "report/pictures.h"
#include "report/report.h"

#define STYLE "style.gp"

struct lsn_figure_kind {
    const char *name; /* of the figure, and of its script NAME.gp */
    bool each;        /* one figure for each section, else one for the whole run */
    const char *title, *caption;
    const char *link; /* how the page's script finds a kernel in the figure */
    /* Returns why the figure is left out, or NULL where it is drawn; section is NULL for a figure
     * of the whole run. The pointer is NULL for a figure that is always drawn. */
    const char *(*lacks)(const struct lsn_report *report, const struct lsn_section *section);
    lsn_figure_make *make;
};

static const char *lacks_second_contrast(const struct lsn_report *report,
                                         const struct lsn_section *section)
{
    (void)report;
    return section->compared ? NULL : "It compares two contrasts, and there is one only.";
}

static const char *lacks_both(const struct lsn_report *report, const struct lsn_section *section)
{
    const char *why = lacks_second_contrast(report, section);

    return why || lsn_report_measure(report, section)
               ? why
               : "The intact network has no image right at both contrasts.";
}

static const char *lacks_second_level(const struct lsn_report *report,
                                      const struct lsn_section *section)
{
    (void)section;
    return report->contrast_count > 1 || report->ladder.row_count > 1
               ? NULL
               : "A curve wants two contrasts, and the run has one only.";
}

static const char *lacks_curves(const struct lsn_report *report, const struct lsn_section *section)
{
    return section->curved  ? NULL
           : report->curved ? "A psychometric curve wants four contrasts, and here are fewer."
                            : "";
}

static const char *lacks_showings(const struct lsn_report *report,
                                  const struct lsn_section *section)
{
    (void)section;
    return report->section_count > 1 ? NULL : "";
}

static const char *lacks_stimuli(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->dataset ? NULL
                                    : "--model FILE --images DIR shows some of the images here.";
}

static const char *lacks_invariance(const struct lsn_report *report,
                                    const struct lsn_section *section)
{
    (void)section;
    return report->options->invariance ? NULL : "";
}

static const char *lacks_greedy(const struct lsn_report *report, const struct lsn_section *section)
{
    (void)section;
    return report->options->greedy ? NULL : "";
}

#define SPOTS                                                                                      \
    " Kernels in the same place share a mark, whose area grows with their number. Scales are "     \
    "linear up to about 1 % and logarithmic beyond."
#define FILTERS "Weights about mid-grey, each kernel scaled to its largest. "

/* The figures in the order of the page; the first stands right after the summary. Where the reason
 * to leave a figure out is "", the page does not mention the figure. */
static const struct lsn_figure_kind kinds[] = {
    {"accuracy", false, "Intact accuracy over contrast",
     "Share of the images that the intact network classifies rightly, with 95 % intervals "
     "(Wilson). The dotted line is chance; low and high are the contrasts that the measures of "
     "selectivity compare.",
     "", lacks_second_level, lsn_figure_accuracy},
    {"drops", true, "Drop of every kernel",
     "What each kernel's lesion costs, sorted at each contrast; the rank is on a logarithmic "
     "scale. The band is the 95 % interval of each (Newcombe). Of kernels with equal drops and "
     "intervals the curve has the first and the last, which changes no line.",
     "drops", NULL, lsn_figure_drops},
    {"layers", true, "Layers by contrast", "Mean drop of each layer's lesioned kernels.", "", NULL,
     lsn_figure_layers},
    {"kernelmap", true, "Kernels within layers",
     "Drop of each kernel at each contrast. Layers from left to right, their kernels sorted by "
     "the drop at the lowest contrast, so that a place is the same kernel at all contrasts. Of "
     "more than 640 kernels some share a column, which shows the largest drop among them.",
     "kernelmap", NULL, lsn_figure_kernelmap},
    {"selectivity", true, "Beyond importance",
     "What each kernel's lesion loses at low contrast, of the images that the intact network has "
     "right at both contrasts, over what is predicted from what it does at high contrast; on the "
     "line it loses no more than its importance predicts. Orange: selective, above the line with "
     "beyond_p_max below .05 (sign flips over images, corrected for all kernels lesioned "
     "likewise); of these the most selective bear names." SPOTS,
     "selectivity", lacks_both, lsn_figure_selectivity},
    {"profile", true, "Selectivity over depth",
     "What is lost at low contrast beyond what importance at high contrast predicts, of the images "
     "right at both when intact: mean (dots) and quartiles (bars) of each layer's lesioned "
     "kernels, and the largest (crosses).",
     "", lacks_both, lsn_figure_profile},
    {"psychometric", true, "Psychometric curves",
     "Accuracy over contrast, fitted by a Weibull function of log contrast: the intact network, "
     "with 95 % intervals (Wilson), and up to five kernels whose lesions shift the threshold "
     "most, of those whose 95 % interval of the shift excludes 0 (bootstrap over images). Ticks "
     "above the axis are the thresholds.",
     "", lacks_curves, lsn_figure_psychometric},
    {"thresholds", true, "Threshold shift over depth",
     "How far each kernel's lesion shifts the threshold, in log10 contrast: above 0 more contrast "
     "is needed (.3 is twice as much). Kernels of a layer stand in order from left to right, the "
     "bar is their median. Orange, with 95 % intervals (bootstrap over images): p_max below .05 "
     "(sign flips over images, corrected for all kernels of the run). Kernels whose curve cannot "
     "be fitted are not shown.",
     "", lacks_curves, lsn_figure_thresholds},
    {"lorenz", true, "How few kernels carry how much",
     "Share of the sum of all drops that the most important kernels have; on the dotted "
     "curve all would be equal. Negative drops count as 0. A Gini coefficient of 1 is one kernel "
     "that has all.",
     "", NULL, lsn_figure_lorenz},
    {"showings", false, "Regions, normalisations and lesions",
     "Drops of all kernels for each region, normalisation and lesion: mean (dots), quartiles "
     "(bars) and largest (crosses).",
     "", lacks_showings, lsn_figure_showings},
    {"filters", false, "The first layer's kernels",
     FILTERS "The most selective come first; below each its number and what it loses at low "
             "contrast beyond what its importance at high contrast predicts, in percent of the "
             "images right at both when intact.",
     "", lsn_pictures_lack_filters, lsn_figure_filters},
    {"stimuli", false, "What the network is shown",
     "Some of the images at every condition; of more than twelve, at the first twelve.", "",
     lacks_stimuli, lsn_figure_stimuli},
    {"invariance", false, "Invariance over depth",
     "How like the activations are to those for the same image at full contrast, node by node: "
     "1 is the same pattern. Of the table's first region and normalisation.",
     "", lacks_invariance, lsn_figure_invariance},
    {"greedy", false, "Lesions that add up",
     "Drop with one kernel after another lesioned: the one that costs most at each step, and "
     "random orders as controls, with 95 % intervals of the greedy order.",
     "", lacks_greedy, lsn_figure_greedy},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* Captions of figures that show a measure of selectivity, for measures other than
 * LSN_MEASURE_BEYOND, which the list above describes. */
static const struct {
    const char *name;
    const char *lost; /* the caption with LSN_MEASURE_LOST */
    const char *none; /* the caption without a measure, for figures drawn even then */
} other_captions[] = {
    {"selectivity",
     "What each kernel's lesion loses at low contrast, of the images that the intact network has "
     "right at both contrasts, over what it loses at high; on the line both are equal. Too few "
     "kernels have an effect for a prediction from their importance. Orange: above the line with "
     "lost_p_max below .05 (sign flips over images, corrected for all kernels lesioned likewise); "
     "of these the most selective bear names." SPOTS,
     NULL},
    {"profile",
     "What is lost at low less what is lost at high contrast, of the images right at both when "
     "intact: mean (dots) and quartiles (bars) of each layer's lesioned kernels, and the largest "
     "(crosses). Too few kernels have an effect for a prediction from their importance.",
     NULL},
    {"filters",
     FILTERS "The most selective come first; below each its number and what it loses at low less "
             "what it loses at high contrast, in percent of the images right at both when intact.",
     FILTERS "The largest drop comes first; below each its number and its drop in percentage "
             "points."},
};

static const char *find_caption(const struct lsn_report *report, const struct lsn_figure_kind *kind,
                                const struct lsn_section *section)
{
    const struct lsn_measure *measure = lsn_report_measure(report, section);
    const char *other = NULL;
    size_t i;

    for (i = 0; i < sizeof other_captions / sizeof other_captions[0]; i++)
        if (strcmp(other_captions[i].name, kind->name) == 0 &&
            (!measure || measure->index != LSN_MEASURE_BEYOND))
            other = measure ? other_captions[i].lost : other_captions[i].none;
    return other ? other : kind->caption;
}

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
    int most = KINDS * (report->section_count > 1 ? report->section_count : 1), k, s;

    report->figures = lsn_alloc((size_t)most, sizeof *report->figures);
    if (!report->figures)
        return lsn_fail_memory(err, "a report's figures");
    for (k = 0; k < KINDS; k++) {
        for (s = 0; s < (kinds[k].each ? report->section_count : 1); s++) {
            const struct lsn_section *section = kinds[k].each ? &report->sections[s] : NULL;
            const char *why = kinds[k].lacks ? kinds[k].lacks(report, section) : NULL;
            struct lsn_figure *figure;

            if (why && !why[0])
                continue;
            figure = &report->figures[report->figure_count++];
            figure->kind = &kinds[k];
            figure->section = kinds[k].each ? s : -1;
            figure->caption = find_caption(report, &kinds[k], &report->sections[s]);
            snprintf(figure->name, sizeof figure->name, "%s%s", kinds[k].name,
                     kinds[k].each ? report->sections[s].suffix : "");
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
