/* Edges (Canny 1986) of the map (R + G + B) / 255, in double, where grey is three equal
 * channels:
 *
 * 1. Gaussian of sigma, cut off at 4 sigma. Outside the image there is nothing, so the
 *    sums are divided by the weights that fall inside.
 * 2. Gradient by Sobel, the image mirrored at its borders (the border pixel repeated).
 * 3. A pixel is a ridge where no pixel of the magnitude beside it across the edge, to
 *    either side, is larger; where the gradient points between two neighbours, by the
 *    mean of the two, weighted by its slope. Border pixels are none.
 * 4. A ridge is an edge from the 0.9 quantile of the magnitude on (linear between order
 *    statistics). Canny's hysteresis links what lies between a low and a high threshold
 *    to what is above both; here both are that quantile, so there is nothing to link.
 *
 * Sums go in the order of scipy.ndimage's (the centre first, then pairs from the
 * outermost in), rows' direction after columns': a regular texture is full of ties, which
 * the last bit decides. */
#include "image/canny.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

#define QUANTILE 0.9
#define CUT_OFF  4.0  /* sigmas */
#define NOISE    1e-9 /* a flat image has no edges: far below a level's, far above rounding */

/* The maps of one image, all [h][w]. */
struct maps {
    int w, h;
    double *grey, *down, *across, *magnitude;
};

/* weights [radius + 1], from the centre out; both sides together sum to 1. */
static void gaussian_weights(double sigma, int radius, double *weights)
{
    double sum = 0;
    int i;

    for (i = -radius; i <= radius; i++)
        sum += exp(-0.5 / (sigma * sigma) * i * i);
    for (i = 0; i <= radius; i++)
        weights[i] = exp(-0.5 / (sigma * sigma) * i * i) / sum;
}

/* Smooths a line of length values, stride apart, into out, where there is nothing
 * outside of it. */
static void smooth_line(const double *in, int length, size_t stride, const double *weights,
                        int radius, double *out)
{
    int i, j;

    for (i = 0; i < length; i++) {
        double sum = in[(size_t)i * stride] * weights[0];

        for (j = radius; j > 0; j--) {
            double before = i >= j ? in[(size_t)(i - j) * stride] : 0;
            double after = i + j < length ? in[(size_t)(i + j) * stride] : 0;

            sum += (before + after) * weights[j];
        }
        out[(size_t)i * stride] = sum;
    }
}

/* weights_in [length]: how much weight lies inside, at each place of a line. */
static void inside(int length, const double *weights, int radius, double *weights_in)
{
    int i, j;

    for (i = 0; i < length; i++) {
        weights_in[i] = weights[0];
        for (j = radius; j > 0; j--)
            weights_in[i] += ((i >= j) + (i + j < length)) * weights[j];
    }
}

/* Smooths map in place; spare is as large. */
static enum lsn_status smooth(double *map, double *spare, int w, int h, double sigma,
                              struct lsn_error *err)
{
    int radius = (int)(CUT_OFF * sigma + 0.5), x, y;
    size_t count = (size_t)radius + 1 + (size_t)w + (size_t)h;
    double *weights = lsn_alloc(count, sizeof *weights), *in_row, *in_column;

    if (!weights)
        return lsn_fail_memory(err, "the edges of an image");
    in_row = weights + radius + 1;
    in_column = in_row + w;
    gaussian_weights(sigma, radius, weights);
    inside(w, weights, radius, in_row);
    inside(h, weights, radius, in_column);
    for (x = 0; x < w; x++)
        smooth_line(map + x, h, (size_t)w, weights, radius, spare + x);
    for (y = 0; y < h; y++) {
        double *row = map + (size_t)y * (size_t)w;

        smooth_line(spare + (size_t)y * (size_t)w, w, 1, weights, radius, row);
        for (x = 0; x < w; x++)
            row[x] /= in_row[x] * in_column[y];
    }
    lsn_free(weights);
    return LSN_OK;
}

/* The value at (x,y), at most one step outside the map. */
static double mirrored(const struct maps *m, const double *map, int x, int y)
{
    x = x < 0 ? 0 : x >= m->w ? m->w - 1 : x;
    y = y < 0 ? 0 : y >= m->h ? m->h - 1 : y;
    return map[(size_t)y * (size_t)m->w + (size_t)x];
}

