/* What all workers of a sweep, or of a race, share. */
#ifndef LSN_SWEEP_JOB_H
#define LSN_SWEEP_JOB_H

#include "lesion/sweep.h"
#include "sweep/networks.h"

struct lsn_means;

struct lsn_job {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const struct lsn_sweep_options *options;
    struct lsn_networks networks; /* the networks that the stimuli are shown to */
    struct lsn_networks bare;     /* those that `networks` are copies of: without fixed lesions, or
                                   * unable to lesion kernels together; empty if networks are none */
    struct lsn_results *results;
    size_t first_image;      /* index in dataset of the results' first image */
    size_t worker_bytes;     /* memory beside each worker that the job itself needs */
    size_t *partners;        /* [dataset's images] whose planes resample takes; NULL: not used */
    struct lsn_means *means; /* NULL before lsn_means_make, or where no lesion uses them */
};

/* Sets first_image and the number of images to those of the options' shard, or to all. On failure
 * nothing is set. LSN_E_ARGUMENT. */
enum lsn_status lsn_job_shard(struct lsn_job *job, size_t *images, struct lsn_error *err);

/* Checks the job's options against the model, and makes its results: the axes for `images` images,
 * without outcomes. On failure there are no results. LSN_E_ARGUMENT, LSN_E_DATA, LSN_E_IO,
 * LSN_E_MEMORY. */
enum lsn_status lsn_job_describe(struct lsn_job *job, size_t images, struct lsn_error *err);

/* Makes the job's networks. Fails with LSN_E_MEMORY, and as lsn_networks_create. */
enum lsn_status lsn_job_prepare(struct lsn_job *job, struct lsn_error *err);

/* The networks in which no kernel is lesioned. */
const struct lsn_networks *lsn_job_bare(const struct lsn_job *job);

/* The memory of all the job's networks, bytes. */
size_t lsn_job_network_bytes(const struct lsn_job *job);

/* Frees everything except the results. */
void lsn_job_release(struct lsn_job *job);

/* Whether one of the job's lesions is of this kind. */
bool lsn_job_has(const struct lsn_job *job, enum lsn_lesion_kind kind);

/* The index in the dataset of a stimulus's image, and the index of its condition. */
size_t lsn_job_image(const struct lsn_job *job, size_t stimulus);
int lsn_job_condition(const struct lsn_job *job, size_t stimulus);

/* Whether lesions are cumulative, in random orders (round of lsn_sweep_options). */
bool lsn_job_is_cumulative(const struct lsn_job *job);

/* Whether kernels are lesioned together: in sets, or in cumulative lesions. */
bool lsn_job_is_joint(const struct lsn_job *job);

/* The order [kernels] in which the results' kernels are lesioned on a stimulus: a random one where
 * lesions are cumulative, else their own. LSN_E_MEMORY. */
enum lsn_status lsn_job_order(const struct lsn_job *job, size_t stimulus, size_t *order,
                              struct lsn_error *err);

/* The network that a stimulus is shown to. */
const struct lsn_network *lsn_job_network(const struct lsn_job *job, size_t stimulus);

/* How many kernels of a layer, or sets that begin in it, go together on a stimulus; and the most
 * that do on any. */
int lsn_job_group(const struct lsn_job *job, size_t stimulus, int layer);
int lsn_job_group_max(const struct lsn_job *job, int layer);

bool lsn_job_stop_asked(const struct lsn_job *job);

/* How many threads the job's options and the machine allow, without regard to memory. */
size_t lsn_job_threads(const struct lsn_job *job);

/* Lowers *wanted, a number of threads, to what the job's memory allows, where each thread needs
 * `each` bytes and all share `shared` bytes. LSN_E_MEMORY where there is too little for one
 * thread. */
enum lsn_status lsn_job_fit_memory(const struct lsn_job *job, size_t shared, size_t each,
                                   size_t *wanted, struct lsn_error *err);

#endif
