/* Normalisation and contrast pooling: any change may reach the whole output, so each
 * variant's input is made again and the op run on it. What comes out where the variant's
 * values are the intact ones is the intact output, to the bit, and so no row. An own
 * change goes through contrast pooling, which keeps channels apart, by its channels
 * alone. */
#include <string.h>

#include "engine/carry.h"
#include "op/delta.h"
#include "op/normalise.h"

static struct lsn_shape input_shape(const struct lsn_step *step)
{
    return step->node->op == LSN_OP_NORMALISE ? step->node->shape : step->geometry.pool.in;
}

static size_t count_of(struct lsn_shape s)
{
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

/* That of the op comes first, as its doubles must be aligned; then input and output. */
size_t lsn_carry_whole_scratch(const struct lsn_step *step)
{
    return lsn_step_scratch(step) + count_of(input_shape(step)) + step->count;
}

/* x [h][w][channels] of one variant: the channels of list [channels]; NULL: all. */
static void make_input(const struct lsn_delta *d, const struct lsn_step *step,
                       const struct lsn_change *in, int v, const int *list, int channels, float *x)
{
    const struct lsn_shape s = input_shape(step);
    const float *intact = d->intact[step->node->inputs[0]];
    size_t c = (size_t)s.c, n = (size_t)channels, positions = (size_t)s.h * (size_t)s.w, p, i, row;

    if (!list)
        memcpy(x, intact, positions * c * sizeof *x);
    for (p = 0; list && p < positions; p++)
        for (i = 0; i < n; i++)
            x[p * n + i] = intact[p * c + (size_t)list[i]];
    for (row = in->start[v]; row < in->start[v + 1]; row++) {
        float *to = x + (size_t)in->position[row] * n;

        lsn_delta_add(n, to,
                      list ? lsn_change_row(in, row)
                           : lsn_change_widen(in, v, row, 0, channels, d->rows[1]),
                      to);
    }
}

/* y [positions][channels], of the same variant, less the intact output. */
static void subtract_intact(const struct lsn_delta *d, const struct lsn_plan_node *entry,
                            const int *list, int channels, float *y)
{
    const struct lsn_node *node = d->network->steps[entry->node].node;
    const float *intact = d->intact[entry->node];
    size_t c = (size_t)node->shape.c, n = (size_t)channels, p, i;
    size_t positions = (size_t)node->shape.h * (size_t)node->shape.w;

    for (p = 0; p < positions; p++)
        for (i = 0; i < n; i++)
            y[p * n + i] -= intact[p * c + (list ? (size_t)list[i] : i)];
}

void lsn_carry_whole(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in = lsn_carry_input(d, step->node, 0);
    int channels = out->own ? out->channels : step->node->shape.c, v, p;
    int positions = step->node->shape.h * step->node->shape.w;
    float *x = d->scratch + lsn_step_scratch(step), *y = x + count_of(input_shape(step));
    double *scratch = (double *)(void *)d->scratch;
    struct lsn_emitter e = lsn_emitter_start(d, entry, out);
    struct lsn_pool pool = step->geometry.pool;

    pool.in.c = pool.out.c = channels;
    for (p = 0; p < positions; p++)
        d->touched[p] = p;
    for (v = 0; v < in->variants; v++) {
        const int *list = out->own ? lsn_change_list(in, v) : NULL;

        if (list)
            memcpy(out->list + v * channels, list, (size_t)channels * sizeof *list);
        if (in->start[v] == in->start[v + 1])
            continue;
        make_input(d, step, in, v, list, channels, x);
        if (step->node->op == LSN_OP_NORMALISE)
            lsn_normalise(&step->node->attributes.normalise, step->node->shape, x, y, scratch);
        else
            lsn_contrast_pool(&pool, x, y, scratch);
        subtract_intact(d, entry, list, channels, y);
        if (list)
            lsn_emit_own(&e, v, positions, d->touched, y);
        for (p = 0; p < positions && !list; p++)
            lsn_emit(&e, v, p, y + (size_t)p * (size_t)channels);
    }
    lsn_emitter_finish(&e);
}
