#include "engine/backward.h"

#include "op/backward.h"
#include "op/resample.h"

static size_t positions_of(struct lsn_shape s)
{
    return (size_t)s.h * (size_t)s.w;
}

static size_t channels_of(const struct lsn_backward *r)
{
    return (size_t)r->step->node->shape.c;
}

static size_t positions_in(const struct lsn_backward *r)
{
    return positions_of(r->step->node->shape);
}

static const struct lsn_attributes *attributes_of(const struct lsn_backward *r)
{
    return &r->step->node->attributes;
}

static const struct lsn_tensor *tensors_of(const struct lsn_backward *r)
{
    return r->step->node->tensors;
}

/* ---- backward ---- */

static void back_conv(const struct lsn_backward *r)
{
    lsn_conv_backward(&r->step->geometry.conv, r->step->packed, r->dy, r->dx[0], r->scratch);
}

static void back_affine(const struct lsn_backward *r)
{
    lsn_affine_backward(positions_in(r), channels_of(r), tensors_of(r)[0].data, r->dy, r->dx[0]);
}

static void back_layer_norm(const struct lsn_backward *r)
{
    lsn_layer_norm_backward(positions_in(r), channels_of(r), attributes_of(r)->epsilon,
                            tensors_of(r)[0].data, r->in[0], r->dy, r->dx[0]);
}

static void back_lrn(const struct lsn_backward *r)
{
    const struct lsn_attributes *a = attributes_of(r);
    const struct lsn_lrn lrn = {a->size, a->alpha, a->beta, a->bias};

    lsn_lrn_backward(&lrn, positions_in(r), channels_of(r), r->in[0], r->dy, r->dx[0], r->scratch);
}

static void back_group_norm(const struct lsn_backward *r)
{
    const struct lsn_attributes *a = attributes_of(r);

    lsn_group_norm_backward(r->step->node->shape, a->groups, a->epsilon, tensors_of(r)[0].data,
                            r->in[0], r->dy, r->dx[0]);
}

static void back_prelu(const struct lsn_backward *r)
{
    lsn_prelu_backward(positions_in(r), channels_of(r), tensors_of(r)[0].data, r->in[0], r->dy,
                       r->dx[0]);
}

static void back_unary(const struct lsn_backward *r)
{
    const struct lsn_unary parameters = lsn_unary_of(attributes_of(r));

    lsn_unary_backward((enum lsn_unary_function)(r->step->node->op - LSN_OP_RELU), &parameters,
                       r->step->count, r->in[0], r->out, r->dy, r->dx[0]);
}

static void back_join(const struct lsn_backward *r)
{
    int i;

    for (i = 0; i < 2; i++)
        if (r->dx[i])
            lsn_join_backward((enum lsn_join_function)(r->step->node->op - LSN_OP_ADD),
                              r->step->node->shape, i, r->step->in_shapes, r->in, r->dy, r->dx[i]);
}

static void back_reduce(const struct lsn_backward *r)
{
    lsn_reduce_backward((enum lsn_reduce_function)(r->step->node->op - LSN_OP_REDUCE_MEAN),
                        r->step->in_shapes[0], r->step->node->shape, r->in[0], r->out, r->dy,
                        r->dx[0]);
}

static void back_concat(const struct lsn_backward *r)
{
    size_t first = 0;
    int i;

    for (i = 0; i < r->step->node->input_count; i++) {
        size_t c = (size_t)r->step->in_shapes[i].c;

        if (r->dx[i])
            lsn_concat_part_backward(positions_in(r), c, r->dy, first, channels_of(r), r->dx[i]);
        first += c;
    }
}

static void back_select(const struct lsn_backward *r)
{
    lsn_select_backward(positions_in(r), (size_t)r->step->in_shapes[0].c,
                        attributes_of(r)->channels, channels_of(r), r->dy, r->dx[0]);
}

static void back_pad(const struct lsn_backward *r)
{
    lsn_pad_backward(r->step->in_shapes[0], attributes_of(r)->pads, r->dy, r->dx[0]);
}

static void back_resample(const struct lsn_backward *r)
{
    const struct lsn_tensor *t = tensors_of(r);

    lsn_resample_backward(r->step->in_shapes[0], r->step->node->shape, t[0].data, t[1].data, r->dy,
                          r->dx[0]);
}

