/* The incremental pass: many lesions of one layer at once, each carried forward as
 * a difference from the intact pass (carry.h). */
#ifndef LSN_ENGINE_DELTA_H
#define LSN_ENGINE_DELTA_H

#include "engine/network.h"

struct lsn_delta;

/* intact: [steps] where the intact pass keeps its activations. LSN_E_MEMORY. */
enum lsn_status lsn_delta_create(const struct lsn_network *network, float *const *intact,
                                 struct lsn_delta **delta, struct lsn_error *err);
void lsn_delta_free(struct lsn_delta *delta);

/* logits [count][classes] of the stimulus whose activations are there, each with
 * one of kernels [count] of layer lesioned; see lsn_pass_run_lesioned. */
void lsn_delta_run(struct lsn_delta *delta, int layer, const struct lsn_lesion *lesion,
                   const float *const *planes, const int *kernels, int count, float *logits);

/* Bytes that lsn_delta_create takes, but for small lists. */
size_t lsn_delta_bytes(const struct lsn_network *network);

/* Multiply-adds done so far. */
double lsn_delta_work(const struct lsn_delta *delta);

#endif
