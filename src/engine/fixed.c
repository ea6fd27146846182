/* The weights of networks with fixed lesions: they are zeroed once, when packed, so that the
 * engines need not know of them. Where a plane replaces the kernel's output, the bias is zeroed,
 * too, and the pass puts the plane in. A difference computed with these weights is then 0 in the
 * kernel's channel, as the plane is the same with and without further lesions. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "model/model.h"

enum { WEIGHT, BIAS };

/* Whether a step is a place of a fixed lesion's layer. */
static bool is_of(const struct lsn_network *network, int index, const struct lsn_kernel *kernel)
{
    return lsn_layer_place(&network->layers[kernel->layer], index) >= 0;
}

bool lsn_fixed_has(const struct lsn_network *network, int index)
{
    int i;

    for (i = 0; i < network->fixed.count; i++)
        if (is_of(network, index, &network->fixed.kernels[i]))
            return true;
    return false;
}

bool lsn_lesion_is_sliced(const struct lsn_network *network, int node,
                          const struct lsn_lesion *lesion)
{
    const struct lsn_slice *slice = &lesion->slice;

    return lsn_lesion_left(lesion) == LSN_LEFT_REST &&
           (slice->in >= 0 || slice->row >= 0 || slice->col >= 0 ||
            (lsn_lesion_left(&network->fixed.lesion) == LSN_LEFT_PLANE &&
             lsn_fixed_has(network, node)));
}

/* Zeroes a slice of one kernel in weight [o][in][row][col]. */
static void zero(const struct lsn_tensor *tensor, int kernel, struct lsn_slice slice, float *weight)
{
    size_t count = lsn_tensor_count(tensor) / (size_t)tensor->dims[0], i;

    weight += (size_t)kernel * count;
    for (i = 0; i < count; i++) {
        int tap = (int)i % (tensor->dims[2] * tensor->dims[3]);
        int in = (int)i / (tensor->dims[2] * tensor->dims[3]);

        if ((slice.in < 0 || slice.in == in) &&
            (slice.row < 0 || slice.row == tap / tensor->dims[3]) &&
            (slice.col < 0 || slice.col == tap % tensor->dims[3]))
            weight[i] = 0;
    }
}

static bool keeps_bias(const struct lsn_lesion *lesion)
{
    switch (lsn_lesion_left(lesion)) {
    case LSN_LEFT_REST:
        return true;
    case LSN_LEFT_NOTHING:
    case LSN_LEFT_PLANE:
        break;
    }
    return false;
}

enum lsn_status lsn_fixed_pack(const struct lsn_network *network, int index, struct lsn_step *step,
                               struct lsn_error *err)
{
    const struct lsn_tensor *tensors = step->node->tensors;
    const struct lsn_fixed *fixed = &network->fixed;
    size_t count = lsn_tensor_count(&tensors[WEIGHT]), c = (size_t)step->node->shape.c;
    float *weight = lsn_alloc_floats(count);
    struct lsn_tensor lesioned = tensors[WEIGHT];
    enum lsn_status status;
    int i;

    if (!weight)
        return lsn_fail_memory(err, "lesioned weights");
    memcpy(weight, tensors[WEIGHT].data, count * sizeof *weight);
    lsn_tensor_forget(&tensors[WEIGHT], 0, count);
    lesioned.data = weight;
    lesioned.mapped = false;
    if (tensors[BIAS].data && !keeps_bias(&fixed->lesion)) {
        step->fixed_bias = lsn_alloc_floats(c);
        if (!step->fixed_bias) {
            lsn_free(weight);
            return lsn_fail_memory(err, "a lesioned bias");
        }
        memcpy(step->fixed_bias, tensors[BIAS].data, c * sizeof *step->fixed_bias);
        step->bias = step->fixed_bias;
    }
    for (i = 0; i < fixed->count; i++) {
        int kernel = fixed->kernels[i].kernel;

        if (!is_of(network, index, &fixed->kernels[i]))
            continue;
        zero(&tensors[WEIGHT], kernel, fixed->lesion.slice, weight);
        if (step->fixed_bias)
            step->fixed_bias[kernel] = 0;
    }
    status = lsn_step_pack(step, &lesioned, network->lesions, err);
    lsn_free(weight);
    return status;
}
