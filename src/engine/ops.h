/* How changes pass through each op: one row of a table (ops.c). What an op computes is in
 * forward.c; a new op needs its row there, and one here only where running it anew on each
 * variant is too slow. */
#ifndef LSN_ENGINE_OPS_H
#define LSN_ENGINE_OPS_H

#include "engine/propagate.h"

/* Computes the sparse change of entry's node from its inputs' changes, into out. */
void lsn_propagate(struct lsn_incremental *d, const struct lsn_entry *entry,
                   struct lsn_change *out);

/* Floats of scratch that lsn_propagate needs at a step. */
size_t lsn_propagate_scratch(const struct lsn_step *step);

/* The length of the variants' channel lists behind a step, if one input's have `listed`
 * channels each; 0: the change is by rows. changed: how many inputs have changed; the one with
 * the list is number input. */
int lsn_channels_after(const struct lsn_step *step, int listed, int changed, int input);

#endif
