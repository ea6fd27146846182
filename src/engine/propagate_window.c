/* Ops with a sliding window that keep channels apart: pooling and depthwise
 * convolution. Only output positions that a change reaches are computed. */
#include <math.h>
#include <string.h>

#include "engine/propagate.h"
#include "op/delta.h"

/* Sets *low ... *high to the output coordinates (below out) whose windows reach over input
 * coordinate i. */
static void reach(struct lsn_window_axis axis, int i, int out, int *low, int *high)
{
    int first = i + axis.before - (axis.taps - 1) * axis.dilation;

    *low = first <= 0 ? 0 : (first + axis.stride - 1) / axis.stride;
    *high = (i + axis.before) / axis.stride;
    *high = *high < out ? *high : out - 1;
}

int lsn_changed_fields(struct lsn_incremental *d, const struct lsn_change *in, int variant,
                       const struct lsn_window *w, struct lsn_shape in_shape,
                       struct lsn_shape out_shape)
{
    int positions = out_shape.h * out_shape.w, count = 0, i;
    size_t rows = in->start[variant + 1] - in->start[variant], row;

    if (rows == 0)
        return 0;
    if (rows == (size_t)in_shape.h * (size_t)in_shape.w) {
        for (i = 0; i < positions; i++)
            d->touched[i] = i;
        return positions;
    }
    for (row = in->start[variant]; row < in->start[variant + 1]; row++) {
        int y = in->position[row] / in_shape.w, x = in->position[row] % in_shape.w;
        int y_low, y_high, x_low, x_high;

        reach(lsn_window_y(w), y, out_shape.h, &y_low, &y_high);
        reach(lsn_window_x(w), x, out_shape.w, &x_low, &x_high);
        if (x_high >= x_low)
            for (; y_low <= y_high; y_low++)
                memset(d->is_touched + y_low * out_shape.w + x_low, 1,
                       (size_t)(x_high - x_low + 1));
    }
    for (i = 0; i < positions; i++)
        if (d->is_touched[i])
            d->touched[count++] = i;
    memset(d->is_touched, 0, (size_t)positions);
    return count;
}

/* Computes the differences to [in->channels] of one variant at one output position. d->maps[0] has
 * the variant's rows of in. Each of the three ops has one for listed changes and one for changes by
 * rows. */
typedef void position_fn(const struct lsn_incremental *d, const struct lsn_entry *entry,
                         const struct lsn_change *in, int variant, int position, float *to);

/* Runs the op's position function at every output position that a change reaches. */
static void propagate_window(struct lsn_incremental *d, const struct lsn_entry *entry,
                             const struct lsn_window *window, position_fn *listed,
                             position_fn *rows, struct lsn_change *out)
{
    const struct lsn_node *node = d->network->steps[entry->node].node;
    const struct lsn_change *in = lsn_input_change(d, node, 0);
    struct lsn_shape in_shape = d->network->steps[node->inputs[0]].node->shape;
    struct lsn_appender e = lsn_append_start(d, entry, out);
    bool one_channel = in->listed && in->channels == 1; /* appended in one call, which is faster */
    int v, i, count;

    lsn_change_same_channels(in, 0, out);
    for (v = 0; v < in->variants; v++) {
        count = lsn_changed_fields(d, in, v, window, in_shape, node->shape);
        lsn_change_map(in, v, d->maps[0]);
        for (i = 0; i < count; i++) {
            float *to = one_channel ? d->plane + i : d->rows[1];

            (in->listed ? listed : rows)(d, entry, in, v, d->touched[i], to);
            if (in->listed && !one_channel)
                lsn_append_listed(&e, v, 1, &d->touched[i], to);
            else if (!in->listed)
                lsn_append(&e, v, d->touched[i], to);
        }
        if (one_channel)
            lsn_append_listed(&e, v, count, d->touched, d->plane);
        lsn_change_unmap(in, v, d->maps[0]);
    }
    lsn_append_finish(&e);
}

/* What a position function needs: the op, its intact activations, and the window's taps. */
struct site {
    const struct lsn_node *node;
    const struct lsn_step *step;
    const struct lsn_window *window;
    struct lsn_shape in;
    size_t c;
    const float *intact_in, *intact_out; /* [h][w][c]; [c] at the output position */
    struct lsn_view view;
};

static struct site site_of(const struct lsn_incremental *d, const struct lsn_entry *entry,
                           int position)
{
    const struct lsn_step *step = &d->network->steps[entry->node];
    struct site p = {.node = step->node, .step = step, .c = (size_t)step->node->shape.c};

    p.window =
        step->node->op == LSN_OP_CONV ? &step->geometry.conv.window : &step->geometry.pool.window;
    p.in = d->network->steps[step->node->inputs[0]].node->shape;
    p.intact_in = d->intact[step->node->inputs[0]];
    p.intact_out = d->intact[entry->node] + (size_t)position * p.c;
    p.view = lsn_window_view(p.window, p.in, position / step->node->shape.w,
                             position % step->node->shape.w);
    return p;
}

/* Goes through the taps (ky, kx) of a site's window that are inside the input; tap is the position
 * under each. */
