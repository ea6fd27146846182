/* Convolution by im2col: the values under the window at each of a block of output
 * positions (a patch, a few contiguous copies as channels come last) make the left
 * matrix of one product. Blocks are small enough that this matrix stays in the cache.
 * Their size follows from shapes and window alone, and so do the last bits of results. */
#include "op/conv.h"

#include <string.h>

#include "op/depthwise.h"
#include "op/gemm.h"
#include "op/panel.h"

#define BLOCK_FLOATS   (1 << 18) /* of patches: 1 MiB */
#define BLOCK_ROWS_MIN 64

bool lsn_conv_is_depthwise(const struct lsn_conv *conv)
{
    return conv->groups == conv->in.c && conv->groups == conv->out.c && conv->groups > 1;
}

bool lsn_conv_is_pointwise(const struct lsn_conv *conv)
{
    const struct lsn_window *w = &conv->window;

    return w->kh == 1 && w->kw == 1 && w->sh == 1 && w->sw == 1 && w->pt == 0 && w->pl == 0 &&
           conv->in.h == conv->out.h && conv->in.w == conv->out.w;
}

bool lsn_conv_is_in_panels(const struct lsn_conv *conv)
{
    return lsn_conv_is_pointwise(conv) && conv->groups == 1 && conv->out.h == 1 &&
           conv->out.w == 1 && conv->out.c % LSN_PANEL_COLUMNS == 0;
}

/* The length of a row of packed: how many kernels' weights lie side by side. */
static size_t row_kernels(const struct lsn_conv *conv)
{
    if (lsn_conv_is_depthwise(conv))
        return (size_t)conv->out.c;
    return lsn_conv_is_in_panels(conv) ? LSN_PANEL_COLUMNS : (size_t)(conv->out.c / conv->groups);
}

size_t lsn_conv_patch_count(const struct lsn_conv *conv)
{
    return (size_t)conv->window.kh * (size_t)conv->window.kw * (size_t)(conv->in.c / conv->groups);
}

size_t lsn_conv_weight_count(const struct lsn_conv *conv)
{
    return lsn_conv_patch_count(conv) * (size_t)conv->out.c;
}

/* Where weight [o][i][y][x] lies in the packed array. */
static size_t packed_index(const struct lsn_conv *conv, int o, int i, int tap)
{
    size_t n = row_kernels(conv), c_in = (size_t)(conv->in.c / conv->groups);

    return (size_t)o / n * lsn_conv_patch_count(conv) * n + ((size_t)tap * c_in + (size_t)i) * n +
           (size_t)o % n;
}

#define TILE_KERNELS 32
#define TILE_WEIGHTS 16

/* Goes through a kernel's weights in the file's order, [in][kh][kw], and tells which row of packed,
 * whose order is [kh][kw][in], each belongs to. */
struct walk {
    size_t c_in, taps, tap, channel;
};

static size_t next_row(struct walk *walk)
{
    size_t row = walk->tap * walk->c_in + walk->channel;

    if (++walk->tap == walk->taps) {
        walk->tap = 0;
        walk->channel++;
    }
    return row;
}

/* Packs the weights of some kernels, k each, into neighbouring columns of packed [k][n]. This is a
 * transposition, done in tiles that stay in the first-level cache. */
static void pack_kernels(const struct lsn_conv *conv, size_t k, size_t n, size_t kernels,
                         const float *weight, float *packed)
{
    struct walk walk = {.c_in = k / (size_t)(conv->window.kh * conv->window.kw),
                        .taps = (size_t)(conv->window.kh * conv->window.kw)};
    float tile[TILE_WEIGHTS][TILE_KERNELS];
    size_t first, i, o;

    for (first = 0; first < k; first += TILE_WEIGHTS) {
        size_t count = k - first < TILE_WEIGHTS ? k - first : TILE_WEIGHTS;

        for (o = 0; o < kernels; o++)
            for (i = 0; i < count; i++)
                tile[i][o] = weight[o * k + first + i];
        for (i = 0; i < count; i++)
            memcpy(packed + next_row(&walk) * n, tile[i], kernels * sizeof(float));
    }
}

