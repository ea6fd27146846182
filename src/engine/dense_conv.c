/* Convolution and Linear of dense changes. */
#include "engine/dense.h"

#include <math.h>
#include <string.h>

#include "engine/lesion.h"
#include "engine/row_block.h"
#include "engine/tiles.h"
#include "op/delta.h"
#include "op/depthwise.h"
#include "op/winograd.h"

/* Looking for zeroes in the input takes longer than leaving them out of products saves, if more
 * than NONZERO_SHARE of the intact input's values are not 0, or each value is multiplied by fewer
 * than COLUMNS_MIN weights. */
#define NONZERO_SHARE .85
#define COLUMNS_MIN   16

static size_t count_of(struct lsn_shape s)
{
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

/* Makes the sparse change that a step reads dense, in its own storage. It goes from the last
 * variant to the first: a variant's rows lie at or before its place in the dense change, so that
 * none are overwritten before they are read. */
static void make_dense(struct lsn_incremental *d, const struct lsn_step *step)
{
    struct lsn_change *change = &d->changes[step->node->inputs[0]];
    size_t count = count_of(step->in_shapes[0]), each = lsn_variant_step(count);
    int differing = 0, v;

    for (v = change->variants - 1; v >= 0; v--) {
        lsn_variant_input(d, step, 0, v, NULL, d->scratch);
        memcpy(change->delta + (size_t)v * each, d->scratch, count * sizeof *d->scratch);
    }
    for (v = 0; v < change->variants; v++)
        if (lsn_change_differs(change, v))
            change->position[differing++] = v;
    lsn_dense_open(change, step->in_shapes[0].h * step->in_shapes[0].w, step->in_shapes[0].c);
    change->differing = differing;
}

/* ---- row by row ---- */

/* Whether enough of the input is 0 (after a ReLU it is about half) that it pays to leave zeroes out
 * of the products. */
static bool has_zeros(const struct lsn_incremental *d, const struct lsn_step *step)
{
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t n = count_of(step->in_shapes[0]);

    return conv->out.c / conv->groups >= COLUMNS_MIN &&
           (double)lsn_delta_count(n, d->intact[step->node->inputs[0]]) < NONZERO_SHARE * (double)n;
}

/* Whether the activation only bounds values, as Relu and Clip do, so that the product can apply
 * it; sets *low and *high to the bounds. No activation: true, with infinite bounds. */
static bool bounds_of(const struct lsn_incremental *d, int activation, float *low, float *high)
{
    const struct lsn_node *node = activation >= 0 ? d->network->steps[activation].node : NULL;

    *low = -INFINITY;
    *high = INFINITY;
    if (node && node->op == LSN_OP_RELU) {
        *low = 0;
    } else if (node && node->op == LSN_OP_CLIP) {
        *low = node->attributes.min;
        *high = node->attributes.max;
    }
    return !node || node->op == LSN_OP_RELU || node->op == LSN_OP_CLIP;
}

/* Sets the pointers to the input row [in.c] under each tap of the window at output position p; to
 * zeroes outside the input. */
static void point(const struct lsn_incremental *d, const struct lsn_conv *conv, const float *x,
                  int p, const float **to)
{
    const struct lsn_window *w = &conv->window;
    struct lsn_view view = lsn_window_view(w, conv->in, p / conv->out.w, p % conv->out.w);
    size_t step = lsn_row_block_rows(conv), c = (size_t)conv->in.c;
    int ky, kx;

    for (ky = 0; ky < w->kh; ky++)
        for (kx = 0; kx < w->kw; kx++, to += step)
            *to = ky >= view.y_first && ky < view.y_last && kx >= view.x_first && kx < view.x_last
                      ? x + (size_t)lsn_view_position(w, conv->in, &view, ky, kx) * c
                      : d->zeros;
}

static size_t positions_of(const struct lsn_change *out)
{
    return lsn_change_rows(out) / (size_t)out->variants;
}

/* Applies the activation to rows first ... last-1 of a dense change. Rows are numbered position by
 * position through the variants that differ, one variant after another. */
static void activate_rows(const struct lsn_incremental *d, const struct lsn_entry *entry,
                          size_t first, size_t last, struct lsn_change *out)
{
    size_t c = (size_t)out->channels, positions = positions_of(out);

    while (first < last) {
        size_t p = first % positions, left = last - first;
        size_t together = out->step == c ? positions - p : 1;
        int v = out->position[first / positions];

        together = together < left ? together : left;
        lsn_dense_activate(d, entry, together, c, lsn_change_values(out, v) + p * out->step);
        first += together;
    }
}

/* Multiplies row by row. Where zeroes are left out, the rows of all variants at one position go
 * together, as they share most zeroes; else the positions of one variant do, which lie together in
 * memory. */
static void run_rows(struct lsn_incremental *d, const struct lsn_entry *entry,
                     const struct lsn_change *in, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    struct lsn_row_block block = lsn_row_block_start(d, step);
    bool bounded = bounds_of(d, entry->activation, &block.low, &block.high);
    size_t variants = (size_t)out->differing, positions = positions_of(out), row;
    size_t rows = variants * positions, each = lsn_row_block_rows(conv);

    block.skip = has_zeros(d, step);
    block.bias = step->bias;
    for (row = 0; row < rows; row++) {
        int v = out->position[block.skip ? row % variants : row / positions];
        size_t p = block.skip ? row / variants : row % positions;
        float *to = lsn_change_values(out, v) + p * out->step;

        point(d, conv, lsn_change_values(in, v), (int)p, lsn_row_block_add(&block, to));
        if (block.count == each || row + 1 == rows) {
            size_t first = row + 1 - block.count;

            lsn_row_block_run(&block);
            if (!bounded && !block.skip)
                activate_rows(d, entry, first, row + 1, out);
        }
    }
    if (!bounded && block.skip)
        activate_rows(d, entry, 0, rows, out);
}

/* ---- Winograd ---- */

/* Where put_tile stores a tile's outputs. */
struct put {
    const struct lsn_entry *entry;
    struct lsn_change *out;
};

static void put_tile(const struct lsn_tiles *t, int variant, int tile)
{
    const struct lsn_conv *conv = t->conv;
    const struct put *to = t->to;
    int top = tile / lsn_tiles_across(conv) * LSN_WINOGRAD_OUT, y;
    int left = tile % lsn_tiles_across(conv) * LSN_WINOGRAD_OUT;
    int across = conv->out.w - left < LSN_WINOGRAD_OUT ? conv->out.w - left : LSN_WINOGRAD_OUT;
    size_t n = (size_t)conv->out.c, step = to->out->step, i;
    size_t count = LSN_WINOGRAD_OUT * LSN_WINOGRAD_OUT;
    float *values = lsn_change_values(to->out, variant);
    int x;

    for (i = 0; t->step->bias && i < count; i++)
        lsn_delta_add(n, t->outputs + i * n, t->step->bias, t->outputs + i * n);
    lsn_dense_activate(t->d, to->entry, count, n, t->outputs);
    for (y = top; y < top + LSN_WINOGRAD_OUT && y < conv->out.h; y++)
        for (x = 0; x < across; x++)
            memcpy(values + ((size_t)y * (size_t)conv->out.w + (size_t)(left + x)) * step,
                   t->outputs + (size_t)((y - top) * LSN_WINOGRAD_OUT + x) * n, n * sizeof *values);
}

static void run_tiles(struct lsn_incremental *d, const struct lsn_entry *entry,
                      const struct lsn_change *in, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    struct lsn_tiles t = lsn_tiles_start(d, step);
    struct put to = {entry, out};
    size_t c = (size_t)conv->in.c;
    int tile, j, i;

    t.skip = has_zeros(d, step);
    t.to = &to;
    t.put = put_tile;
    for (tile = 0; tile < lsn_tiles_all(conv); tile++)
        for (j = 0; j < out->differing; j++) {
            int v = out->position[j];
            const float *x = lsn_change_values(in, v);

            for (i = 0; i < LSN_WINOGRAD_POINTS; i++) {
                int iy, ix;

                lsn_tiles_input(conv, tile, i, &iy, &ix);
                d->pointers[i] = iy >= 0 && iy < conv->in.h && ix >= 0 && ix < conv->in.w
                                     ? x + ((size_t)iy * (size_t)conv->in.w + (size_t)ix) * c
                                     : d->zeros;
            }
            lsn_tiles_add(&t, v, tile);
        }
    lsn_tiles_run(&t);
}

static void run_convolution(struct lsn_incremental *d, const struct lsn_entry *entry,
                            const struct lsn_change *in, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;

    if (step->winograd && lsn_tiles_pay(lsn_tiles_all(conv), conv->out.h * conv->out.w))
        run_tiles(d, entry, in, out);
    else
        run_rows(d, entry, in, out);
}

static void run_depthwise(struct lsn_incremental *d, const struct lsn_entry *entry,
                          const struct lsn_change *in, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t w = (size_t)conv->out.w, c = (size_t)conv->out.c;
    int i, oy;

    for (i = 0; i < out->differing; i++)
        for (oy = 0; oy < conv->out.h; oy++) {
            const float *x = lsn_change_values(in, out->position[i]);
            float *values = lsn_change_values(out, out->position[i]) + (size_t)oy * w * c;

            lsn_depthwise_row(conv, step->packed, step->bias, x, oy, values);
            lsn_dense_activate(d, entry, w, c, values);
        }
    d->multiply_adds +=
        (double)out->differing * (double)positions_of(out) * (double)lsn_conv_weight_count(conv);
}

/* ---- the choice between the two ---- */

/* Copies the planes of fixed lesions, which the intact pass has put into the intact output, into
 * the output of each variant. */
static void put_fixed(const struct lsn_incremental *d, int node, struct lsn_change *out)
{
    const struct lsn_fixed *fixed = &d->network->fixed;
    size_t c = (size_t)out->channels, positions = positions_of(out), p;
    int i, v;

    for (i = 0; i < fixed->count; i++) {
        size_t kernel = (size_t)fixed->kernels[i].kernel;

        if (lsn_layer_place(&d->network->layers[fixed->kernels[i].layer], node) < 0)
            continue;
        for (v = 0; v < out->differing; v++)
            for (p = 0; p < positions; p++)
                lsn_change_values(out, out->position[v])[p * out->step + kernel] =
                    d->intact[node][p * c + kernel];
    }
}

/* Places out in the storage of the Concat that reads it, so that it need not be copied there. */
static void go_into(const struct lsn_incremental *d, const struct lsn_entry *entry,
                    struct lsn_change *out)
{
    struct lsn_shape into = d->network->steps[entry->into->node].node->shape;
    struct lsn_storage storage = lsn_entry_storage(d->network, entry->into, out->variants);
    unsigned char *delta = d->arena + entry->into->offset + storage.delta;

    out->delta = (float *)(void *)delta + entry->into_first;
    out->step = (size_t)into.c;
    out->variant_step = lsn_variant_step(count_of(into));
}

void lsn_dense_weights(struct lsn_incremental *d, const struct lsn_entry *entry,
                       struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    bool fixed = lsn_lesion_left(&d->network->fixed.lesion) == LSN_LEFT_PLANE &&
                 lsn_fixed_has(d->network, entry->node);
    struct lsn_entry plain = *entry;

    if (fixed) /* the activation must be applied after put_fixed */
        plain.activation = -1;
    if (!lsn_input_change(d, step->node, 0)->dense)
        make_dense(d, step);
    if (entry->into && !lsn_conv_is_depthwise(&step->geometry.conv))
        go_into(d, entry, out);
    lsn_dense_find_differing(d, entry, out);
    if (lsn_conv_is_depthwise(&step->geometry.conv))
        run_depthwise(d, &plain, lsn_input_change(d, step->node, 0), out);
    else
        run_convolution(d, &plain, lsn_input_change(d, step->node, 0), out);
    if (fixed) {
        put_fixed(d, entry->node, out);
        activate_rows(d, entry, 0, (size_t)out->differing * positions_of(out), out);
    }
}
