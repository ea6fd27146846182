/* Add and Mul of two nodes, either of which, or both, may have changed. */
#include <string.h>

#include "engine/carry.h"
#include "op/delta.h"

/* One operand at the position and channels of the result. */
struct operand {
    const struct lsn_change *change; /* NULL: none */
    const float *intact;             /* [h][w][c] */
    struct lsn_shape shape;
    int *map;
};

struct join {
    struct lsn_delta *d;
    const struct lsn_node *node;
    struct operand operands[2];
};

static struct join join_of(struct lsn_delta *d, const struct lsn_plan_node *entry)
{
    struct join j = {.d = d, .node = d->network->steps[entry->node].node};
    int i;

    for (i = 0; i < 2; i++)
        j.operands[i] = (struct operand){
            .change = lsn_carry_input(d, j.node, i),
            .intact = d->intact[j.node->inputs[i]],
            .shape = d->network->steps[j.node->inputs[i]].node->shape,
            .map = d->maps[i],
        };
    return j;
}

/* The operand's position that the result's position reads. */
static int source(const struct operand *o, struct lsn_shape out, int position)
{
    int y = position / out.w, x = position % out.w;

    return (o->shape.h == 1 ? 0 : y) * o->shape.w + (o->shape.w == 1 ? 0 : x);
}

/* Values of the operand for all channels of the result: itself, or one repeated. */
static const float *spread(const struct operand *o, int c, const float *values, float *buffer)
{
    int i;

    if (o->shape.c == c)
        return values;
    for (i = 0; i < c; i++)
        buffer[i] = values[0];
    return buffer;
}

/* The operand's difference there, NULL where it has none. buffers [2][c]. */
static const float *difference(const struct join *j, const struct operand *o, int variant,
                               int position, float *buffer)
{
    int row = o->change ? o->map[source(o, j->node->shape, position)] : -1;
    float *single = j->d->rows[0];
    const float *values;

    if (row < 0)
        return NULL;
    values = lsn_change_widen(o->change, variant, (size_t)row, 0, o->shape.c,
                              o->shape.c == j->node->shape.c ? buffer : single);
    return spread(o, j->node->shape.c, values, buffer);
}

/* Marks the result's positions that a changed operand reaches. */
static void touch(const struct join *j, const struct operand *o, int variant)
{
    struct lsn_shape out = j->node->shape;
    int p;

    if (!o->change || o->change->start[variant] == o->change->start[variant + 1])
        return;
    for (p = 0; p < out.h * out.w; p++)
        if (o->map[source(o, out, p)] >= 0)
            j->d->is_touched[p] = 1;
}

/* (a + da) + (b + db) - (a + b), and the same of the product. */
static void combine(const struct join *j, int position, const float *da, const float *db, float *to)
{
    size_t c = (size_t)j->node->shape.c, i;
    const struct operand *a = &j->operands[0], *b = &j->operands[1];
    const float *xa = a->intact + (size_t)source(a, j->node->shape, position) * (size_t)a->shape.c;
    const float *xb = b->intact + (size_t)source(b, j->node->shape, position) * (size_t)b->shape.c;
    bool one_a = a->shape.c == 1, one_b = b->shape.c == 1;

    if (j->node->op == LSN_OP_ADD) {
        lsn_delta_add(c, da, db, to);
        return;
    }
    for (i = 0; i < c; i++) {
        float va = xa[one_a ? 0 : i], vb = xb[one_b ? 0 : i];

        to[i] = da[i] * vb + va * db[i] + da[i] * db[i];
    }
}

static void carry_variant(const struct join *j, int variant, struct lsn_emitter *e)
{
    struct lsn_delta *d = j->d;
    int positions = j->node->shape.h * j->node->shape.w, i, p;

    for (i = 0; i < 2; i++)
        if (j->operands[i].change)
            lsn_change_map(j->operands[i].change, variant, j->operands[i].map);
    for (i = 0; i < 2; i++)
        touch(j, &j->operands[i], variant);
    for (p = 0; p < positions; p++) {
        const float *da, *db;

        if (!d->is_touched[p])
            continue;
        d->is_touched[p] = 0;
        da = difference(j, &j->operands[0], variant, p, d->rows[1]);
        db = difference(j, &j->operands[1], variant, p, d->rows[2]);
        da = da ? da : d->zeros;
        db = db ? db : d->zeros;
        combine(j, p, da, db, d->scratch);
        lsn_emit(e, variant, p, d->scratch);
    }
    for (i = 0; i < 2; i++)
        if (j->operands[i].change)
            lsn_change_unmap(j->operands[i].change, variant, j->operands[i].map);
}

/* Only one operand has changed, and variants keep lists of their own. */
static void carry_own(const struct join *j, struct lsn_emitter *e, struct lsn_change *out)
{
    const struct operand *changed = &j->operands[j->operands[0].change ? 0 : 1];
    const struct operand *other = &j->operands[j->operands[0].change ? 1 : 0];
    const struct lsn_change *in = changed->change;
    float *to = j->d->rows[1];
    size_t row;
    int v, i;

    out->channels = in->channels;
    memcpy(out->list, in->list, (size_t)in->variants * (size_t)in->channels * sizeof *in->list);
    for (v = 0; v < in->variants; v++)
        for (row = in->start[v]; row < in->start[v + 1]; row++) {
            const float *x =
                other->intact +
                (size_t)source(other, j->node->shape, in->position[row]) * (size_t)other->shape.c;

            for (i = 0; i < in->channels; i++) {
                float factor = j->node->op == LSN_OP_ADD ? 1.0f
                               : other->shape.c == 1     ? x[0]
                                                         : x[lsn_change_list(in, v)[i]];

                to[i] = factor * lsn_change_row(in, row)[i];
            }
            lsn_emit_own(e, v, 1, &in->position[row], to);
        }
}

void lsn_carry_join(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out)
{
    struct join j = join_of(d, entry);
    struct lsn_emitter e = lsn_emitter_start(d, entry, out);
    int v;

    if (out->own)
        carry_own(&j, &e, out);
    else
        for (v = 0; v < out->variants; v++)
            carry_variant(&j, v, &e);
    lsn_emitter_finish(&e);
}
