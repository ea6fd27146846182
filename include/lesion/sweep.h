/* The sweep: lesions every chosen kernel, one at a time, on every image under every condition. */
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
    const char *stage;        /* name of a stage before the lesions; NULL: the lesions themselves */
    size_t units_done, units; /* during a stage, images; then outcomes, intact and lesioned */
    double work_done, work;   /* multiply-adds */
};

/* What a sweep is expected to take. */
struct lsn_estimate {
    double full_multiply_adds; /* that the full engine would take */
    double seconds;            /* with the chosen engine and threads on this machine */
    size_t memory;             /* bytes of the whole process */
    double disk;               /* bytes of the run directory; 0: none */
    double done;               /* share of the work that the run directory has already */
    int threads;
};

/* Reads kernels [*count] from a comma-separated list of LAYER:KERNEL and LAYER:FIRST-LAST, and puts
 * them in the model's order; lsn_kernels_free frees them. LSN_E_ARGUMENT, also where a kernel is
 * named twice; LSN_E_MEMORY. */
enum lsn_status lsn_kernels_parse(const struct lsn_model *model, const char *text,
                                  struct lsn_kernel **kernels, int *count, struct lsn_error *err);
void lsn_kernels_free(struct lsn_kernel *kernels);

/* Sets of kernels, each lesioned together: set i has kernels[start[i]] ... kernels[start[i + 1] -
 * 1], at least one, in the model's order and none twice. Sets are in the order of their first
 * kernels' layers. */
struct lsn_kernel_sets {
    const struct lsn_kernel *kernels; /* [start[count]] */
    const int *start;                 /* [count + 1] */
    int count;
};

/* Frees the sets that lsn_group_create and lsn_pairs_create make. */
void lsn_kernel_sets_free(struct lsn_kernel_sets *sets);

struct lsn_sweep_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    const struct lsn_condition *conditions; /* [condition_count] */
    int condition_count;
    /* Layers and kernels to lesion, as texts; NULL or "" chooses all. layers: a
     * comma-separated list of layer names or patterns with * and ?; each must
     * match a layer. kernels: a comma-separated list of numbers and FIRST-LAST,
     * "0-15,20"; numbers beyond a layer's last kernel are ignored there, but each
     * item must exist in some chosen layer. */
    const char *layers;
    const char *kernels;
    /* Exactly these kernels, in the model's order, none twice; NULL: layers and kernels choose. */
    const struct lsn_kernel *picked; /* [picked_count] */
    int picked_count;
    /* The ways of lesioning; every kernel is lesioned by each in turn. lesion_count 0:
     * LSN_LESION_WHOLE alone. Layers that a lesion does not fit (lsn_lesion_fits) are left out for
     * it, but it must fit some layer, and the layers of all picked kernels. */
    const struct lsn_lesion *lesions; /* [lesion_count] */
    int lesion_count;
    /* Fixed lesions: kernels that are lesioned throughout, by the one lesion. They are lesioned
     * also in what the results call intact. Mean and resampled planes are those of the network
     * without fixed lesions. Not together with run. */
    const struct lsn_kernel *fixed; /* [fixed_count] */
    int fixed_count;
    /* A run directory, which keeps the outcomes as they are computed. The same call continues an
     * earlier one, however that ended. NULL: outcomes are kept in memory. */
    const char *run;
    /* The look at the whole list, for a run directory. It is stored there, so that the next look
     * opens fewer files, and images on which no outcome depends yet may be mended or replaced
     * between two calls. NULL: an image whose size has changed makes it another run, an error. */
    const struct lsn_look *look;
    bool any_core;     /* continue a run begun on another BLAS core, whose last bits differ */
    int shard, shards; /* run only part shard (1 ... shards) of the images; shards 0: all */
    bool keep_logits;  /* keep the intact logits; not with run */
    struct lsn_image_options loading; /* how image files are decoded */
    enum lsn_engine engine;
    int threads;   /* 0: one per processor */
    size_t memory; /* limit for the whole process, bytes, kept by running fewer threads;
                    * 0: no limit. LSN_E_MEMORY where even one thread needs more. */
    /* Called once, before the lesions, with an estimate from a short trial; may be
     * NULL. Its context is progress_context. */
    void (*started)(void *context, const struct lsn_estimate *estimate);
    /* Called from worker threads, one call at a time; may be NULL. */
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
    /* Joint lesions: these sets take the place of single kernels, by one lesion that suits all of
     * them. Not together with picked, fixed or a sample. NULL: kernels are lesioned one by one. */
    const struct lsn_kernel_sets *sets;
    /* Cumulative lesions, if round is above 0: at each stimulus the kernels are lesioned one after
     * the other in a random order, and all stay lesioned. The outcome of a kernel is then that of
     * the network with this kernel and all before it lesioned. An image has the same order at all
     * conditions; it follows from order_seed >= 0, round and the image's name (lesion/shapley.h
     * averages over many rounds). With one lesion, and not together with fixed or sets; started
     * is not called. */
    int round;
    int64_t order_seed;
    /* Of each order only so many kernels are lesioned, the first ones; the outcomes of the others
     * are those of the last of these. 0: all. */
    int order_length;
};

/* clang-format off */
#define LSN_SWEEP_OPTIONS_DEFAULT \
    {sizeof(struct lsn_sweep_options), NULL, 0, NULL, NULL, NULL, 0, NULL, 0, NULL, 0, NULL, NULL, \
     false, 0, 0, false, LSN_IMAGE_OPTIONS_DEFAULT, LSN_ENGINE_INCREMENTAL, 0, 0, NULL, NULL, NULL, \
     NULL, 0, 0, NULL, 0, 0, 0}
/* clang-format on */

/* Checks, before the look, that the options fit each other, the network and the list, as far as can
 * be told without opening an image. LSN_E_ARGUMENT, LSN_E_MODEL, LSN_E_DATA, LSN_E_MEMORY. */
enum lsn_status lsn_sweep_check(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *options, struct lsn_error *err);

/* Runs the sweep. After LSN_E_INTERRUPTED (the caller asked to stop), and where an image's stimulus
 * could not be made after the lesions had begun, *results has the outcomes so far; after any other
 * failure it is NULL. LSN_E_ARGUMENT where the options do not fit each other, the network or the
 * images; LSN_E_MODEL where there is no convolution; LSN_E_DATA where the run directory belongs to
 * another run (the sentence names the first difference), where an image does not fit the network,
 * and where logits are not finite; LSN_E_FORMAT and LSN_E_UNSUPPORTED for an image or a file of the
 * run directory; LSN_E_IO; LSN_E_MEMORY. */
enum lsn_status lsn_sweep_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              const struct lsn_sweep_options *options, struct lsn_results **results,
                              struct lsn_error *err);

/* Estimates a sweep over all kernels on one image at one contrast in one thread, from a
 * short trial on a stimulus of noise. LSN_E_MEMORY. */
enum lsn_status lsn_sweep_estimate(const struct lsn_model *model, struct lsn_estimate *estimate,
                                   struct lsn_error *err);

LSN_API_END
#endif
