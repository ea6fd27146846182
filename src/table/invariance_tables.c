/* The tables of `lesion invariance`: how similar each node's activations at a condition are to
 * those at full contrast. */
#include "lesion/invariance.h"

#include <math.h>

#include "table/columns.h"

#define NODE "node,op,node_index"

/* Adds sum / divisor as a cell with a comma before it, empty where divisor is 0. */
static void add_quotient(struct lsn_text *text, double sum, double divisor)
{
    lsn_columns_number(text, divisor > 0 ? sum / divisor : (double)NAN);
}

/* Adds the cells of the columns NODE. */
static void add_node(struct lsn_text *text, const struct lsn_node_info *info, int node)
{
    lsn_text_add_csv(text, info->name);
    lsn_columns_text(text, info->op);
    lsn_text_add(text, ",%d", node);
}

/* Returns the sums over a node's kernels at one condition. */
static struct lsn_kernel_invariance add_up(const struct lsn_kernel_invariance *kernels,
                                           size_t count)
{
    struct lsn_kernel_invariance sum = {0};
    size_t k;

    for (k = 0; k < count; k++) {
        sum.space_correlation += kernels[k].space_correlation;
        sum.space_images += kernels[k].space_images;
        sum.magnitude += kernels[k].magnitude;
        sum.reference_magnitude += kernels[k].reference_magnitude;
    }
    return sum;
}

enum lsn_status lsn_invariance_write_nodes(const char *path, bool force,
                                           const struct lsn_invariance *invariance,
                                           struct lsn_error *err)
{
    size_t nodes = (size_t)invariance->node_count, kernels = invariance->first_kernel[nodes], i, c;
    const struct lsn_results *axes = invariance->axes;
    struct lsn_text text = {0};

    lsn_error_clear(err);
    lsn_text_add(&text, NODE "," LSN_CONDITION ",images,kernels,positions,space_correlation,"
                             "kernel_correlation,same_winner,relative_magnitude\n");
    for (i = 0; i < nodes; i++)
        for (c = 0; c < (size_t)axes->condition_count; c++) {
            struct lsn_node_info info = lsn_model_node(invariance->model, invariance->nodes[i]);
            const struct lsn_node_invariance *node = &invariance->node_results[c * nodes + i];
            struct lsn_kernel_invariance sum =
                add_up(invariance->kernels + c * kernels + invariance->first_kernel[i],
                       (size_t)info.shape.c);

            add_node(&text, &info, invariance->nodes[i]);
            lsn_columns_condition(&text, &axes->conditions[c]);
            lsn_text_add(&text, ",%zu,%d,%d", axes->complete_images, info.shape.c,
                         info.shape.h * info.shape.w);
            add_quotient(&text, sum.space_correlation, (double)sum.space_images);
            add_quotient(&text, node->kernel_correlation, (double)node->kernel_images);
            add_quotient(&text, (double)node->same_winner, (double)node->winners);
            add_quotient(&text, sum.magnitude, sum.reference_magnitude);
            lsn_text_add(&text, "\n");
        }
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}

/* Adds a kernel's rows, one per condition. at: the kernel's index among all chosen nodes' kernels;
 * kernel: its number within the node. */
static void add_kernel_rows(struct lsn_text *text, const struct lsn_invariance *invariance,
                            int node, size_t at, int kernel)
{
    size_t kernels = invariance->first_kernel[invariance->node_count], c;
    struct lsn_node_info info = lsn_model_node(invariance->model, node);
    const struct lsn_results *axes = invariance->axes;

    for (c = 0; c < (size_t)axes->condition_count; c++) {
        const struct lsn_kernel_invariance *sum = &invariance->kernels[c * kernels + at];

        add_node(text, &info, node);
        lsn_text_add(text, ",%d", kernel);
        lsn_columns_condition(text, &axes->conditions[c]);
        lsn_text_add(text, ",%zu,%zu", axes->complete_images, sum->space_images);
        add_quotient(text, sum->space_correlation, (double)sum->space_images);
        add_quotient(text, sum->magnitude, sum->reference_magnitude);
        lsn_text_add(text, "\n");
    }
}

enum lsn_status lsn_invariance_write_kernels(const char *path, bool force,
                                             const struct lsn_invariance *invariance,
                                             struct lsn_error *err)
{
    struct lsn_text text = {0};
    size_t at;
    int i;

    lsn_error_clear(err);
    lsn_text_add(&text, NODE ",kernel," LSN_CONDITION
                             ",images,space_images,space_correlation,relative_magnitude\n");
    for (i = 0; i < invariance->node_count; i++)
        for (at = invariance->first_kernel[i]; at < invariance->first_kernel[i + 1]; at++)
            add_kernel_rows(&text, invariance, invariance->nodes[i], at,
                            (int)(at - invariance->first_kernel[i]));
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}
