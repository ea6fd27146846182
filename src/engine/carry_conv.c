/* Convolution and Linear. An own change (a plane or a few) is multiplied by just
 * its channels' weights. A range change is multiplied as a matrix of many rows: the
 * differences that touched output positions see, of all variants of the batch,
 * restricted to the channels in which anything changed. */
#include <string.h>

#include "engine/carry.h"
#include "op/delta.h"
#include "op/gemm.h"
#include "op/winograd.h"

#define PATCH_FLOATS    ((size_t)1 << 20) /* of a block of patches: 4 MiB */
#define PATCH_ROWS_MIN  64
#define COMPACT_FLOATS  ((size_t)1 << 22) /* larger weights are used whole */
#define WINOGRAD_FLOATS ((size_t)1 << 21)
#define TILES_MIN       16
#define TILE_OUTPUTS    (LSN_WINOGRAD_OUT * LSN_WINOGRAD_OUT)

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Rows of patches that are multiplied at once. */
static size_t patch_rows(const struct lsn_conv *conv)
{
    size_t rows = PATCH_FLOATS / lsn_conv_patch_count(conv);

    return smaller(larger(rows, PATCH_ROWS_MIN), LSN_BLOCK_ROWS);
}

/* Winograd tiles that are multiplied at once. */
static size_t tile_rows(const struct lsn_conv *conv)
{
    size_t per_tile = LSN_WINOGRAD_POINTS * (size_t)(conv->in.c + conv->out.c);

    return smaller(larger(WINOGRAD_FLOATS / per_tile, TILES_MIN), LSN_BLOCK_ROWS);
}

/* From one Winograd point's matrix to the next, in floats. A tile's 36 points are
 * written side by side: an odd number of cache lines apart, or they would all fall
 * into one set of the first-level cache. */
static size_t point_distance(const struct lsn_conv *conv, size_t columns)
{
    size_t floats = tile_rows(conv) * columns, lines = (floats + 15) / 16;

    return (lines | 1) * 16;
}

/* Scratch: weights of the live channels | live differences of one variant | patches
 * or transformed tiles | products. */
struct scratch {
    float *weights, *live, *patches, *products;
};

static size_t weights_floats(const struct lsn_conv *conv, bool winograd)
{
    size_t count = winograd ? lsn_winograd_weight_count(conv) : lsn_conv_weight_count(conv);

    return count <= COMPACT_FLOATS ? count : 0;
}

static size_t patches_floats(const struct lsn_conv *conv, bool winograd)
{
    if (winograd)
        return point_distance(conv, (size_t)conv->in.c) * LSN_WINOGRAD_POINTS;
    return patch_rows(conv) * lsn_conv_patch_count(conv);
}

static size_t live_floats(const struct lsn_conv *conv)
{
    return (size_t)conv->in.h * (size_t)conv->in.w * (size_t)conv->in.c;
}

static size_t products_floats(const struct lsn_conv *conv, bool winograd)
{
    size_t c = (size_t)conv->out.c;

    if (winograd)
        return point_distance(conv, c) * LSN_WINOGRAD_POINTS + TILE_OUTPUTS * c;
    return patch_rows(conv) * c;
}

static size_t scratch_floats(const struct lsn_conv *conv, bool winograd)
{
    return weights_floats(conv, winograd) + live_floats(conv) + patches_floats(conv, winograd) +
           products_floats(conv, winograd);
}

size_t lsn_carry_conv_scratch(const struct lsn_conv *conv, bool winograd)
{
    size_t direct = scratch_floats(conv, false);

    return winograd ? larger(direct, scratch_floats(conv, true)) : direct;
}

size_t lsn_carry_conv_pointers(const struct lsn_conv *conv)
{
    return larger(lsn_conv_patch_count(conv), LSN_WINOGRAD_POINTS);
}

static struct scratch cut(struct lsn_delta *d, const struct lsn_conv *conv, bool winograd)
{
    struct scratch s = {.weights = d->scratch};

