/* Passes over one stimulus. The intact pass keeps every node's activation. The full
 * engine also keeps each node's lesioned activation: it computes every node that depends on
 * the lesioned layer again, and reads the intact activation of the others. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/incremental.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "engine/plan.h"

struct lsn_pass {
    const struct lsn_network *network;
    float **intact;                /* [steps][h][w][c] */
    struct lsn_incremental *delta; /* NULL: not the incremental engine */
    float **lesioned;              /* [steps][h][w][c]; NULL: not the full engine */
    const float **inputs;          /* the running step's inputs */
    const float **fixed;           /* [network's fixed.count][places_max] outputs [h][w][c] whose
                                    * planes replace those of fixed lesions */
    float *scratch;
    bool *changed;  /* [steps] the step's activation is in lesioned, not in intact */
    float *weights; /* a place's packed weights with a kernel, or a slice of it, zeroed */
    double multiply_adds;
};

static size_t largest_weight(const struct lsn_network *network)
{
    size_t largest = 0;
    int i;

    for (i = 0; i < network->layer_count; i++) {
        const struct lsn_step *step = &network->steps[network->layers[i].places[0]];
        size_t count = lsn_conv_weight_count(&step->geometry.conv);

        largest = count > largest ? count : largest;
    }
    return largest;
}

static enum lsn_status allocate_full(struct lsn_pass *pass, struct lsn_error *err)
{
    const struct lsn_network *network = pass->network;
    size_t steps = (size_t)network->step_count, i;

    pass->lesioned = lsn_alloc(steps, sizeof *pass->lesioned);
    pass->weights = lsn_alloc_floats(largest_weight(network));
    if (!pass->lesioned || !pass->weights)
        return lsn_fail_memory(err, "a forward pass");
    for (i = 1; i < steps; i++) {
        pass->lesioned[i] = lsn_alloc_floats(network->steps[i].count);
        if (!pass->lesioned[i])
            return lsn_fail_memory(err, "activations");
    }
    return LSN_OK;
}

static enum lsn_status allocate(struct lsn_pass *pass, enum lsn_engine engine,
                                struct lsn_error *err)
{
    const struct lsn_network *network = pass->network;
    size_t steps = (size_t)network->step_count, i;

    pass->intact = lsn_alloc(steps, sizeof *pass->intact);
    pass->changed = lsn_alloc(steps, sizeof *pass->changed);
    pass->scratch = lsn_alloc_floats(network->scratch_count);
    pass->inputs = lsn_alloc(network->plan->inputs_max, sizeof *pass->inputs);
    pass->fixed =
        lsn_alloc((size_t)network->fixed.count * (size_t)network->places_max, sizeof *pass->fixed);
    if (!pass->intact || !pass->changed || !pass->scratch || !pass->inputs || !pass->fixed)
        return lsn_fail_memory(err, "a forward pass");
    for (i = 0; i < steps; i++) {
        pass->intact[i] = lsn_alloc_floats(network->steps[i].count);
        if (!pass->intact[i])
            return lsn_fail_memory(err, "activations");
    }
    switch (engine) {
    case LSN_ENGINE_INCREMENTAL:
        return lsn_incremental_create(network, pass->intact, &pass->delta, err);
    case LSN_ENGINE_FULL:
        return allocate_full(pass, err);
    case LSN_ENGINE_INTACT:
        break;
    }
    return LSN_OK;
}

enum lsn_status lsn_pass_create(const struct lsn_network *network, enum lsn_engine engine,
                                struct lsn_pass **pass, struct lsn_error *err)
{
    enum lsn_status status;

    lsn_error_clear(err);
    *pass = NULL;
    if (engine == LSN_ENGINE_INCREMENTAL && !network->lesions)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a pass of the incremental engine was asked of a network made for another "
                        "one; make the network for LSN_ENGINE_INCREMENTAL");
    *pass = lsn_alloc(1, sizeof **pass);
    if (!*pass)
        return lsn_fail_memory(err, "a forward pass");
    (*pass)->network = network;
    status = allocate(*pass, engine, err);
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
    lsn_incremental_free(pass->delta);
    lsn_free(pass->intact);
    lsn_free(pass->lesioned);
    lsn_free(pass->inputs);
    lsn_free(pass->fixed);
    lsn_free(pass->scratch);
    lsn_free(pass->changed);
    lsn_free(pass->weights);
    lsn_free(pass);
}

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

static void run_step(struct lsn_pass *pass, int index, const float *packed, float *out)
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

enum lsn_status lsn_pass_fix(struct lsn_pass *pass, int index, const float *const *planes,
                             struct lsn_error *err)
{
    const struct lsn_network *network = pass->network;
    int places;

    lsn_error_clear(err);
    if (index < 0 || index >= network->fixed.count || !planes)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a pass: planes %sfor fixed lesion %d, the network has %d",
                        planes ? "" : "are missing ", index, network->fixed.count);
    places = network->layers[network->fixed.kernels[index].layer].place_count;
    memcpy(pass->fixed + (size_t)index * (size_t)network->places_max, planes,
           (size_t)places * sizeof *planes);
    return LSN_OK;
}

static bool lacks_planes(const struct lsn_pass *pass)
{
    const struct lsn_fixed *fixed = &pass->network->fixed;
    int i;

    for (i = 0; i < fixed->count && lsn_lesion_left(&fixed->lesion) == LSN_LEFT_PLANE; i++)
        if (!pass->fixed[i * pass->network->places_max])
            return true;
    return false;
}

