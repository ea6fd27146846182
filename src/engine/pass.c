#include "engine/pass.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/lesion.h"

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

static size_t marks_of(const struct lsn_network *network)
{
    return network->joint.place_count > 0 ? (size_t)network->layer_count * network->plan->row_max
                                          : 0;
}

static enum lsn_status allocate_sets(struct lsn_pass *pass, struct lsn_error *err)
{
    const struct lsn_network *network = pass->network;
    size_t group = (size_t)network->plan->group_max, i;

    pass->kernels = lsn_alloc(group, sizeof *pass->kernels);
    pass->start = lsn_alloc(group + 1, sizeof *pass->start);
    pass->planes = lsn_alloc((size_t)network->layer_count, sizeof *pass->planes);
    pass->is_in_set = lsn_alloc(marks_of(network), sizeof *pass->is_in_set);
    if (!pass->kernels || !pass->start || !pass->planes || !pass->is_in_set)
        return lsn_fail_memory(err, "a forward pass");
    for (i = 0; i <= group; i++)
        pass->start[i] = (int)i;
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
    if (engine != LSN_ENGINE_INTACT)
        LSN_TRY(allocate_sets(pass, err));
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
    lsn_free(pass->kernels);
    lsn_free(pass->start);
    lsn_free(pass->planes);
    lsn_free(pass->is_in_set);
    lsn_free(pass);
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
        lsn_pass_step(pass, i, network->steps[i].packed, pass->intact[i]);
    return pass->intact[network->step_count - 1];
}

/* Runs sets of a layer's kernels, or of the joint layers'. */
static void run_sets(struct lsn_pass *pass, const struct lsn_layer *affected,
                     const struct lsn_layer_plan *plan, const struct lsn_joint *sets, float *logits)
{
    size_t classes = pass->network->steps[pass->network->step_count - 1].count;
    int i;

    if (pass->delta)
        lsn_incremental_run(pass->delta, plan, sets, logits);
    for (i = 0; !pass->delta && i < sets->count; i++)
        memcpy(logits + (size_t)i * classes, lsn_full_run(pass, affected, sets, i),
               classes * sizeof *logits);
}

static enum lsn_status check_engine(const struct lsn_pass *pass, struct lsn_error *err)
{
    if (!pass->delta && !pass->lesioned)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a lesioned pass was asked of one made for LSN_ENGINE_INTACT");
    return LSN_OK;
}

static enum lsn_status check_variants(const struct lsn_pass *pass, const struct lsn_variants *v,
                                      struct lsn_error *err)
{
    LSN_TRY(check_engine(pass, err));
    LSN_TRY(lsn_lesion_check(v->lesion, pass->network, v->layer, v->kernels, v->count, err));
    if (lsn_lesion_left(v->lesion) == LSN_LEFT_PLANE && !v->planes)
        return lsn_fail(err, LSN_E_ARGUMENT, "a lesioned pass: no planes are given to put in");
    return LSN_OK;
}

enum lsn_status lsn_pass_run_lesioned(struct lsn_pass *pass, const struct lsn_variants *v,
                                      float *logits, struct lsn_error *err)
{
    const struct lsn_network *network = pass->network;
    size_t classes = network->steps[network->step_count - 1].count;
    const struct lsn_layer_plan *plan;
    int first, i;

    lsn_error_clear(err);
    LSN_TRY(check_variants(pass, v, err));
    plan = &network->plan->layers[v->layer];
    pass->planes[v->layer] = v->planes;
    for (first = 0; first < v->count; first += plan->group) {
        int count = v->count - first < plan->group ? v->count - first : plan->group;
        const struct lsn_joint sets = {v->lesion, pass->planes, pass->kernels, pass->start, count};

        for (i = 0; i < count; i++)
            pass->kernels[i] = (struct lsn_kernel){v->layer, v->kernels[first + i]};
        run_sets(pass, &network->layers[v->layer], plan, &sets, logits + (size_t)first * classes);
    }
    return LSN_OK;
}

enum lsn_status lsn_pass_run_joint(struct lsn_pass *pass, const struct lsn_joint *sets,
                                   float *logits, struct lsn_error *err)
{
    const struct lsn_network *network = pass->network;

    lsn_error_clear(err);
    LSN_TRY(check_engine(pass, err));
    LSN_TRY(lsn_joint_check(network, sets, pass->is_in_set, err));
    run_sets(pass, &network->joint, &network->plan->joint, sets, logits);
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

size_t lsn_pass_bytes(const struct lsn_network *network, enum lsn_engine engine)
{
    size_t floats = network->scratch_count, i;

    for (i = 0; i < (size_t)network->step_count; i++)
        floats += network->steps[i].count * (engine == LSN_ENGINE_FULL ? 2 : 1);
    if (engine == LSN_ENGINE_FULL)
        floats += largest_weight(network);
    return floats * sizeof(float) + (engine == LSN_ENGINE_INTACT ? 0 : marks_of(network)) +
           (engine == LSN_ENGINE_INCREMENTAL ? lsn_incremental_bytes(network) : 0);
}
