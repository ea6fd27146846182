/* Contrast normalisation of one image or activation, channels last, and contrast
 * pooling. Arithmetic is in double.
 *
 * G * x is one plane: the mean over channels, blurred by a Gaussian of standard deviation sigma
 * px. The Gaussian is cut off at floor(4 sigma + .5) px, and at the borders the weights that lie
 * inside the image are scaled to sum to 1. Where sd or mean(s) is at most a millionth of the
 * largest |x|, which in float cannot be told from 0, the result is 0. */
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
    double sigma_px;    /* for local and divisive */
    double half, power; /* for divisive */
    bool centred;       /* for divisive: d = x - G * x (a stimulus), else d = x (a node) */
};

/* Computes out [h][w][c], which may be x, from x [h][w][c]. scratch
 * [lsn_normalise_scratch_count]. */
void lsn_normalise(const struct lsn_normalise *normalise, struct lsn_shape shape, const float *x,
                   float *out, double *scratch);
size_t lsn_normalise_scratch_count(struct lsn_shape shape);

/* The paper's contrast pooling: out [out.h][out.w][c] from x [in.h][in.w][c]. In each channel out
 * is s max + (1 - s) mean over each window, where s is the mean, over the channel's windows, of the
 * (population) variance within the window, but at most 1. Padding is left out. scratch
 * [lsn_contrast_pool_scratch_count]. */
void lsn_contrast_pool(const struct lsn_pool *pool, const float *x, float *out, double *scratch);
size_t lsn_contrast_pool_scratch_count(const struct lsn_pool *pool);

/* Its part of one window of x: computes largest and mean [c], and adds the variance to variances
 * [c]. squares [c] is a buffer. */
void lsn_contrast_pool_window(const struct lsn_pool *pool, const struct lsn_view *view,
                              const float *x, float *largest, double *mean, double *variances,
                              double *squares);

#endif
