#include "lesion/stats.h"

#include <math.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/memory.h"

/* P(X = k) for X ~ Bin(n, 1/2). */
static double probability(double n, double k)
{
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2));
}

/* Returns P(X <= k) / P(X = k) for X ~ Bin(n, 1/2) and 2k <= n. It adds the terms from k down:
 * each is the previous one times k / (n-k+1) < 1. It stops at terms too small to change the sum,
 * after some sqrt(n) of them. */
static double tail_ratio(double n, double k)
{
    double sum = 1, term = 1;

    for (; k > 0 && term > 1e-17 * sum; k--) {
        term *= k / (n - k + 1);
        sum += term;
    }
    return sum;
}

double lsn_mcnemar_exact(size_t lost, size_t gained)
{
    double n = (double)lost + (double)gained;
    double k = (double)(lost < gained ? lost : gained);

    if (lost == gained)
        return 1;
    return fmin(2 * probability(n, k) * tail_ratio(n, k), 1);
}

/* The mid-p value counts half the probability of the outcomes as likely as the observed one: the
 * observed split and its mirror image. Where lost = gained the two are one outcome. */
double lsn_mcnemar_mid(size_t lost, size_t gained)
{
    double n = (double)lost + (double)gained;
    double k = (double)(lost < gained ? lost : gained);

    if (n == 0)
        return 1;
    if (lost == gained)
        return 1 - probability(n, k) / 2;
    return fmin(probability(n, k) * (2 * tail_ratio(n, k) - 1), 1);
}

/* P(X >= k) for X ~ Bin(n, 1/2) and any whole k. */
static double upper_tail(double n, double k)
{
    if (k <= 0)
        return 1;
    if (k > n)
        return 0;
    if (2 * k >= n)
        return probability(n, k) * tail_ratio(n, n - k);
    return 1 - probability(n, k - 1) * tail_ratio(n, k - 1);
}

/* A flip gives each number a plus or a minus. From chances [from+1], the probabilities of what the
 * numbers with a plus add up to, makes those for `count` numbers of this size besides:
 * more [from+size*count+1]. */
static void add_size(const double *chances, size_t from, size_t size, size_t count, double *more)
{
    size_t i, k;

    for (i = 0; i <= from + size * count; i++)
        more[i] = 0;
    for (k = 0; k <= count; k++) {
        double share = probability((double)count, (double)k);

        for (i = 0; i <= from && share > 0; i++)
            more[i + size * k] += chances[i] * share;
    }
}

/* The chance of a sum of at least `least`, from such chances [range+1] for all numbers but the
 * ones. Where b ones have a plus, and the other numbers with a plus add up to i, the sum is 2 b -
 * ones + 2 i - range. */
static double sum_tail(const double *chances, size_t range, double ones, double least)
{
    double tail = 0;
    size_t i;

    for (i = 0; i <= range; i++)
        if (chances[i] > 0)
            tail += chances[i] *
                    upper_tail(ones, ceil((least + ones + (double)range - 2 * (double)i) / 2));
    return tail;
}

/* Sets *range to what all numbers but the ones add up to. False: it is too large. */
static bool find_range(const size_t *counts, size_t most, size_t *range)
{
    size_t size, product;

    *range = 0;
    for (size = 2; size <= most; size++) {
        if (!lsn_mul_size(size, counts[size - 1], &product) || product > SIZE_MAX / 4 - *range)
            return false;
        *range += product;
    }
    return true;
}

enum lsn_status lsn_interaction_exact(const size_t *counts, size_t most, int64_t sum, double *p,
                                      struct lsn_error *err)
{
    double *chances[2] = {NULL, NULL};
    size_t range, so_far = 0, size;
    int from = 0;

    lsn_error_clear(err);
    *p = 1;
    if (sum == 0 || most == 0)
        return LSN_OK;
    if (!find_range(counts, most, &range))
        return lsn_fail_memory(err, "an exact test");
    chances[0] = lsn_alloc(range + 1, sizeof(double));
    chances[1] = lsn_alloc(range + 1, sizeof(double));
    if (chances[0] && chances[1]) {
        chances[0][0] = 1;
        for (size = 2; size <= most; size++) {
            if (counts[size - 1] == 0)
                continue;
            add_size(chances[from], so_far, size, counts[size - 1], chances[!from]);
            so_far += size * counts[size - 1];
            from = !from;
        }
        *p = fmin(2 * sum_tail(chances[from], range, (double)counts[0], fabs((double)sum)), 1);
    }
    lsn_free(chances[0]);
    lsn_free(chances[1]);
    return chances[0] && chances[1] ? LSN_OK : lsn_fail_memory(err, "an exact test");
}
