/* The kernels with the largest drop, or all with a drop above a bar, found by a race: without
 * running every kernel on every image. */
#ifndef LESION_RANKING_H
#define LESION_RANKING_H

#include "lesion/race.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

/* What is raced: the mean over all images of the list of a value of each. */
enum lsn_race_measure {
    LSN_RACE_ACCURACY, /* the drop of accuracy: 1 lost, -1 gained, else 0 */
    LSN_RACE_LOSS,     /* the drop of the loss, each image's clipped to -clip ... clip */
    /* Of two contrasts, at the low one less at the high one; an image is run at both together. */
    LSN_RACE_SELECTIVITY,      /* the drop of accuracy */
    LSN_RACE_LOST_SELECTIVITY, /* of an image right in both when intact: 1 lost at low contrast
                                * alone, -1 at high alone; 0 of any other image, which is not run */
    LSN_RACE_LOSS_SELECTIVITY  /* the drop of the loss, the difference clipped likewise */
};

struct lsn_ranking_options {
    size_t size;       /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int top;           /* kernels wanted of each race; 0: those above the bar */
    double confidence; /* that the kernels of one race are the true ones, see race.h */
    enum lsn_race_measure measure;
    double clip;   /* nats */
    uint64_t seed; /* of the order of images */
    bool above;    /* wanted are all kernels whose mean is above bar */
    double bar;
    double fdr;    /* of these: the false discovery rate, see race.h; 0: confidence alone */
    int low, high; /* of a selectivity: conditions that have the contrasts; -1: of the lowest, of
                    * the highest contrast */
};

/* clang-format off */
#define LSN_RANKING_OPTIONS_DEFAULT \
    {sizeof(struct lsn_ranking_options), 1, 0.95, LSN_RACE_ACCURACY, 1, 0, false, 0, 0, -1, -1}
/* clang-format on */

/* A kernel that was found. Counts and means are of the images that it was run on; [2]: of its
 * race's conditions. */
struct lsn_ranked {
    int layer, kernel;
    size_t images; /* that it stands on; those that were not run count 0 */
    size_t lost[2], gained[2];
    size_t both;                /* images right in both conditions when intact */
    size_t low_only, high_only; /* of both: lost in that condition alone */
    double loss_drop[2];        /* mean of lesioned - intact, nats, not clipped */
    double value;               /* mean of what is raced */
    double lower, upper;        /* holds the mean over the whole list with probability of at least
                                 * confidence, for this kernel alone and whenever it was decided */
    bool exact;                 /* it stands on all images */
};

/* One race: at one condition, or at a low and a high contrast of what is else shown alike. */
struct lsn_ranking_race {
    int conditions[2]; /* the second is -1 where there is one */
    int count;
    struct lsn_ranked *kernels; /* [count], largest first */
};

struct lsn_ranking {
    enum lsn_race_measure measure;
    int race_count;
    struct lsn_ranking_race *races; /* [race_count] */
    uint64_t variants;              /* that the races stand on */
    uint64_t replayed;              /* of these, that the run directory had already */
    uint64_t all_variants;          /* that a sweep would have run */
    struct lsn_results *axes;       /* names and numbers; no outcomes are to be read of it */
};

/* Races the kernels that options choose: at each of its conditions on its own, or for a
 * selectivity at two contrasts of each region and normalisation.
 *
 * With options' run the outcomes are kept in that run directory as they come, as a sweep's: those
 * that are there are not run again, whatever ran them, but where a part of the kernels that go
 * together is missing (then all of them are, so that the last digits are those of a race that was
 * never stopped). The same call goes on with a race, however it ended; a sweep of the same
 * options runs what is left. Given a seed the table is the same, also from outcomes of another
 * race, up to the last digits of the losses: how many kernels went together decides these.
 *
 * LSN_E_ARGUMENT for shards, whose images would be raced on their own, and LSN_ENGINE_INTACT; where
 * no more kernels are chosen than wanted; where the contrasts of a selectivity are not two. Else
 * as lsn_sweep_run. After LSN_E_INTERRUPTED there is no ranking. */
enum lsn_status lsn_ranking_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *options,
                                const struct lsn_ranking_options *race,
                                struct lsn_ranking **ranking, struct lsn_error *err);
void lsn_ranking_free(struct lsn_ranking *ranking);

/* To path, as the tables of table.h. Of one condition:
 * contrast,region,normalise,rank,layer,layer_index,kernel,lesion,images,lost,gained,top1_drop,
 * loss_drop,value,value_ci_low,value_ci_high,decided
 * of two contrasts:
 * contrast_low,contrast_high,region,normalise,rank,layer,layer_index,kernel,lesion,images,both,
 * lost_low,gained_low,lost_high,gained_high,lost_low_only,lost_high_only,loss_drop_low,
 * loss_drop_high,value,value_ci_low,value_ci_high,decided
 *
 * _low and _high are of the two contrasts, _ci_low and _ci_high ends of the interval lower, upper;
 * decided: accepted, or exact where it stands on all images. Where lost selectivity is raced all
 * counts but images are of the images in both. */
enum lsn_status lsn_ranking_write(const char *path, bool force, const struct lsn_ranking *ranking,
                                  struct lsn_error *err);

LSN_API_END
#endif
