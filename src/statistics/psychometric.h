/* The intact network's psychometric curve beside those of its lesions, on the same images. */
#ifndef LSN_STATISTICS_PSYCHOMETRIC_H
#define LSN_STATISTICS_PSYCHOMETRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "lesion/psychometric.h"
#include "lesion/stats.h"

/* A sample of images to fit curves to, and resamples of it. */
struct lsn_sample {
    enum lsn_psychometric_function function;
    double guess;
    const double *contrasts; /* [count]; lent */
    int count;
    const uint8_t *right; /* [count][images] 1: intact, rightly classified; lent */
    size_t images, replicates;
    uint64_t seed; /* of the resamples */
};

/* The intact network on it. */
struct lsn_intact_curve {
    struct lsn_sample sample;
    struct lsn_psychometric_fit fit;
    double *totals;                    /* [count] images right */
    uint16_t *weights;                 /* [images][replicates] how often an image was drawn */
    int32_t *resampled;                /* [count][replicates] images right */
    struct lsn_psychometric_fit *fits; /* [replicates]; where fit is fine */
};

/* Replicate r draws as many images as there are, with replacement, from seed and r alone.
 * Takes 2 * images * replicates bytes, and little more. LSN_E_ARGUMENT as
 * lsn_psychometric_create, LSN_E_MEMORY; lsn_intact_curve_free frees it then, too. */
enum lsn_status lsn_intact_curve_make(const struct lsn_sample *sample,
                                      struct lsn_intact_curve *intact, struct lsn_error *err);
void lsn_intact_curve_free(struct lsn_intact_curve *intact);

/* Intervals want fits to this share of the replicates; they are of those. */
#define LSN_PSYCHOMETRIC_FITTED_LEAST .95

/* What a lesion does to the curve; NaN where a fit is lacking. */
struct lsn_curve_change {
    struct lsn_psychometric_fit fit;                    /* with the lesion */
    double shift;                                       /* log10 threshold, lesioned - intact */
    double lapse;                                       /* lapse, lesioned - intact */
    struct lsn_interval shift_interval, lapse_interval; /* 95 % */
    size_t fitted; /* of the replicates: with and without the lesion */
    bool tested;   /* there are weights */
};

/* What one thread works with. */
struct lsn_curve_worker {
    struct lsn_psychometric *curve;
    double *totals, *pooled, *right; /* [count] */
    int32_t *resampled;              /* [count][replicates] */
    double *replicated[2];           /* [replicates] shifts, and changes of lapse */
};

/* LSN_E_MEMORY; lsn_curve_worker_free frees it then, too. */
enum lsn_status lsn_curve_worker_make(const struct lsn_intact_curve *intact,
                                      struct lsn_curve_worker *worker, struct lsn_error *err);
void lsn_curve_worker_free(struct lsn_curve_worker *worker);

/* changes [count][images]: right lesioned - right intact, -1 ... 1. shift_weights and
 * lapse_weights [count]: what such a change is worth in the one-step estimates of shift and
 * lapse (lsn_psychometric_influence), at the fit to intact and lesioned outcomes together, which
 * stays the same where the two are exchanged: their sign-flip test is exact. Zeroes where there
 * is no such fit. LSN_E_MEMORY. */
enum lsn_status lsn_curve_change_find(const struct lsn_intact_curve *intact,
                                      struct lsn_curve_worker *worker, const int8_t *changes,
                                      struct lsn_curve_change *change, double *shift_weights,
                                      double *lapse_weights, struct lsn_error *err);

#endif
