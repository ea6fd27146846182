#include "engine/network.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/model.h"
#include "op/gemm.h"

enum { WEIGHT, BIAS };

static struct lsn_window window_of(const struct lsn_attributes *a)
{
    return (struct lsn_window){a->kernel[0],   a->kernel[1],   a->stride[0], a->stride[1],
                               a->dilation[0], a->dilation[1], a->pads[0],   a->pads[1]};
}

static enum lsn_status prepare_conv(struct lsn_step *step, struct lsn_shape in,
                                    struct lsn_error *err)
{
    const struct lsn_node *node = step->node;
    struct lsn_conv *conv = &step->geometry.conv;

    *conv =
        (struct lsn_conv){in, node->shape, window_of(&node->attributes), node->attributes.groups};
    step->packed = lsn_alloc_floats(lsn_conv_weight_count(conv));
    if (!step->packed)
        return lsn_fail_memory(err, "packed weights");
    lsn_conv_pack(conv, node->tensors[WEIGHT].data, step->packed);
    return LSN_OK;
}

/* [c][o] from [o][c]: then a vector times it is one pass over contiguous rows. */
static enum lsn_status prepare_linear(struct lsn_step *step, struct lsn_shape in,
                                      struct lsn_error *err)
{
    const float *weight = step->node->tensors[WEIGHT].data;
    size_t c = (size_t)in.c, outputs = (size_t)step->node->shape.c, i, o;

    step->packed = lsn_alloc_floats(c * outputs);
    if (!step->packed)
        return lsn_fail_memory(err, "packed weights");
    for (o = 0; o < outputs; o++)
        for (i = 0; i < c; i++)
            step->packed[i * outputs + o] = weight[o * c + i];
    return LSN_OK;
}

static enum lsn_status prepare_step(struct lsn_network *network, const struct lsn_graph *graph,
                                    int index, struct lsn_error *err)
{
    struct lsn_step *step = &network->steps[index];
    const struct lsn_node *node = &graph->nodes[index];
    const struct lsn_attributes *a = &node->attributes;
    struct lsn_shape in = index > 0 ? graph->nodes[node->inputs[0]].shape : node->shape;
    size_t scratch;

    step->node = node;
    step->count = (size_t)node->shape.c * (size_t)node->shape.h * (size_t)node->shape.w;
    switch (node->op) {
    case LSN_OP_CONV:
        LSN_TRY(prepare_conv(step, in, err));
        scratch = lsn_conv_scratch_count(&step->geometry.conv);
        if (scratch > network->scratch_count)
            network->scratch_count = scratch;
        return LSN_OK;
    case LSN_OP_LINEAR:
        return prepare_linear(step, in, err);
    case LSN_OP_MAX_POOL:
    case LSN_OP_AVERAGE_POOL:
        step->geometry.pool = (struct lsn_pool){in,         node->shape, window_of(a),
                                                a->pads[2], a->pads[3],  a->count_include_pad};
        return LSN_OK;
    default:
        return LSN_OK;
    }
}

/* Which nodes see a change in the layer's output. */
static enum lsn_status find_affected(const struct lsn_graph *graph, struct lsn_layer *layer,
                                     struct lsn_error *err)
{
    bool *reached = lsn_alloc((size_t)graph->count, sizeof *reached);
    int i, j;

    layer->affected = lsn_alloc((size_t)graph->count, sizeof *layer->affected);
    if (!reached || !layer->affected) {
        lsn_free(reached);
        return lsn_fail_memory(err, "a layer's successors");
    }
    reached[layer->node] = true;
    for (i = layer->node; i < graph->count; i++) {
        for (j = 0; j < graph->nodes[i].input_count; j++)
            reached[i] = reached[i] || reached[graph->nodes[i].inputs[j]];
        if (reached[i])
            layer->affected[layer->affected_count++] = i;
    }
    lsn_free(reached);
    return LSN_OK;
}

static enum lsn_status prepare(struct lsn_network *network, struct lsn_error *err)
{
    const struct lsn_graph *graph = &network->model->graph;
    int i;

    network->steps = lsn_alloc((size_t)graph->count, sizeof *network->steps);
    network->layers = lsn_alloc((size_t)network->model->layer_count, sizeof *network->layers);
    if (!network->steps || !network->layers)
        return lsn_fail_memory(err, "the compiled network");
    network->step_count = graph->count;
    for (i = 0; i < graph->count; i++)
        LSN_TRY(prepare_step(network, graph, i, err));
    network->layer_count = network->model->layer_count;
    for (i = 0; i < network->layer_count; i++) {
        network->layers[i].node = network->model->layers[i];
        LSN_TRY(find_affected(graph, &network->layers[i], err));
    }
    return LSN_OK;
}

enum lsn_status lsn_network_create(const struct lsn_model *model, struct lsn_network **network,
                                   struct lsn_error *err)
{
    enum lsn_status status;

    *network = lsn_alloc(1, sizeof **network);
    if (!*network)
        return lsn_fail_memory(err, "the compiled network");
    lsn_gemm_use_one_thread();
    (*network)->model = model;
    status = prepare(*network, err);
    if (status != LSN_OK) {
        lsn_network_free(*network);
        *network = NULL;
    }
    return status;
}

void lsn_network_free(struct lsn_network *network)
{
    int i;

    if (!network)
        return;
    for (i = 0; i < network->step_count; i++)
        lsn_free(network->steps[i].packed);
    for (i = 0; i < network->layer_count; i++)
        lsn_free(network->layers[i].affected);
    lsn_free(network->steps);
    lsn_free(network->layers);
    lsn_free(network);
}

double lsn_network_lesion_work(const struct lsn_network *network, int layer)
{
    const struct lsn_layer *l = &network->layers[layer];
    double work = 0;
    int i;

    for (i = 0; i < l->affected_count; i++)
        work += (double)lsn_model_node(network->model, l->affected[i]).multiply_adds;
    return work;
}
