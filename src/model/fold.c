/* Batch-norm as y = scale (x - mean) / sqrt(var + epsilon) + bias is affine per
 * channel, so directly after a convolution it is the same as other weights and
 * another bias. The folded bias is what the "weights" lesion leaves of a kernel. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/graph.h"

enum { BN_SCALE, BN_BIAS, BN_MEAN, BN_VAR };
enum { WEIGHT, BIAS };

static bool feeds_only(const struct lsn_graph *graph, int producer, int consumer)
{
    int i, j;

    for (i = producer + 1; i < graph->count; i++)
        for (j = 0; j < graph->nodes[i].input_count; j++)
            if (graph->nodes[i].inputs[j] == producer && i != consumer)
                return false;
    return true;
}

/* The multiplier and the summand of channel c. */
static void affine_of(const struct lsn_node *bn, size_t c, double *scale, double *shift)
{
    *scale = (double)bn->tensors[BN_SCALE].data[c] /
             sqrt((double)bn->tensors[BN_VAR].data[c] + (double)bn->attributes.epsilon);
    *shift = (double)bn->tensors[BN_BIAS].data[c] - *scale * (double)bn->tensors[BN_MEAN].data[c];
}

static enum lsn_status ensure_bias(struct lsn_node *node, struct lsn_error *err)
{
    struct lsn_tensor *bias = &node->tensors[BIAS];

    if (bias->data)
        return LSN_OK;
    bias->rank = 1;
    bias->dims[0] = node->shape.c;
    bias->data = lsn_alloc_floats((size_t)node->shape.c);
    if (!bias->data)
        return lsn_fail_memory(err, "a folded bias");
    return LSN_OK;
}

static enum lsn_status fold_into(struct lsn_node *producer, const struct lsn_node *bn,
                                 struct lsn_error *err)
{
    struct lsn_tensor *weight = &producer->tensors[WEIGHT];
    size_t channels = (size_t)producer->shape.c;
    size_t per_channel = lsn_tensor_count(weight) / channels;
    size_t c, i;

    LSN_TRY(ensure_bias(producer, err));
    for (c = 0; c < channels; c++) {
        float *row = weight->data + c * per_channel;
        float *bias = &producer->tensors[BIAS].data[c];
        double scale, shift;

        affine_of(bn, c, &scale, &shift);
        for (i = 0; i < per_channel; i++)
            row[i] = (float)(scale * (double)row[i]);
        *bias = (float)(scale * (double)*bias + shift);
        if (!isfinite(*bias) || !isfinite(scale))
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (BatchNormalization): channel %zu does not fold into '%s': "
                            "scale %g, bias %g",
                            bn->name, c, producer->name, scale, (double)*bias);
    }
    return LSN_OK;
}

static enum lsn_status make_affine(struct lsn_node *bn, struct lsn_error *err)
{
    size_t c;

    for (c = 0; c < (size_t)bn->shape.c; c++) {
        double scale, shift;

        affine_of(bn, c, &scale, &shift);
        if (!isfinite(scale) || !isfinite((float)shift))
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (BatchNormalization): channel %zu has scale %g, shift %g",
                            bn->name, c, scale, shift);
        bn->tensors[BN_SCALE].data[c] = (float)scale;
        bn->tensors[BN_BIAS].data[c] = (float)shift;
    }
    lsn_tensor_free(&bn->tensors[BN_MEAN]);
    lsn_tensor_free(&bn->tensors[BN_VAR]);
    bn->op = LSN_OP_AFFINE;
    return LSN_OK;
}

enum lsn_status lsn_graph_fold(struct lsn_graph *graph, struct lsn_error *err)
{
    int i, j, k;

    for (i = 1; i < graph->count; i++) {
        struct lsn_node *node = &graph->nodes[i];
        int producer;

        if (node->op != LSN_OP_BATCH_NORM)
            continue;
        producer = node->inputs[0];
        if ((graph->nodes[producer].op != LSN_OP_CONV &&
             graph->nodes[producer].op != LSN_OP_LINEAR) ||
            !feeds_only(graph, producer, i)) {
            LSN_TRY(make_affine(node, err));
            continue;
        }
        LSN_TRY(fold_into(&graph->nodes[producer], node, err));
        lsn_node_free(node);
        memmove(node, node + 1, (size_t)(graph->count - i - 1) * sizeof *node);
        graph->count--;
        for (j = i; j < graph->count; j++)
            for (k = 0; k < graph->nodes[j].input_count; k++) {
                int *input = &graph->nodes[j].inputs[k];

                *input = *input == i ? producer : *input > i ? *input - 1 : *input;
            }
        i--;
    }
    return LSN_OK;
}
