/* Joint lesions on a worker's stimulus: the sets that the results have in place of kernels. */
#ifndef LSN_SWEEP_JOINT_H
#define LSN_SWEEP_JOINT_H

#include "sweep/worker.h"

/* What lesions put in, for all layers that the sets have kernels of. */
struct lsn_set_planes;

/* Makes room for it. LSN_E_MEMORY; lsn_set_planes_free frees what there is, also on failure. */
enum lsn_status lsn_set_planes_create(const struct lsn_job *job, struct lsn_set_planes **planes,
                                      struct lsn_error *err);
void lsn_set_planes_free(struct lsn_set_planes *planes);

/* Lesions sets first ... first+count-1 of the results; worker->lesioned receives the logits. Fails
 * as lsn_pass_run_joint does, and as showing an image. */
enum lsn_status lsn_joint_run(struct lsn_worker *worker, size_t first, size_t count,
                              struct lsn_error *err);

#endif
