/* The backward pass: from the last node to the first place of the first layer, each node adds to
 * the gradients of its inputs. */
#include "engine/gradient.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/backward.h"
#include "engine/pass.h"
#include "engine/plan.h"

/* Whether a step is a layer's place or depends on one; of earlier steps, *gradient tells. */
static bool depends(const struct lsn_gradient *gradient, int index)
{
    const struct lsn_step *step = &gradient->network->steps[index];
    int i;

    for (i = 0; i < step->node->input_count; i++)
        if (gradient->at[step->node->inputs[i]])
            return true;
    return step->layer >= 0;
}

/* Enough for each op and, for estimates of slices, for a plane. */
static size_t scratch_of(const struct lsn_network *network)
{
    size_t most = 0;
    int i;

    for (i = 0; i < network->step_count; i++) {
        const struct lsn_step *step = &network->steps[i];
        size_t count = lsn_step_backward_scratch(step);
        size_t plane = step->count / (size_t)step->node->shape.c;

        most = count > most ? count : most;
        most = plane > most ? plane : most;
    }
    return most;
}

static enum lsn_status allocate(struct lsn_gradient *gradient, struct lsn_error *err)
{
    const struct lsn_network *network = gradient->network;
    int i;

    gradient->at = lsn_alloc((size_t)network->step_count, sizeof *gradient->at);
    gradient->in = lsn_alloc(network->plan->inputs_max, sizeof *gradient->in);
    gradient->dx = lsn_alloc(network->plan->inputs_max, sizeof *gradient->dx);
    gradient->scratch = lsn_alloc_floats(scratch_of(network));
    if (!gradient->at || !gradient->in || !gradient->dx || !gradient->scratch)
        return lsn_fail_memory(err, "a backward pass");
    for (i = 1; i < network->step_count; i++) {
        if (!depends(gradient, i))
            continue;
        gradient->at[i] = lsn_alloc_floats(network->steps[i].count);
        if (!gradient->at[i])
            return lsn_fail_memory(err, "gradients");
    }
    return LSN_OK;
}

enum lsn_status lsn_gradient_create(const struct lsn_network *network,
                                    struct lsn_gradient **gradient, struct lsn_error *err)
{
    enum lsn_status status;

    lsn_error_clear(err);
    *gradient = lsn_alloc(1, sizeof **gradient);
    if (!*gradient)
        return lsn_fail_memory(err, "a backward pass");
    (*gradient)->network = network;
    status = allocate(*gradient, err);
    if (status != LSN_OK) {
        lsn_gradient_free(*gradient);
        *gradient = NULL;
    }
    return status;
}

void lsn_gradient_free(struct lsn_gradient *gradient)
{
    int i;

    if (!gradient)
        return;
    for (i = 0; gradient->at && i < gradient->network->step_count; i++)
        lsn_free(gradient->at[i]);
    lsn_free(gradient->at);
    lsn_free(gradient->in);
    lsn_free(gradient->dx);
    lsn_free(gradient->scratch);
    lsn_free(gradient);
}

size_t lsn_gradient_bytes(const struct lsn_network *network)
{
    size_t floats = scratch_of(network);
    int i;

    for (i = 1; i < network->step_count; i++)
        floats += network->steps[i].count;
    return floats * sizeof(float);
}

enum lsn_status lsn_gradient_check(const struct lsn_gradient *gradient, const struct lsn_pass *pass,
                                   struct lsn_error *err)
{
    if (pass->network != gradient->network)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a backward pass: the forward pass is of another network than the gradient "
                        "was made for");
    return LSN_OK;
}

static void run_step(struct lsn_gradient *gradient, const struct lsn_pass *pass, int index)
{
    const struct lsn_step *step = &gradient->network->steps[index];
    struct lsn_backward run = {.step = step,
                               .in = gradient->in,
                               .out = pass->intact[index],
                               .dy = gradient->at[index],
                               .dx = gradient->dx,
                               .scratch = gradient->scratch};
    bool wanted = false;
    int i;

    for (i = 0; i < step->node->input_count; i++) {
        int input = step->node->inputs[i];

        gradient->in[i] = pass->intact[input];
        gradient->dx[i] = gradient->at[input];
        wanted = wanted || gradient->at[input];
    }
    if (wanted)
        lsn_step_backward(&run);
}

enum lsn_status lsn_gradient_run(struct lsn_gradient *gradient, const struct lsn_pass *pass,
                                 const float *d_logits, struct lsn_error *err)
{
    const struct lsn_network *network = gradient->network;
    int last = network->step_count - 1, i;

    lsn_error_clear(err);
    LSN_TRY(lsn_gradient_check(gradient, pass, err));
    for (i = 0; i < last; i++)
        if (gradient->at[i])
            memset(gradient->at[i], 0, network->steps[i].count * sizeof **gradient->at);
    if (!gradient->at[last])
        return LSN_OK;
    memcpy(gradient->at[last], d_logits, network->steps[last].count * sizeof *d_logits);
    for (i = last; i > 0; i--)
        if (gradient->at[i])
            run_step(gradient, pass, i);
    return LSN_OK;
}

const float *lsn_gradient_at(const struct lsn_gradient *gradient, int node)
{
    if (node < 0 || node >= lsn_model_nodes(gradient->network->model))
        return NULL;
    return gradient->at[lsn_network_step(gradient->network, node)];
}
