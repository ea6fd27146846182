/* Where a race begins: first-order estimates of the drops say which kernels are likely to be in the
 * top. They are made from images that follow from the list alone, not from the race's order, so the
 * race's promise, which is over that order, holds for any estimates.
 *
 * Half of the error is shared out equally over all kernels, half over the first LIKELY_PER_TOP
 * times the top by estimate: where the estimates are right, a comparison needs less evidence by a
 * factor of up to kernels / (4 top); where they are wrong, more by a factor of 2. Shares that fall
 * with the rank, as 1 / rank, did worse in replays (scripts/simulate-races --screen). */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "experiment/ranking.h"
#include "experiment/taylor.h"

#define LIKELY_PER_TOP 2

struct estimate {
    double value;
    size_t kernel;
};

static int by_value(const void *a, const void *b)
{
    const struct estimate *x = a, *y = b;

    return x->value != y->value ? (x->value < y->value) - (x->value > y->value)
                                : (x->kernel > y->kernel) - (x->kernel < y->kernel);
}

enum lsn_status lsn_ranking_screen(struct lsn_ranker *r, struct lsn_error *err)
{
    if (!r->options->screen)
        return LSN_OK;
    r->prior = lsn_alloc(r->job.results->kernel_count, sizeof *r->prior);
    if (!r->prior)
        return lsn_fail_memory(err, "a race");
    return lsn_taylor_estimate(r->job.model, r->job.dataset, r->job.options,
                               LSN_RANKING_SCREEN_IMAGES, &r->estimates, err);
}

/* The estimate of what is raced. Accuracy is lost where the margin is. */
static double value_of(const struct lsn_ranker *r, size_t kernel)
{
    bool loss =
        r->options->measure == LSN_RACE_LOSS || r->options->measure == LSN_RACE_LOSS_SELECTIVITY;
    const double *estimates = loss ? r->estimates->loss_drop : r->estimates->margin_drop;
    size_t kernels = r->job.results->kernel_count;
    double value = estimates[(size_t)r->conditions[0] * kernels + kernel];

    return r->ends == 2 ? value - estimates[(size_t)r->conditions[1] * kernels + kernel] : value;
}

enum lsn_status lsn_ranking_set_prior(struct lsn_ranker *r, struct lsn_error *err)
{
    size_t kernels = r->job.results->kernel_count;
    size_t likely = LIKELY_PER_TOP * (size_t)r->options->top, i;
    struct estimate *sorted;

    if (!r->prior)
        return LSN_OK;
    sorted = lsn_alloc(kernels, sizeof *sorted);
    if (!sorted)
        return lsn_fail_memory(err, "a race");
    for (i = 0; i < kernels; i++)
        sorted[i] = (struct estimate){value_of(r, i), i};
    qsort(sorted, kernels, sizeof *sorted, by_value);
    likely = likely < kernels ? likely : kernels;
    for (i = 0; i < kernels; i++)
        r->prior[sorted[i].kernel] = 1 + (i < likely ? (double)kernels / (double)likely : 0);
    lsn_free(sorted);
    return LSN_OK;
}
