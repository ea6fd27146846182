/* The figures: which there are, what the page says of each, and their files. */
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
    const char *name; /* of its script, too */
    bool each;        /* one for each section, else one of the run */
    const char *title, *caption;
    const char *link; /* how the page finds a kernel in it */
    /* Why it is left out, or NULL; section: NULL for one of the whole run. NULL: never. */
    const char *(*lacks)(const struct lsn_report *report, const struct lsn_section *section);
    lsn_figure_make *make;
};

static const char *lacks_second_contrast(const struct lsn_report *report,
                                         const struct lsn_section *section)
{
    (void)report;
    return section->compared ? NULL : "It compares two contrasts, and there is one only.";
}

static const char *lacks_second_level(const struct lsn_report *report,
                                      const struct lsn_section *section)
{
    (void)section;
    return report->contrast_count > 1 ? NULL
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

/* In the page's order. A reason that is empty leaves a figure out without a word. */
static const struct lsn_figure_kind kinds[] = {
    {"accuracy", false, "Intact accuracy over contrast",
     "Share of the images that the intact network classifies rightly, with 95 % intervals "
     "(Wilson). The dotted line is chance.",
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
    {"selectivity", true, "Low contrast beside high",
     "The drop of each kernel at low over that at high contrast; on the line both are equal. "
     "Orange: selective for contrast, p_max below .05 (sign flips over images, corrected for all "
     "kernels of the run); of these the most selective bear names. Kernels with the same two "
     "drops share a mark, whose area grows with their number. Scales are linear up to about "
     "1 point and logarithmic beyond.",
     "selectivity", lacks_second_contrast, lsn_figure_selectivity},
    {"profile", true, "Selectivity over depth",
     "Drop at low minus drop at high contrast: mean (dots) and quartiles (bars) of each layer's "
     "lesioned kernels, and the largest (crosses).",
     "", lacks_second_contrast, lsn_figure_profile},
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
     "Weights about mid-grey, each kernel scaled to its largest. The most selective come first "
     "(the largest drop, in a run of one contrast); below each its number and the value in "
     "percentage points.",
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

const char *lsn_figure_title(const struct lsn_figure *figure)
{
    return figure->kind->title;
}

const char *lsn_figure_caption(const struct lsn_figure *figure)
{
    return figure->kind->caption;
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
            snprintf(figure->name, sizeof figure->name, "%s%s", kinds[k].name,
                     kinds[k].each ? report->sections[s].suffix : "");
            if (why)
                snprintf(figure->left_out, sizeof figure->left_out, "%s", why);
        }
    }
    return LSN_OK;
}

/* A file of the sources that the user may want, too. */
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

/* What an earlier report drew, or gnuplot in part, is not taken for this one's. */
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

/* Its data, and its script. Without a row of data it is left out: of lorenz, where no lesion
 * cost accuracy. */
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

/* A figure that gnuplot cannot draw is left out, with the reason in its place. */
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
    const atomic_bool *stop = report->options->tables.stop;
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
        status = stop && atomic_load(stop) ? lsn_fail(err, LSN_E_INTERRUPTED, "interrupted")
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
