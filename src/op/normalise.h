/* Contrast normalisation of one image or activation, channels last, and contrast
 * pooling. Arithmetic in double.
 *
 * G * x is one plane: a Gaussian of sigma px over space and the mean over channels.
 * It is cut off at floor(4 sigma + .5) px, and what is left of it inside the image sums
 * to 1, also at the borders. Where sd or mean(s) is 0, or no more than a millionth of the
 * largest |x|, which float does not tell from 0, the result is 0. */
#ifndef LSN_OP_NORMALISE_H
#define LSN_OP_NORMALISE_H

#include <stdbool.h>
#include <stddef.h>

#include "lesion/shape.h"
#include "op/pool.h"

enum lsn_normalise_kind {
    LSN_NORMALISE_GLOBAL,  /* (x - mean) / sd over all values, population sd */
    LSN_NORMALISE_LOCAL,   /* v = x - G * x, s = sqrt(G * v^2), v / max(mean(s), s)
                            * (Jarrett et al. 2009) */
    LSN_NORMALISE_DIVISIVE /* d = x, or x - G * x where centred;
                            * sign(d) |d|^power / (half^power + G * |d|^power) (Heeger 1992) */
};

struct lsn_normalise {
    enum lsn_normalise_kind kind;
    double sigma_px;    /* of local and divisive */
    double half, power; /* of divisive */
    bool centred;
};

/* out [h][w][c], which may be x, from x [h][w][c]. scratch
 * [lsn_normalise_scratch_count]. */
void lsn_normalise(const struct lsn_normalise *normalise, struct lsn_shape shape, const float *x,
                   float *out, double *scratch);
size_t lsn_normalise_scratch_count(struct lsn_shape shape);

/* The paper's contrast pooling. out [out.h][out.w][c] from x [in.h][in.w][c]: by channel
 * s max + (1 - s) mean over each window, where s is the mean over the channel's windows
 * of the variance within the window (population), 1 at most. Padding does not count.
 * scratch [lsn_contrast_pool_scratch_count]. */
void lsn_contrast_pool(const struct lsn_pool *pool, const float *x, float *out, double *scratch);
size_t lsn_contrast_pool_scratch_count(const struct lsn_pool *pool);

#endif
