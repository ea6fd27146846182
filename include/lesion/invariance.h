/* How invariant to contrast the activations of the intact network are: each node's activation is
 * compared with its own for the same image at full contrast. */
#ifndef LESION_INVARIANCE_H
#define LESION_INVARIANCE_H

#include "lesion/sweep.h"

LSN_API_BEGIN

/* Here a kernel is any channel of a node's activation [h][w][c]. The reference is the activation
 * for the same image under the same condition, but at contrast 1. All fields are sums over images,
 * in the order of the list; the tables divide them. */
struct lsn_kernel_invariance {
    /* Pearson's correlation of the plane with the reference's, over positions; only of images
     * where neither plane is constant, which space_images counts. */
    double space_correlation;
    size_t space_images;
    double magnitude, reference_magnitude; /* absolute values, of all positions */
};

struct lsn_node_invariance {
    /* The mean over positions of Pearson's correlation over kernels, at positions where neither
     * the activation nor the reference is constant over kernels; kernel_images counts the images
     * that have such a position. */
    double kernel_correlation;
    size_t kernel_images;
    size_t winners;     /* positions where the reference is not constant over kernels, so that one
                         * kernel is the largest */
    size_t same_winner; /* of these, where the same kernel is the largest in the activation */
};

/* Values that vary by less than 1e-6 of their root mean square count as constant. */
struct lsn_invariance {
    const struct lsn_model *model; /* lent */
    struct lsn_results *axes;      /* names of images and conditions, no outcomes; the sums are
                                    * over its complete_images */
    int node_count;
    int *nodes;           /* [node_count] the model's indices, ascending */
    size_t *first_kernel; /* [node_count + 1] index of each node's first kernel in [kernel] */
    struct lsn_kernel_invariance *kernels;    /* [condition][kernel] */
    struct lsn_node_invariance *node_results; /* [condition][node_count] */
};

/* Compares the activations under options' conditions. nodes: a comma-separated list of node names
 * or patterns with * and ?; NULL or "" for all but the image. options' layers, kernels, engine,
 * run, shards and keep_logits are ignored. Each worker keeps a copy of the chosen nodes'
 * activations, which counts towards options' memory. model must outlive *invariance. After
 * LSN_E_INTERRUPTED *invariance has the complete images at the beginning of the list; after any
 * other failure it is NULL. LSN_E_ARGUMENT (no such node), LSN_E_DATA (an activation is not
 * finite), and as lsn_sweep_run. */
enum lsn_status lsn_invariance_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                   const struct lsn_sweep_options *options, const char *nodes,
                                   struct lsn_invariance **invariance, struct lsn_error *err);
void lsn_invariance_free(struct lsn_invariance *invariance);

/* Writes to path, as the functions of table.h do, one row per node and condition:
 * node,op,node_index,contrast,region,normalise,images,kernels,positions,space_correlation,
 * kernel_correlation,same_winner,relative_magnitude
 *
 * space_correlation: mean over the kernels and images that have one; kernel_correlation: mean
 * over the images that have one; same_winner: same_winner / winners over all images;
 * relative_magnitude: the sum of all magnitudes / the sum of the reference's. A cell is empty
 * where its divisor is 0. */
enum lsn_status lsn_invariance_write_nodes(const char *path, bool force,
                                           const struct lsn_invariance *invariance,
                                           struct lsn_error *err);

/* Writes likewise one row per node, kernel and condition:
 * node,op,node_index,kernel,contrast,region,normalise,images,space_images,space_correlation,
 * relative_magnitude */
enum lsn_status lsn_invariance_write_kernels(const char *path, bool force,
                                             const struct lsn_invariance *invariance,
                                             struct lsn_error *err);

LSN_API_END
#endif
