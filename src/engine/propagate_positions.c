/* Ops that keep positions apart but not channels, such as LRN and LayerNormalization: a difference
 * in one channel changes others at the same position. */
#include "engine/forward.h"
#include "engine/propagate.h"
#include "op/delta.h"
#include "op/norm.h"

/* Computes LRN at one position where a single channel has changed by delta: to [size], the new
 * outputs of channels first ... first+size-1. */
static void listed_lrn_row(const struct lsn_incremental *d, const struct lsn_node *node,
                           int channel, int first, int position, float delta, float *to)
{
    const struct lsn_attributes *a = &node->attributes;
    const float *x = d->intact[node->inputs[0]] + (size_t)position * (size_t)node->shape.c;
    const struct lsn_lrn lrn = {a->size, a->alpha, a->beta, a->bias};
    int c = node->shape.c, low = first - a->size, high = first + 2 * a->size, i;

    low = low < 0 ? 0 : low;
    high = high > c ? c : high;
    for (i = low; i < high; i++)
        d->rows[1][i - low] = x[i];
    d->rows[1][channel - low] += delta;
    lsn_lrn(&lrn, 1, (size_t)(high - low), d->rows[1], d->rows[2]);
    for (i = 0; i < a->size; i++)
        to[i] = d->rows[2][first + i - low];
}

static void lrn_listed(struct lsn_incremental *d, const struct lsn_node *node,
                       const struct lsn_change *in, const float *intact, struct lsn_appender *e,
                       struct lsn_change *out)
{
    int size = node->attributes.size, c = node->shape.c, v, i;
    float *to = d->scratch;
    size_t row;

    for (v = 0; v < in->variants; v++) {
        int channel = lsn_change_list(in, v)[0], first = channel - size / 2;

        /* All lists must be equally long; near the first and last channel they include some that do
         * not change. */
        first = first < 0 ? 0 : first > c - size ? c - size : first;
        for (i = 0; i < size; i++)
            out->list[v * size + i] = first + i;
        for (row = in->start[v]; row < in->start[v + 1]; row++) {
            int position = in->position[row];

            listed_lrn_row(d, node, channel, first, position, lsn_change_row(in, row)[0], to);
            for (i = 0; i < size; i++)
                to[i] -= intact[(size_t)position * (size_t)c + (size_t)(first + i)];
            lsn_append_listed(e, v, 1, &position, to);
        }
    }
}

/* Runs the op at the position of each row, on the variant's values there, and subtracts the intact
 * output. */
void lsn_propagate_positions(struct lsn_incremental *d, const struct lsn_entry *entry,
                             struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in = lsn_input_change(d, step->node, 0);
    size_t c = (size_t)step->in_shapes[0].c, c_out = (size_t)step->node->shape.c, row, i;
    const struct lsn_shape in_shape = {(int)c, 1, 1};
    const float *x = d->rows[1];
    const struct lsn_run run = {step, step->packed, &in_shape, {(int)c_out, 1, 1},
                                &x,   d->rows[2],   NULL};
    struct lsn_appender e = lsn_append_start(d, entry, out);
    int v;

    for (v = 0; v < in->variants; v++)
        for (row = in->start[v]; row < in->start[v + 1]; row++) {
            size_t at = (size_t)in->position[row];
            const float *whole = lsn_change_widen(in, v, row, 0, (int)c, d->rows[1]);

            lsn_delta_add(c, d->intact[step->node->inputs[0]] + at * c, whole, d->rows[1]);
            lsn_forward(&run);
            for (i = 0; i < c_out; i++)
                d->rows[2][i] -= d->intact[entry->node][at * c_out + i];
            lsn_append(&e, v, in->position[row], d->rows[2]);
        }
    lsn_append_finish(&e);
}

void lsn_propagate_lrn(struct lsn_incremental *d, const struct lsn_entry *entry,
                       struct lsn_change *out)
{
    const struct lsn_node *node = d->network->steps[entry->node].node;
    const struct lsn_change *in = lsn_input_change(d, node, 0);
    struct lsn_appender e;

    if (!out->listed) {
        lsn_propagate_positions(d, entry, out);
        return;
    }
    e = lsn_append_start(d, entry, out);
    lrn_listed(d, node, in, d->intact[entry->node], &e, out);
    lsn_append_finish(&e);
}
