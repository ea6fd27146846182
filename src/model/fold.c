/* Batch-norm as y = scale (x - mean) / sqrt(var + epsilon) + bias is affine per
 * channel, so directly after a convolution it is the same as other weights and
 * another bias; so are the scales and biases that exporters write as Mul and Add.
 * The folded bias is what the "weights" lesion leaves of a kernel. */
#include <math.h>
#include <string.h>

#include "model/graph.h"

enum { SCALE, SHIFT, MEAN, VAR }; /* of BatchNormalization; Affine has the first two */
enum { WEIGHT, BIAS };            /* of Conv and Linear; in the places of SCALE and SHIFT */

static bool feeds_only(const struct lsn_graph *graph, int producer, int consumer)
{
    int i, j;

    for (i = producer + 1; i < graph->count; i++)
        for (j = 0; j < graph->nodes[i].input_count; j++)
            if (graph->nodes[i].inputs[j] == producer && i != consumer)
                return false;
    return true;
}

/* What node does to channel c: times *scale, plus *shift. */
static void affine_of(const struct lsn_node *node, size_t c, double *scale, double *shift)
{
    *scale = (double)node->tensors[SCALE].data[c];
    *shift = (double)node->tensors[SHIFT].data[c];
    if (node->op == LSN_OP_BATCH_NORM) {
        *scale /= sqrt((double)node->tensors[VAR].data[c] + (double)node->attributes.epsilon);
        *shift -= *scale * (double)node->tensors[MEAN].data[c];
    }
}

static enum lsn_status ensure_bias(struct lsn_node *node, struct lsn_error *err)
{
    struct lsn_tensor *bias = &node->tensors[BIAS];

    if (bias->data)
        return lsn_tensor_own(bias, err);
    return lsn_tensor_vector(bias, node->shape.c, err);
}

static bool can_take_in(const struct lsn_node *producer)
{
    return producer->op == LSN_OP_CONV || producer->op == LSN_OP_LINEAR ||
           producer->op == LSN_OP_AFFINE || producer->op == LSN_OP_LAYER_NORM ||
           producer->op == LSN_OP_GROUP_NORM;
}

/* Multiplies the channels of producer's first tensor, which has as many numbers for each, and its
 * second tensor, which has one, as node does its input. */
static enum lsn_status fold_into(struct lsn_node *producer, const struct lsn_node *node,
                                 struct lsn_error *err)
{
    struct lsn_tensor *weight = &producer->tensors[WEIGHT];
    size_t channels = (size_t)producer->shape.c;
    size_t per_channel = lsn_tensor_count(weight) / channels;
    size_t c, i;

    LSN_TRY(lsn_tensor_own(weight, err));
    LSN_TRY(ensure_bias(producer, err));
    for (c = 0; c < channels; c++) {
        float *row = weight->data + c * per_channel;
        float *bias = &producer->tensors[BIAS].data[c];
        double scale, shift;
        bool finite = true;

        affine_of(node, c, &scale, &shift);
        for (i = 0; i < per_channel; i++) {
            row[i] = (float)(scale * (double)row[i]);
            finite = finite && isfinite(row[i]);
        }
        *bias = (float)(scale * (double)*bias + shift);
        if (!finite || !isfinite(*bias))
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s': channel %zu does not fold into '%s': scale %g, bias %g",
                            node->name, c, producer->name, scale, (double)*bias);
    }
    return LSN_OK;
}

static enum lsn_status make_affine(struct lsn_node *node, struct lsn_error *err)
{
    size_t c;

    LSN_TRY(lsn_tensor_own(&node->tensors[SCALE], err));
    LSN_TRY(lsn_tensor_own(&node->tensors[SHIFT], err));
    for (c = 0; c < (size_t)node->shape.c; c++) {
        double scale, shift;

        affine_of(node, c, &scale, &shift);
        if (!isfinite((float)scale) || !isfinite((float)shift))
            return lsn_fail(err, LSN_E_MODEL, "node '%s': channel %zu has scale %g, shift %g",
                            node->name, c, scale, shift);
        node->tensors[SCALE].data[c] = (float)scale;
        node->tensors[SHIFT].data[c] = (float)shift;
    }
    lsn_tensor_free(&node->tensors[MEAN]);
    lsn_tensor_free(&node->tensors[VAR]);
    node->op = LSN_OP_AFFINE;
    return LSN_OK;
}

/* Removes node i; the nodes that read it read producer then. */
static void remove_node(struct lsn_graph *graph, int i, int producer)
{
    struct lsn_node *node = &graph->nodes[i];
    int j, k;

    lsn_node_free(node);
    memmove(node, node + 1, (size_t)(graph->count - i - 1) * sizeof *node);
    graph->count--;
    for (j = i; j < graph->count; j++)
        for (k = 0; k < graph->nodes[j].input_count; k++) {
            int *input = &graph->nodes[j].inputs[k];

            *input = *input == i ? producer : *input > i ? *input - 1 : *input;
        }
}

enum lsn_status lsn_graph_fold(struct lsn_graph *graph, struct lsn_error *err)
{
    int i = 1;

    while (i < graph->count) {
        struct lsn_node *node = &graph->nodes[i];
        int producer = node->input_count ? node->inputs[0] : 0;

        if (node->op != LSN_OP_BATCH_NORM && node->op != LSN_OP_AFFINE) {
            i++;
        } else if (can_take_in(&graph->nodes[producer]) && feeds_only(graph, producer, i)) {
            LSN_TRY(fold_into(&graph->nodes[producer], node, err));
            remove_node(graph, i, producer);
        } else {
            LSN_TRY(make_affine(node, err));
            i++;
        }
    }
    return LSN_OK;
}
