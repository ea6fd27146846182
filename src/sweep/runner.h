/* Makes one stimulus at a time, in one thread, and runs the intact network on it. */
#ifndef LSN_SWEEP_RUNNER_H
#define LSN_SWEEP_RUNNER_H

#include "lesion/stimulus_maker.h"
#include "sweep/job.h"

struct lsn_runner {
    const struct lsn_job *job;
    const struct lsn_networks *networks;
    struct lsn_stimulus_maker *maker;
    struct lsn_pass **passes; /* [networks]; NULL: the network is not used */
    struct lsn_pass *pass;    /* the pass of the stimulus last shown */
    float *pixels, *x;        /* [h][w][c] */
    size_t image;             /* index in the dataset of the image last shown; SIZE_MAX: none */
    int condition;
    float area_frac; /* share of the stimulus's pixels that the region covers */
};

/* Opens a runner. networks are the job's, or those without fixed lesions. LSN_E_MEMORY;
 * lsn_runner_close frees what there is, also on failure. */
enum lsn_status lsn_runner_open(struct lsn_runner *runner, const struct lsn_job *job,
                                const struct lsn_networks *networks, enum lsn_engine engine,
                                struct lsn_error *err);
void lsn_runner_close(struct lsn_runner *runner);

/* Shows an image of the dataset at a condition to its network, which runs without the lesion under
 * study, unless it is the stimulus last shown. LSN_E_IO and the other failures of loading an
 * image. */
enum lsn_status lsn_runner_show(struct lsn_runner *runner, size_t image, int condition,
                                struct lsn_error *err);

/* The pass of the network for a condition. */
struct lsn_pass *lsn_runner_pass(const struct lsn_runner *runner, int condition);

/* Multiply-adds of the lesioned passes so far. */
double lsn_runner_work(const struct lsn_runner *runner);

/* The memory of a runner and of the image that it decodes, bytes; small things are not counted. */
size_t lsn_runner_bytes(const struct lsn_networks *networks, enum lsn_engine engine);

#endif
