/* Joint lesions in a sweep: sets are made, selected and named. */
#ifndef LSN_SWEEP_SETS_H
#define LSN_SWEEP_SETS_H

#include "base/text.h"
#include "lesion/sweep.h"
#include "outcome/results.h"

/* Selects the sets that the options name, as lsn_selection_make does kernels; they must be right
 * (struct lsn_kernel_sets), and the options otherwise choose no kernels. LSN_E_ARGUMENT,
 * LSN_E_MEMORY. */
enum lsn_status lsn_selection_make_sets(const struct lsn_model *model,
                                        const struct lsn_sweep_options *options,
                                        const struct lsn_lesion *lesions, int lesion_count,
                                        struct lsn_selection *selection, struct lsn_error *err);

/* Makes room for so many sets, of so many kernels in all; there are none yet. LSN_E_MEMORY. */
enum lsn_status lsn_kernel_sets_create(size_t sets, size_t kernels, struct lsn_kernel_sets **made,
                                       struct lsn_error *err);

/* Adds the set of these kernels [count]. */
void lsn_kernel_sets_add(struct lsn_kernel_sets *sets, const struct lsn_kernel *kernels, int count);

/* Adds what number k of the results lesions, in the words of an error: "kernel 3 of 'conv1'",
 * "kernels conv1:3 conv2:7 together", or the first of them "and 12 more together". */
void lsn_sets_name(struct lsn_text *text, const struct lsn_results *results, size_t k);

#endif
