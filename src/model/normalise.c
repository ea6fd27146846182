#include "model/normalise.h"

#include <string.h>

#include "base/memory.h"
#include "model/model.h"
#include "model/ops.h"

/* Finds the node that the normalisation names, and checks that it can be normalised. */
static enum lsn_status find_node(const struct lsn_graph *graph,
                                 const struct lsn_normalisation *normalisation, int *node,
                                 struct lsn_error *err)
{
    char text[LSN_NORMALISATION_TEXT_MAX];

    lsn_normalisation_text(normalisation, text);
    *node = lsn_graph_find(graph, normalisation->node);
    if (*node < 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation %.200s: the network has no node '%.200s'; lesion info names "
                        "them",
                        text, normalisation->node);
    if (*node == 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation %.200s: the node is the image: use it on the stimulus, "
                        "without @%.200s",
                        text, normalisation->node);
    if (*node == graph->count - 1)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation %.200s: nothing reads the node, it is the network's output",
                        text);
    if (normalisation->kind == LSN_NORMALISATION_POOL && graph->nodes[*node].op != LSN_OP_MAX_POOL)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation %.200s: the node is a %s, wanted a MaxPool", text,
                        lsn_op_def(graph->nodes[*node].op)->name);
    return LSN_OK;
}

enum lsn_status lsn_normalisation_check(const struct lsn_normalisation *normalisation,
                                        const struct lsn_model *model, struct lsn_error *err)
{
    int node;

    lsn_error_clear(err);
    return normalisation->node[0] ? find_node(&model->graph, normalisation, &node, err) : LSN_OK;
}

/* A copy of base's node in the new graph, where nodes from number `inserted` on are one further
 * back: whoever read the normalised node, number inserted - 1, reads the Normalise node. */
static enum lsn_status copy_node(const struct lsn_node *base, int inserted, struct lsn_node *node,
                                 struct lsn_error *err)
{
    int i;

    *node = *base;
    node->lends = true;
    node->inputs = lsn_alloc((size_t)base->input_count, sizeof *node->inputs);
    if (!node->inputs)
        return lsn_fail_memory(err, "a normalised network");
    for (i = 0; i < base->input_count; i++)
        node->inputs[i] = base->inputs[i] + (base->inputs[i] >= inserted - 1);
    return LSN_OK;
}

/* The node that normalises the activation of node number `of`. */
static enum lsn_status make_node(const struct lsn_normalisation *normalisation, int of,
                                 struct lsn_shape shape, struct lsn_node *node,
                                 struct lsn_error *err)
{
    static const enum lsn_normalise_kind kinds[] = {
        [LSN_NORMALISATION_GLOBAL] = LSN_NORMALISE_GLOBAL,
        [LSN_NORMALISATION_LOCAL] = LSN_NORMALISE_LOCAL,
        [LSN_NORMALISATION_DIVISIVE] = LSN_NORMALISE_DIVISIVE,
    };
    char text[LSN_NORMALISATION_TEXT_MAX];

    lsn_normalisation_text(normalisation, text);
    *node = lsn_node_default(LSN_OP_NORMALISE);
    node->shape = shape;
    node->attributes.normalise =
        (struct lsn_normalise){kinds[normalisation->kind], normalisation->sigma_px,
                               normalisation->half, normalisation->power, false};
    return lsn_node_set(node, text, &of, 1, err);
}

enum lsn_status lsn_graph_normalise(const struct lsn_graph *base,
                                    const struct lsn_normalisation *normalisation,
                                    struct lsn_graph *graph, int *inserted, struct lsn_error *err)
{
    bool pools = normalisation->kind == LSN_NORMALISATION_POOL;
    int of, i;

    *graph = (struct lsn_graph){.count = 0};
    LSN_TRY(find_node(base, normalisation, &of, err));
    graph->nodes = lsn_alloc((size_t)base->count + 1, sizeof *graph->nodes);
    if (!graph->nodes)
        return lsn_fail_memory(err, "a normalised network");
    graph->capacity = (size_t)base->count + 1;
    *inserted = pools ? base->count : of + 1;
    for (i = 0; i < base->count; i++) {
        LSN_TRY(copy_node(&base->nodes[i], *inserted, &graph->nodes[graph->count++], err));
        if (pools && i == of)
            graph->nodes[i].op = LSN_OP_CONTRAST_POOL;
        if (!pools && i == of)
            LSN_TRY(make_node(normalisation, of, base->nodes[of].shape,
                              &graph->nodes[graph->count++], err));
    }
    return LSN_OK;
}
