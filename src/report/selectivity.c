/* The data of the figures of selectivity: how many images each kernel's lesion loses at low
 * contrast, of those right at both contrasts when intact, against how many its importance predicts
 * or how many it loses at high contrast. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/distribution.h"
#include "report/report.h"

/* So many kernels, the most selective, are named in the figure; so many have their intervals
 * shown. */
#define LABELS_MAX    12
#define INTERVALS_MAX 20

const struct lsn_measure lsn_measures[LSN_MEASURES] = {
    {LSN_MEASURE_BEYOND, "selectivity_beyond", "beyond_p_max", "lost_predicted"},
    {LSN_MEASURE_LOST, "lost_selectivity", "lost_p_max", "both_lost_high"},
};

const struct lsn_measure *lsn_report_measure(const struct lsn_report *report,
                                             const struct lsn_section *section)
{
    int i;

    for (i = 0; section->compared && i < LSN_MEASURES; i++)
        if (lsn_report_selectivity(report, section, section->first, lsn_measures[i].value)[0])
            return &lsn_measures[i];
    return NULL;
}

bool lsn_report_is_selective(const struct lsn_report *report, const struct lsn_section *section,
                             const struct lsn_measure *measure, size_t kernel)
{
    return lsn_report_number(lsn_report_selectivity(report, section, kernel, measure->p_max)) <
               LSN_REPORT_P &&
           lsn_report_number(lsn_report_selectivity(report, section, kernel, measure->value)) > 0;
}

/* A kernel in the figure; kernels with the same images lost share a mark. */
struct spot {
    const char *lost, *beside; /* the cells: lost at low contrast, and the measure's */
    double p_max, value;
    size_t kernel;
    bool selective, labelled;
};

static int compare_numbers(const char *left, const char *right)
{
    double a = lsn_report_number(left), b = lsn_report_number(right);

    return (a > b) - (a < b);
}

