/* What all workers of a sweep, or of a race, work on. */
#ifndef LSN_SWEEP_JOB_H
#define LSN_SWEEP_JOB_H

#include "lesion/sweep.h"
#include "sweep/networks.h"

struct lsn_means;

struct lsn_job {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const struct lsn_sweep_options *options;
    struct lsn_networks networks; /* that are shown the stimuli */
    struct lsn_networks bare;     /* the same without held kernels; none where none are held */
    struct lsn_results *results;
    size_t first_image;      /* of dataset, that results begin with */
    size_t worker_bytes;     /* that the job itself keeps beside each worker */
    size_t *partners;        /* [dataset's images] whose planes resample gives; NULL: not wanted */
    struct lsn_means *means; /* NULL until lsn_means_make, or not wanted */
};

/* Checks the job's options against the model, and gives it its results: the axes of
 * `images` images, without outcomes; none where it fails. LSN_E_ARGUMENT, LSN_E_DATA,
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_job_describe(struct lsn_job *job, size_t images, struct lsn_error *err);

/* Makes the job's networks. LSN_E_MEMORY, and as lsn_networks_create. */
enum lsn_status lsn_job_prepare(struct lsn_job *job, struct lsn_error *err);

/* The networks in which nothing is lesioned. */
const struct lsn_networks *lsn_job_bare(const struct lsn_job *job);

/* Bytes of all of them. */
size_t lsn_job_network_bytes(const struct lsn_job *job);

/* Frees all but the results. */
void lsn_job_release(struct lsn_job *job);

/* Whether one of the job's lesions is of that kind. */
bool lsn_job_has(const struct lsn_job *job, enum lsn_lesion_kind kind);

/* The place in the dataset of a stimulus's image, and its condition. */
size_t lsn_job_image(const struct lsn_job *job, size_t stimulus);
int lsn_job_condition(const struct lsn_job *job, size_t stimulus);

/* The network that a stimulus is shown to. */
const struct lsn_network *lsn_job_network(const struct lsn_job *job, size_t stimulus);

bool lsn_job_stop_asked(const struct lsn_job *job);

/* How many threads the job's options and the machine allow; memory may allow fewer. */
size_t lsn_job_threads(const struct lsn_job *job);

/* How many threads of each bytes beside shared the job's memory allows, *wanted at most.
 * LSN_E_MEMORY where it is too little for one. */
enum lsn_status lsn_job_fit_memory(const struct lsn_job *job, size_t shared, size_t each,
                                   size_t *wanted, struct lsn_error *err);

#endif
