/* The lesion driver: every chosen kernel, condition and image. */
#ifndef LESION_SWEEP_H
#define LESION_SWEEP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/dataset.h"
#include "lesion/error.h"
#include "lesion/image.h"
#include "lesion/model.h"
#include "lesion/network.h"
#include "lesion/stimulus.h"

LSN_API_BEGIN

struct lsn_progress {
    size_t units_done, units; /* a unit is one layer of one stimulus */
    double work_done, work;   /* multiply-adds */
};

/* What a sweep is going to take. */
struct lsn_estimate {
    double full_multiply_adds; /* that the full engine takes for it */
    double seconds;            /* with the engine, the threads and the machine at hand */
    size_t memory;             /* bytes, of the whole process */
    int threads;
};

struct lsn_sweep_options {
    const struct lsn_condition *conditions; /* [condition_count] */
    int condition_count;
    /* Layers and kernels to lesion, as texts; NULL or "" chooses all. layers: a
     * comma-separated list of layer names or patterns with * and ?; each must
     * match a layer. kernels: a comma-separated list of numbers and ranges,
     * "0-15,20"; those beyond a layer's last kernel are passed over, but each
     * item must fit some chosen layer. */
    const char *layers;
    const char *kernels;
    bool intact_only; /* no lesions at all */
    bool keep_logits; /* keep the intact logits */
    enum lsn_alpha alpha;
    enum lsn_engine engine;
    int threads;   /* 0: one per processor */
    size_t memory; /* bytes that the whole process should stay below, by running fewer
                    * threads; 0: no limit. LSN_E_MEMORY where one thread is too many. */
    /* Called once, before the lesions, with an estimate from a short trial; may be
     * NULL. Its context is progress_context. */
    void (*started)(void *context, const struct lsn_estimate *estimate);
    /* Called from worker threads, one at a time; may be NULL. */
    void (*progress)(void *context, const struct lsn_progress *progress);
    void *progress_context;
    /* Set to true (from a signal handler, say) to stop early; may be NULL. */
    const atomic_bool *stop;
};

/* What was found. Cells that were not reached hold predicted = -1. */
struct lsn_results {
    size_t image_count;
    int condition_count;
    size_t kernel_count; /* lesioned kernels over all chosen layers */
    int classes;
    /* [kernel_count] which layer and which kernel of it */
    int *kernel_layer;
    int *kernel_index;
    struct lsn_outcome *intact;   /* [image][condition] */
    struct lsn_outcome *lesioned; /* [image][condition][kernel] */
    uint8_t *same;                /* [image][condition][kernel] 1: logits equal the intact ones */
    float *logits;                /* [image][condition][classes], NULL unless kept */
    double multiply_adds;         /* done for the lesions */
    double full_multiply_adds;    /* that the full engine takes for them */
    int threads;                  /* that ran */
    double seconds;               /* that they took; making the network ready is not in it */
    size_t complete_images;       /* images 0 ... complete_images-1 have no missing cell */
};

/* Runs the sweep. After LSN_E_INTERRUPTED (a stop was asked for) *results is
 * valid, with missing cells; after any other failure it is NULL. */
enum lsn_status lsn_sweep_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              const struct lsn_sweep_options *options, struct lsn_results **results,
                              struct lsn_error *err);

/* The estimate for all kernels on one image at one contrast in one thread, from a
 * trial on a stimulus of noise. */
enum lsn_status lsn_sweep_estimate(const struct lsn_model *model, struct lsn_estimate *estimate,
                                   struct lsn_error *err);

void lsn_results_free(struct lsn_results *results);

LSN_API_END
#endif
