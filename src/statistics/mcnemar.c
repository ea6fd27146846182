#include "lesion/stats.h"

#include <math.h>

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

/* A flip that makes b of the ones and i of the twos positive, and the others negative, has the sum
 * 2 b - ones + 4 i - 2 twos. */
double lsn_interaction_exact(size_t ones, size_t twos, int64_t sum)
{
    double n = (double)ones, m = (double)twos, least = fabs((double)sum), tail = 0, i;

    if (sum == 0)
        return 1;
    for (i = 0; i <= m; i++)
        tail += probability(m, i) * upper_tail(n, ceil((least + n + 2 * m - 4 * i) / 2));
    return fmin(2 * tail, 1);
}
