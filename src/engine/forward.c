#include "engine/forward.h"

#include "op/join.h"
#include "op/norm.h"
#include "op/normalise.h"
#include "op/reduce.h"
#include "op/resample.h"
#include "op/unary.h"

static size_t positions_of(struct lsn_shape s)
{
    return (size_t)s.h * (size_t)s.w;
}

static const struct lsn_attributes *attributes_of(const struct lsn_run *r)
{
    return &r->step->node->attributes;
}

static const struct lsn_tensor *tensors_of(const struct lsn_run *r)
{
    return r->step->node->tensors;
}

/* ---- run ---- */

static void run_conv(const struct lsn_run *r)
{
    lsn_conv_run(&r->step->geometry.conv, r->packed, r->step->bias, r->in[0], r->out, r->scratch);
}

static void run_affine(const struct lsn_run *r)
{
    const struct lsn_tensor *t = tensors_of(r);

    lsn_affine(positions_of(r->shape), (size_t)r->shape.c, t[0].data, t[1].data, r->in[0], r->out);
}

static void run_layer_norm(const struct lsn_run *r)
{
    const struct lsn_tensor *t = tensors_of(r);

    lsn_layer_norm(positions_of(r->shape), (size_t)r->shape.c, attributes_of(r)->epsilon, t[0].data,
                   t[1].data, r->in[0], r->out);
}

static void run_lrn(const struct lsn_run *r)
{
    const struct lsn_attributes *a = attributes_of(r);
    const struct lsn_lrn lrn = {a->size, a->alpha, a->beta, a->bias};

    lsn_lrn(&lrn, positions_of(r->shape), (size_t)r->shape.c, r->in[0], r->out);
}

static void run_group_norm(const struct lsn_run *r)
{
    const struct lsn_attributes *a = attributes_of(r);
    const struct lsn_tensor *t = tensors_of(r);

    lsn_group_norm(r->shape, a->groups, a->epsilon, t[0].data, t[1].data, r->in[0], r->out);
}

static void run_activation(const struct lsn_run *r)
{
    const struct lsn_node *node = r->step->node;
    size_t p, c = (size_t)r->shape.c, positions = positions_of(r->shape);

    if (node->op != LSN_OP_PRELU)
        lsn_activation_run(node, positions * c, 0, NULL, r->in[0], r->out);
    for (p = 0; node->op == LSN_OP_PRELU && p < positions; p++)
        lsn_activation_run(node, c, 0, NULL, r->in[0] + p * c, r->out + p * c);
}

static void run_join(const struct lsn_run *r)
{
    lsn_join((enum lsn_join_function)(r->step->node->op - LSN_OP_ADD), r->shape, r->in_shapes[0],
             r->in[0], r->in_shapes[1], r->in[1], r->out);
}

static void run_reduce(const struct lsn_run *r)
{
    const struct lsn_attributes *a = attributes_of(r);

    lsn_reduce((enum lsn_reduce_function)(r->step->node->op - LSN_OP_REDUCE_MEAN), a->over_channels,
               a->over_space, r->in_shapes[0], r->in[0], r->out);
}

/* The file has constants in the order [c][h][w]. */
static void run_constant(const struct lsn_run *r)
{
    const float *value = tensors_of(r)[0].data;
    size_t positions = positions_of(r->shape), c = (size_t)r->shape.c, p, i;

    for (p = 0; p < positions; p++)
        for (i = 0; i < c; i++)
            r->out[p * c + i] = value[i * positions + p];
}

static void run_concat(const struct lsn_run *r)
{
    size_t first = 0;
    int i;

    for (i = 0; i < r->step->node->input_count; i++) {
        size_t c = (size_t)r->in_shapes[i].c;

        lsn_concat_part(positions_of(r->shape), c, r->in[i], first, (size_t)r->shape.c, r->out);
        first += c;
    }
}

static void run_select(const struct lsn_run *r)
{
    lsn_select(positions_of(r->shape), (size_t)r->in_shapes[0].c, r->in[0],
               attributes_of(r)->channels, (size_t)r->shape.c, r->out);
}

static void run_pad(const struct lsn_run *r)
{
    lsn_pad(r->in_shapes[0], attributes_of(r)->pads, attributes_of(r)->value, r->in[0], r->out);
}

static void run_resample(const struct lsn_run *r)
{
    const struct lsn_tensor *t = tensors_of(r);

    lsn_resample(r->in_shapes[0], r->shape, t[0].data, t[1].data, r->in[0], r->out);
}

static void run_max_pool(const struct lsn_run *r)
{
    lsn_max_pool(&r->step->geometry.pool, r->in[0], r->out);
}

static void run_average_pool(const struct lsn_run *r)
{
    lsn_average_pool(&r->step->geometry.pool, r->in[0], r->out);
}

static void run_global_pool(const struct lsn_run *r)
{
    lsn_global_average_pool(r->in_shapes[0], r->in[0], r->out);
}