void lsn_conv_pack(const struct lsn_conv *conv, int first, int count, const float *weight,
                   float *packed)
{
    size_t k = lsn_conv_patch_count(conv);
    int n = (int)row_kernels(conv), last = first + count, kernels;

    for (; first < last; first += kernels, weight += (size_t)kernels * k) {
        int block = first / n, rest = (block + 1) * n < last ? (block + 1) * n : last;

        kernels = rest - first < TILE_KERNELS ? rest - first : TILE_KERNELS;
        pack_kernels(conv, k, (size_t)n, (size_t)kernels, weight,
                     packed + (size_t)block * k * (size_t)n + (size_t)(first % n));
    }
}

/* A slice as a box of indices. */
struct box {
    int in_first, in_last, row_first, row_last, col_first, col_last; /* [first, last) */
};

static struct box box_of(const struct lsn_conv *conv, struct lsn_slice s)
{
    return (struct box){
        s.in < 0 ? 0 : s.in,   s.in < 0 ? conv->in.c / conv->groups : s.in + 1,
        s.row < 0 ? 0 : s.row, s.row < 0 ? conv->window.kh : s.row + 1,
        s.col < 0 ? 0 : s.col, s.col < 0 ? conv->window.kw : s.col + 1,
    };
}

void lsn_conv_zero_slice(const struct lsn_conv *conv, int kernel, struct lsn_slice slice,
                         float *packed)
{
    struct box box = box_of(conv, slice);
    int i, row, col;

    for (i = box.in_first; i < box.in_last; i++)
        for (row = box.row_first; row < box.row_last; row++)
            for (col = box.col_first; col < box.col_last; col++)
                packed[packed_index(conv, kernel, i, row * conv->window.kw + col)] = 0.0f;
}

/* Sums the box's products at one output position. x begins at the first input channel of the
 * kernel's group. */
static double slice_sum(const struct lsn_conv *conv, const float *packed, int kernel,
                        const struct box *box, const struct lsn_view *view, const float *x)
{
    const struct lsn_window *w = &conv->window;
    int row_first = box->row_first > view->y_first ? box->row_first : view->y_first;
    int row_last = box->row_last < view->y_last ? box->row_last : view->y_last;
    int col_first = box->col_first > view->x_first ? box->col_first : view->x_first;
    int col_last = box->col_last < view->x_last ? box->col_last : view->x_last;
    double sum = 0;
    int i, row, col;

    for (row = row_first; row < row_last; row++)
        for (col = col_first; col < col_last; col++) {
            int position = lsn_view_position(w, conv->in, view, row, col);
            const float *from = x + (size_t)position * (size_t)conv->in.c;

            for (i = box->in_first; i < box->in_last; i++)
                sum += (double)from[i] *
                       (double)packed[packed_index(conv, kernel, i, row * w->kw + col)];
        }
    return sum;
}

void lsn_conv_run_slice(const struct lsn_conv *conv, const float *packed, int kernel,
                        struct lsn_slice slice, const float *x, float *plane)
{
    int group = kernel / (conv->out.c / conv->groups), oy, ox;
    struct box box = box_of(conv, slice);

    x += (size_t)group * (size_t)(conv->in.c / conv->groups);
    for (oy = 0; oy < conv->out.h; oy++)
        for (ox = 0; ox < conv->out.w; ox++) {
            struct lsn_view view = lsn_window_view(&conv->window, conv->in, oy, ox);

            *plane++ = (float)slice_sum(conv, packed, kernel, &box, &view, x);
        }
}

size_t lsn_conv_block_rows(const struct lsn_conv *conv)
{
    size_t positions = (size_t)conv->out.h * (size_t)conv->out.w;
    size_t rows = BLOCK_FLOATS / lsn_conv_patch_count(conv);

    if (rows < BLOCK_ROWS_MIN)
        rows = BLOCK_ROWS_MIN;
    return rows < positions ? rows : positions;
}

size_t lsn_conv_scratch_count(const struct lsn_conv *conv)
{
    if (lsn_conv_is_depthwise(conv) || (lsn_conv_is_pointwise(conv)))
        return 0;
    return lsn_conv_block_rows(conv) * lsn_conv_patch_count(conv);
}