static void back_max_pool(const struct lsn_backward *r)
{
    lsn_max_pool_backward(&r->step->geometry.pool, r->in[0], r->out, r->dy, r->dx[0], r->scratch);
}

static void back_average_pool(const struct lsn_backward *r)
{
    lsn_average_pool_backward(&r->step->geometry.pool, r->dy, r->dx[0]);
}

static void back_global_pool(const struct lsn_backward *r)
{
    lsn_global_average_pool_backward(r->step->in_shapes[0], r->dy, r->dx[0]);
}

static void back_flatten(const struct lsn_backward *r)
{
    lsn_flatten_backward(r->step->in_shapes[0], r->dy, r->dx[0]);
}

static void back_normalise(const struct lsn_backward *r)
{
    lsn_normalise_backward(&attributes_of(r)->normalise, r->step->node->shape, r->in[0], r->dy,
                           r->dx[0], (double *)(void *)r->scratch);
}

static void back_contrast_pool(const struct lsn_backward *r)
{
    lsn_contrast_pool_backward(&r->step->geometry.pool, r->in[0], r->dy, r->dx[0],
                               (double *)(void *)r->scratch);
}

/* ---- scratch ---- */

#define WIDE (sizeof(double) / sizeof(float))

static size_t scratch_of_conv(const struct lsn_step *step)
{
    return lsn_conv_scratch_count(&step->geometry.conv);
}

static size_t scratch_of_channels(const struct lsn_step *step)
{
    return 2 * (size_t)step->node->shape.c;
}

static size_t scratch_of_normalise(const struct lsn_step *step)
{
    return WIDE * lsn_normalise_backward_scratch_count(step->node->shape);
}

static size_t scratch_of_contrast_pool(const struct lsn_step *step)
{
    return WIDE * lsn_contrast_pool_backward_scratch_count(&step->geometry.pool);
}

/* ---- the table ---- */

struct backward_op {
    void (*run)(const struct lsn_backward *run);
    size_t (*scratch)(const struct lsn_step *step); /* floats that run needs; NULL: none */
};

/* clang-format off */
static const struct backward_op table[LSN_OP_COUNT] = {
    [LSN_OP_CONV]         = {back_conv, scratch_of_conv},
    [LSN_OP_LINEAR]       = {back_conv, scratch_of_conv},
    [LSN_OP_AFFINE]       = {back_affine, NULL},
    [LSN_OP_LAYER_NORM]   = {back_layer_norm, NULL},
    [LSN_OP_LRN]          = {back_lrn, scratch_of_channels},
    [LSN_OP_GROUP_NORM]   = {back_group_norm, NULL},
    [LSN_OP_PRELU]        = {back_prelu, NULL},
#define ROW(id, name, function, parameters) \
    [LSN_OP_##id] = {back_unary, NULL},
    LSN_UNARY_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {back_join, NULL},
    LSN_JOIN_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {back_reduce, NULL},
    LSN_REDUCE_LIST(ROW)
#undef ROW
    [LSN_OP_CONCAT]       = {back_concat, NULL},
    [LSN_OP_SELECT]       = {back_select, NULL},
    [LSN_OP_PAD]          = {back_pad, NULL},
    [LSN_OP_RESAMPLE]     = {back_resample, NULL},
    [LSN_OP_MAX_POOL]     = {back_max_pool, scratch_of_channels},
    [LSN_OP_AVERAGE_POOL] = {back_average_pool, NULL},
    [LSN_OP_GLOBAL_AVERAGE_POOL] = {back_global_pool, NULL},
    [LSN_OP_FLATTEN]      = {back_flatten, NULL},
    [LSN_OP_NORMALISE]    = {back_normalise, scratch_of_normalise},
    [LSN_OP_CONTRAST_POOL] = {back_contrast_pool, scratch_of_contrast_pool},
};
/* clang-format on */

void lsn_step_backward(const struct lsn_backward *run)
{
    table[run->step->node->op].run(run);
}

size_t lsn_step_backward_scratch(const struct lsn_step *step)
{
    const struct backward_op *op = &table[step->node->op];

    return op->scratch ? op->scratch(step) : 0;
}
