/* Results as tidy CSV files. Tables are of the complete images (results' complete_images). Every
 * function writes to path ("-" is standard output); an existing file is refused unless force;
 * a file appears whole or not at all. */
#ifndef LESION_TABLE_H
#define LESION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "lesion/dataset.h"
#include "lesion/psychometric.h"
#include "lesion/stop.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

#define LSN_TABLE_LEVEL 0.95 /* confidence level of all intervals */
#define LSN_TABLE_Q     0.05 /* a kernel with a q below it is called significant */

/* One row per lesion, layer, kernel and condition:
 * layer,layer_index,kernel,lesion,contrast,region,normalise,images,top1_intact,top1_lesioned,lost,
 * gained,top1_drop,top1_drop_ci_low,top1_drop_ci_high,lost_rate,lost_rate_ci_low,lost_rate_ci_high,
 * gained_rate,gained_rate_ci_low,gained_rate_ci_high,p_exact,p_mid,q,top5_intact,top5_lesioned,
 * top5_drop,loss_intact,loss_lesioned,loss_drop,margin_drop,changed,noop
 *
 * top1_drop_ci_low ... top1_drop_ci_high: the drop's interval (lsn_drop_interval); lost_rate: lost
 * / top1_intact, the share of the images right when intact that the lesion loses; gained_rate:
 * gained / (images - top1_intact); each of the two rates with Wilson's interval, and empty where
 * its divisor is 0; p_exact, p_mid: McNemar's tests of lost against gained; q: lsn_q_values of
 * p_exact over one family: all kernels of the run at that condition with similar lesions
 * (lsn_lesion_same_family); noop: 1 where the lesion changes no image's logits (lsn_logits_same),
 * predicted class or rank.
 *
 * Where races have run only a part of a run directory (results' raced), each row is of the images
 * on which the kernel was run at that condition. Where these are not all images, the outcomes
 * decided how many they are, so intervals, tests and noop would be biased and are empty; q is empty
 * in all rows. Where races chose images because they are right when intact (raced_right), only
 * counts are given, as such images are no random sample of the list. */
enum lsn_status lsn_table_write_kernels(const char *path, bool force,
                                        const struct lsn_results *results, struct lsn_error *err);

/* One row per lesion, layer and condition, which summarises the layer's lesioned kernels:
 * layer,layer_index,lesion,contrast,region,normalise,kernels,images,mean_drop,median_drop,max_drop,
 * max_kernel,significant,significant_share,gini,top5_share,sampled_from,mean_drop_ci_low,
 * mean_drop_ci_high
 *
 * Drops are top1_drop of the kernels' table; max_kernel: the kernel with the largest drop,
 * the first of equals; significant: number of kernels with q below LSN_TABLE_Q, whether the drop
 * is positive or negative; significant_share: the same / kernels; gini and top5_share: lsn_gini of
 * the drops, and lsn_top_share of the five largest; both count negative drops as 0.
 * sampled_from: of the results, empty if the kernels are no sample. The 95 % interval of mean_drop
 * is value -/+ t SE (lsn_variance_interval); SE^2 is the variance over images of their mean drops
 * over the kernels, divided by the number of images, plus, for n kernels sampled from N,
 * (1 - n / N) s^2 / n with s^2 the variance of the kernels' drops (Cochran, Sampling Techniques,
 * 1977, section 2.6). It is cut to [-1, 1], and empty for a single image, and for a sample of a
 * part of the layer whose drops are all equal. */