    s.live = s.weights + weights_floats(conv, winograd);
    s.patches = s.live + live_floats(conv);
    s.products = s.patches + patches_floats(conv, winograd);
    return s;
}

/* ---- own ---- */

/* The taps of one output position that hold a difference: factors and the weights
 * they multiply, of output channels from c_first on. */
static size_t collect_own(struct lsn_delta *d, const struct lsn_conv *conv, const float *packed,
                          const struct lsn_change *in, int variant, int position)
{
    const struct lsn_window *w = &conv->window;
    size_t c_in = (size_t)(conv->in.c / conv->groups), c_out = (size_t)(conv->out.c / conv->groups);
    const int *list = lsn_change_list(in, variant);
    int oy = position / conv->out.w, ox = position % conv->out.w;
    int y_first, y_last, x_first, x_last, ky, kx, i;
    size_t count = 0;

    lsn_window_taps(oy, conv->in.h, w->kh, w->sh, w->dh, w->pt, &y_first, &y_last);
    lsn_window_taps(ox, conv->in.w, w->kw, w->sw, w->dw, w->pl, &x_first, &x_last);
    for (ky = y_first; ky < y_last; ky++)
        for (kx = x_first; kx < x_last; kx++) {
            int y = oy * w->sh - w->pt + ky * w->dh, x = ox * w->sw - w->pl + kx * w->dw;
            int row = d->maps[0][y * conv->in.w + x];
            size_t tap = (size_t)(ky * w->kw + kx);

            for (i = 0; row >= 0 && i < in->channels; i++) {
                size_t channel = (size_t)list[i] % c_in, group = (size_t)list[i] / c_in;
                float factor = lsn_change_row(in, (size_t)row)[i];

                if (factor == 0.0f)
                    continue;
                d->factors[count] = factor;
                d->pointers[count++] = packed + group * lsn_conv_patch_count(conv) * c_out +
                                       (tap * c_in + channel) * c_out;
            }
        }
    return count;
}

static void carry_own(struct lsn_delta *d, const struct lsn_conv *conv, const float *packed,
                      const struct lsn_change *in, struct lsn_emitter *e, struct lsn_change *out)
{
    size_t c_out = (size_t)(conv->out.c / conv->groups), i;
    int v, p, count;

    for (v = 0; v < in->variants; v++) {
        if (out->own) /* of a grouped convolution: its group's outputs */
            for (i = 0; i < c_out; i++)
                out->list[(size_t)v * c_out + i] =
                    lsn_change_list(in, v)[0] / (conv->in.c / conv->groups) * (int)c_out + (int)i;
        count = lsn_carry_touch(d, in, v, &conv->window, conv->in, conv->out);
        lsn_change_map(in, v, d->maps[0]);
        for (p = 0; p < count; p++) {
            size_t taps = collect_own(d, conv, packed, in, v, d->touched[p]);

            lsn_delta_combine(taps, c_out, d->factors, d->pointers, d->rows[1]);
            d->multiply_adds += (double)(taps * c_out);
            if (out->own)
                lsn_emit_own(e, v, 1, &d->touched[p], d->rows[1]);
            else
                lsn_emit(e, v, d->touched[p], d->rows[1]);
        }
        lsn_change_unmap(in, v, d->maps[0]);
    }
}

/* ---- range ---- */

/* What a range convolution works with. live lists the changed channels (of the
 * range); where all of them are, or nearly, they are used as they lie. */
struct range {
    struct lsn_delta *d;
    const struct lsn_conv *conv;
    const struct lsn_change *in;
    struct lsn_emitter *emitter;
    struct scratch s;
    size_t taps;          /* kh * kw, or the points of Winograd's */
    size_t live_count;    /* channels in the products */
    bool compact;         /* they are a selection, d->channels [live_count] */
    const float *weights; /* [taps][live_count][out.c] */
    size_t ld_tap;        /* from one tap's weights to the next */
    size_t used;          /* rows or tiles gathered so far */
};

