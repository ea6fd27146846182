#include "engine/places.h"

#include <string.h>

#include "engine/dense.h"
#include "engine/lesion.h"

static bool is_part(const struct lsn_incremental *d, const struct lsn_entry *entry,
                    const struct lsn_joint *sets)
{
    return lsn_lesion_is_sliced(d->network, entry->node, sets->lesion);
}

/* What lesions of whole kernels leave at an entry's place: values [c] of each position, step floats
 * apart. */
struct left {
    const float *values;
    size_t step;
};

static struct left left_at(const struct lsn_incremental *d, const struct lsn_entry *entry,
                           const struct lsn_joint *sets)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    struct left left = {d->zeros, 0};

    switch (lsn_lesion_left(sets->lesion)) {
    case LSN_LEFT_REST:
        left.values = step->bias ? step->bias : d->zeros;
        break;
    case LSN_LEFT_NOTHING:
        break;
    case LSN_LEFT_PLANE:
        left.values = sets->planes[step->layer][entry->place];
        left.step = (size_t)step->node->shape.c;
        break;
    }
    return left;
}

/* Sets d->plane [positions] to the difference that the lesion makes in the kernel's own channel, at
 * an entry's place. x [h][w][c] is the place's input, which only a lesion of a slice uses. */
static void lesion_plane(struct lsn_incremental *d, const struct lsn_entry *entry, const float *x,
                         const struct lsn_joint *sets, int kernel)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const float *intact = d->intact[entry->node] + kernel;
    size_t c = (size_t)step->node->shape.c, positions = step->count / c, p;
    struct left left;

    if (is_part(d, entry, sets)) {
        lsn_conv_run_slice(&step->geometry.conv, step->packed, kernel, sets->lesion->slice, x,
                           d->plane);
        for (p = 0; p < positions; p++)
            d->plane[p] = -d->plane[p];
        return;
    }
    left = left_at(d, entry, sets);
    for (p = 0; p < positions; p++)
        d->plane[p] = left.values[p * left.step + (size_t)kernel] - intact[p * c];
}

/* Makes the listed change at a layer's first place, where nothing but the plane of each set's one
 * kernel changes. */
static void start(struct lsn_incremental *d, const struct lsn_entry *entry,
                  const struct lsn_joint *sets, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    int positions = step->node->shape.h * step->node->shape.w, v, p;
    struct lsn_appender e = lsn_append_start(d, entry, out);

    for (p = 0; p < positions; p++)
        d->touched[p] = p;
    for (v = 0; v < out->variants; v++) {
        out->list[v] = sets->kernels[sets->start[v]].kernel;
        lesion_plane(d, entry, d->intact[step->node->inputs[0]], sets, out->list[v]);
        lsn_append_listed(&e, v, positions, d->touched, d->plane);
    }
    lsn_append_finish(&e);
}

/* Returns a variant's whole input of a place, which lesions at earlier places may reach. */
static const float *place_input(struct lsn_incremental *d, const struct lsn_entry *entry, int v)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_change *in = lsn_input_change(d, step->node, 0);

    if (!in || !lsn_change_differs(in, v))
        return d->intact[step->node->inputs[0]];
    lsn_variant_input(d, step, 0, v, NULL, d->scratch);
    return d->scratch;
}

/* Copies the activation of an entry's node (after the activation that is computed along with it) to
 * values, where a variant of a dense change is as in the intact pass. */
static void copy_intact(const struct lsn_incremental *d, const struct lsn_entry *entry,
                        float *values)
{
    int node = entry->activation >= 0 ? entry->activation : entry->node;

    memcpy(values, d->intact[node], d->network->steps[node].count * sizeof *values);
}

/* Lists in d->kernels the set's kernels of the entry's layer. Returns their number. */
static int list_kernels(struct lsn_incremental *d, const struct lsn_entry *entry,
                        const struct lsn_joint *sets, int set)
{
    int layer = d->network->steps[entry->node].layer, count = 0, i;

    for (i = sets->start[set]; i < sets->start[set + 1]; i++)
        if (sets->kernels[i].layer == layer)
            d->kernels[count++] = sets->kernels[i].kernel;
    return count;
}

/* Lesions d->kernels [count] in a variant's activation values [h][w][c]: replaces their channels
 * or, if only a slice of the kernels is lesioned, subtracts what the slice adds for the changed
 * input. */
static void lesion_values(struct lsn_incremental *d, const struct lsn_entry *entry,
                          const struct lsn_joint *sets, int v, int count, float *values)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const float *intact = d->intact[entry->node], *x = NULL;
    size_t c = (size_t)step->node->shape.c, at;
    struct left left;
    int i;

    if (!is_part(d, entry, sets)) {
        left = left_at(d, entry, sets);
        for (at = 0; at < step->count; at += c, left.values += left.step)
            for (i = 0; i < count; i++) {
                size_t kernel = (size_t)d->kernels[i];
                float before = intact[at + kernel];

                values[at + kernel] = before + (left.values[kernel] - before);
            }
        return;
    }
    if (count > 0)
        x = place_input(d, entry, v);
    for (i = 0; i < count; i++) {
        lesion_plane(d, entry, x, sets, d->kernels[i]);
        for (at = 0; at < step->count / c; at++)
            values[at * c + (size_t)d->kernels[i]] += d->plane[at];
    }
}

