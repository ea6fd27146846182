/* Lesions that add up: the kernel with the largest drop, then the one with the largest drop
 * beside it, and so on; and kernels in random orders as the control. */
#ifndef LESION_GREEDY_H
#define LESION_GREEDY_H

#include "lesion/ranking.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

struct lsn_greedy_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int steps;   /* kernels that are lesioned one after another, at least 1 */
    int orders;  /* random orders of as many, the same at all conditions; 0: none */
    uint64_t seed;
    enum lsn_race_measure measure; /* what a kernel's drop is: of accuracy or of the mean loss;
                                    * where drops are equal the other decides, then the first */
};

/* clang-format off */
#define LSN_GREEDY_OPTIONS_DEFAULT \
    {sizeof(struct lsn_greedy_options), 1, 0, 0, LSN_RACE_ACCURACY}
/* clang-format on */

/* What was lesioned, and what it came to. */
struct lsn_greedy;

/* Lesions among the kernels that options choose, at each of its conditions on its own, by
 * one lesion: every step is a sweep of all kernels left, with those chosen before fixed. A
 * mean or resampled plane is always that of the intact network. options' run, shards,
 * picked and fixed are not for it, nor LSN_ENGINE_INTACT: LSN_E_ARGUMENT, also where fewer
 * kernels are chosen than steps. After LSN_E_INTERRUPTED *greedy has the steps that were
 * done. Else as lsn_sweep_run. */
enum lsn_status lsn_greedy_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                               const struct lsn_sweep_options *options,
                               const struct lsn_greedy_options *how, struct lsn_greedy **greedy,
                               struct lsn_error *err);
void lsn_greedy_free(struct lsn_greedy *greedy);

/* The images and conditions; no outcomes. Lent. */
const struct lsn_results *lsn_greedy_axes(const struct lsn_greedy *greedy);

/* One row per condition, order and step, to path, as the tables of table.h:
 * order,step,layer,layer_index,kernel,lesion,contrast,region,normalise and then as in the
 * kernels' table, without q and noop: of all kernels lesioned up to that step, beside the intact
 * network. order: greedy, random-1, random-2 ... */
enum lsn_status lsn_greedy_write(const char *path, bool force, const struct lsn_greedy *greedy,
                                 struct lsn_error *err);

LSN_API_END
#endif
