/* Runs an op backward: a row of a table for each, as forward.c has one. */
#ifndef LSN_ENGINE_BACKWARD_H
#define LSN_ENGINE_BACKWARD_H

#include "engine/network.h"

/* The operands of one run. */
struct lsn_backward {
    const struct lsn_step *step;
    const float *const *in; /* [node's input_count] activations, as the forward pass left them */
    const float *out;       /* that of the node itself */
    const float *dy;        /* the gradient there */
    float *const *dx;       /* [node's input_count] gradients of the inputs, to be added to; NULL:
                             * not wanted */
    float *scratch;         /* [lsn_step_backward_scratch], aligned for doubles */
};

/* Adds to each of run->dx what comes back to it through the op. The op must have inputs. */
void lsn_step_backward(const struct lsn_backward *run);

/* Floats of scratch that lsn_step_backward needs. */
size_t lsn_step_backward_scratch(const struct lsn_step *step);

#endif
