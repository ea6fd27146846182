/* A range convolution by Winograd's products of transformed tiles; see op/winograd.h. */
#include "engine/range.h"
#include "op/gemm.h"
#include "op/winograd.h"

#define TILE_FLOATS  ((size_t)1 << 21) /* of a block of tiles and its products: 8 MiB */
#define TILES_MIN    16
#define TILE_OUTPUTS (LSN_WINOGRAD_OUT * LSN_WINOGRAD_OUT)

/* Winograd tiles that are multiplied at once. */
static size_t tile_rows(const struct lsn_conv *conv)
{
    size_t per_tile = LSN_WINOGRAD_POINTS * (size_t)(conv->in.c + conv->out.c);
    size_t tiles = TILE_FLOATS / per_tile;

    tiles = tiles > TILES_MIN ? tiles : TILES_MIN;
    return tiles < LSN_BLOCK_ROWS ? tiles : LSN_BLOCK_ROWS;
}

/* From one Winograd point's matrix to the next, in floats. A tile's 36 points are
 * written side by side: an odd number of cache lines apart, or they would all fall
 * into one set of the first-level cache. */
static size_t point_distance(const struct lsn_conv *conv, size_t columns)
{
    size_t floats = tile_rows(conv) * columns, lines = (floats + 15) / 16;

    return (lines | 1) * 16;
}

size_t lsn_range_tile_floats(const struct lsn_conv *conv)
{
    return point_distance(conv, (size_t)conv->in.c) * LSN_WINOGRAD_POINTS;
}

size_t lsn_range_tile_products(const struct lsn_conv *conv)
{
    size_t c = (size_t)conv->out.c;

    return point_distance(conv, c) * LSN_WINOGRAD_POINTS + TILE_OUTPUTS * c;
}

static int tiles_along(int length)
{
    return (length + LSN_WINOGRAD_OUT - 1) / LSN_WINOGRAD_OUT;
}

/* Tiles with a touched position, into d->touched; *positions: how many those are. */
static int touch_tiles(struct lsn_range *r, int variant, int *positions)
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

bool lsn_range_tiles_pay(struct lsn_range *r)
{
    double tiles = 0, positions = 0;
    int v, touched;

    for (v = 0; v < r->in->variants; v++) {
        tiles += touch_tiles(r, v, &touched);
        positions += touched;
    }
    return tiles * LSN_WINOGRAD_POINTS * 1.25 < positions * 9;
}

static void gather_tile(const struct lsn_range *r, const float *rows, size_t first, int tile,
                        float *out)
{
    const struct lsn_conv *conv = r->conv;
    int across = tiles_along(conv->out.w), i;
    int top = tile / across * LSN_WINOGRAD_OUT - conv->window.pt;
    int left = tile % across * LSN_WINOGRAD_OUT - conv->window.pl;

    for (i = 0; i < LSN_WINOGRAD_POINTS; i++) {
        int y = top + i / LSN_WINOGRAD_IN, x = left + i % LSN_WINOGRAD_IN;
        int row = lsn_change_at(r->d->maps[0], conv->in.h, conv->in.w, y, x);

        r->d->pointers[i] = row >= 0 ? rows + ((size_t)row - first) * r->live_count : r->d->zeros;
    }
    lsn_winograd_input(r->live_count, r->d->pointers, out, point_distance(conv, r->live_count));
}

static void emit_tile(struct lsn_range *r, int variant, int tile, const float *products)
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

static void multiply_tiles(struct lsn_range *r)
{
    size_t n = (size_t)r->conv->out.c, k = r->live_count, point, i;
    size_t in = point_distance(r->conv, k), out = point_distance(r->conv, n);
    float *outputs = r->s.products + out * LSN_WINOGRAD_POINTS;

    for (point = 0; point < LSN_WINOGRAD_POINTS; point++)
        lsn_gemm((int)r->used, (int)n, (int)k, r->s.patches + point * in, (int)k,
                 r->weights + point * r->ld_tap, (int)n, 0, r->s.products + point * out, (int)n);
    r->d->multiply_adds += (double)r->used * LSN_WINOGRAD_POINTS * (double)(k * n);
    for (i = 0; i < r->used; i++) {
        lsn_winograd_output(n, r->s.products + i * n, out, outputs);
        emit_tile(r, r->d->block_variant[i], r->d->block_position[i], outputs);
    }
    r->used = 0;
}

void lsn_range_tiles(struct lsn_range *r)
{
    int v, i, count, positions;

    for (v = 0; v < r->in->variants; v++) {
        const float *rows;

        count = touch_tiles(r, v, &positions);
        if (count == 0)
            continue;
        rows = lsn_range_live_rows(r, v);
        lsn_change_map(r->in, v, r->d->maps[0]);
        for (i = 0; i < count; i++) {
            gather_tile(r, rows, r->in->start[v], r->d->touched[i],
                        r->s.patches + r->used * r->live_count);
            r->d->block_variant[r->used] = v;
            r->d->block_position[r->used] = r->d->touched[i];
            if (++r->used == tile_rows(r->conv))
                multiply_tiles(r);
        }
        lsn_change_unmap(r->in, v, r->d->maps[0]);
    }
    if (r->used)
        multiply_tiles(r);
}
