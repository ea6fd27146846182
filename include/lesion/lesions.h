/* Lesions. A lesion replaces one kernel's output plane, after its folded batch-norm and before its
 * activation, by something that does not depend on the lesioned weights: all of the kernel's, or a
 * part of them (planes, lines). */
#ifndef LESION_LESIONS_H
#define LESION_LESIONS_H

#include <stdint.h>

#include "lesion/error.h"
#include "lesion/model.h"
#include "lesion/shape.h"

LSN_API_BEGIN

enum lsn_lesion_kind {
    LSN_LESION_WEIGHTS, /* the weights are 0: the output is the folded bias (the paper) */
    LSN_LESION_PLANES,  /* one plane of the weights is 0 */
    LSN_LESION_LINES,   /* one line of the weights is 0 */
    LSN_LESION_SILENCE, /* the output is 0 */
    LSN_LESION_MEAN,    /* the kernel's mean output at each position, over all images of the list as
                         * the same condition shows them to the intact network */
    LSN_LESION_RESAMPLE /* the kernel's output for another image at the same condition */
};

#define LSN_LESION_KINDS (LSN_LESION_RESAMPLE + 1)

/* As texts: weights, silence, mean, resample, and of a kernel's weights [in][row][col]
 *   planes:in=I  planes:row=Y  planes:col=X                   one index given
 *   lines:in=I:row=Y  lines:in=I:col=X  lines:row=Y:col=X     two
 * I is an input channel, counted from 0 within the kernel's group (of a grouped convolution). */
struct lsn_lesion {
    enum lsn_lesion_kind kind;
    struct lsn_slice slice; /* planes, lines: which weights are 0; else LSN_SLICE_ALL */
    uint64_t seed;          /* resample: of the pairs of images (lsn_dataset_partners); else 0 */
};

/* The default lesion: all weights of the kernel are 0. */
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

/* Reads a text as above. seed is kept for resample, the one kind that draws at random.
 * LSN_E_ARGUMENT. */
enum lsn_status lsn_lesion_parse(const char *text, uint64_t seed, struct lsn_lesion *lesion,
                                 struct lsn_error *err);

/* Writes the text that is read as that lesion; it does not contain the seed. */
void lsn_lesion_text(const struct lsn_lesion *lesion, char text[LSN_LESION_TEXT_MAX]);

/* Whether the kernels of a layer have the weights that the lesion removes: row 3 of a 1x1 kernel
 * does not exist. */
bool lsn_lesion_fits(const struct lsn_lesion *lesion, const struct lsn_model *model, int layer);

/* Whether two lesions belong to one family of tests, over which p-values are corrected together:
 * they are of the same kind and name the same indices (two lesions planes:in=I do, whatever I). */
bool lsn_lesion_same_family(const struct lsn_lesion *a, const struct lsn_lesion *b);

LSN_API_END
#endif
