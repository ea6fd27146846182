#include "engine/append.h"

#include <string.h>

#include "op/delta.h"

struct lsn_appender lsn_append_start(const struct lsn_incremental *d, const struct lsn_entry *entry,
                                     struct lsn_change *out)
{
    const struct lsn_node *node = d->network->steps[entry->node].node;
    struct lsn_appender e = {.pass = d, .c = node->shape.c, .out = out};

    if (lsn_op_is_activation(node->op)) {
        e.activation = node;
        e.pre = d->intact[node->inputs[0]];
        e.post = d->intact[entry->node];
    } else if (entry->activation >= 0) {
        e.activation = d->network->steps[entry->activation].node;
        e.pre = d->intact[entry->node];
        e.post = d->intact[entry->activation];
    }
    out->start[0] = 0;
    out->start[1] = 0;
    return e;
}

/* Turns to a variant. While its rows are appended, out->start[variant + 1] is the index of the next
 * row; variants in between get no rows. */
static void go_to(struct lsn_appender *e, int variant)
{
    while (e->variant < variant) {
        e->variant++;
        e->out->start[e->variant + 1] = e->out->start[e->variant];
    }
}

void lsn_append(struct lsn_appender *e, int variant, int position, const float *delta)
{
    struct lsn_change *out = e->out;
    size_t n = (size_t)out->channels, row, at;
    uint32_t any;
    float *to;

    go_to(e, variant);
    row = out->start[variant + 1];
    to = out->delta + row * n;
    if (!e->activation) {
        any = lsn_delta_copy(n, delta, to);
    } else {
        at = (size_t)position * (size_t)e->c + (size_t)out->first;
        if (e->activation->op == LSN_OP_RELU) {
            any = lsn_delta_relu(n, e->pre + at, delta, to);
        } else {
            float *value = e->pass->rows[0];

            lsn_delta_add(n, e->pre + at, delta, value);
            lsn_activation_run(e->activation, n, out->first, NULL, value, value);
            any = lsn_delta_subtract(n, value, e->post + at, to);
        }
    }
    if (any) {
        out->position[row] = position;
        out->start[variant + 1]++;
    }
}

float *lsn_append_slot(struct lsn_appender *e, int variant, int position)
{
    size_t row;

    go_to(e, variant);
    row = e->out->start[variant + 1]++;
    e->out->position[row] = position;
    return e->out->delta + row * (size_t)e->out->channels;
}

/* Takes one row of listed channels through the activation, into to. Returns whether any difference
 * is left. */
static bool listed_row(const struct lsn_appender *e, const int *list, int position,
                       const float *delta, float *to)
{
    size_t n = (size_t)e->out->channels, i, at = (size_t)position * (size_t)e->c;
    bool any = false;

    if (e->activation) {
        for (i = 0; i < n; i++)
            to[i] = e->pre[at + (size_t)list[i]] + delta[i];
        lsn_activation_run(e->activation, n, 0, list, to, to);
        for (i = 0; i < n; i++)
            to[i] -= e->post[at + (size_t)list[i]];
    } else {
        memmove(to, delta, n * sizeof *to);
    }
    for (i = 0; i < n; i++)
        any = any || to[i] != 0.0f;
    return any;
}

#define TOGETHER 256 /* values that go through the activation in one call */

/* Appends rows of a single listed channel. As a row is one value, values of many rows go through
 * the activation in one call, which is much faster. */
static void append_plane(struct lsn_appender *e, int variant, int count, const int *positions,
                         const float *delta)
{
    struct lsn_change *out = e->out;
    size_t row = out->start[variant + 1], channel = (size_t)out->list[variant], c = (size_t)e->c;
    float values[TOGETHER];
    int first, i;

    for (first = 0; first < count; first += TOGETHER) {
        int n = count - first < TOGETHER ? count - first : TOGETHER;

        for (i = 0; i < n; i++)
            values[i] = e->pre[(size_t)positions[first + i] * c + channel] + delta[first + i];
        lsn_activation_run(e->activation, (size_t)n, 0, NULL, values, values);
        for (i = 0; i < n; i++) {
            float change = values[i] - e->post[(size_t)positions[first + i] * c + channel];

            if (change != 0.0f) {
                out->delta[row] = change;
                out->position[row++] = positions[first + i];
            }
        }
    }
    out->start[variant + 1] = row;
}

void lsn_append_listed(struct lsn_appender *e, int variant, int count, const int *positions,
                       const float *delta)
{
    struct lsn_change *out = e->out;
    size_t n = (size_t)out->channels;
    const int *list = lsn_change_list(out, variant);
    int i;

    go_to(e, variant);
    if (n == 1 && e->activation && e->activation->op != LSN_OP_PRELU) {
        append_plane(e, variant, count, positions, delta);
        return;
    }
    for (i = 0; i < count; i++) {
        size_t row = out->start[variant + 1];

        if (listed_row(e, list, positions[i], delta + (size_t)i * n, out->delta + row * n)) {
            out->position[row] = positions[i];
            out->start[variant + 1]++;
        }
    }
}

void lsn_append_finish(struct lsn_appender *e)
{
    go_to(e, e->out->variants - 1);
}

void lsn_change_open(struct lsn_incremental *d, const struct lsn_entry *entry, int variants,
                     struct lsn_change *out)
{
    struct lsn_storage storage = lsn_entry_storage(d->network, entry, variants);
    unsigned char *at = d->arena + entry->offset;
    int c = d->network->steps[entry->node].node->shape.c;

    *out = (struct lsn_change){
        .variants = variants,
        .listed = entry->listed > 0,
        .channels = entry->listed > 0 ? entry->listed : c,
        .start = (size_t *)(void *)at,
        .position = (int *)(void *)(at + storage.position),
        .list = (int *)(void *)(at + storage.list),
        .delta = (float *)(void *)(at + storage.delta),
    };
}
