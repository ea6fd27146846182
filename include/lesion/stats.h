/* Statistics of the effects of lesions. All are paired: they compare the same images,
 * intact and lesioned. Nothing here reads a file or a network. */
#ifndef LESION_STATS_H
#define LESION_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"

LSN_API_BEGIN

struct lsn_interval {
    double low, high;
};

/* Wilson's score interval (Journal of the American Statistical Association 22 (1927) 209-212)
 * of an accuracy right / n. It lies within [0, 1], and is [0, 1] for n = 0. level is 0.95 for a
 * 95 % interval. NaN, NaN where right is over n or level outside (0, 1). */
struct lsn_interval lsn_accuracy_interval(size_t n, size_t right, double level);

/* Confidence interval of the drop (lost - gained) / n. Of n images, intact are right
 * without the lesion; lost of these are wrong with it, and gained of the others are
 * right with it. level is 0.95 for a 95 % interval.
 *
 * Newcombe's method 10 (Statistics in Medicine 17 (1998) 2635-2650): with p the two
 * accuracies, [l, u] their Wilson intervals and phi their continuity-corrected
 * correlation over images,
 *     low  = drop - sqrt((p1-l1)^2 - 2 phi (p1-l1)(u2-p2) + (u2-p2)^2)
 *     high = drop + sqrt((p2-l2)^2 - 2 phi (p2-l2)(u1-p1) + (u1-p1)^2)
 * It contains the drop, lies within [-1, 1], and is [-1, 1] for n = 0. Where the true
 * drop is an image or two, all in one direction, it covers less than its level (down to
 * 86 % for 95 %): there, trust the exact test instead.
 * NaN, NaN for counts that contradict each other or a level outside (0, 1). */
struct lsn_interval lsn_drop_interval(size_t n, size_t intact, size_t lost, size_t gained,
                                      double level);

/* Confidence interval of the mean of whole numbers in -most ... most, one of each of n images,
 * given their sum and the sum of their squares: (sum -/+ z sqrt(squares + 1 - sum^2 / (n + 2))) /
 * (n + 2) For numbers in -1 ... 1 this is the interval Wald+2 of Agresti and Min (Statistics in
 * Medicine 24 (2005) 729-740) of the difference of two paired proportions. Its two images more keep
 * it from being a point where all numbers are 0. It lies within [-most, most], is that for n = 0,
 * and at 95 % contains the mean from three images on. NaN, NaN for sums that n such numbers cannot
 * have or a level outside (0, 1). */
struct lsn_interval lsn_interaction_interval(size_t n, size_t most, int64_t sum, size_t squares,
                                             double level);

/* Jackknife interval of a statistic. The data are split into folds >= 2 folds of about the
 * same size; value is the statistic on all data, without [folds] its values with one fold
 * left out. The interval is value -/+ t SE with
 * SE^2 = (folds - 1) / folds sum_j (without_j - mean)^2 and Student's t of folds - 1
 * degrees of freedom (Shao & Tu, The Jackknife and Bootstrap, 1995, section 2.3). For
 * statistics that are smooth in the data; NaN, NaN where one of the values is NaN. */
struct lsn_interval lsn_jackknife(double value, const double *without, size_t folds, double level);

/* A variance of an estimate, itself estimated on so many degrees of freedom. */
struct lsn_variance {
    double value;
    size_t freedom;
};

/* The SE^2 of lsn_jackknife, of folds - 1 degrees of freedom; NaN as there. */
struct lsn_variance lsn_jackknife_variance(const double *without, size_t folds);

/* Interval of a value with independent errors of several variances [count]: value -/+ t SE, SE^2
 * their sum, and Student's t of the degrees of freedom of Satterthwaite (Biometrics Bulletin 2
 * (1946) 110-114), (sum_j v_j)^2 / sum_j (v_j^2 / f_j), rounded down. NaN, NaN where a value is NaN
 * or a variance that is not 0 has no degree of freedom; the value alone where all are 0. */
struct lsn_interval lsn_variance_interval(double value, const struct lsn_variance *variances,
                                          size_t count, double level);

/* A value that stands for so many. */
struct lsn_weighted {
    double value, weight;
};

/* Spearman's rank correlation of x with y, both [count], ties by their mean rank; NaN where
 * one is constant. With weight [count] it is that of a list in which each pair stands so many
 * times; NULL: once. scratch [2 * count]. */
double lsn_spearman(const double *x, const double *y, const double *weight, size_t count,
                    struct lsn_weighted *scratch);

/* Interval of Spearman's rank correlation r of count pairs that were drawn at random from many:
 * Fisher's z, tanh(atanh(r) -/+ z sqrt((1 + r^2 / 2) / (count - 3))), with the variance of Bonett &
 * Wright (Psychometrika 65 (2000) 23-28). NaN, NaN for fewer than 4 pairs and a level outside
 * (0, 1); also where r is NaN, -1 or 1, of which the formula says nothing. */
struct lsn_interval lsn_spearman_interval(double r, size_t count, double level);

/* Two-sided McNemar tests of lost against gained. Under the null hypothesis each of the
 * m = lost + gained images is as likely lost as gained. The exact p is
 * 2 P(X <= min(lost, gained)), X ~ Bin(m, 1/2), at most 1: the probability of a split as
 * extreme as the observed one. The mid-p version counts equally extreme splits by half;
 * its rate of false positives is close to the nominal level, where the exact test is
 * conservative (Fagerland, Lydersen & Laake, BMC Medical Research Methodology 13 (2013)
 * 91). 1 where both counts are 0; 0 where p is too small for a double. Relative error
 * below 1e-8 for counts up to 10^6. */
