/* Dense changes: where lesions change nearly all of a node's output, it is computed as a whole
 * activation for each variant, one op at a time for all variants, like the forward pass of a
 * batch. That happens after SiLU, GELU and the like, which unlike ReLU set no change to 0, and
 * after squeeze-and-excitation gates, which change every position: there, finding out what has
 * not changed costs more than it saves.
 *
 * A change becomes dense where a convolution reads one with so many differences that it is
 * faster so, and stays dense up to the output. The differences are counted in the group of
 * variants itself, which does not depend on threads, memory or shards; so results do not
 * either. */
#ifndef LSN_ENGINE_DENSE_H
#define LSN_ENGINE_DENSE_H

#include "engine/propagate.h"

/* Whether the change of entry's node is to be dense, given its inputs' changes. */
bool lsn_dense_pays(const struct lsn_incremental *d, const struct lsn_entry *entry);

/* Computes the dense change of entry's node into out, a change that lsn_change_open has set up. A
 * sparse input of a convolution is made dense in its own storage. */
void lsn_dense_run(struct lsn_incremental *d, const struct lsn_entry *entry,
                   struct lsn_change *out);

/* Makes a change that lsn_change_open has set up dense. Its values are not set yet, and no variant
 * differs yet. */
void lsn_dense_open(struct lsn_change *change, int positions, int channels);

/* Lists in out the variants for which some input of entry's node differs. The other variants get
 * the intact activation. */
void lsn_dense_find_differing(const struct lsn_incremental *d, const struct lsn_entry *entry,
                              struct lsn_change *out);

/* lsn_dense_run for Conv and Linear. */
void lsn_dense_weights(struct lsn_incremental *d, const struct lsn_entry *entry,
                       struct lsn_change *out);

/* Applies the activation that is computed along with entry's node to values [positions][c]; does
 * nothing where there is none. */
void lsn_dense_activate(const struct lsn_incremental *d, const struct lsn_entry *entry,
                        size_t positions, size_t c, float *values);

/* Floats of scratch that lsn_dense_run needs at a step; a convolution's products need more, see
 * lsn_propagate_conv_scratch. */
size_t lsn_dense_scratch(const struct lsn_step *step);

#endif
