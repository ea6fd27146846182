/* How invariant to contrast the activations are: every node's beside its own for the same
 * image at full contrast. */
#ifndef LESION_INVARIANCE_H
#define LESION_INVARIANCE_H

#include "lesion/sweep.h"

LSN_API_BEGIN

/* A kernel is a channel of a node's activation [h][w][c]; the reference is the activation
 * for the same image at contrast 1, in the same condition otherwise. Sums are over images,
 * in their order. */
struct lsn_kernel_invariance {
    double space_correlation;              /* sum of Pearson's correlations over positions */
    size_t space_images;                   /* that have one: neither plane is constant */
    double magnitude, reference_magnitude; /* sums of absolute values */
};

struct lsn_node_invariance {
    double kernel_correlation;   /* sum of each image's mean over positions of Pearson's
                                  * correlation over kernels */
    size_t kernel_images;        /* that have one: somewhere neither is constant over kernels */
    size_t winners, same_winner; /* positions where the reference has a largest kernel, as it
                                  * is not constant; where the same kernel is the largest */
};

/* Values that vary by less than 1e-6 of their root mean square count as constant. */
struct lsn_invariance {
    const struct lsn_model *model; /* lent */
    struct lsn_results *axes;      /* images and conditions, no outcomes; sums are of its
                                    * complete_images */
    int node_count;
    int *nodes;           /* [node_count] the model's indices, ascending */
    size_t *first_kernel; /* [node_count + 1] where each node's begin in [kernel] */
    struct lsn_kernel_invariance *kernels;    /* [condition][kernel] */
    struct lsn_node_invariance *node_results; /* [condition][node_count] */
};

/* Compares under options' conditions. nodes: as options' layers, patterns of node names,
 * NULL or "" for all but the image; options' layers, kernels, engine, run, shards and
 * keep_logits are not looked at. A worker holds a copy of the chosen nodes' activations,
 * which counts for options' memory. After LSN_E_INTERRUPTED *invariance is of the complete
 * images at the beginning; after any other failure it is NULL. LSN_E_ARGUMENT (no such
 * node), LSN_E_DATA (an activation is not finite), and as lsn_sweep_run. model must
 * outlive it. */
enum lsn_status lsn_invariance_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                   const struct lsn_sweep_options *options, const char *nodes,
                                   struct lsn_invariance **invariance, struct lsn_error *err);
void lsn_invariance_free(struct lsn_invariance *invariance);

/* To path, as the tables of table.h. One row per node and condition:
 * node,op,node_index,contrast,region,normalise,images,kernels,positions,space_correlation,
 * kernel_correlation,same_winner,relative_magnitude
 *
 * space_correlation: mean over the kernels and images that have one; kernel_correlation:
 * likewise over images; same_winner: share of the positions of all images;
 * relative_magnitude: the sum of all magnitudes, divided by the reference's. Empty where
 * there is nothing to divide by. */
enum lsn_status lsn_invariance_write_nodes(const char *path, bool force,
                                           const struct lsn_invariance *invariance,
                                           struct lsn_error *err);

/* One row per node, kernel and condition:
 * node,op,node_index,kernel,contrast,region,normalise,images,space_images,space_correlation,
 * relative_magnitude */
enum lsn_status lsn_invariance_write_kernels(const char *path, bool force,
                                             const struct lsn_invariance *invariance,
                                             struct lsn_error *err);

LSN_API_END
#endif
