/* Dense changes: nodes of which a group's variants have nearly everything changed are
 * computed as whole activations, one op at a time for all variants, as a forward pass of a
 * batch would. Behind SiLU, GELU and the like nothing is ever swallowed, behind a squeeze
 * and excitation gate nothing is left untouched: there, looking for what has not changed
 * costs more than it saves.
 *
 * A change becomes dense where a convolution reads one so much of which differs
 * that it pays, and stays dense to the output. That is counted on the group itself, and
 * a group's kernels and stimulus are the same whatever threads, memory or shards do. */
#ifndef LSN_ENGINE_DENSE_H
#define LSN_ENGINE_DENSE_H

#include "engine/propagate.h"

/* Whether the change of entry's node is to be dense, given its inputs' changes. */
bool lsn_dense_pays(const struct lsn_incremental *d, const struct lsn_entry *entry);

/* Computes the dense change of entry's node, which is open. A sparse input that a
 * convolution reads is made dense where it lies. */
void lsn_dense_run(struct lsn_incremental *d, const struct lsn_entry *entry,
                   struct lsn_change *out);

/* Makes an open change dense, its values not set yet, and which variants differ neither. */
void lsn_dense_open(struct lsn_change *change, int positions, int channels);

/* Finds the variants of which an input of entry's node differs; the others get the intact
 * activation. */
void lsn_dense_find_differing(const struct lsn_incremental *d, const struct lsn_entry *entry,
                              struct lsn_change *out);

/* Convolutions and Linears, of which a sparse input is made dense where it lies. */
void lsn_dense_weights(struct lsn_incremental *d, const struct lsn_entry *entry,
                       struct lsn_change *out);

/* values [positions][c] through the activation that is computed along with entry's node. */
void lsn_dense_activate(const struct lsn_incremental *d, const struct lsn_entry *entry,
                        size_t positions, size_t c, float *values);

/* Floats of scratch that lsn_dense_run needs at a step, but for a convolution's products. */
size_t lsn_dense_scratch(const struct lsn_step *step);

#endif