static void find_gradient(const struct maps *m)
{
    const double *g = m->grey;
    int x, y;

    for (y = 0; y < m->h; y++)
        for (x = 0; x < m->w; x++) {
            size_t at = (size_t)y * (size_t)m->w + (size_t)x;
            double right[3], below[3];
            int i;

            for (i = 0; i < 3; i++) {
                right[i] = mirrored(m, g, x + 1, y + i - 1) - mirrored(m, g, x - 1, y + i - 1);
                below[i] = mirrored(m, g, x + i - 1, y + 1) - mirrored(m, g, x + i - 1, y - 1);
            }
            m->across[at] = right[1] * 2 + (right[0] + right[2]);
            m->down[at] = below[1] * 2 + (below[0] + below[2]);
            m->magnitude[at] = hypot(m->down[at], m->across[at]);
        }
}

/* Whether no magnitude beside the one at `at` across the edge is larger. */
static bool is_ridge(const struct maps *m, size_t at)
{
    double down = m->down[at], across = m->across[at], here = m->magnitude[at], share;
    ptrdiff_t step_x = 1, step_y = m->w, straight, diagonal;
    const double *magnitude = m->magnitude + at;

    if (here < NOISE)
        return false;
    /* The gradient's line, turned so that it goes down. */
    if ((down < 0 && across > 0) || (down > 0 && across < 0))
        step_x = -1;
    diagonal = step_y + step_x;
    straight = fabs(down) >= fabs(across) ? step_y : step_x;
    share = fabs(down) >= fabs(across) ? fabs(across) / fabs(down) : fabs(down) / fabs(across);
    return magnitude[diagonal] * share + magnitude[straight] * (1 - share) <= here &&
           magnitude[-diagonal] * share + magnitude[-straight] * (1 - share) <= here;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts values [count] for it. */
static double quantile(double *values, size_t count, double share)
{
    double place = share * (double)(count - 1), rest = place - floor(place);
    size_t low = (size_t)place, high = low + 1 < count ? low + 1 : low;
    double step;

    qsort(values, count, sizeof *values, compare);
    step = values[high] - values[low];
    /* From the nearer end, so that the far one is met exactly. */
    return rest < 0.5 ? values[low] + step * rest : values[high] - step * (1 - rest);
}

/* grey is not needed any more, and is sorted. */
static void mark_edges(const struct maps *m, uint8_t *edges)
{
    size_t count = (size_t)m->w * (size_t)m->h;
    double threshold;
    int x, y;

    memcpy(m->grey, m->magnitude, count * sizeof *m->grey);
    threshold = quantile(m->grey, count, QUANTILE);
    memset(edges, 0, count);
    for (y = 1; y < m->h - 1; y++)
        for (x = 1; x < m->w - 1; x++) {
            size_t at = (size_t)y * (size_t)m->w + (size_t)x;

            edges[at] = m->magnitude[at] >= threshold && is_ridge(m, at);
        }
}

enum lsn_status lsn_canny(const struct lsn_image *image, double sigma_px, uint8_t *edges,
                          struct lsn_error *err)
{
    size_t count = (size_t)image->width * (size_t)image->height, cells, i;
    struct maps m = {.w = image->width, .h = image->height};
    enum lsn_status status;

    if (lsn_mul_size(count, 4, &cells))
        m.grey = lsn_alloc(cells, sizeof *m.grey);
    if (!m.grey)
        return lsn_fail_memory(err, "the edges of an image");
    m.down = m.grey + count;
    m.across = m.down + count;
    m.magnitude = m.across + count;
    for (i = 0; i < count; i++) {
        const uint8_t *p = image->pixels + i * (size_t)image->channels;

        m.grey[i] = (image->channels == 1 ? 3 * p[0] : p[0] + p[1] + p[2]) / 255.0;
    }
    status = smooth(m.grey, m.down, m.w, m.h, sigma_px, err);
    if (status == LSN_OK) {
        find_gradient(&m);
        mark_edges(&m, edges);
    }
    lsn_free(m.grey);
    return status;
}
