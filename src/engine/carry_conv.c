/* Convolution and Linear. An own change (a plane or a few) is multiplied by just
 * its channels' weights, a range change as range.h says. */
#include "engine/range.h"
#include "op/delta.h"
#include "op/panel.h"
#include "op/winograd.h"

size_t lsn_carry_conv_scratch(const struct lsn_step *step)
{
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t bundles = lsn_range_bundle_floats(conv);
    size_t tiles = step->winograd ? lsn_range_tile_floats(conv) : 0;

    return bundles > tiles ? bundles : tiles;
}

size_t lsn_carry_conv_pointers(const struct lsn_conv *conv)
{
    size_t taps = lsn_conv_patch_count(conv);

    return taps > LSN_WINOGRAD_POINTS ? taps : LSN_WINOGRAD_POINTS;
}

/* The taps of one output position that hold a difference: factors and the weights
 * they multiply, of output channels from c_first on. */
static size_t collect_own(struct lsn_delta *d, const struct lsn_conv *conv, const float *packed,
                          const struct lsn_change *in, int variant, int position)
{
    const struct lsn_window *w = &conv->window;
    size_t c_in = (size_t)(conv->in.c / conv->groups), c_out = (size_t)(conv->out.c / conv->groups);
    size_t columns = lsn_conv_is_in_panels(conv) ? LSN_PANEL_COLUMNS : c_out; /* to a row */
    const int *list = lsn_change_list(in, variant);
    struct lsn_view view =
        lsn_window_view(w, conv->in, position / conv->out.w, position % conv->out.w);
    size_t count = 0;
    int ky, kx, i;

    for (ky = view.y_first; ky < view.y_last; ky++)
        for (kx = view.x_first; kx < view.x_last; kx++) {
            int row = d->maps[0][lsn_view_position(w, conv->in, &view, ky, kx)];
            size_t tap = (size_t)(ky * w->kw + kx);

            for (i = 0; row >= 0 && i < in->channels; i++) {
                size_t channel = (size_t)list[i] % c_in, group = (size_t)list[i] / c_in;
                float factor = lsn_change_row(in, (size_t)row)[i];

                if (factor == 0.0f)
                    continue;
                d->factors[count] = factor;
                d->pointers[count++] = packed + group * lsn_conv_patch_count(conv) * c_out +
                                       (tap * c_in + channel) * columns;
            }
        }
    return count;
}

/* The sum of taps' rows of weights, into d->rows[1]. In panels a row goes on from one panel to
 * the next, and the pointers go along. */
static void combine(struct lsn_delta *d, const struct lsn_conv *conv, size_t taps, size_t c_out)
{
    size_t columns = lsn_conv_is_in_panels(conv) ? LSN_PANEL_COLUMNS : c_out, first, i;

    for (first = 0; first < c_out; first += columns) {
        lsn_delta_combine(taps, columns, d->factors, d->pointers, d->rows[1] + first);
        for (i = 0; i < taps && first + columns < c_out; i++)
            d->pointers[i] += columns * lsn_conv_patch_count(conv);
    }
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

            combine(d, conv, taps, c_out);
            d->multiply_adds += (double)(taps * c_out);
            if (out->own)
                lsn_emit_own(e, v, 1, &d->touched[p], d->rows[1]);
            else
                lsn_emit(e, v, d->touched[p], d->rows[1]);
        }
        lsn_change_unmap(in, v, d->maps[0]);
    }
}

static void carry_all_channels(struct lsn_delta *d, const struct lsn_plan_node *entry,
                               struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    const struct lsn_change *in = lsn_carry_input(d, step->node, 0);
    struct lsn_emitter e = lsn_emitter_start(d, entry, out);
    struct lsn_range range = {d, step, conv, in, out, &e};

    if (in->own && (conv->groups == 1 || out->own))
        carry_own(d, conv, step->packed, in, &e, out);
    else if (step->winograd && lsn_range_tiles_pay(&range))
        lsn_range_tiles(&range);
    else
        lsn_range_bundles(&range);
    lsn_emitter_finish(&e);
}

void lsn_carry_conv(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out)
{
    if (lsn_conv_is_depthwise(&d->network->steps[entry->node].geometry.conv))
        lsn_carry_depthwise(d, entry, out);
    else
        carry_all_channels(d, entry, out);
}