const float *lsn_pass_run(struct lsn_pass *pass, const float *x)
{
    const struct lsn_network *network = pass->network;
    int i;

    if (lacks_planes(pass))
        return NULL;
    memcpy(pass->intact[0], x, network->steps[0].count * sizeof *x);
    memset(pass->changed, 0, (size_t)network->step_count * sizeof *pass->changed);
    for (i = 1; i < network->step_count; i++)
        run_step(pass, i, network->steps[i].packed, pass->intact[i]);
    return pass->intact[network->step_count - 1];
}

/* Computes a place's output before its own lesion: the intact output, unless the lesion at an
 * earlier place has changed its input. */
static void run_unlesioned(struct lsn_pass *pass, int node, float *out)
{
    const struct lsn_step *step = &pass->network->steps[node];

    if (pass->changed[step->node->inputs[0]])
        run_step(pass, node, step->packed, out);
    else
        memcpy(out, pass->intact[node], step->count * sizeof *out);
}

/* Computes a place's output with one kernel lesioned: with zeroed weights, or with the kernel's
 * plane replaced. */
static void lesion_place(struct lsn_pass *pass, int node, const struct lsn_lesion *lesion,
                         const float *planes, int kernel)
{
    const struct lsn_step *step = &pass->network->steps[node];
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t c = (size_t)step->node->shape.c, at;
    float *out = pass->lesioned[node];

    switch (lsn_lesion_left(lesion)) {
    case LSN_LEFT_REST:
        memcpy(pass->weights, step->packed, lsn_conv_weight_count(conv) * sizeof *pass->weights);
        lsn_conv_zero_slice(conv, kernel, lesion->slice, pass->weights);
        run_step(pass, node, pass->weights, out);
        break;
    case LSN_LEFT_NOTHING:
        run_unlesioned(pass, node, out);
        for (at = (size_t)kernel; at < step->count; at += c)
            out[at] = 0;
        break;
    case LSN_LEFT_PLANE:
        run_unlesioned(pass, node, out);
        for (at = (size_t)kernel; at < step->count; at += c)
            out[at] = planes[at];
        break;
    }
}

static const float *run_full(struct lsn_pass *pass, int layer, const struct lsn_lesion *lesion,
                             const float *const *planes, int kernel)
{
    const struct lsn_network *network = pass->network;
    const struct lsn_layer *lesioned = &network->layers[layer];
    int i;

    memset(pass->changed, 0, (size_t)network->step_count * sizeof *pass->changed);
    for (i = 0; i < lesioned->affected_count; i++) {
        int node = lesioned->affected[i], place = lsn_layer_place(lesioned, node);

        if (place >= 0)
            lesion_place(pass, node, lesion, planes ? planes[place] : NULL, kernel);
        else
            run_step(pass, node, network->steps[node].packed, pass->lesioned[node]);
        pass->changed[node] = true;
    }
    pass->multiply_adds += lsn_network_lesion_work(network, layer);
    return pass->lesioned[network->step_count - 1];
}

static enum lsn_status check_variants(const struct lsn_pass *pass, const struct lsn_variants *v,
                                      struct lsn_error *err)
{
    if (!pass->delta && !pass->lesioned)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a lesioned pass was asked of one made for LSN_ENGINE_INTACT");
    LSN_TRY(lsn_lesion_check(v->lesion, pass->network, v->layer, v->kernels, v->count, err));
    if (lsn_lesion_left(v->lesion) == LSN_LEFT_PLANE && !v->planes)
        return lsn_fail(err, LSN_E_ARGUMENT, "a lesioned pass: no planes are given to put in");
    return LSN_OK;
}

enum lsn_status lsn_pass_run_lesioned(struct lsn_pass *pass, const struct lsn_variants *v,
                                      float *logits, struct lsn_error *err)
{
    size_t classes = pass->network->steps[pass->network->step_count - 1].count;
    int i;

    lsn_error_clear(err);
    LSN_TRY(check_variants(pass, v, err));
    if (pass->delta)
        lsn_incremental_run(pass->delta, v->layer, v->lesion, v->planes, v->kernels, v->count,
                            logits);
    for (i = 0; !pass->delta && i < v->count; i++)
        memcpy(logits + (size_t)i * classes,
               run_full(pass, v->layer, v->lesion, v->planes, v->kernels[i]),
               classes * sizeof *logits);
    return LSN_OK;
}

double lsn_pass_work(const struct lsn_pass *pass)
{
    return pass->delta ? lsn_incremental_work(pass->delta) : pass->multiply_adds;
}

const float *lsn_pass_activation(const struct lsn_pass *pass, int node)
{
    if (node < 0 || node >= lsn_model_nodes(pass->network->model))
        return NULL;
    return pass->intact[lsn_network_step(pass->network, node)];
}

const struct lsn_network *lsn_pass_network(const struct lsn_pass *pass)
{
    return pass->network;
}

const float *const *lsn_pass_intact(const struct lsn_pass *pass)
{
    return (const float *const *)pass->intact;
}

size_t lsn_pass_bytes(const struct lsn_network *network, enum lsn_engine engine)
{
    size_t floats = network->scratch_count, i;

    for (i = 0; i < (size_t)network->step_count; i++)
        floats += network->steps[i].count * (engine == LSN_ENGINE_FULL ? 2 : 1);
    if (engine == LSN_ENGINE_FULL)
        floats += largest_weight(network);
    return floats * sizeof(float) +
           (engine == LSN_ENGINE_INCREMENTAL ? lsn_incremental_bytes(network) : 0);
}
