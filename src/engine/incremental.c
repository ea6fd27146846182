#include "engine/incremental.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/dense.h"
#include "engine/lesion.h"
#include "engine/ops.h"
#include "engine/plan.h"

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
           d->plane && d->scratch && d->whole_inputs && d->pointers && d->factors &&
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

/* The lesions of a group: kernels [count] of a layer, all lesioned in the same way. */
struct lesions {
    const struct lsn_lesion *lesion;
    const float *const *planes; /* [places] of [h][w][c]; NULL where the lesion uses none */
    const int *kernels;
    int count;
};

/* Sets d->plane [positions] to the difference that the lesion makes in the kernel's own channel, at
 * an entry's place. x [h][w][c] is the place's input, which only a lesion of a slice uses. */
static void lesion_plane(struct lsn_incremental *d, const struct lsn_entry *entry, const float *x,
                         const struct lesions *lesions, int kernel)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_node *node = step->node;
    const float *intact = d->intact[entry->node];
    struct lsn_slice slice = lesions->lesion->slice;
    bool whole = slice.in < 0 && slice.row < 0 && slice.col < 0;
    float bias = step->bias ? step->bias[kernel] : 0.0f;
    int positions = node->shape.h * node->shape.w, p;
    size_t c = (size_t)node->shape.c, at = (size_t)kernel;

    switch (lsn_lesion_left(lesions->lesion)) {
    case LSN_LEFT_REST:
        if (whole) {
            for (p = 0; p < positions; p++, at += c)
                d->plane[p] = bias - intact[at];
        } else {
            lsn_conv_run_slice(&step->geometry.conv, step->packed, kernel, slice, x, d->plane);
            for (p = 0; p < positions; p++)
                d->plane[p] = -d->plane[p];
        }
        break;
    case LSN_LEFT_NOTHING:
        for (p = 0; p < positions; p++, at += c)
            d->plane[p] = -intact[at];
        break;
    case LSN_LEFT_PLANE:
        for (p = 0; p < positions; p++, at += c)
            d->plane[p] = lesions->planes[entry->place][at] - intact[at];
        break;
    }
}

/* Makes the change at the first place, where nothing but the kernel's own channel changes. */
static void start(struct lsn_incremental *d, const struct lsn_entry *entry,
                  const struct lesions *lesions, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    int positions = step->node->shape.h * step->node->shape.w, v, p;
    struct lsn_appender e = lsn_append_start(d, entry, out);

    for (p = 0; p < positions; p++)
        d->touched[p] = p;
    for (v = 0; v < out->variants; v++) {
        lesion_plane(d, entry, d->intact[step->node->inputs[0]], lesions, lesions->kernels[v]);
        out->list[v] = lesions->kernels[v];
        lsn_append_listed(&e, v, positions, d->touched, d->plane);
    }
    lsn_append_finish(&e);
}

/* Returns a variant's whole input of a place that the lesion at an earlier place reaches. */
static const float *place_input(struct lsn_incremental *d, const struct lsn_entry *entry, int v)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in = lsn_input_change(d, step->node, 0);

    if (!in || !lsn_change_differs(in, v))
        return d->intact[step->node->inputs[0]];
    lsn_variant_input(d, step, 0, v, NULL, d->scratch);
    return d->scratch;
}

/* Applies the lesion at a later place whose change before it, d->reached, is dense: replaces the
 * kernel's channel of each variant's activation or, if only a slice of the kernel is lesioned,
 * subtracts what the slice adds for the changed input. */
static void lesion_dense(struct lsn_incremental *d, const struct lsn_entry *entry,
                         const struct lesions *lesions, struct lsn_change *out)
{
    const struct lsn_shape s = d->network->steps[entry->node].node->shape;
    struct lsn_slice slice = lesions->lesion->slice;
    bool part = slice.in >= 0 || slice.row >= 0 || slice.col >= 0;
    const float *intact = d->intact[entry->node];
    size_t c = (size_t)s.c, positions = (size_t)s.h * (size_t)s.w, p;
    int v;

    lsn_dense_open(out, (int)positions, s.c);
    for (v = 0; v < out->variants; v++) {
        size_t kernel = (size_t)lesions->kernels[v];
        float *values = lsn_change_values(out, v);

        lesion_plane(d, entry, part ? place_input(d, entry, v) : NULL, lesions, (int)kernel);
        memcpy(values, lsn_change_values(&d->reached, v), positions * c * sizeof *values);
        for (p = 0; p < positions; p++)
            values[p * c + kernel] =
                (part ? values[p * c + kernel] : intact[p * c + kernel]) + d->plane[p];
        lsn_dense_activate(d, entry, positions, c, values);
        out->position[out->differing++] = v;
    }
}

