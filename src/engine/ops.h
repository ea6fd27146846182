/* How changes are propagated through each op: one row of a table in ops.c. What an op computes is
 * in forward.c. A new op needs a row there; it needs one in ops.c only if running the op again on
 * each variant is too slow. */
#ifndef LSN_ENGINE_OPS_H
#define LSN_ENGINE_OPS_H

#include "engine/propagate.h"

/* Computes the sparse change of entry's node from its inputs' changes, into out. */
void lsn_propagate(struct lsn_incremental *d, const struct lsn_entry *entry,
                   struct lsn_change *out);

/* Floats of scratch that lsn_propagate needs at a step. */
size_t lsn_propagate_scratch(const struct lsn_step *step);

/* The length of the variants' channel lists after a step, or 0 where its change is by rows.
 * listed: the length of the lists of the changed input, whose number is input; changed: how many
 * inputs have changed. */
int lsn_channels_after(const struct lsn_step *step, int listed, int changed, int input);

#endif
