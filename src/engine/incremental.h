/* The incremental pass: what many lesions of one layer change in the network's output, on one
 * stimulus, from its intact pass.
 *
 * State. A layer's kernels go through the network in groups; a lesion of the group is a variant.
 * Each node that a lesion reaches has an entry in the layer's plan (plan.h, made once from the
 * graph): where its change lies in the worker's arena, and for how long. A change (change.h) is
 *   sparse, listed    differences of a few channels, each variant its own: the lesioned plane
 *                     and what is computed from it channel by channel, until a convolution
 *                     mixes channels, which then costs one channel's weights only;
 *   sparse, by rows   differences at the positions that changed, all channels;
 *   dense             each variant's activation, whole, from the first convolution on that
 *                     reads a change of which most differs.
 *
 * Files, each including only those before it: change, entry, state, append (where new
 * differences end up, the activation applied), forward (what each op computes), row_block, rows,
 * tiles, propagate_* and dense (how a change passes through), ops (the table that says which),
 * plan, incremental, pass.
 *
 * Invariants.
 *   - A product never mixes stimuli, a group is a function of the model alone, and whether a
 *     change becomes dense one of the group and the stimulus: threads, memory and shards do not
 *     move a bit.
 *   - A row's sums have one order, whatever rows are multiplied beside it, and leaving out what
 *     is 0 does not change them (op/product.h).
 *   - Nothing is allocated after lsn_incremental_create.
 *   - The full engine (pass.c) shares forward.c and nothing else, multiplies by BLAS, and must
 *     come to the same outcomes, logits within 1e-4 of their size.
 *
 * What was tried and left (AMD Zen 4, one thread).
 *   - sgemm for the products: needs windows copied side by side, multiplies what is 0, and
 *     reached 41 to 52 GMAC/s where the product here reaches 50 to 57, of 58 that the processor
 *     can do, and over 100 counted with the half that is 0 behind a ReLU.
 *   - Differences throughout, dense ones, too: each op then adds the intact activation, computes
 *     and subtracts again. EfficientNet-B0 took 1.9 times as long, RegNet-Y-400MF 1.5 times.
 *   - Groups that fit in the second-level cache: strips of a few variants share fewer zeros
 *     (ResNet-50: 17 % more multiply-adds with half the arena), which costs more than it saves.
 *   - Huge pages for the arena: no difference.
 *   - Dropping small differences: gains nothing where it is safe.
 */
#ifndef LSN_ENGINE_INCREMENTAL_H
#define LSN_ENGINE_INCREMENTAL_H

#include "engine/network.h"

struct lsn_incremental;

/* intact: [steps] where the intact pass keeps its activations. LSN_E_MEMORY. */
enum lsn_status lsn_incremental_create(const struct lsn_network *network, float *const *intact,
                                       struct lsn_incremental **pass, struct lsn_error *err);
void lsn_incremental_free(struct lsn_incremental *pass);

/* logits [count][classes] of the stimulus whose activations are there, each with
 * one of kernels [count] of layer lesioned; see lsn_pass_run_lesioned. */
void lsn_incremental_run(struct lsn_incremental *pass, int layer, const struct lsn_lesion *lesion,
                         const float *const *planes, const int *kernels, int count, float *logits);

/* Bytes that lsn_incremental_create takes, but for small lists. */
size_t lsn_incremental_bytes(const struct lsn_network *network);

/* Multiply-adds done so far. */
double lsn_incremental_work(const struct lsn_incremental *pass);

#endif
