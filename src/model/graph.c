#include "model/graph.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/vector.h"
#include "model/ops.h"

/* One feature map may hold this many floats (4 GiB): keeps every later size in
 * range of int and size_t arithmetic. */
#define SHAPE_ELEMENTS_MAX (1LL << 30)

size_t lsn_tensor_count(const struct lsn_tensor *tensor)
{
    size_t count = 1;
    int i;

    for (i = 0; i < tensor->rank; i++)
        count *= (size_t)tensor->dims[i];
    return count;
}

enum lsn_status lsn_tensor_vector(struct lsn_tensor *tensor, int count, struct lsn_error *err)
{
    tensor->rank = 1;
    tensor->dims[0] = count;
    tensor->data = lsn_alloc_floats((size_t)count);
    return tensor->data ? LSN_OK : lsn_fail_memory(err, "a vector of weights");
}

void lsn_tensor_free(struct lsn_tensor *tensor)
{
    lsn_free(tensor->name);
    if (!tensor->mapped)
        lsn_free(tensor->data);
    *tensor = (struct lsn_tensor){0};
}

void lsn_tensor_forget(const struct lsn_tensor *tensor, size_t first, size_t count)
{
    if (tensor->mapped)
        lsn_map_release_pages(tensor->data + first, count * sizeof *tensor->data);
}

enum lsn_status lsn_tensor_own(struct lsn_tensor *tensor, struct lsn_error *err)
{
    size_t count = lsn_tensor_count(tensor);
    float *data;

    if (!tensor->mapped)
        return LSN_OK;
    data = lsn_alloc_floats(count);
    if (!data)
        return lsn_fail_memory(err, "weights");
    memcpy(data, tensor->data, count * sizeof *data);
    lsn_tensor_forget(tensor, 0, count);
    tensor->data = data;
    tensor->mapped = false;
    return LSN_OK;
}

static void set_default(struct lsn_attributes *attributes, const struct lsn_attribute_def *def)
{
    char *field = (char *)attributes + def->offset;
    int i, count = def->type == LSN_ATTR_INT4 ? 4 : def->type == LSN_ATTR_INT2 ? 2 : 1;

    switch (def->type) {
    case LSN_ATTR_INT:
    case LSN_ATTR_INT2:
    case LSN_ATTR_INT4:
        for (i = 0; i < count; i++)
            ((int *)(void *)field)[i] = (int)def->fallback;
        break;
    case LSN_ATTR_FLOAT:
        *(float *)(void *)field = (float)def->fallback;
        break;
    case LSN_ATTR_BOOL:
        *(bool *)field = def->fallback != 0;
        break;
    case LSN_ATTR_CHANNELS:
        break;
    }
}

struct lsn_node lsn_node_default(enum lsn_op op)
{
    struct lsn_node node = {.op = op};
    const struct lsn_op_def *def = lsn_op_def(op);
    int i;

    for (i = 0; i < def->attribute_count; i++)
        set_default(&node.attributes, &def->attributes[i]);
    return node;
}

enum lsn_status lsn_node_set(struct lsn_node *node, const char *name, const int *inputs,
                             int input_count, struct lsn_error *err)
{
    node->name = lsn_strdup(name);
    node->inputs = lsn_alloc((size_t)input_count, sizeof *node->inputs);
    if (!node->name || !node->inputs)
        return lsn_fail_memory(err, "a node");
    if (input_count > 0)
        memcpy(node->inputs, inputs, (size_t)input_count * sizeof *inputs);
    node->input_count = input_count;
    return LSN_OK;
}

void lsn_node_free(struct lsn_node *node)
{
    int i;

    lsn_free(node->inputs);
    if (!node->lends) {
        lsn_free(node->name);
        lsn_free(node->layer);
        lsn_free(node->attributes.channels);
        for (i = 0; i < LSN_TENSORS_MAX; i++)
            lsn_tensor_free(&node->tensors[i]);
    }
    *node = (struct lsn_node){0};
}

static enum lsn_status append(struct lsn_graph *graph, struct lsn_node *node, struct lsn_error *err)
{
    if (!lsn_grow(&graph->nodes, &graph->capacity, (size_t)graph->count, sizeof *graph->nodes)) {
        lsn_node_free(node);
        return lsn_fail_memory(err, "a node");
    }
    graph->nodes[graph->count++] = *node;
    *node = (struct lsn_node){0};
    return LSN_OK;
}

