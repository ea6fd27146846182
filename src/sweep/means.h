/* The mean output of each kernel at each position, over all images of the list shown at one
 * condition to the intact network. The lesion mean puts it in place of the kernel's output. */
#ifndef LSN_SWEEP_MEANS_H
#define LSN_SWEEP_MEANS_H

#include <stddef.h>

#include "lesion/model.h"

struct lsn_means {
    const struct lsn_model *model;
    size_t count;  /* values for one condition, of all lesioned layers */
    size_t *first; /* [layer_count] its first value; SIZE_MAX: not lesioned */
    float *values; /* [condition][count] */
};

void lsn_means_free(struct lsn_means *means);

/* The mean planes [h][w][c] of a layer at one of its places; lent. */
const float *lsn_means_planes(const struct lsn_means *means, int condition, int layer, int place);

/* The number of values of the layer's places before number `place`; of all its places where `place`
 * is their number. */
size_t lsn_means_values_before(const struct lsn_model *model, int layer, int place);

#endif
