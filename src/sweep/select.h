/* Which kernels a sweep lesions. */
#ifndef LSN_SWEEP_SELECT_H
#define LSN_SWEEP_SELECT_H

#include "base/error.h"
#include "lesion/lesion.h"
#include "lesion/model.h"

/* Kernels by lesion and layer, in the model's order. */
struct lsn_selection {
    size_t count;
    int *lesion; /* [count] */
    int *layer;  /* [count] */
    int *kernel; /* [count] */
};

/* layers, kernels: as struct lsn_sweep_options has them; at least one lesion.
 * LSN_E_ARGUMENT where an item chooses nothing, fits nothing or cannot be read,
 * LSN_E_MEMORY. */
enum lsn_status lsn_selection_make(const struct lsn_model *model, const char *layers,
                                   const char *kernels, const struct lsn_lesion *lesions,
                                   int lesion_count, struct lsn_selection *selection,
                                   struct lsn_error *err);
void lsn_selection_free(struct lsn_selection *selection);

#endif
