/* What lesioning each kernel costs, summed separately over the folds that the images are divided
 * into. Leaving out one fold at a time gives any statistic of the sums a jackknife interval; and
 * kernels can be chosen on some folds and measured on others. */
#ifndef LSN_TABLE_FOLDS_H
#define LSN_TABLE_FOLDS_H

#include <stdbool.h>

#include "lesion/results.h"
#include "lesion/stats.h"
#include "lesion/stop.h"

#define LSN_FOLDS_MAX 20

/* The sums kept for each kernel, condition and fold. */
enum lsn_folds_sum {
    LSN_FOLDS_DROPPED, /* lost - gained, images */
    LSN_FOLDS_LOSS,    /* lesioned - intact, nats */
    LSN_FOLDS_LOST,    /* images lost, of those right when intact at the condition */
    LSN_FOLDS_SHARED,  /* images lost, of those right when intact at all conditions of its group */
    LSN_FOLDS_SUMS
};

/* Divides the conditions into groups. The images right when intact at all conditions of a group are
 * its shared images, on which its conditions can be compared free of the floor (DESIGN.md 3). */
struct lsn_folds_groups {
    const int *group; /* [conditions] the group that each belongs to */
    int count;        /* of groups, at most LSN_FOLDS_GROUPS_MAX */
    int low, high;    /* conditions of one group, compared by effects (effects.h) */
};

struct lsn_folds {
    const struct lsn_results *results;
    const struct lsn_stop *stop;
    struct lsn_folds_groups groups;
    int count;                    /* of folds: image i is in fold i % count */
    double *images;               /* [count] */
    double *right;                /* [condition][count] images, intact */
    double *shared;               /* [group][count] images right at all its conditions, intact */
    double *sums[LSN_FOLDS_SUMS]; /* each [condition][kernel][count] */
    double *predicted; /* [kernel][count] images shared by low and high, predicted lost at low */
    double usual;      /* ratio of effects; NaN: none, and nothing is predicted */
    /* A run of a sample: a statistic of all kernels is estimated from those that were drawn. Else
     * every kernel stands for itself. */
    double *weight; /* [kernel] how many kernels of its layer it stands for */
    double all;     /* kernels that all of them stand for: the weights' sum */
    struct lsn_folds_stratum
        *strata; /* [stratum_count] those of which some kernels were not drawn */
    size_t stratum_count;
    struct lsn_variance *variances; /* [1 + stratum_count] of the last lsn_folds_measure: over
                                     * images, then over the kernels of each stratum */
    double *replica, *without;      /* [kernel] likewise */
};

/* The kernels first ... end-1, of one layer under one lesion, are a sample of `from` kernels. */
struct lsn_folds_stratum {
    size_t first, end, from;
};

#define LSN_FOLDS_GROUPS_MAX 4

/* Makes the sums over the complete images, of which there must be at least two. usual: the ratio of
 * effects to predict with, NaN: none; NULL: that of the results themselves. stop may be NULL.
 * LSN_E_DATA, LSN_E_IO, LSN_E_INTERRUPTED, LSN_E_MEMORY. */
enum lsn_status lsn_folds_make(const struct lsn_results *results,
                               const struct lsn_folds_groups *groups, const double *usual,
                               const struct lsn_stop *stop, struct lsn_folds *folds,
                               struct lsn_error *err);
void lsn_folds_free(struct lsn_folds *folds);

/* In the functions below, in [count] tells for each fold whether it takes fold.
 *
 * Returns the sum of values [count] over the folds that are in. */
double lsn_folds_total(const struct lsn_folds *folds, const double *values, const bool *in);

/* Returns a kernel's sum at a condition, or its number of images predicted to be lost at low
 * contrast, over the folds that are in. */
double lsn_folds_sum(const struct lsn_folds *folds, enum lsn_folds_sum sum, int condition,
                     size_t kernel, const bool *in);
double lsn_folds_predicted(const struct lsn_folds *folds, size_t kernel, const bool *in);

/* Returns how many images of the folds that are in the intact network has right: at a condition,
 * and at all conditions of a group. */
double lsn_folds_right(const struct lsn_folds *folds, int condition, const bool *in);
double lsn_folds_shared(const struct lsn_folds *folds, int group, const bool *in);

/* Computes a statistic from the folds that are in, and the kernels' weights. */
typedef double lsn_statistic_fn(const struct lsn_folds *folds, const bool *in, void *context);

struct lsn_measured {
    double value;
    struct lsn_interval interval; /* of 95 % */
};

/* Returns the statistic of all images, with its jackknife interval over the folds. In a run of a
 * sample it allows for the draw of kernels, too: each stratum has a jackknife of its own, leaving
 * out one kernel at a time, whose variance is (1 - n / N) that of an infinite layer (Shao and Tu,
 * The Jackknife and Bootstrap, 1995, section 6.2); the variances are added. */
struct lsn_measured lsn_folds_measure(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                                      void *context);

/* The statistic of all images and its variance over the folds alone, whatever the kernels are a
 * sample of. */
double lsn_folds_over_images(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                             void *context, struct lsn_variance *variance);

/* As lsn_folds_measure for a statistic that is a correlation: its interval is computed from
 * Fisher's z, and so stays in [-1, 1]. */
struct lsn_measured lsn_folds_correlate(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                                        void *context);

#endif
