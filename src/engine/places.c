#include "engine/places.h"

#include <string.h>

#include "engine/dense.h"
#include "engine/lesion.h"

static bool is_part(const struct lsn_lesion *lesion)
{
    return lesion->slice.in >= 0 || lesion->slice.row >= 0 || lesion->slice.col >= 0;
}

/* Sets d->plane [positions] to the difference that the lesion makes in the kernel's own channel, at
 * an entry's place. x [h][w][c] is the place's input, which only a lesion of a slice uses. */
static void lesion_plane(struct lsn_incremental *d, const struct lsn_entry *entry, const float *x,
                         const struct lsn_joint *sets, int kernel)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_node *node = step->node;
    const float *intact = d->intact[entry->node];
    float bias = step->bias ? step->bias[kernel] : 0.0f;
    int positions = node->shape.h * node->shape.w, p;
    size_t c = (size_t)node->shape.c, at = (size_t)kernel;

    switch (lsn_lesion_left(sets->lesion)) {
    case LSN_LEFT_REST:
        if (!is_part(sets->lesion)) {
            for (p = 0; p < positions; p++, at += c)
                d->plane[p] = bias - intact[at];
        } else {
            lsn_conv_run_slice(&step->geometry.conv, step->packed, kernel, sets->lesion->slice, x,
                               d->plane);
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
            d->plane[p] = sets->planes[step->layer][entry->place][at] - intact[at];
        break;
    }
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

/* Applies the lesions at a place whose change before them, d->reached, is dense: replaces the
 * kernels' channels of each variant's activation or, if only a slice of the kernels is lesioned,
 * subtracts what the slice adds for the changed input. */
static void lesion_dense(struct lsn_incremental *d, const struct lsn_entry *entry,
                         const struct lsn_joint *sets, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_shape s = step->node->shape;
    bool part = is_part(sets->lesion);
    const float *intact = d->intact[entry->node];
    size_t c = (size_t)s.c, positions = (size_t)s.h * (size_t)s.w, p, at;
    int v, i;

    lsn_dense_open(out, (int)positions, s.c);
    for (v = 0; v < out->variants; v++) {
        bool lesions = lsn_joint_lesions(sets, v, step->layer);
        float *values = lsn_change_values(out, v);
        const float *x;

        if (!lesions && !lsn_change_differs(&d->reached, v)) {
            copy_intact(d, entry, values);
            continue;
        }
        x = part && lesions ? place_input(d, entry, v) : NULL;
        memcpy(values, lsn_change_values(&d->reached, v), positions * c * sizeof *values);
        for (i = sets->start[v]; i < sets->start[v + 1]; i++) {
            if (sets->kernels[i].layer != step->layer)
                continue;
            lesion_plane(d, entry, x, sets, sets->kernels[i].kernel);
            at = (size_t)sets->kernels[i].kernel;
            for (p = 0; p < positions; p++, at += c)
                values[at] = (part ? values[at] : intact[at]) + d->plane[p];
        }
        lsn_dense_activate(d, entry, positions, c, values);
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

/* Puts d->plane, the difference that one kernel's lesion makes, into a variant's rows
 * [positions][c]: in place of the kernel's own difference or, if only a slice is lesioned, added to
 * it. Positions without a row that it changes get one. */
static void put_plane(struct lsn_incremental *d, int positions, int c, int kernel, bool part,
                      float *rows)
{
    int p;

    for (p = 0; p < positions; p++, rows += c) {
        if (!d->is_touched[p] && d->plane[p] == 0.0f)
            continue;
        if (!d->is_touched[p])
            memset(rows, 0, (size_t)c * sizeof *rows);
        d->is_touched[p] = 1;
        rows[kernel] = d->plane[p] + (part ? rows[kernel] : 0.0f);
    }
}

/* Applies the lesions at a place whose change before them, d->reached, is sparse or none. Each
 * variant's rows are made in out's storage, at variant * positions + position: appended rows never
 * overtake the rows still to be read. */
static void lesion_rows(struct lsn_incremental *d, const struct lsn_entry *entry,
                        const struct lsn_joint *sets, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    int positions = step->node->shape.h * step->node->shape.w, c = step->node->shape.c, v, p, i;
    bool part = is_part(sets->lesion);
    struct lsn_appender e = lsn_append_start(d, entry, out);
    float *rows = out->delta;

    for (v = 0; v < out->variants; v++, rows += (size_t)positions * (size_t)c) {
        const float *x = NULL;

        if (d->reached.variants)
            copy_reached(d, v, c, rows);
        for (i = sets->start[v]; i < sets->start[v + 1]; i++) {
            if (sets->kernels[i].layer != step->layer)
                continue;
            x = part && !x ? place_input(d, entry, v) : x;
            lesion_plane(d, entry, x, sets, sets->kernels[i].kernel);
            put_plane(d, positions, c, sets->kernels[i].kernel, part, rows);
        }
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
