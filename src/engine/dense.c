#include "engine/dense.h"

#include <string.h>

#include "op/delta.h"
#include "op/join.h"

/* A convolution is faster dense, where it multiplies all values that are not 0, than sparse, where
 * it multiplies the differences, if there are more differences than this share of the values that
 * are not 0. */
#define LIVE_SHARE .6

static size_t count_of(struct lsn_shape s)
{
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

/* ---- whether a change becomes dense ---- */

/* Whether a sparse change has enough differences, compared with the intact values that are not
 * 0. */
static bool is_live(const struct lsn_change *in, size_t count, const float *intact)
{
    size_t rows = lsn_change_rows(in), values = rows * (size_t)in->channels;
    double enough = LIVE_SHARE * (double)in->variants * (double)lsn_delta_count(count, intact);

    return (double)values >= enough && (double)lsn_delta_count(values, in->delta) >= enough;
}

bool lsn_dense_pays(const struct lsn_incremental *d, const struct lsn_entry *entry)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in;
    int i;

    for (i = 0; i < step->node->input_count; i++) {
        in = lsn_input_change(d, step->node, i);
        if (in && in->dense)
            return true;
    }
    in = lsn_input_change(d, step->node, 0);
    return step->packed && !in->listed &&
           is_live(in, count_of(step->in_shapes[0]), d->intact[step->node->inputs[0]]);
}

/* ---- other ops ---- */

/* The op's scratch comes first, as its doubles must be aligned; then the inputs that are sparse. */
size_t lsn_dense_scratch(const struct lsn_step *step)
{
    size_t count = step->packed ? 0 : lsn_step_scratch(step);
    int i;

    for (i = 0; i < step->node->input_count; i++)
        count += count_of(step->in_shapes[i]);
    return count;
}

/* Sets d->whole_inputs to a variant's inputs. An input with a sparse change is computed in
 * free_floats. */
static void find_inputs(struct lsn_incremental *d, const struct lsn_step *step, int v,
                        float *free_floats)
{
    int i;

    for (i = 0; i < step->node->input_count; i++) {
        const struct lsn_change *in = lsn_input_change(d, step->node, i);

        d->whole_inputs[i] = d->intact[step->node->inputs[i]];
        if (in && in->dense) {
            d->whole_inputs[i] = lsn_change_values(in, v);
        } else if (in && lsn_change_differs(in, v)) {
            lsn_variant_input(d, step, i, v, NULL, free_floats);
            d->whole_inputs[i] = free_floats;
            free_floats += count_of(step->in_shapes[i]);
        }
    }
}

/* Puts a variant's inputs side by side, except those that were computed in place (go_into in
 * dense_conv.c). */
static void concat(const struct lsn_incremental *d, const struct lsn_step *step, float *values)
{
    size_t c = (size_t)step->node->shape.c, first = 0;
    int i;

    for (i = 0; i < step->node->input_count; i++) {
        struct lsn_shape s = step->in_shapes[i];

        if (d->whole_inputs[i] != values + first)
            lsn_concat_part((size_t)s.h * (size_t)s.w, (size_t)s.c, d->whole_inputs[i], first, c,
                            values);
        first += (size_t)s.c;
    }
}

/* Runs an op without weights on each variant that differs, as the full pass does. */
static void run_variants(struct lsn_incremental *d, const struct lsn_entry *entry,
                         struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    struct lsn_shape s = step->node->shape;
    int i;

    lsn_dense_find_differing(d, entry, out);
    for (i = 0; i < out->differing; i++) {
        int v = out->position[i];
        float *values = lsn_change_values(out, v);

        find_inputs(d, step, v, d->scratch + lsn_step_scratch(step));
        if (step->node->op == LSN_OP_CONCAT)
            concat(d, step, values);
        else
            lsn_step_run(step, step->packed, d->whole_inputs, values, d->scratch);
        if (step->node->op == LSN_OP_DIV)
            lsn_join_zero_quotients(s, step->in_shapes[0], d->whole_inputs[0], step->in_shapes[1],
                                    d->whole_inputs[1], values);
        lsn_dense_activate(d, entry, (size_t)s.h * (size_t)s.w, (size_t)s.c, values);
    }
}

void lsn_dense_run(struct lsn_incremental *d, const struct lsn_entry *entry, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    struct lsn_shape s = step->node->shape;

    lsn_dense_open(out, s.h * s.w, s.c);
    if (step->packed)
        lsn_dense_weights(d, entry, out);
    else
        run_variants(d, entry, out);
}