enum lsn_status lsn_graph_start(struct lsn_graph *graph, struct lsn_shape image,
                                struct lsn_error *err)
{
    struct lsn_node node = lsn_node_default(LSN_OP_INPUT);
    enum lsn_status status = lsn_node_set(&node, "input", NULL, 0, err);

    *graph = (struct lsn_graph){0};
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    node.shape = image;
    return append(graph, &node, err);
}

int lsn_graph_find(const struct lsn_graph *graph, const char *name)
{
    int i;

    for (i = 0; i < graph->count; i++)
        if (strcmp(graph->nodes[i].name, name) == 0)
            return i;
    return -1;
}

void lsn_graph_free(struct lsn_graph *graph)
{
    int i;

    for (i = 0; i < graph->count; i++)
        lsn_node_free(&graph->nodes[i]);
    lsn_free(graph->nodes);
    lsn_maps_free(&graph->files);
    *graph = (struct lsn_graph){0};
}

static enum lsn_status check_inputs(const struct lsn_graph *graph, const struct lsn_node *node,
                                    struct lsn_error *err)
{
    const struct lsn_op_def *def = lsn_op_def(node->op);
    int i;

    if (!node->name || !node->name[0])
        return lsn_fail(err, LSN_E_MODEL, "a %s node has no name", def->name);
    if (graph->count >= LSN_NODES_MAX)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "node '%s' (%s): comes after %d nodes, the most that are supported",
                        node->name, def->name, LSN_NODES_MAX);
    if (lsn_graph_find(graph, node->name) >= 0)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): another node has the same name",
                        node->name, def->name);
    if (node->input_count < def->inputs_min || node->input_count > def->inputs_max)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): has %d input%s, needs %d%s", node->name,
                        def->name, node->input_count, lsn_plural((size_t)node->input_count),
                        def->inputs_min, def->inputs_max > def->inputs_min ? " or more" : "");
    for (i = 0; i < node->input_count; i++)
        if (node->inputs[i] < 0 || node->inputs[i] >= graph->count)
            return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): input %d is not an earlier node",
                            node->name, def->name, i);
    return LSN_OK;
}

/* Whether all values are finite: of Inf and NaN all bits of the exponent are ones. It never ends
 * early, so that the compiler can use vectors. */
LSN_VECTOR static bool are_finite(const float *values, size_t count)
{
    const uint32_t exponent = 0x7f800000u;
    uint32_t any = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &values[i], sizeof bits);
        any |= (bits & exponent) == exponent;
    }
    return !any;
}

#define BLOCK_COUNT ((size_t)1 << 18)

/* The index of the first element that is not finite; count where all are. It goes block by block
 * and gives back the memory of each, so that checking a file that is mapped does not load all of it
 * at once. */
static size_t find_not_finite(const struct lsn_tensor *tensor, size_t count)
{
    size_t first, i;

    for (first = 0; first < count; first += BLOCK_COUNT) {
        size_t block = count - first < BLOCK_COUNT ? count - first : BLOCK_COUNT;

        for (i = first; !are_finite(tensor->data + first, block) && i < first + block; i++)
            if (!isfinite(tensor->data[i]))
                return i;
        lsn_tensor_forget(tensor, first, block);
    }
    return count;
}

static enum lsn_status check_tensor(const struct lsn_node *node, int role, struct lsn_error *err)
{
    const struct lsn_op_def *def = lsn_op_def(node->op);
    const struct lsn_tensor *tensor = &node->tensors[role];
    const char *name = def->tensors[role];
    size_t i, count;

    if (!tensor->data) {
        if (role < def->tensors_required)
            return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): has no tensor '%s'", node->name,
                            def->name, name);
        return LSN_OK;
    }
    if (!name)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): has a tensor too many", node->name,
                        def->name);
    count = lsn_tensor_count(tensor);
    i = find_not_finite(tensor, count);
    if (i < count)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): element %zu of its %s is %s, not a finite number",
                        node->name, def->name, i, name, isnan(tensor->data[i]) ? "NaN" : "Inf");
    return LSN_OK;
}

