/* The lesion driver: every chosen kernel, condition and image. */
#ifndef LESION_SWEEP_H
#define LESION_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/dataset.h"
#include "lesion/error.h"
#include "lesion/image.h"
#include "lesion/lesions.h"
#include "lesion/look.h"
#include "lesion/model.h"
#include "lesion/network.h"
#include "lesion/results.h"
#include "lesion/stimulus.h"
#include "lesion/stop.h"

LSN_API_BEGIN

struct lsn_progress {
    const char *stage;        /* of what comes before the lesions; NULL: of these */
    size_t units_done, units; /* images; a sweep's: outcomes, the intact ones among them */
    double work_done, work;   /* multiply-adds */
};

/* What a sweep is going to take. */
struct lsn_estimate {
    double full_multiply_adds; /* that the full engine takes for it */
    double seconds;            /* with the engine, the threads and the machine at hand */
    size_t memory;             /* bytes, of the whole process */
    double disk;               /* bytes, of the run directory; 0: none */
    double done;               /* share of the work that the run directory has already */
    int threads;
};

/* kernels [*count], in the model's order, of a comma-separated list of NAME:KERNEL and
 * NAME:FIRST-LAST; lsn_kernels_free frees them. LSN_E_ARGUMENT, also where one is named
 * twice; LSN_E_MEMORY. */
enum lsn_status lsn_kernels_parse(const struct lsn_model *model, const char *text,
                                  struct lsn_kernel **kernels, int *count, struct lsn_error *err);
void lsn_kernels_free(struct lsn_kernel *kernels);

struct lsn_sweep_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    const struct lsn_condition *conditions; /* [condition_count] */
    int condition_count;
    /* Layers and kernels to lesion, as texts; NULL or "" chooses all. layers: a
     * comma-separated list of layer names or patterns with * and ?; each must
     * match a layer. kernels: a comma-separated list of numbers and ranges,
     * "0-15,20"; those beyond a layer's last kernel are passed over, but each
     * item must fit some chosen layer. */
    const char *layers;
    const char *kernels;
    /* Just these kernels, in the model's order, none twice; NULL: as layers and kernels say. */
    const struct lsn_kernel *picked; /* [picked_count] */
    int picked_count;
    /* How each kernel is lesioned, one after another; none is LSN_LESION_WHOLE. A lesion is
     * passed over where it does not fit a layer (lsn_lesion_fits), but must fit one, and all
     * that are picked. */
    const struct lsn_lesion *lesions; /* [lesion_count] */
    int lesion_count;
    /* Kernels that are lesioned throughout by the one lesion: what is called intact is with
     * them. Mean and resampled planes are of the network without. Not with run. */
    const struct lsn_kernel *fixed; /* [fixed_count] */
    int fixed_count;
    /* A run directory, in which outcomes are kept as they come: the same call goes on
     * where an earlier one ended, however it ended. NULL: outcomes are kept in memory. */
    const char *run;
    /* What was seen of the whole list, for a run: it is kept there, so that the next look opens
     * less, and images that no outcome depends on may have been mended or replaced since. NULL:
     * an image of another size is another run. */
    const struct lsn_look *look;
    bool any_core;     /* go on in a run that another BLAS core began, whose last bits differ */
    int shard, shards; /* only this part of the images, 1 ... shards; 0: all */
    bool keep_logits;  /* keep the intact logits; not with run */
    struct lsn_image_options loading;
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
    /* When to stop early; NULL: never. */
    const struct lsn_stop *stop;
    /* Of the kernels that layers and kernels choose, so many of each layer, drawn at random without
     * replacement; all of a layer that has no more. 0: no sample. Which ones follows from
     * sample_seed >= 0 and the names of the layers; a larger sample holds a smaller one. Not with
     * picked. */
    int sample_kernels;
    int64_t sample_seed;
};

/* clang-format off */
#define LSN_SWEEP_OPTIONS_DEFAULT \
    {sizeof(struct lsn_sweep_options), NULL, 0, NULL, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL, \
     false, 0, 0, false, LSN_IMAGE_OPTIONS_DEFAULT, LSN_ENGINE_INCREMENTAL, 0, 0, NULL, NULL, NULL, \
     NULL, 0, 0}
/* clang-format on */

/* Whether the options fit each other, the network and the list, as far as that shows without
 * opening an image: to be asked before the look. LSN_E_ARGUMENT, LSN_E_MODEL, LSN_E_DATA,
 * LSN_E_MEMORY. */
enum lsn_status lsn_sweep_check(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *options, struct lsn_error *err);

/* Runs the sweep. After LSN_E_INTERRUPTED (a stop was asked for), and where an image could not
 * be shown once the lesions had begun, *results is valid, with missing cells; after any other
 * failure it is NULL. LSN_E_ARGUMENT where the
 * options do not fit together, or not the network or the images; LSN_E_MODEL where there is
 * no convolution; LSN_E_DATA where run is another run, naming the first difference, where an
 * image does not fit the network, and where logits are not finite; LSN_E_FORMAT and
 * LSN_E_UNSUPPORTED of an image or of what is in run; LSN_E_IO; LSN_E_MEMORY. */
enum lsn_status lsn_sweep_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              const struct lsn_sweep_options *options, struct lsn_results **results,
                              struct lsn_error *err);

/* The estimate for all kernels on one image at one contrast in one thread, from a
 * trial on a stimulus of noise. LSN_E_MEMORY. */
enum lsn_status lsn_sweep_estimate(const struct lsn_model *model, struct lsn_estimate *estimate,
                                   struct lsn_error *err);

LSN_API_END
#endif