/* Applies the lesions at a place whose change before them, d->reached, is dense. */
static void lesion_dense(struct lsn_incremental *d, const struct lsn_entry *entry,
                         const struct lsn_joint *sets, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_shape s = step->node->shape;
    int v;

    lsn_dense_open(out, s.h * s.w, s.c);
    for (v = 0; v < out->variants; v++) {
        int count = list_kernels(d, entry, sets, v);
        float *values = lsn_change_values(out, v);

        if (count == 0 && !lsn_change_differs(&d->reached, v)) {
            copy_intact(d, entry, values);
            continue;
        }
        memcpy(values, lsn_change_values(&d->reached, v), step->count * sizeof *values);
        lesion_values(d, entry, sets, v, count, values);
        lsn_dense_activate(d, entry, (size_t)s.h * (size_t)s.w, (size_t)s.c, values);
        out->position[out->differing++] = v;
    }
}

/* Copies a variant's rows of d->reached to rows [positions][c], and marks their positions in
 * d->is_touched. */
static void copy_reached(struct lsn_incremental *d, int v, int c, float *rows)
{
    size_t row;

    for (row = d->reached.start[v]; row < d->reached.start[v + 1]; row++) {
        int p = d->reached.position[row];
        float *to = rows + (size_t)p * (size_t)c;
        const float *from = lsn_change_widen(&d->reached, v, row, 0, c, to);

        if (from != to)
            memcpy(to, from, (size_t)c * sizeof *to);
        d->is_touched[p] = 1;
    }
}

/* Returns the row [c] at position p of a variant's rows [positions][c]; one that has not been
 * touched is set to 0. */
static float *touch(struct lsn_incremental *d, float *rows, size_t p, size_t c)
{
    if (!d->is_touched[p])
        memset(rows + p * c, 0, c * sizeof *rows);
    d->is_touched[p] = 1;
    return rows + p * c;
}

/* Lesions d->kernels [count] in a variant's rows [positions][c] of differences, as lesion_values
 * does. Positions that have no row, and of which a lesion changes something, get one. */
static void lesion_row_values(struct lsn_incremental *d, const struct lsn_entry *entry,
                              const struct lsn_joint *sets, int v, int count, float *rows)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    size_t c = (size_t)step->node->shape.c, positions = step->count / c, p;
    const float *intact = d->intact[entry->node], *x = NULL;
    struct left left = {NULL, 0};
    bool part = is_part(d, entry, sets);
    int i;

    if (!part)
        left = left_at(d, entry, sets);
    for (p = 0; !part && p < positions; p++, left.values += left.step)
        for (i = 0; i < count; i++) {
            size_t kernel = (size_t)d->kernels[i];
            float difference = left.values[kernel] - intact[p * c + kernel];

            if (d->is_touched[p] || difference != 0.0f)
                touch(d, rows, p, c)[kernel] = difference;
        }
    if (part && count > 0)
        x = place_input(d, entry, v);
    for (i = 0; part && i < count; i++) {
        lesion_plane(d, entry, x, sets, d->kernels[i]);
        for (p = 0; p < positions; p++)
            if (d->is_touched[p] || d->plane[p] != 0.0f)
                touch(d, rows, p, c)[d->kernels[i]] += d->plane[p];
    }
}

/* Applies the lesions at a place whose change before them, d->reached, is sparse or none. Each
 * variant's rows are made in out's storage, at variant * positions + position: appended rows never
 * overtake the rows still to be read. */
static void lesion_rows(struct lsn_incremental *d, const struct lsn_entry *entry,
                        const struct lsn_joint *sets, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    int positions = step->node->shape.h * step->node->shape.w, c = step->node->shape.c, v, p;
    struct lsn_appender e = lsn_append_start(d, entry, out);
    float *rows = out->delta;

    for (v = 0; v < out->variants; v++, rows += step->count) {
        int count = list_kernels(d, entry, sets, v);

        if (d->reached.variants)
            copy_reached(d, v, c, rows);
        lesion_row_values(d, entry, sets, v, count, rows);
        for (p = 0; p < positions; p++)
            if (d->is_touched[p])
                lsn_append(&e, v, p, rows + (size_t)p * (size_t)c);
        memset(d->is_touched, 0, (size_t)positions);
    }
    lsn_append_finish(&e);
}

void lsn_lesion_place(struct lsn_incremental *d, const struct lsn_entry *entry,
                      const struct lsn_joint *sets, struct lsn_change *out)
{
    if (entry->listed)
        start(d, entry, sets, out);
    else if (d->reached.variants && d->reached.dense)
        lesion_dense(d, entry, sets, out);
    else
        lesion_rows(d, entry, sets, out);
}
