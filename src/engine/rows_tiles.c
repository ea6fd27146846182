/* 3x3 convolution of a change by rows by Winograd's tiles. Only tiles that a change reaches are
 * computed. */
#include "engine/tiles.h"
#include "op/winograd.h"

/* Lists in d->touched the tiles with an output position that a variant's change reaches. Returns
 * their number; *positions is the number of such positions. */
static int touch_tiles(const struct lsn_rows *r, int variant, int *positions)
{
    const struct lsn_conv *conv = r->conv;
    struct lsn_incremental *d = r->d;
    int across = lsn_tiles_across(conv), tiles = lsn_tiles_all(conv), count = 0, i;

    *positions = lsn_changed_fields(d, r->in, variant, &conv->window, conv->in, conv->out);
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

bool lsn_rows_tiles_pay(const struct lsn_rows *r)
{
    double tiles = 0, positions = 0;
    int v, touched;

    for (v = 0; v < r->in->variants; v++) {
        tiles += touch_tiles(r, v, &touched);
        positions += touched;
    }
    return lsn_tiles_pay(tiles, positions);
}

static void append_tile(const struct lsn_tiles *t, int variant, int tile)
{
    const struct lsn_conv *conv = t->conv;
    int across = lsn_tiles_across(conv), i;

    for (i = 0; i < LSN_WINOGRAD_OUT * LSN_WINOGRAD_OUT; i++) {
        int y = tile / across * LSN_WINOGRAD_OUT + i / LSN_WINOGRAD_OUT;
        int x = tile % across * LSN_WINOGRAD_OUT + i % LSN_WINOGRAD_OUT;

        if (y < conv->out.h && x < conv->out.w)
            lsn_append(t->to, variant, y * conv->out.w + x,
                       t->outputs + (size_t)i * (size_t)conv->out.c);
    }
}

static void run_variant(const struct lsn_rows *r, struct lsn_tiles *t, int variant)
{
    int positions, count = touch_tiles(r, variant, &positions), i, j;

    lsn_change_map(r->in, variant, r->d->maps[0]);
    for (i = 0; i < count; i++) {
        for (j = 0; j < LSN_WINOGRAD_POINTS; j++) {
            int y, x, row;

            lsn_tiles_input(r->conv, r->d->touched[i], j, &y, &x);
            row = lsn_change_at(r->d->maps[0], r->conv->in.h, r->conv->in.w, y, x);
            r->d->pointers[j] = row >= 0 ? lsn_change_row(r->in, (size_t)row) : r->d->zeros;
        }
        lsn_tiles_add(t, variant, r->d->touched[i]);
    }
    lsn_change_unmap(r->in, variant, r->d->maps[0]);
}

void lsn_rows_tiles(const struct lsn_rows *r)
{
    struct lsn_tiles t = lsn_tiles_start(r->d, r->step);
    int v;

    t.first = r->in->first;
    t.channels = (size_t)r->in->channels;
    t.to = r->appender;
    t.put = append_tile;
    for (v = 0; v < r->in->variants; v++)
        run_variant(r, &t, v);
    lsn_tiles_run(&t);
}
