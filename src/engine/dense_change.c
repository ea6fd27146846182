/* What all ops need for a dense change: making it, finding the variants that differ, applying the
 * activation. */
#include <string.h>

#include "engine/dense.h"

void lsn_dense_open(struct lsn_change *change, int positions, int channels)
{
    int v;

    change->listed = false;
    change->dense = true;
    change->differing = 0;
    change->first = 0;
    change->channels = channels;
    change->step = (size_t)channels;
    change->variant_step = lsn_variant_step((size_t)positions * (size_t)channels);
    for (v = 0; v <= change->variants; v++)
        change->start[v] = (size_t)v * (size_t)positions;
}

static bool any_differs(const struct lsn_incremental *d, const struct lsn_step *step, int variant)
{
    int i;

    for (i = 0; i < step->node->input_count; i++) {
        const struct lsn_change *in = lsn_input_change(d, step->node, i);

        if (in && lsn_change_differs(in, variant))
            return true;
    }
    return false;
}

void lsn_dense_find_differing(const struct lsn_incremental *d, const struct lsn_entry *entry,
                              struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const float *intact = d->intact[entry->activation >= 0 ? entry->activation : entry->node];
    size_t c = (size_t)step->node->shape.c, positions = step->count / c, p;
    int v;

    for (v = 0; v < out->variants; v++) {
        if (any_differs(d, step, v)) {
            out->position[out->differing++] = v;
            continue;
        }
        for (p = 0; p < positions; p++)
            memcpy(lsn_change_values(out, v) + p * out->step, intact + p * c, c * sizeof *intact);
    }
}

void lsn_dense_activate(const struct lsn_incremental *d, const struct lsn_entry *entry,
                        size_t positions, size_t c, float *values)
{
    const struct lsn_node *node;
    size_t p;

    if (entry->activation < 0)
        return;
    node = d->network->steps[entry->activation].node;
    if (node->op != LSN_OP_PRELU)
        lsn_activation_run(node, positions * c, 0, NULL, values, values);
    for (p = 0; node->op == LSN_OP_PRELU && p < positions; p++)
        lsn_activation_run(node, c, 0, NULL, values + p * c, values + p * c);
}
