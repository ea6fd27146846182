/* Ops that do not mix positions' values: activations, scaling, and moving or picking
 * values. Each new row comes from old rows at one position. */
#include <string.h>

#include "engine/propagate.h"
#include "op/delta.h"

static const struct lsn_node *node_of(const struct lsn_incremental *d,
                                      const struct lsn_entry *entry)
{
    return d->network->steps[entry->node].node;
}

const struct lsn_change *lsn_input_change(const struct lsn_incremental *d,
                                          const struct lsn_node *node, int input)
{
    const struct lsn_change *change = &d->changes[node->inputs[input]];

    return change->variants ? change : NULL;
}

/* Appends the rows of one variant unchanged, at new positions [rows]. */
static void append_variant(struct lsn_appender *e, const struct lsn_change *in, int variant,
                           const int *positions)
{
    size_t row = in->start[variant], last = in->start[variant + 1], i;

    if (in->listed) {
        lsn_append_listed(e, variant, (int)(last - row), positions, lsn_change_row(in, row));
        return;
    }
    for (i = row; i < last; i++)
        lsn_append(e, variant, positions[i - row], lsn_change_row(in, i));
}

static void scale_listed(const struct lsn_change *in, int variant, const float *scale, float *to)
{
    const int *list = lsn_change_list(in, variant);
    size_t first = in->start[variant], row;
    int i;

    for (row = first; row < in->start[variant + 1]; row++)
        for (i = 0; i < in->channels; i++)
            *to++ = scale[list[i]] * lsn_change_row(in, row)[i];
}

/* Affine, and activations that are not computed along with another node (lsn_step's activation). */
void lsn_propagate_rows(struct lsn_incremental *d, const struct lsn_entry *entry,
                        struct lsn_change *out)
{
    const struct lsn_node *node = node_of(d, entry);
    const struct lsn_change *in = lsn_input_change(d, node, 0);
    const float *scale = node->op == LSN_OP_AFFINE ? node->tensors[0].data : NULL;
    struct lsn_appender e = lsn_append_start(d, entry, out);
    size_t row;
    int v;

    lsn_change_same_channels(in, 0, out);
    for (v = 0; v < in->variants; v++) {
        const int *positions = in->position + in->start[v];

        if (!scale) {
            append_variant(&e, in, v, positions);
        } else if (in->listed) {
            /* Scaled in out's storage: appended rows never overtake the rows still to be read. */
            float *to = out->delta + in->start[v] * (size_t)in->channels;

            scale_listed(in, v, scale, to);
            lsn_append_listed(&e, v, (int)(in->start[v + 1] - in->start[v]), positions, to);
        } else {
            for (row = in->start[v]; row < in->start[v + 1]; row++) {
                lsn_delta_scale((size_t)in->channels, scale + in->first, lsn_change_row(in, row),
                                d->rows[1]);
                lsn_append(&e, v, in->position[row], d->rows[1]);
            }
        }
    }
    lsn_append_finish(&e);
}

void lsn_propagate_pad(struct lsn_incremental *d, const struct lsn_entry *entry,
                       struct lsn_change *out)
{
    const struct lsn_node *node = node_of(d, entry);
    const struct lsn_change *in = lsn_input_change(d, node, 0);
    int w_in = d->network->steps[node->inputs[0]].node->shape.w, v;
    const int *pads = node->attributes.pads;
    struct lsn_appender e = lsn_append_start(d, entry, out);
    size_t i;

    lsn_change_same_channels(in, 0, out);
    for (v = 0; v < in->variants; v++) {
        const int *from = in->position + in->start[v];

        for (i = 0; i < in->start[v + 1] - in->start[v]; i++)
            d->touched[i] = (from[i] / w_in + pads[0]) * node->shape.w + from[i] % w_in + pads[1];
        append_variant(&e, in, v, d->touched);
    }
    lsn_append_finish(&e);
}

/* Flatten makes one position of all: channel c at (y, x) becomes channel (c * h + y) * w + x. */
void lsn_propagate_flatten(struct lsn_incremental *d, const struct lsn_entry *entry,
                           struct lsn_change *out)
{
    const struct lsn_node *node = node_of(d, entry);
    const struct lsn_change *in = lsn_input_change(d, node, 0);
    struct lsn_shape s = d->network->steps[node->inputs[0]].node->shape;
    int positions = s.h * s.w, v, i, p;
    struct lsn_appender e = lsn_append_start(d, entry, out);
    float *vector = d->rows[1];
    size_t row;
    static const int origin = 0;

    out->channels = in->channels * positions;
    out->first = in->first * positions;
    for (v = 0; v < in->variants; v++) {
        if (in->listed)
            for (i = 0; i < out->channels; i++)
                out->list[v * out->channels + i] =
                    lsn_change_list(in, v)[i / positions] * positions + i % positions;
        if (in->start[v] == in->start[v + 1])
            continue;
        memset(vector, 0, (size_t)out->channels * sizeof *vector);
        for (row = in->start[v]; row < in->start[v + 1]; row++)
            for (i = 0, p = in->position[row]; i < in->channels; i++, p += positions)
                vector[p] = lsn_change_row(in, row)[i];
        if (in->listed)
            lsn_append_listed(&e, v, 1, &origin, vector);
        else
            lsn_append(&e, v, 0, vector);
    }
    lsn_append_finish(&e);
}

bool lsn_select_is_injective(const struct lsn_node *node)
{
    const struct lsn_attributes *a = &node->attributes;
    int i, j;

    for (i = 0; i < a->channel_count; i++)
        for (j = 0; j < i; j++)
            if (a->channels[i] == a->channels[j])
                return false;
    return true;
}

