#include "engine/network.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/plan.h"
#include "model/model.h"
#include "model/normalise.h"
#include "model/ops.h"
#include "op/gemm.h"

enum { WEIGHT, BIAS };

static struct lsn_window window_of(const struct lsn_attributes *a)
{
    return (struct lsn_window){a->kernel[0],   a->kernel[1],   a->stride[0], a->stride[1],
                               a->dilation[0], a->dilation[1], a->pads[0],   a->pads[1]};
}

/* A Linear op is a convolution whose windows are single positions. */
static void describe_conv(struct lsn_step *step, struct lsn_shape in)
{
    static const struct lsn_window point = {1, 1, 1, 1, 1, 1, 0, 0};
    const struct lsn_node *node = step->node;
    struct lsn_conv *conv = &step->geometry.conv;

    *conv = (struct lsn_conv){in, node->shape, point, 1};
    if (node->op == LSN_OP_CONV) {
        conv->window = window_of(&node->attributes);
        conv->groups = node->attributes.groups;
    }
}

/* Shares the weights of the same step of base. In a normalised network the steps after the inserted
 * one have moved by one. */
static void borrow(struct lsn_step *step, const struct lsn_network *network, int index)
{
    const struct lsn_network *base = network->base;
    bool moved = index > network->inserted && network->inserted != base->inserted;
    const struct lsn_step *lender = &base->steps[index - moved];

    step->packed = lender->packed;
    step->panels = lender->panels;
    step->winograd = lender->winograd;
    step->bias = lender->bias;
    step->lent = true;
}

static enum lsn_status give_weights(const struct lsn_network *network, int index,
                                    struct lsn_step *step, struct lsn_error *err)
{
    step->bias = step->node->tensors[BIAS].data;
    if (lsn_fixed_has(network, index) && network->base->fixed.count == 0)
        return lsn_fixed_pack(network, index, step, err);
    if (!network->base)
        return lsn_step_pack(step, &step->node->tensors[WEIGHT], network->lesions, err);
    borrow(step, network, index);
    return LSN_OK;
}

/* Returns the activation that reads a node's output, if no other node reads it; else -1. */
static int sole_activation(const struct lsn_graph *graph, int index)
{
    int reader = -1, i, j;

    if (lsn_op_is_activation(graph->nodes[index].op))
        return -1;
    for (i = index + 1; i < graph->count; i++)
        for (j = 0; j < graph->nodes[i].input_count; j++)
            if (graph->nodes[i].inputs[j] == index) {
                if (reader >= 0)
                    return -1;
                reader = i;
            }
    return reader >= 0 && lsn_op_is_activation(graph->nodes[reader].op) ? reader : -1;
}

static enum lsn_status prepare_step(struct lsn_network *network, const struct lsn_graph *graph,
                                    int index, struct lsn_error *err)
{
    struct lsn_step *step = &network->steps[index];
    const struct lsn_node *node = &graph->nodes[index];
    const struct lsn_attributes *a = &node->attributes;
    struct lsn_shape in;
    int i;

    step->node = node;
    step->in_shapes = lsn_alloc((size_t)node->input_count, sizeof *step->in_shapes);
    if (!step->in_shapes)
        return lsn_fail_memory(err, "the compiled network");
    for (i = 0; i < node->input_count; i++)
        step->in_shapes[i] = graph->nodes[node->inputs[i]].shape;
    in = node->input_count > 0 ? step->in_shapes[0] : node->shape;
    step->activation = sole_activation(graph, index);
    step->count = (size_t)node->shape.c * (size_t)node->shape.h * (size_t)node->shape.w;
    switch (node->op) {
    case LSN_OP_CONV:
    case LSN_OP_LINEAR:
        describe_conv(step, in);
        LSN_TRY(give_weights(network, index, step, err));
        break;
    case LSN_OP_MAX_POOL:
    case LSN_OP_AVERAGE_POOL:
    case LSN_OP_CONTRAST_POOL:
        step->geometry.pool = (struct lsn_pool){in,         node->shape, window_of(a),
                                                a->pads[2], a->pads[3],  a->count_include_pad};
        break;
    default:
        break;
    }
    if (lsn_step_scratch(step) > network->scratch_count)
        network->scratch_count = lsn_step_scratch(step);
    return LSN_OK;
}

static enum lsn_status find_places(struct lsn_network *network, int index, struct lsn_error *err)
{
    const struct lsn_model_layer *from = &network->model->layers[index];
    struct lsn_layer *layer = &network->layers[index];
    int i;

    layer->places = lsn_alloc((size_t)from->place_count, sizeof *layer->places);
    if (!layer->places)
        return lsn_fail_memory(err, "a layer's places");
    layer->place_count = from->place_count;
    for (i = 0; i < from->place_count; i++) {
        layer->places[i] = lsn_network_step(network, from->places[i]);
        network->steps[layer->places[i]].layer = index;
        network->steps[layer->places[i]].place = i;
    }
    return LSN_OK;
}

/* Lists the nodes that depend on the layer's output at any of its places, the places included. */
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
    for (i = 0; i < layer->place_count; i++)
        reached[layer->places[i]] = true;
    for (i = layer->places[0]; i < graph->count; i++) {
        for (j = 0; j < graph->nodes[i].input_count; j++)
            reached[i] = reached[i] || reached[graph->nodes[i].inputs[j]];
        if (reached[i])
            layer->affected[layer->affected_count++] = i;
    }
    lsn_free(reached);
    return LSN_OK;
}