void lsn_conv_gather(const struct lsn_conv *conv, const float *image, int y, int x, int c_first,
                     int c_count, float *patch)
{
    const struct lsn_window *w = &conv->window;
    size_t c = (size_t)conv->in.c, run = (size_t)c_count;
    int y_first, y_last, x_first, x_last, ky, kx;

    lsn_window_taps(lsn_window_y(w), y, conv->in.h, &y_first, &y_last);
    lsn_window_taps(lsn_window_x(w), x, conv->in.w, &x_first, &x_last);
    if (y_last - y_first < w->kh || x_last - x_first < w->kw)
        memset(patch, 0, (size_t)w->kh * (size_t)w->kw * run * sizeof *patch);
    for (ky = y_first; ky < y_last; ky++) {
        int iy = y * w->sh - w->pt + ky * w->dh, ix = x * w->sw - w->pl + x_first * w->dw;
        const float *from =
            image + ((size_t)iy * (size_t)conv->in.w + (size_t)ix) * c + (size_t)c_first;
        float *to = patch + ((size_t)ky * (size_t)w->kw + (size_t)x_first) * run;

        if (w->dw == 1 && run == c) {
            memcpy(to, from, (size_t)(x_last - x_first) * c * sizeof *to);
            continue;
        }
        for (kx = x_first; kx < x_last; kx++, from += (size_t)w->dw * c, to += run)
            memcpy(to, from, run * sizeof *to);
    }
}

static void start_from_bias(const struct lsn_conv *conv, const float *bias, float *out)
{
    size_t positions = (size_t)conv->out.h * (size_t)conv->out.w, c = (size_t)conv->out.c, i;

    if (!bias) {
        memset(out, 0, positions * c * sizeof *out);
        return;
    }
    for (i = 0; i < positions; i++)
        memcpy(out + i * c, bias, c * sizeof *out);
}

static void run_group(const struct lsn_conv *conv, int group, const float *packed, const float *x,
                      float *out, float *scratch)
{
    int k = (int)lsn_conv_patch_count(conv), n = conv->out.c / conv->groups;
    int c_in = conv->in.c / conv->groups;
    size_t positions = (size_t)conv->out.h * (size_t)conv->out.w, rows = lsn_conv_block_rows(conv);
    size_t start, i;

    packed += (size_t)group * (size_t)k * (size_t)n;
    out += (size_t)group * (size_t)n;
    if (lsn_conv_is_pointwise(conv)) {
        lsn_gemm((int)positions, n, k, x + (size_t)group * (size_t)c_in, conv->in.c, packed, n,
                 1.0f, out, conv->out.c);
        return;
    }
    for (start = 0; start < positions; start += rows) {
        size_t count = positions - start < rows ? positions - start : rows;

        for (i = 0; i < count; i++) {
            int position = (int)(start + i);

            lsn_conv_gather(conv, x, position / conv->out.w, position % conv->out.w, group * c_in,
                            c_in, scratch + i * (size_t)k);
        }
        lsn_gemm((int)count, n, k, scratch, k, packed, n, 1.0f, out + start * (size_t)conv->out.c,
                 conv->out.c);
    }
}

/* Multiplies panel by panel. On every core of OpenBLAS that was tried this gives the same bits as
 * one product of the whole matrix. */
static void run_panels(const struct lsn_conv *conv, const float *packed, const float *x, float *out)
{
    int k = conv->in.c, first;

    for (first = 0; first < conv->out.c; first += LSN_PANEL_COLUMNS)
        lsn_gemm(1, LSN_PANEL_COLUMNS, k, x, k, packed + (size_t)first * (size_t)k,
                 LSN_PANEL_COLUMNS, 1.0f, out + first, conv->out.c);
}

void lsn_conv_run(const struct lsn_conv *conv, const float *packed, const float *bias,
                  const float *x, float *out, float *scratch)
{
    int group, oy;

    if (lsn_conv_is_depthwise(conv)) {
        for (oy = 0; oy < conv->out.h; oy++)
            lsn_depthwise_row(conv, packed, bias, x, oy,
                              out + (size_t)oy * (size_t)conv->out.w * (size_t)conv->out.c);
        return;
    }
    start_from_bias(conv, bias, out);
    if (lsn_conv_is_in_panels(conv)) {
        run_panels(conv, packed, x, out);
        return;
    }
    for (group = 0; group < conv->groups; group++)
        run_group(conv, group, packed, x, out, scratch);
}
