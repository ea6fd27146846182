/* The incremental pass: computes the logits of many lesions on one stimulus, from the activations
 * of the intact pass, by computing only what the lesions change.
 *
 * State. Sets of kernels go through the network in groups; each set of the group is a variant. The
 * kernels of a layer that are lesioned separately are sets of one. Each node that the lesions reach
 * has an entry in the plan (plan.h, made once from the graph, one for each layer and one for joint
 * lesions): where its change lies in the worker's memory (the arena), and for how long. A change
 * (change.h) is
 *   sparse, listed    differences in a few channels, other ones for each variant: the lesioned
 *                     plane, and what ops that keep channels apart compute from it. The next
 *                     convolution mixes channels, but multiplies by these channels' weights only;
 *   sparse, by rows   differences in all channels, at the positions that changed;
 *   dense             the whole activation of each variant, from the first convolution on whose
 *                     input has mostly changed.
 *
 * Files, each including only those before it: change, entry, state, append (stores new
 * differences, with the activation applied), forward (what each op computes), row_block, rows,
 * tiles, propagate_* and dense (how a change is propagated through an op), ops (the table that
 * says by which function), plan, incremental, pass.
 *
 * Invariants.
 *   - A product never mixes stimuli; groups follow from the model alone; whether a change becomes
 *     dense follows from group and stimulus. So threads, memory and shards do not change a bit of
 *     the results.
 *   - The sum of a row is computed in the same order whatever other rows are in the product, and
 *     leaving out zeroes does not change it (op/product.h).
 *   - Nothing is allocated after lsn_incremental_create.
 *   - The full engine (full.c) shares only forward.c with this one and multiplies by BLAS. It must
 *     give the same outcomes, and logits within 1e-4 of their scale.
 *
 * Alternatives that were measured and rejected (AMD Zen 4, one thread).
 *   - sgemm for the products: windows must be copied side by side, and zeroes are multiplied, too.
 *     It reached 41 to 52 GMAC/s; the product used here reaches 50 to 57, where the processor's
 *     peak is 58, and over 100 if the half that is 0 after a ReLU and left out is counted.
 *   - Differences instead of dense changes: each op must add the intact activation, compute, and
 *     subtract the intact output. EfficientNet-B0 took 1.9 times as long, RegNet-Y-400MF 1.5 times.
 *   - Smaller groups, which fit in the second-level cache: fewer variants at a position share fewer
 *     zeroes (ResNet-50: 17 % more multiply-adds with half the arena), which costs more than the
 *     cache saves.
 *   - Huge pages for the arena: no difference.
 *   - Dropping small differences: saves nothing where it is safe.
 */
#ifndef LSN_ENGINE_INCREMENTAL_H
#define LSN_ENGINE_INCREMENTAL_H

#include "engine/plan.h"

struct lsn_incremental;

/* intact [steps]: the arrays in which the intact pass writes its activations. LSN_E_MEMORY. */
enum lsn_status lsn_incremental_create(const struct lsn_network *network, float *const *intact,
                                       struct lsn_incremental **pass, struct lsn_error *err);
void lsn_incremental_free(struct lsn_incremental *pass);

/* Writes logits [count][classes], row i with the kernels of set i lesioned, for the stimulus of the
 * last intact pass. plan: of the layer whose kernels the sets of one have, or of the network's
 * joint lesions. */
void lsn_incremental_run(struct lsn_incremental *pass, const struct lsn_layer_plan *plan,
                         const struct lsn_joint *sets, float *logits);

/* Bytes that lsn_incremental_create allocates, apart from small arrays. */
size_t lsn_incremental_bytes(const struct lsn_network *network);

/* Multiply-adds done so far. */
double lsn_incremental_work(const struct lsn_incremental *pass);

#endif
