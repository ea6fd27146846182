/* Convolution of a change by rows, position by position. Only output positions that a change
 * reaches are computed, and taps and channels without a difference are left out. */
#include <string.h>

#include "engine/row_block.h"
#include "engine/rows.h"

/* Floats for rows of listed channels that a grouped convolution reads: they are widened to all
 * channels. */
size_t lsn_rows_floats(const struct lsn_conv *conv)
{
    return conv->groups > 1 ? lsn_row_block_pointers(conv) * (size_t)conv->in.c : 0;
}

/* Sets map [variants][positions] to each variant's row at each position, or -1 where it has none.
 */
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

/* Whether a variant has a row under the window. */
static bool is_seen(const struct lsn_rows *r, const struct lsn_view *view, int variant)
{
    const int *map = r->d->row_map + variant * r->conv->in.h * r->conv->in.w;
    int ky, kx;

    for (ky = view->y_first; ky < view->y_last; ky++)
        for (kx = view->x_first; kx < view->x_last; kx++)
            if (map[lsn_view_position(&r->conv->window, r->conv->in, view, ky, kx)] >= 0)
                return true;
    return false;
}

/* Sets the pointers to a variant's row under each tap of the window, or to zeroes. number: the
 * row's number in the block. */
static void point(const struct lsn_rows *r, const struct lsn_view *view, int variant, size_t number,
                  const float **to)
{
    const struct lsn_window *w = &r->conv->window;
    const int *map = r->d->row_map + variant * r->conv->in.h * r->conv->in.w;
    size_t step = lsn_row_block_rows(r->conv), taps = (size_t)w->kh * (size_t)w->kw, tap;
    float *widened = r->d->scratch + number * taps * (size_t)r->conv->in.c;
    int ky, kx;

    for (tap = 0; tap < taps; tap++)
        to[tap * step] = r->d->zeros;
    for (ky = view->y_first; ky < view->y_last; ky++)
        for (kx = view->x_first; kx < view->x_last; kx++) {
            int row = map[lsn_view_position(w, r->conv->in, view, ky, kx)];

            tap = (size_t)ky * (size_t)w->kw + (size_t)kx;
            if (row >= 0)
                to[tap * step] =
                    r->in->listed ? lsn_change_widen(r->in, variant, (size_t)row, 0, r->conv->in.c,
                                                     widened + tap * (size_t)r->conv->in.c)
                                  : lsn_change_row(r->in, (size_t)row);
        }
}

/* Adds the rows of all variants whose change reaches an output position. */
static void run_position(const struct lsn_rows *r, struct lsn_row_block *block, int position)
{
    const struct lsn_conv *conv = r->conv;
    struct lsn_view view =
        lsn_window_view(&conv->window, conv->in, position / conv->out.w, position % conv->out.w);
    int positions = conv->out.h * conv->out.w, v;

    for (v = 0; v < r->in->variants; v++) {
        size_t slot = (size_t)v * (size_t)positions + (size_t)position;
        const float **to;

        if (!is_seen(r, &view, v))
            continue;
        r->out->position[slot] = position;
        to = lsn_row_block_add(block, r->out->delta + slot * (size_t)conv->out.c);
        point(r, &view, v, block->count - 1, to);
    }
}

/* Appends all products. They lie in out's storage, at variant * positions + position; appending
 * applies the activation and moves the rows that are left to the front. */
static void append_all(const struct lsn_rows *r)
{
    size_t positions = (size_t)(r->conv->out.h * r->conv->out.w), i;
    int v;

    for (v = 0; v < r->in->variants; v++)
        for (i = (size_t)v * positions; i < ((size_t)v + 1) * positions; i++)
            if (r->out->position[i] >= 0)
                lsn_append(r->appender, v, r->out->position[i],
                           r->out->delta + i * (size_t)r->conv->out.c);
}

void lsn_rows_run(const struct lsn_rows *r)
{
    int positions = r->conv->out.h * r->conv->out.w, i;
    size_t slots = (size_t)r->in->variants * (size_t)positions, s;
    struct lsn_row_block block = lsn_row_block_start(r->d, r->step);

    block.skip = true;
    if (!r->in->listed) {
        block.first = r->in->first;
        block.channels = r->in->channels;
    }
    map_rows(r->in, r->conv->in.h * r->conv->in.w, r->d->row_map);
    for (s = 0; s < slots; s++)
        r->out->position[s] = -1;
    for (i = 0; i < positions; i++)
        run_position(r, &block, i);
    lsn_row_block_run(&block);
    append_all(r);
}
