/* Newcombe's paired interval for the drop. It combines, for the intact and the lesioned accuracy,
 * the distances to the two ends of the accuracy's Wilson interval. The formulas are written so that
 * exchanging lost and gained only exchanges operands: the interval is then mirrored to the last
 * bit. */
#include "lesion/stats.h"

#include <math.h>

/* Returns z with P(|N(0,1)| > z) = tail. Newton's method from 0 rises to z and never passes it,
 * because that probability is convex in z; it ends where rounding stops the rise. */
static double normal_quantile(double tail)
{
    const double root_half = 0.70710678118654752440, density_at_0 = 0.79788456080286535588;
    double z = 0;
    int step;

    for (step = 0; step < 100; step++) {
        double better =
            z + (erfc(z * root_half) - tail) / (density_at_0 * exp(-z * z / 2)); /* 2 phi(z) */

        if (!(better > z))
            break;
        z = better;
    }
    return z;
}

/* Distances from x/n down and up to its Wilson interval. */
static void wilson(double x, double n, double z, double *below, double *above)
{
    double centre = (x + z * z / 2) / (n + z * z);
    double half = z * sqrt(x * ((n - x) / n) + z * z / 4) / (n + z * z);

    *below = x > 0 ? fmax(x / n - (centre - half), 0) : 0;
    *above = x < n ? fmax(centre + half - x / n, 0) : 0;
}

/* Returns the correlation over images between being right intact and being right lesioned, with
 * Newcombe's continuity correction: a positive covariance is reduced by n/2, but not below 0.
 * 0 where one of the accuracies is 0 or 1. */
static double correlation(double n, double intact, double lost, double gained)
{
    double lesioned = intact - lost + gained;
    double covariance = (intact - lost) * (n - intact - gained) - lost * gained;
    double variances = (intact * (n - intact)) * (lesioned * (n - lesioned));

    if (covariance > 0)
        covariance = fmax(covariance - n / 2, 0);
    return variances > 0 ? covariance / sqrt(variances) : 0;
}

/* Returns how far the interval of a difference extends to one side, from the distances a and b of
 * the two accuracies' Wilson intervals and the correlation phi. */
static double difference_distance(double a, double b, double phi)
{
    return sqrt(fmax(a * a + b * b - 2 * phi * (a * b), 0));
}

struct lsn_interval lsn_accuracy_interval(size_t n, size_t right, double level)
{
    double below, above;

    if (right > n || !(level > 0 && level < 1))
        return (struct lsn_interval){(double)NAN, (double)NAN};
    if (n == 0)
        return (struct lsn_interval){0, 1};
    wilson((double)right, (double)n, normal_quantile(1 - level), &below, &above);
    return (struct lsn_interval){(double)right / (double)n - below,
                                 (double)right / (double)n + above};
}

struct lsn_interval lsn_drop_interval(size_t n, size_t intact, size_t lost, size_t gained,
                                      double level)
{
    struct lsn_interval interval = {(double)NAN, (double)NAN};
    double below[2], above[2]; /* intact, lesioned */
    double drop, phi, z;

    if (intact > n || lost > intact || gained > n - intact || !(level > 0 && level < 1))
        return interval;
    if (n == 0)
        return (struct lsn_interval){-1, 1};
    z = normal_quantile(1 - level);
    wilson((double)intact, (double)n, z, &below[0], &above[0]);
    wilson((double)(intact - lost + gained), (double)n, z, &below[1], &above[1]);
    phi = correlation((double)n, (double)intact, (double)lost, (double)gained);
    drop = ((double)lost - (double)gained) / (double)n;
    interval.low = fmax(drop - difference_distance(below[0], above[1], phi), -1);
    interval.high = fmin(drop + difference_distance(below[1], above[0], phi), 1);
    return interval;
}

