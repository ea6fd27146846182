/* One thread's memory for backward passes. */
#ifndef LSN_ENGINE_GRADIENT_H
#define LSN_ENGINE_GRADIENT_H

#include "engine/network.h"
#include "lesion/gradient.h"

struct lsn_gradient {
    const struct lsn_network *network;
    float **at;       /* [steps][h][w][c]; NULL: the step does not depend on any layer */
    const float **in; /* [the most inputs of a step] activations of the running step's inputs */
    float **dx;       /* likewise, their gradients */
    float *scratch;
};

/* LSN_E_ARGUMENT where the pass is of another network. */
enum lsn_status lsn_gradient_check(const struct lsn_gradient *gradient, const struct lsn_pass *pass,
                                   struct lsn_error *err);

#endif
