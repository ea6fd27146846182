/* The effect of a lesion on an image: by how much it lowers the margin (the true class's logit
 * minus the best other one), in logits.
 *
 * The effects tell which images a kernel's importance at high contrast predicts to be lost at low
 * contrast. Two things must be allowed for. At low contrast the intact network is right by a small
 * margin, so any lesion loses more images there (fragility, DESIGN.md 3), whatever the kernel does.
 * And activations shrink with the contrast, and effects with them. Therefore an image is predicted
 * to be lost where the kernel's effect on it at high contrast, times the usual ratio of effects
 * low / high, exceeds the intact margin at low contrast.
 *
 * The usual ratio is the median over kernels of the mean effect at low contrast divided by that at
 * high contrast: the slope of a robust line through the origin (Theil and Sen's estimator with one
 * point given). The rejected alternative is a line through the numbers of images lost at low and at
 * high contrast. Most kernels lose only a few images, and in that noise it called kernels selective
 * which weaken every logit alike (scripts/simulate-selectivity). */
#ifndef LSN_TABLE_EFFECTS_H
#define LSN_TABLE_EFFECTS_H

#include <stdbool.h>

#include "lesion/results.h"
#include "lesion/stop.h"

/* With fewer kernels that have an effect, there is no usual ratio (NaN). */
#define LSN_EFFECTS_KERNELS_MIN 10

struct lsn_effects {
    size_t both;  /* images right at both conditions when intact; means are over these */
    double *low;  /* [kernels] mean |effect| at low contrast, logits */
    double *high; /* [kernels] at high contrast */
    double usual; /* ratio low / high; NaN: too few kernels have an effect */
};

/* Which kernels, start ... end-1, and which two conditions effects are found of. */
struct lsn_effects_of {
    size_t start, end;
    int low, high;
};

/* Finds the effects of lesioning each of these kernels. stop may be NULL. LSN_E_IO,
 * LSN_E_INTERRUPTED, LSN_E_MEMORY; call lsn_effects_free after a failure, too. */
enum lsn_status lsn_effects_make(const struct lsn_results *results, const struct lsn_effects_of *of,
                                 const struct lsn_stop *stop, struct lsn_effects *effects,
                                 struct lsn_error *err);
void lsn_effects_free(struct lsn_effects *effects);

/* Returns by how much a lesion lowers the margin, in logits. */
double lsn_effect(const struct lsn_outcome *intact, const struct lsn_outcome *lesioned);

/* Whether an image with this intact outcome at low contrast is predicted to be lost there, given
 * the kernel's effect on it at high contrast and the usual ratio. False where usual is NaN. */
bool lsn_effect_predicts(const struct lsn_outcome *intact_low, double effect_high, double usual);

#endif
