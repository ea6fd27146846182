/* The claims of Akbarinia & Gil-Rodriguez (Vision Research 2020) put to one network:
 *   1. contrast is a low-level feature, encoded in the shallow layers;
 *   2. a handful of kernels carry much of it: removing them costs far more accuracy at low
 *      than at high contrast;
 *   3. edges are a distinct feature;
 * and, beside them, what a biological mechanism, contrast normalisation, does for it. */
#ifndef LESION_CLAIMS_H
#define LESION_CLAIMS_H

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
    const char *edges; /* the region of edges */
    uint64_t seed;     /* of the regions other-edges and random */
};

/* conditions [LSN_CLAIMS_CONDITIONS]. edges: the region, as for lsn_region_parse, "edges"
 * with its parameters. Makes the edges of all images, for their area. LSN_E_ARGUMENT, and
 * as lsn_stimulus_maker_make. */
enum lsn_status lsn_claims_conditions(const struct lsn_model *model,
                                      const struct lsn_dataset *dataset,
                                      const struct lsn_image_options *loading,
                                      const struct lsn_claims_contrasts *contrasts,
                                      struct lsn_condition *conditions, struct lsn_error *err);

/* Writes to folder claims.txt, the claims in words with each number's interval (blocks with
 * an empty line between: a headline, and items that begin with "- "), and claims.csv, these
 * numbers, one row each:
 * claim,quantity,layer,contrast,region,normalise,value,low,high
 *
 * sweep: of lsn_claims_conditions, under one lesion. intact: the same images without
 * lesions, under conditions that come in pairs, low and high contrast of one
 * normalisation, none first; NULL: no normalisations. ladder: the same images without lesions
 * at the contrasts that low was chosen from; NULL: it was not. network: what the words call it.
 * Each claim's verdict is supported, contradicted or undecided, where the measures that are free
 * of the floor agree (lsn_table_write_selectivity says what they are; beyond importance, below 0,
 * speaks against support only), else that it depends on the measure. stop: when to stop
 * early, LSN_E_INTERRUPTED; may be NULL.
 * tables/selectivity.csv must be in folder already, of the sweep. Intervals are of 95 %, by the
 * jackknife over 20 parts of the images; of accuracies Wilson's, of their differences
 * Newcombe's; the usual ratio of effects is taken as known. LSN_E_DATA where fewer than two images
 * are complete; LSN_E_IO, LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_claims_write(const char *folder, const char *network,
                                 const struct lsn_results *sweep, const struct lsn_results *intact,
                                 const struct lsn_results *ladder, const struct lsn_stop *stop,
                                 struct lsn_error *err);

LSN_API_END
#endif