enum lsn_status lsn_table_write_layers(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

struct lsn_table_options {
    size_t size;   /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    int low, high; /* conditions to compare; -1: those of lowest and of highest contrast */
    size_t flips;  /* of the permutation tests; at least 1 */
    uint64_t seed; /* of the flips */
    size_t memory; /* bytes for data kept per kernel: as many kernels are computed together as
                    * fit, at least one. Changes the time, not the table. */
    const struct lsn_stop *stop; /* when to stop early; NULL: never */
};

/* clang-format off */
#define LSN_TABLE_OPTIONS_DEFAULT \
    {sizeof(struct lsn_table_options), -1, -1, 1999, 0, (size_t)128 << 20, NULL}
/* clang-format on */

/* One row per kernel, which compares two conditions that differ in contrast only:
 * layer,layer_index,kernel,lesion,region,normalise,contrast_low,contrast_high,images,drop_low,
 * drop_high,selectivity,relative_selectivity,relative_selectivity_ci_low,
 * relative_selectivity_ci_high,loss_selectivity,p,p_max,loss_p,loss_p_max,lost_rate_low,
 * lost_rate_high,both,both_lost_low,both_lost_high,lost_low_only,lost_high_only,lost_selectivity,
 * lost_selectivity_ci_low,lost_selectivity_ci_high,lost_selectivity_layer,lost_p,lost_p_mid,lost_q,
 * lost_p_max,effect_low,effect_high,effect_ratio,usual_ratio,lost_predicted,selectivity_beyond,
 * selectivity_beyond_ci_low,selectivity_beyond_ci_high,beyond_p,beyond_q,beyond_p_max
 *
 * A name's _low and _high are of the low and of the high contrast; its _ci_low and _ci_high are
 * ends of its 95 % interval.
 *
 * A family is the kernels of the run whose lesions are of one family of tests
 * (lsn_lesion_same_family); p-values are corrected over it.
 *
 * Measures over all images. Where the intact network is wrong on most images at low contrast, they
 * are pulled below 0 (the floor). drop: top1_drop; selectivity: drop_low - drop_high;
 * relative_selectivity: the same, with each drop divided by the intact accuracy at its contrast,
 * empty where one of these is 0; its interval is lsn_jackknife's over 20 folds (image i in fold
 * i mod 20); loss_selectivity: loss_drop at low - loss_drop at high. p, p_max: lsn_flips of each
 * image's difference in correctness ((intact - lesioned) at low - the same at high), p for the
 * kernel alone, p_max corrected over its family; loss_p, loss_p_max: likewise of the loss.
 *
 * Measures free of the floor. lost_rate: of the images right when intact at that contrast, the
 * share that the lesion loses, empty where there are none. both: number of images right when
 * intact at both contrasts; of these, both_lost: those lost at that contrast; lost_low_only,
 * lost_high_only: those lost at that contrast but not at the other; lost_selectivity:
 * (lost_low_only - lost_high_only) / both with lsn_drop_interval; lost_selectivity_layer:
 * lost_selectivity minus its median over the layer's kernels; lost_p, lost_p_mid: McNemar's tests,
 * exact and mid-p, of lost_low_only against lost_high_only; lost_q: lsn_q_values of lost_p over the
 * family; lost_p_max: lsn_flips' p_max over the family, where a flip exchanges an image's low and
 * high contrast.
 *
 * Measures beyond the kernel's importance, over the images in both. Images that are right at low
 * contrast are right by a small margin, so any lesion loses more of them there (fragility). These
 * measures compare what is lost with what the kernel's effect at high contrast predicts. effect:
 * mean absolute change of an image's margin, logits; effect_ratio: effect_low / effect_high;
 * usual_ratio: median of effect_ratio over the kernels of the family that have an effect;
 * lost_predicted: number of images whose intact margin at low contrast is below usual_ratio times
 * the kernel's effect on them at high contrast, which would be lost if the kernel had at low
 * contrast its effect at high, weakened as usual; selectivity_beyond: (both_lost_low -
 * lost_predicted) / both with lsn_drop_interval, which takes usual_ratio as known. Where an effect
 * grows with the image's own margin lost_predicted is too large, so a selectivity_beyond below 0 is
 * no finding. beyond_p: McNemar's exact test of the images lost but not predicted against those
 * predicted but not lost; beyond_q: lsn_q_values of beyond_p over the family; beyond_p_max:
 * lsn_flips' p_max over the family, where a flip exchanges an image's effect at low contrast with
 * usual_ratio times that at high. Columns from usual_ratio on are empty where fewer than 10 kernels
 * of the family have an effect.
 *
 * A pair of region and normalisation that lacks one of the contrasts has no rows. LSN_E_ARGUMENT
 * where all lack one, low or high is not a condition of the run, or low's contrast is not below
 * high's; LSN_E_INTERRUPTED; LSN_E_DATA where a loss is not finite; LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_selectivity(const char *path, bool force,
                                            const struct lsn_results *results,
                                            const struct lsn_table_options *options,
                                            struct lsn_error *err);

struct lsn_psychometric_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    enum lsn_psychometric_function function;
    double guess;                /* accuracy without contrast; a negative number: 1 / classes */
    size_t bootstraps;           /* resamples of the images, for intervals; at least 1 */
    size_t flips;                /* of the permutation tests; at least 1 */
    uint64_t seed;               /* of resamples and flips */
    int threads;                 /* 0: one per processor */
    size_t memory;               /* bytes for data kept per kernel, as in lsn_table_options */
    const struct lsn_stop *stop; /* when to stop early; NULL: never */
};

/* clang-format off */
#define LSN_PSYCHOMETRIC_OPTIONS_DEFAULT \
    {sizeof(struct lsn_psychometric_options), LSN_PSYCHOMETRIC_WEIBULL, -1, 999, 1999, 0, 0, (size_t)128 << 20, NULL}
/* clang-format on */

