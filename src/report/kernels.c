/* The data of the figures that show single kernels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lesion/stats.h"
#include "report/report.h"
#include "table/columns.h"

/* The map of kernels has at most so many columns; more kernels share them. */
#define COLUMNS_MAX 640

/* From one point of a Lorenz curve to the next: at most a twentieth more kernels. */
#define STEPS 20

static const char *layer_of(const struct lsn_report *report, size_t kernel)
{
    return report->results->layer_names[report->results->kernel_layer[kernel]];
}

static enum lsn_status new_places(const struct lsn_section *section, struct lsn_place **places,
                                  struct lsn_error *err)
{
    *places = lsn_alloc(section->end - section->first, sizeof **places);
    return *places ? LSN_OK : lsn_fail_memory(err, "a figure");
}

static bool same_place(const struct lsn_place *a, const struct lsn_place *b)
{
    return a->drop == b->drop && a->low == b->low && a->high == b->high;
}

/* The figure of ranked drops. Of several kernels with equal drops and intervals, only the first and
 * the last are written: the line through these two passes through the others. */
enum lsn_status lsn_figure_drops(const struct lsn_report *report, const struct lsn_section *section,
                                 struct lsn_text *csv, struct lsn_error *err)
{
    size_t count = section->end - section->first, i;
    struct lsn_place *places;
    int c;

    LSN_TRY(new_places(section, &places, err));
    lsn_text_add(csv, "contrast,rank,layer,kernel,drop,drop_ci_low,drop_ci_high\n");
    for (c = 0; c < section->contrast_count; c++) {
        lsn_report_sort(report, section, c, places);
        for (i = 0; i < count; i++) {
            if (i > 0 && i + 1 < count && same_place(&places[i - 1], &places[i]) &&
                same_place(&places[i], &places[i + 1]))
                continue;
            lsn_text_add_number(csv, section->contrasts[c]);
            lsn_text_add(csv, ",%zu", i + 1);
            lsn_figure_text(csv, layer_of(report, places[i].kernel));
            lsn_text_add(csv, ",%d", report->results->kernel_index[places[i].kernel]);
            lsn_columns_number(csv, places[i].drop);
            lsn_columns_number(csv, places[i].low);
            lsn_columns_number(csv, places[i].high);
            lsn_text_add(csv, "\n");
        }
    }
    lsn_free(places);
    return LSN_OK;
}

/* Adds a Lorenz curve at one contrast. The curve is straight between corners; further points are
 * added between them, near enough for straight lines on a logarithmic axis too. Negative drops
 * count as 0, as in lsn_gini. */
static void add_lorenz(struct lsn_text *csv, double contrast, const struct lsn_place *places,
                       double *drops, size_t count)
{
    double sum = 0, part = 0, gini;
    size_t next = 0, i;

    for (i = 0; i < count; i++) {
        drops[i] = places[i].drop;
        sum += drops[i] > 0 ? drops[i] : 0;
    }
    lsn_sort(drops, count);
    gini = lsn_gini(drops, NULL, count);
    for (i = 0; i <= count && sum > 0; i++) {
        if (i > 0)
            part += places[i - 1].drop > 0 ? places[i - 1].drop : 0;
        if (i > 1 && i < count && places[i - 1].drop == places[i].drop && i < next)
            continue;
        next = i + i / STEPS + 1;
        lsn_text_add_number(csv, contrast);
        lsn_text_add(csv, ",%zu", i);
        lsn_columns_number(csv, (double)i / (double)count);
        lsn_columns_number(csv, i == count ? 1 : part / sum);
        lsn_columns_number(csv, gini);
        lsn_text_add(csv, "\n");
    }
}

enum lsn_status lsn_figure_lorenz(const struct lsn_report *report,
                                  const struct lsn_section *section, struct lsn_text *csv,
                                  struct lsn_error *err)
{
    size_t count = section->end - section->first;
    double *drops = lsn_alloc(count, sizeof *drops);
    struct lsn_place *places = NULL;
    enum lsn_status status = drops ? LSN_OK : lsn_fail_memory(err, "a figure");
    int c;

