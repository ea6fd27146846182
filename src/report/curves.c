/* The data of the figures of psychometric curves. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "lesion/stats.h"
#include "report/report.h"
#include "table/columns.h"

#define SHIFTED_MAX 5   /* so many kernels' curves are shown beside the intact one */
#define STEPS       120 /* points of a line */

/* A kernel's threshold shift. */
struct shift {
    size_t kernel;
    double value;
};

static double number(const struct lsn_report *report, const struct lsn_section *section,
                     size_t kernel, const char *column)
{
    return lsn_report_number(lsn_report_curve(report, section, kernel, column));
}

static int by_size(const void *left, const void *right)
{
    const struct shift *a = left, *b = right;
    double x = fabs(a->value), y = fabs(b->value);

    return x != y ? (x < y) - (x > y) : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

/* Collects the threshold shifts whose interval excludes 0, the largest first; returns how many. */
static size_t find_shifted(const struct lsn_report *report, const struct lsn_section *section,
                           struct shift *shifts)
{
    size_t count = 0, k;

    for (k = section->first; k < section->end; k++)
        if (number(report, section, k, "threshold_shift_ci_low") > 0 ||
            number(report, section, k, "threshold_shift_ci_high") < 0)
            shifts[count++] = (struct shift){k, number(report, section, k, "threshold_shift")};
    qsort(shifts, count, sizeof *shifts, by_size);
    return count;
}

/* Returns a curve's name, "intact" or the kernel's layer and number; owned. NULL: out of memory. */
static char *make_name(const struct lsn_report *report, size_t kernel, bool intact)
{
    const struct lsn_results *r = report->results;
    struct lsn_text name = {0};

    if (intact)
        lsn_text_add(&name, "intact");
    else
        lsn_text_add(&name, "%s %d", r->layer_names[r->kernel_layer[kernel]],
                     r->kernel_index[kernel]);
    if (name.failed)
        lsn_text_free(&name);
    return name.bytes;
}

/* A curve of the figure: that of the intact network (row 0) or of a kernel. */
struct curve {
    const struct lsn_report *report;
    const struct lsn_section *section;
    size_t kernel;
    int row;
    char *name;
    double guess;
    struct lsn_psychometric_fit fit; /* all NaN where there is no fit */
};

static void add_point(struct lsn_text *csv, const struct curve *curve, const char *kind,
                      double contrast, double accuracy, struct lsn_interval interval)
{
    lsn_text_add(csv, "%d", curve->row);
    lsn_figure_text(csv, curve->name);
    lsn_figure_text(csv, kind);
    lsn_columns_number(csv, contrast);
    lsn_columns_number(csv, accuracy);
    lsn_columns_number(csv, interval.low);
    lsn_columns_number(csv, interval.high);
    lsn_columns_number(csv, curve->fit.threshold);
    lsn_text_add(csv, "\n");
}

/* Adds a curve's data: the accuracy counted at each contrast, then points of the fitted line.
 * Contrast 0 is left out, as the figure's axis is logarithmic. */
static void add_curve(struct lsn_text *csv, const struct curve *curve)
{
    const struct lsn_section *section = curve->section;
    const struct lsn_interval none = {(double)NAN, (double)NAN};
    double lowest = 0, highest = section->contrasts[section->contrast_count - 1];
    int c, i;

    for (c = 0; c < section->contrast_count; c++) {
        const char *column = curve->row == 0 ? "top1_intact" : "top1_lesioned";
        int condition = section->conditions[c];
        double n =
            lsn_report_number(lsn_report_cell(curve->report, curve->kernel, condition, "images"));
        double right =
            lsn_report_number(lsn_report_cell(curve->report, curve->kernel, condition, column));

        if (section->contrasts[c] <= 0)
            continue;
        lowest = lowest > 0 ? lowest : section->contrasts[c];
        add_point(csv, curve, "counted", section->contrasts[c], right / n,
                  lsn_accuracy_interval((size_t)n, (size_t)right, LSN_TABLE_LEVEL));
    }
    for (i = 0; i <= STEPS && !isnan(curve->fit.threshold); i++) {
        double contrast = lowest * pow(highest / lowest, (double)i / STEPS);

        add_point(csv, curve, "fitted", contrast,
                  lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_WEIBULL, curve->guess, &curve->fit,
                                            contrast),
                  none);
    }
}

