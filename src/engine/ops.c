#include "engine/ops.h"

#include "engine/forward.h"

/* ---- how long channel lists are after an op ---- */

/* The op keeps channels apart, so lists keep their length. If it has no propagate function, it is
 * run on the listed channels alone. */
static int listed_same(const struct lsn_step *step, int listed, int changed, int input)
{
    (void)step;
    (void)changed;
    (void)input;
    return listed;
}

static int listed_conv(const struct lsn_step *step, int listed, int changed, int input)
{
    const struct lsn_conv *conv = &step->geometry.conv;

    (void)changed;
    (void)input;
    if (lsn_conv_is_depthwise(conv))
        return listed;
    return conv->groups > 1 && listed == 1 ? conv->out.c / conv->groups : 0;
}

static int listed_lrn(const struct lsn_step *step, int listed, int changed, int input)
{
    int size = step->node->attributes.size;

    (void)changed;
    (void)input;
    return listed == 1 && size <= step->node->shape.c ? size : 0;
}

static int listed_flatten(const struct lsn_step *step, int listed, int changed, int input)
{
    const struct lsn_shape *in = &step->in_shapes[input];

    (void)changed;
    return listed * in->h * in->w;
}

static int listed_select(const struct lsn_step *step, int listed, int changed, int input)
{
    (void)changed;
    (void)input;
    return listed == 1 && lsn_select_is_injective(step->node) ? 1 : 0;
}

/* A list stays a list only if one operand has changed, and it has all channels and either all
 * positions of the result or one position for all (a gate). */
static int listed_join(const struct lsn_step *step, int listed, int changed, int input)
{
    const struct lsn_shape *in = &step->in_shapes[input], *out = &step->node->shape;
    bool same = in->h == out->h && in->w == out->w, gate = in->h == 1 && in->w == 1;

    return changed == 1 && in->c == out->c && (same || gate) ? listed : 0;
}

static int listed_concat(const struct lsn_step *step, int listed, int changed, int input)
{
    (void)step;
    (void)input;
    return changed == 1 ? listed : 0;
}

static int listed_reduce(const struct lsn_step *step, int listed, int changed, int input)
{
    (void)changed;
    (void)input;
    return step->node->attributes.over_channels ? 0 : listed;
}

/* ---- whether an op keeps positions apart ---- */

static bool always(const struct lsn_step *step)
{
    (void)step;
    return true;
}

static bool keeps_space(const struct lsn_step *step)
{
    return !step->node->attributes.over_space;
}

/* ---- the table ---- */

struct engine_op {
    /* Propagates a sparse change. NULL: the op is run on each variant's inputs and the intact
     * output subtracted; only at changed positions, where at_positions is true. */
    void (*propagate)(struct lsn_incremental *d, const struct lsn_entry *entry,
                      struct lsn_change *out);
    /* The length of the variants' channel lists after the op, see lsn_channels_after. NULL: the
     * change is always by rows. */
    int (*channels_after)(const struct lsn_step *step, int listed, int changed, int input);
    /* Whether the op keeps positions apart: the output at a position depends only on its one input
     * at that position. NULL: it does not. */
    bool (*at_positions)(const struct lsn_step *step);
};

/* clang-format off */
static const struct engine_op table[LSN_OP_COUNT] = {
    [LSN_OP_CONV]         = {lsn_propagate_conv, listed_conv, NULL},
    [LSN_OP_LINEAR]       = {lsn_propagate_conv, NULL, NULL},
    [LSN_OP_AFFINE]       = {lsn_propagate_rows, listed_same, NULL},
    [LSN_OP_LAYER_NORM]   = {NULL, NULL, always},
    [LSN_OP_LRN]          = {lsn_propagate_lrn, listed_lrn, always},
    [LSN_OP_GROUP_NORM]   = {NULL, NULL, NULL},
    [LSN_OP_PRELU]        = {lsn_propagate_rows, listed_same, NULL},
#define ROW(id, name, function, parameters) \
    [LSN_OP_##id] = {lsn_propagate_rows, listed_same, NULL},
    LSN_UNARY_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {lsn_propagate_join, listed_join, NULL},
    LSN_JOIN_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {NULL, listed_reduce, keeps_space},
    LSN_REDUCE_LIST(ROW)
#undef ROW
    [LSN_OP_CONSTANT]     = {NULL, NULL, NULL},
    [LSN_OP_CONCAT]       = {lsn_propagate_concat, listed_concat, NULL},
    [LSN_OP_SELECT]       = {lsn_propagate_select, listed_select, NULL},
    [LSN_OP_PAD]          = {lsn_propagate_pad, listed_same, NULL},
    [LSN_OP_RESAMPLE]     = {lsn_propagate_resample, listed_same, NULL},
    [LSN_OP_MAX_POOL]     = {lsn_propagate_max_pool, listed_same, NULL},
    [LSN_OP_AVERAGE_POOL] = {lsn_propagate_average_pool, listed_same, NULL},
    [LSN_OP_GLOBAL_AVERAGE_POOL] = {lsn_propagate_global_pool, listed_same, NULL},
    [LSN_OP_FLATTEN]      = {lsn_propagate_flatten, listed_flatten, NULL},
    [LSN_OP_NORMALISE]    = {NULL, NULL, NULL},
    [LSN_OP_CONTRAST_POOL] = {NULL, listed_same, NULL},
};
/* clang-format on */

int lsn_channels_after(const struct lsn_step *step, int listed, int changed, int input)
{
    const struct engine_op *op = &table[step->node->op];

    return op->channels_after ? op->channels_after(step, listed, changed, input) : 0;
}

static bool runs_at_positions(const struct engine_op *op, const struct lsn_step *step)
{
    return op->at_positions && op->at_positions(step);
}

void lsn_propagate(struct lsn_incremental *d, const struct lsn_entry *entry, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct engine_op *op = &table[step->node->op];

    if (op->propagate)
        op->propagate(d, entry, out);
    else if (runs_at_positions(op, step))
        lsn_propagate_positions(d, entry, out);
    else
        lsn_propagate_whole(d, entry, out);
}

size_t lsn_propagate_scratch(const struct lsn_step *step)
{
    const struct engine_op *op = &table[step->node->op];
    size_t c = (size_t)step->node->shape.c, size = (size_t)step->node->attributes.size;

    if (step->packed)
        return lsn_propagate_conv_scratch(step);
    if (op->propagate == lsn_propagate_global_pool)
        return lsn_propagate_mean_scratch(step);
    if (step->node->input_count > 0 && !op->propagate && !runs_at_positions(op, step))
        return lsn_propagate_whole_scratch(step);
    return c > size ? c : size;
}