/* One row per kernel, region and normalisation that has at least LSN_PSYCHOMETRIC_CONTRASTS_LEAST
 * contrasts:
 * layer,layer_index,kernel,lesion,region,normalise,function,contrasts,images,guess,
 * threshold_intact,slope_intact,lapse_intact,deviance_intact,fit_intact,threshold,slope,lapse,
 * deviance,fit,threshold_shift,threshold_shift_ci_low,threshold_shift_ci_high,threshold_p,
 * threshold_q,threshold_p_max,lapse_change,lapse_change_ci_low,lapse_change_ci_high,lapse_p,
 * lapse_q,lapse_p_max,bootstraps
 *
 * The curves are fitted by lsn_psychometric_fit to the intact outcomes (columns _intact) and to the
 * lesioned ones. fit and fit_intact name the states; where a state is not "fine", the numbers of
 * its curve are empty, as are the changes computed from them.
 * threshold_shift: log10(threshold / threshold_intact); lapse_change: lapse - lapse_intact.
 *
 * Intervals are 95 % percentile intervals of the bootstrap over images (Efron & Tibshirani, An
 * Introduction to the Bootstrap, 1993, chapter 13); all contrasts of an image are drawn together,
 * and intact and lesioned outcomes on the same resamples. bootstraps: number of resamples to which
 * both curves could be fitted; the intervals are of these, and empty where they are fewer than
 * 95 %. A lesion that changes no outcome has changes of 0 and intervals from 0 to 0.
 *
 * p, q, p_max test whether the lesion has any effect. They are lsn_flips of each image's share of
 * the one-step estimates of threshold_shift and of lapse_change (lsn_psychometric_influence),
 * where a flip exchanges an image's intact and lesioned outcomes at all contrasts. The estimates
 * are made at the fit to intact and lesioned outcomes pooled. A flip does not change that fit, so p
 * is exact where a lesion has no effect; it is empty where the fit failed. q: lsn_q_values over the
 * tested kernels of the run whose lesions are of one family (lsn_lesion_same_family); p_max:
 * corrected for testing these.
 *
 * Uses 2 * images * bootstraps bytes in addition to memory. LSN_E_ARGUMENT where no region and
 * normalisation has enough contrasts, or guess is not below 1; LSN_E_INTERRUPTED; LSN_E_IO,
 * LSN_E_MEMORY. */
enum lsn_status lsn_table_write_psychometric(const char *path, bool force,
                                             const struct lsn_results *results,
                                             const struct lsn_psychometric_options *options,
                                             struct lsn_error *err);

/* One row per kernel, condition and class of which some image was lost or gained; classes without a
 * row have a drop of 0:
 * layer,layer_index,kernel,lesion,contrast,region,normalise,class,class_name,class_images,
 * top1_intact,top1_lesioned,lost,gained,drop,worst
 *
 * Counts are of images of that class; drop: (lost - gained) / class_images; worst: 1 for
 * the class with the largest drop for that kernel and condition, of equals the one with the
 * lowest index; 0 for the others, and where no drop is positive. class_name is empty where
 * the model gives none. LSN_E_INTERRUPTED, LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_classes(const char *path, bool force,
                                        const struct lsn_results *results,
                                        const struct lsn_table_options *options,
                                        struct lsn_error *err);

/* One row per condition, of the intact network; loss and margin are means over images:
 * contrast,region,normalise,images,top1,top5,loss,margin
 *
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_intact(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* One row per image and condition, of the intact network:
 * file,class,contrast,region,normalise,predicted,rank,loss,margin
 *
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_images(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* The intact logits kept by a sweep's keep_logits, as NumPy .npy, float32
 * [images][conditions][logit_count]. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_logits(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* Measurements of the stimuli of the first images of a list. */
struct lsn_shown_list {
    const struct lsn_dataset *dataset;
    size_t images;
    const struct lsn_condition *conditions; /* [condition_count] */
    int condition_count;
    const struct lsn_shown *shown; /* [images][condition_count] */
};

/* One row per image and condition, with the fields of struct lsn_shown:
 * file,contrast,region,normalise,area,rms_contrast,mean_luminance
 *
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_write_shown(const char *path, bool force,
                                      const struct lsn_shown_list *list, struct lsn_error *err);

/* Where a table comes from: what went into computing it. */
struct lsn_provenance {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const char *command;
    const char *const (*options)[2]; /* [option_count] name and value, as given */
    int option_count;
    const struct lsn_results *results;
};

/* Writes provenance as JSON: versions, BLAS core, SHA-256 of model and image list, the
 * options as given, and each condition with its area, the mean share of pixels that are in
 * its region (left out where the results have no outcomes). LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_provenance_write(const char *path, bool force,
                                     const struct lsn_provenance *provenance,
                                     struct lsn_error *err);

/* Checks, before long work, that path can be written. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_table_check(const char *path, bool force, struct lsn_error *err);

LSN_API_END
#endif
