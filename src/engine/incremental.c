#include "engine/incremental.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/dense.h"
#include "engine/lesion.h"
#include "engine/ops.h"
#include "engine/places.h"

static enum lsn_status allocate(struct lsn_incremental *d, struct lsn_error *err)
{
    const struct lsn_plan *plan = d->network->plan;
    size_t i, j;
    bool fine;

    d->changes = lsn_alloc((size_t)d->network->step_count, sizeof *d->changes);
    d->arena = (unsigned char *)lsn_alloc_floats(plan->arena_bytes / sizeof(float));
    d->maps = lsn_alloc(plan->inputs_max, sizeof *d->maps);
    d->touched = lsn_alloc(plan->positions_max, sizeof *d->touched);
    d->is_touched = lsn_alloc(plan->positions_max, 1);
    d->zeros = lsn_alloc_floats(plan->row_max);
    d->plane = lsn_alloc_floats(plan->positions_max);
    d->kernels = lsn_alloc(plan->row_max, sizeof *d->kernels);
    d->scratch = lsn_alloc_floats(plan->scratch_floats);
    d->whole_inputs = lsn_alloc(plan->inputs_max, sizeof *d->whole_inputs);
    d->pointers = lsn_alloc(plan->pointers_max, sizeof *d->pointers);
    d->factors = lsn_alloc_floats(plan->pointers_max);
    d->block_tile = lsn_alloc(LSN_BLOCK_TILES, sizeof *d->block_tile);
    d->block_variant = lsn_alloc(LSN_BLOCK_TILES, sizeof *d->block_variant);
    d->row_map = lsn_alloc(plan->row_map_max, sizeof *d->row_map);
    d->outs = lsn_alloc(LSN_BLOCK_TILES, sizeof *d->outs);
    d->terms = lsn_alloc(plan->terms_max, sizeof *d->terms);
    fine = d->changes && d->arena && d->maps && d->touched && d->is_touched && d->zeros &&
           d->plane && d->kernels && d->scratch && d->whole_inputs && d->pointers && d->factors &&
           d->block_tile && d->block_variant && d->row_map && d->outs && d->terms;
    for (i = 0; i < sizeof d->rows / sizeof d->rows[0]; i++) {
        d->rows[i] = lsn_alloc_floats(plan->row_max);
        fine = fine && d->rows[i];
    }
    for (i = 0; fine && i < plan->inputs_max; i++) {
        d->maps[i] = lsn_alloc(plan->positions_max, sizeof *d->maps[i]);
        fine = d->maps[i] != NULL;
        for (j = 0; fine && j < plan->positions_max; j++)
            d->maps[i][j] = -1;
    }
    return fine ? LSN_OK : lsn_fail_memory(err, "the incremental pass");
}

enum lsn_status lsn_incremental_create(const struct lsn_network *network, float *const *intact,
                                       struct lsn_incremental **delta, struct lsn_error *err)
{
    enum lsn_status status;

    *delta = lsn_alloc(1, sizeof **delta);
    if (!*delta)
        return lsn_fail_memory(err, "the incremental pass");
    (*delta)->network = network;
    (*delta)->intact = intact;
    status = allocate(*delta, err);
    if (status != LSN_OK) {
        lsn_incremental_free(*delta);
        *delta = NULL;
    }
    return status;
}

void lsn_incremental_free(struct lsn_incremental *d)
{
    size_t i;

    if (!d)
        return;
    for (i = 0; d->maps && i < d->network->plan->inputs_max; i++)
        lsn_free(d->maps[i]);
    for (i = 0; i < sizeof d->rows / sizeof d->rows[0]; i++)
        lsn_free(d->rows[i]);
    lsn_free(d->maps);
    lsn_free(d->changes);
    lsn_free(d->arena);
    lsn_free(d->touched);
    lsn_free(d->is_touched);
    lsn_free(d->zeros);
    lsn_free(d->plane);
    lsn_free(d->kernels);
    lsn_free(d->scratch);
    lsn_free(d->whole_inputs);
    lsn_free(d->pointers);
    lsn_free(d->factors);
    lsn_free(d->block_tile);
    lsn_free(d->block_variant);
    lsn_free(d->row_map);
    lsn_free(d->outs);
    lsn_free(d->terms);
    lsn_free(d);
}