static enum lsn_status check_attribute(const struct lsn_node *node,
                                       const struct lsn_attribute_def *def, struct lsn_error *err)
{
    const char *field = (const char *)&node->attributes + def->offset;
    int i, count = def->type == LSN_ATTR_INT4 ? 4 : def->type == LSN_ATTR_INT2 ? 2 : 1;

    if (def->type == LSN_ATTR_BOOL || def->type == LSN_ATTR_CHANNELS)
        return LSN_OK;
    for (i = 0; i < count; i++) {
        double value = def->type == LSN_ATTR_FLOAT ? (double)*(const float *)(const void *)field
                                                   : (double)((const int *)(const void *)field)[i];

        if (!(value >= def->low && value <= def->high))
            return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): %s is %g, must be in %g ... %g",
                            node->name, lsn_op_def(node->op)->name, def->name, value, def->low,
                            def->high);
    }
    return LSN_OK;
}

static enum lsn_status check_shape(const struct lsn_node *node, struct lsn_error *err)
{
    const struct lsn_shape *s = &node->shape;

    if (s->c < 1 || s->h < 1 || s->w < 1 || s->c > SHAPE_ELEMENTS_MAX / s->h / s->w)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): its output would be %d x %d x %d",
                        node->name, lsn_op_def(node->op)->name, s->c, s->h, s->w);
    return LSN_OK;
}

static enum lsn_status check_and_infer(const struct lsn_graph *graph, struct lsn_node *node,
                                       struct lsn_error *err)
{
    const struct lsn_op_def *def = lsn_op_def(node->op);
    struct lsn_shape *in;
    enum lsn_status status;
    int i;

    LSN_TRY(check_inputs(graph, node, err));
    for (i = 0; i < LSN_TENSORS_MAX; i++)
        LSN_TRY(check_tensor(node, i, err));
    for (i = 0; i < def->attribute_count; i++)
        LSN_TRY(check_attribute(node, &def->attributes[i], err));
    in = lsn_alloc((size_t)node->input_count, sizeof *in);
    if (!in)
        return lsn_fail_memory(err, "a node's input shapes");
    for (i = 0; i < node->input_count; i++)
        in[i] = graph->nodes[node->inputs[i]].shape;
    status = def->infer(node, in, err);
    lsn_free(in);
    if (status == LSN_OK)
        status = check_shape(node, err);
    return status;
}

enum lsn_status lsn_graph_add(struct lsn_graph *graph, struct lsn_node *node, int *index,
                              struct lsn_error *err)
{
    enum lsn_status status = check_and_infer(graph, node, err);

    if (status != LSN_OK) {
        lsn_node_free(node);
        return status;
    }
    if (index)
        *index = graph->count;
    return append(graph, node, err);
}

/* Removes the nodes not marked as kept and renumbers the inputs of the rest. */
static void compact(struct lsn_graph *graph, const bool *keep, int *renumbered)
{
    int i, j, count = 0;

    for (i = 0; i < graph->count; i++) {
        struct lsn_node *node = &graph->nodes[i];

        if (!keep[i]) {
            lsn_node_free(node);
            continue;
        }
        for (j = 0; j < node->input_count; j++)
            node->inputs[j] = renumbered[node->inputs[j]];
        renumbered[i] = count;
        graph->nodes[count++] = *node;
    }
    graph->count = count;
}

static enum lsn_status remove_unused(struct lsn_graph *graph, struct lsn_error *err)
{
    bool *keep = lsn_alloc((size_t)graph->count, sizeof *keep);
    int *renumbered = lsn_alloc((size_t)graph->count, sizeof *renumbered);
    enum lsn_status status = LSN_OK;
    int i, j;

    if (!keep || !renumbered) {
        status = lsn_fail_memory(err, "the graph");
    } else {
        keep[0] = keep[graph->count - 1] = true;
        for (i = graph->count - 1; i > 0; i--)
            for (j = 0; keep[i] && j < graph->nodes[i].input_count; j++)
                keep[graph->nodes[i].inputs[j]] = true;
        compact(graph, keep, renumbered);
    }
    lsn_free(keep);
    lsn_free(renumbered);
    return status;
}

enum lsn_status lsn_graph_finish(struct lsn_graph *graph, struct lsn_error *err)
{
    const struct lsn_node *last = &graph->nodes[graph->count - 1];

    if (last->shape.h != 1 || last->shape.w != 1 || last->shape.c < 2)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' is the network's output with shape %d x %d x %d, "
                        "wanted a vector of at least 2 logits",
                        last->name, last->shape.c, last->shape.h, last->shape.w);
    return remove_unused(graph, err);
}
