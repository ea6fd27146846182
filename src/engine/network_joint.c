/* Makes networks for joint lesions, and checks the sets of kernels that they are given. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "engine/plan.h"

static bool contains(const int *layers, int count, int layer)
{
    int i;

    for (i = 0; i < count; i++)
        if (layers[i] == layer)
            return true;
    return false;
}

static enum lsn_status check_layers(const struct lsn_network *base, const int *layers, int count,
                                    struct lsn_error *err)
{
    int i;

    if (count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "joint lesions of %d layers: give at least one",
                        count);
    for (i = 0; i < count; i++) {
        if (layers[i] < 0 || layers[i] >= base->layer_count)
            return lsn_fail(err, LSN_E_ARGUMENT, "joint lesions: layer %d, the network has %d",
                            layers[i], base->layer_count);
        if (contains(layers, i, layers[i]))
            return lsn_fail(err, LSN_E_ARGUMENT, "joint lesions: layer %d is given twice",
                            layers[i]);
    }
    return LSN_OK;
}

static enum lsn_status set_joint(struct lsn_network *made, const int *layers, int count,
                                 struct lsn_error *err)
{
    const struct lsn_network *base = made->base;
    int i;

    made->joint.places = lsn_alloc((size_t)base->step_count, sizeof *made->joint.places);
    if (!made->joint.places)
        return lsn_fail_memory(err, "the places of joint lesions");
    for (i = 0; i < base->step_count; i++)
        if (contains(layers, count, base->steps[i].layer))
            made->joint.places[made->joint.place_count++] = i;
    return LSN_OK;
}

static enum lsn_status copy_fixed(struct lsn_network *made, struct lsn_error *err)
{
    const struct lsn_fixed *from = &made->base->fixed;

    made->fixed.kernels = lsn_alloc((size_t)from->count, sizeof *from->kernels);
    if (!made->fixed.kernels)
        return lsn_fail_memory(err, "the lesioned kernels");
    made->fixed.lesion = from->lesion;
    made->fixed.count = from->count;
    if (from->count > 0)
        memcpy(made->fixed.kernels, from->kernels, (size_t)from->count * sizeof *from->kernels);
    return LSN_OK;
}

enum lsn_status lsn_network_create_joint(const struct lsn_network *base, const int *layers,
                                         int count, struct lsn_network **network,
                                         struct lsn_error *err)
{
    struct lsn_network *made;
    enum lsn_status status;

    lsn_error_clear(err);
    *network = NULL;
    LSN_TRY(check_layers(base, layers, count, err));
    made = lsn_network_derive(base);
    if (!made)
        return lsn_fail_memory(err, "the compiled network");
    status = set_joint(made, layers, count, err);
    if (status == LSN_OK)
        status = copy_fixed(made, err);
    if (status == LSN_OK)
        status = lsn_network_prepare(made, err);
    if (status != LSN_OK) {
        lsn_network_free(made);
        return status;
    }
    *network = made;
    return LSN_OK;
}

int lsn_network_joint_group(const struct lsn_network *network)
{
    return network->plan->joint.group;
}

static size_t mark_of(const struct lsn_network *network, struct lsn_kernel kernel)
{
    return (size_t)kernel.layer * network->plan->row_max + (size_t)kernel.kernel;
}

/* is_in_set [layers][row_max] marks the kernels of the set that have been checked. */
static enum lsn_status check_kernel(const struct lsn_network *network, const struct lsn_joint *sets,
                                    struct lsn_kernel kernel, const bool *is_in_set,
                                    struct lsn_error *err)
{
    LSN_TRY(lsn_lesion_check(sets->lesion, network, kernel.layer, &kernel.kernel, 1, err));
    if (lsn_layer_place(&network->joint, network->layers[kernel.layer].places[0]) < 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a joint lesion: layer %d is none of those that the network was made for",
                        kernel.layer);
    if (is_in_set[mark_of(network, kernel)])
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a joint lesion: kernel %d of layer %d is twice in a set", kernel.kernel,
                        kernel.layer);
    if (lsn_lesion_left(sets->lesion) == LSN_LEFT_PLANE &&
        (!sets->planes || !sets->planes[kernel.layer]))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a joint lesion: no planes are given to put in at layer %d", kernel.layer);
    return LSN_OK;
}

static enum lsn_status check_set(const struct lsn_network *network, const struct lsn_joint *sets,
                                 int index, bool *is_in_set, struct lsn_error *err)
{
    int first = sets->start[index], last = sets->start[index + 1], i;
    enum lsn_status status = LSN_OK;

    if (first < 0 || first > last)
        return lsn_fail(err, LSN_E_ARGUMENT, "joint lesions: set %d has kernels %d ... %d", index,
                        first, last - 1);
    for (i = first; i < last; i++) {
        status = check_kernel(network, sets, sets->kernels[i], is_in_set, err);
        if (status != LSN_OK)
            break;
        is_in_set[mark_of(network, sets->kernels[i])] = true;
    }
    while (i-- > first)
        is_in_set[mark_of(network, sets->kernels[i])] = false;
    return status;
}

enum lsn_status lsn_joint_check(const struct lsn_network *network, const struct lsn_joint *sets,
                                bool *is_in_set, struct lsn_error *err)
{
    int i;

    if (network->joint.place_count == 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a joint lesion was asked of a network without joint layers; make it by "
                        "lsn_network_create_joint");
    for (i = 0; i < sets->count; i++)
        LSN_TRY(check_set(network, sets, i, is_in_set, err));
    return LSN_OK;
}
