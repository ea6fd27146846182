/* Which kernels a sweep lesions. */
#ifndef LSN_SWEEP_SELECT_H
#define LSN_SWEEP_SELECT_H

#include <stdbool.h>

#include "base/error.h"
#include "lesion/sweep.h"
#include "outcome/results.h"

/* Names 0 ... count-1 of a model, from which a list of patterns chooses. */
struct lsn_named {
    int count;
    const char *(*name)(const struct lsn_model *model, int index);
    const char *option, *things; /* as errors call the list and what it chooses */
};

/* Marks in chosen [count] the names that a comma-separated list of patterns with * and ?
 * chooses; NULL or "" chooses all. LSN_E_ARGUMENT where a pattern matches none; LSN_E_MEMORY. */
enum lsn_status lsn_select_names(const struct lsn_model *model, const struct lsn_named *named,
                                 const char *patterns, bool *chosen, struct lsn_error *err);

/* The kernels that options pick, or choose by layers and kernels, under each lesion, of
 * which there is at least one; of those chosen, the ones that a lesion fits, while all picked
 * must. LSN_E_ARGUMENT where an item chooses nothing, fits nothing or cannot be read,
 * LSN_E_MEMORY. */
enum lsn_status lsn_selection_make(const struct lsn_model *model,
                                   const struct lsn_sweep_options *options,
                                   const struct lsn_lesion *lesions, int lesion_count,
                                   struct lsn_selection *selection, struct lsn_error *err);
void lsn_selection_free(struct lsn_selection *selection);

/* LSN_E_ARGUMENT unless the model has all of kernels [count]. */
enum lsn_status lsn_select_check(const struct lsn_model *model, const struct lsn_kernel *kernels,
                                 int count, struct lsn_error *err);

/* What to add where a name NAME@2 chooses nothing; "" for other names. */
const char *lsn_select_hint(const struct lsn_model *model, const char *name);

/* The next item of a comma-separated list, fresh; *at moves behind its comma, or becomes NULL
 * behind the last. LSN_E_MEMORY. */
enum lsn_status lsn_select_next(const char **at, char **item, struct lsn_error *err);

/* One item as 7 or 0-15: *first ... *last. */
bool lsn_range_parse(const char *text, int *first, int *last);

#endif
