/* Results as tidy CSV files, of the complete images at the beginning. Every function
 * writes to path ("-" is standard output); an existing file is refused unless force; a
 * file appears whole or not at all. */
#ifndef LESION_TABLE_H
#define LESION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "lesion/dataset.h"
#include "lesion/psychometric.h"
#include "lesion/stop.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

#define LSN_TABLE_LEVEL 0.95 /* of the intervals */
#define LSN_TABLE_Q     0.05 /* a q below it is called significant */

/* One row per lesion, layer, kernel and condition:
 * layer,layer_index,kernel,lesion,contrast,region,normalise,images,top1_intact,top1_lesioned,
 * lost,gained,top1_drop,top1_drop_low,top1_drop_high,lost_rate,lost_rate_low,lost_rate_high,
 * gained_rate,gained_rate_low,gained_rate_high,p_exact,p_mid,q,top5_intact,top5_lesioned,
 * top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed,noop
 *
 * top1_drop_low ... top1_drop_high: the drop's interval (lsn_drop_interval); lost_rate: lost /
 * top1_intact, what the lesion loses of the images right when intact, and gained_rate: gained /
 * (images - top1_intact), each with Wilson's interval, empty where it divides by 0; p_exact,
 * p_mid: McNemar's tests of lost against gained; q: lsn_q_values of p_exact over all
 * kernels of the run at that condition whose lesion is of the same family (lsn_lesion_same_family);
 * noop: 1 where no logit of any image moves by more than LSN_SAME_FRAC of the largest intact one,
 * and no predicted class and rank is another.
 *
 * Of a run that races left (results' raced) each row is of the images that the kernel was run on
 * at that condition. Where these are not all, when to stop went by the outcomes: intervals, tests
 * and noop are empty; q is throughout. Where races ran images because they are right when intact
 * (raced_right) there are counts alone: such images are no sample of the list. */
enum lsn_status lsn_table_write_kernels(const char *path, bool force,
                                        const struct lsn_results *results, struct lsn_error *err);

/* One row per lesion, layer and condition, of the layer's kernels that were lesioned:
 * layer,layer_index,lesion,contrast,region,normalise,kernels,images,mean_drop,median_drop,max_drop,max_kernel,
 * significant,significant_share,gini,top5_share,sampled_from,mean_drop_ci_low,mean_drop_ci_high
 *
 * Drops are top1_drop of the kernels' table; max_kernel is the kernel with the largest,
 * the first of equals; significant: kernels with q below LSN_TABLE_Q, of either sign;
 * gini and top5_share (lsn_gini, lsn_top_share of five) take negative drops as 0.
 * sampled_from: results' of the layer, empty of what is no sample. The interval of mean_drop, of
 * 95 %, is value -/+ t SE (lsn_variance_interval), SE^2 the variance over images of their means
 * over the kernels, by the number of images, and, of n kernels sampled from N,
 * (1 - n / N) s^2 / n more, s^2 the variance of the kernels' drops (Cochran, Sampling Techniques,
 * 1977, section 2.6); cut to [-1, 1], and empty of one image, and where s^2 is 0 in a sample that
 * is not whole. */