static int selected_as(const struct lsn_attributes *a, int channel)
{
    int i;

    for (i = 0; i < a->channel_count; i++)
        if (a->channels[i] == channel)
            return i;
    return -1;
}

void lsn_propagate_select(struct lsn_incremental *d, const struct lsn_entry *entry,
                          struct lsn_change *out)
{
    const struct lsn_node *node = node_of(d, entry);
    const struct lsn_attributes *a = &node->attributes;
    const struct lsn_change *in = lsn_input_change(d, node, 0);
    int c_in = d->network->steps[node->inputs[0]].node->shape.c, v, i;
    struct lsn_appender e = lsn_append_start(d, entry, out);
    size_t row;

    for (v = 0; v < in->variants; v++) {
        int chosen = out->listed ? selected_as(a, lsn_change_list(in, v)[0]) : 0;

        if (out->listed)
            out->list[v] = chosen < 0 ? 0 : chosen;
        if (chosen < 0)
            continue;
        if (out->listed) {
            append_variant(&e, in, v, in->position + in->start[v]);
            continue;
        }
        for (row = in->start[v]; row < in->start[v + 1]; row++) {
            const float *whole = lsn_change_widen(in, v, row, 0, c_in, d->rows[1]);

            for (i = 0; i < a->channel_count; i++)
                d->rows[2][i] = whole[a->channels[i]];
            lsn_append(&e, v, in->position[row], d->rows[2]);
        }
    }
    lsn_append_finish(&e);
}

/* Sets out's first and channels such that they include the changed channels of all inputs. */
static void concat_channels(const struct lsn_incremental *d, const struct lsn_node *node,
                            struct lsn_change *out)
{
    int first = -1, last = 0, offset = 0, i;

    for (i = 0; i < node->input_count; i++) {
        const struct lsn_change *in = lsn_input_change(d, node, i);
        int c = d->network->steps[node->inputs[i]].node->shape.c;

        if (in) {
            int from = offset + (in->listed ? 0 : in->first);

            first = first < 0 ? from : first;
            last = from + (in->listed ? c : in->channels);
        }
        offset += c;
    }
    out->first = first;
    out->channels = last - first;
}

/* Makes the row at a position, to [out->channels]: the rows that the changed inputs have there,
 * side by side, and 0 between them. Values up to `filled` are set. */
static void concat_row(struct lsn_incremental *d, const struct lsn_node *node, int variant,
                       int position, const struct lsn_change *out, float *to)
{
    int offset = -out->first, filled = 0, i, j;

    for (i = 0; i < node->input_count; i++) {
        const struct lsn_change *in = lsn_input_change(d, node, i);
        int row = in ? d->maps[i][position] : -1, at;
        const float *delta;

        if (row >= 0) {
            delta = lsn_change_row(in, (size_t)row);
            at = in->listed ? offset : offset + in->first;
            memset(to + filled, 0, (size_t)(at - filled) * sizeof *to);
            if (in->listed) {
                filled = offset + d->network->steps[node->inputs[i]].node->shape.c;
                memset(to + at, 0, (size_t)(filled - at) * sizeof *to);
                for (j = 0; j < in->channels; j++)
                    to[offset + lsn_change_list(in, variant)[j]] = delta[j];
            } else {
                memcpy(to + at, delta, (size_t)in->channels * sizeof *to);
                filled = at + in->channels;
            }
        }
        offset += d->network->steps[node->inputs[i]].node->shape.c;
    }
    memset(to + filled, 0, (size_t)(out->channels - filled) * sizeof *to);
}

static void concat_variant(struct lsn_incremental *d, const struct lsn_node *node, int variant,
                           struct lsn_appender *e, struct lsn_change *out)
{
    size_t row;
    int i, j;

    for (i = 0; i < node->input_count; i++)
        if (lsn_input_change(d, node, i))
            lsn_change_map(lsn_input_change(d, node, i), variant, d->maps[i]);
    for (i = 0; i < node->input_count; i++) {
        const struct lsn_change *in = lsn_input_change(d, node, i);

        for (row = in ? in->start[variant] : 0; in && row < in->start[variant + 1]; row++) {
            int position = in->position[row];

            for (j = 0; j < i; j++)
                if (lsn_input_change(d, node, j) && d->maps[j][position] >= 0)
                    break;
            if (j < i)
                continue; /* appended already, when an earlier input had a row here */
            if (e->activation) {
                concat_row(d, node, variant, position, out, d->rows[1]);
                lsn_append(e, variant, position, d->rows[1]);
            } else {
                concat_row(d, node, variant, position, out, lsn_append_slot(e, variant, position));
            }
        }
    }
    for (i = 0; i < node->input_count; i++)
        if (lsn_input_change(d, node, i))
            lsn_change_unmap(lsn_input_change(d, node, i), variant, d->maps[i]);
}

void lsn_propagate_concat(struct lsn_incremental *d, const struct lsn_entry *entry,
                          struct lsn_change *out)
{
    const struct lsn_node *node = node_of(d, entry);
    struct lsn_appender e = lsn_append_start(d, entry, out);
    int offset = 0, i, v;

    for (i = 0; out->listed && !lsn_input_change(d, node, i); i++)
        offset += d->network->steps[node->inputs[i]].node->shape.c;
    if (out->listed) {
        const struct lsn_change *in = lsn_input_change(d, node, i);

        lsn_change_same_channels(in, offset, out);
        for (v = 0; v < in->variants; v++)
            append_variant(&e, in, v, in->position + in->start[v]);
    } else {
        concat_channels(d, node, out);
        for (v = 0; v < out->variants; v++)
            concat_variant(d, node, v, &e, out);
    }
    lsn_append_finish(&e);
}
