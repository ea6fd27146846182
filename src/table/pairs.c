/* The table of pairs: what lesioning two kernels together costs, beside the sum of what each costs
 * when lesioned alone. */
#include "lesion/pairs.h"

#include "base/error.h"
#include "base/options.h"
#include "lesion/stats.h"
#include "table/columns.h"
#include "table/interacting.h"

/* Sets q of one measure, over all pairs. p and q [count] are buffers. */
static enum lsn_status find_q(struct lsn_interaction *pairs, size_t count, double *p, double *q,
                              struct lsn_error *err)
{
    size_t i;

    for (i = 0; i < count; i++)
        p[i] = pairs[i].p;
    LSN_TRY(lsn_q_values(p, count, q, err));
    for (i = 0; i < count; i++)
        pairs[i].q = q[i];
    return LSN_OK;
}

static void add_kernel(struct lsn_text *text, const struct lsn_results *r, size_t k)
{
    lsn_text_add_csv(text, r->layer_names[r->kernel_layer[k]]);
    lsn_text_add(text, ",%d,%d", r->kernel_layer[k], r->kernel_index[k]);
}

static void add_row(struct lsn_text *text, const struct lsn_interactions *w, int c, size_t i)
{
    const struct lsn_results *r = w->results;
    const size_t *alone = w->sets->alone + i * w->sets->size, both = w->sets->together[i];
    int m;

    add_kernel(text, r, alone[0]);
    lsn_text_add(text, ",");
    add_kernel(text, r, alone[1]);
    lsn_columns_lesion(text, &r->lesions[r->kernel_lesion[both]]);
    lsn_columns_condition(text, &r->conditions[c]);
    lsn_columns_accuracy(text, r->complete_images, &w->intact, &w->tallies[both]);
    lsn_columns_measures(text, r->complete_images, &w->intact, &w->tallies[both]);
    for (m = 0; m < LSN_MEASURES; m++) {
        lsn_columns_number(text, lsn_interactions_drop(w, alone[0], m));
        lsn_columns_number(text, lsn_interactions_drop(w, alone[1], m));
        lsn_interaction_add(text, &w->of[m][i], w->sets->size, r->complete_images, m);
    }
    lsn_text_add(text, "\n");
}

#define COLUMNS(m) m "drop_a," m "drop_b," LSN_INTERACTION_COLUMNS(m)

static enum lsn_status add_rows(struct lsn_text *text, struct lsn_interactions *w,
                                struct lsn_error *err)
{
    size_t i;
    int c, m;

    lsn_text_add(
        text, "layer_a,layer_index_a,kernel_a,layer_b,layer_index_b,kernel_b,lesion," LSN_CONDITION
              "," LSN_COLUMNS_ACCURACY "," LSN_COLUMNS_MEASURES
              "," COLUMNS("") "," COLUMNS("loss_") "," COLUMNS("margin_") "\n");
    for (c = 0; c < w->results->condition_count; c++) {
        LSN_TRY(lsn_interactions_measure(w, c, err));
        for (m = 0; m < LSN_MEASURES; m++)
            LSN_TRY(find_q(w->of[m], w->sets->count, w->numbers, w->scores, err));
        for (i = 0; i < w->sets->count; i++)
            add_row(text, w, c, i);
    }
    return LSN_OK;
}

enum lsn_status lsn_pairs_write(const char *path, bool force, const struct lsn_results *results,
                                const struct lsn_table_options *given, struct lsn_error *err)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_interactions interactions = {.sets = NULL};
    struct lsn_interacting pairs;
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("table", &options, given, err));
    LSN_TRY(lsn_results_check(results, 0, err));
    status = lsn_interacting_find(results, 2, &pairs, err);
    if (status == LSN_OK && pairs.count == 0)
        status = lsn_fail(err, LSN_E_ARGUMENT,
                          "a table of pairs: the results have no two kernels that are lesioned "
                          "together and each alone");
    if (status == LSN_OK)
        status = lsn_interactions_create(results, &options, &pairs, &interactions, err);
    if (status == LSN_OK)
        status = add_rows(&text, &interactions, err);
    lsn_interactions_free(&interactions);
    lsn_interacting_free(&pairs);
    return lsn_columns_write(path, force, &text, status, err);
}
