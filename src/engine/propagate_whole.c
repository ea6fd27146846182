/* Ops without a propagate function of their own: each variant's whole inputs are computed, the op
 * is run on them and the intact output subtracted. Where the inputs are intact, the output is the
 * intact one to the bit, so the difference is 0 and makes no row. An op that keeps channels apart
 * is run on the listed channels only. */
#include <string.h>

#include "engine/forward.h"
#include "engine/propagate.h"
#include "op/delta.h"

static size_t count_of(struct lsn_shape s)
{
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

/* The op's own scratch comes first, as its doubles must be aligned; then its output and inputs. */
size_t lsn_propagate_whole_scratch(const struct lsn_step *step)
{
    size_t count = lsn_step_scratch(step) + step->count;
    int i;

    for (i = 0; i < step->node->input_count; i++)
        count += count_of(step->in_shapes[i]);
    return count;
}

void lsn_variant_input(const struct lsn_incremental *d, const struct lsn_step *step, int input,
                       int v, const int *list, float *x)
{
    const struct lsn_change *in = lsn_input_change(d, step->node, input);
    const float *intact = d->intact[step->node->inputs[input]];
    const struct lsn_shape s = step->in_shapes[input];
    size_t c = (size_t)s.c, n = list ? (size_t)in->channels : c, p, i, row;
    size_t positions = (size_t)s.h * (size_t)s.w;

    if (in->dense) {
        memcpy(x, lsn_change_values(in, v), positions * c * sizeof *x);
        return;
    }
    if (!list)
        memcpy(x, intact, positions * c * sizeof *x);
    for (p = 0; list && p < positions; p++)
        for (i = 0; i < n; i++)
            x[p * n + i] = intact[p * c + (size_t)list[i]];
    for (row = in->start[v]; row < in->start[v + 1]; row++) {
        float *to = x + (size_t)in->position[row] * n;

        lsn_delta_add(
            n, to,
            list ? lsn_change_row(in, row) : lsn_change_widen(in, v, row, 0, s.c, d->rows[1]), to);
    }
}

/* Subtracts the intact output from y [positions][channels]; list: y's channels, NULL: all. */
static void subtract_intact(const struct lsn_incremental *d, const struct lsn_entry *entry,
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

/* Runs the op on variant v's inputs, into y. Returns false, and does nothing, if none of them has
 * changed. */
static bool run_variant(struct lsn_incremental *d, const struct lsn_step *step, int v,
                        const int *list, int channels, float *y)
{
    const struct lsn_node *node = step->node;
    float *free_floats = y + step->count;
    struct lsn_shape list_shape, shape = node->shape;
    struct lsn_run run = {step, step->packed, step->in_shapes, shape, d->whole_inputs,
                          y,    d->scratch};
    bool any = false;
    int i;

    for (i = 0; i < node->input_count; i++) {
        const struct lsn_change *in = lsn_input_change(d, node, i);

        d->whole_inputs[i] = d->intact[node->inputs[i]];
        if (!in || in->start[v] == in->start[v + 1])
            continue;
        lsn_variant_input(d, step, i, v, list, free_floats);
        d->whole_inputs[i] = free_floats;
        free_floats += count_of(step->in_shapes[i]);
        any = true;
    }
    if (list) {
        list_shape = step->in_shapes[0];
        list_shape.c = run.shape.c = channels;
        run.in_shapes = &list_shape;
    }
    if (any)
        lsn_forward(&run);
    return any;
}

void lsn_propagate_whole(struct lsn_incremental *d, const struct lsn_entry *entry,
                         struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in = lsn_input_change(d, step->node, 0);
    int channels = out->channels, positions = step->node->shape.h * step->node->shape.w, v, p;
    float *y = d->scratch + lsn_step_scratch(step);
    struct lsn_appender e = lsn_append_start(d, entry, out);

    for (p = 0; p < positions; p++)
        d->touched[p] = p;
    for (v = 0; v < out->variants; v++) {
        const int *list = out->listed ? lsn_change_list(in, v) : NULL;

        if (list)
            memcpy(out->list + v * channels, list, (size_t)channels * sizeof *list);
        if (!run_variant(d, step, v, list, channels, y))
            continue;
        subtract_intact(d, entry, list, channels, y);
        if (list)
            lsn_append_listed(&e, v, positions, d->touched, y);
        for (p = 0; p < positions && !list; p++)
            lsn_append(&e, v, p, y + (size_t)p * (size_t)channels);
    }
    lsn_append_finish(&e);
}
