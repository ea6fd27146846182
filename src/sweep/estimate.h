/* How fast lesions run here, from a few of them. */
#ifndef LSN_SWEEP_ESTIMATE_H
#define LSN_SWEEP_ESTIMATE_H

#include "lesion/network.h"

/* The program itself, its libraries and what the allocator holds back; what
 * OpenBLAS packs matrices into, and a decoded photograph, in each thread. Measured. */
#define LSN_PROCESS_BYTES ((size_t)24 << 20)
#define LSN_WORKER_BYTES  ((size_t)20 << 20)

/* Runs some kernels of a few layers on the stimulus that pass is on, for a fraction
 * of a second; returns the full engine's multiply-adds that are got through per
 * second. logits: room for [LSN_ESTIMATE_KERNELS][classes]. */
enum { LSN_ESTIMATE_KERNELS = 8 };
double lsn_estimate_rate(const struct lsn_model *model, const struct lsn_network *network,
                         struct lsn_pass *pass, float *logits);

#endif
