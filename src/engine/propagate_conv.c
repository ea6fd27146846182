/* Convolution and Linear. A listed change (of one channel or a few) is multiplied
 * by these channels' weights only, here; a change by rows is left to rows.h and tiles.h. */
#include "engine/row_block.h"
#include "engine/tiles.h"
#include "op/delta.h"
#include "op/panel.h"
#include "op/winograd.h"

size_t lsn_propagate_conv_scratch(const struct lsn_step *step)
{
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t rows = lsn_rows_floats(conv), tiles = step->winograd ? lsn_tiles_floats(conv) : 0;

    return rows > tiles ? rows : tiles;
}

size_t lsn_propagate_conv_pointers(const struct lsn_step *step)
{
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t taps = lsn_conv_patch_count(conv), rows = lsn_row_block_pointers(conv);
    size_t tiles = step->winograd ? lsn_tiles_pointers(conv) : 0;

    taps = taps > rows ? taps : rows;
    return taps > tiles ? taps : tiles;
}

size_t lsn_propagate_conv_terms(const struct lsn_step *step)
{
    const struct lsn_conv *conv = &step->geometry.conv;
    size_t rows = lsn_row_block_terms(conv), tiles = step->winograd ? lsn_tiles_terms(conv) : 0;

    return rows > tiles ? rows : tiles;
}

/* Collects the differences under the window at one output position into d->factors, and pointers
 * to the weights that each multiplies into d->pointers. Returns how many. */
static size_t collect_listed(struct lsn_incremental *d, const struct lsn_conv *conv,
                             const float *packed, const struct lsn_change *in, int variant,
                             int position)
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

/* Sums the collected factors times their weights into d->rows[1]. Where the weights are in panels,
 * a row of weights is spread over all panels, so the pointers move on panel by panel. */
static void combine(struct lsn_incremental *d, const struct lsn_conv *conv, size_t taps,
                    size_t c_out)
{
    size_t columns = lsn_conv_is_in_panels(conv) ? LSN_PANEL_COLUMNS : c_out, first, i;

    for (first = 0; first < c_out; first += columns) {
        lsn_delta_combine(taps, columns, d->factors, d->pointers, d->rows[1] + first);
        for (i = 0; i < taps && first + columns < c_out; i++)
            d->pointers[i] += columns * lsn_conv_patch_count(conv);
    }
}

static void propagate_listed(struct lsn_incremental *d, const struct lsn_conv *conv,
                             const float *packed, const struct lsn_change *in,
                             struct lsn_appender *e, struct lsn_change *out)
{
    size_t c_out = (size_t)(conv->out.c / conv->groups), i;
    int v, p, count;

    for (v = 0; v < in->variants; v++) {
        if (out->listed) /* a grouped convolution: the outputs of the channel's group */
            for (i = 0; i < c_out; i++)
                out->list[(size_t)v * c_out + i] =
                    lsn_change_list(in, v)[0] / (conv->in.c / conv->groups) * (int)c_out + (int)i;
        count = lsn_changed_fields(d, in, v, &conv->window, conv->in, conv->out);
        lsn_change_map(in, v, d->maps[0]);
        for (p = 0; p < count; p++) {
            size_t taps = collect_listed(d, conv, packed, in, v, d->touched[p]);

            combine(d, conv, taps, c_out);
            d->multiply_adds += (double)(taps * c_out);
            if (out->listed)
                lsn_append_listed(e, v, 1, &d->touched[p], d->rows[1]);
            else
                lsn_append(e, v, d->touched[p], d->rows[1]);
        }
        lsn_change_unmap(in, v, d->maps[0]);
    }
}

static void propagate_all_channels(struct lsn_incremental *d, const struct lsn_entry *entry,
                                   struct lsn_change *out)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    const struct lsn_conv *conv = &step->geometry.conv;
    const struct lsn_change *in = lsn_input_change(d, step->node, 0);
    struct lsn_appender e = lsn_append_start(d, entry, out);
    struct lsn_rows rows = {d, step, conv, in, out, &e};

    if (in->listed && (conv->groups == 1 || out->listed))
        propagate_listed(d, conv, step->packed, in, &e, out);
    else if (step->winograd && lsn_rows_tiles_pay(&rows))
        lsn_rows_tiles(&rows);
    else
        lsn_rows_run(&rows);
    lsn_append_finish(&e);
}

void lsn_propagate_conv(struct lsn_incremental *d, const struct lsn_entry *entry,
                        struct lsn_change *out)
{
    if (lsn_conv_is_depthwise(&d->network->steps[entry->node].geometry.conv))
        lsn_propagate_depthwise(d, entry, out);
    else
        propagate_all_channels(d, entry, out);
}
