/* The tables of `lesion taylor`: first-order estimates of drops, true drops beside them, and how
 * well they agree within each layer. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/table.h"
#include "lesion/taylor.h"
#include "table/columns.h"

/* Room for the estimates and drops that are compared. */
struct compared {
    double *estimate, *drop;      /* [kernels] */
    struct lsn_weighted *scratch; /* [2 * kernels] */
};

/* Compares estimates and drops [kernel] of those of kernels first ... end-1 that were lesioned.
 * Returns how many there are. */
static size_t compare(const double *estimates, const double *drops, size_t first, size_t end,
                      const struct compared *compared, struct lsn_taylor_agreement *agreement)
{
    size_t count = 0, k;

    for (k = first; k < end; k++)
        if (!isnan(drops[k])) {
            compared->estimate[count] = estimates[k];
            compared->drop[count++] = drops[k];
        }
    agreement->correlation =
        lsn_spearman(compared->estimate, compared->drop, NULL, count, compared->scratch);
    agreement->interval = lsn_spearman_interval(agreement->correlation, count, LSN_TABLE_LEVEL);
    return count;
}

/* Adds the rows, one per condition, of kernels first ... end-1, of one lesion; layer -1: of all. */
static void add_rows(struct lsn_taylor_check *check, const struct compared *compared, size_t first,
                     size_t end, int layer)
{
    const struct lsn_taylor *t = check->taylor;
    int c;

    for (c = 0; c < t->axes->condition_count; c++) {
        struct lsn_taylor_row *row = &check->rows[check->row_count];
        size_t at = (size_t)c * t->axes->kernel_count;

        *row = (struct lsn_taylor_row){
            .lesion = t->axes->kernel_lesion[first], .layer = layer, .condition = c};
        row->kernels =
            compare(t->loss_drop + at, check->loss_drop + at, first, end, compared, &row->loss);
        (void)compare(t->margin_drop + at, check->margin_drop + at, first, end, compared,
                      &row->margin);
        check->row_count += row->kernels > 0;
    }
}

static enum lsn_status make_rows(struct lsn_taylor_check *check, struct lsn_error *err)
{
    const struct lsn_results *axes = check->taylor->axes;
    size_t kernels = axes->kernel_count, first = 0, layer, end;
    struct compared compared = {lsn_alloc(kernels, sizeof *compared.estimate),
                                lsn_alloc(kernels, sizeof *compared.drop),
                                lsn_alloc(kernels, 2 * sizeof *compared.scratch)};
    bool fine = compared.estimate && compared.drop && compared.scratch;

    while (first < kernels && fine) {
        for (end = first; end < kernels && axes->kernel_lesion[end] == axes->kernel_lesion[first];)
            end++;
        for (layer = first; layer < end; layer = lsn_layer_end(axes, layer))
            add_rows(check, &compared, layer, lsn_layer_end(axes, layer),
                     axes->kernel_layer[layer]);
        add_rows(check, &compared, first, end, -1);
        first = end;
    }
    lsn_free(compared.estimate);
    lsn_free(compared.drop);
    lsn_free(compared.scratch);
    return fine ? LSN_OK : lsn_fail_memory(err, "a comparison");
}

/* Puts the true drops of the sweep's kernels where their estimates are. Both lists are sorted by
 * lesion, layer and kernel. */
static enum lsn_status take_drops(struct lsn_taylor_check *check, const struct lsn_results *sweep,
                                  const struct lsn_tallies *tallies, struct lsn_error *err)
{
    const struct lsn_results *axes = check->taylor->axes;
    size_t kernels = axes->kernel_count, at = 0, k, c;
    double images = (double)sweep->complete_images;

    for (k = 0; k < sweep->kernel_count; k++, at++) {
        while (at < kernels && (axes->kernel_lesion[at] != sweep->kernel_lesion[k] ||
                                axes->kernel_layer[at] != sweep->kernel_layer[k] ||
                                axes->kernel_index[at] != sweep->kernel_index[k]))
            at++;
        if (at == kernels)
            return lsn_fail(err, LSN_E_ARGUMENT, "kernel %d of '%.100s' has no estimate",
                            sweep->kernel_index[k], sweep->layer_names[sweep->kernel_layer[k]]);
        for (c = 0; c < (size_t)axes->condition_count; c++) {
            struct lsn_tally_drops drops = lsn_tally_drops(
                &tallies->intact[c], &tallies->lesioned[c * sweep->kernel_count + k]);

            check->loss_drop[c * kernels + at] = drops.loss / images;
            check->margin_drop[c * kernels + at] = drops.margin / images;
        }
    }
    return LSN_OK;
}

static enum lsn_status make(struct lsn_taylor_check *check, const struct lsn_results *sweep,
                            struct lsn_error *err)
{
    const struct lsn_results *axes = check->taylor->axes;
    size_t conditions = (size_t)axes->condition_count, cells = conditions * axes->kernel_count, i;
    struct lsn_tallies tallies;
    enum lsn_status status;

