/* The claims of Akbarinia & Gil-Rodriguez (Vision Research 2020) put to one network:
 *   1. contrast is a low-level feature, encoded in the shallow layers;
 *   2. a handful of kernels carry much of it: removing them costs far more accuracy at low
 *      than at high contrast;
 *   3. edges are a distinct feature;
 * and, beside them, what a biological mechanism, contrast normalisation, does for it. */
#ifndef LESION_CLAIMS_H
#define LESION_CLAIMS_H

#include "lesion/ranking.h"
#include "lesion/stop.h"
#include "lesion/sweep.h"
#include "lesion/table.h"

LSN_API_BEGIN

/* The conditions under which the images are shown to test the claims. How contrast is changed
 * and how values are quantised are left at their defaults. */
enum lsn_claims_condition {
    LSN_CLAIMS_HIGH, /* the high contrast everywhere */
    LSN_CLAIMS_LOW,  /* the low contrast everywhere; the next ones: low in a region only */
    LSN_CLAIMS_EDGES,
    LSN_CLAIMS_NON_EDGES,
    LSN_CLAIMS_OTHER_EDGES, /* the edges of another image: as many pixels, unrelated to the content
                             */
    LSN_CLAIMS_RANDOM,      /* randomly chosen pixels, on average as many as the edges have */
    LSN_CLAIMS_CONDITIONS
};

/* The choices from which lsn_claims_conditions makes the conditions. */
struct lsn_claims_contrasts {
    double low, high;
    const char *edges; /* the region of edges, for lsn_region_parse: "edges[:SIGMA[:DILATE]]" */
    uint64_t seed;     /* of the regions other-edges and random */
};

/* Makes conditions [LSN_CLAIMS_CONDITIONS]. Finds the edges of all images, as the region random
 * gets their mean area. LSN_E_ARGUMENT, and fails as lsn_stimulus_maker_make. */
enum lsn_status lsn_claims_conditions(const struct lsn_model *model,
                                      const struct lsn_dataset *dataset,
                                      const struct lsn_image_options *loading,
                                      const struct lsn_claims_contrasts *contrasts,
                                      struct lsn_condition *conditions, struct lsn_error *err);

/* Claim 2 of all kernels, where the sweep has a sample of them: the top kernels of one half of the
 * images, and what they cost on the other half. */
struct lsn_claims_half {
    const struct lsn_ranking *chosen;   /* one race on this half, for lsn_claims_top kernels by
                                         * LSN_RACE_LOST_SELECTIVITY, of all kernels that the sweep's
                                         * are a sample of */
    const struct lsn_results *measured; /* the kernels that it found, on the other half, under
                                         * LSN_CLAIMS_HIGH and LSN_CLAIMS_LOW in this order */
};

/* How many kernels the races for claim 2 look for: 5 % of all that the sweep's are a sample of, but
 * at least one and at most 20. 0 where there is nothing to race for: sweep has all kernels, or too
 * few images (below 4) to make two halves of. */
int lsn_claims_top(const struct lsn_results *sweep);

/* What the claims are judged by. All runs are of the same images. */
struct lsn_claims_runs {
    const struct lsn_results *sweep;  /* under lsn_claims_conditions, with one lesion; its
                                       * tables/selectivity.csv must be in the folder already */
    const struct lsn_results *intact; /* without lesions, under pairs of conditions, low and high
                                       * contrast with the same normalisation, the pair without
                                       * normalisation first; NULL: normalisation is left out */
    const struct lsn_results *ladder; /* without lesions, at the contrasts that low was chosen from;
                                       * NULL: it was not chosen so */
    const struct lsn_claims_half *halves; /* [2] the first and the second half of the images, which
                                           * must be in random order; NULL: claim 2 is judged from
                                           * the sweep's kernels, too */
};

/* Writes to folder claims.txt, the claims in words with an interval for each number (paragraphs
 * separated by an empty line, each a headline and items that begin with "- "), and claims.csv,
 * these numbers, one row each:
 * claim,quantity,layer,contrast,region,normalise,value,ci_low,ci_high
 *
 * network: its name in the text. stop: when to stop early, LSN_E_INTERRUPTED; may be NULL.
 *
 * Where all measures that are free of the floor agree (see lsn_table_write_selectivity), a claim's
 * verdict is supported, contradicted or undecided; else it is that it depends on the measure. A
 * selectivity beyond importance below 0 can only take support away, not contradict. Intervals are
 * 95 %: Wilson's for accuracies, Newcombe's for their differences, else the jackknife's over 20
 * folds of the images (of each half), which takes the usual ratio of effects as known.
 * LSN_E_ARGUMENT where the halves are not what they must be; LSN_E_DATA where fewer than two images
 * are complete; LSN_E_IO, LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_claims_write(const char *folder, const char *network,
                                 const struct lsn_claims_runs *runs, const struct lsn_stop *stop,
                                 struct lsn_error *err);

LSN_API_END
#endif
