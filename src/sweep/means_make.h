/* Makes a job's mean planes (sweep/means.h) by showing all images, also where the job is a shard of
 * them, or reads them from the run directory. */
#ifndef LSN_SWEEP_MEANS_MAKE_H
#define LSN_SWEEP_MEANS_MAKE_H

#include "sweep/job.h"

/* Makes the job's mean planes if one of its lesions uses them; its networks and results must be
 * there. They are stored in folder, the run directory, as LSN_MEANS_FILE: float32
 * [condition][value], the values being the planes [h][w][c] of the lesioned layers, layer after
 * layer and place after place. folder NULL: in memory only. shared: bytes that the process uses
 * otherwise. LSN_E_INTERRUPTED, LSN_E_MEMORY, LSN_E_IO, LSN_E_FORMAT, and as lsn_runner_show. */
enum lsn_status lsn_means_make(struct lsn_job *job, const char *folder, size_t shared,
                               struct lsn_error *err);

/* The memory of the mean planes, bytes; 0 where no lesion uses them. */
size_t lsn_means_bytes(const struct lsn_job *job);

#endif
