#include "engine/network.h"

int lsn_layer_place(const struct lsn_layer *layer, int node)
{
    int i;

    for (i = 0; i < layer->place_count; i++)
        if (layer->places[i] == node)
            return i;
    return -1;
}
