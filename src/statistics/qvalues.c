#include "lesion/stats.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

struct ranked {
    double p;
    size_t index;
};

static int by_p(const void *left, const void *right)
{
    double a = ((const struct ranked *)left)->p, b = ((const struct ranked *)right)->p;

    return (a > b) - (a < b);
}

enum lsn_status lsn_q_values(const double *p, size_t count, double *q, struct lsn_error *err)
{
    struct ranked *ranked;
    double least = 1;
    size_t i;

    lsn_error_clear(err);
    for (i = 0; i < count; i++)
        if (!(p[i] >= 0 && p[i] <= 1))
            return lsn_fail(err, LSN_E_ARGUMENT, "p value %zu is %g, wanted one in [0, 1]", i,
                            p[i]);
    ranked = lsn_alloc(count, sizeof *ranked);
    if (!ranked)
        return lsn_fail_memory(err, "q values");
    for (i = 0; i < count; i++)
        ranked[i] = (struct ranked){p[i], i};
    qsort(ranked, count, sizeof *ranked, by_p);
    /* The q of rank r is the least p * (count / rank) over all ranks >= r, so that equal p have
     * equal q. In this order of operations rounding never brings q below p. */
    for (i = count; i-- > 0;) {
        least = fmin(least, ranked[i].p * ((double)count / (double)(i + 1)));
        q[ranked[i].index] = least;
    }
    lsn_free(ranked);
    return LSN_OK;
}