enum lsn_status lsn_table_write_layers(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

struct lsn_table_options {
    size_t size;   /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int low, high; /* conditions to compare; -1: of the lowest, of the highest contrast */
    size_t flips;  /* of the permutation tests; at least 1 */
    uint64_t seed; /* of the flips */
    size_t memory; /* bytes for what is kept per kernel: as many kernels go together as
                    * fit, one at least. Changes the time, not the table. */
    const struct lsn_stop *stop; /* when to stop early; NULL: never */
};

/* clang-format off */
#define LSN_TABLE_OPTIONS_DEFAULT \
    {sizeof(struct lsn_table_options), -1, -1, 1999, 0, (size_t)128 << 20, NULL}
/* clang-format on */

/* One row per kernel, of two conditions of different contrast:
 * layer,layer_index,kernel,lesion,region,normalise,contrast_low,contrast_high,images,drop_low,drop_high,
 * selectivity,relative_selectivity,relative_selectivity_ci_low,relative_selectivity_ci_high,
 * loss_selectivity,p,p_max,loss_p,loss_p_max,lost_rate_low,lost_rate_high,both,both_lost_low,
 * both_lost_high,lost_low_only,lost_high_only,lost_selectivity,lost_selectivity_ci_low,
 * lost_selectivity_ci_high,lost_selectivity_layer,lost_p,lost_p_mid,lost_q,lost_p_max,effect_low,
 * effect_high,effect_ratio,usual_ratio,lost_predicted,selectivity_beyond,selectivity_beyond_ci_low,
 * selectivity_beyond_ci_high,beyond_p,beyond_q,beyond_p_max
 *
 * A name's _low and _high are of the low and of the high contrast; its _ci_low and _ci_high are
 * ends of its 95 % interval.
 *
 * Over all images, so pulled down where the intact network is wrong on most (the floor):
 * drop: top1_drop; selectivity: drop_low - drop_high; relative_selectivity: the same of each
 * drop divided by the intact accuracy at its contrast, empty where one of these is 0, with the
 * jackknife over 20 parts of the images (image i in part i mod 20); loss_selectivity: loss_drop,
 * low - high. p, p_max: lsn_flips of each image's difference in correctness (intact - lesioned,
 * low - high), alone and corrected for testing all kernels of the run in the
 * family (those whose lesion is of the same family, lsn_lesion_same_family); loss_p, loss_p_max:
 * lsn_flips of each image's difference in loss, alone and corrected.
 *
 * Free of the floor: lost_rate: of the images right when intact at that contrast, the share
 * that the lesion loses, empty where there are none. both: the images right when intact at both
 * contrasts; of these, both_lost: lost at that contrast; lost_low_only, lost_high_only: lost at
 * that one alone; lost_selectivity: (lost_low_only - lost_high_only) / both with lsn_drop_interval;
 * lost_selectivity_layer: the same less the median over its layer's kernels; lost_p, lost_p_mid:
 * McNemar's tests, exact and mid-p, of lost_low_only against lost_high_only; lost_q: lsn_q_values
 * of lost_p over the kernels of the family; lost_p_max: max-T over them, flipping low and
 * high within an image.
 *
 * Beyond what the kernel's importance at high contrast predicts, over the same images: images
 * that are right at low contrast are right by a small margin, so any lesion loses more of
 * them. effect: the mean absolute change of an image's margin, logits;
 * effect_ratio: effect_low / effect_high; usual_ratio: its median over the kernels of the
 * family that have an effect; lost_predicted: the images whose intact margin at low contrast
 * is below usual_ratio times the kernel's effect on them at high contrast: lost, if the kernel
 * did at low contrast what it does at high, weakened as kernels usually are (too many are where
 * part of an effect is a share of the image's own margin, so below 0 is no finding);
 * selectivity_beyond: (both_lost_low - lost_predicted) / both with lsn_drop_interval, the usual
 * ratio taken as known; beyond_p:
 * McNemar's exact test of the images lost and not predicted against those predicted and not
 * lost; beyond_q: lsn_q_values of beyond_p over the kernels of the
 * family; beyond_p_max: max-T over them, flipping an image's effect at low contrast with that at
 * high contrast weakened. Empty from usual_ratio on where fewer than 10 kernels have an effect.
 *
 * A region and normalisation that lacks one of the contrasts is passed over.
 * LSN_E_ARGUMENT where all do, a condition is not in the run or
 * low is not below high; LSN_E_INTERRUPTED; LSN_E_DATA where a loss is not finite;
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_selectivity(const char *path, bool force,
                                            const struct lsn_results *results,
                                            const struct lsn_table_options *options,
                                            struct lsn_error *err);

struct lsn_psychometric_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    enum lsn_psychometric_function function;
    double guess;                /* accuracy without contrast; below 0: 1 / classes */
    size_t bootstraps;           /* resamples of the images, for intervals; at least 1 */
    size_t flips;                /* of the permutation tests; at least 1 */
    uint64_t seed;               /* of both */
    int threads;                 /* 0: one per processor */
    size_t memory;               /* bytes for what is kept per kernel, as in lsn_table_options */
    const struct lsn_stop *stop; /* when to stop early; NULL: never */
};

/* clang-format off */
#define LSN_PSYCHOMETRIC_OPTIONS_DEFAULT \
    {sizeof(struct lsn_psychometric_options), LSN_PSYCHOMETRIC_WEIBULL, -1, 999, 1999, 0, 0, (size_t)128 << 20, NULL}
/* clang-format on */

/* One row per kernel, region and normalisation of at least LSN_PSYCHOMETRIC_CONTRASTS_LEAST
 * contrasts:
 * layer,layer_index,kernel,lesion,region,normalise,function,contrasts,images,guess,
 * threshold_intact,slope_intact,lapse_intact,deviance_intact,fit_intact,threshold,slope,lapse,
 * deviance,fit,threshold_shift,threshold_shift_low,threshold_shift_high,threshold_p,threshold_q,
 * threshold_p_max,lapse_change,lapse_change_low,lapse_change_high,lapse_p,lapse_q,lapse_p_max,
 * bootstraps
 *
 * The curves without and with the lesion (lsn_psychometric_fit); fit and fit_intact name the
 * state, and but for "fine" the curve's numbers are empty, as are changes that want them.
 * threshold_shift: log10(threshold / threshold_intact); lapse_change: lapse - lapse_intact.
 *
 * Intervals: percentiles of 95 % of the bootstrap over images (Efron & Tibshirani, An
 * Introduction to the Bootstrap, 1993, chapter 13), all contrasts of an image together, intact
 * and lesioned on the same resamples. bootstraps: resamples to which both curves could be fitted;
 * the intervals are of these, and empty where they are fewer than 95 %. A lesion that changes no
 * outcome has 0 and an interval of 0 to 0.
 *
 * p, q, p_max: whether the lesion has any effect, by lsn_flips of each image's share of the
 * one-step estimates of threshold_shift and of lapse_change (lsn_psychometric_influence): its
 * intact and lesioned outcomes are exchanged at all contrasts together. The estimates are made at
 * the fit to both outcomes pooled, which an exchange leaves as it is, so that p is exact where a
 * lesion has no effect; they are empty where there is no such fit. q: lsn_q_values over the
 * tested kernels of the run whose lesion is of the same family (lsn_lesion_same_family); p_max:
 * corrected for testing these.
 *
 * Beside memory 2 * images * bootstraps bytes are taken. LSN_E_ARGUMENT where no region and
 * normalisation has enough contrasts or guess is not below 1; LSN_E_INTERRUPTED; LSN_E_IO,
 * LSN_E_MEMORY. */
