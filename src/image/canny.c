/* Finds the edges (Canny 1986) of the map (R + G + B) / 255, in double; a grey image counts as
 * three equal channels:
 *
 * 1. Smooth by a Gaussian of the given sigma, cut off at 4 sigma. Outside the image nothing is
 *    summed, so the sums are divided by the weights that fall inside.
 * 2. Compute the gradient by Sobel's filters, the border pixels repeated outside the image.
 * 3. A pixel is a ridge where the magnitude of the gradient is no smaller than that of its two
 *    neighbours along the gradient. Where the gradient points between two pixels, the
 *    neighbour's magnitude is interpolated between them. Border pixels are no ridges.
 * 4. A ridge is an edge where its magnitude is at least the 0.9 quantile of all magnitudes
 *    (interpolated linearly between order statistics). Canny's hysteresis would link pixels
 *    between a low and a high threshold to pixels above both; here both thresholds are that
 *    quantile, so there is nothing to link.
 *
 * The sums are in scipy.ndimage's order (the centre first, then pairs from the outermost in;
 * columns before rows): a regular texture has many ties, which the last bit of a sum decides. */
#include "image/canny.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

#define QUANTILE 0.9
#define CUT_OFF  4.0  /* sigmas */
#define NOISE    1e-9 /* a smaller magnitude is rounding error */

/* The maps of one image, all [h][w]. */
struct maps {
    int w, h;
    double *grey, *down, *across, *magnitude;
};

/* Fills weights [radius + 1], from the centre out; counted on both sides they sum to 1. */
static void gaussian_weights(double sigma, int radius, double *weights)
{
    double sum = 0;
    int i;

    for (i = -radius; i <= radius; i++)
        sum += exp(-0.5 / (sigma * sigma) * i * i);
    for (i = 0; i <= radius; i++)
        weights[i] = exp(-0.5 / (sigma * sigma) * i * i) / sum;
}

/* Smooths a line of length values, which lie stride apart, into out; values outside the line count
 * as 0. */
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

/* Fills weights_in [length]: at each position of a line, the sum of the weights that fall inside
 * it. */
static void sum_inside_weights(int length, const double *weights, int radius, double *weights_in)
{
    int i, j;

    for (i = 0; i < length; i++) {
        weights_in[i] = weights[0];
        for (j = radius; j > 0; j--)
            weights_in[i] += ((i >= j) + (i + j < length)) * weights[j];
    }
}

/* Smooths map [h][w] in place; spare [h][w] is scratch. */
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
    sum_inside_weights(w, weights, radius, in_row);
    sum_inside_weights(h, weights, radius, in_column);
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

/* The value at (x, y), which may be one pixel outside the map: then that of the nearest border
 * pixel. */
static double value_near(const struct maps *m, const double *map, int x, int y)
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
                right[i] = value_near(m, g, x + 1, y + i - 1) - value_near(m, g, x - 1, y + i - 1);
                below[i] = value_near(m, g, x + i - 1, y + 1) - value_near(m, g, x + i - 1, y - 1);
            }
            m->across[at] = right[1] * 2 + (right[0] + right[2]);
            m->down[at] = below[1] * 2 + (below[0] + below[2]);
            m->magnitude[at] = hypot(m->down[at], m->across[at]);
        }
}

/* Whether the pixel at index `at` is a ridge (step 3 above). */
static bool is_ridge(const struct maps *m, size_t at)
{
    double down = m->down[at], across = m->across[at], here = m->magnitude[at], share;
    ptrdiff_t step_x = 1, step_y = m->w, straight, diagonal;
    const double *magnitude = m->magnitude + at;

    if (here < NOISE)
        return false;
    /* Both directions along the gradient are compared, so its sign does not matter: take the one
     * that points down. */
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

/* The quantile of values [count], which are sorted in place. */
static double quantile(double *values, size_t count, double share)
{
    double place = share * (double)(count - 1), rest = place - floor(place);
    size_t low = (size_t)place, high = low + 1 < count ? low + 1 : low;
    double step;

    qsort(values, count, sizeof *values, compare);
    step = values[high] - values[low];
    /* Interpolates from the nearer end, so that values[high] is met exactly at the far end. */
    return rest < 0.5 ? values[low] + step * rest : values[high] - step * (1 - rest);
}

/* Marks the edges (step 4). m->grey is no longer needed and becomes scratch for the sorting. */
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
