#include "report/distribution.h"

#include "lesion/stats.h"
#include "table/columns.h"

/* Returns a quantile, interpolated linearly between the values (R's type 7, NumPy's default). */
static double quantile(const double *sorted, size_t count, double share)
{
    double at = share * (double)(count - 1);
    size_t below = (size_t)at;

    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

void lsn_report_distribution(struct lsn_text *csv, double *values, size_t count)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < count; i++)
        sum += values[i];
    lsn_sort(values, count);
    lsn_text_add(csv, ",%zu", count);
    lsn_columns_number(csv, sum / (double)count);
    lsn_columns_number(csv, quantile(values, count, .25));
    lsn_columns_number(csv, lsn_median(values, count));
    lsn_columns_number(csv, quantile(values, count, .75));
    lsn_columns_number(csv, values[count - 1]);
    lsn_text_add(csv, "\n");
}
