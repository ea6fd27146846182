/* A range convolution by Winograd's products of transformed tiles; see op/winograd.h. */
#include <string.h>

#include "engine/range.h"
#include "op/delta.h"
#include "op/panel.h"
#include "op/winograd.h"

/* A block of tiles and their products: it stays in a second-level cache, except beside
 * large weights, which each block reads once more. */
#define BLOCK_FLOATS         ((size_t)1 << 18)
#define BLOCK_FLOATS_MAX     ((size_t)1 << 22)
#define LARGE_WEIGHTS_FLOATS ((size_t)1 << 21)
#define TILES_MIN            16
#define TILE_OUTPUTS         (LSN_WINOGRAD_OUT * LSN_WINOGRAD_OUT)

/* Tiles on their way, cut from scratch. Channels are live in which any row of the
 * change has a difference; where nearly all are, all are used as they lie. */
struct tiles {
    const struct lsn_range *range;
    size_t live_count;  /* channels in the products */
    bool selected;      /* they are not the change's whole range */
    size_t used;        /* tiles gathered so far */
    int *terms;         /* [live_count] rows of the weights */
    float *live;        /* differences of one variant in them */
    float *transformed; /* tiles */
    float *products;    /* of all output channels */
};

/* Winograd tiles that are multiplied at once. */
static size_t tile_rows(const struct lsn_conv *conv)
{
    size_t per_tile = LSN_WINOGRAD_POINTS * (size_t)(conv->in.c + conv->out.c), tiles;
    size_t weights = lsn_winograd_weight_count(conv), floats = BLOCK_FLOATS;

    if (weights > LARGE_WEIGHTS_FLOATS)
        floats = weights / 4 < BLOCK_FLOATS_MAX ? weights / 4 : BLOCK_FLOATS_MAX;
    tiles = floats / per_tile;
    tiles = tiles > TILES_MIN ? tiles : TILES_MIN;
    return tiles < LSN_BLOCK_TILES ? tiles : LSN_BLOCK_TILES;
}

/* From one Winograd point's matrix to the next, in floats. A tile's 36 points are
 * written side by side: an odd number of cache lines apart, or they would all fall
 * into one set of the first-level cache. */
static size_t point_distance(const struct lsn_conv *conv, size_t columns)
{
    size_t floats = tile_rows(conv) * columns, lines = (floats + 15) / 16;

    return (lines | 1) * 16;
}

static size_t transformed_floats(const struct lsn_conv *conv)
{
    return point_distance(conv, (size_t)conv->in.c) * LSN_WINOGRAD_POINTS;
}

static size_t product_floats(const struct lsn_conv *conv)
{
    size_t c = (size_t)conv->out.c;

    return point_distance(conv, c) * LSN_WINOGRAD_POINTS + TILE_OUTPUTS * c;
}

static size_t live_floats(const struct lsn_conv *conv)
{
    return (size_t)conv->in.h * (size_t)conv->in.w * (size_t)conv->in.c;
}

size_t lsn_range_tile_floats(const struct lsn_conv *conv)
{
    return (size_t)conv->in.c + live_floats(conv) + transformed_floats(conv) +
           product_floats(conv); /* a term is as large as a float */
}

static int tiles_along(int length)
{
    return (length + LSN_WINOGRAD_OUT - 1) / LSN_WINOGRAD_OUT;
}

/* Tiles with a touched position, into d->touched; *positions: how many those are. */
static int touch_tiles(const struct lsn_range *r, int variant, int *positions)
{
    const struct lsn_conv *conv = r->conv;
    struct lsn_delta *d = r->d;
    int across = tiles_along(conv->out.w), tiles = across * tiles_along(conv->out.h), count = 0, i;

    *positions = lsn_carry_touch(d, r->in, variant, &conv->window, conv->in, conv->out);
    for (i = 0; i < *positions; i++) {
        int y = d->touched[i] / conv->out.w, x = d->touched[i] % conv->out.w;

        d->is_touched[y / LSN_WINOGRAD_OUT * across + x / LSN_WINOGRAD_OUT] = 1;
    }
    for (i = 0; i < tiles; i++)
        if (d->is_touched[i]) {
            d->is_touched[i] = 0;
            d->touched[count++] = i;
        }
    return count;
}

bool lsn_range_tiles_pay(const struct lsn_range *r)
{
    double tiles = 0, positions = 0;
    int v, touched;

    for (v = 0; v < r->in->variants; v++) {
        tiles += touch_tiles(r, v, &touched);
        positions += touched;
    }
    return tiles * LSN_WINOGRAD_POINTS * 1.25 < positions * 9;
}

static void find_live(struct tiles *t)
{
    const struct lsn_change *in = t->range->in;
    uint32_t *live = t->range->d->live;
    size_t n = (size_t)in->channels, row, i;

    memset(live, 0, n * sizeof *live);
    for (row = 0; row < lsn_change_rows(in); row++)
        lsn_delta_mark(n, lsn_change_row(in, row), live);
    for (i = 0; i < n; i++)
        if (live[i])
            t->terms[t->live_count++] = in->first + (int)i;
    /* Selecting costs a copy: not for a few channels less. */
    t->selected = t->live_count * 8 < n * 7;
    if (t->selected)
        return;
    t->live_count = n;
    for (i = 0; i < n; i++)
        t->terms[i] = in->first + (int)i;
}

