/* A range convolution as products of patches: the differences that touched output
 * positions see, of all variants of the batch. */
#include <string.h>

#include "engine/range.h"
#include "op/delta.h"
#include "op/gemm.h"

#define PATCH_FLOATS   ((size_t)1 << 20) /* of a block of patches: 4 MiB */
#define PATCH_ROWS_MIN 64

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Floats of a patch of all groups. */
static size_t whole_patch(const struct lsn_conv *conv)
{
    return lsn_conv_patch_count(conv) * (size_t)conv->groups;
}

/* Rows of patches that are multiplied at once. */
static size_t patch_rows(const struct lsn_conv *conv)
{
    size_t rows = PATCH_FLOATS / whole_patch(conv);

    return smaller(rows > PATCH_ROWS_MIN ? rows : PATCH_ROWS_MIN, LSN_BLOCK_ROWS);
}

size_t lsn_range_patch_floats(const struct lsn_conv *conv)
{
    return patch_rows(conv) * whole_patch(conv);
}

size_t lsn_range_patch_products(const struct lsn_conv *conv)
{
    return patch_rows(conv) * (size_t)conv->out.c;
}

/* products [rows][out.c] = patches [rows][taps * live_count] * weights. */
static void multiply_patches(struct lsn_range *r, const float *patches, size_t rows)
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
void lsn_range_pointwise(struct lsn_range *r)
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
static void gather_patch(const struct lsn_range *r, const float *rows, size_t first, int position,
                         float *patch)
{
    const struct lsn_conv *conv = r->conv;
    const struct lsn_window *w = &conv->window;
    size_t n = r->live_count, tap = 0;
    int oy = position / conv->out.w, ox = position % conv->out.w, ky, kx;

    for (ky = 0; ky < w->kh; ky++)
        for (kx = 0; kx < w->kw; kx++) {
            int y = oy * w->sh - w->pt + ky * w->dh, x = ox * w->sw - w->pl + kx * w->dw;
            int row = lsn_change_at(r->d->maps[0], conv->in.h, conv->in.w, y, x);

            r->d->pointers[tap++] = row >= 0 ? rows + ((size_t)row - first) * n : r->d->zeros;
        }
    lsn_delta_gather(r->taps, n, r->d->pointers, patch);
}

void lsn_range_patches(struct lsn_range *r)
{
    const struct lsn_conv *conv = r->conv;
    size_t depth = r->taps * r->live_count, rows_max = patch_rows(conv);
    int v, i, count;

    for (v = 0; v < r->in->variants; v++) {
        const float *rows;

        count = lsn_carry_touch(r->d, r->in, v, &conv->window, conv->in, conv->out);
        if (count == 0)
            continue;
        rows = lsn_range_live_rows(r, v);
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

/* ---- grouped ---- */

/* What an output position sees, cut into groups: group g's part of row number `used`
 * lies in the g-th matrix [rows][taps][channels of a group]. */
static void gather_grouped(const struct lsn_range *r, int variant, int position)
{
    const struct lsn_conv *conv = r->conv;
    const struct lsn_window *w = &conv->window;
    size_t c = (size_t)(conv->in.c / conv->groups), depth = lsn_conv_patch_count(conv), tap = 0;
    size_t distance = patch_rows(conv) * depth, g;
    int oy = position / conv->out.w, ox = position % conv->out.w, ky, kx;

    for (ky = 0; ky < w->kh; ky++)
        for (kx = 0; kx < w->kw; kx++, tap++) {
            int y = oy * w->sh - w->pt + ky * w->dh, x = ox * w->sw - w->pl + kx * w->dw;
            int row = lsn_change_at(r->d->maps[0], conv->in.h, conv->in.w, y, x);
            const float *whole = row < 0 ? r->d->zeros
                                         : lsn_change_widen(r->in, variant, (size_t)row, 0,
                                                            conv->in.c, r->d->rows[1]);

            for (g = 0; g < (size_t)conv->groups; g++)
                memcpy(r->s.patches + g * distance + r->used * depth + tap * c, whole + g * c,
                       c * sizeof *whole);
        }
}

static void multiply_grouped(struct lsn_range *r, const float *packed)
{
    const struct lsn_conv *conv = r->conv;
    int depth = (int)lsn_conv_patch_count(conv), n = conv->out.c / conv->groups;
    size_t distance = patch_rows(conv) * (size_t)depth, g, i;

    for (g = 0; g < (size_t)conv->groups; g++)
        lsn_gemm((int)r->used, n, depth, r->s.patches + g * distance, depth,
                 packed + g * (size_t)depth * (size_t)n, n, 0, r->s.products + g * (size_t)n,
                 conv->out.c);
    r->d->multiply_adds += (double)r->used * depth * conv->out.c;
    for (i = 0; i < r->used; i++)
        lsn_emit(r->emitter, r->d->block_variant[i], r->d->block_position[i],
                 r->s.products + i * (size_t)conv->out.c);
    r->used = 0;
}

void lsn_range_grouped(struct lsn_range *r, const float *packed)
{
    const struct lsn_conv *conv = r->conv;
    int v, i, count;

    for (v = 0; v < r->in->variants; v++) {
        count = lsn_carry_touch(r->d, r->in, v, &conv->window, conv->in, conv->out);
        lsn_change_map(r->in, v, r->d->maps[0]);
        for (i = 0; i < count; i++) {
            gather_grouped(r, v, r->d->touched[i]);
            r->d->block_variant[r->used] = v;
            r->d->block_position[r->used] = r->d->touched[i];
            if (++r->used == patch_rows(conv))
                multiply_grouped(r, packed);
        }
        lsn_change_unmap(r->in, v, r->d->maps[0]);
    }
    if (r->used)
        multiply_grouped(r, packed);
}
