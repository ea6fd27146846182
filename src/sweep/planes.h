/* What lesions put in place of kernels' outputs on a worker's stimuli. */
#ifndef LSN_SWEEP_PLANES_H
#define LSN_SWEEP_PLANES_H

#include "sweep/worker.h"

/* Fills planes [places]: what a lesion of the results puts in place of the outputs of a layer's
 * kernels at each of its places; all NULL where it puts in nothing. Lent until the next call. */
enum lsn_status lsn_planes_find(struct lsn_worker *worker, size_t stimulus, int lesion, int layer,
                                const float **planes, struct lsn_error *err);

#endif
