/* Pairs of kernels: what lesioning two together costs beyond the sum of what each costs alone,
 * which tells kernels that replace each other from kernels that share what they do. */
#ifndef LESION_PAIRS_H
#define LESION_PAIRS_H

#include "lesion/ranking.h"
#include "lesion/sweep.h"
#include "lesion/table.h"

LSN_API_BEGIN

/* Makes the joint lesions that lsn_pairs_write wants: each of kernels [count] alone, and every two
 * of them together; lsn_kernel_sets_free frees them. The kernels are in the model's order, none
 * twice. LSN_E_ARGUMENT where there are fewer than two or more than LSN_PAIRS_KERNELS_MAX;
 * LSN_E_MEMORY. On failure *sets is NULL. */
#define LSN_PAIRS_KERNELS_MAX 1000
enum lsn_status lsn_pairs_create(const struct lsn_kernel *kernels, int count,
                                 struct lsn_kernel_sets **sets, struct lsn_error *err);

/* Which kernels of a run are worth pairing. */
struct lsn_pairs_choice {
    int top;                               /* so many, with the largest drop */
    enum lsn_race_measure measure;         /* LSN_RACE_ACCURACY or LSN_RACE_LOSS: of which; equal
                                            * ones are told apart by the other */
    const struct lsn_condition *condition; /* at which */
    const struct lsn_lesion *lesion;       /* by which */
};

/* Chooses kernels [choice->top] from the complete images of a run directory of that model, and puts
 * them in the model's order; lsn_kernels_free frees them. *images: how many are complete.
 * LSN_E_ARGUMENT where the run has no such condition, lesion or number of kernels; LSN_E_DATA where
 * it is of another model, was left by races or has no complete image; otherwise fails as
 * lsn_results_open. */
enum lsn_status lsn_pairs_choose(const char *run, const struct lsn_model *model,
                                 const struct lsn_pairs_choice *choice, struct lsn_kernel **kernels,
                                 size_t *images, struct lsn_error *err);

/* Writes one row per condition and pair, of the results of a sweep of lsn_pairs_create's sets,
 * as the functions of table.h do:
 * layer_a,layer_index_a,kernel_a,layer_b,layer_index_b,kernel_b,lesion,contrast,region,normalise,
 * from images to changed the columns of the kernels' table without q, of both kernels lesioned
 * together,
 * drop_a,drop_b,single_drop,interaction,interaction_ci_low,interaction_ci_high,interaction_p,
 * interaction_q,loss_drop_a,loss_drop_b,single_loss_drop,loss_interaction,loss_interaction_ci_low,
 * loss_interaction_ci_high,loss_interaction_p,loss_interaction_q, and of the margin likewise.
 *
 * drop_a, drop_b: top1_drop of each kernel lesioned alone; single_drop: their sum; interaction:
 * top1_drop - single_drop, with lsn_interaction_interval of each image's; loss_..., margin_...: the
 * same of the loss, nats, and of the margin, logits, with Student's interval of the mean over
 * images. interaction_p: lsn_interaction_exact of each image's; those of loss and margin: lsn_flips
 * of them; q: lsn_q_values of p over the pairs of a condition. options: flips, seed, memory and
 * stop. LSN_E_ARGUMENT where the results have no pair whose kernels are also lesioned alone. */
enum lsn_status lsn_pairs_write(const char *path, bool force, const struct lsn_results *results,
                                const struct lsn_table_options *options, struct lsn_error *err);

LSN_API_END
#endif
