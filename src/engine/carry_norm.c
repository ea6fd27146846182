/* LRN and LayerNormalization: a row's change spreads over channels. */
#include "engine/carry.h"
#include "op/delta.h"
#include "op/norm.h"

/* What one channel's difference does to the size channels from first on. */
static void own_lrn_row(const struct lsn_delta *d, const struct lsn_node *node, int channel,
                        int first, int position, float delta, float *to)
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

static void carry_own_lrn(struct lsn_delta *d, const struct lsn_node *node,
                          const struct lsn_change *in, const float *intact, struct lsn_emitter *e,
                          struct lsn_change *out)
{
    int size = node->attributes.size, c = node->shape.c, v, i;
    float *to = d->scratch;
    size_t row;

    for (v = 0; v < in->variants; v++) {
        int channel = lsn_change_list(in, v)[0], first = channel - size / 2;

        /* As many channels for every variant; those beyond the window do not change. */
        first = first < 0 ? 0 : first > c - size ? c - size : first;
        for (i = 0; i < size; i++)
            out->list[v * size + i] = first + i;
        for (row = in->start[v]; row < in->start[v + 1]; row++) {
            int position = in->position[row];

            own_lrn_row(d, node, channel, first, position, lsn_change_row(in, row)[0], to);
            for (i = 0; i < size; i++)
                to[i] -= intact[(size_t)position * (size_t)c + (size_t)(first + i)];
            lsn_emit_own(e, v, 1, &position, to);
        }
    }
}

/* A whole row through a normalisation over channels. */
static void carry_normalised(struct lsn_delta *d, const struct lsn_node *node, const float *intact,
                             struct lsn_emitter *e)
{
    const struct lsn_change *in = lsn_carry_input(d, node, 0);
    const struct lsn_attributes *a = &node->attributes;
    size_t c = (size_t)node->shape.c, row;
    int v;

    for (v = 0; v < in->variants; v++)
        for (row = in->start[v]; row < in->start[v + 1]; row++) {
            size_t at = (size_t)in->position[row] * c, i;
            const float *whole = lsn_change_widen(in, v, row, 0, (int)c, d->rows[1]);

            lsn_delta_add(c, d->intact[node->inputs[0]] + at, whole, d->rows[1]);
            if (node->op == LSN_OP_LRN)
                lsn_lrn(&(struct lsn_lrn){a->size, a->alpha, a->beta, a->bias}, 1, c, d->rows[1],
                        d->rows[2]);
            else
                lsn_layer_norm(1, c, a->epsilon, node->tensors[0].data, node->tensors[1].data,
                               d->rows[1], d->rows[2]);
            for (i = 0; i < c; i++)
                d->rows[2][i] -= intact[at + i];
            lsn_emit(e, v, in->position[row], d->rows[2]);
        }
}

void lsn_carry_lrn(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out)
{
    const struct lsn_node *node = d->network->steps[entry->node].node;
    const struct lsn_change *in = lsn_carry_input(d, node, 0);
    struct lsn_emitter e = lsn_emitter_start(d, entry, out);

    if (out->own)
        carry_own_lrn(d, node, in, d->intact[entry->node], &e, out);
    else
        carry_normalised(d, node, d->intact[entry->node], &e);
    lsn_emitter_finish(&e);
}

void lsn_carry_layer_norm(struct lsn_delta *d, const struct lsn_plan_node *entry,
                          struct lsn_change *out)
{
    struct lsn_emitter e = lsn_emitter_start(d, entry, out);

    carry_normalised(d, d->network->steps[entry->node].node, d->intact[entry->node], &e);
    lsn_emitter_finish(&e);
}