#define FOR_TAPS(p, tap)                                                                           \
    for (int ky = (p).view.y_first; ky < (p).view.y_last; ky++)                                    \
        for (int kx = (p).view.x_first,                                                            \
                 tap = lsn_view_position((p).window, (p).in, &(p).view, ky, kx);                   \
             kx < (p).view.x_last; kx++, tap += (p).window->dw)

static void max_rows(const struct lsn_incremental *d, const struct lsn_entry *entry,
                     const struct lsn_change *in, int variant, int position, float *to)
{
    struct site p = site_of(d, entry, position);
    size_t n = (size_t)in->channels, first = (size_t)in->first, i;

    (void)variant;
    for (i = 0; i < n; i++)
        to[i] = -INFINITY;
    FOR_TAPS(p, tap)
    {
        const float *x = p.intact_in + (size_t)tap * p.c + first;
        int row = d->maps[0][tap];

        if (row < 0)
            lsn_delta_max(n, x, to);
        else
            lsn_delta_max_sum(n, x, lsn_change_row(in, (size_t)row), to);
    }
    for (i = 0; i < n; i++)
        to[i] -= p.intact_out[first + i];
}

static void max_listed(const struct lsn_incremental *d, const struct lsn_entry *entry,
                       const struct lsn_change *in, int variant, int position, float *to)
{
    struct site p = site_of(d, entry, position);
    const int *list = lsn_change_list(in, variant);
    int i;

    for (i = 0; i < in->channels; i++)
        to[i] = -INFINITY;
    FOR_TAPS(p, tap)
    {
        int row = d->maps[0][tap];

        for (i = 0; i < in->channels; i++) {
            float value = p.intact_in[(size_t)tap * p.c + (size_t)list[i]];

            if (row >= 0)
                value += lsn_change_row(in, (size_t)row)[i];
            to[i] = lsn_larger(value, to[i]);
        }
    }
    for (i = 0; i < in->channels; i++)
        to[i] -= p.intact_out[list[i]];
}

void lsn_propagate_max_pool(struct lsn_incremental *d, const struct lsn_entry *entry,
                            struct lsn_change *out)
{
    propagate_window(d, entry, &d->network->steps[entry->node].geometry.pool.window, max_listed,
                     max_rows, out);
}

/* Averages differences like values, for listed changes and changes by rows alike. */
static void average(const struct lsn_incremental *d, const struct lsn_entry *entry,
                    const struct lsn_change *in, int variant, int position, float *to)
{
    struct site p = site_of(d, entry, position);
    const struct lsn_pool *pool = &p.step->geometry.pool;
    const struct lsn_shape *s = &p.node->shape;
    float divisor = lsn_pool_divisor(pool, position / s->w, position % s->w);
    size_t n = (size_t)in->channels, i;

    (void)variant;
    memset(to, 0, n * sizeof *to);
    FOR_TAPS(p, tap)
    if (d->maps[0][tap] >= 0)
        lsn_delta_accumulate(n, lsn_change_row(in, (size_t)d->maps[0][tap]), to);
    for (i = 0; i < n; i++)
        to[i] /= divisor;
}

void lsn_propagate_average_pool(struct lsn_incremental *d, const struct lsn_entry *entry,
                                struct lsn_change *out)
{
    propagate_window(d, entry, &d->network->steps[entry->node].geometry.pool.window, average,
                     average, out);
}

static void depthwise_rows(const struct lsn_incremental *d, const struct lsn_entry *entry,
                           const struct lsn_change *in, int variant, int position, float *to)
{
    struct site p = site_of(d, entry, position);
    size_t n = (size_t)in->channels;

    (void)variant;
    memset(to, 0, n * sizeof *to);
    FOR_TAPS(p, tap)
    {
        size_t at = (size_t)(ky * p.window->kw + kx) * p.c + (size_t)in->first;

        if (d->maps[0][tap] >= 0)
            lsn_delta_accumulate_product(n, lsn_change_row(in, (size_t)d->maps[0][tap]),
                                         p.step->packed + at, to);
    }
}

static void depthwise_listed(const struct lsn_incremental *d, const struct lsn_entry *entry,
                             const struct lsn_change *in, int variant, int position, float *to)
{
    struct site p = site_of(d, entry, position);
    const int *list = lsn_change_list(in, variant);
    int i;

    memset(to, 0, (size_t)in->channels * sizeof *to);
    FOR_TAPS(p, tap)
    {
        const float *weight = p.step->packed + (size_t)(ky * p.window->kw + kx) * p.c;
        int row = d->maps[0][tap];

        for (i = 0; row >= 0 && i < in->channels; i++)
            to[i] += lsn_change_row(in, (size_t)row)[i] * weight[list[i]];
    }
}

void lsn_propagate_depthwise(struct lsn_incremental *d, const struct lsn_entry *entry,
                             struct lsn_change *out)
{
    const struct lsn_conv *conv = &d->network->steps[entry->node].geometry.conv;

    propagate_window(d, entry, &conv->window, depthwise_listed, depthwise_rows, out);
    d->multiply_adds +=
        (double)lsn_change_rows(out) * out->channels * conv->window.kh * conv->window.kw;
}
