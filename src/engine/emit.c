/* Where new differences end up. */
#include <string.h>

#include "engine/carry.h"
#include "op/delta.h"

struct lsn_emitter lsn_emitter_start(const struct lsn_delta *d, const struct lsn_plan_node *entry,
                                     struct lsn_change *out)
{
    const struct lsn_node *node = d->network->steps[entry->node].node;
    struct lsn_emitter e = {.delta = d, .c = node->shape.c, .out = out};

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

/* out->start[variant + 1] counts the rows while they come. */
static void go_to(struct lsn_emitter *e, int variant)
{
    while (e->variant < variant) {
        e->variant++;
        e->out->start[e->variant + 1] = e->out->start[e->variant];
    }
}

void lsn_emit(struct lsn_emitter *e, int variant, int position, const float *delta)
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
            float *value = e->delta->rows[0];

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

float *lsn_emit_place(struct lsn_emitter *e, int variant, int position)
{
    size_t row;

    go_to(e, variant);
    row = e->out->start[variant + 1]++;
    e->out->position[row] = position;
    return e->out->delta + row * (size_t)e->out->channels;
}

/* One own row through the activation into to; whether anything is left. */
static bool own_row(const struct lsn_emitter *e, const int *list, int position, const float *delta,
                    float *to)
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

/* The same for a plane with ReLU, the common case: no calls in the loop. */
static void emit_relu_plane(struct lsn_emitter *e, int variant, int count, const int *positions,
                            const float *delta)
{
    struct lsn_change *out = e->out;
    size_t row = out->start[variant + 1], channel = (size_t)out->list[variant];
    int i;

    for (i = 0; i < count; i++) {
        size_t at = (size_t)positions[i] * (size_t)e->c + channel;
        float value = e->pre[at] + delta[i], change;

        value = value < 0.0f ? 0.0f : value;
        change = value - e->post[at];
        if (change != 0.0f) {
            out->delta[row] = change;
            out->position[row++] = positions[i];
        }
    }
    out->start[variant + 1] = row;
}

void lsn_emit_own(struct lsn_emitter *e, int variant, int count, const int *positions,
                  const float *delta)
{
    struct lsn_change *out = e->out;
    size_t n = (size_t)out->channels;
    const int *list = lsn_change_list(out, variant);
    int i;

    go_to(e, variant);
    if (n == 1 && e->activation && e->activation->op == LSN_OP_RELU) {
        emit_relu_plane(e, variant, count, positions, delta);
        return;
    }
    for (i = 0; i < count; i++) {
        size_t row = out->start[variant + 1];

        if (own_row(e, list, positions[i], delta + (size_t)i * n, out->delta + row * n)) {
            out->position[row] = positions[i];
            out->start[variant + 1]++;
        }
    }
}

void lsn_emitter_finish(struct lsn_emitter *e)
{
    go_to(e, e->out->variants - 1);
}

void lsn_change_open(struct lsn_delta *d, const struct lsn_plan_node *entry, int variants,
                     struct lsn_change *out)
{
    struct lsn_storage storage = lsn_plan_storage(d->network, entry, variants);
    unsigned char *at = d->arena + entry->offset;
    int c = d->network->steps[entry->node].node->shape.c;

    *out = (struct lsn_change){
        .variants = variants,
        .own = entry->own > 0,
        .channels = entry->own > 0 ? entry->own : c,
        .start = (size_t *)(void *)at,
        .position = (int *)(void *)(at + storage.position),
        .list = (int *)(void *)(at + storage.list),
        .delta = (float *)(void *)(at + storage.delta),
    };
}
