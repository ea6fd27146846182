/* Whole activations: a step of the intact pass, and the lesioned passes of the full engine. */
#include <string.h>

#include "engine/lesion.h"
#include "engine/pass.h"
#include "model/ops.h"

/* Replaces the planes of fixed lesions in a step's output. */
static void put_fixed(const struct lsn_pass *pass, int index, float *out)
{
    const struct lsn_fixed *fixed = &pass->network->fixed;
    size_t count = pass->network->steps[index].count, at;
    size_t c = (size_t)pass->network->steps[index].node->shape.c;
    int i;

    for (i = 0; i < fixed->count; i++) {
        int place = lsn_layer_place(&pass->network->layers[fixed->kernels[i].layer], index);

        if (place < 0)
            continue;
        for (at = (size_t)fixed->kernels[i].kernel; at < count; at += c)
            out[at] = pass->fixed[i * pass->network->places_max + place][at];
    }
}

void lsn_pass_step(struct lsn_pass *pass, int index, const float *packed, float *out)
{
    const struct lsn_step *step = &pass->network->steps[index];
    int i;

    for (i = 0; i < step->node->input_count; i++) {
        int input = step->node->inputs[i];

        pass->inputs[i] = pass->changed[input] ? pass->lesioned[input] : pass->intact[input];
    }
    lsn_step_run(step, packed, pass->inputs, out, pass->scratch);
    if (lsn_lesion_left(&pass->network->fixed.lesion) == LSN_LEFT_PLANE)
        put_fixed(pass, index, out);
}

/* Computes a place's output before its own lesion: the intact output, unless a lesion at an earlier
 * place has changed its input. */
static void run_unlesioned(struct lsn_pass *pass, int node, float *out)
{
    const struct lsn_step *step = &pass->network->steps[node];

    if (pass->changed[step->node->inputs[0]])
        lsn_pass_step(pass, node, step->packed, out);
    else
        memcpy(out, pass->intact[node], step->count * sizeof *out);
}

/* Replaces kernels' planes in a place's output by 0 or by the planes that the caller gives. */
static void put_planes(struct lsn_pass *pass, int node, const struct lsn_joint *sets, int set)
{
    const struct lsn_step *step = &pass->network->steps[node];
    bool zero = lsn_lesion_left(sets->lesion) == LSN_LEFT_NOTHING;
    size_t c = (size_t)step->node->shape.c, at;
    float *out = pass->lesioned[node];
    int i;

    for (i = sets->start[set]; i < sets->start[set + 1]; i++)
        for (at = (size_t)sets->kernels[i].kernel;
             sets->kernels[i].layer == step->layer && at < step->count; at += c)
            out[at] = zero ? 0 : sets->planes[step->layer][step->place][at];
}

/* Computes a place's output with the set's kernels of its layer lesioned: with zeroed weights, or
 * with the kernels' planes replaced. */
static void lesion_place(struct lsn_pass *pass, int node, const struct lsn_joint *sets, int set)
{
    const struct lsn_step *step = &pass->network->steps[node];
    const struct lsn_conv *conv = &step->geometry.conv;
    int i;

    switch (lsn_lesion_left(sets->lesion)) {
    case LSN_LEFT_REST:
        memcpy(pass->weights, step->packed, lsn_conv_weight_count(conv) * sizeof *pass->weights);
        for (i = sets->start[set]; i < sets->start[set + 1]; i++)
            if (sets->kernels[i].layer == step->layer)
                lsn_conv_zero_slice(conv, sets->kernels[i].kernel, sets->lesion->slice,
                                    pass->weights);
        lsn_pass_step(pass, node, pass->weights, pass->lesioned[node]);
        break;
    case LSN_LEFT_NOTHING:
    case LSN_LEFT_PLANE:
        run_unlesioned(pass, node, pass->lesioned[node]);
        put_planes(pass, node, sets, set);
        break;
    }
}

static bool any_input_changed(const struct lsn_pass *pass, const struct lsn_node *node)
{
    int i;

    for (i = 0; i < node->input_count; i++)
        if (pass->changed[node->inputs[i]])
            return true;
    return false;
}

const float *lsn_full_run(struct lsn_pass *pass, const struct lsn_layer *affected,
                          const struct lsn_joint *sets, int set)
{
    const struct lsn_network *network = pass->network;
    int last = network->step_count - 1, i;

    memset(pass->changed, 0, (size_t)network->step_count * sizeof *pass->changed);
    for (i = 0; i < affected->affected_count; i++) {
        int node = affected->affected[i];
        const struct lsn_node *n = network->steps[node].node;

        if (lsn_joint_lesions(sets, set, network->steps[node].layer))
            lesion_place(pass, node, sets, set);
        else if (any_input_changed(pass, n))
            lsn_pass_step(pass, node, network->steps[node].packed, pass->lesioned[node]);
        else
            continue;
        pass->changed[node] = true;
        pass->multiply_adds +=
            (double)lsn_node_multiply_adds(n, &network->steps[n->inputs[0]].node->shape);
    }
    return pass->changed[last] ? pass->lesioned[last] : pass->intact[last];
}