    if (status == LSN_OK)
        status = new_places(section, &places, err);
    lsn_text_add(csv, "contrast,kernels,kernel_share,drop_share,gini\n");
    for (c = 0; c < section->contrast_count && status == LSN_OK; c++) {
        lsn_report_sort(report, section, c, places);
        add_lorenz(csv, section->contrasts[c], places, drops, count);
    }
    lsn_free(places);
    lsn_free(drops);
    return status;
}

/* Sets kernels [end - first] to the section's kernels: layer after layer, within a layer by the
 * drop at the lowest contrast. */
static enum lsn_status make_order(const struct lsn_report *report,
                                  const struct lsn_section *section, size_t *kernels,
                                  struct lsn_error *err)
{
    const int *layer = report->results->kernel_layer;
    size_t count = section->end - section->first, first, end, i, at = 0;
    struct lsn_place *places;

    LSN_TRY(new_places(section, &places, err));
    for (first = section->first; first < section->end; first = end) {
        struct lsn_section part = *section;

        for (end = first; end < section->end && layer[end] == layer[first]; end++)
            ;
        part.first = first;
        part.end = end;
        lsn_report_sort(report, &part, 0, places);
        for (i = 0; i < end - first; i++)
            kernels[at++] = places[i].kernel;
    }
    lsn_free(places);
    return at == count ? LSN_OK : lsn_fail(err, LSN_E_DATA, "report: kernels out of order");
}

/* Adds one column of the map, which kernels [count] share: it shows the one that costs most. */
static void add_column(struct lsn_text *csv, const struct lsn_report *report,
                       const struct lsn_section *section, const size_t *kernels, size_t count,
                       size_t column, bool begins)
{
    size_t i;
    int c;

    for (c = 0; c < section->contrast_count; c++) {
        size_t best = kernels[0];
        double most = -HUGE_VAL;

        for (i = 0; i < count; i++) {
            double drop = lsn_report_number(
                lsn_report_cell(report, kernels[i], section->conditions[c], "top1_drop"));

            if (drop > most) {
                most = drop;
                best = kernels[i];
            }
        }
        lsn_text_add(csv, "%zu,", column);
        lsn_text_add_number(csv, section->contrasts[c]);
        lsn_figure_text(csv, layer_of(report, best));
        lsn_text_add(csv, ",%d", report->results->kernel_index[best]);
        lsn_columns_number(csv, most);
        lsn_text_add(csv, ",%zu,%d\n", count, begins);
    }
}

enum lsn_status lsn_figure_kernelmap(const struct lsn_report *report,
                                     const struct lsn_section *section, struct lsn_text *csv,
                                     struct lsn_error *err)
{
    const int *layer = report->results->kernel_layer;
    size_t count = section->end - section->first, first, end, share, column = 0;
    size_t *kernels = lsn_alloc(count, sizeof *kernels);
    enum lsn_status status =
        kernels ? make_order(report, section, kernels, err) : lsn_fail_memory(err, "a figure");
    bool begins = true;

    lsn_text_add(csv, "column,contrast,layer,kernel,drop,kernels,begins\n");
    share = (count + COLUMNS_MAX - 1) / COLUMNS_MAX;
    for (first = 0; first < count && status == LSN_OK; first = end) {
        for (end = first; end < count && end - first < share; end++)
            if (layer[kernels[end]] != layer[kernels[first]])
                break;
        add_column(csv, report, section, kernels + first, end - first, column++, begins);
        begins = end < count && layer[kernels[end]] != layer[kernels[first]];
    }
    lsn_free(kernels);
    return status;
}

/* For every kernel, the rank of its drop at each contrast and its column of the map of kernels. */
struct columns {
    size_t *rank;   /* [contrast][kernel] */
    size_t *column; /* [kernel] */
};

