/* The inside of races of kernels: ranking.c drives, ranking_images.c runs kernels on images,
 * ranking_measure.c makes values of outcomes. */
#ifndef LSN_EXPERIMENT_RANKING_H
#define LSN_EXPERIMENT_RANKING_H

#include <stdatomic.h>

#include "lesion/ranking.h"
#include "lesion/taylor.h"
#include "statistics/race.h"
#include "sweep/worker.h"

#define LSN_RANKING_TOGETHER 8 /* images at once, at most */

/* Active kernels that go together. */
struct lsn_ranking_group {
    size_t first, count; /* in the list of active kernels */
    int layer;
};

/* Of a kernel, so far. */
struct lsn_ranking_sums {
    struct lsn_ranked counts;              /* its loss_drop is a sum yet */
    struct lsn_confidence_sequence spread; /* of what is raced */
};

/* [images at once][ends] and [active] are of the images being run. */
struct lsn_ranker {
    struct lsn_job job;
    const struct lsn_ranking_options *options;
    struct lsn_ranking *ranking;
    struct lsn_workers workers;
    struct lsn_race *race;
    struct lsn_taylor *estimates; /* NULL: not screened */
    double *prior;                /* [kernel_count] of a race, by the estimates; NULL likewise */
    int lock;                     /* of the run directory, or -1 */
    int conditions[2];            /* [ends] */
    int ends;                     /* conditions of a race, 1 or 2 */
    size_t *order;                /* [images] */
    uint8_t *has;                 /* [images] 1: the run directory had outcomes of it */
    struct lsn_ranking_group *groups;
    size_t group_count;
    size_t active_count;
    const size_t *active;          /* [active] */
    struct lsn_outcome *intact;    /* [images at once][2] */
    struct lsn_outcome *lesioned;  /* [images at once][ends][active] */
    float *values;                 /* [active] what is raced, of one image */
    struct lsn_ranking_sums *sums; /* [kernel_count] */
    atomic_size_t replayed;        /* variants that were taken from the run directory */
    struct lsn_progress progress;
};

/* The range of what the race is of, and whether it is of the measure itself; else of the
 * measure and what all kernels of an image share. */
void lsn_ranking_range(const struct lsn_ranking_options *options, double *low, double *high);

/* Makes the estimates of a race that screens, and room for priors. Fails as lsn_taylor_run. */
enum lsn_status lsn_ranking_screen(struct lsn_ranker *r, struct lsn_error *err);

/* Sets r->prior for the race of r->conditions: kernels that the estimates rank high count as more
 * likely. LSN_E_MEMORY. */
enum lsn_status lsn_ranking_set_prior(struct lsn_ranker *r, struct lsn_error *err);

/* Whether the measure is of two contrasts. */
bool lsn_ranking_is_pair(enum lsn_race_measure measure);

/* Whether an image is to be run. intact [ends]. */
bool lsn_ranking_wants(const struct lsn_ranking_options *options, const struct lsn_outcome *intact);

/* Counts a kernel's outcomes of an image, and returns what is raced. intact, lesioned [2]; seen:
 * images before it. */
float lsn_ranking_count(const struct lsn_ranker *r, struct lsn_ranking_sums *sums,
                        const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                        size_t seen);

/* Runs the active kernels on the next `due` images, LSN_RANKING_TOGETHER at most. */
enum lsn_status lsn_ranking_images(struct lsn_ranker *r, size_t due, struct lsn_error *err);

#endif
