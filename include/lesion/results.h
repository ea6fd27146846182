/* The results of a sweep: the outcome of every image, condition and kernel. */
#ifndef LESION_RESULTS_H
#define LESION_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"
#include "lesion/lesions.h"
#include "lesion/network.h"
#include "lesion/stimulus.h"

LSN_API_BEGIN

struct lsn_store;

/* The axes (images, conditions, kernels) and the place where the outcomes are stored, in memory or
 * in a run directory. Read-only for callers. */
struct lsn_results {
    size_t image_count;
    char **image_names;    /* [image_count] as the list of images gives them */
    int *image_classes;    /* [image_count] true classes */
    uint64_t *image_bytes; /* [image_count] sizes of the files */
    int condition_count;
    struct lsn_condition *conditions; /* [condition_count]; region masks are not loaded */
    int lesion_count;
    struct lsn_lesion *lesions; /* [lesion_count] how kernels are lesioned */
    /* In what follows a kernel is a pair of a lesion and a kernel of the model: every lesion with
     * every chosen kernel that it fits, all kernels of the first lesion first. Of a sweep of joint
     * lesions (set_start) it is a set of kernels lesioned together, in whose place kernel_layer and
     * kernel_index name the set's first kernel. */
    size_t kernel_count;
    int *kernel_lesion;        /* [kernel_count] its index in lesions */
    int *kernel_layer;         /* [kernel_count] index of its layer in the model */
    int *kernel_index;         /* [kernel_count] its number in the layer */
    int *sampled_from;         /* [layer_count] if the kernels above are a random sample, the number
                                * of kernels of the layer it was drawn from; else NULL */
    int layer_count;           /* layers of the model */
    char **layer_names;        /* [layer_count]; NULL for a layer that was not chosen */
    int classes;               /* classes, or groups of them (lesion/decide.h), decided between */
    char **class_names;        /* [classes]; NULL where the model gives none */
    int logit_count;           /* logits of the model; 0 if read by lsn_results_open */
    float *logits;             /* intact [image][condition][logit_count]; NULL unless asked for
                                * by keep_logits */
    double multiply_adds;      /* done for the lesions, in this process */
    double full_multiply_adds; /* that the full engine would take for the same lesions */
    int threads;               /* number of worker threads */
    double seconds;            /* time they took, without making the network ready */
    size_t images_renewed;     /* images of a run directory whose files have been mended or replaced
                                * since it was last opened */
    size_t images_removed;     /* images of a run directory that the list no longer has */
    size_t complete_images;    /* images 0 ... complete_images-1 have all their outcomes */
    bool raced;                /* of a run directory: races (lesion/ranking.h) have run only some
                                * kernels on some images, anywhere in the list; complete_images is
                                * 0 until a sweep has run what is missing */
    bool raced_right;          /* of these, one ran only images that are right at both contrasts
                                * when intact, which are no random sample of the list */
    struct lsn_kernel *set_kernels; /* [set_start[kernel_count]] the kernels of all sets */
    int *set_start;                 /* [kernel_count + 1] set k has set_kernels[set_start[k]] ...
                                     * set_kernels[set_start[k + 1] - 1]; NULL: each kernel is lesioned alone */
    struct lsn_store *store;
};

/* Reads one image's outcomes: intact [condition_count], lesioned and same
 * [condition_count][kernel_count]. same is 1 where the lesion changes neither the logits
 * (lsn_logits_same) nor the predicted class nor the rank. A missing outcome has predicted -1.
 * LSN_E_IO. */
enum lsn_status lsn_results_read(const struct lsn_results *results, size_t image,
                                 struct lsn_outcome *intact, struct lsn_outcome *lesioned,
                                 uint8_t *same, struct lsn_error *err);

/* The lengths of the axes, for languages that cannot read the struct: the complete images,
 * conditions, kernels. */
size_t lsn_results_images(const struct lsn_results *results);
size_t lsn_results_conditions(const struct lsn_results *results);
size_t lsn_results_kernels(const struct lsn_results *results);

/* Whether all conditions have the same contrast. */
bool lsn_results_one_contrast(const struct lsn_results *results);

/* The conditions of the lowest and of the highest contrast among those with the region and
 * normalisation of condition like; -1 where like is no condition. */
int lsn_results_lowest(const struct lsn_results *results, int like);
int lsn_results_highest(const struct lsn_results *results, int like);

/* The accuracy that a kernel's lesion costs at a condition, on the complete images. */
struct lsn_drop {
    size_t images;                     /* complete ones */
    size_t top1_intact, top1_lesioned; /* images right when intact, when lesioned */
    size_t lost, gained;               /* images right only when intact, only when lesioned */
    double drop;                       /* (lost - gained) / images; 0 without images */
};

/* kernel and condition are numbers on the axes. LSN_E_ARGUMENT, LSN_E_IO. On failure *drop is
 * zeroed. */
enum lsn_status lsn_results_drop(const struct lsn_results *results, size_t kernel, int condition,
                                 struct lsn_drop *drop, struct lsn_error *err);

/* Copies all outcomes of the complete images to the caller's arrays intact [images][conditions]
 * and lesioned [images][conditions][kernels]; either may be NULL. An answer is right where
 * rank is 1. To NumPy a struct lsn_outcome is
 * [("predicted", "i4"), ("rank", "i4"), ("loss", "f4"), ("margin", "f4")].
 * LSN_E_ARGUMENT, LSN_E_IO. */
enum lsn_status lsn_results_outcomes(const struct lsn_results *results, struct lsn_outcome *intact,
                                     struct lsn_outcome *lesioned, struct lsn_error *err);

/* Opens a run directory, finished or not, for reading; the model is not needed.
 * LSN_E_IO, LSN_E_FORMAT, LSN_E_MEMORY; LSN_E_UNSUPPORTED for a run of joint lesions, which
 * lsn_sweep_run continues and lsn_group_write or lsn_pairs_write makes a table of, and for one of
 * cumulative lesions; on failure *results is NULL. */
enum lsn_status lsn_results_open(const char *run, struct lsn_results **results,
                                 struct lsn_error *err);

/* Reads the seed with which the run directory's images were shuffled, which lsn_dataset_shuffle
 * needs to continue the run; -1: they are in the list's own order. Fails as lsn_results_open. */
enum lsn_status lsn_run_shuffle_seed(const char *run, int64_t *seed, struct lsn_error *err);

/* Whether the file at path is, to the byte, a table that lsn_run_publish noted in the run
 * directory: to make that anew loses nothing. *wrote is false where there is no such file or
 * directory, too. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_run_wrote(const char *run, const char *path, bool *wrote,
                              struct lsn_error *err);

/* Copies a table that was made of the run directory to path, after noting there that it is the
 * run's. An existing file is refused unless force is set. Fails as lsn_run_wrote. */
enum lsn_status lsn_run_publish(const char *run, const char *table, const char *path, bool force,
                                struct lsn_error *err);

void lsn_results_free(struct lsn_results *results);

/* Merges the finished run directories of all shards of one run, in any order, into the
 * run directory out, which is then the same as that of a run without shards.
 * any_core: accept shards computed on different BLAS cores, whose last bits differ.
 * LSN_E_DATA where shards are missing, given twice, not finished or not of one run;
 * otherwise fails as lsn_results_open. A failed call may leave an unfinished out, which
 * the same call overwrites. */
enum lsn_status lsn_run_merge(const char *out, const char *const *shards, int count, bool any_core,
                              struct lsn_error *err);

LSN_API_END
#endif
