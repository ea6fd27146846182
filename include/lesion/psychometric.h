/* Psychometric curves: accuracy over contrast. A lesion can shift the curve along contrast (more
 * contrast is needed for the same share of its own rise: contrast gain) or take from what is
 * reached at any contrast (response gain); a fit of the curve tells the two apart. Numbers in,
 * numbers out; nothing here reads a file or a network. */
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

/* A fit has three free parameters, and is tested by what is left. */
#define LSN_PSYCHOMETRIC_CONTRASTS_LEAST 4

/* What became of a fit. All but the first leave threshold, slope and lapse without a meaning. */
enum lsn_psychometric_state {
    LSN_PSYCHOMETRIC_FINE,
    LSN_PSYCHOMETRIC_FLAT,    /* accuracy does not rise with contrast: the curve is no better than
                               * one accuracy at all contrasts, 5 % by the likelihood-ratio test */
    LSN_PSYCHOMETRIC_OUTSIDE, /* the threshold is below the lowest contrast over 0 or above the
                               * highest, where no data tell it from slope and lapse */
    LSN_PSYCHOMETRIC_STEP,    /* accuracy jumps from one contrast to the next: the threshold is
                               * anywhere between, the slope at LSN_PSYCHOMETRIC_SLOPE_MOST */
    LSN_PSYCHOMETRIC_LOST     /* the search did not converge */
};

#define LSN_PSYCHOMETRIC_STATES     (LSN_PSYCHOMETRIC_LOST + 1)
#define LSN_PSYCHOMETRIC_SLOPE_MOST 20.

struct lsn_psychometric_fit {
    double threshold; /* contrast, of the function */
    double slope;     /* at least .1 */
    double lapse;     /* in [0, 1 - guess): 1 - lapse is the accuracy that is approached */
    double deviance;  /* 2 (log likelihood of the shares right themselves - that of the curve) */
    enum lsn_psychometric_state state;
};

/* "fine", "flat" ...: a state as tables name it. */
const char *lsn_psychometric_state_name(enum lsn_psychometric_state state);

/* The curve at contrast c >= 0:
 *     accuracy(c) = guess + (1 - guess - lapse) F(c) */
double lsn_psychometric_accuracy(enum lsn_psychometric_function function, double guess,
                                 const struct lsn_psychometric_fit *fit, double contrast);

/* Fits curves to shares right at the same contrasts, again and again. */
struct lsn_psychometric;

/* contrasts [count] in [0, 1], each once, in any order; 0 may be among them, and says nothing of
 * threshold, slope and lapse. guess in [0, 1): the accuracy without any contrast. One thread at
 * a time uses it. LSN_E_ARGUMENT, LSN_E_MEMORY; freed by lsn_psychometric_free, NULL allowed. */
enum lsn_status lsn_psychometric_create(enum lsn_psychometric_function function, double guess,
                                        const double *contrasts, int count,
                                        struct lsn_psychometric **made, struct lsn_error *err);
void lsn_psychometric_free(struct lsn_psychometric *curve);

/* The fit of greatest likelihood to right [count] of images >= 1 at each contrast, taken as
 * binomial and independent:
 *     log L = sum_c right log accuracy(c) + (images - right) log (1 - accuracy(c))
 * (Wichmann & Hill, Perception & Psychophysics 63 (2001) 1293-1313; an image that is shown at
 * all contrasts makes these depend on each other, which leaves the estimate consistent and goes
 * into intervals by resampling whole images). They keep the lapse rate within .06, as an
 * observer's inattention. Here 1 - lapse is the accuracy that the curve approaches, often beyond
 * the contrasts shown, so lapse is free in [0, 1 - guess). Searched are thresholds from a quarter
 * of the lowest contrast over 0 to four times the highest, slopes from .1 to
 * LSN_PSYCHOMETRIC_SLOPE_MOST.
 *
 * near: a fit to similar data, from which to search; NULL: from several points of a grid.
 * Fits of resampled data (near is given) are FLAT only where the search ends without a rise, not
 * by the test, and are OUTSIDE only at the end of what is searched, so that intervals see how far
 * thresholds reach. LSN_E_MEMORY. */
enum lsn_status lsn_psychometric_fit(struct lsn_psychometric *curve, double images,
                                     const double *right, const struct lsn_psychometric_fit *near,
                                     struct lsn_psychometric_fit *fit, struct lsn_error *err);

/* What one image more that is right at a contrast moves an estimate by, to first order: with I
 * the Fisher information of `images` images at the fit and psi its accuracies,
 *     threshold [count] = [I^-1 dpsi(c)/dtheta]_threshold / (psi(c) (1 - psi(c)))   of log10
 *     lapse [count]     = the same of the lapse
 * theta = (log10 threshold, ln slope, lapse). The sum over images and contrasts of (right
 * lesioned - right intact) times it is the one-step (efficient-score) estimate of the threshold
 * shift or of the change of lapse (Le Cam; van der Vaart, Asymptotic Statistics, 1998, section
 * 5.7; Rao's score test is its square over its variance). Zeroes where I is singular; returns
 * whether it is not. */
bool lsn_psychometric_influence(const struct lsn_psychometric *curve, double images,
                                const struct lsn_psychometric_fit *fit, double *threshold,
                                double *lapse);

LSN_API_END
#endif
