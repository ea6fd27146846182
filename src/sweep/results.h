/* The store of outcomes; the public half is lesion/sweep.h. */
#ifndef LSN_SWEEP_RESULTS_H
#define LSN_SWEEP_RESULTS_H

#include "lesion/sweep.h"
#include "sweep/select.h"

/* All cells missing. Takes the selection's arrays over on success. */
enum lsn_status lsn_results_create(size_t image_count, int condition_count, int classes,
                                   bool keep_logits, struct lsn_selection *selection,
                                   struct lsn_results **results, struct lsn_error *err);

/* Index of (image, condition) in the intact array; times kernel_count, of its
 * first cell in the lesioned one. */
size_t lsn_results_stimulus(const struct lsn_results *results, size_t image, int condition);

/* Sets complete_images from what the cells hold. */
void lsn_results_count_complete(struct lsn_results *results);

#endif
