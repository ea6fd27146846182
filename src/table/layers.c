/* The table of layers: mean, median, largest and inequality of the drops of a layer's kernels. */
#include "lesion/table.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/stats.h"
#include "table/columns.h"
#include "table/tally.h"

#define TOP 5 /* top5_share: what the 5 largest of a layer's drops are of their sum */

/* The kernels of one layer under one lesion, first ... end-1: what a row is of. */
struct span {
    size_t first, end;
    double *squares; /* [conditions] sum over images of (lost - gained)^2, the kernels' counts */
};

struct rows {
    const struct lsn_results *results;
    struct lsn_tallies tallies;
    struct span *spans; /* [count] */
    size_t count;
    double *squares;              /* [count][conditions], the spans' */
    double *drops;                /* [kernels] scratch */
    struct lsn_outcome *intact;   /* [conditions] */
    struct lsn_outcome *lesioned; /* [conditions][kernels] */
    uint8_t *same;                /* [conditions][kernels] */
};

/* The interval of a layer's mean drop, whose kernels' drops are drops [kernels] on n images. Its
 * variance has two parts: over images, of their means over the kernels; and, where the kernels are
 * a sample of `from`, over kernels, of a finite population (Cochran, Sampling Techniques, 1977,
 * section 2.6). What a kernel and an image have together is in both: the interval is a little wide
 * rather than narrow. Unknown where all kernels of a sample have the same drop, which says nothing
 * of how much the others may differ. */
static struct lsn_interval find_interval(const double *drops, size_t kernels, size_t from,
                                         double mean, double squares, double n)
{
    struct lsn_variance variances[2] = {{(double)NAN, 0}, {0, 0}};
    double k = (double)kernels, deviations = 0;
    struct lsn_interval interval;
    size_t i;

    if (n > 1)
        variances[0] = (struct lsn_variance){
            fmax(squares / (k * k) - n * mean * mean, 0) / (n - 1) / n, (size_t)n - 1};
    for (i = 0; i < kernels; i++)
        deviations += (drops[i] - mean) * (drops[i] - mean);
    if (from > kernels && drops[0] < drops[kernels - 1])
        variances[1] =
            (struct lsn_variance){(1 - k / (double)from) * deviations / (k - 1) / k, kernels - 1};
    else if (from > kernels)
        variances[1].value = (double)NAN;
    interval = lsn_variance_interval(mean, variances, 2, LSN_TABLE_LEVEL);
    return (struct lsn_interval){interval.low < -1 ? -1 : interval.low,
                                 interval.high > 1 ? 1 : interval.high};
}

/* Adds the row of a span at condition c. */
static void add_row(struct lsn_text *text, const struct rows *rows, const struct span *span,
                    size_t c)
{
    const struct lsn_results *r = rows->results;
    const struct lsn_tallies *tallies = &rows->tallies;
    size_t first = span->first, end = span->end;
    double *drops = rows->drops;
    const struct lsn_tally *lesioned = tallies->lesioned + c * r->kernel_count;
    const double *q = tallies->q + c * r->kernel_count;
    double n = r->complete_images ? (double)r->complete_images : 1, sum = 0;
    size_t kernels = end - first, best = first, significant = 0, k;
    struct lsn_interval interval;
    int layer = r->kernel_layer[first];

    for (k = first; k < end; k++) {
        double drop = ((double)lesioned[k].lost - (double)lesioned[k].gained) / n;

        if (drop > drops[best - first])
            best = k;
        drops[k - first] = drop;
        sum += drop;
        significant += q[k] < LSN_TABLE_Q;
    }
    lsn_sort(drops, kernels);
    lsn_text_add_csv(text, r->layer_names[r->kernel_layer[first]]);
    lsn_text_add(text, ",%d", r->kernel_layer[first]);
    lsn_columns_lesion(text, &r->lesions[r->kernel_lesion[first]]);
    lsn_columns_condition(text, &r->conditions[c]);
    lsn_text_add(text, ",%zu,%zu", kernels, r->complete_images);
    lsn_columns_number(text, sum / (double)kernels);
    lsn_columns_number(text, lsn_median(drops, kernels));
    lsn_columns_number(text, drops[kernels - 1]);
    lsn_text_add(text, ",%d,%zu", r->kernel_index[best], significant);
    lsn_columns_number(text, (double)significant / (double)kernels);
    lsn_columns_number(text, lsn_gini(drops, NULL, kernels));
    lsn_columns_number(text, lsn_top_share(drops, kernels, TOP));
    lsn_text_add(text, r->sampled_from ? ",%d" : ",", r->sampled_from ? r->sampled_from[layer] : 0);
    interval = find_interval(drops, kernels, r->sampled_from ? (size_t)r->sampled_from[layer] : 0,
                             sum / (double)kernels, span->squares[c], (double)r->complete_images);
    lsn_columns_number(text, interval.low);
    lsn_columns_number(text, interval.high);
    lsn_text_add(text, "\n");
}