static bool any_input_changed(const struct lsn_incremental *d, const struct lsn_node *node)
{
    int i;

    for (i = 0; i < node->input_count; i++)
        if (lsn_input_change(d, node, i))
            return true;
    return false;
}

/* Computes logits [variants][classes] from the last node's change. */
static void finish(const struct lsn_incremental *d, int variants, float *logits)
{
    int last = d->network->step_count - 1, v, i;
    const struct lsn_change *change = &d->changes[last];
    size_t classes = d->network->steps[last].count;

    for (v = 0; v < variants; v++, logits += classes) {
        const float *delta;

        if (change->variants && change->dense) {
            memcpy(logits, lsn_change_values(change, v), classes * sizeof *logits);
            continue;
        }
        memcpy(logits, d->intact[last], classes * sizeof *logits);
        if (!change->variants || change->start[v] == change->start[v + 1])
            continue;
        delta = lsn_change_row(change, change->start[v]);
        for (i = 0; i < change->channels; i++)
            logits[change->listed ? lsn_change_list(change, v)[i] : change->first + i] += delta[i];
    }
}

/* The change that an entry computes. */
static struct lsn_change *change_of(struct lsn_incremental *d, const struct lsn_entry *entry)
{
    return entry->reached ? &d->reached
                          : &d->changes[entry->activation >= 0 ? entry->activation : entry->node];
}

/* Whether an entry's node may change: an input does, the lesion at an earlier place reaches it
 * (d->reached), or some set has a kernel of its layer. */
static bool may_change(const struct lsn_incremental *d, const struct lsn_entry *entry,
                       const struct lsn_joint *sets)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    int v;

    if (entry->place < 0)
        return any_input_changed(d, step->node);
    for (v = 0; v < sets->count && !d->reached.variants; v++)
        if (lsn_joint_lesions(sets, v, step->layer))
            return true;
    return d->reached.variants > 0;
}

static void run_group(struct lsn_incremental *d, const struct lsn_layer_plan *plan,
                      const struct lsn_joint *sets, float *logits)
{
    int i;

    for (i = 0; i < plan->count; i++) {
        const struct lsn_entry *entry = &plan->nodes[i];
        struct lsn_change *out = change_of(d, entry);

        *out = (struct lsn_change){.variants = 0};
        if (!may_change(d, entry, sets))
            continue;
        lsn_change_open(d, entry, sets->count, out);
        if (entry->place < 0 && lsn_dense_pays(d, entry))
            lsn_dense_run(d, entry, out);
        else if (entry->place < 0)
            lsn_propagate(d, entry, out);
        else
            lsn_lesion_place(d, entry, sets, out);
        if (out->dense ? out->differing == 0 : lsn_change_rows(out) == 0)
            out->variants = 0;
        if (!entry->reached)
            d->reached.variants = 0; /* it is of one place only */
    }
    finish(d, sets->count, logits);
    for (i = 0; i < plan->count; i++)
        change_of(d, &plan->nodes[i])->variants = 0;
}

void lsn_incremental_run(struct lsn_incremental *d, const struct lsn_layer_plan *plan,
                         const struct lsn_joint *sets, float *logits)
{
    size_t classes = d->network->steps[d->network->step_count - 1].count;
    struct lsn_joint group = *sets;
    int first;

    for (first = 0; first < sets->count; first += plan->group) {
        group.start = sets->start + first;
        group.count = sets->count - first < plan->group ? sets->count - first : plan->group;
        run_group(d, plan, &group, logits + (size_t)first * classes);
    }
}

double lsn_incremental_work(const struct lsn_incremental *d)
{
    return d->multiply_adds;
}

size_t lsn_incremental_bytes(const struct lsn_network *network)
{
    const struct lsn_plan *plan = network->plan;
    size_t maps = plan->inputs_max * plan->positions_max * sizeof(int);
    size_t rows = plan->row_max * (4 * sizeof(float) + sizeof(int));

    return plan->arena_bytes + plan->scratch_floats * sizeof(float) + maps + rows +
           (plan->row_map_max + plan->terms_max) * sizeof(int) +
           plan->pointers_max * (sizeof(float *) + sizeof(float)) +
           plan->positions_max * (sizeof(int) + sizeof(float) + 1);
}