static enum lsn_status find_columns(const struct lsn_report *report,
                                    const struct lsn_section *section, struct columns *columns,
                                    struct lsn_error *err)
{
    const int *layer = report->results->kernel_layer;
    size_t count = section->end - section->first, share, first, end, i, column = 0;
    size_t *kernels = lsn_alloc(count, sizeof *kernels);
    struct lsn_place *places = NULL;
    enum lsn_status status =
        kernels ? make_order(report, section, kernels, err) : lsn_fail_memory(err, "the page");
    int c;

    if (status == LSN_OK)
        status = new_places(section, &places, err);
    for (c = 0; c < section->contrast_count && status == LSN_OK; c++) {
        lsn_report_sort(report, section, c, places);
        for (i = 0; i < count; i++)
            columns->rank[(size_t)c * count + (places[i].kernel - section->first)] = i + 1;
    }
    share = (count + COLUMNS_MAX - 1) / COLUMNS_MAX;
    for (first = 0; first < count && status == LSN_OK; first = end, column++)
        for (end = first;
             end < count && end - first < share && layer[kernels[end]] == layer[kernels[first]];
             end++)
            columns->column[kernels[end] - section->first] = column;
    lsn_free(places);
    lsn_free(kernels);
    return status;
}

/* The columns of the table of selectivity that the page shows. */
static const char *const tested[] = {"lost_selectivity", "lost_p_max",    "selectivity_beyond",
                                     "beyond_p_max",     "both",          "both_lost_low",
                                     "both_lost_high",   "lost_predicted"};

static void add_page_row(struct lsn_text *csv, const struct lsn_report *report,
                         const struct lsn_section *section, size_t k, const struct columns *columns)
{
    static const char *const cells[] = {"top1_drop", "top1_drop_ci_low", "top1_drop_ci_high", "q"};
    size_t count = section->end - section->first, i;
    int c;

    lsn_text_add_csv(csv, layer_of(report, k));
    lsn_text_add(csv, ",%d,%d", report->results->kernel_layer[k], report->results->kernel_index[k]);
    for (c = 0; c < section->contrast_count; c++) {
        for (i = 0; i < sizeof cells / sizeof cells[0]; i++)
            lsn_text_add(csv, ",%s", lsn_report_cell(report, k, section->conditions[c], cells[i]));
        lsn_text_add(csv, ",%zu", columns->rank[(size_t)c * count + (k - section->first)]);
    }
    for (i = 0; section->compared && i < sizeof tested / sizeof tested[0]; i++)
        lsn_text_add(csv, ",%s", lsn_report_selectivity(report, section, k, tested[i]));
    lsn_text_add(csv, ",%zu\n", columns->column[k - section->first]);
}

enum lsn_status lsn_report_rows(const struct lsn_report *report, const struct lsn_section *section,
                                struct lsn_text *csv, struct lsn_error *err)
{
    static const char *const names[] = {"drop", "drop_ci_low", "drop_ci_high", "q", "rank"};
    size_t count = section->end - section->first, k, i;
    struct columns columns = {
        lsn_alloc(count * (size_t)section->contrast_count, sizeof *columns.rank),
        lsn_alloc(count, sizeof *columns.column)};
    enum lsn_status status = columns.rank && columns.column
                                 ? find_columns(report, section, &columns, err)
                                 : lsn_fail_memory(err, "the page");
    int c;

    lsn_text_add(csv, "layer,layer_index,kernel");
    for (c = 0; c < section->contrast_count; c++)
        for (i = 0; i < sizeof names / sizeof names[0]; i++) {
            lsn_text_add(csv, ",%s@", names[i]);
            lsn_text_add_number(csv, section->contrasts[c]);
        }
    for (i = 0; section->compared && i < sizeof tested / sizeof tested[0]; i++)
        lsn_text_add(csv, ",%s", tested[i]);
    lsn_text_add(csv, ",column\n");
    for (k = section->first; k < section->end && status == LSN_OK; k++)
        add_page_row(csv, report, section, k, &columns);
    lsn_free(columns.rank);
    lsn_free(columns.column);
    return status;
}
