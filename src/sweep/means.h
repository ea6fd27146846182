/* The mean output of every kernel at each position, over all images of the list as one
 * condition shows them to the intact network: what the lesion mean puts in a plane's place. */
#ifndef LSN_SWEEP_MEANS_H
#define LSN_SWEEP_MEANS_H

#include <stddef.h>

#include "lesion/model.h"

struct lsn_means {
    const struct lsn_model *model;
    size_t count;  /* values of one condition: of each lesioned layer's places */
    size_t *first; /* [layer_count] where a layer's begin, place after place; SIZE_MAX: not
                    * lesioned */
    float *values; /* [condition][count] */
};

void lsn_means_free(struct lsn_means *means);

/* planes [h][w][c] of a layer's output at one of its places; lent. */
const float *lsn_means_planes(const struct lsn_means *means, int condition, int layer, int place);

/* Values of the layer's places before number `place`; of all where that is how many it has. */
size_t lsn_means_values_before(const struct lsn_model *model, int layer, int place);

#endif
