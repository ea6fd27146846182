/* What the figures of selectivity show: what kernels cost at low contrast beside high. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/report.h"
#include "report/spread.h"

/* Kernels that are named in the figure, the most selective. */
#define LABELS_MAX 12

/* A kernel in the figure; kernels with the same drops share a mark. */
struct spot {
    const char *low, *high; /* the cells of both drops */
    double p_max, selectivity;
    size_t kernel;
    bool labelled;
};

static int by_place(const void *left, const void *right)
{
    const struct spot *a = left, *b = right;
    double low = lsn_report_number(a->low) - lsn_report_number(b->low);
    double high = lsn_report_number(a->high) - lsn_report_number(b->high);
    int order = (low > 0) - (low < 0);

    if (!order)
        order = (high > 0) - (high < 0);
    return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

static int by_selectivity(const void *left, const void *right)
{
    const struct spot *a = left, *b = right;
    double x = fabs(a->selectivity), y = fabs(b->selectivity);
    int order = (a->p_max > b->p_max) - (a->p_max < b->p_max);

    if (!order)
        order = (x < y) - (x > y);
    return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

static struct spot *make_spots(const struct lsn_report *report, const struct lsn_section *section)
{
    size_t count = section->end - section->first, i;
    struct spot *spots = lsn_alloc(count, sizeof *spots);

    for (i = 0; spots && i < count; i++) {
        size_t k = section->first + i;

        spots[i] = (struct spot){
            lsn_report_selectivity(report, section, k, "drop_low"),
            lsn_report_selectivity(report, section, k, "drop_high"),
            lsn_report_number(lsn_report_selectivity(report, section, k, "p_max")),
            lsn_report_number(lsn_report_selectivity(report, section, k, "selectivity")),
            k,
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

/* Spots first ... end-1 lie on one place. */
static bool add_place(struct lsn_text *csv, const struct lsn_report *report,
                      const struct lsn_section *section, const struct spot *spots, size_t count)
{
    struct lsn_text label = {0};
    size_t significant = 0, labelled = 0, i;
    bool fine;

    for (i = 0; i < count; i++) {
        significant += spots[i].p_max < LSN_REPORT_P;
        if (spots[i].labelled) {
            add_label(&label, report, spots[i].kernel);
            labelled++;
        }
    }
    lsn_text_add(csv, "%s,%s",
                 lsn_report_selectivity(report, section, spots[0].kernel, "contrast_low"),
                 lsn_report_selectivity(report, section, spots[0].kernel, "contrast_high"));
    lsn_text_add(csv, ",%s,%s,%zu,%zu,%zu", spots[0].low, spots[0].high, count, significant,
                 labelled);
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
    size_t count = section->end - section->first, first, end, i;
    struct spot *spots = make_spots(report, section);
    bool fine = spots;

    if (!spots)
        return lsn_fail_memory(err, "a figure");
    qsort(spots, count, sizeof *spots, by_selectivity);
    for (i = 0; i < count && i < LABELS_MAX; i++)
        spots[i].labelled = spots[i].p_max < LSN_REPORT_P;
    qsort(spots, count, sizeof *spots, by_place);
    lsn_text_add(
        csv, "contrast_low,contrast_high,drop_low,drop_high,kernels,significant,labelled,label\n");
    for (first = 0; first < count; first = end) {
        for (end = first; end < count; end++)
            if (strcmp(spots[end].low, spots[first].low) != 0 ||
                strcmp(spots[end].high, spots[first].high) != 0)
                break;
        fine = add_place(csv, report, section, spots + first, end - first) && fine;
    }
    lsn_free(spots);
    return fine ? LSN_OK : lsn_fail_memory(err, "a figure");
}

enum lsn_status lsn_figure_profile(const struct lsn_report *report,
                                   const struct lsn_section *section, struct lsn_text *csv,
                                   struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    double *values = lsn_alloc(section->end - section->first, sizeof *values);
    size_t first, end, row = 0;

    if (!values)
        return lsn_fail_memory(err, "a figure");
    lsn_text_add(csv, "row,layer,contrast_low,contrast_high," LSN_SPREAD "\n");
    for (first = section->first; first < section->end; first = end) {
        for (end = first; end < section->end; end++) {
            if (r->kernel_layer[end] != r->kernel_layer[first])
                break;
            values[end - first] =
                lsn_report_number(lsn_report_selectivity(report, section, end, "selectivity"));
        }
        lsn_text_add(csv, "%zu", row++);
        lsn_figure_text(csv, r->layer_names[r->kernel_layer[first]]);
        lsn_text_add(csv, ",%s,%s", lsn_report_selectivity(report, section, first, "contrast_low"),
                     lsn_report_selectivity(report, section, first, "contrast_high"));
        lsn_report_spread(csv, values, end - first);
    }
    lsn_free(values);
    return LSN_OK;
}