static void find_live(struct range *r)
{
    const struct lsn_change *in = r->in;
    size_t i;

    r->live_count = 0;
    for (i = 0; i < (size_t)in->channels; i++)
        if (in->live[i])
            r->d->channels[r->live_count++] = (int)i;
    /* Selecting costs a copy: not for a few channels less. */
    r->compact = r->live_count * 8 < (size_t)in->channels * 7;
    if (!r->compact)
        r->live_count = (size_t)in->channels;
}

/* weights [taps][c][out.c] of the channels in use. */
static void choose_weights(struct range *r, const float *weights, size_t weight_count)
{
    size_t c = (size_t)r->conv->in.c, n = (size_t)r->conv->out.c, tap, i;
    size_t first = (size_t)r->in->first;
    bool contiguous = !r->compact && (r->taps == 1 || (size_t)r->in->channels == c);

    if (r->compact && weight_count > COMPACT_FLOATS) {
        r->compact = false;
        r->live_count = (size_t)r->in->channels;
        contiguous = r->taps == 1 || r->live_count == c;
    }
    r->weights = weights + first * n;
    r->ld_tap = c * n;
    if (contiguous || weight_count > COMPACT_FLOATS)
        return;
    for (tap = 0; tap < r->taps; tap++)
        for (i = 0; i < r->live_count; i++) {
            size_t channel = first + (r->compact ? (size_t)r->d->channels[i] : i);

            memcpy(r->s.weights + (tap * r->live_count + i) * n, weights + (tap * c + channel) * n,
                   n * sizeof *weights);
        }
    r->weights = r->s.weights;
    r->ld_tap = r->live_count * n;
}

/* The variant's differences in the channels in use, [rows][live_count]. */
static const float *live_rows(const struct range *r, int variant)
{
    const struct lsn_change *in = r->in;
    size_t first = in->start[variant], row, i;
    float *to = r->s.live;

    if (!r->compact)
        return lsn_change_row(in, first);
    for (row = first; row < in->start[variant + 1]; row++, to += r->live_count)
        for (i = 0; i < r->live_count; i++)
            to[i] = lsn_change_row(in, row)[r->d->channels[i]];
    return r->s.live;
}

/* products [rows][out.c] = patches [rows][taps * live_count] * weights. */
static void multiply_patches(struct range *r, const float *patches, size_t rows)
{
    int n = r->conv->out.c, k = (int)r->live_count;
    size_t tap, depth = r->taps * r->live_count, i;

    if (r->ld_tap == r->live_count * (size_t)n || r->taps == 1)
        lsn_gemm((int)rows, n, (int)depth, patches, (int)depth, r->weights, n, 0, r->s.products, n);
    else /* the range's weights lie apart, and are too large to copy */
        for (tap = 0; tap < r->taps; tap++)
            lsn_gemm((int)rows, n, k, patches + tap * r->live_count, (int)depth,
                     r->weights + tap * r->ld_tap, n, tap ? 1.0f : 0.0f, r->s.products, n);
    r->d->multiply_adds += (double)rows * (double)depth * n;
    for (i = 0; i < rows; i++)
        lsn_emit(r->emitter, r->d->block_variant[i], r->d->block_position[i],
                 r->s.products + i * (size_t)n);
}

/* A position sees itself alone: the rows are the patches. */
static void carry_pointwise(struct range *r)
{
    const struct lsn_change *in = r->in;
    size_t rows_max = patch_rows(r->conv), first = 0, total = lsn_change_rows(in), i, j;
    int v = 0;

    for (; first < total; first += rows_max) {
        size_t rows = smaller(rows_max, total - first);
        const float *patches = lsn_change_row(in, first);

        for (i = 0; i < rows; i++) {
            while (first + i >= in->start[v + 1])
                v++;
            r->d->block_variant[i] = v;
            r->d->block_position[i] = in->position[first + i];
            for (j = 0; r->compact && j < r->live_count; j++)
                r->s.patches[i * r->live_count + j] =
                    lsn_change_row(in, first + i)[r->d->channels[j]];
        }
        multiply_patches(r, r->compact ? r->s.patches : patches, rows);
    }
}

