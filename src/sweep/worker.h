/* One worker of a sweep: its current stimulus, and lesions on it. */
#ifndef LSN_SWEEP_WORKER_H
#define LSN_SWEEP_WORKER_H

#include "sweep/runner.h"

struct lsn_worker {
    const struct lsn_job *job;
    struct lsn_runner own;     /* shows the stimulus that is lesioned */
    struct lsn_runner partner; /* shows the one whose planes resample takes; else not open */
    size_t stimulus;           /* the stimulus that own shows */
    float *logits;             /* [logit_count] of the intact pass */
    float *lesioned; /* [most][logit_count]; most: largest number of kernels lesioned together */
    float *scores;   /* [classes] scores of the current outcome, for decisions between groups */
    const float **planes; /* [places_most] what a lesion puts in at each place of a layer; where
                           * kernels are lesioned together [layers][places_most] */
    const float *const **layer_planes; /* [layers] of each layer the above (lsn_planes_find_all) */
    struct lsn_outcome *outcomes;      /* [most] */
    uint8_t *same;                     /* [most] */
    int *kernels;                      /* [most] indices within their layer */
    size_t *chosen;                /* [most] indices in the results, buffer of lsn_worker_choose */
    struct lsn_prefixes *prefixes; /* of cumulative lesions; else NULL */
};

/* Shows a stimulus to the intact network unless the worker is already on it. LSN_E_IO and the other
 * failures of loading an image. */
enum lsn_status lsn_worker_show(struct lsn_worker *worker, size_t stimulus, struct lsn_error *err);

/* Stores the intact outcome of the worker's stimulus. LSN_E_DATA where a logit is not finite;
 * LSN_E_IO. */
enum lsn_status lsn_worker_store_intact(struct lsn_worker *worker, struct lsn_error *err);

/* Computes the intact outcome of the worker's stimulus. */
enum lsn_status lsn_worker_intact(const struct lsn_worker *worker, struct lsn_outcome *outcome,
                                  struct lsn_error *err);

/* Sets worker->chosen [*due] to the kernels of first ... first+count-1, a group, that are to be
 * lesioned on a stimulus. These are all, unless resumed is set: then none where the results' store
 * has all outcomes of the group, and otherwise all, so that the last digits are those of a sweep
 * that was never stopped. In a run where races stored outcomes, the digits differ anyway, and only
 * the missing ones are due. LSN_E_IO. */
enum lsn_status lsn_worker_choose(struct lsn_worker *worker, size_t stimulus, size_t first,
                                  size_t count, bool resumed, size_t *due, struct lsn_error *err);

/* Lesions kernels [count] of the results, in rising order and of one lesion and layer, each alone,
 * on the worker's stimulus; of joint lesions, successive sets; of cumulative ones, those that
 * were chosen last, each with all that are before it in the stimulus's order. worker->outcomes
 * receives the outcomes, and worker->same whether all logits equal the intact ones, including
 * logits of classes that are in no group. Fails as lsn_worker_store_intact does. */
enum lsn_status lsn_worker_lesion(struct lsn_worker *worker, const size_t *kernels, size_t count,
                                  struct lsn_error *err);

/* Stores these outcomes for kernels [count]. LSN_E_IO. */
enum lsn_status lsn_worker_put(struct lsn_worker *worker, const size_t *kernels, size_t count,
                               struct lsn_error *err);

/* The workers of a sweep. */
struct lsn_workers {
    struct lsn_worker *list; /* [count] */
    int count;
    size_t bytes; /* that they use together */
};

/* Opens as many workers as the job's options ask for, but at most `units`, and at most what its
 * memory allows beside shared_bytes. LSN_E_MEMORY, also where there is too little for one worker;
 * lsn_workers_close frees what there is, also on failure. */
enum lsn_status lsn_workers_open(struct lsn_workers *workers, const struct lsn_job *job,
                                 size_t units, size_t most, size_t shared_bytes,
                                 struct lsn_error *err);

/* Closes the workers, and adds the work that they did to the job's results. */
void lsn_workers_close(struct lsn_workers *workers);

#endif
