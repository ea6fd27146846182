/* A range convolution position by position: the variants whose change reaches an output
 * position are multiplied there together. */
#include "engine/range.h"
#include "op/panel.h"

/* Values that are multiplied at once. A block reads all weights once, so it grows with
 * them, between what stays in a second-level cache and what memory can bear. */
#define BLOCK_FLOATS_MIN ((size_t)1 << 16)
#define BLOCK_FLOATS_MAX ((size_t)1 << 21)

/* Bundles on their way, cut from scratch. */
struct block {
    const struct lsn_range *range;
    struct lsn_bundle *bundles;
    size_t count, used, capacity; /* bundles; values and terms */
    float *values;                /* [capacity] */
    int *terms;                   /* [capacity] */
    float *widened;               /* [LSN_BUNDLE_ROWS][in.c] */
};

/* Floats of one bundle of each group, all of it live. */
static size_t whole_floats(const struct lsn_conv *conv)
{
    return lsn_conv_patch_count(conv) * (size_t)conv->groups * LSN_BUNDLE_ROWS;
}

static size_t block_floats(const struct lsn_conv *conv)
{
    size_t floats = lsn_conv_weight_count(conv) / 8, one = whole_floats(conv);

    floats = floats > BLOCK_FLOATS_MIN ? floats : BLOCK_FLOATS_MIN;
    floats = floats < BLOCK_FLOATS_MAX ? floats : BLOCK_FLOATS_MAX;
    return floats > one ? floats : one;
}

static size_t widened_floats(const struct lsn_conv *conv)
{
    return LSN_BUNDLE_ROWS * (size_t)conv->in.c;
}

size_t lsn_range_bundle_floats(const struct lsn_conv *conv)
{
    return 2 * block_floats(conv) + widened_floats(conv); /* a term is as large as a float */
}

/* The row of each variant's each position, -1 where it has none. */
static void map_rows(const struct lsn_change *in, int positions, int *map)
{
    size_t count = (size_t)in->variants * (size_t)positions, row, i;
    int v;

    for (i = 0; i < count; i++)
        map[i] = -1;
    for (v = 0; v < in->variants; v++, map += positions)
        for (row = in->start[v]; row < in->start[v + 1]; row++)
            map[in->position[row]] = (int)row;
}

/* Variants whose change is seen, into d->members; how many. */
static int find_members(const struct lsn_range *r, const struct lsn_view *view)
{
    int positions = r->conv->in.h * r->conv->in.w, count = 0, v, ky, kx;
    const int *map = r->d->row_map;

    for (v = 0; v < r->in->variants; v++, map += positions) {
        bool seen = false;

        for (ky = view->y_first; ky < view->y_last && !seen; ky++)
            for (kx = view->x_first; kx < view->x_last && !seen; kx++)
                seen = map[lsn_view_position(&r->conv->window, r->conv->in, view, ky, kx)] >= 0;
        if (seen)
            r->d->members[count++] = v;
    }
    return count;
}

static void multiply(struct block *block)
{
    const struct lsn_conv *conv = block->range->conv;
    size_t n = (size_t)(conv->out.c / conv->groups), i;

    lsn_panel_multiply(lsn_conv_patch_count(conv), n, block->bundles, block->count);
    for (i = 0; i < block->count; i++)
        block->range->d->multiply_adds +=
            (double)(block->bundles[i].count * (size_t)block->bundles[i].rows * n);
    block->count = 0;
    block->used = 0;
}

/* The rows of variants [count] at an input position: of channels first ...
 * first+channels-1. False where none has any. */
static bool rows_at(const struct block *block, const int *variants, int count, int position,
                    const float **rows)
{
    const struct lsn_range *r = block->range;
    int positions = r->conv->in.h * r->conv->in.w, i;
    bool any = false;

    for (i = 0; i < count; i++) {
        int row = r->d->row_map[variants[i] * positions + position];

        rows[i] = r->d->zeros;
        if (row < 0)
            continue;
        any = true;
        rows[i] = r->in->own ? lsn_change_widen(r->in, variants[i], (size_t)row, 0, r->conv->in.c,
                                                block->widened + (size_t)i * (size_t)r->conv->in.c)
                             : lsn_change_row(r->in, (size_t)row);
    }
    return any;
}

