/* What lesioning each kernel costs, summed separately over the parts that the images are divided
 * into. Leaving out one part at a time gives any statistic of the sums a jackknife interval; and
 * kernels can be chosen on some parts and measured on others. */
#ifndef LSN_TABLE_PARTS_H
#define LSN_TABLE_PARTS_H

#include <stdbool.h>

#include "lesion/results.h"
#include "lesion/stats.h"
#include "lesion/stop.h"

#define LSN_PARTS_MAX 20

/* The sums kept for each kernel, condition and part. */
enum lsn_parts_sum {
    LSN_PARTS_DROPPED, /* lost - gained, images */
    LSN_PARTS_LOSS,    /* lesioned - intact, nats */
    LSN_PARTS_LOST,    /* images lost, of those right when intact at the condition */
    LSN_PARTS_SHARED,  /* images lost, of those right when intact at all conditions of its group */
    LSN_PARTS_SUMS
};

/* Divides the conditions into groups. The images right when intact at all conditions of a group are
 * its shared images, on which its conditions can be compared free of the floor (DESIGN.md 3). */
struct lsn_parts_groups {
    const int *group; /* [conditions] the group that each belongs to */
    int count;        /* of groups, at most LSN_PARTS_GROUPS_MAX */
    int low, high;    /* conditions of one group, compared by effects (effects.h) */
};

struct lsn_parts {
    const struct lsn_results *results;
    const struct lsn_stop *stop;
    struct lsn_parts_groups groups;
    int count;                    /* of parts: image i is in part i % count */
    double *images;               /* [count] */
    double *right;                /* [condition][count] images, intact */
    double *shared;               /* [group][count] images right at all its conditions, intact */
    double *sums[LSN_PARTS_SUMS]; /* each [condition][kernel][count] */
    double *predicted; /* [kernel][count] images shared by low and high, predicted lost at low */
    double usual;      /* ratio of effects; NaN: none, and nothing is predicted */
};

#define LSN_PARTS_GROUPS_MAX 4

/* Makes the sums over the complete images, of which there must be at least two. stop may be NULL.
 * LSN_E_DATA, LSN_E_IO, LSN_E_INTERRUPTED, LSN_E_MEMORY. */
enum lsn_status lsn_parts_make(const struct lsn_results *results,
                               const struct lsn_parts_groups *groups, const struct lsn_stop *stop,
                               struct lsn_parts *parts, struct lsn_error *err);
void lsn_parts_free(struct lsn_parts *parts);

/* In the functions below, in [count] tells for each part whether it takes part.
 *
 * Returns the sum of values [count] over the parts that are in. */
double lsn_parts_total(const struct lsn_parts *parts, const double *values, const bool *in);

/* Returns a kernel's sum at a condition, or its number of images predicted to be lost at low
 * contrast, over the parts that are in. */
double lsn_parts_sum(const struct lsn_parts *parts, enum lsn_parts_sum sum, int condition,
                     size_t kernel, const bool *in);
double lsn_parts_predicted(const struct lsn_parts *parts, size_t kernel, const bool *in);

/* Returns how many images of the parts that are in the intact network has right: at a condition,
 * and at all conditions of a group. */
double lsn_parts_right(const struct lsn_parts *parts, int condition, const bool *in);
double lsn_parts_shared(const struct lsn_parts *parts, int group, const bool *in);

/* Computes a statistic from the parts that are in. */
typedef double lsn_statistic_fn(const struct lsn_parts *parts, const bool *in, void *context);

struct lsn_measured {
    double value;
    struct lsn_interval interval; /* of 95 % */
};

/* Returns the statistic of all images, with its jackknife interval over the parts. */
struct lsn_measured lsn_parts_measure(const struct lsn_parts *parts, lsn_statistic_fn *statistic,
                                      void *context);

/* As lsn_parts_measure for a statistic that is a correlation: its interval is computed from
 * Fisher's z, and so stays in [-1, 1]. */
struct lsn_measured lsn_parts_correlate(const struct lsn_parts *parts, lsn_statistic_fn *statistic,
                                        void *context);

#endif
