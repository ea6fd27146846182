/* Packs weights in the orders in which the passes read them: packed, for whole activations by BLAS;
 * in panels and transformed for Winograd, for changes. The latter two are made for the incremental
 * engine only; together they are larger than the weights themselves. */
#include "base/error.h"
#include "base/memory.h"
#include "engine/network.h"
#include "op/panel.h"
#include "op/winograd.h"

/* After so many kernels the memory of the weights read from the mapped model file is given back. */
#define KERNELS 128

static size_t panel_floats(const struct lsn_conv *conv)
{
    if (lsn_conv_is_depthwise(conv))
        return 0;
    return lsn_panel_count(lsn_conv_patch_count(conv), (size_t)(conv->out.c / conv->groups)) *
           (size_t)conv->groups;
}

static size_t winograd_floats(const struct lsn_conv *conv)
{
    return LSN_WINOGRAD_POINTS * lsn_panel_count((size_t)conv->in.c, (size_t)conv->out.c);
}

static void pack(const struct lsn_conv *conv, const struct lsn_tensor *weight, float *packed)
{
    size_t each = lsn_conv_patch_count(conv);
    int first, count;

    for (first = 0; first < conv->out.c; first += count) {
        count = conv->out.c - first < KERNELS ? conv->out.c - first : KERNELS;
        lsn_conv_pack(conv, first, count, weight->data + (size_t)first * each, packed);
        lsn_tensor_forget(weight, (size_t)first * each, (size_t)count * each);
    }
}

static void pack_panels(const struct lsn_conv *conv, const float *packed, float *panels)
{
    size_t k = lsn_conv_patch_count(conv), n = (size_t)(conv->out.c / conv->groups);
    int g;

    for (g = 0; g < conv->groups; g++, packed += k * n, panels += lsn_panel_count(k, n))
        lsn_panel_pack(k, n, packed, panels);
}

enum lsn_status lsn_step_pack(struct lsn_step *step, const struct lsn_tensor *weight, bool lesions,
                              struct lsn_error *err)
{
    const struct lsn_conv *conv = &step->geometry.conv;

    step->packed = lsn_alloc_floats(lsn_conv_weight_count(conv));
    if (!step->packed)
        return lsn_fail_memory(err, "packed weights");
    pack(conv, weight, step->packed);
    if (!lesions)
        return LSN_OK;
    if (lsn_conv_is_in_panels(conv)) {
        step->panels = step->packed;
    } else if (!lsn_conv_is_depthwise(conv)) {
        step->panels = lsn_alloc_floats(panel_floats(conv));
        if (!step->panels)
            return lsn_fail_memory(err, "weights in panels");
        pack_panels(conv, step->packed, step->panels);
    }
    if (lsn_winograd_fits(conv)) {
        step->winograd = lsn_alloc_floats(winograd_floats(conv));
        if (!step->winograd)
            return lsn_fail_memory(err, "transformed weights");
        lsn_winograd_pack(conv, weight->data, step->winograd);
        lsn_tensor_forget(weight, 0, lsn_conv_weight_count(conv));
    }
    return LSN_OK;
}

size_t lsn_step_weight_bytes(const struct lsn_step *step)
{
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t floats = 0;

    if (step->lent)
        return 0;
    floats += step->packed ? lsn_conv_weight_count(conv) : 0;
    floats += step->panels && step->panels != step->packed ? panel_floats(conv) : 0;
    floats += step->winograd ? winograd_floats(conv) : 0;
    return floats * sizeof(float);
}