/* Adds what a tap holds in the channels of bundle's group. */
static void add_tap(struct block *block, struct lsn_bundle *bundle, int group, int tap,
                    const float *const *rows)
{
    const struct lsn_range *r = block->range;
    int c = r->conv->in.c / r->conv->groups;
    int first = r->in->own ? 0 : r->in->first,
        last = r->in->own ? r->conv->in.c : first + r->in->channels;
    int low = group * c > first ? group * c : first;
    int high = (group + 1) * c < last ? (group + 1) * c : last, i;
    const float *parts[LSN_BUNDLE_ROWS];

    if (low >= high)
        return;
    for (i = 0; i < bundle->rows; i++)
        parts[i] = rows[i] == r->d->zeros ? rows[i] : rows[i] + (low - first);
    bundle->count +=
        lsn_panel_collect(bundle->rows, (size_t)(high - low), parts, tap * c + low - group * c,
                          block->terms + block->used + bundle->count,
                          block->values + block->used + bundle->count * (size_t)bundle->rows);
}

/* Variants [count] at an output position, group by group. */
static void add_bundles(struct block *block, const struct lsn_view *view, int position,
                        const int *variants, int count)
{
    const struct lsn_range *r = block->range;
    const struct lsn_conv *conv = r->conv;
    size_t n = (size_t)(conv->out.c / conv->groups),
           positions = (size_t)(conv->out.h * conv->out.w);
    size_t panels = lsn_panel_count(lsn_conv_patch_count(conv), n);
    const float *rows[LSN_BUNDLE_ROWS];
    int group, ky, kx, i;

    if (block->used + whole_floats(conv) > block->capacity)
        multiply(block);
    for (group = 0; group < conv->groups; group++) {
        struct lsn_bundle *bundle;

        if (block->count == LSN_BLOCK_BUNDLES)
            multiply(block);
        bundle = &block->bundles[block->count++];
        *bundle = (struct lsn_bundle){.panels = r->step->panels + (size_t)group * panels,
                                      .rows = count,
                                      .row_step = 1,
                                      .term_step = (size_t)count,
                                      .terms = block->terms + block->used,
                                      .values = block->values + block->used};
        for (i = 0; i < count; i++)
            bundle->out[i] =
                r->out->delta +
                ((size_t)variants[i] * positions + (size_t)position) * (size_t)conv->out.c +
                (size_t)group * n;
        for (ky = view->y_first; ky < view->y_last; ky++)
            for (kx = view->x_first; kx < view->x_last; kx++)
                if (rows_at(block, variants, count,
                            lsn_view_position(&conv->window, conv->in, view, ky, kx), rows))
                    add_tap(block, bundle, group, ky * conv->window.kw + kx, rows);
        block->used += bundle->count * (size_t)count;
    }
}

/* All variants that a position is reached of, in bundles of about one size. */
static void run_position(struct block *block, int position)
{
    const struct lsn_range *r = block->range;
    struct lsn_view view = lsn_window_view(&r->conv->window, r->conv->in, position / r->conv->out.w,
                                           position % r->conv->out.w);
    int count = find_members(r, &view), bundles = (count + LSN_BUNDLE_ROWS - 1) / LSN_BUNDLE_ROWS;
    int positions = r->conv->out.h * r->conv->out.w, first = 0, i;

    for (i = 0; i < count; i++)
        r->out->position[r->d->members[i] * positions + position] = position;
    for (i = 0; i < bundles; i++) {
        int rows = (count - first + bundles - i - 1) / (bundles - i);

        add_bundles(block, &view, position, r->d->members + first, rows);
        first += rows;
    }
}

/* The products lie in out's storage, each variant's at its position; what is left of
 * them behind the activation moves up. */
static void emit_all(const struct lsn_range *r)
{
    size_t positions = (size_t)(r->conv->out.h * r->conv->out.w), i;
    int v;

    for (v = 0; v < r->in->variants; v++)
        for (i = (size_t)v * positions; i < ((size_t)v + 1) * positions; i++)
            if (r->out->position[i] >= 0)
                lsn_emit(r->emitter, v, r->out->position[i],
                         r->out->delta + i * (size_t)r->conv->out.c);
}

void lsn_range_bundles(const struct lsn_range *r)
{
    int positions = r->conv->out.h * r->conv->out.w, i;
    size_t capacity = block_floats(r->conv), slots = (size_t)r->in->variants * (size_t)positions, s;
    struct block block = {.range = r, .bundles = r->d->bundles, .capacity = capacity};

    block.values = r->d->scratch;
    block.terms = (int *)(void *)(block.values + capacity);
    block.widened = block.values + 2 * capacity;
    map_rows(r->in, r->conv->in.h * r->conv->in.w, r->d->row_map);
    for (s = 0; s < slots; s++)
        r->out->position[s] = -1;
    for (i = 0; i < positions; i++)
        run_position(&block, i);
    multiply(&block);
    emit_all(r);
}
