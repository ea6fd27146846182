/* Draws a random sample of each layer's kernels. */
#ifndef LSN_SWEEP_SAMPLE_H
#define LSN_SWEEP_SAMPLE_H

#include "lesion/network.h"

/* Keeps of list [*count], in the model's order, at most per_layer kernels of each layer, drawn at
 * random without replacement (base/shuffle.h, by the names "LAYER:KERNEL"), in the same order.
 * Makes *sampled_from [model's layers], the number of each layer's kernels in the list before.
 * LSN_E_MEMORY. */
enum lsn_status lsn_sample_kernels(const struct lsn_model *model, int per_layer, int64_t seed,
                                   struct lsn_kernel *list, int *count, int **sampled_from,
                                   struct lsn_error *err);

#endif
