/* What sees stimuli, in one thread: it makes one at a time and runs the intact network
 * on it. */
#ifndef LSN_SWEEP_VIEWER_H
#define LSN_SWEEP_VIEWER_H

#include "lesion/showing.h"
#include "sweep/job.h"

struct lsn_viewer {
    const struct lsn_job *job;
    const struct lsn_networks *networks;
    struct lsn_showing *showing;
    struct lsn_pass **passes; /* [networks]; NULL: of one that is not used */
    struct lsn_pass *pass;    /* that which holds the activations of the stimulus last shown */
    float *pixels, *x;        /* [h][w][c] */
    size_t image;             /* of the dataset, last shown; SIZE_MAX: none */
    int condition;
    float area_frac; /* share of the stimulus's pixels that the region takes in */
};

/* networks: the job's, or its bare ones. LSN_E_MEMORY; lsn_viewer_close frees what there is
 * also then. */
enum lsn_status lsn_viewer_open(struct lsn_viewer *viewer, const struct lsn_job *job,
                                const struct lsn_networks *networks, enum lsn_engine engine,
                                struct lsn_error *err);
void lsn_viewer_close(struct lsn_viewer *viewer);

/* Runs the intact network on an image of the dataset at a condition, unless it is the one
 * last shown. LSN_E_IO and the other failures of an image's loading. */
enum lsn_status lsn_viewer_show(struct lsn_viewer *viewer, size_t image, int condition,
                                struct lsn_error *err);

/* The pass that a condition is shown to. */
struct lsn_pass *lsn_viewer_pass(const struct lsn_viewer *viewer, int condition);

/* Multiply-adds of the lesioned passes run so far. */
double lsn_viewer_work(const struct lsn_viewer *viewer);

/* Bytes of a viewer and what it decodes, so far as they count. */
size_t lsn_viewer_bytes(const struct lsn_networks *networks, enum lsn_engine engine);

#endif
