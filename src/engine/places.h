/* Applies lesions at a layer's places, in the incremental pass. */
#ifndef LSN_ENGINE_PLACES_H
#define LSN_ENGINE_PLACES_H

#include "engine/propagate.h"

/* Computes the change of a place's entry into out, a change that lsn_change_open has set up: the
 * change that reaches it, d->reached, and the lesions of the sets' kernels of its layer. */
void lsn_lesion_place(struct lsn_incremental *d, const struct lsn_entry *entry,
                      const struct lsn_joint *sets, struct lsn_change *out);

#endif
