/* Lesions. A lesion replaces one kernel's output plane, behind its folded batch-norm and
 * before its activation, by something that does not depend on what is lesioned: the kernel,
 * or the part of its weights. */
#ifndef LESION_LESIONS_H
#define LESION_LESIONS_H

#include <stdint.h>

#include "lesion/error.h"
#include "lesion/model.h"
#include "lesion/shape.h"

LSN_API_BEGIN

enum lsn_lesion_kind {
    LSN_LESION_WEIGHTS, /* the weights are 0: what is left is the folded bias (the paper) */
    LSN_LESION_PLANES,  /* one plane of the weights is 0 */
    LSN_LESION_LINES,   /* one line of the weights is 0 */
    LSN_LESION_SILENCE, /* 0 */
    LSN_LESION_MEAN,    /* the kernel's mean output at each position, over all images of the list as
                         * the same condition shows them to the intact network */
    LSN_LESION_RESAMPLE /* the kernel's output for another image at the same condition */
};

#define LSN_LESION_KINDS (LSN_LESION_RESAMPLE + 1)

/* As texts: weights, silence, mean, resample, and of a kernel's weights [in][row][col]
 *   planes:in=I  planes:row=Y  planes:col=X                   one index given
 *   lines:in=I:row=Y  lines:in=I:col=X  lines:row=Y:col=X     two
 * in counts the input channels of the kernel's group. */
struct lsn_lesion {
    enum lsn_lesion_kind kind;
    struct lsn_slice slice; /* which weights are 0; of the kinds without any: all */
    uint64_t seed;          /* of resample's pairs of images (lsn_dataset_partners) */
};

#ifdef __cplusplus
#define LSN_LESION_WHOLE (lsn_lesion{LSN_LESION_WEIGHTS, LSN_SLICE_ALL, 0})
#else
#define LSN_LESION_WHOLE ((struct lsn_lesion){LSN_LESION_WEIGHTS, LSN_SLICE_ALL, 0})
#endif

#define LSN_LESION_TEXT_MAX 64

/* One kernel of a model. */
struct lsn_kernel {
    int layer, kernel;
};

/* seed goes into the kinds that draw. LSN_E_ARGUMENT. */
enum lsn_status lsn_lesion_parse(const char *text, uint64_t seed, struct lsn_lesion *lesion,
                                 struct lsn_error *err);
void lsn_lesion_text(const struct lsn_lesion *lesion, char text[LSN_LESION_TEXT_MAX]);

/* Whether the kernels of a layer have what the lesion removes. */
bool lsn_lesion_fits(const struct lsn_lesion *lesion, const struct lsn_model *model, int layer);

/* Whether two lesions are of one family, whose kernels are tested together: the same kind,
 * and the same indices given. */
bool lsn_lesion_same_family(const struct lsn_lesion *a, const struct lsn_lesion *b);

LSN_API_END
#endif