struct lsn_interval lsn_interaction_interval(size_t n, size_t most, int64_t sum, size_t squares,
                                             double level)
{
    double s = (double)sum, count = (double)n, end = (double)most, half;

    if (!(level > 0 && level < 1) || s * s > (double)squares * count ||
        (double)squares > end * end * count || fabs(s) > (double)squares)
        return (struct lsn_interval){(double)NAN, (double)NAN};
    if (n == 0)
        return (struct lsn_interval){-end, end};
    half = normal_quantile(1 - level) * sqrt((double)squares + 1 - s * s / (count + 2));
    return (struct lsn_interval){fmax((s - half) / (count + 2), -end),
                                 fmin((s + half) / (count + 2), end)};
}

struct lsn_interval lsn_spearman_interval(double r, size_t count, double level)
{
    const double one = 1 - 1e-12; /* a perfect correlation may be a rounding error below 1 */
    double half;

    if (!(fabs(r) < one) || count < 4 || !(level > 0 && level < 1))
        return (struct lsn_interval){(double)NAN, (double)NAN};
    half = normal_quantile(1 - level) * sqrt((1 + r * r / 2) / ((double)count - 3));
    return (struct lsn_interval){tanh(atanh(r) - half), tanh(atanh(r) + half)};
}

#define T_SUM_MAX 2000

/* P(|T| < t) of Student's t, where tan(angle) = t / sqrt(df) (Abramowitz & Stegun 1964,
 * 26.7.3 and 26.7.4). */
static double t_within(double angle, size_t df)
{
    const double two_by_pi = 0.63661977236758134308;
    double c = cos(angle), term = df % 2 ? c : 1, sum = 0;
    size_t i;

    for (i = df % 2; i + 2 <= df; i += 2) {
        sum += term;
        term *= c * c * ((double)i + 1) / ((double)i + 2);
    }
    return df % 2 ? two_by_pi * (angle + sin(angle) * sum) : sin(angle) * sum;
}

/* t with P(|T| < t) = level. The sum above has df / 2 terms: for a large df Fisher's expansion
 * around the normal quantile z stands in for it (Abramowitz & Stegun 1964, 26.7.5), whose next term
 * is below 1e-8 then. */
static double t_quantile(double level, size_t df)
{
    double low = 0, high = 1.57079632679489661923;
    int step;

    if (df > T_SUM_MAX) {
        double z = normal_quantile(1 - level), n = (double)df;

        return z + (pow(z, 3) + z) / (4 * n) +
               (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * n * n);
    }
    for (step = 0; step < 100; step++) {
        double middle = (low + high) / 2;

        if (t_within(middle, df) < level)
            low = middle;
        else
            high = middle;
    }
    return tan(low) * sqrt((double)df);
}

struct lsn_variance lsn_jackknife_variance(const double *without, size_t folds)
{
    double mean = 0, squares = 0, n = (double)folds;
    size_t i;

    if (folds < 2)
        return (struct lsn_variance){(double)NAN, 0};
    for (i = 0; i < folds; i++)
        mean += without[i] / n;
    for (i = 0; i < folds; i++)
        squares += (without[i] - mean) * (without[i] - mean);
    return (struct lsn_variance){(n - 1) / n * squares, folds - 1};
}

struct lsn_interval lsn_variance_interval(double value, const struct lsn_variance *variances,
                                          size_t count, double level)
{
    const struct lsn_interval unknown = {(double)NAN, (double)NAN};
    double sum = 0, terms = 0, half;
    size_t i;

    if (!(level > 0 && level < 1))
        return unknown;
    for (i = 0; i < count; i++) {
        double variance = variances[i].value;

        if (isnan(variance) || (variance > 0 && variances[i].freedom == 0))
            return unknown;
        sum += variance;
        if (variance > 0)
            terms += variance * variance / (double)variances[i].freedom;
    }
    if (!(terms > 0)) /* all are 0, or too small to be squared */
        return (struct lsn_interval){value, value};
    /* The millionth is for rounding: one variance of f degrees of freedom has f. */
    half = t_quantile(level, (size_t)fmax(sum * sum / terms + 1e-6, 1)) * sqrt(sum);
    return (struct lsn_interval){value - half, value + half};
}

struct lsn_interval lsn_jackknife(double value, const double *without, size_t folds, double level)
{
    struct lsn_variance variance = lsn_jackknife_variance(without, folds);

    return lsn_variance_interval(value, &variance, 1, level);
}