static int by_place(const void *left, const void *right)
{
    const struct spot *a = left, *b = right;
    int order = compare_numbers(a->lost, b->lost);

    if (!order)
        order = compare_numbers(a->beside, b->beside);
    return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

static int by_selectivity(const void *left, const void *right)
{
    const struct spot *a = left, *b = right;
    int order = b->selective - a->selective;

    if (!order)
        order = (a->p_max > b->p_max) - (a->p_max < b->p_max);
    if (!order)
        order = (a->value < b->value) - (a->value > b->value);
    return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

static struct spot *make_spots(const struct lsn_report *report, const struct lsn_section *section,
                               const struct lsn_measure *measure)
{
    size_t count = section->end - section->first, i;
    struct spot *spots = lsn_alloc(count, sizeof *spots);

    for (i = 0; spots && i < count; i++) {
        size_t k = section->first + i;

        spots[i] = (struct spot){
            lsn_report_selectivity(report, section, k, "both_lost_low"),
            lsn_report_selectivity(report, section, k, measure->beside),
            lsn_report_number(lsn_report_selectivity(report, section, k, measure->p_max)),
            lsn_report_number(lsn_report_selectivity(report, section, k, measure->value)),
            k,
            lsn_report_is_selective(report, section, measure, k),
            false};
    }
    return spots;
}

static void add_label(struct lsn_text *label, const struct lsn_report *report, size_t kernel)
{
    const struct lsn_results *r = report->results;

    lsn_text_add(label, "%s%s %d", label->length ? ", " : "",
                 r->layer_names[r->kernel_layer[kernel]], r->kernel_index[kernel]);
}

/* Adds one mark, which the kernels spots [count] share as they lose the same numbers of images. */
static bool add_place(struct lsn_text *csv, const struct lsn_report *report,
                      const struct lsn_section *section, const struct spot *spots, size_t count)
{
    struct lsn_text label = {0};
    size_t selective = 0, labelled = 0, i;
    bool fine;

    for (i = 0; i < count; i++) {
        selective += spots[i].selective;
        if (spots[i].labelled) {
            add_label(&label, report, spots[i].kernel);
            labelled++;
        }
    }
    lsn_text_add(csv, "%s,%s",
                 lsn_report_selectivity(report, section, spots[0].kernel, "contrast_low"),
                 lsn_report_selectivity(report, section, spots[0].kernel, "contrast_high"));
    lsn_text_add(csv, ",%s,%s,%s,%zu,%zu,%zu",
                 lsn_report_selectivity(report, section, spots[0].kernel, "both"), spots[0].lost,
                 spots[0].beside, count, selective, labelled);
    lsn_figure_text(csv, label.bytes ? label.bytes : "");
    lsn_text_add(csv, "\n");
    fine = !label.failed;
    lsn_text_free(&label);
    return fine;
}

enum lsn_status lsn_figure_selectivity(const struct lsn_report *report,
                                       const struct lsn_section *section, struct lsn_text *csv,
                                       struct lsn_error *err)
{
    const struct lsn_measure *measure = lsn_report_measure(report, section);
    size_t count = section->end - section->first, first, end, i;
    struct spot *spots = make_spots(report, section, measure);
    bool fine = spots;

    if (!spots)
        return lsn_fail_memory(err, "a figure");
    qsort(spots, count, sizeof *spots, by_selectivity);
    for (i = 0; i < count && i < LABELS_MAX; i++)
        spots[i].labelled = spots[i].selective;
    qsort(spots, count, sizeof *spots, by_place);
    lsn_text_add(csv,
                 "contrast_low,contrast_high,both,both_lost_low,%s,kernels,selective,labelled,"
                 "label\n",
                 measure->beside);
    for (first = 0; first < count; first = end) {
        for (end = first; end < count; end++)
            if (strcmp(spots[end].lost, spots[first].lost) != 0 ||
                strcmp(spots[end].beside, spots[first].beside) != 0)
                break;
        fine = add_place(csv, report, section, spots + first, end - first) && fine;
    }
    lsn_free(spots);
    return fine ? LSN_OK : lsn_fail_memory(err, "a figure");
}

static int by_value(const void *left, const void *right)
{
    const struct spot *a = left, *b = right;
    int order = (a->value < b->value) - (a->value > b->value);

    if (!order)
        order = (a->p_max > b->p_max) - (a->p_max < b->p_max);
    return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

enum lsn_status lsn_figure_intervals(const struct lsn_report *report,
                                     const struct lsn_section *section, struct lsn_text *csv,
                                     struct lsn_error *err)
{
    static const char *const columns[] = {"contrast_low",
                                          "contrast_high",
                                          "both",
                                          "lost_selectivity",
                                          "lost_selectivity_ci_low",
                                          "lost_selectivity_ci_high",
                                          "relative_selectivity",
                                          "relative_selectivity_ci_low",
                                          "relative_selectivity_ci_high"};
    const struct lsn_results *r = report->results;
    struct spot *spots = make_spots(report, section, &lsn_measures[LSN_MEASURE_LOST]);
    size_t count = section->end - section->first, i, c;

    if (!spots)
        return lsn_fail_memory(err, "a figure");
    qsort(spots, count, sizeof *spots, by_value);
    lsn_text_add(csv, "rank,layer,kernel,selective");
    for (c = 0; c < sizeof columns / sizeof columns[0]; c++)
        lsn_text_add(csv, ",%s", columns[c]);
    lsn_text_add(csv, "\n");
    for (i = 0; i < count && i < INTERVALS_MAX; i++) {
        size_t k = spots[i].kernel;

        lsn_text_add(csv, "%zu", i + 1);
        lsn_figure_text(csv, r->layer_names[r->kernel_layer[k]]);
        lsn_text_add(csv, ",%d,%d", r->kernel_index[k], spots[i].selective);
        for (c = 0; c < sizeof columns / sizeof columns[0]; c++)
            lsn_text_add(csv, ",%s", lsn_report_selectivity(report, section, k, columns[c]));
        lsn_text_add(csv, "\n");
    }
    lsn_free(spots);
    return LSN_OK;
}

enum lsn_status lsn_figure_profile(const struct lsn_report *report,
                                   const struct lsn_section *section, struct lsn_text *csv,
                                   struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    const struct lsn_measure *measure = lsn_report_measure(report, section);
    double *values = lsn_alloc(section->end - section->first, sizeof *values);
    size_t first, end, row = 0;

    if (!values)
        return lsn_fail_memory(err, "a figure");
    lsn_text_add(csv, "row,layer,contrast_low,contrast_high,measure," LSN_SPREAD "\n");
    for (first = section->first; first < section->end; first = end) {
        for (end = first; end < section->end; end++) {
            if (r->kernel_layer[end] != r->kernel_layer[first])
                break;
            values[end - first] =
                lsn_report_number(lsn_report_selectivity(report, section, end, measure->value));
        }
        lsn_text_add(csv, "%zu", row++);
        lsn_figure_text(csv, r->layer_names[r->kernel_layer[first]]);
        lsn_text_add(
            csv, ",%s,%s,%s", lsn_report_selectivity(report, section, first, "contrast_low"),
            lsn_report_selectivity(report, section, first, "contrast_high"), measure->value);
        lsn_report_distribution(csv, values, end - first);
    }
    lsn_free(values);
    return LSN_OK;
}
