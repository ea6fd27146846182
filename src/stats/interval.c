/* Newcombe's paired interval, from distances between an accuracy and the ends of its
 * Wilson interval. Written so that exchanging lost and gained exchanges operands
 * only: the interval is then mirrored to the last bit. */
#include "lesion/stats.h"

#include <math.h>

/* z with P(|N(0,1)| > z) = tail. Newton's steps from 0 rise to it and never pass it,
 * as the left side is convex there; they end where rounding stops them. */
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

/* Correlation of the two outcomes over images; a positive one is brought n/2 nearer
 * to independence, but not past it. 0 where an accuracy is 0 or 1. */
static double correlation(double n, double intact, double lost, double gained)
{
    double lesioned = intact - lost + gained;
    double covariance = (intact - lost) * (n - intact - gained) - lost * gained;
    double variances = (intact * (n - intact)) * (lesioned * (n - lesioned));

    if (covariance > 0)
        covariance = fmax(covariance - n / 2, 0);
    return variances > 0 ? covariance / sqrt(variances) : 0;
}

static double reach(double a, double b, double phi)
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
    interval.low = fmax(drop - reach(below[0], above[1], phi), -1);
    interval.high = fmin(drop + reach(below[1], above[0], phi), 1);
    return interval;
}
