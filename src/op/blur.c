/* A Gaussian over space is the product of one over y and one over x, and so is its sum inside the
 * image: so each of the two blurs is divided by its own sum of weights. */
#include "op/blur.h"

#include <math.h>

static size_t positions_of(struct lsn_shape s)
{
    return (size_t)s.h * (size_t)s.w;
}

static int longer_side(struct lsn_shape s)
{
    return s.h > s.w ? s.h : s.w;
}

size_t lsn_blur_scratch_count(struct lsn_shape s)
{
    return positions_of(s) + (size_t)longer_side(s);
}

struct lsn_blur lsn_blur_of(struct lsn_shape s, double sigma_px, double *scratch)
{
    int longest = longer_side(s) - 1, i;
    double radius = floor(4.0 * sigma_px + 0.5);
    struct lsn_blur blur = {scratch, scratch + positions_of(s),
                            radius < longest ? (int)radius : longest};

    for (i = 0; i <= blur.radius; i++)
        blur.weights[i] = exp(-0.5 * i * i / (sigma_px * sigma_px));
    return blur;
}

/* The indices [first, last] that take part in the blur at i, of n. */
struct reach {
    int first, last;
};

static struct reach reach_of(const struct lsn_blur *b, int n, int i)
{
    return (struct reach){i > b->radius ? i - b->radius : 0,
                          n - 1 - i > b->radius ? i + b->radius : n - 1};
}

/* Divides each of n lines of x [n][lines] by the sum of the weights inside the image. */
static void divide_lines(const struct lsn_blur *b, int n, size_t lines, double *x)
{
    size_t line;
    int i, j;

    for (i = 0; i < n; i++, x += lines) {
        struct reach reach = reach_of(b, n, i);
        double weight = 0;

        for (j = reach.first; j <= reach.last; j++)
            weight += b->weights[i < j ? j - i : i - j];
        for (line = 0; line < lines; line++)
            x[line] /= weight;
    }
}

/* Sums x [n][lines] along its first dimension with the weights, into out [n][lines]. */
static void sum_lines(const struct lsn_blur *b, int n, size_t lines, const double *x, double *out)
{
    size_t line;
    int i, j;

    for (i = 0; i < n; i++, out += lines) {
        struct reach reach = reach_of(b, n, i);

        for (line = 0; line < lines; line++)
            out[line] = 0;
        for (j = reach.first; j <= reach.last; j++) {
            double w = b->weights[i < j ? j - i : i - j];
            const double *from = x + (size_t)j * lines;

            for (line = 0; line < lines; line++)
                out[line] += w * from[line];
        }
    }
}

/* out [w][h] from x [h][w]. */
static void transpose(size_t h, size_t w, const double *x, double *out)
{
    size_t i, j;

    for (i = 0; i < h; i++)
        for (j = 0; j < w; j++)
            out[j * h + i] = x[i * w + j];
}

void lsn_blur_run(const struct lsn_blur *b, struct lsn_shape s, double *plane)
{
    size_t h = (size_t)s.h, w = (size_t)s.w;

    sum_lines(b, s.h, w, plane, b->between);
    divide_lines(b, s.h, w, b->between);
    transpose(h, w, b->between, plane);
    sum_lines(b, s.w, h, plane, b->between);
    divide_lines(b, s.w, h, b->between);
    transpose(w, h, b->between, plane);
}

void lsn_blur_transposed(const struct lsn_blur *b, struct lsn_shape s, double *plane)
{
    size_t h = (size_t)s.h, w = (size_t)s.w;

    divide_lines(b, s.h, w, plane);
    sum_lines(b, s.h, w, plane, b->between);
    transpose(h, w, b->between, plane);
    divide_lines(b, s.w, h, plane);
    sum_lines(b, s.w, h, plane, b->between);
    transpose(w, h, b->between, plane);
}
