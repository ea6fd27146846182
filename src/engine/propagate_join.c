/* Functions of two nodes (op/join.h), of which one or both have changed. The change of a sum,
 * difference or product is computed from the differences by a formula; that of any other function
 * by computing it with the change and subtracting the intact value. */
#include <string.h>

#include "engine/propagate.h"
#include "op/delta.h"
#include "op/join.h"

/* One of the two operands. */
struct operand {
    const struct lsn_change *change; /* NULL: none */
    const float *intact;             /* [h][w][c] */
    struct lsn_shape shape;
    int *map;
};

struct join {
    struct lsn_incremental *d;
    const struct lsn_node *node;
    const float *intact; /* [h][w][c] of the result */
    struct operand operands[2];
};

static enum lsn_join_function function_of(enum lsn_op op)
{
    return (enum lsn_join_function)(op - LSN_OP_ADD);
}

static struct join join_of(struct lsn_incremental *d, const struct lsn_entry *entry)
{
    struct join j = {
        .d = d, .node = d->network->steps[entry->node].node, .intact = d->intact[entry->node]};
    int i;

    for (i = 0; i < 2; i++)
        j.operands[i] = (struct operand){
            .change = lsn_input_change(d, j.node, i),
            .intact = d->intact[j.node->inputs[i]],
            .shape = d->network->steps[j.node->inputs[i]].node->shape,
            .map = d->maps[i],
        };
    return j;
}

/* Returns the operand's position that belongs to a position of the result; a dimension of length 1
 * is repeated. */
static int source(const struct operand *o, struct lsn_shape out, int position)
{
    int y = position / out.w, x = position % out.w;

    return (o->shape.h == 1 ? 0 : y) * o->shape.w + (o->shape.w == 1 ? 0 : x);
}

/* Returns the operand's values for all c channels of the result: values itself or, if it is a
 * single value, its copies in buffer [c]. */
static const float *broadcast(const struct operand *o, int c, const float *values, float *buffer)
{
    int i;

    if (o->shape.c == c)
        return values;
    for (i = 0; i < c; i++)
        buffer[i] = values[0];
    return buffer;
}

/* Returns the operand's differences [c] at a position of the result, maybe in buffer [c]; NULL
 * where it has none. */
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
    return broadcast(o, j->node->shape.c, values, buffer);
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

/* Returns the operand's intact values at a position of the result: one for each channel, or one for
 * all. */
static const float *intact_at(const struct join *j, const struct operand *o, int position)
{
    return o->intact + (size_t)source(o, j->node->shape, position) * (size_t)o->shape.c;
}

/* Computes f(a, b) of two values, each the sum of an intact value and a difference; 0 / 0 is 0, see
 * lsn_join_zero_quotients. */
static float join_one(enum lsn_join_function function, float a, float b)
{
    const struct lsn_shape one = {1, 1, 1};
    float result;

    lsn_join(function, one, one, &a, one, &b, &result);
    if (function == LSN_JOIN_DIV)
        lsn_join_zero_quotients(one, one, &a, one, &b, &result);
    return result;
}

/* Computes to = f(xa + da, xb + db) - intact, where intact [c] is f(xa, xb). Overwrites da and
 * db. */
static void combine_values(const struct join *j, const float *xa, const float *xb, float *da,
                           float *db, const float *intact, float *to)
{
    struct lsn_shape row = {j->node->shape.c, 1, 1};
    bool one_a = j->operands[0].shape.c == 1, one_b = j->operands[1].shape.c == 1;
    size_t c = (size_t)row.c, i;

    for (i = 0; i < c; i++) {
        da[i] += xa[one_a ? 0 : i];
        db[i] += xb[one_b ? 0 : i];
    }
    lsn_join(function_of(j->node->op), row, row, da, row, db, to);
    for (i = 0; i < c; i++)
        to[i] =
            (to[i] == to[i] ? to[i] : join_one(function_of(j->node->op), da[i], db[i])) - intact[i];
}

/* Computes the result's difference to [c] at a position from the operands' differences da, db
 * [c]. */
