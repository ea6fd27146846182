/* The axes of a sweep's outcomes and the outcomes themselves; the public half is
 * lesion/results.h. */
#ifndef LSN_OUTCOME_RESULTS_H
#define LSN_OUTCOME_RESULTS_H

#include "lesion/dataset.h"
#include "lesion/results.h"
#include "outcome/store.h"

/* The kernels to lesion, sorted by lesion, then in the model's order. */
struct lsn_selection {
    size_t count;
    int *lesion;                    /* [count] */
    int *layer;                     /* [count] */
    int *kernel;                    /* [count] */
    int *sampled_from;              /* [model's layers]; NULL: no sample */
    struct lsn_kernel *set_kernels; /* joint lesions, as in struct lsn_results; NULL: none. layer */
    int *set_start;                 /* and kernel are then of each set's first kernel */
};

/* What the axes of a sweep are made from; the images are number first ... first+count-1 of the
 * dataset. */
struct lsn_results_plan {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    size_t first, count;
    const struct lsn_condition *conditions; /* [condition_count] */
    int condition_count;
    const struct lsn_lesion *lesions; /* [lesion_count] */
    int lesion_count;
};

/* Makes the axes of a sweep, without outcomes. On success it owns the selection's arrays.
 * LSN_E_MEMORY; LSN_E_IO where an image file does not exist. */
enum lsn_status lsn_results_describe(const struct lsn_results_plan *plan,
                                     struct lsn_selection *selection, struct lsn_results **results,
                                     struct lsn_error *err);

/* Makes results without axes or outcomes. NULL: out of memory. */
struct lsn_results *lsn_results_empty(void);

/* Makes room for count images; their names are NULL. LSN_E_MEMORY. */
enum lsn_status lsn_results_allocate_images(struct lsn_results *results, size_t count,
                                            struct lsn_error *err);

/* Checks that the results have outcomes and a condition of this index. LSN_E_ARGUMENT. */
enum lsn_status lsn_results_check(const struct lsn_results *results, int condition,
                                  struct lsn_error *err);

/* Refuses results of joint lesions, for tables with rows of single kernels. LSN_E_ARGUMENT. */
enum lsn_status lsn_results_check_single(const struct lsn_results *results, struct lsn_error *err);

struct lsn_store_shape lsn_results_shape(const struct lsn_results *results);

/* The index of the stimulus (image, condition). */
size_t lsn_results_stimulus(const struct lsn_results *results, size_t image, int condition);

/* Counts the images, from the first on, of which all outcomes are there. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_results_count_complete(struct lsn_results *results, struct lsn_error *err);

/* Sets has [image_count], zeroed by the caller, to 1 for each image with an outcome. LSN_E_IO,
 * LSN_E_MEMORY. */
enum lsn_status lsn_results_find_outcomes(const struct lsn_results *results, uint8_t *has,
                                          struct lsn_error *err);

#endif
