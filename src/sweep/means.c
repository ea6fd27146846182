#include "sweep/means.h"

#include "base/memory.h"

/* The number of values of the layer's places before number `place`; of all its places where `place`
 * is their number. */
size_t lsn_means_values_before(const struct lsn_model *model, int layer, int place)
{
    size_t count = 0;
    int i;

    for (i = 0; i < place; i++) {
        struct lsn_shape s = lsn_model_node(model, lsn_model_layer_place(model, layer, i)).shape;

        count += (size_t)s.h * (size_t)s.w * (size_t)s.c;
    }
    return count;
}

const float *lsn_means_planes(const struct lsn_means *means, int condition, int layer, int place)
{
    return means->values + (size_t)condition * means->count + means->first[layer] +
           lsn_means_values_before(means->model, layer, place);
}

void lsn_means_free(struct lsn_means *means)
{
    if (!means)
        return;
    lsn_free(means->first);
    lsn_free(means->values);
    lsn_free(means);
}