    if (sweep->complete_images == 0 || sweep->complete_images != axes->complete_images ||
        sweep->condition_count != axes->condition_count ||
        sweep->lesion_count != axes->lesion_count)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a check of estimates: images, conditions and lesions are %zu, %d and %d, "
                        "those of the estimates %zu, %d and %d",
                        sweep->complete_images, sweep->condition_count, sweep->lesion_count,
                        axes->complete_images, axes->condition_count, axes->lesion_count);
    check->loss_drop = lsn_alloc(cells, sizeof *check->loss_drop);
    check->margin_drop = lsn_alloc(cells, sizeof *check->margin_drop);
    /* A row for each layer and for all together: no more than two for each kernel. */
    check->rows = lsn_alloc(cells, 2 * sizeof *check->rows);
    if (!check->loss_drop || !check->margin_drop || !check->rows)
        return lsn_fail_memory(err, "a comparison");
    for (i = 0; i < cells; i++)
        check->loss_drop[i] = check->margin_drop[i] = (double)NAN;
    LSN_TRY(lsn_tallies_make(sweep, sweep->complete_images, &tallies, err));
    status = take_drops(check, sweep, &tallies, err);
    lsn_tallies_free(&tallies);
    return status == LSN_OK ? make_rows(check, err) : status;
}

enum lsn_status lsn_taylor_check_create(const struct lsn_taylor *taylor,
                                        const struct lsn_results *sweep,
                                        struct lsn_taylor_check **check, struct lsn_error *err)
{
    enum lsn_status status;

    lsn_error_clear(err);
    *check = lsn_alloc(1, sizeof **check);
    if (!*check)
        return lsn_fail_memory(err, "a comparison");
    (*check)->taylor = taylor;
    status = make(*check, sweep, err);
    if (status != LSN_OK) {
        lsn_taylor_check_free(*check);
        *check = NULL;
    }
    return status;
}

void lsn_taylor_check_free(struct lsn_taylor_check *check)
{
    if (!check)
        return;
    lsn_free(check->loss_drop);
    lsn_free(check->margin_drop);
    lsn_free(check->rows);
    lsn_free(check);
}

enum lsn_status lsn_taylor_write(const char *path, bool force, const struct lsn_taylor *taylor,
                                 const struct lsn_taylor_check *check, struct lsn_error *err)
{
    const struct lsn_results *axes = taylor->axes;
    struct lsn_text text = {0};
    size_t k, c;

    lsn_error_clear(err);
    lsn_text_add(&text, LSN_COLUMNS_KERNEL "," LSN_CONDITION
                                           ",images,loss_drop_estimate,margin_drop_estimate,"
                                           "loss_drop,margin_drop\n");
    for (k = 0; k < axes->kernel_count; k++)
        for (c = 0; c < (size_t)axes->condition_count; c++) {
            size_t at = c * axes->kernel_count + k;

            lsn_columns_kernel(&text, axes, k);
            lsn_columns_condition(&text, &axes->conditions[c]);
            lsn_text_add(&text, ",%zu", axes->complete_images);
            lsn_columns_number(&text, taylor->loss_drop[at]);
            lsn_columns_number(&text, taylor->margin_drop[at]);
            lsn_columns_number(&text, check ? check->loss_drop[at] : (double)NAN);
            lsn_columns_number(&text, check ? check->margin_drop[at] : (double)NAN);
            lsn_text_add(&text, "\n");
        }
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}

static void add_agreement(struct lsn_text *text, const struct lsn_taylor_agreement *agreement)
{
    lsn_columns_number(text, agreement->correlation);
    lsn_columns_number(text, agreement->interval.low);
    lsn_columns_number(text, agreement->interval.high);
}

enum lsn_status lsn_taylor_write_layers(const char *path, bool force,
                                        const struct lsn_taylor_check *check, struct lsn_error *err)
{
    const struct lsn_results *axes = check->taylor->axes;
    struct lsn_text text = {0};
    size_t i;

    lsn_error_clear(err);
    lsn_text_add(&text, "layer,layer_index,lesion," LSN_CONDITION
                        ",images,kernels,loss_correlation,loss_correlation_ci_low,"
                        "loss_correlation_ci_high,margin_correlation,margin_correlation_ci_low,"
                        "margin_correlation_ci_high\n");
    for (i = 0; i < check->row_count; i++) {
        const struct lsn_taylor_row *row = &check->rows[i];

        if (row->layer < 0)
            continue;
        lsn_text_add_csv(&text, axes->layer_names[row->layer]);
        lsn_text_add(&text, ",%d", row->layer);
        lsn_columns_lesion(&text, &axes->lesions[row->lesion]);
        lsn_columns_condition(&text, &axes->conditions[row->condition]);
        lsn_text_add(&text, ",%zu,%zu", axes->complete_images, row->kernels);
        add_agreement(&text, &row->loss);
        add_agreement(&text, &row->margin);
        lsn_text_add(&text, "\n");
    }
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}