static void run_flatten(const struct lsn_run *r)
{
    lsn_flatten(r->in_shapes[0], r->in[0], r->out);
}

static void run_normalise(const struct lsn_run *r)
{
    lsn_normalise(&attributes_of(r)->normalise, r->shape, r->in[0], r->out,
                  (double *)(void *)r->scratch);
}

static void run_contrast_pool(const struct lsn_run *r)
{
    struct lsn_pool pool = r->step->geometry.pool;

    pool.in.c = pool.out.c = r->shape.c;
    lsn_contrast_pool(&pool, r->in[0], r->out, (double *)(void *)r->scratch);
}

/* ---- scratch ---- */

#define WIDE (sizeof(double) / sizeof(float))

static size_t scratch_of_conv(const struct lsn_step *step)
{
    return lsn_conv_scratch_count(&step->geometry.conv);
}

static size_t scratch_of_normalise(const struct lsn_step *step)
{
    return WIDE * lsn_normalise_scratch_count(step->node->shape);
}

static size_t scratch_of_contrast_pool(const struct lsn_step *step)
{
    return WIDE * lsn_contrast_pool_scratch_count(&step->geometry.pool);
}

/* ---- the table ---- */

struct forward_op {
    void (*run)(const struct lsn_run *run);
    size_t (*scratch)(const struct lsn_step *step); /* floats that run needs; NULL: none */
};

/* clang-format off */
static const struct forward_op table[LSN_OP_COUNT] = {
    [LSN_OP_CONV]         = {run_conv, scratch_of_conv},
    [LSN_OP_LINEAR]       = {run_conv, scratch_of_conv},
    [LSN_OP_AFFINE]       = {run_affine, NULL},
    [LSN_OP_LAYER_NORM]   = {run_layer_norm, NULL},
    [LSN_OP_LRN]          = {run_lrn, NULL},
    [LSN_OP_GROUP_NORM]   = {run_group_norm, NULL},
    [LSN_OP_PRELU]        = {run_activation, NULL},
#define ROW(id, name, function, parameters) \
    [LSN_OP_##id] = {run_activation, NULL},
    LSN_UNARY_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {run_join, NULL},
    LSN_JOIN_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {run_reduce, NULL},
    LSN_REDUCE_LIST(ROW)
#undef ROW
    [LSN_OP_CONSTANT]     = {run_constant, NULL},
    [LSN_OP_CONCAT]       = {run_concat, NULL},
    [LSN_OP_SELECT]       = {run_select, NULL},
    [LSN_OP_PAD]          = {run_pad, NULL},
    [LSN_OP_RESAMPLE]     = {run_resample, NULL},
    [LSN_OP_MAX_POOL]     = {run_max_pool, NULL},
    [LSN_OP_AVERAGE_POOL] = {run_average_pool, NULL},
    [LSN_OP_GLOBAL_AVERAGE_POOL] = {run_global_pool, NULL},
    [LSN_OP_FLATTEN]      = {run_flatten, NULL},
    [LSN_OP_NORMALISE]    = {run_normalise, scratch_of_normalise},
    [LSN_OP_CONTRAST_POOL] = {run_contrast_pool, scratch_of_contrast_pool},
};
/* clang-format on */

void lsn_forward(const struct lsn_run *run)
{
    table[run->step->node->op].run(run);
}

/* ---- activations ---- */

bool lsn_op_is_activation(enum lsn_op op)
{
    return table[op].run == run_activation;
}

struct lsn_unary lsn_unary_of(const struct lsn_attributes *a)
{
    return (struct lsn_unary){a->alpha, a->beta,     a->gamma,      a->min,
                              a->max,   a->exponent, a->tanh_approx};
}

void lsn_activation_run(const struct lsn_node *node, size_t n, int first, const int *list,
                        const float *x, float *out)
{
    const struct lsn_unary parameters = lsn_unary_of(&node->attributes);
    size_t i;

    if (node->op != LSN_OP_PRELU)
        lsn_unary_run((enum lsn_unary_function)(node->op - LSN_OP_RELU), &parameters, n, x, out);
    else if (!list)
        lsn_prelu(1, n, node->tensors[0].data + first, x, out);
    else
        for (i = 0; i < n; i++)
            lsn_prelu(1, 1, node->tensors[0].data + list[i], x + i, out + i);
}

/* ---- one node ---- */

size_t lsn_step_scratch(const struct lsn_step *step)
{
    const struct forward_op *op = &table[step->node->op];

    return op->scratch ? op->scratch(step) : 0;
}

void lsn_step_run(const struct lsn_step *step, const float *packed, const float *const *in,
                  float *out, float *scratch)
{
    const struct lsn_run run = {step, packed, step->in_shapes, step->node->shape, in, out, scratch};

    table[step->node->op].run(&run);
}
