/* Runs an op, on whole activations or on parts of them. */
#ifndef LSN_ENGINE_FORWARD_H
#define LSN_ENGINE_FORWARD_H

#include "engine/network.h"

/* The operands of one run. They may be parts of activations: a single position, if the op computes
 * each position from the same position of its input; a list of channels, if it computes each
 * channel from the same channel. */
struct lsn_run {
    const struct lsn_step *step;
    const float *packed;               /* step->packed, or a lesioned copy of it */
    const struct lsn_shape *in_shapes; /* [node's input_count] */
    struct lsn_shape shape;            /* of out */
    const float *const *in;            /* [node's input_count] */
    float *out, *scratch;
};

/* Runs the op of run->step's node. It must have one: the image has none, and BatchNormalization is
 * folded into other ops. */
void lsn_forward(const struct lsn_run *run);

#endif