enum lsn_status lsn_figure_psychometric(const struct lsn_report *report,
                                        const struct lsn_section *section, struct lsn_text *csv,
                                        struct lsn_error *err)
{
    struct shift *shifts = lsn_alloc(section->end - section->first, sizeof *shifts);
    size_t count, i;

    if (!shifts)
        return lsn_fail_memory(err, "a figure");
    count = find_shifted(report, section, shifts);
    lsn_text_add(csv,
                 "row,curve,kind,contrast,accuracy,accuracy_ci_low,accuracy_ci_high,threshold\n");
    for (i = 0; i <= count && i <= SHIFTED_MAX; i++) {
        size_t kernel = i == 0 ? section->first : shifts[i - 1].kernel;
        struct curve curve = {.report = report,
                              .section = section,
                              .kernel = kernel,
                              .row = (int)i,
                              .name = make_name(report, kernel, i == 0),
                              .guess = number(report, section, kernel, "guess")};

        curve.fit.threshold = number(report, section, kernel, i ? "threshold" : "threshold_intact");
        curve.fit.slope = number(report, section, kernel, i ? "slope" : "slope_intact");
        curve.fit.lapse = number(report, section, kernel, i ? "lapse" : "lapse_intact");
        if (curve.name)
            add_curve(csv, &curve);
        csv->failed = csv->failed || !curve.name;
        lsn_free(curve.name);
    }
    lsn_free(shifts);
    return LSN_OK;
}

/* Adds the points of a layer's kernels, side by side: x goes from row - .35 to row + .35. */
static void add_layer(struct lsn_text *csv, const struct lsn_report *report,
                      const struct lsn_section *section, size_t first, size_t end, size_t row,
                      double *values)
{
    const char *layer = report->results->layer_names[report->results->kernel_layer[first]];
    size_t fitted = 0, k;
    double median;

    for (k = first; k < end; k++) {
        double value = number(report, section, k, "threshold_shift");

        if (!isnan(value))
            values[fitted++] = value;
    }
    lsn_sort(values, fitted);
    median = lsn_median(values, fitted);
    for (k = first; k < end; k++) {
        double p = number(report, section, k, "threshold_p_max");

        if (isnan(number(report, section, k, "threshold_shift")))
            continue;
        lsn_text_add(csv, "%zu", row);
        lsn_figure_text(csv, layer);
        lsn_text_add(csv, ",%d", report->results->kernel_index[k]);
        lsn_columns_number(csv, (double)row - .35 +
                                    .7 * ((double)(k - first) + .5) / (double)(end - first));
        lsn_text_add(csv, ",%s", lsn_report_curve(report, section, k, "threshold_shift"));
        lsn_text_add(csv, ",%s", lsn_report_curve(report, section, k, "threshold_shift_ci_low"));
        lsn_text_add(csv, ",%s", lsn_report_curve(report, section, k, "threshold_shift_ci_high"));
        lsn_columns_number(csv, median);
        lsn_text_add(csv, ",%d\n", p < LSN_REPORT_P);
    }
}

enum lsn_status lsn_figure_thresholds(const struct lsn_report *report,
                                      const struct lsn_section *section, struct lsn_text *csv,
                                      struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    double *values = lsn_alloc(section->end - section->first, sizeof *values);
    size_t first, end, row = 0;

    if (!values)
        return lsn_fail_memory(err, "a figure");
    lsn_text_add(csv, "row,layer,kernel,x,shift,shift_ci_low,shift_ci_high,median,significant\n");
    for (first = section->first; first < section->end; first = end) {
        for (end = first; end < section->end; end++)
            if (r->kernel_layer[end] != r->kernel_layer[first])
                break;
        add_layer(csv, report, section, first, end, row++, values);
    }
    lsn_free(values);
    return LSN_OK;
}
