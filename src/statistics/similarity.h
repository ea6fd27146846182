/* How alike two activations of one node are. */
#ifndef LSN_STATISTICS_SIMILARITY_H
#define LSN_STATISTICS_SIMILARITY_H

#include <stddef.h>

#include "lesion/shape.h"

/* Values whose standard deviation is below this fraction of their root mean square count as
 * constant: so small a spread is rounding of float32, whose correlation would mean nothing. */
#define LSN_SIMILARITY_CONSTANT 1e-6

/* One kernel's plane beside the reference's. */
struct lsn_kernel_similarity {
    double correlation;                    /* Pearson's, over positions; NaN where either plane
                                            * is constant */
    double magnitude, reference_magnitude; /* sums of absolute values over positions */
};

/* All kernels together. */
struct lsn_node_similarity {
    double correlation; /* Pearson's over kernels, averaged over the positions where neither
                         * activation is constant over kernels; NaN: no such position */
    size_t winners;     /* positions where the reference is not constant over kernels */
    size_t same_winner; /* of those positions, how many have the same largest kernel in both (of
                         * equal kernels the lower index counts) */
};

enum { LSN_SIMILARITY_SUMS = 7 };

/* Compares the activations a and reference [h][w][c], which must be finite. Fills kernels [c];
 * scratch [LSN_SIMILARITY_SUMS][c]. */
struct lsn_node_similarity lsn_similarity_measure(struct lsn_shape shape, const float *a,
                                                  const float *reference,
                                                  struct lsn_kernel_similarity *kernels,
                                                  double *scratch);

#endif
