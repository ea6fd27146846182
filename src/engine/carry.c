#include "engine/carry.h"

void lsn_carry(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];

    switch (step->node->op) {
    case LSN_OP_CONV:
        if (lsn_conv_is_depthwise(&step->geometry.conv))
            lsn_carry_depthwise(d, entry, out);
        else
            lsn_carry_conv(d, entry, out);
        break;
    case LSN_OP_LINEAR:
        lsn_carry_conv(d, entry, out);
        break;
    case LSN_OP_LAYER_NORM:
        lsn_carry_layer_norm(d, entry, out);
        break;
    case LSN_OP_LRN:
        lsn_carry_lrn(d, entry, out);
        break;
    case LSN_OP_ADD:
    case LSN_OP_MUL:
        lsn_carry_join(d, entry, out);
        break;
    case LSN_OP_CONCAT:
        lsn_carry_concat(d, entry, out);
        break;
    case LSN_OP_SELECT:
        lsn_carry_select(d, entry, out);
        break;
    case LSN_OP_PAD:
        lsn_carry_pad(d, entry, out);
        break;
    case LSN_OP_MAX_POOL:
        lsn_carry_max_pool(d, entry, out);
        break;
    case LSN_OP_AVERAGE_POOL:
        lsn_carry_average_pool(d, entry, out);
        break;
    case LSN_OP_GLOBAL_AVERAGE_POOL:
        lsn_carry_global_pool(d, entry, out);
        break;
    case LSN_OP_FLATTEN:
        lsn_carry_flatten(d, entry, out);
        break;
    case LSN_OP_NORMALISE:
    case LSN_OP_CONTRAST_POOL:
        lsn_carry_whole(d, entry, out);
        break;
    case LSN_OP_AFFINE:
    LSN_ACTIVATION_CASES:
        lsn_carry_rows(d, entry, out);
        break;
    case LSN_OP_INPUT:      /* not behind a lesion */
    case LSN_OP_BATCH_NORM: /* folded at load */
    case LSN_OP_COUNT:
        break;
    }
}

size_t lsn_carry_scratch(const struct lsn_step *step)
{
    size_t c = (size_t)step->node->shape.c, size = (size_t)step->node->attributes.size;

    if (step->packed)
        return lsn_carry_conv_scratch(step);
    if (step->node->op == LSN_OP_NORMALISE || step->node->op == LSN_OP_CONTRAST_POOL)
        return lsn_carry_whole_scratch(step);
    return c > size ? c : size;
}
