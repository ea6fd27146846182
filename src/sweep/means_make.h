/* Makes a job's means (sweep/means.h), which takes a pass over all images, also for a shard of
 * them, or reads those that a run directory has. */
#ifndef LSN_SWEEP_MEANS_MAKE_H
#define LSN_SWEEP_MEANS_MAKE_H

#include "sweep/job.h"

/* Gives the job its means, whose network and results must be there, if a lesion wants
 * them. They are kept in folder, the run directory, as LSN_MEANS_FILE, float32
 * [condition][value], where the values are each lesioned layer's [h][w][c], place after place
 * and layer after layer; NULL: in memory alone. shared: bytes that the process holds beside them.
 * LSN_E_INTERRUPTED, LSN_E_MEMORY, LSN_E_IO, LSN_E_FORMAT, and as lsn_viewer_show. */
enum lsn_status lsn_means_make(struct lsn_job *job, const char *folder, size_t shared,
                               struct lsn_error *err);

/* Bytes that they take; 0 where none are wanted. */
size_t lsn_means_bytes(const struct lsn_job *job);

#endif
