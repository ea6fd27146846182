#include "lesion/stats.h"

#include <math.h>
#include <stdlib.h>

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
