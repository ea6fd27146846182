/* A group of kernels: what lesioning all of them together costs beyond the sum of what each costs
 * alone. */
#ifndef LESION_GROUP_H
#define LESION_GROUP_H

#include "lesion/sweep.h"
#include "lesion/table.h"

LSN_API_BEGIN

/* Makes the joint lesions that lsn_group_write wants: all of kernels [count] together, and each of
 * them alone, which of a single kernel is the same; lsn_kernel_sets_free frees them. The kernels
 * are in the model's order, none twice. LSN_E_ARGUMENT where there are none; LSN_E_MEMORY. On
 * failure *sets is NULL. */
enum lsn_status lsn_group_create(const struct lsn_kernel *kernels, int count,
                                 struct lsn_kernel_sets **sets, struct lsn_error *err);

/* Writes one row per condition, of the results of a sweep of lsn_group_create's sets, as the
 * functions of table.h do:
 * group,kernels,lesion,contrast,region,normalise,
 * from images to changed the columns of the kernels' table without q, of all kernels lesioned
 * together,
 * single_drop,interaction,interaction_ci_low,interaction_ci_high,interaction_p,interaction_q,
 * single_loss_drop,loss_interaction,loss_interaction_ci_low,loss_interaction_ci_high,
 * loss_interaction_p,loss_interaction_q, and of the margin likewise.
 *
 * group: LAYER:KERNEL of each, separated by spaces; single_drop: the sum of the kernels' top1_drops
 * when each is lesioned alone; interaction: top1_drop - single_drop, above 0 where the kernels cost
 * more together. Interval and p of it, and the columns of loss and margin, are as in
 * lsn_pairs_write; q: lsn_q_values of p over the conditions, at each of which the group is one
 * test. options: flips, seed and stop. LSN_E_ARGUMENT where the results are of other lesions than
 * one group's, or no image is complete; LSN_E_INTERRUPTED; LSN_E_DATA where a loss is not finite;
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_group_write(const char *path, bool force, const struct lsn_results *results,
                                const struct lsn_table_options *options, struct lsn_error *err);

LSN_API_END
#endif
