/* What kernels cost, summed over parts of the images, so that whatever is made of the sums
 * has an interval by the jackknife, and can be chosen on some images and measured on
 * others. */
#ifndef LSN_TABLE_PARTS_H
#define LSN_TABLE_PARTS_H

#include <stdbool.h>

#include "lesion/results.h"
#include "lesion/stats.h"
#include "lesion/stop.h"

#define LSN_PARTS_MAX 20

/* What a kernel's sums are of. */
enum lsn_parts_sum {
    LSN_PARTS_DROPPED, /* lost - gained, images */
    LSN_PARTS_LOSS,    /* lesioned - intact, nats */
    LSN_PARTS_LOST,    /* of the images right when intact at that condition, those lost */
    LSN_PARTS_SHARED, /* of the images right when intact at all conditions of its group, likewise */
    LSN_PARTS_SUMS
};

/* Which conditions belong together. */
struct lsn_parts_groups {
    const int *group; /* [conditions] */
    int count;        /* of groups, at most LSN_PARTS_GROUPS_MAX */
    int low, high;    /* conditions of one group, compared by effects (effects.h) */
};

struct lsn_parts {
    const struct lsn_results *results;
    const struct lsn_stop *stop;
    struct lsn_parts_groups groups;
    int count;                    /* parts: image i is in part i % count */
    double *images;               /* [count] */
    double *right;                /* [condition][count] images, intact */
    double *shared;               /* [group][count] images right at all its conditions, intact */
    double *sums[LSN_PARTS_SUMS]; /* each [condition][kernel][count] */
    double *predicted; /* [kernel][count] images shared by low and high, predicted lost at low */
    double usual;      /* ratio of effects; NaN: none, and nothing is predicted */
};

#define LSN_PARTS_GROUPS_MAX 4

/* Of the complete images, of which there must be two. stop may be NULL. LSN_E_DATA, LSN_E_IO,
 * LSN_E_INTERRUPTED, LSN_E_MEMORY. */
enum lsn_status lsn_parts_make(const struct lsn_results *results,
                               const struct lsn_parts_groups *groups, const struct lsn_stop *stop,
                               struct lsn_parts *parts, struct lsn_error *err);
void lsn_parts_free(struct lsn_parts *parts);

/* The sum of values [count] over the parts that are in. */
double lsn_parts_total(const struct lsn_parts *parts, const double *values, const bool *in);

/* A kernel's sum at a condition, over the parts that are in. */
double lsn_parts_sum(const struct lsn_parts *parts, enum lsn_parts_sum sum, int condition,
                     size_t kernel, const bool *in);
double lsn_parts_predicted(const struct lsn_parts *parts, size_t kernel, const bool *in);

/* Images right when intact at a condition, and at all conditions of a group, likewise. */
double lsn_parts_right(const struct lsn_parts *parts, int condition, const bool *in);
double lsn_parts_shared(const struct lsn_parts *parts, int group, const bool *in);

/* A statistic of the parts that are in [count]. */
typedef double lsn_statistic_fn(const struct lsn_parts *parts, const bool *in, void *context);

struct lsn_measured {
    double value;
    struct lsn_interval interval; /* of 95 % */
};

/* The statistic of all images, with its interval by the jackknife over the parts. */
struct lsn_measured lsn_parts_measure(const struct lsn_parts *parts, lsn_statistic_fn *statistic,
                                      void *context);

/* The same of a correlation, whose interval is made of its Fisher z and stays in [-1, 1]. */
struct lsn_measured lsn_parts_correlate(const struct lsn_parts *parts, lsn_statistic_fn *statistic,
                                        void *context);

#endif
