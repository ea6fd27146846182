#include "engine/tiles.h"

#include <math.h>

#include "op/product.h"
#include "op/winograd.h"

/* The size of a block of tiles and their products. It stays in a second-level cache, unless the
 * weights are large: then blocks are larger, as each block reads all weights. */
#define BLOCK_FLOATS         ((size_t)1 << 18)
#define BLOCK_FLOATS_MAX     ((size_t)1 << 22)
#define LARGE_WEIGHTS_FLOATS ((size_t)1 << 21)
#define TILES_MIN            16
#define TILE_OUTPUTS         (LSN_WINOGRAD_OUT * LSN_WINOGRAD_OUT)

static size_t tiles_max(const struct lsn_conv *conv)
{
    size_t per_tile = LSN_WINOGRAD_POINTS * (size_t)(conv->in.c + conv->out.c), tiles;
    size_t weights = lsn_winograd_weight_count(conv), floats = BLOCK_FLOATS;

    if (weights > LARGE_WEIGHTS_FLOATS)
        floats = weights / 4 < BLOCK_FLOATS_MAX ? weights / 4 : BLOCK_FLOATS_MAX;
    tiles = floats / per_tile;
    tiles = tiles > TILES_MIN ? tiles : TILES_MIN;
    return tiles < LSN_BLOCK_TILES ? tiles : LSN_BLOCK_TILES;
}

/* Floats from the matrix of one Winograd point to the next. A tile's 36 points are
 * written one after the other, so they lie an odd number of cache lines apart: else they
 * could all fall into one set of the first-level cache. */
static size_t point_distance(const struct lsn_conv *conv, size_t columns)
{
    size_t floats = tiles_max(conv) * columns, lines = (floats + 15) / 16;

    return (lines | 1) * 16;
}

size_t lsn_tiles_floats(const struct lsn_conv *conv)
{
    size_t in = (size_t)conv->in.c, out = (size_t)conv->out.c;

    return (point_distance(conv, in) + point_distance(conv, out)) * LSN_WINOGRAD_POINTS +
           TILE_OUTPUTS * out;
}

size_t lsn_tiles_pointers(const struct lsn_conv *conv)
{
    return tiles_max(conv) > LSN_WINOGRAD_POINTS ? tiles_max(conv) : LSN_WINOGRAD_POINTS;
}

size_t lsn_tiles_terms(const struct lsn_conv *conv)
{
    return lsn_product_scratch(1, (size_t)conv->in.c, tiles_max(conv));
}

static int along(int length)
{
    return (length + LSN_WINOGRAD_OUT - 1) / LSN_WINOGRAD_OUT;
}

int lsn_tiles_across(const struct lsn_conv *conv)
{
    return along(conv->out.w);
}

int lsn_tiles_all(const struct lsn_conv *conv)
{
    return along(conv->out.w) * along(conv->out.h);
}

bool lsn_tiles_pay(double tiles, double positions)
{
    return tiles * LSN_WINOGRAD_POINTS * 1.25 < positions * 9;
}

void lsn_tiles_input(const struct lsn_conv *conv, int tile, int i, int *y, int *x)
{
    int across = along(conv->out.w);

    *y = tile / across * LSN_WINOGRAD_OUT - conv->window.pt + i / LSN_WINOGRAD_IN;
    *x = tile % across * LSN_WINOGRAD_OUT - conv->window.pl + i % LSN_WINOGRAD_IN;
}

struct lsn_tiles lsn_tiles_start(struct lsn_incremental *d, const struct lsn_step *step)
{
    const struct lsn_conv *conv = &step->geometry.conv;
    struct lsn_tiles t = {
        .d = d, .step = step, .conv = conv, .channels = (size_t)conv->in.c, .skip = true};

    t.transformed = d->scratch;
    t.products = t.transformed + point_distance(conv, (size_t)conv->in.c) * LSN_WINOGRAD_POINTS;
    t.outputs = t.products + point_distance(conv, (size_t)conv->out.c) * LSN_WINOGRAD_POINTS;
    return t;
}

void lsn_tiles_add(struct lsn_tiles *t, int variant, int tile)
{
    lsn_winograd_input(t->channels, t->d->pointers, t->transformed + t->count * t->channels,
                       point_distance(t->conv, (size_t)t->conv->in.c));
    t->d->block_variant[t->count] = variant;
    t->d->block_tile[t->count] = tile;
    if (++t->count == tiles_max(t->conv))
        lsn_tiles_run(t);
}

void lsn_tiles_run(struct lsn_tiles *t)
{
    size_t k = (size_t)t->conv->in.c, n = (size_t)t->conv->out.c, point, i;
    size_t in = point_distance(t->conv, k), out = point_distance(t->conv, n);
    struct lsn_product product = {.k = k,
                                  .n = n,
                                  .parts = 1,
                                  .length = t->channels,
                                  .skip = t->skip,
                                  .low = -INFINITY,
                                  .high = INFINITY};

    for (i = 0; i < t->count; i++) {
        t->d->pointers[i] = t->transformed + i * t->channels;
        t->d->outs[i] = t->products + i * n;
    }
    for (point = 0; point < LSN_WINOGRAD_POINTS; point++) {
        product.panels = t->step->winograd + point * lsn_panel_count(k, n) +
                         (size_t)t->first * LSN_PANEL_COLUMNS;
        product.offset = point * in;
        t->d->multiply_adds +=
            lsn_product_run(&product, t->count, t->d->pointers, t->d->outs, t->d->terms);
        for (i = 0; i < t->count; i++)
            t->d->outs[i] += out;
    }
    for (i = 0; i < t->count; i++) {
        lsn_winograd_output(n, t->products + i * n, out, t->outputs);
        t->put(t, t->d->block_variant[i], t->d->block_tile[i]);
    }
    t->count = 0;
}
