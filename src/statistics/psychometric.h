/* Compares the intact network's psychometric curve with that of the lesioned network, on the same
 * images. */
#ifndef LSN_STATISTICS_PSYCHOMETRIC_H
#define LSN_STATISTICS_PSYCHOMETRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "lesion/psychometric.h"
#include "lesion/stats.h"

/* The images that curves are fitted to, and how the bootstrap resamples them. */
struct lsn_sample {
    enum lsn_psychometric_function function;
    double guess;
    const double *contrasts; /* [count]; lent */
    int count;
    const uint8_t *right; /* [count][images] 1: the intact network is right; lent */
    size_t images, replicates;
    uint64_t seed; /* of the resamples */
};

/* The intact network's curve on a sample, and on its resamples. */
struct lsn_intact_curve {
    struct lsn_sample sample;
    struct lsn_psychometric_fit fit;
    double *totals;                    /* [count] how many images are right */
    uint16_t *weights;                 /* [images][replicates] how often an image was drawn */
    int32_t *resampled;                /* [count][replicates] how many are right */
    struct lsn_psychometric_fit *fits; /* [replicates]; set where fit is fine */
};

/* Fits the intact network's curve and, where that fit is fine, the curve of every bootstrap
 * replicate. Replicate r draws as many images as the sample has, with replacement; which ones
 * follows from seed and r alone. Takes about 2 * images * replicates bytes. LSN_E_ARGUMENT as
 * lsn_psychometric_create, LSN_E_MEMORY; call lsn_intact_curve_free after a failure, too. */
enum lsn_status lsn_intact_curve_make(const struct lsn_sample *sample,
                                      struct lsn_intact_curve *intact, struct lsn_error *err);
void lsn_intact_curve_free(struct lsn_intact_curve *intact);

/* An interval is given where at least this share of the replicates could be fitted, and is made of
 * those. */
#define LSN_PSYCHOMETRIC_FITTED_LEAST .95

/* What a lesion does to the curve; NaN where the intact or the lesioned fit is not fine. */
struct lsn_curve_change {
    struct lsn_psychometric_fit fit;                    /* with the lesion */
    double shift;                                       /* log10 threshold, lesioned - intact */
    double lapse;                                       /* lapse, lesioned - intact */
    struct lsn_interval shift_interval, lapse_interval; /* 95 % */
    size_t fitted; /* replicates whose intact and lesioned fits are both fine */
    bool tested;   /* shift_weights and lapse_weights were found (lsn_curve_change_find) */
};

/* The memory of one thread that fits curves. */
struct lsn_curve_worker {
    struct lsn_psychometric *curve;
    double *totals, *pooled, *right; /* [count] */
    int32_t *resampled;              /* [count][replicates] */
    double *replicated[2];           /* [replicates] shifts, and changes of lapse */
};

/* LSN_E_MEMORY; call lsn_curve_worker_free after a failure, too. */
enum lsn_status lsn_curve_worker_make(const struct lsn_intact_curve *intact,
                                      struct lsn_curve_worker *worker, struct lsn_error *err);
void lsn_curve_worker_free(struct lsn_curve_worker *worker);

/* Finds what a lesion does to the curve, given changes [count][images]: +1 where only the lesioned
 * network is right, -1 where only the intact one is, else 0. shift_weights and lapse_weights
 * [count] serve the sign-flip test: by how much one image's change at a contrast moves a one-step
 * estimate of shift and lapse (lsn_psychometric_influence). They are taken at the curve fitted to
 * intact and lesioned outcomes together; as exchanging the two leaves that curve the same, the test
 * is exact. Zeroes where that fit is not fine. LSN_E_MEMORY. */
enum lsn_status lsn_curve_change_find(const struct lsn_intact_curve *intact,
                                      struct lsn_curve_worker *worker, const int8_t *changes,
                                      struct lsn_curve_change *change, double *shift_weights,
                                      double *lapse_weights, struct lsn_error *err);

#endif
