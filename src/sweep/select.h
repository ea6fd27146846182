/* Selects the kernels that a sweep lesions. */
#ifndef LSN_SWEEP_SELECT_H
#define LSN_SWEEP_SELECT_H

#include <stdbool.h>

#include "base/error.h"
#include "lesion/sweep.h"
#include "outcome/results.h"

/* A list of names in a model, from which patterns choose. */
struct lsn_name_list {
    int count;
    const char *(*name)(const struct lsn_model *model, int index);
    const char *option, *things; /* what errors call the list, and what it chooses */
};

/* Sets chosen [count] for the names that match a comma-separated list of patterns with * and ?;
 * NULL or "" chooses all. LSN_E_ARGUMENT where a pattern matches no name; LSN_E_MEMORY. */
enum lsn_status lsn_select_names(const struct lsn_model *model, const struct lsn_name_list *named,
                                 const char *patterns, bool *chosen, struct lsn_error *err);

/* Selects the kernels that options name one by one, or choose by layers and kernels, for each of
 * the lesions, of which there must be at least one. Of kernels chosen by patterns those are left
 * out that a lesion cannot be applied to; kernels named one by one must suit all lesions.
 * LSN_E_ARGUMENT where an item chooses nothing, suits no lesion or cannot be read; LSN_E_MEMORY. */
enum lsn_status lsn_selection_make(const struct lsn_model *model,
                                   const struct lsn_sweep_options *options,
                                   const struct lsn_lesion *lesions, int lesion_count,
                                   struct lsn_selection *selection, struct lsn_error *err);
void lsn_selection_free(struct lsn_selection *selection);

/* Checks kernels that were named one by one: unlike those chosen by patterns, each must exist, be
 * in the model's order, none twice, and suit every lesion. LSN_E_ARGUMENT. */
enum lsn_status lsn_select_check_picked(const struct lsn_model *model,
                                        const struct lsn_kernel *kernels, int count,
                                        const struct lsn_lesion *lesions, int lesion_count,
                                        struct lsn_error *err);

/* Checks that the model has all of kernels [count]. LSN_E_ARGUMENT. */
enum lsn_status lsn_select_check(const struct lsn_model *model, const struct lsn_kernel *kernels,
                                 int count, struct lsn_error *err);

/* The hint to add to an error sentence where a name of the form NAME@2 chooses nothing; "" for
 * other names. */
const char *lsn_select_hint(const struct lsn_model *model, const char *name);

/* Reads the next item of a comma-separated list into a fresh string; *at moves behind its comma, or
 * becomes NULL after the last item. LSN_E_MEMORY. */
enum lsn_status lsn_select_next(const char **at, char **item, struct lsn_error *err);

/* Reads an item such as 7 or 0-15 as *first ... *last; false where it is neither. */
bool lsn_span_parse(const char *text, int *first, int *last);

#endif