/* Finds the spans, and makes room for what is computed of them. */
static enum lsn_status prepare(struct rows *rows, struct lsn_error *err)
{
    const struct lsn_results *r = rows->results;
    size_t conditions = (size_t)r->condition_count, kernels = r->kernel_count, cells, first, end;

    if (!lsn_mul_size(conditions, kernels, &cells))
        return lsn_fail_memory(err, "a table");
    rows->spans = lsn_alloc(kernels, sizeof *rows->spans);
    rows->squares = lsn_alloc(cells, sizeof *rows->squares);
    rows->drops = lsn_alloc(kernels, sizeof *rows->drops);
    rows->intact = lsn_alloc(conditions, sizeof *rows->intact);
    rows->lesioned = lsn_alloc(cells, sizeof *rows->lesioned);
    rows->same = lsn_alloc(cells, 1);
    if (!rows->spans || !rows->squares || !rows->drops || !rows->intact || !rows->lesioned ||
        !rows->same)
        return lsn_fail_memory(err, "a table");
    for (first = 0; first < kernels; first = end) {
        end = lsn_layer_end(r, first);
        rows->spans[rows->count++] = (struct span){first, end, rows->squares + first * conditions};
    }
    return LSN_OK;
}

/* Adds an image to the spans' squares. */
static void add_image(struct rows *rows)
{
    const struct lsn_results *r = rows->results;
    size_t c, k, i;

    for (i = 0; i < rows->count; i++)
        for (c = 0; c < (size_t)r->condition_count; c++) {
            const struct lsn_outcome *lesioned = rows->lesioned + c * r->kernel_count;
            bool right = rows->intact[c].rank == 1;
            double sum = 0;

            for (k = rows->spans[i].first; k < rows->spans[i].end; k++)
                sum += (double)right - (double)(lesioned[k].rank == 1);
            rows->spans[i].squares[c] += sum * sum;
        }
}

static enum lsn_status make(struct rows *rows, struct lsn_text *text, struct lsn_error *err)
{
    const struct lsn_results *r = rows->results;
    size_t image, i, c;

    LSN_TRY(prepare(rows, err));
    LSN_TRY(lsn_tallies_make(r, r->complete_images, &rows->tallies, err));
    LSN_TRY(lsn_tallies_test(r, &rows->tallies, err));
    for (image = 0; image < r->complete_images; image++) {
        LSN_TRY(lsn_results_read(r, image, rows->intact, rows->lesioned, rows->same, err));
        add_image(rows);
    }
    lsn_text_add(text, "layer,layer_index,lesion," LSN_CONDITION
                       ",kernels,images,mean_drop,median_drop,max_drop,"
                       "max_kernel,significant,significant_share,gini,top5_share," LSN_SAMPLED_FROM
                       ",mean_drop_ci_low,mean_drop_ci_high\n");
    for (i = 0; i < rows->count; i++)
        for (c = 0; c < (size_t)r->condition_count; c++)
            add_row(text, rows, &rows->spans[i], c);
    return LSN_OK;
}

enum lsn_status lsn_table_write_layers(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err)
{
    struct rows rows = {.results = results};
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_error_clear(err);
    status = make(&rows, &text, err);
    lsn_tallies_free(&rows.tallies);
    lsn_free(rows.spans);
    lsn_free(rows.squares);
    lsn_free(rows.drops);
    lsn_free(rows.intact);
    lsn_free(rows.lesioned);
    lsn_free(rows.same);
    return lsn_columns_write(path, force, &text, status, err);
}