/* The differences that one output position sees, [taps][live_count]. */
static void gather_patch(const struct range *r, const float *rows, size_t first, int position,
                         float *patch)
{
    const struct lsn_conv *conv = r->conv;
    const struct lsn_window *w = &conv->window;
    size_t n = r->live_count, tap = 0;
    int oy = position / conv->out.w, ox = position % conv->out.w, ky, kx;

    for (ky = 0; ky < w->kh; ky++)
        for (kx = 0; kx < w->kw; kx++) {
            int y = oy * w->sh - w->pt + ky * w->dh, x = ox * w->sw - w->pl + kx * w->dw;
            int row = y >= 0 && y < conv->in.h && x >= 0 && x < conv->in.w
                          ? r->d->maps[0][y * conv->in.w + x]
                          : -1;

            r->d->pointers[tap++] = row >= 0 ? rows + ((size_t)row - first) * n : r->d->zeros;
        }
    lsn_delta_gather(r->taps, n, r->d->pointers, patch);
}

static void carry_patches(struct range *r)
{
    const struct lsn_conv *conv = r->conv;
    size_t depth = r->taps * r->live_count, rows_max = patch_rows(conv);
    int v, i, count;

    for (v = 0; v < r->in->variants; v++) {
        const float *rows;

        count = lsn_carry_touch(r->d, r->in, v, &conv->window, conv->in, conv->out);
        if (count == 0)
            continue;
        rows = live_rows(r, v);
        lsn_change_map(r->in, v, r->d->maps[0]);
        for (i = 0; i < count; i++) {
            gather_patch(r, rows, r->in->start[v], r->d->touched[i],
                         r->s.patches + r->used * depth);
            r->d->block_variant[r->used] = v;
            r->d->block_position[r->used] = r->d->touched[i];
            if (++r->used == rows_max) {
                multiply_patches(r, r->s.patches, r->used);
                r->used = 0;
            }
        }
        lsn_change_unmap(r->in, v, r->d->maps[0]);
    }
    if (r->used)
        multiply_patches(r, r->s.patches, r->used);
}

/* ---- Winograd ---- */

static int tiles_along(int length)
{
    return (length + LSN_WINOGRAD_OUT - 1) / LSN_WINOGRAD_OUT;
}

/* Tiles with a touched position, into d->touched; *positions: how many those are. */
static int touch_tiles(struct range *r, int variant, int *positions)
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

/* Whether tiles cost less than patches, where changes are sparse in space. */
static bool tiles_pay(struct range *r)
{
    double tiles = 0, positions = 0;
    int v, touched;

    for (v = 0; v < r->in->variants; v++) {
        tiles += touch_tiles(r, v, &touched);
        positions += touched;
    }
    return tiles * LSN_WINOGRAD_POINTS * 1.25 < positions * 9;
}

static void gather_tile(const struct range *r, const float *rows, size_t first, int tile,
                        float *out)
{
    const struct lsn_conv *conv = r->conv;
    int across = tiles_along(conv->out.w), i;
    int top = tile / across * LSN_WINOGRAD_OUT - conv->window.pt;
    int left = tile % across * LSN_WINOGRAD_OUT - conv->window.pl;

    for (i = 0; i < LSN_WINOGRAD_POINTS; i++) {
        int y = top + i / LSN_WINOGRAD_IN, x = left + i % LSN_WINOGRAD_IN;
        int row = y >= 0 && y < conv->in.h && x >= 0 && x < conv->in.w
                      ? r->d->maps[0][y * conv->in.w + x]
                      : -1;

        r->d->pointers[i] = row >= 0 ? rows + ((size_t)row - first) * r->live_count : r->d->zeros;
    }
    lsn_winograd_input(r->live_count, r->d->pointers, out, point_distance(conv, r->live_count));
}

