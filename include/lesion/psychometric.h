/* Psychometric curves: accuracy as a function of contrast. A lesion can shift the curve to higher
 * contrasts (contrast gain: more contrast is needed for the same part of the rise) or lower the
 * accuracy that the curve approaches (response gain); a fit of the curve tells the two apart.
 * Nothing here reads a file or a network. */
#ifndef LESION_PSYCHOMETRIC_H
#define LESION_PSYCHOMETRIC_H

#include <stdbool.h>

#include "lesion/error.h"

LSN_API_BEGIN

/* How accuracy rises with contrast c, from F(0) = 0 towards 1. */
enum lsn_psychometric_function {
    LSN_PSYCHOMETRIC_WEIBULL, /* F = 1 - exp(-(c / threshold)^slope): 1 - 1/e at the threshold */
    LSN_PSYCHOMETRIC_NAKA_RUSHTON /* F = c^slope / (c^slope + threshold^slope): 1/2 at it (Naka &
                                   * Rushton, Journal of Physiology 185 (1966) 536-555) */
};

#define LSN_PSYCHOMETRIC_FUNCTIONS (LSN_PSYCHOMETRIC_NAKA_RUSHTON + 1)

/* A fit has three free parameters; one more contrast leaves it a degree of freedom. */
#define LSN_PSYCHOMETRIC_CONTRASTS_LEAST 4

/* Whether a fit succeeded. In all states but the first, threshold, slope and lapse mean nothing. */
enum lsn_psychometric_state {
    LSN_PSYCHOMETRIC_FINE,
    LSN_PSYCHOMETRIC_FLAT,    /* accuracy does not rise with contrast: the curve is no better than
                               * one accuracy at all contrasts, 5 % by the likelihood-ratio test */
    LSN_PSYCHOMETRIC_OUTSIDE, /* the threshold is below the lowest contrast other than 0 or above
                               * the highest, where the data cannot separate it from slope and
                               * lapse */
    LSN_PSYCHOMETRIC_STEP,    /* accuracy jumps from one contrast to the next: the threshold can be
                               * anywhere between them, the slope is LSN_PSYCHOMETRIC_SLOPE_MOST */
    LSN_PSYCHOMETRIC_LOST     /* the search did not converge */
};

#define LSN_PSYCHOMETRIC_STATES     (LSN_PSYCHOMETRIC_LOST + 1)
#define LSN_PSYCHOMETRIC_SLOPE_MOST 20.

struct lsn_psychometric_fit {
    double
        threshold;   /* contrast; enum lsn_psychometric_function says at which point of the curve */
    double slope;    /* at least .1 */
    double lapse;    /* in [0, 1 - guess): 1 - lapse is the accuracy that the curve approaches */
    double deviance; /* 2 (log likelihood of the observed accuracies - that of the curve) */
    enum lsn_psychometric_state state;
};

/* Returns the name of a state in tables: "fine", "flat" ...; static. */
const char *lsn_psychometric_state_name(enum lsn_psychometric_state state);

/* The curve at contrast c >= 0:
 *     accuracy(c) = guess + (1 - guess - lapse) F(c) */
double lsn_psychometric_accuracy(enum lsn_psychometric_function function, double guess,
                                 const struct lsn_psychometric_fit *fit, double contrast);

/* A fitter: memory for fitting many curves at the same contrasts. */
struct lsn_psychometric;

/* contrasts [count] in [0, 1], each once, in any order; 0 may be among them, but has no influence
 * on threshold, slope and lapse. guess in [0, 1): the accuracy without any contrast. Only one
 * thread at a time may use it. LSN_E_ARGUMENT, LSN_E_MEMORY. lsn_psychometric_free frees it and
 * accepts NULL. */
enum lsn_status lsn_psychometric_create(enum lsn_psychometric_function function, double guess,
                                        const double *contrasts, int count,
                                        struct lsn_psychometric **made, struct lsn_error *err);
void lsn_psychometric_free(struct lsn_psychometric *curve);

/* Fits a curve by maximum likelihood to right [count], the images of images (at least 1) that are
 * right at each contrast. The counts are taken as binomial and independent:
 *     log L = sum_c right log accuracy(c) + (images - right) log (1 - accuracy(c))
 * (Wichmann & Hill, Perception & Psychophysics 63 (2001) 1293-1313). In fact the same images are
 * shown at all contrasts, so the counts are dependent; the estimate is consistent all the same,
 * and intervals account for it by resampling whole images. Wichmann & Hill keep lapse below .06, as
 * an observer's rate of inattention. Here 1 - lapse is the accuracy that the curve approaches,
 * often beyond the contrasts shown, so lapse may be anything in [0, 1 - guess). The search covers
 * thresholds from a quarter of the lowest contrast other than 0 to four times the highest, and
 * slopes from .1 to LSN_PSYCHOMETRIC_SLOPE_MOST.
 *
 * near: a fit to similar data, where the search starts; NULL: it starts from several points of a
 * grid. With near, which is for resampled data, the state is FLAT only where the search ends
 * without a rise, whatever the likelihood-ratio test says, and OUTSIDE only at the end of the
 * searched thresholds, so that intervals can be as wide as the thresholds vary. LSN_E_MEMORY. */
enum lsn_status lsn_psychometric_fit(struct lsn_psychometric *curve, double images,
                                     const double *right, const struct lsn_psychometric_fit *near,
                                     struct lsn_psychometric_fit *fit, struct lsn_error *err);

/* The influence of one more right image at a contrast on an estimate, to first order. With I the
 * Fisher information of `images` images at the fit and psi(c) its accuracies,
 *     threshold [count] = [I^-1 dpsi(c)/dtheta]_threshold / (psi(c) (1 - psi(c)))   of log10
 *     lapse [count]     = the same, with the component of lapse
 * where theta = (log10 threshold, ln slope, lapse). The sum over images and contrasts of (right
 * lesioned - right intact) times the influence is the one-step (efficient-score) estimate of the
 * threshold shift or of the change of lapse (Le Cam; van der Vaart, Asymptotic Statistics, 1998,
 * section 5.7; Rao's score test is its square over its variance). Returns false, and zeroes, where
 * I is singular. */
bool lsn_psychometric_influence(const struct lsn_psychometric *curve, double images,
                                const struct lsn_psychometric_fit *fit, double *threshold,
                                double *lapse);

LSN_API_END
#endif
