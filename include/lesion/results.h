/* What a sweep found: the outcome of every image, condition and kernel. */
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

/* The axes, and where the outcomes are. Read-only for callers. */
struct lsn_results {
    size_t image_count;
    char **image_names;    /* [image_count] as the list of images gives them */
    int *image_classes;    /* [image_count] true classes */
    uint64_t *image_bytes; /* [image_count] of the files */
    int condition_count;
    struct lsn_condition *conditions; /* [condition_count]; a mask is not loaded */
    int lesion_count;
    struct lsn_lesion *lesions; /* [lesion_count] how kernels are lesioned */
    /* Every lesion with every kernel of all chosen layers, lesions outermost. */
    size_t kernel_count;
    int *kernel_lesion;        /* [kernel_count] which of lesions */
    int *kernel_layer;         /* [kernel_count] index of its layer in the model */
    int *kernel_index;         /* [kernel_count] which kernel of the layer */
    int layer_count;           /* of the model */
    char **layer_names;        /* [layer_count]; NULL where not chosen */
    int classes;               /* that are decided between, or groups (lesion/decide.h) */
    char **class_names;        /* [classes]; NULL where the model gives none */
    int logit_count;           /* of the model; 0 in what lsn_results_open reads */
    float *logits;             /* [image][condition][logit_count], NULL unless kept */
    double multiply_adds;      /* done for the lesions, in this process */
    double full_multiply_adds; /* that the full engine takes for them */
    int threads;               /* that ran */
    double seconds;            /* that they took; making the network ready is not in it */
    size_t images_renewed;     /* of a run's list, mended or replaced since it was last open */
    size_t images_removed;     /* of a run's list, that are not in the list any more */
    size_t complete_images;    /* images 0 ... complete_images-1 have no missing cell */
    bool raced;                /* of a run: races left images on which some kernels were run alone,
                                * in any places of the list, and complete_images is 0 until none
                                * is left */
    bool raced_right;          /* some of them ran only images right in both contrasts when
                                * intact, which are no random sample of the list */
    struct lsn_store *store;
};

/* One image's outcomes: intact [condition_count], lesioned and same
 * [condition_count][kernel_count]; same is 1 where the lesion leaves the
 * logits as they were (lsn_logits_same), and the predicted class and the rank.
 * Missing ones hold predicted = -1. LSN_E_IO. */
enum lsn_status lsn_results_read(const struct lsn_results *results, size_t image,
                                 struct lsn_outcome *intact, struct lsn_outcome *lesioned,
                                 uint8_t *same, struct lsn_error *err);

/* The lengths of the axes for a caller that does not read the struct: complete images (at the
 * beginning), conditions, kernels. */
size_t lsn_results_images(const struct lsn_results *results);
size_t lsn_results_conditions(const struct lsn_results *results);
size_t lsn_results_kernels(const struct lsn_results *results);

/* Whether all conditions have the same contrast. */
bool lsn_results_one_contrast(const struct lsn_results *results);

/* The conditions of the lowest and of the highest contrast among those with the region and
 * normalisation of condition like; -1 where like is no condition. */
int lsn_results_lowest(const struct lsn_results *results, int like);
int lsn_results_highest(const struct lsn_results *results, int like);

/* What a kernel costs at a condition, of the complete images. */
struct lsn_drop {
    size_t images, top1_intact, top1_lesioned;
    size_t lost, gained; /* right only intact, only lesioned */
    double drop;         /* (lost - gained) / images; 0 of none */
};

/* LSN_E_ARGUMENT, LSN_E_IO. On failure *drop is zeroed. */
enum lsn_status lsn_results_drop(const struct lsn_results *results, size_t kernel, int condition,
                                 struct lsn_drop *drop, struct lsn_error *err);

/* All outcomes of the complete images: intact [images][conditions], lesioned
 * [images][conditions][kernels], each an array of the caller's or NULL. An answer is right where
 * rank is 1. To NumPy a struct lsn_outcome is
 * [("predicted", "i4"), ("rank", "i4"), ("loss", "f4"), ("margin", "f4")].
 * LSN_E_ARGUMENT, LSN_E_IO. */
enum lsn_status lsn_results_outcomes(const struct lsn_results *results, struct lsn_outcome *intact,
                                     struct lsn_outcome *lesioned, struct lsn_error *err);

/* Opens what a run directory holds, finished or not, for reading; no model is needed.
 * LSN_E_IO, LSN_E_FORMAT, LSN_E_MEMORY; on failure *results is NULL. */
enum lsn_status lsn_results_open(const char *run, struct lsn_results **results,
                                 struct lsn_error *err);

/* The seed of the random order in which the run directory has its images (lsn_dataset_shuffle),
 * for who goes on with it; -1: the list's own order. Fails as lsn_results_open. */
enum lsn_status lsn_run_shuffle_seed(const char *run, int64_t *seed, struct lsn_error *err);

void lsn_results_free(struct lsn_results *results);

/* Joins the finished run directories of all shards of one run, in any order, to the
 * run directory out, which is then what a run without shards would have made.
 * any_core: shards may come from different BLAS cores, whose last bits differ.
 * LSN_E_DATA where shards are missing, given twice, not finished or not of one run;
 * else as lsn_results_open. Nothing is left behind on failure but an unfinished out,
 * which the same call lays out anew. */
enum lsn_status lsn_run_merge(const char *out, const char *const *shards, int count, bool any_core,
                              struct lsn_error *err);

LSN_API_END
#endif
