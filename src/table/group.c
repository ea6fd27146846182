/* The table of a group: what lesioning its kernels together costs, beside the sum of what each
 * costs when lesioned alone. */
#include "lesion/group.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "lesion/stats.h"
#include "table/columns.h"
#include "table/interacting.h"

/* What is measured at one condition. */
struct measured {
    struct lsn_tally intact, together;
    struct lsn_interaction of[LSN_MEASURES];
};

/* Finds the group: the largest set. All others must be its kernels alone. */
static enum lsn_status find_group(const struct lsn_results *r, struct lsn_interacting *group,
                                  struct lsn_error *err)
{
    size_t size = 1, k;

    for (k = 0; k < r->kernel_count && r->set_start; k++)
        if (lsn_set_size(r, k) > size)
            size = lsn_set_size(r, k);
    LSN_TRY(lsn_interacting_find(r, size, group, err));
    return group->count == 1 && r->kernel_count == (size > 1 ? size + 1 : 1)
               ? LSN_OK
               : lsn_fail(err, LSN_E_ARGUMENT,
                          "a table of a group: wanted results of its kernels, all together and "
                          "each alone, and of no others");
}

static enum lsn_status measure(struct lsn_interactions *w, struct measured *conditions,
                               struct lsn_error *err)
{
    int c, m;

    for (c = 0; c < w->results->condition_count; c++) {
        LSN_TRY(lsn_interactions_measure(w, c, err));
        conditions[c].intact = w->intact;
        conditions[c].together = w->tallies[w->sets->together[0]];
        for (m = 0; m < LSN_MEASURES; m++)
            conditions[c].of[m] = w->of[m][0];
    }
    return LSN_OK;
}

/* Sets q of each measure: a group is one test at each condition, so that it is tested as often as
 * there are conditions. */
static enum lsn_status find_q(struct measured *conditions, size_t count, struct lsn_error *err)
{
    double *q = lsn_alloc(count, sizeof *q);
    enum lsn_status status = q ? LSN_OK : lsn_fail_memory(err, "a table of a group");
    size_t c;
    int m;

    for (m = 0; m < LSN_MEASURES && status == LSN_OK; m++) {
        for (c = 0; c < count; c++)
            q[c] = conditions[c].of[m].p;
        status = lsn_q_values(q, count, q, err);
        for (c = 0; c < count && status == LSN_OK; c++)
            conditions[c].of[m].q = q[c];
    }
    lsn_free(q);
    return status;
}

/* Adds the cell that names the group: its kernels as LAYER:KERNEL, with spaces between them. */
static void add_group(struct lsn_text *text, const struct lsn_results *r,
                      const struct lsn_interacting *sets)
{
    const struct lsn_kernel *kernels = r->set_kernels + r->set_start[sets->together[0]];
    struct lsn_text group = {0};
    size_t i;

    for (i = 0; i < sets->size; i++)
        lsn_text_add(&group, "%s%s:%d", i ? " " : "", r->layer_names[kernels[i].layer],
                     kernels[i].kernel);
    if (group.failed)
        text->failed = true;
    else
        lsn_text_add_csv(text, group.bytes);
    lsn_text_free(&group);
}

static void add_rows(struct lsn_text *text, const struct lsn_results *r,
                     const struct lsn_interacting *group, const struct measured *conditions)
{
    size_t images = r->complete_images;
    int c, m;

    lsn_text_add(text, "group,kernels,lesion," LSN_CONDITION "," LSN_COLUMNS_ACCURACY
                       "," LSN_COLUMNS_MEASURES "," LSN_INTERACTION_COLUMNS("") "," //
                 LSN_INTERACTION_COLUMNS("loss_") "," LSN_INTERACTION_COLUMNS("margin_") "\n");
    for (c = 0; c < r->condition_count; c++) {
        add_group(text, r, group);
        lsn_text_add(text, ",%zu", group->size);
        lsn_columns_lesion(text, &r->lesions[0]);
        lsn_columns_condition(text, &r->conditions[c]);
        lsn_columns_accuracy(text, images, &conditions[c].intact, &conditions[c].together);
        lsn_columns_measures(text, images, &conditions[c].intact, &conditions[c].together);
        for (m = 0; m < LSN_MEASURES; m++)
            lsn_interaction_add(text, &conditions[c].of[m], group->size, images, m);
        lsn_text_add(text, "\n");
    }
}

enum lsn_status lsn_group_write(const char *path, bool force, const struct lsn_results *results,
                                const struct lsn_table_options *given, struct lsn_error *err)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_interactions interactions = {.sets = NULL};
    struct measured *conditions = NULL;
    struct lsn_interacting group;
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("table", &options, given, err));
    LSN_TRY(lsn_results_check(results, 0, err));
    status = find_group(results, &group, err);
    if (status == LSN_OK)
        status = lsn_interactions_create(results, &options, &group, &interactions, err);
    if (status == LSN_OK) {
        conditions = lsn_alloc((size_t)results->condition_count, sizeof *conditions);
        status = conditions ? measure(&interactions, conditions, err)
                            : lsn_fail_memory(err, "a table of a group");
    }
    if (status == LSN_OK)
        status = find_q(conditions, (size_t)results->condition_count, err);
    if (status == LSN_OK)
        add_rows(&text, results, &group, conditions);
    lsn_free(conditions);
    lsn_interactions_free(&interactions);
    lsn_interacting_free(&group);
    return lsn_columns_write(path, force, &text, status, err);
}
