/* Running an op: on whole maps, or on parts of them. */
#ifndef LSN_ENGINE_FORWARD_H
#define LSN_ENGINE_FORWARD_H

#include "engine/network.h"

/* Parts are single positions where the op keeps positions apart, some channels where it keeps
 * channels apart. */
struct lsn_run {
    const struct lsn_step *step;
    const float *packed;               /* step->packed, or a lesioned copy of it */
    const struct lsn_shape *in_shapes; /* [node's input_count] */
    struct lsn_shape shape;            /* of out */
    const float *const *in;            /* [node's input_count] */
    float *out, *scratch;
};

/* The op must be one that is run: neither the image nor BatchNormalization. */
void lsn_forward(const struct lsn_run *run);

#endif
