/* Measures how fast lesions run on this machine, by running a few. */
#ifndef LSN_SWEEP_ESTIMATE_H
#define LSN_SWEEP_ESTIMATE_H

#include "lesion/network.h"

/* Memory that is not counted elsewhere, measured: of the process (program, libraries, memory that
 * the allocator keeps) and of each thread (OpenBLAS's packed matrices, a decoded photograph). */
#define LSN_PROCESS_BYTES ((size_t)24 << 20)
#define LSN_WORKER_BYTES  ((size_t)20 << 20)

/* Lesions some kernels of a few layers on the stimulus that pass holds, for a fraction of a second.
 * Returns the speed, counted in the multiply-adds per second that the full engine would have
 * needed. logits has room for [LSN_ESTIMATE_KERNELS][classes]. */
enum { LSN_ESTIMATE_KERNELS = 8 };
double lsn_estimate_rate(const struct lsn_model *model, const struct lsn_network *network,
                         struct lsn_pass *pass, float *logits);

#endif
