/* The kernels with the largest drop, or all with a drop above a bar, found by a race: without
 * running every kernel on every image. */
#ifndef LESION_RANKING_H
#define LESION_RANKING_H

#include "lesion/race.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

/* The value of each image whose mean over the list the kernels are compared by in a race. */
enum lsn_race_measure {
    LSN_RACE_ACCURACY, /* the drop of accuracy: 1 lost, -1 gained, else 0 */
    LSN_RACE_LOSS,     /* the drop of the loss, each image's clipped to -clip ... clip */
    /* Differences of two contrasts, the value at the low one minus that at the high one; an image
     * is run at both together. */
    LSN_RACE_SELECTIVITY,      /* of the drop of accuracy */
    LSN_RACE_LOST_SELECTIVITY, /* of images right at both contrasts when intact: 1 lost at low
                                * contrast only, -1 at high only; 0 for other images, which need not
                                * be run */
    LSN_RACE_LOSS_SELECTIVITY  /* of the drop of the loss; the difference is clipped likewise */
};

/* How many images the estimates of a race that screens are made from, at most. */
#define LSN_RANKING_SCREEN_IMAGES 64

struct lsn_ranking_options {
    size_t size;       /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int top;           /* how many kernels each race looks for; 0: all above the bar */
    double confidence; /* probability that the kernels found by a race are the true ones, race.h */
    enum lsn_race_measure measure;
    double clip;   /* of LSN_RACE_LOSS and LSN_RACE_LOSS_SELECTIVITY, nats */
    uint64_t seed; /* of the order of images */
    bool above;    /* look for all kernels whose mean is above bar */
    double bar;
    double fdr;    /* with above: the false discovery rate, race.h; 0: use confidence */
    int low, high; /* for a selectivity: conditions that have the two contrasts; -1: those of the
                    * lowest and of the highest contrast */
    bool part;     /* race on the part of the images that the options' shard has, as if it were the
                    * whole list; without it a race refuses shards */
    /* Of a race for the top: begin with first-order estimates of the drops (lesion/taylor.h), from
     * up to LSN_RANKING_SCREEN_IMAGES images evenly spaced over the list. Kernels that they rank
     * high need less evidence to win a comparison, others more, so that the race ends sooner where
     * the estimates are good. They decide nothing: the promise holds however wrong they are. */
    bool screen;
};

/* clang-format off */
#define LSN_RANKING_OPTIONS_DEFAULT \
    {sizeof(struct lsn_ranking_options), 1, 0.95, LSN_RACE_ACCURACY, 1, 0, false, 0, 0, -1, -1, \
     false, false}
/* clang-format on */

/* A kernel that was found. Counts and means are of the images on which it was run; [2] is over the
 * race's conditions. */
struct lsn_ranked {
    int layer, kernel;
    size_t images; /* that value is computed from; images that need not be run count as 0 */
    size_t lost[2], gained[2];
    size_t both;                /* images right in both conditions when intact */
    size_t low_only, high_only; /* of both: lost in that condition only */
    double loss_drop[2];        /* mean of lesioned - intact, nats, not clipped */
    double value;               /* mean of the race's measure */
    double lower, upper;        /* contain the mean over the whole list with a probability of at
                                 * least confidence, for this kernel, at whatever image it stopped */
    bool exact;                 /* value is of all images of the list */
};

/* One race: at one condition, or at two conditions that differ in contrast only. */
struct lsn_ranking_race {
    int conditions[2]; /* the second is -1 where there is one */
    int count;
    struct lsn_ranked *kernels; /* [count], largest first */
};

struct lsn_ranking {
    enum lsn_race_measure measure;
    int race_count;
    struct lsn_ranking_race *races; /* [race_count] */
    uint64_t variants;              /* whose outcomes the races used */
    uint64_t replayed;              /* of these, those that the run directory had already */
    uint64_t all_variants;          /* that a sweep would have run */
    struct lsn_results *axes;       /* names of images, conditions, kernels; without outcomes */
};

/* Runs a race of the kernels that options choose at each of its conditions, or, for a selectivity,
 * at two contrasts of each region and normalisation.
 *
 * With options' run the outcomes are stored in that run directory as they are computed, as a
 * sweep's are. Outcomes that it has already are not computed again, whether a race or a sweep made
 * them; only where some kernels of a group (lsn_network_group) are missing is the whole group run,
 * so that the last digits are those of a race that was never stopped. The same call continues a
 * race, however it ended; a sweep with the same options runs what is left. The table depends on the
 * seed only, except for the last digits of losses from another race's outcomes, which depend on how
 * many kernels were run together.
 *
 * LSN_E_ARGUMENT where options set shards without part (each would hold a race of its own images)
 * or LSN_ENGINE_INTACT, where no more kernels are chosen than are looked for, and where a
 * selectivity does not have two contrasts. Otherwise fails as lsn_sweep_run. After
 * LSN_E_INTERRUPTED there is no ranking. */
enum lsn_status lsn_ranking_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *options,
                                const struct lsn_ranking_options *race,
                                struct lsn_ranking **ranking, struct lsn_error *err);
void lsn_ranking_free(struct lsn_ranking *ranking);

/* Writes to path, as the functions of table.h do. For races at one condition:
 * contrast,region,normalise,rank,layer,layer_index,kernel,lesion,images,lost,gained,top1_drop,
 * loss_drop,value,value_ci_low,value_ci_high,decided
 * for races at two contrasts:
 * contrast_low,contrast_high,region,normalise,rank,layer,layer_index,kernel,lesion,images,both,
 * lost_low,gained_low,lost_high,gained_high,lost_low_only,lost_high_only,loss_drop_low,
 * loss_drop_high,value,value_ci_low,value_ci_high,decided
 *
 * _low and _high are of the two contrasts, _ci_low and _ci_high are lower and upper;
 * decided: accepted, or exact where value is of all images. In races of lost selectivity all
 * counts except images are of the images in both. */
enum lsn_status lsn_ranking_write(const char *path, bool force, const struct lsn_ranking *ranking,
                                  struct lsn_error *err);

LSN_API_END
#endif
