/* How far a lesion moves the decision, image by image: its effect is what it takes from the
 * margin (true logit minus the best other one), in logits.
 *
 * An intact network that sees low contrast is right by a small margin, so any lesion loses
 * more images there: that is fragility, and says nothing of this kernel. And as activations
 * shrink with contrast, so do effects. What a kernel's importance at high contrast predicts
 * for low contrast is therefore taken from both: an image is predicted to be lost where the
 * effect at high contrast, times the usual ratio of effects, exceeds the margin that the
 * intact network has at low contrast.
 *
 * The usual ratio is the slope of a robust line through the origin, of the kernels' mean
 * effects at low contrast over those at high contrast: the median of the ratios (Theil's and
 * Sen's estimator, one point given). A line of lost images over images lost at high contrast
 * was tried first: most kernels lose a handful there, and in that much noise it called
 * kernels selective that weaken every logit alike (scripts/simulate-selectivity). */
#ifndef LSN_TABLE_EFFECTS_H
#define LSN_TABLE_EFFECTS_H

#include <stdbool.h>

#include "lesion/results.h"
#include "lesion/stop.h"

/* With fewer kernels that have an effect, none is usual. */
#define LSN_EFFECTS_KERNELS_MIN 10

struct lsn_effects {
    size_t both;  /* images right at both conditions when intact; means are over these */
    double *low;  /* [kernels] mean |effect| at low contrast, logits */
    double *high; /* [kernels] at high contrast */
    double usual; /* ratio low / high; NaN: too few kernels have an effect */
};

/* Kernels start ... end-1, compared at two conditions. */
struct lsn_effects_of {
    size_t start, end;
    int low, high;
};

/* stop may be NULL. LSN_E_IO,
 * LSN_E_INTERRUPTED, LSN_E_MEMORY; lsn_effects_free frees what there is then, too. */
enum lsn_status lsn_effects_make(const struct lsn_results *results, const struct lsn_effects_of *of,
                                 const struct lsn_stop *stop, struct lsn_effects *effects,
                                 struct lsn_error *err);
void lsn_effects_free(struct lsn_effects *effects);

/* What a lesion takes from the margin. */
double lsn_effect(const struct lsn_outcome *intact, const struct lsn_outcome *lesioned);

/* Whether an image with this intact outcome at low contrast is predicted to be lost, from the
 * kernel's effect on it at high contrast. Never where usual is NaN. */
bool lsn_effect_predicts(const struct lsn_outcome *intact_low, double effect_high, double usual);

#endif
