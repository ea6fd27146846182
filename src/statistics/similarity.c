/* Correlations of two activations in one pass. The sums are made in double, of each value's
 * difference from the first value of its array, so that equal values give sums of exactly 0. It
 * also bounds the cancellation in `centred`: the first value is one of the n, therefore the
 * squared mean of the differences is at most n times their variance. The alternative, a first pass
 * for the means, reads both arrays twice. */
#include "statistics/similarity.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/vector.h"

#define LANES 16 /* sums over kernels are made side by side, in this fixed order */

/* Sums over pairs (a, r) of the differences from the first pair, and of their products. */
struct moments {
    double a, r, aa, rr, ar;
};

/* Returns the sum of products of the differences from the means, given the sum of products of the
 * differences from the first values, and the two sums of those differences. */
static double centred(double products, double sum, double other, double n)
{
    return products - sum * other / n;
}

/* Whether n values vary by rounding only (LSN_SIMILARITY_CONSTANT). squares: the sum of squares
 * about the mean; first: the first value; sum: the sum of the differences from it. */
static bool is_constant(double squares, double first, double sum, double n)
{
    double mean = first + sum / n;

    return squares <=
           LSN_SIMILARITY_CONSTANT * LSN_SIMILARITY_CONSTANT * (squares + n * mean * mean);
}

/* Returns Pearson's correlation of n pairs, or NaN where a or r is constant; *reference_constant
 * tells whether r is. */
static double correlation(const struct moments *m, double n, float first_a, float first_r,
                          bool *reference_constant)
{
    double aa = centred(m->aa, m->a, m->a, n), rr = centred(m->rr, m->r, m->r, n);

    *reference_constant = is_constant(rr, (double)first_r, m->r, n);
    if (*reference_constant || is_constant(aa, (double)first_a, m->a, n))
        return (double)NAN;
    return fmin(fmax(centred(m->ar, m->a, m->r, n) / sqrt(aa * rr), -1), 1);
}

/* Adds one position's values a, r [c] to each kernel's sums over positions, sums
 * [LSN_SIMILARITY_SUMS][c]. first_a, first_r [c] are the values at the first position. */
LSN_VECTOR static void add_position(size_t c, const float *a, const float *r, const float *first_a,
                                    const float *first_r, double *sums)
{
    double *sum_a = sums, *sum_r = sums + c, *aa = sums + 2 * c, *rr = sums + 3 * c,
           *ar = sums + 4 * c, *magnitude = sums + 5 * c, *reference_magnitude = sums + 6 * c;
    size_t k;

    LSN_INDEPENDENT
    for (k = 0; k < c; k++) {
        double x = (double)a[k] - (double)first_a[k], y = (double)r[k] - (double)first_r[k];

        sum_a[k] += x;
        sum_r[k] += y;
        aa[k] += x * x;
        rr[k] += y * y;
        ar[k] += x * y;
        magnitude[k] += fabs((double)a[k]);
        reference_magnitude[k] += fabs((double)r[k]);
    }
}

static void finish_kernels(size_t c, size_t positions, const float *a, const float *r,
                           const double *sums, struct lsn_kernel_similarity *kernels)
{
    size_t k;

    for (k = 0; k < c; k++) {
        const double *sum = sums + k;
        struct moments m = {sum[0], sum[c], sum[2 * c], sum[3 * c], sum[4 * c]};
        bool reference_constant;

        kernels[k] = (struct lsn_kernel_similarity){
            .correlation = correlation(&m, (double)positions, a[k], r[k], &reference_constant),
            .magnitude = sum[5 * c],
            .reference_magnitude = sum[6 * c],
        };
    }
}

/* The sum of lanes [LANES], which it overwrites. */
static inline double total(double *lanes)
{
    size_t half, i;

    for (half = LANES / 2; half > 0; half /= 2)
        for (i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
}

/* Sets m to the sums over the kernels of one position: a, r [c]. */
LSN_VECTOR static void add_kernels(size_t c, const float *a, const float *r, struct moments *m)
{
    double sum_a[LANES] = {0}, sum_r[LANES] = {0}, aa[LANES] = {0}, rr[LANES] = {0},
           ar[LANES] = {0}, first_a = (double)a[0], first_r = (double)r[0];
    size_t k, i;

    for (k = 0; k < c; k += LANES) {
        size_t count = c - k < LANES ? c - k : LANES;

        LSN_INDEPENDENT
        for (i = 0; i < count; i++) {
            double x = (double)a[k + i] - first_a, y = (double)r[k + i] - first_r;

            sum_a[i] += x;
            sum_r[i] += y;
            aa[i] += x * x;
            rr[i] += y * y;
            ar[i] += x * y;
        }
    }
    *m = (struct moments){total(sum_a), total(sum_r), total(aa), total(rr), total(ar)};
}

/* Returns the index of the largest of x [c]; of equal ones the lowest index. */
LSN_VECTOR static size_t winner(size_t c, const float *x)
{
    float lanes[LANES], largest = x[0];
    size_t k, i;

    for (i = 0; i < LANES; i++)
        lanes[i] = x[0];
    for (k = 0; k + LANES <= c; k += LANES)
        for (i = 0; i < LANES; i++)
            lanes[i] = x[k + i] > lanes[i] ? x[k + i] : lanes[i];
    for (i = 0; i < LANES; i++)
        largest = lanes[i] > largest ? lanes[i] : largest;
    for (; k < c; k++)
        largest = x[k] > largest ? x[k] : largest;
    for (k = 0; k + 1 < c && x[k] < largest; k++)
        ;
    return k;
}

/* Whether winner(c, x) is k. */
LSN_VECTOR static bool is_winner(size_t c, const float *x, size_t k)
{
    unsigned better = 0;
    size_t i;

    for (i = 0; i < k; i++)
        better |= x[i] >= x[k];
    for (i = k + 1; i < c; i++)
        better |= x[i] > x[k];
    return !better;
}

struct lsn_node_similarity lsn_similarity_measure(struct lsn_shape shape, const float *a,
                                                  const float *reference,
                                                  struct lsn_kernel_similarity *kernels,
                                                  double *scratch)
{
    size_t c = (size_t)shape.c, positions = (size_t)shape.h * (size_t)shape.w, defined = 0, p;
    struct lsn_node_similarity similarity = {.winners = 0};
    double sum = 0;

    memset(scratch, 0, LSN_SIMILARITY_SUMS * c * sizeof *scratch);
    for (p = 0; p < positions; p++) {
        const float *x = a + p * c, *r = reference + p * c;
        bool reference_constant;
        struct moments m;
        double over_kernels;

        add_position(c, x, r, a, reference, scratch);
        add_kernels(c, x, r, &m);
        over_kernels = correlation(&m, (double)c, x[0], r[0], &reference_constant);
        if (!isnan(over_kernels)) {
            sum += over_kernels;
            defined++;
        }
        if (!reference_constant) {
            similarity.winners++;
            similarity.same_winner += is_winner(c, x, winner(c, r));
        }
    }
    finish_kernels(c, positions, a, reference, scratch, kernels);
    similarity.correlation = defined ? sum / (double)defined : (double)NAN;
    return similarity;
}
