/* The full pass. Every node keeps its intact activation and, beside it, its
 * lesioned one: a lesioned pass computes every node after the layer again from
 * scratch, and reads the intact activation of those it does not reach. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/network.h"
#include "model/model.h"

struct lsn_pass {
    const struct lsn_network *network;
    float **intact;       /* [steps][h][w][c] */
    float **lesioned;     /* [steps][h][w][c] */
    const float **inputs; /* the running step's inputs */
    float *scratch;
    bool *changed;  /* [steps] lesioned holds the value, not intact */
    float *weights; /* the lesioned layer's packed weights, one kernel zeroed */
};

static size_t largest_weight(const struct lsn_network *network)
{
    size_t largest = 0;
    int i;

    for (i = 0; i < network->layer_count; i++) {
        const struct lsn_step *step = &network->steps[network->layers[i].node];
        size_t count = lsn_conv_weight_count(&step->geometry.conv);

        largest = count > largest ? count : largest;
    }
    return largest;
}

static enum lsn_status allocate(struct lsn_pass *pass, struct lsn_error *err)
{
    const struct lsn_network *network = pass->network;
    size_t steps = (size_t)network->step_count, inputs = 1, i;

    pass->intact = lsn_alloc(steps, sizeof *pass->intact);
    pass->lesioned = lsn_alloc(steps, sizeof *pass->lesioned);
    pass->changed = lsn_alloc(steps, sizeof *pass->changed);
    pass->scratch = lsn_alloc_floats(network->scratch_count);
    pass->weights = lsn_alloc_floats(largest_weight(network));
    if (!pass->intact || !pass->lesioned || !pass->changed || !pass->scratch || !pass->weights)
        return lsn_fail_memory(err, "a forward pass");
    for (i = 0; i < steps; i++) {
        size_t node_inputs = (size_t)network->steps[i].node->input_count;

        inputs = node_inputs > inputs ? node_inputs : inputs;
        pass->intact[i] = lsn_alloc_floats(network->steps[i].count);
        pass->lesioned[i] = i ? lsn_alloc_floats(network->steps[i].count) : NULL;
        if (!pass->intact[i] || (i && !pass->lesioned[i]))
            return lsn_fail_memory(err, "activations");
    }
    pass->inputs = lsn_alloc(inputs, sizeof *pass->inputs);
    if (!pass->inputs)
        return lsn_fail_memory(err, "a forward pass");
    return LSN_OK;
}

enum lsn_status lsn_pass_create(const struct lsn_network *network, struct lsn_pass **pass,
                                struct lsn_error *err)
{
    enum lsn_status status;

    *pass = lsn_alloc(1, sizeof **pass);
    if (!*pass)
        return lsn_fail_memory(err, "a forward pass");
    (*pass)->network = network;
    status = allocate(*pass, err);
    if (status != LSN_OK) {
        lsn_pass_free(*pass);
        *pass = NULL;
    }
    return status;
}

void lsn_pass_free(struct lsn_pass *pass)
{
    int i;

    if (!pass)
        return;
    for (i = 0; i < pass->network->step_count; i++) {
        if (pass->intact)
            lsn_free(pass->intact[i]);
        if (pass->lesioned)
            lsn_free(pass->lesioned[i]);
    }
    lsn_free(pass->intact);
    lsn_free(pass->lesioned);
    lsn_free(pass->inputs);
    lsn_free(pass->scratch);
    lsn_free(pass->changed);
    lsn_free(pass->weights);
    lsn_free(pass);
}

static void run_step(struct lsn_pass *pass, int index, const float *packed, float *out)
{
    const struct lsn_step *step = &pass->network->steps[index];
    int i;

    for (i = 0; i < step->node->input_count; i++) {
        int input = step->node->inputs[i];

        pass->inputs[i] = pass->changed[input] ? pass->lesioned[input] : pass->intact[input];
    }
    lsn_step_run(step, pass->network, packed, pass->inputs, out, pass->scratch);
}

const float *lsn_pass_run(struct lsn_pass *pass, const float *x)
{
    const struct lsn_network *network = pass->network;
    int i;

    memcpy(pass->intact[0], x, network->steps[0].count * sizeof *x);
    memset(pass->changed, 0, (size_t)network->step_count * sizeof *pass->changed);
    for (i = 1; i < network->step_count; i++)
        run_step(pass, i, network->steps[i].packed, pass->intact[i]);
    return pass->intact[network->step_count - 1];
}

const float *lsn_pass_run_lesioned(struct lsn_pass *pass, int layer, int kernel)
{
    const struct lsn_network *network = pass->network;
    const struct lsn_layer *lesion = &network->layers[layer];
    const struct lsn_step *step = &network->steps[lesion->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    int i;

    memset(pass->changed, 0, (size_t)network->step_count * sizeof *pass->changed);
    memcpy(pass->weights, step->packed, lsn_conv_weight_count(conv) * sizeof *pass->weights);
    lsn_conv_zero_kernel(conv, kernel, pass->weights);
    for (i = 0; i < lesion->affected_count; i++) {
        int node = lesion->affected[i];

        run_step(pass, node, i == 0 ? pass->weights : network->steps[node].packed,
                 pass->lesioned[node]);
        pass->changed[node] = true;
    }
    return pass->lesioned[network->step_count - 1];
}

const float *lsn_pass_activation(const struct lsn_pass *pass, int node)
{
    return pass->intact[node];
}
