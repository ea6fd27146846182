/* Cumulative lesions: the kernels of a stimulus's random order are lesioned one on top of the
 * other. The first kernels of an order, up to some kernel, are a prefix of it. */
#ifndef LSN_SWEEP_PREFIXES_H
#define LSN_SWEEP_PREFIXES_H

#include "sweep/worker.h"

/* A worker's buffers. */
struct lsn_prefixes {
    size_t *order;                /* [kernels] of the stimulus last asked for */
    size_t stimulus;              /* SIZE_MAX: none */
    size_t first;                 /* place in the order of the first kernel that was chosen */
    struct lsn_kernel *kernels;   /* [most * kernels] of several prefixes, one after another */
    int *start;                   /* [most + 1] as of struct lsn_joint */
    struct lsn_outcome *outcomes; /* [kernels] of a stimulus, as stored */
    uint8_t *same;                /* [kernels] */
};

/* most: the largest number of prefixes that are run together. LSN_E_MEMORY; lsn_prefixes_close also
 * after a failure. */
enum lsn_status lsn_prefixes_open(struct lsn_prefixes **prefixes, const struct lsn_job *job,
                                  size_t most, struct lsn_error *err);
void lsn_prefixes_close(struct lsn_prefixes *prefixes);
size_t lsn_prefixes_bytes(const struct lsn_job *job, size_t most);

/* As lsn_worker_choose; first ... first+count-1 are places in the order. Either all are due, or
 * none. */
enum lsn_status lsn_prefixes_choose(struct lsn_worker *worker, size_t stimulus, size_t first,
                                    size_t count, bool resumed, size_t *due, struct lsn_error *err);

/* Lesions the prefixes that end with the count kernels chosen last; worker->lesioned receives the
 * logits. */
enum lsn_status lsn_prefixes_run(struct lsn_worker *worker, size_t count, struct lsn_error *err);

#endif
