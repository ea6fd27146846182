/* Running one node: from its description to the op. */
#include "engine/network.h"
#include "op/act.h"
#include "op/join.h"
#include "op/norm.h"
#include "op/normalise.h"

/* Switches over all ops have no default: the compiler names those that a new op is missing in. */
bool lsn_activation_run(const struct lsn_node *node, size_t n, const float *x, float *out)
{
    const struct lsn_attributes *a = &node->attributes;

    switch (node->op) {
    case LSN_OP_RELU:
        lsn_relu(n, x, out);
        return true;
    case LSN_OP_LEAKY_RELU:
        lsn_leaky_relu(n, a->alpha, x, out);
        return true;
    case LSN_OP_CLIP:
        lsn_clip(n, a->min, a->max, x, out);
        return true;
    case LSN_OP_HARD_SWISH:
        lsn_hard_swish(n, x, out);
        return true;
    case LSN_OP_HARD_SIGMOID:
        lsn_hard_sigmoid(n, a->alpha, a->beta, x, out);
        return true;
    case LSN_OP_SIGMOID:
        lsn_sigmoid(n, x, out);
        return true;
    case LSN_OP_TANH:
        lsn_tanh(n, x, out);
        return true;
    case LSN_OP_ERF:
        lsn_erf(n, x, out);
        return true;
    case LSN_OP_GELU:
        (a->tanh_approx ? lsn_gelu_tanh : lsn_gelu)(n, x, out);
        return true;
    case LSN_OP_SILU:
        lsn_silu(n, x, out);
        return true;
    case LSN_OP_INPUT:
    case LSN_OP_CONV:
    case LSN_OP_LINEAR:
    case LSN_OP_BATCH_NORM:
    case LSN_OP_AFFINE:
    case LSN_OP_LAYER_NORM:
    case LSN_OP_LRN:
    case LSN_OP_ADD:
    case LSN_OP_MUL:
    case LSN_OP_CONCAT:
    case LSN_OP_SELECT:
    case LSN_OP_PAD:
    case LSN_OP_MAX_POOL:
    case LSN_OP_AVERAGE_POOL:
    case LSN_OP_GLOBAL_AVERAGE_POOL:
    case LSN_OP_FLATTEN:
    case LSN_OP_NORMALISE:
    case LSN_OP_CONTRAST_POOL:
    case LSN_OP_COUNT:
        break;
    }
    return false;
}

bool lsn_op_is_activation(enum lsn_op op)
{
    const struct lsn_node node = {.op = op};

    return lsn_activation_run(&node, 0, NULL, NULL);
}

static void run_concat(const struct lsn_step *step, const struct lsn_network *network,
                       const float *const *in, float *out)
{
    const struct lsn_node *node = step->node;
    size_t positions = (size_t)node->shape.h * (size_t)node->shape.w, first = 0;
    int i;

    for (i = 0; i < node->input_count; i++) {
        size_t c = (size_t)network->steps[node->inputs[i]].node->shape.c;

        lsn_concat_part(positions, c, in[i], first, (size_t)node->shape.c, out);
        first += c;
    }
}

size_t lsn_step_scratch(const struct lsn_step *step)
{
    const size_t wide = sizeof(double) / sizeof(float);

    switch (step->node->op) {
    case LSN_OP_CONV:
    case LSN_OP_LINEAR:
        return lsn_conv_scratch_count(&step->geometry.conv);
    case LSN_OP_NORMALISE:
        return wide * lsn_normalise_scratch_count(step->node->shape);
    case LSN_OP_CONTRAST_POOL:
        return wide * lsn_contrast_pool_scratch_count(&step->geometry.pool);
    default:
        return 0;
    }
}

void lsn_step_run(const struct lsn_step *step, const struct lsn_network *network,
                  const float *packed, const float *const *in, float *out, float *scratch)
{
    const struct lsn_node *node = step->node;
    const struct lsn_attributes *a = &node->attributes;
    const struct lsn_tensor *t = node->tensors;
    struct lsn_shape s = node->shape, s0 = network->steps[node->inputs[0]].node->shape, s1 = s0;
    size_t n = step->count, c = (size_t)s.c, positions = (size_t)s.h * (size_t)s.w;
    const float *x = in[0];

    if (node->input_count > 1)
        s1 = network->steps[node->inputs[1]].node->shape;
    switch (node->op) {
    case LSN_OP_CONV:
    case LSN_OP_LINEAR:
        lsn_conv_run(&step->geometry.conv, packed, step->bias, x, out, scratch);
        break;
    case LSN_OP_AFFINE:
        lsn_affine(positions, c, t[0].data, t[1].data, x, out);
        break;
    case LSN_OP_LAYER_NORM:
        lsn_layer_norm(positions, c, a->epsilon, t[0].data, t[1].data, x, out);
        break;
    case LSN_OP_LRN:
        lsn_lrn(&(struct lsn_lrn){a->size, a->alpha, a->beta, a->bias}, positions, c, x, out);
        break;
    case LSN_OP_ADD:
        lsn_add(s, s0, x, s1, in[1], out);
        break;
    case LSN_OP_MUL:
        lsn_mul(s, s0, x, s1, in[1], out);
        break;
    case LSN_OP_CONCAT:
        run_concat(step, network, in, out);
        break;
    case LSN_OP_SELECT:
        lsn_select(positions, (size_t)s0.c, x, a->channels, c, out);
        break;
    case LSN_OP_PAD:
        lsn_pad(s0, a->pads, a->value, x, out);
        break;
    case LSN_OP_MAX_POOL:
        lsn_max_pool(&step->geometry.pool, x, out);
        break;
    case LSN_OP_AVERAGE_POOL:
        lsn_average_pool(&step->geometry.pool, x, out);
        break;
    case LSN_OP_GLOBAL_AVERAGE_POOL:
        lsn_global_average_pool(s0, x, out);
        break;
    case LSN_OP_FLATTEN:
        lsn_flatten(s0, x, out);
        break;
    case LSN_OP_NORMALISE:
        lsn_normalise(&a->normalise, s, x, out, (double *)(void *)scratch);
        break;
    case LSN_OP_CONTRAST_POOL:
        lsn_contrast_pool(&step->geometry.pool, x, out, (double *)(void *)scratch);
        break;
    LSN_ACTIVATION_CASES:
        lsn_activation_run(node, n, x, out);
        break;
    case LSN_OP_INPUT:      /* given */
    case LSN_OP_BATCH_NORM: /* folded at load */
    case LSN_OP_COUNT:
        break;
    }
}