/* The same where d->reached is sparse. */
static void lesion_reached(struct lsn_incremental *d, const struct lsn_entry *entry,
                           const struct lesions *lesions, struct lsn_change *out)
{
    const struct lsn_shape s = d->network->steps[entry->node].node->shape;
    struct lsn_slice slice = lesions->lesion->slice;
    bool part = slice.in >= 0 || slice.row >= 0 || slice.col >= 0;
    struct lsn_appender e = lsn_append_start(d, entry, out);
    float *row = d->rows[2];
    int v, p;

    for (v = 0; v < out->variants; v++) {
        int kernel = lesions->kernels[v];

        lesion_plane(d, entry, part ? place_input(d, entry, v) : NULL, lesions, kernel);
        if (d->reached.variants)
            lsn_change_map(&d->reached, v, d->maps[0]);
        for (p = 0; p < s.h * s.w; p++) {
            const float *from = d->zeros;

            if (d->maps[0][p] >= 0)
                from = lsn_change_widen(&d->reached, v, (size_t)d->maps[0][p], 0, s.c, d->rows[1]);
            else if (d->plane[p] == 0.0f)
                continue;
            memcpy(row, from, (size_t)s.c * sizeof *row);
            row[kernel] = d->plane[p] + (part ? row[kernel] : 0.0f);
            lsn_append(&e, v, p, row);
        }
        if (d->reached.variants)
            lsn_change_unmap(&d->reached, v, d->maps[0]);
    }
    lsn_append_finish(&e);
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

static void run_group(struct lsn_incremental *d, const struct lsn_layer_plan *layer,
                      const struct lesions *lesions, float *logits)
{
    int i;

    for (i = 0; i < layer->count; i++) {
        const struct lsn_entry *entry = &layer->nodes[i];
        struct lsn_change *out = change_of(d, entry);

        *out = (struct lsn_change){.variants = 0};
        if (entry->place < 0 && !any_input_changed(d, d->network->steps[entry->node].node))
            continue;
        lsn_change_open(d, entry, lesions->count, out);
        if (entry->place < 0 && lsn_dense_pays(d, entry))
            lsn_dense_run(d, entry, out);
        else if (entry->place < 0)
            lsn_propagate(d, entry, out);
        else if (entry->listed)
            start(d, entry, lesions, out);
        else if (d->reached.variants && d->reached.dense)
            lesion_dense(d, entry, lesions, out);
        else
            lesion_reached(d, entry, lesions, out);
        if (out->dense ? out->differing == 0 : lsn_change_rows(out) == 0)
            out->variants = 0;
    }
    finish(d, lesions->count, logits);
    for (i = 0; i < layer->count; i++)
        change_of(d, &layer->nodes[i])->variants = 0;
}

void lsn_incremental_run(struct lsn_incremental *d, int layer, const struct lsn_lesion *lesion,
                         const float *const *planes, const int *kernels, int count, float *logits)
{
    const struct lsn_layer_plan *plan = &d->network->plan->layers[layer];
    size_t classes = d->network->steps[d->network->step_count - 1].count;
    struct lesions lesions = {.lesion = lesion, .planes = planes};
    int first;

    for (first = 0; first < count; first += plan->group) {
        lesions.kernels = kernels + first;
        lesions.count = count - first < plan->group ? count - first : plan->group;
        run_group(d, plan, &lesions, logits + (size_t)first * classes);
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
    size_t rows = 4 * plan->row_max * sizeof(float);

    return plan->arena_bytes + plan->scratch_floats * sizeof(float) + maps + rows +
           (plan->row_map_max + plan->terms_max) * sizeof(int) +
           plan->pointers_max * (sizeof(float *) + sizeof(float)) +
           plan->positions_max * (sizeof(int) + sizeof(float) + 1);
}
