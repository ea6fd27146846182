/* What kernels cost, summed over parts of the images, so that whatever is made of the sums
 * has an interval by the jackknife, and can be chosen on some images and measured on
 * others. */
#ifndef LSN_STATS_PARTS_H
#define LSN_STATS_PARTS_H

#include <stdbool.h>

#include "lesion/results.h"
#include "lesion/stats.h"

#define LSN_PARTS_MAX 20

struct lsn_parts {
    const struct lsn_results *results;
    int count;       /* parts: image i is in part i % count */
    double *images;  /* [count] */
    double *right;   /* [condition][count] images, intact */
    double *dropped; /* [condition][kernel][count] lost - gained, images */
    double *loss;    /* [condition][kernel][count] lesioned - intact, nats */
};

/* Of the complete images, of which there must be two. LSN_E_DATA, LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_parts_make(const struct lsn_results *results, struct lsn_parts *parts,
                               struct lsn_error *err);
void lsn_parts_free(struct lsn_parts *parts);

/* The sum of values [count] over the parts that are in. */
double lsn_parts_sum(const struct lsn_parts *parts, const double *values, const bool *in);

/* A kernel's sums at a condition. */
const double *lsn_parts_dropped(const struct lsn_parts *parts, int condition, size_t kernel);
const double *lsn_parts_loss(const struct lsn_parts *parts, int condition, size_t kernel);

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