double lsn_mcnemar_exact(size_t lost, size_t gained);
double lsn_mcnemar_mid(size_t lost, size_t gained);

/* Two-sided sign-flip test (below) of whole numbers in -most ... most, one of each image, over all
 * ways to flip their signs: *p is the share of these whose sum is as large as that observed, in
 * magnitude. counts [most]: how many numbers are 1, 2, ... in magnitude. Of ones alone this is
 * lsn_mcnemar_exact of those above against those below 0. 0 where p is too small for a double.
 * Relative error below 1e-8 for counts up to 10^6. Takes 16 bytes, and for each size up to counts
 * steps, per unit of the sum of all numbers beyond 1 in magnitude. LSN_E_MEMORY. */
enum lsn_status lsn_interaction_exact(const size_t *counts, size_t most, int64_t sum, double *p,
                                      struct lsn_error *err);

/* Computes q-values q [count] from p [count], which may be the same array. A test's q is
 * the smallest false discovery rate at which it is still significant (Benjamini &
 * Hochberg, J. R. Statist. Soc. B 57 (1995) 289-300). LSN_E_ARGUMENT where a p is
 * NaN or outside [0, 1], LSN_E_MEMORY; q is then unchanged. */
enum lsn_status lsn_q_values(const double *p, size_t count, double *q, struct lsn_error *err);

/* Sign-flip permutation test over images, for many kernels with the same flips.
 *
 * d[i][k] is a difference that the lesion of kernel k makes on image i (of loss or
 * correctness, lesioned against intact; or of such a difference between two contrasts).
 * Under the null hypothesis -d[i][k] is as likely as d[i][k], so the signs of all of an
 * image's differences may be flipped together. The score of a kernel is
 * T = |sum_i d_i| / sqrt(sum_i d_i^2). It orders flips as Student's t of the mean does,
 * t = T sqrt((n-1) / (n - T^2)), as no flip changes the sum of squares. With T_b the
 * score under flip b,
 *     p     = (1 + #{b: T_b >= T})                    / (1 + flips)
 *     p_max = (1 + #{b: max over kernels of T_b >= T}) / (1 + flips)
 * p_max is corrected for testing many kernels: under the null hypothesis the chance
 * that any is <= alpha is at most alpha (Westfall & Young, Resampling-Based Multiple
 * Testing, 1993; Nichols & Holmes, Human Brain Mapping 15 (2002) 1-25). Scores that
 * differ by less than 1e-8 count as equal, so that rounding never splits a tie.
 *
 * Usage: create, add each image, finish; then lsn_flips_correct. To save memory the
 * kernels may be split into parts, each with a create ... finish of its own on the same
 * images in the same order, with the same seed and flips, all sharing one array of
 * maxima. Signs follow from seed, flip and image alone, so that any split gives the same
 * numbers. */
struct lsn_flips;

/* Takes 8 * flips * kernels bytes, and little more. LSN_E_ARGUMENT where flips is 0,
 * LSN_E_MEMORY. lsn_flips_free frees it and accepts NULL. */
enum lsn_status lsn_flips_create(size_t kernels, size_t flips, uint64_t seed,
                                 struct lsn_flips **made, struct lsn_error *err);
void lsn_flips_free(struct lsn_flips *test);

/* Adds the next image's differences [kernels]. Zeroes take no time; a magnitude below
 * 1e-100 counts as 0. LSN_E_DATA where one is not finite or beyond 1e100; none of the
 * image's differences is then added. */
enum lsn_status lsn_flips_add(struct lsn_flips *test, const double *differences,
                              struct lsn_error *err);

/* Computes p [kernels] and the score T [kernels] from the images added so far; a kernel
 * without differences has p 1 and score 0. Raises maxima [flips] to the largest T_b of
 * these kernels; the caller zeroes it before the first part. */
void lsn_flips_finish(const struct lsn_flips *test, double *p, double *score, double *maxima);

/* Computes p_max [kernels] from score [kernels] and the maxima [flips] of all parts. */
void lsn_flips_correct(const double *score, size_t kernels, const double *maxima, size_t flips,
                       double *p_max);

/* Sorts x [count] in ascending order, which the summaries below need; none may be NaN. */
void lsn_sort(double *x, size_t count);

/* The median: the middle number, or the mean of the two middle ones; NaN for count 0. */
double lsn_median(const double *sorted, size_t count);

/* The same by value, whatever the weights. */
void lsn_sort_weighted(struct lsn_weighted *x, size_t count);

/* Gini coefficient, from 0 (all equal) to 1 - 1/n (one has all):
 * sum_i (2i - n - 1) x_i / (n sum_i x_i), i = 1 ... n ascending (Damgaard & Weiner,
 * Ecology 81 (2000) 1139-1142). Negative numbers count as 0; 0 where the sum is 0. With weight
 * [count] it is that of a list in which each number stands so many times; NULL: once. */
double lsn_gini(const double *sorted, const double *weight, size_t count);

/* The share of the sum that is due to the top largest numbers (all, if there are fewer).
 * Negative numbers count as 0; 0 where the sum is 0. */
double lsn_top_share(const double *sorted, size_t count, size_t top);

LSN_API_END
#endif
