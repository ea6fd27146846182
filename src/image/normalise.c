#include "lesion/normalise.h"

#include <math.h>

#include "op/normalise.h"

size_t lsn_normalisation_scratch(struct lsn_shape shape)
{
    return lsn_normalise_scratch_count(shape);
}

void lsn_normalisation_apply(const struct lsn_normalisation *normalisation, struct lsn_shape shape,
                             float *pixels, double *scratch)
{
    static const enum lsn_normalise_kind kinds[] = {
        [LSN_NORMALISATION_GLOBAL] = LSN_NORMALISE_GLOBAL,
        [LSN_NORMALISATION_LOCAL] = LSN_NORMALISE_LOCAL,
        [LSN_NORMALISATION_DIVISIVE] = LSN_NORMALISE_DIVISIVE,
    };
    const struct lsn_normalise global = {.kind = LSN_NORMALISE_GLOBAL};
    size_t count = (size_t)shape.h * (size_t)shape.w * (size_t)shape.c, i;
    struct lsn_normalise op;

    if (normalisation->kind == LSN_NORMALISATION_NONE || normalisation->node[0])
        return;
    /* Computed in pixel values (0 ... 255) instead of x (0 ... 1), which changes only half, scaled
     * here: dividing the pixels by 255 first would round them, and at a low contrast that is
     * visible. */
    op = (struct lsn_normalise){kinds[normalisation->kind], normalisation->sigma_px,
                                normalisation->half * 255.0, normalisation->power, true};
    lsn_normalise(&op, shape, pixels, pixels, scratch);
    lsn_normalise(&global, shape, pixels, pixels, scratch);
    for (i = 0; i < count; i++) {
        double y = (double)pixels[i] * normalisation->sd + normalisation->mean;

        pixels[i] = (float)(fmin(fmax(y, 0.0), 1.0) * 255.0);
    }
}
