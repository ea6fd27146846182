#include "lesion/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

void lsn_sort(double *x, size_t count)
{
    qsort(x, count, sizeof *x, ascending);
}

double lsn_median(const double *sorted, size_t count)
{
    if (count == 0)
        return (double)NAN;
    if (count % 2 == 1)
        return sorted[count / 2];
    return sorted[count / 2 - 1] / 2 + sorted[count / 2] / 2;
}

double lsn_gini(const double *sorted, const double *weight, size_t count)
{
    double n = 0, before = 0, weighted = 0, sum = 0;
    size_t i;

    for (i = 0; i < count; i++)
        n += weight ? weight[i] : 1;
    for (i = 0; i < count; i++) {
        double w = weight ? weight[i] : 1, x = w * fmax(sorted[i], 0);

        weighted += (2 * before + w - n) * x;
        sum += x;
        before += w;
    }
    return sum > 0 ? weighted / (n * sum) : 0;
}

double lsn_top_share(const double *sorted, size_t count, size_t top)
{
    double rest = 0, best = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        if (count - i > top)
            rest += fmax(sorted[i], 0);
        else
            best += fmax(sorted[i], 0);
    }
    return best > 0 ? best / (rest + best) : 0;
}

static int by_value(const void *left, const void *right)
{
    return ascending(&((const struct lsn_weighted *)left)->value,
                     &((const struct lsn_weighted *)right)->value);
}

void lsn_sort_weighted(struct lsn_weighted *x, size_t count)
{
    qsort(x, count, sizeof *x, by_value);
}

/* The sum of the weights of the values below x, or up to x, of sorted [count], whose weights are
 * sums from the first on. */
static double weight_until(const struct lsn_weighted *sorted, size_t count, double x, bool with_x)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (sorted[middle].value < x || (with_x && sorted[middle].value <= x))
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? sorted[low - 1].weight : 0;
}

/* Sets rank [count] to the ranks of x [count] from 1 on, each value counted weight times; equal
 * values share their mean rank. sorted [count] is scratch. Returns the sum of the weights. */
static double find_ranks(const double *x, const double *weight, size_t count,
                         struct lsn_weighted *sorted, double *rank)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < count; i++)
        sorted[i] = (struct lsn_weighted){x[i], weight ? weight[i] : 1};
    lsn_sort_weighted(sorted, count);
    for (i = 0; i < count; i++)
        sum = sorted[i].weight += sum;
    for (i = 0; i < count; i++)
        rank[i] = (weight_until(sorted, count, x[i], false) +
                   weight_until(sorted, count, x[i], true) + 1) /
                  2;
    return sum;
}

double lsn_spearman(const double *x, const double *y, const double *weight, size_t count,
                    struct lsn_weighted *scratch)
{
    double *a = (double *)(scratch + count), *b = a + count, ab = 0, aa = 0, bb = 0, mean;
    size_t i;

    mean = (find_ranks(x, weight, count, scratch, a) + 1) / 2;
    (void)find_ranks(y, weight, count, scratch, b);
    for (i = 0; i < count; i++) {
        double w = weight ? weight[i] : 1;

        ab += w * (a[i] - mean) * (b[i] - mean);
        aa += w * (a[i] - mean) * (a[i] - mean);
        bb += w * (b[i] - mean) * (b[i] - mean);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : (double)NAN;
}