static void combine(const struct join *j, int position, const float *da, const float *db, float *to)
{
    size_t c = (size_t)j->node->shape.c, i;
    const struct operand *a = &j->operands[0], *b = &j->operands[1];
    const float *xa = intact_at(j, a, position), *xb = intact_at(j, b, position);
    bool one_a = a->shape.c == 1, one_b = b->shape.c == 1;

    switch (function_of(j->node->op)) {
    case LSN_JOIN_ADD:
        lsn_delta_add(c, da, db, to);
        break;
    case LSN_JOIN_SUB:
        for (i = 0; i < c; i++)
            to[i] = da[i] - db[i];
        break;
    case LSN_JOIN_MUL:
        for (i = 0; i < c; i++) {
            float va = xa[one_a ? 0 : i], vb = xb[one_b ? 0 : i];

            to[i] = da[i] * vb + va * db[i] + da[i] * db[i];
        }
        break;
    default:
        memmove(j->d->rows[1], da, c * sizeof *da);
        memmove(j->d->rows[2], db, c * sizeof *db);
        combine_values(j, xa, xb, j->d->rows[1], j->d->rows[2], j->intact + (size_t)position * c,
                       to);
    }
}

static void propagate_variant(const struct join *j, int variant, struct lsn_appender *e)
{
    struct lsn_incremental *d = j->d;
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
        lsn_append(e, variant, p, d->scratch);
    }
    for (i = 0; i < 2; i++)
        if (j->operands[i].change)
            lsn_change_unmap(j->operands[i].change, variant, j->operands[i].map);
}

/* Computes the result's difference in one channel, where only operand `number` has changed: from
 * its intact value `changed` and its difference, the other operand's value x, and the result's
 * intact value. */
static float combine_one(const struct join *j, int number, float changed, float x, float difference,
                         float intact)
{
    float sum = changed + difference;

    switch (function_of(j->node->op)) {
    case LSN_JOIN_ADD:
        return difference;
    case LSN_JOIN_SUB:
        return number == 0 ? difference : -difference;
    case LSN_JOIN_MUL:
        return x * difference;
    default:
        return join_one(function_of(j->node->op), number == 0 ? sum : x, number == 0 ? x : sum) -
               intact;
    }
}

/* Computes the result's differences in the listed channels at a position from a row of operand
 * `number`, the only one that has changed. */
static void combine_listed(const struct join *j, int number, int variant, size_t row, int position,
                           float *to)
{
    const struct operand *changed = &j->operands[number], *other = &j->operands[1 - number];
    const struct lsn_change *in = changed->change;
    const float *x = intact_at(j, other, position), *before = intact_at(j, changed, position);
    const float *intact = j->intact + (size_t)position * (size_t)j->node->shape.c;
    int i;

    for (i = 0; i < in->channels; i++) {
        size_t channel = (size_t)lsn_change_list(in, variant)[i];

        to[i] = combine_one(j, number, before[channel], x[other->shape.c == 1 ? 0 : channel],
                            lsn_change_row(in, row)[i], intact[channel]);
    }
}

/* Propagates a listed change; only one operand has changed. If that operand has one value for all
 * positions (a gate), its row gives a row at each of them. */
static void propagate_listed(const struct join *j, struct lsn_appender *e, struct lsn_change *out)
{
    int number = j->operands[0].change ? 0 : 1, v, p;
    const struct operand *changed = &j->operands[number];
    const struct lsn_change *in = changed->change;
    bool gate = changed->shape.h == 1 && changed->shape.w == 1;
    float *to = j->d->rows[1];
    size_t row;

    out->channels = in->channels;
    memcpy(out->list, in->list, (size_t)in->variants * (size_t)in->channels * sizeof *in->list);
    for (v = 0; v < in->variants; v++)
        for (row = in->start[v]; row < in->start[v + 1]; row++) {
            int first = gate ? 0 : in->position[row];
            int last = gate ? j->node->shape.h * j->node->shape.w : first + 1;

            for (p = first; p < last; p++) {
                combine_listed(j, number, v, row, p, to);
                lsn_append_listed(e, v, 1, &p, to);
            }
        }
}

void lsn_propagate_join(struct lsn_incremental *d, const struct lsn_entry *entry,
                        struct lsn_change *out)
{
    struct join j = join_of(d, entry);
    struct lsn_appender e = lsn_append_start(d, entry, out);
    int v;

    if (out->listed)
        propagate_listed(&j, &e, out);
    else
        for (v = 0; v < out->variants; v++)
            propagate_variant(&j, v, &e);
    lsn_append_finish(&e);
}