/* The variant's differences in the channels in use, [rows][live_count]. */
static const float *live_rows(const struct tiles *t, int variant)
{
    const struct lsn_change *in = t->range->in;
    size_t first = in->start[variant], row, i;
    float *to = t->live;

    if (!t->selected)
        return lsn_change_row(in, first);
    for (row = first; row < in->start[variant + 1]; row++, to += t->live_count)
        for (i = 0; i < t->live_count; i++)
            to[i] = lsn_change_row(in, row)[t->terms[i] - in->first];
    return t->live;
}

static void gather_tile(const struct tiles *t, const float *rows, size_t first, int tile,
                        float *out)
{
    const struct lsn_range *r = t->range;
    const struct lsn_conv *conv = r->conv;
    int across = tiles_along(conv->out.w), i;
    int top = tile / across * LSN_WINOGRAD_OUT - conv->window.pt;
    int left = tile % across * LSN_WINOGRAD_OUT - conv->window.pl;

    for (i = 0; i < LSN_WINOGRAD_POINTS; i++) {
        int y = top + i / LSN_WINOGRAD_IN, x = left + i % LSN_WINOGRAD_IN;
        int row = lsn_change_at(r->d->maps[0], conv->in.h, conv->in.w, y, x);

        r->d->pointers[i] = row >= 0 ? rows + ((size_t)row - first) * t->live_count : r->d->zeros;
    }
    lsn_winograd_input(t->live_count, r->d->pointers, out, point_distance(conv, t->live_count));
}

static void emit_tile(const struct lsn_range *r, int variant, int tile, const float *products)
{
    const struct lsn_conv *conv = r->conv;
    size_t n = (size_t)conv->out.c;
    int across = tiles_along(conv->out.w), i;

    for (i = 0; i < TILE_OUTPUTS; i++) {
        int y = tile / across * LSN_WINOGRAD_OUT + i / LSN_WINOGRAD_OUT;
        int x = tile % across * LSN_WINOGRAD_OUT + i % LSN_WINOGRAD_OUT;

        if (y < conv->out.h && x < conv->out.w)
            lsn_emit(r->emitter, variant, y * conv->out.w + x, products + (size_t)i * n);
    }
}

/* The products of one of Winograd's points. */
static void multiply_point(const struct tiles *t, size_t point)
{
    const struct lsn_range *r = t->range;
    size_t n = (size_t)r->conv->out.c, k = t->live_count, tile = 0, i;
    size_t bundles = (t->used + LSN_BUNDLE_ROWS - 1) / LSN_BUNDLE_ROWS;
    const float *in = t->transformed + point * point_distance(r->conv, k);
    float *out = t->products + point * point_distance(r->conv, n);

    for (i = 0; i < bundles; i++) {
        struct lsn_bundle *bundle = &r->d->bundles[i];

        *bundle = (struct lsn_bundle){.panels = r->step->winograd +
                                                point * lsn_panel_count((size_t)r->conv->in.c, n),
                                      .count = k,
                                      .terms = t->terms,
                                      .values = in + tile * k,
                                      .row_step = k,
                                      .term_step = 1};
        for (; bundle->rows < LSN_BUNDLE_ROWS && tile < t->used; tile++)
            bundle->out[bundle->rows++] = out + tile * n;
    }
    lsn_panel_multiply((size_t)r->conv->in.c, n, r->d->bundles, bundles);
}

static void multiply(struct tiles *t)
{
    const struct lsn_range *r = t->range;
    size_t n = (size_t)r->conv->out.c, out = point_distance(r->conv, n), point, i;
    float *outputs = t->products + out * LSN_WINOGRAD_POINTS;

    for (point = 0; point < LSN_WINOGRAD_POINTS; point++)
        multiply_point(t, point);
    r->d->multiply_adds += (double)t->used * LSN_WINOGRAD_POINTS * (double)(t->live_count * n);
    for (i = 0; i < t->used; i++) {
        lsn_winograd_output(n, t->products + i * n, out, outputs);
        emit_tile(r, r->d->block_variant[i], r->d->block_position[i], outputs);
    }
    t->used = 0;
}

static void run_variant(struct tiles *t, int variant)
{
    const struct lsn_range *r = t->range;
    int positions, count = touch_tiles(r, variant, &positions), i;
    const float *rows;

    if (count == 0)
        return;
    rows = live_rows(t, variant);
    lsn_change_map(r->in, variant, r->d->maps[0]);
    for (i = 0; i < count; i++) {
        gather_tile(t, rows, r->in->start[variant], r->d->touched[i],
                    t->transformed + t->used * t->live_count);
        r->d->block_variant[t->used] = variant;
        r->d->block_position[t->used] = r->d->touched[i];
        if (++t->used == tile_rows(r->conv))
            multiply(t);
    }
    lsn_change_unmap(r->in, variant, r->d->maps[0]);
}

void lsn_range_tiles(const struct lsn_range *r)
{
    struct tiles t = {.range = r, .terms = (int *)(void *)r->d->scratch};
    int v;

    t.live = r->d->scratch + r->conv->in.c;
    t.transformed = t.live + live_floats(r->conv);
    t.products = t.transformed + transformed_floats(r->conv);
    find_live(&t);
    for (v = 0; v < r->in->variants; v++)
        run_variant(&t, v);
    if (t.used)
        multiply(&t);
}
