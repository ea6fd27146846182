/* Convolution and Linear. An own change (a plane or a few) is multiplied by just
 * its channels' weights. A range change is multiplied as a matrix of many rows,
 * restricted to the channels in which anything changed (range.h). */
#include <string.h>

#include "engine/range.h"
#include "op/delta.h"
#include "op/gemm.h"
#include "op/winograd.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t weights_floats(const struct lsn_conv *conv, bool winograd)
{
    size_t count = winograd ? lsn_winograd_weight_count(conv) : lsn_conv_weight_count(conv);

    return count <= LSN_RANGE_COMPACT_FLOATS ? count : 0;
}

static size_t live_floats(const struct lsn_conv *conv)
{
    return (size_t)conv->in.h * (size_t)conv->in.w * (size_t)conv->in.c;
}

static size_t scratch_floats(const struct lsn_conv *conv, bool winograd)
{
    size_t patches = winograd ? lsn_range_tile_floats(conv) : lsn_range_patch_floats(conv);
    size_t products = winograd ? lsn_range_tile_products(conv) : lsn_range_patch_products(conv);

    return weights_floats(conv, winograd) + live_floats(conv) + patches + products;
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

static struct lsn_range_scratch cut(struct lsn_delta *d, const struct lsn_conv *conv, bool winograd)
{
    struct lsn_range_scratch s = {.weights = d->scratch};

    s.live = s.weights + weights_floats(conv, winograd);
    s.patches = s.live + live_floats(conv);
    s.products =
        s.patches + (winograd ? lsn_range_tile_floats(conv) : lsn_range_patch_floats(conv));
    return s;
}

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

static void find_live(struct lsn_range *r)
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
static void choose_weights(struct lsn_range *r, const float *weights, size_t weight_count)
{
    size_t c = (size_t)r->conv->in.c, n = (size_t)r->conv->out.c, tap, i;
    size_t first = (size_t)r->in->first;
    bool contiguous = !r->compact && (r->taps == 1 || (size_t)r->in->channels == c);

    if (r->compact && weight_count > LSN_RANGE_COMPACT_FLOATS) {
        r->compact = false;
        r->live_count = (size_t)r->in->channels;
        contiguous = r->taps == 1 || r->live_count == c;
    }
    r->weights = weights + first * n;
    r->ld_tap = c * n;
    if (contiguous || weight_count > LSN_RANGE_COMPACT_FLOATS)
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

const float *lsn_range_live_rows(const struct lsn_range *r, int variant)
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

void lsn_carry_conv(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    const struct lsn_change *in = lsn_carry_input(d, step->node, 0);
    struct lsn_emitter e = lsn_emitter_start(d, entry, out);
    struct lsn_range r = {.d = d, .conv = conv, .in = in, .emitter = &e};
    bool winograd = false;

    if (in->own && (conv->groups == 1 || out->own)) {
        carry_own(d, conv, step->packed, in, &e, out);
    } else if (conv->groups > 1) {
        r.s = cut(d, conv, false);
        lsn_range_grouped(&r, step->packed);
    } else {
        winograd = step->winograd && lsn_range_tiles_pay(&r);
        r.s = cut(d, conv, winograd);
        r.taps = winograd ? LSN_WINOGRAD_POINTS : (size_t)(conv->window.kh * conv->window.kw);
        find_live(&r);
        choose_weights(&r, winograd ? step->winograd : step->packed,
                       winograd ? lsn_winograd_weight_count(conv) : lsn_conv_weight_count(conv));
        if (r.live_count == 0)
            ;
        else if (winograd)
            lsn_range_tiles(&r);
        else if (lsn_conv_is_pointwise(conv))
            lsn_range_pointwise(&r);
        else
            lsn_range_patches(&r);
    }
    lsn_emitter_finish(&e);
}