enum lsn_status lsn_network_prepare(struct lsn_network *network, struct lsn_error *err)
{
    const struct lsn_graph *graph = network->graph;
    int i;

    network->steps = lsn_alloc((size_t)graph->count, sizeof *network->steps);
    network->layers = lsn_alloc((size_t)network->model->layer_count, sizeof *network->layers);
    if (!network->steps || !network->layers)
        return lsn_fail_memory(err, "the compiled network");
    network->step_count = graph->count;
    network->layer_count = network->model->layer_count;
    network->places_max = lsn_model_places_max(network->model);
    for (i = 0; i < graph->count; i++)
        network->steps[i].layer = network->steps[i].place = -1;
    for (i = 0; i < network->layer_count; i++)
        LSN_TRY(find_places(network, i, err));
    for (i = 0; i < graph->count; i++) /* after find_places, as fixed lesions are packed by place */
        LSN_TRY(prepare_step(network, graph, i, err));
    for (i = 0; i < network->layer_count; i++)
        LSN_TRY(find_affected(graph, &network->layers[i], err));
    if (network->joint.place_count > 0)
        LSN_TRY(find_affected(graph, &network->joint, err));
    return lsn_plan_create(network, &network->plan, err);
}

enum lsn_status lsn_network_create(const struct lsn_model *model, enum lsn_engine engine,
                                   struct lsn_network **network, struct lsn_error *err)
{
    enum lsn_status status;

    lsn_error_clear(err);
    *network = lsn_alloc(1, sizeof **network);
    if (!*network)
        return lsn_fail_memory(err, "the compiled network");
    lsn_gemm_use_one_thread();
    (*network)->model = model;
    (*network)->lesions = engine == LSN_ENGINE_INCREMENTAL;
    (*network)->graph = &model->graph;
    (*network)->inserted = model->graph.count;
    status = lsn_network_prepare(*network, err);
    if (status != LSN_OK) {
        lsn_network_free(*network);
        *network = NULL;
    }
    return status;
}

struct lsn_network *lsn_network_derive(const struct lsn_network *base)
{
    struct lsn_network *made = lsn_alloc(1, sizeof *made);

    if (made) {
        made->model = base->model;
        made->base = base;
        made->lesions = base->lesions;
        made->graph = base->graph;
        made->inserted = base->inserted;
    }
    return made;
}

enum lsn_status lsn_network_create_normalised(const struct lsn_network *base,
                                              const struct lsn_normalisation *normalisation,
                                              struct lsn_network **network, struct lsn_error *err)
{
    struct lsn_network *made = *network = lsn_network_derive(base);
    enum lsn_status status;

    lsn_error_clear(err);
    if (!made)
        return lsn_fail_memory(err, "the compiled network");
    made->graph = &made->normalised;
    status = lsn_graph_normalise(&base->model->graph, normalisation, &made->normalised,
                                 &made->inserted, err);
    if (status == LSN_OK)
        status = lsn_network_prepare(made, err);
    if (status != LSN_OK) {
        lsn_network_free(made);
        *network = NULL;
    }
    return status;
}

void lsn_network_free(struct lsn_network *network)
{
    int i;

    if (!network)
        return;
    for (i = 0; i < network->step_count; i++) {
        lsn_free(network->steps[i].fixed_bias);
        lsn_free(network->steps[i].in_shapes);
        if (network->steps[i].lent)
            continue;
        if (network->steps[i].panels != network->steps[i].packed)
            lsn_free(network->steps[i].panels);
        lsn_free(network->steps[i].packed);
        lsn_free(network->steps[i].winograd);
    }
    lsn_plan_free(network->plan);
    for (i = 0; i < network->layer_count; i++) {
        lsn_free(network->layers[i].places);
        lsn_free(network->layers[i].affected);
    }
    lsn_free(network->joint.places);
    lsn_free(network->joint.affected);
    lsn_free(network->steps);
    lsn_free(network->layers);
    lsn_graph_free(&network->normalised);
    lsn_free(network->fixed.kernels);
    lsn_free(network);
}

double lsn_network_lesion_work(const struct lsn_network *network, int layer)
{
    const struct lsn_layer *l;
    double work = 0;
    int i;

    if (layer < 0 || layer >= network->layer_count)
        return 0;
    l = &network->layers[layer];
    for (i = 0; i < l->affected_count; i++) {
        const struct lsn_node *node = &network->graph->nodes[l->affected[i]];

        work += (double)lsn_node_multiply_adds(node, &network->graph->nodes[node->inputs[0]].shape);
    }
    return work;
}

int lsn_network_group(const struct lsn_network *network, int layer)
{
    return layer >= 0 && layer < network->layer_count ? network->plan->layers[layer].group : 0;
}

size_t lsn_network_bytes(const struct lsn_network *network)
{
    size_t bytes = 0;
    int i, t;

    for (i = 0; i < network->step_count; i++) {
        const struct lsn_step *step = &network->steps[i];

        for (t = 0; t < LSN_TENSORS_MAX && !network->base; t++)
            if (step->node->tensors[t].data && !step->node->tensors[t].mapped)
                bytes += lsn_tensor_count(&step->node->tensors[t]) * sizeof(float);
        bytes += lsn_step_weight_bytes(step);
    }
    return bytes;
}
