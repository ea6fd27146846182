/* Greedy lesions, which are cumulative: the kernel with the largest drop is lesioned and stays so,
 * then the kernel that now has the largest drop, and so on. Kernels lesioned in random orders are
 * the control. */
#ifndef LESION_GREEDY_H
#define LESION_GREEDY_H

#include "lesion/ranking.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

struct lsn_greedy_options {
    size_t size;   /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int steps;     /* how many kernels are lesioned one after another, at least 1 */
    int orders;    /* random orders of as many kernels, the same at all conditions; 0: none */
    uint64_t seed; /* of the random orders */
    enum lsn_race_measure measure; /* LSN_RACE_ACCURACY or LSN_RACE_LOSS: the largest drop of which
                                    * one is chosen by; ties go to the larger drop of the other
                                    * one, then to the first kernel */
};

/* clang-format off */
#define LSN_GREEDY_OPTIONS_DEFAULT \
    {sizeof(struct lsn_greedy_options), 1, 0, 0, LSN_RACE_ACCURACY}
/* clang-format on */

/* The kernels chosen at each step, and the outcomes with them lesioned. */
struct lsn_greedy;

/* Chooses kernels greedily among those that options select, at each condition separately. Each
 * step is a sweep over the kernels not yet chosen, with the chosen ones lesioned throughout.
 * options gives one lesion; a mean or resampled plane is always that of the intact network.
 * LSN_E_ARGUMENT where options set run, shards, picked, fixed or LSN_ENGINE_INTACT, which greedy
 * lesions do not support, or select fewer kernels than steps. After LSN_E_INTERRUPTED *greedy has
 * the finished steps. Otherwise fails as lsn_sweep_run; *greedy is then NULL. */
enum lsn_status lsn_greedy_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                               const struct lsn_sweep_options *options,
                               const struct lsn_greedy_options *how, struct lsn_greedy **greedy,
                               struct lsn_error *err);
void lsn_greedy_free(struct lsn_greedy *greedy);

/* The names of images and conditions, lent. Outcomes cannot be read from it. */
const struct lsn_results *lsn_greedy_axes(const struct lsn_greedy *greedy);

/* Writes one row per condition, order and step to path, as the functions of table.h do:
 * order,step,layer,layer_index,kernel,lesion,contrast,region,normalise and then the columns of
 * the kernels' table, without q and noop. They compare the network that has all kernels up to
 * that step lesioned with the intact one. order: greedy, random-1, random-2 ... */
enum lsn_status lsn_greedy_write(const char *path, bool force, const struct lsn_greedy *greedy,
                                 struct lsn_error *err);

LSN_API_END
#endif
