/* The kernels with the largest drop, found by a race: without running every kernel on
 * every image. */
#ifndef LESION_RANKING_H
#define LESION_RANKING_H

#include "lesion/race.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

enum lsn_race_measure {
    LSN_RACE_ACCURACY, /* the drop of accuracy */
    LSN_RACE_LOSS      /* the drop of the loss, each image's clipped to -clip ... clip */
};

struct lsn_ranking_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int top;
    double confidence; /* that the kernels of one condition are the true top, see race.h */
    enum lsn_race_measure measure;
    double clip;   /* nats */
    uint64_t seed; /* of the order of images */
};

/* clang-format off */
#define LSN_RANKING_OPTIONS_DEFAULT \
    {sizeof(struct lsn_ranking_options), 1, 0.95, LSN_RACE_ACCURACY, 1, 0}
/* clang-format on */

/* One of the top. Counts and means are of the images that it was run on. */
struct lsn_ranked {
    int layer, kernel;
    size_t images, lost, gained;
    double loss_drop; /* mean of lesioned - intact, nats, not clipped */
};

struct lsn_ranking {
    int top, condition_count;
    struct lsn_ranked *kernels; /* [condition_count][top], largest drop first */
    uint64_t variants;          /* run, over all conditions */
    uint64_t all_variants;      /* that a sweep would have run */
    struct lsn_results *axes;   /* names and numbers; no outcomes */
};

/* Races the kernels that options choose, at each of its conditions on its own. options'
 * run, shards and LSN_ENGINE_INTACT are not for races: LSN_E_ARGUMENT, also where fewer
 * kernels are chosen than wanted. After LSN_E_INTERRUPTED there is no ranking. */
enum lsn_status lsn_ranking_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *options,
                                const struct lsn_ranking_options *race,
                                struct lsn_ranking **ranking, struct lsn_error *err);
void lsn_ranking_free(struct lsn_ranking *ranking);

/* contrast,region,normalise,rank,layer,layer_index,kernel,lesion,images,lost,gained,top1_drop,
 * loss_drop; to path, as the tables of table.h. */
enum lsn_status lsn_ranking_write(const char *path, bool force, const struct lsn_ranking *ranking,
                                  struct lsn_error *err);

LSN_API_END
#endif
