/* The mean output of every kernel at each position, over all images of the list as one
 * condition shows them to the intact network: what the lesion mean puts in a plane's
 * place. It takes a pass over all images, also for a shard of them. */
#ifndef LSN_SWEEP_MEANS_H
#define LSN_SWEEP_MEANS_H

#include "sweep/job.h"

struct lsn_means;

#define LSN_MEANS_FILE "means.npy"

/* Gives the job its means, whose network and results must be there, if a lesion wants
 * them. They are kept in folder, the run directory, as LSN_MEANS_FILE, float32
 * [condition][value], where the values are each lesioned layer's [h][w][c], place after place
 * and layer after layer; NULL: in memory alone. shared: bytes that the process holds beside them.
 * LSN_E_INTERRUPTED, LSN_E_MEMORY, LSN_E_IO, LSN_E_FORMAT, and as lsn_viewer_show. */
enum lsn_status lsn_means_make(struct lsn_job *job, const char *folder, size_t shared,
                               struct lsn_error *err);
void lsn_means_free(struct lsn_means *means);

/* planes [h][w][c] of a layer's output at one of its places; lent. */
const float *lsn_means_planes(const struct lsn_means *means, int condition, int layer, int place);

/* Bytes that they take; 0 where none are wanted. */
size_t lsn_means_bytes(const struct lsn_job *job);

#endif