enum lsn_status lsn_table_write_psychometric(const char *path, bool force,
                                             const struct lsn_results *results,
                                             const struct lsn_psychometric_options *options,
                                             struct lsn_error *err);

/* One row per kernel, condition and class of which an image was lost or gained; the drop
 * of all other classes is 0:
 * layer,layer_index,kernel,lesion,contrast,region,normalise,class,class_name,class_images,top1_intact,
 * top1_lesioned,lost,gained,drop,worst
 *
 * Counts are of images of that class; drop: (lost - gained) / class_images; worst: 1 for
 * the class with the largest drop of that kernel and condition, the lowest index of
 * equals, 0 for others and where no drop is positive. class_name is empty where there
 * is none. LSN_E_INTERRUPTED, LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_classes(const char *path, bool force,
                                        const struct lsn_results *results,
                                        const struct lsn_table_options *options,
                                        struct lsn_error *err);

/* One row per condition: what lesions of several kernels cost together, beside what they
 * cost one by one.
 * group,kernels,lesion,contrast,region,normalise,images,top1_intact,top1_lesioned,lost,gained,
 * top1_drop,top1_drop_low,top1_drop_high,lost_rate,lost_rate_low,lost_rate_high,gained_rate,
 * gained_rate_low,gained_rate_high,p_exact,p_mid,top5_intact,top5_lesioned,top5_drop,
 * loss_intact,loss_lesioned,loss_drop,margin_drop,changed,single_drop,interaction,
 * interaction_p,single_loss_drop,loss_interaction,loss_interaction_p
 *
 * singles: the sweep of just these kernels under one lesion; joint: the same images and
 * conditions with all of them lesioned throughout (lsn_sweep_options), whose intact outcomes are
 * the group's. group: NAME:KERNEL, with spaces between; single_drop: the sum of the
 * kernels' top1_drops; interaction: top1_drop - single_drop, above 0 where they cost more
 * together; interaction_p: lsn_flips of each image's share of it; of the loss likewise.
 * Fails as selectivity does. */
enum lsn_status lsn_table_write_group(const char *path, bool force,
                                      const struct lsn_results *singles,
                                      const struct lsn_results *joint,
                                      const struct lsn_table_options *options,
                                      struct lsn_error *err);

/* contrast,region,normalise,images,top1,top5,loss,margin */
enum lsn_status lsn_table_write_intact(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* file,class,contrast,region,normalise,predicted,rank,loss,margin */
enum lsn_status lsn_table_write_images(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* The kept logits as NumPy .npy, float32 [images][conditions][classes]. */
enum lsn_status lsn_table_write_logits(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* What the network is shown of the first images of a list. */
struct lsn_shown_list {
    const struct lsn_dataset *dataset;
    size_t images;
    const struct lsn_condition *conditions; /* [condition_count] */
    int condition_count;
    const struct lsn_shown *shown; /* [images][condition_count] */
};

/* file,contrast,region,normalise,area,rms_contrast,mean_luminance */
enum lsn_status lsn_table_write_shown(const char *path, bool force,
                                      const struct lsn_shown_list *list, struct lsn_error *err);

/* Where a table comes from. */
struct lsn_provenance {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const char *command;
    const char *const (*options)[2]; /* [option_count] name and value, as given */
    int option_count;
    const struct lsn_results *results;
};

/* Writes provenance as JSON: versions, BLAS core, SHA-256 of model and image list, the
 * options as given, and each condition with its area, the mean share of pixels that its
 * region takes in (not where the results keep no outcomes). LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_provenance_write(const char *path, bool force,
                                     const struct lsn_provenance *provenance,
                                     struct lsn_error *err);

/* Whether path could be written now: to be asked before long work. */
enum lsn_status lsn_table_check(const char *path, bool force, struct lsn_error *err);

LSN_API_END
#endif
