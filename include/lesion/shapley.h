/* Shapley values of kernels: what a kernel carries on average over the random sets of kernels that
 * may be lesioned already. A single lesion misses kernels that stand in for each other; a group
 * does not tell its kernels apart. */
#ifndef LESION_SHAPLEY_H
#define LESION_SHAPLEY_H

#include "lesion/ranking.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

/* The players are the K kernels that the sweep's options choose, and the value v(S) of a set S is
 * what the network achieves on an image with all kernels but those of S lesioned, the others of the
 * network being intact: 1 where it is right, else 0 (LSN_RACE_ACCURACY), or minus the loss, losses
 * above `clip` counted as `clip` (LSN_RACE_LOSS). A kernel's Shapley value is the mean, over all
 * orders of the kernels and the images of the list, of v before less v after it is lesioned on top
 * of those before it in the order (Shapley, Contributions to the Theory of Games II, 1953). The
 * values of all kernels sum to what the intact network achieves more than the one in which all are
 * lesioned, and so do their estimates.
 *
 * A round gives each image an order of its own (Castro, Gomez & Tejada, Computers & Operations
 * Research 36 (2009) 1726-1730, but with the images as strata). */
struct lsn_shapley_options {
    size_t size;                   /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int rounds;                    /* at least 1; with top: at most so many */
    int64_t seed;                  /* of the orders; at least 0 */
    enum lsn_race_measure measure; /* LSN_RACE_ACCURACY or LSN_RACE_LOSS: what ranks are by */
    int top; /* stop after the round in which it is decided, at each condition, which kernels have
              * the `top` largest values; 0: never */
    double confidence; /* probability that these are the true ones, at each condition */
    double clip;       /* of the loss, nats; 0: the loss of guessing, log(classes) */
    /* Above 0: after round 1 orders end where in round 1 the accuracy, over the images, came as
     * near as this to that with all kernels lesioned, and stayed, at all conditions (Ghorbani &
     * Zou, Neuron Shapley, NeurIPS 2020, end them at chance). It biases the values: what kernels
     * take or give back behind that is missing (lsn_shapley_missed). Not with shards. */
    double truncate;
};

/* clang-format off */
#define LSN_SHAPLEY_OPTIONS_DEFAULT \
    {sizeof(struct lsn_shapley_options), 20, 0, LSN_RACE_ACCURACY, 0, 0.95, 0, 0}
/* clang-format on */

struct lsn_shapley;

/* Runs the rounds. Takes 6 KB per kernel and condition, which count for the options' memory. With
 * the options' run, its directory gets a run directory for the kernels lesioned alone, singles, and
 * one for each round, round-001 ...; the same call continues, also with more rounds. Shards are as
 * a sweep's; lsn_run_merge merges each of these directories. LSN_E_ARGUMENT where options set
 * fixed, sets, a round, a sample, LSN_ENGINE_INTACT or more than one lesion, or, with top or
 * truncate, shards; where no more kernels are chosen than top. Otherwise fails as lsn_sweep_run.
 * After LSN_E_INTERRUPTED *shapley has the rounds that were complete, NULL if none were. */
enum lsn_status lsn_shapley_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *options,
                                const struct lsn_shapley_options *how, struct lsn_shapley **shapley,
                                struct lsn_error *err);
void lsn_shapley_free(struct lsn_shapley *shapley);

/* The images, conditions and kernels, with the outcomes of the kernels lesioned alone; lent. */
const struct lsn_results *lsn_shapley_axes(const struct lsn_shapley *shapley);

/* The number of complete rounds. */
int lsn_shapley_rounds(const struct lsn_shapley *shapley);

/* An estimate, with an interval (of this one kernel, condition and measure) that contains the true
 * value with a probability of at least LSN_TABLE_LEVEL. The interval is by betting; its chance is
 * that of the orders, its images are those of the list. It promises that for any values, and so is
 * wider than the standard error, that of the mean of the rounds' estimates, would have it; NaN for
 * a single round. */
struct lsn_shapley_value {
    double value, low, high, error;
};

/* kernel and condition are numbers on the axes; measure LSN_RACE_ACCURACY or LSN_RACE_LOSS. */
struct lsn_shapley_value lsn_shapley_of(const struct lsn_shapley *shapley, size_t kernel,
                                        int condition, enum lsn_race_measure measure);

/* What the network achieves on average when intact, and at the end of the orders, with all the
 * kernels lesioned unless they were truncated; and the sum of the estimates, which is the
 * difference. */
struct lsn_shapley_sum {
    double intact, lesioned, sum;
};
struct lsn_shapley_sum lsn_shapley_add_up(const struct lsn_shapley *shapley, int condition,
                                          enum lsn_race_measure measure);

/* How many kernels the orders have after round 1: all, unless they were truncated. */
size_t lsn_shapley_length(const struct lsn_shapley *shapley);

/* What all values together miss of each order that was truncated, as it was in round 1: what the
 * network achieved at a condition after lsn_shapley_length kernels, less what it achieved with all
 * lesioned. 0 where none was. */
double lsn_shapley_missed(const struct lsn_shapley *shapley, int condition,
                          enum lsn_race_measure measure);

/* Whether a kernel is decided to be among the top, or not to be; LSN_RACE_ACTIVE: neither. */
enum lsn_race_state lsn_shapley_state(const struct lsn_shapley *shapley, size_t kernel,
                                      int condition);

/* Writes one row per kernel and condition to path, as the functions of table.h do:
 * layer,layer_index,kernel,lesion,contrast,region,normalise,images,rounds,rank,shapley,
 * shapley_ci_low,shapley_ci_high,shapley_se,loss_shapley,loss_shapley_ci_low,loss_shapley_ci_high,
 * loss_shapley_se,top1_drop,loss_drop,decided
 *
 * rank: 1 for the largest value of the measure, ties to the other measure, then to the first
 * kernel; top1_drop, loss_drop: of the kernel lesioned alone, as in the kernels' table; decided:
 * accepted, dropped, or open; empty without top. */
enum lsn_status lsn_shapley_write(const char *path, bool force, const struct lsn_shapley *shapley,
                                  struct lsn_error *err);

LSN_API_END
#endif