static void emit_tile(struct range *r, int variant, int tile, const float *products)
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

static void multiply_tiles(struct range *r)
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

static void carry_tiles(struct range *r)
{
    int v, i, count, positions;

    for (v = 0; v < r->in->variants; v++) {
        const float *rows;

        count = touch_tiles(r, v, &positions);
        if (count == 0)
            continue;
        rows = live_rows(r, v);
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

/* ---- grouped ---- */

/* Each group's patches times its weights; whole rows, so nothing is selected. */
static void carry_grouped(struct range *r, const float *packed)
{
    const struct lsn_conv *conv = r->conv;
    struct lsn_delta *d = r->d;
    const struct lsn_window *w = &conv->window;
    int c_in = conv->in.c / conv->groups, c_out = conv->out.c / conv->groups, v, i, g, ky, kx,
        count;
    size_t depth = lsn_conv_patch_count(conv);

    for (v = 0; v < r->in->variants; v++) {
        count = lsn_carry_touch(d, r->in, v, &conv->window, conv->in, conv->out);
        lsn_change_map(r->in, v, d->maps[0]);
        for (i = 0; i < count; i++) {
            int oy = d->touched[i] / conv->out.w, ox = d->touched[i] % conv->out.w;

            memset(r->s.products, 0, (size_t)conv->out.c * sizeof(float));
            for (ky = 0; ky < w->kh; ky++)
                for (kx = 0; kx < w->kw; kx++) {
                    int y = oy * w->sh - w->pt + ky * w->dh, x = ox * w->sw - w->pl + kx * w->dw;
                    int row = y >= 0 && y < conv->in.h && x >= 0 && x < conv->in.w
                                  ? d->maps[0][y * conv->in.w + x]
                                  : -1;
                    const float *whole;

                    if (row < 0)
                        continue;
                    whole = lsn_change_widen(r->in, v, (size_t)row, 0, conv->in.c, d->rows[1]);
                    for (g = 0; g < conv->groups; g++)
                        lsn_gemm(1, c_out, c_in, whole + g * c_in, c_in,
                                 packed + (size_t)g * depth * (size_t)c_out +
                                     (size_t)(ky * w->kw + kx) * (size_t)(c_in * c_out),
                                 c_out, 1.0f, r->s.products + g * c_out, c_out);
                    d->multiply_adds += (double)conv->out.c * c_in;
                }
            lsn_emit(r->emitter, v, d->touched[i], r->s.products);
        }
        lsn_change_unmap(r->in, v, d->maps[0]);
    }
}

void lsn_carry_conv(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    const struct lsn_change *in = lsn_carry_input(d, step->node, 0);
    struct lsn_emitter e = lsn_emitter_start(d, entry, out);
    struct range r = {.d = d, .conv = conv, .in = in, .emitter = &e};
    bool winograd = false;

    if (in->own && (conv->groups == 1 || out->own)) {
        carry_own(d, conv, step->packed, in, &e, out);
    } else if (conv->groups > 1) {
        r.s = cut(d, conv, false);
        carry_grouped(&r, step->packed);
    } else {
        winograd = step->winograd && tiles_pay(&r);
        r.s = cut(d, conv, winograd);
        r.taps = winograd ? LSN_WINOGRAD_POINTS : (size_t)(conv->window.kh * conv->window.kw);
        find_live(&r);
        choose_weights(&r, winograd ? step->winograd : step->packed,
                       winograd ? lsn_winograd_weight_count(conv) : lsn_conv_weight_count(conv));
        if (r.live_count == 0)
            ;
        else if (winograd)
            carry_tiles(&r);
        else if (lsn_conv_is_pointwise(conv))
            carry_pointwise(&r);
        else
            carry_patches(&r);
    }
    lsn_emitter_finish(&e);
}
