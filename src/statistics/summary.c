#include "lesion/stats.h"

#include <math.h>
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

double lsn_gini(const double *sorted, size_t count)
{
    double n = (double)count, weighted = 0, sum = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        double x = fmax(sorted[i], 0);

        weighted += (2 * (double)i + 1 - n) * x;
        sum += x;
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

/* Sets rank [count] to the ranks of x [count] from 1 on; equal values share their mean rank. sorted
 * [count] is scratch. */
static void find_ranks(const double *x, size_t count, double *sorted, double *rank)
{
    size_t i;

    memcpy(sorted, x, count * sizeof *x);
    lsn_sort(sorted, count);
    for (i = 0; i < count; i++) {
        size_t below = 0, beyond = count, low = 0, high = count;

        while (low < high) { /* finds the first value that is not below x[i] */
            below = low + (high - low) / 2;
            if (sorted[below] < x[i])
                low = below + 1;
            else
                high = below;
        }
        below = low;
        for (high = count; low < high;) { /* finds the first value that is above x[i] */
            beyond = low + (high - low) / 2;
            if (sorted[beyond] > x[i])
                high = beyond;
            else
                low = beyond + 1;
        }
        rank[i] = ((double)below + 1 + (double)low) / 2;
    }
}

double lsn_spearman(const double *x, const double *y, size_t count, double *scratch)
{
    double *a = scratch + count, *b = scratch + 2 * count, mean = ((double)count + 1) / 2;
    double ab = 0, aa = 0, bb = 0;
    size_t i;

    find_ranks(x, count, scratch, a);
    find_ranks(y, count, scratch, b);
    for (i = 0; i < count; i++) {
        ab += (a[i] - mean) * (b[i] - mean);
        aa += (a[i] - mean) * (a[i] - mean);
        bb += (b[i] - mean) * (b[i] - mean);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : (double)NAN;
}
