/* The Gaussian blur of the contrast normalisations (op/normalise.h): cut off at
 * floor(4 sigma + .5) px, the weights inside the image scaled to sum to 1. */
#ifndef LSN_OP_BLUR_H
#define LSN_OP_BLUR_H

#include <stddef.h>

#include "lesion/shape.h"

struct lsn_blur {
    double *between; /* [h][w] a buffer */
    double *weights; /* [the longer side] the Gaussian's, from its centre outwards */
    int radius;      /* weights beyond it are 0, or always outside the image */
};

/* A blur of planes of shape s (c is not used) whose arrays lie in scratch
 * [lsn_blur_scratch_count]. */
struct lsn_blur lsn_blur_of(struct lsn_shape s, double sigma_px, double *scratch);
size_t lsn_blur_scratch_count(struct lsn_shape s);

/* Blurs plane [h][w] in place. */
void lsn_blur_run(const struct lsn_blur *blur, struct lsn_shape s, double *plane);

/* Multiplies plane [h][w] by the transpose of the blur's matrix, in place: takes derivatives by
 * blurred values to derivatives by the values. */
void lsn_blur_transposed(const struct lsn_blur *blur, struct lsn_shape s, double *plane);

#endif
