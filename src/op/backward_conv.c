/* Backward of a convolution to its input. By block of output positions: dy times the transposed
 * weights gives for each position what comes back to the values under its window, a patch; patches
 * are added to where lsn_conv_gather reads them. */
#include "base/vector.h"
#include "op/backward.h"
#include "op/gemm.h"
#include "op/panel.h"

LSN_VECTOR static void add(size_t n, const float *from, float *to)
{
    size_t i;

    for (i = 0; i < n; i++)
        to[i] += from[i];
}

LSN_VECTOR static void add_products(size_t n, const float *a, const float *b, float *to)
{
    size_t i;

    for (i = 0; i < n; i++)
        to[i] += a[i] * b[i];
}

static void depthwise(const struct lsn_conv *conv, const float *packed, const float *dy, float *dx)
{
    const struct lsn_window *w = &conv->window;
    size_t c = (size_t)conv->in.c;
    int oy, ox, ky, kx;

    for (oy = 0; oy < conv->out.h; oy++)
        for (ox = 0; ox < conv->out.w; ox++, dy += c) {
            struct lsn_view view = lsn_window_view(w, conv->in, oy, ox);

            for (ky = view.y_first; ky < view.y_last; ky++)
                for (kx = view.x_first; kx < view.x_last; kx++)
                    add_products(c, packed + (size_t)(ky * w->kw + kx) * c, dy,
                                 dx + (size_t)lsn_view_position(w, conv->in, &view, ky, kx) * c);
        }
}

/* Adds a patch [kh][kw][c_count] to the channels from c_first on that lie under the window at
 * output position (y, x). */
static void scatter(const struct lsn_conv *conv, const float *patch, int y, int x, int c_first,
                    float *dx)
{
    const struct lsn_window *w = &conv->window;
    struct lsn_view view = lsn_window_view(w, conv->in, y, x);
    size_t c = (size_t)conv->in.c, run = c / (size_t)conv->groups;
    int ky, kx;

    if (view.x_last <= view.x_first)
        return;
    for (ky = view.y_first; ky < view.y_last; ky++) {
        const float *from = patch + (size_t)(ky * w->kw + view.x_first) * run;
        float *to = dx + (size_t)lsn_view_position(w, conv->in, &view, ky, view.x_first) * c +
                    (size_t)c_first;

        if (w->dw == 1 && run == c) {
            add((size_t)(view.x_last - view.x_first) * c, from, to);
            continue;
        }
        for (kx = view.x_first; kx < view.x_last; kx++, from += run, to += (size_t)w->dw * c)
            add(run, from, to);
    }
}

static void run_group(const struct lsn_conv *conv, int group, const float *packed, const float *dy,
                      float *dx, float *scratch)
{
    int k = (int)lsn_conv_patch_count(conv), n = conv->out.c / conv->groups;
    int c_in = conv->in.c / conv->groups;
    size_t positions = (size_t)conv->out.h * (size_t)conv->out.w, rows = lsn_conv_block_rows(conv);
    size_t start, i;

    packed += (size_t)group * (size_t)k * (size_t)n;
    dy += (size_t)group * (size_t)n;
    if (lsn_conv_is_pointwise(conv)) {
        lsn_gemm_transposed((int)positions, k, n, dy, conv->out.c, packed, n, 1.0f,
                            dx + (size_t)group * (size_t)c_in, conv->in.c);
        return;
    }
    for (start = 0; start < positions; start += rows) {
        size_t count = positions - start < rows ? positions - start : rows;

        lsn_gemm_transposed((int)count, k, n, dy + start * (size_t)conv->out.c, conv->out.c, packed,
                            n, 0.0f, scratch, k);
        for (i = 0; i < count; i++) {
            int position = (int)(start + i);

            scatter(conv, scratch + i * (size_t)k, position / conv->out.w, position % conv->out.w,
                    group * c_in, dx);
        }
    }
}

static void run_panels(const struct lsn_conv *conv, const float *packed, const float *dy, float *dx)
{
    int k = conv->in.c, first;

    for (first = 0; first < conv->out.c; first += LSN_PANEL_COLUMNS)
        lsn_gemm_transposed(1, k, LSN_PANEL_COLUMNS, dy + first, LSN_PANEL_COLUMNS,
                            packed + (size_t)first * (size_t)k, LSN_PANEL_COLUMNS, 1.0f, dx, k);
}

void lsn_conv_backward(const struct lsn_conv *conv, const float *packed, const float *dy, float *dx,
                       float *scratch)
{
    int group;

    if (lsn_conv_is_depthwise(conv)) {
        depthwise(conv, packed, dy, dx);
        return;
    }
    if (lsn_conv_is_in_panels(conv)) {
        run_panels(conv, packed, dy, dx);
        return;
    }
    for (group = 0; group < conv->groups; group++)
        run_group(conv, group, packed, dy, dx, scratch);
}
