/* The table of layers: mean, median, largest and inequality of the drops of a layer's kernels. */
#include "lesion/table.h"

#include "base/memory.h"
#include "lesion/stats.h"
#include "table/columns.h"
#include "table/tally.h"

#define TOP 5 /* top5_share: what the 5 largest of a layer's drops are of their sum */

/* Adds the row of a layer at condition c: its kernels under one lesion are first ... end-1. drops
 * [end - first] is scratch. */
static void add_row(struct lsn_text *text, const struct lsn_results *r, size_t first, size_t end,
                    size_t c, const struct lsn_tallies *tallies, double *drops)
{
    const struct lsn_tally *lesioned = tallies->lesioned + c * r->kernel_count;
    const double *q = tallies->q + c * r->kernel_count;
    double n = r->complete_images ? (double)r->complete_images : 1, sum = 0;
    size_t kernels = end - first, best = first, significant = 0, k;

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
    lsn_columns_number(text, lsn_gini(drops, kernels));
    lsn_columns_number(text, lsn_top_share(drops, kernels, TOP));
    lsn_text_add(text, "\n");
}

static void add_rows(struct lsn_text *text, const struct lsn_results *r,
                     const struct lsn_tallies *tallies, double *drops)
{
    size_t conditions = (size_t)r->condition_count, first, end, c;

    lsn_text_add(text, "layer,layer_index,lesion," LSN_CONDITION
                       ",kernels,images,mean_drop,median_drop,max_drop,"
                       "max_kernel,significant,significant_share,gini,top5_share\n");
    for (first = 0; first < r->kernel_count; first = end) {
        for (end = first + 1; end < r->kernel_count; end++)
            if (r->kernel_layer[end] != r->kernel_layer[first] ||
                r->kernel_lesion[end] != r->kernel_lesion[first])
                break;
        for (c = 0; c < conditions; c++)
            add_row(text, r, first, end, c, tallies, drops);
    }
}

enum lsn_status lsn_table_write_layers(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err)
{
    double *drops = lsn_alloc(results->kernel_count, sizeof *drops);
    struct lsn_tallies tallies = {0};
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_error_clear(err);
    status = drops ? LSN_OK : lsn_fail_memory(err, "a table");
    if (status == LSN_OK)
        status = lsn_tallies_make(results, results->complete_images, &tallies, err);
    if (status == LSN_OK)
        status = lsn_tallies_test(results, &tallies, err);
    if (status == LSN_OK)
        add_rows(&text, results, &tallies, drops);
    lsn_tallies_free(&tallies);
    lsn_free(drops);
    return lsn_columns_write(path, force, &text, status, err);
}
