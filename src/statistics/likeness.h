/* How alike two activations of one node are. */
#ifndef LSN_STATISTICS_LIKENESS_H
#define LSN_STATISTICS_LIKENESS_H

#include <stddef.h>

#include "lesion/shape.h"

/* Values that vary by less than this part of their root mean square are constant: that
 * little is the rounding of float32, and would correlate by chance. */
#define LSN_LIKENESS_CONSTANT 1e-6

/* One kernel's plane beside the reference's. */
struct lsn_kernel_likeness {
    double correlation;                    /* Pearson's, over positions; NaN where either plane
                                            * is constant */
    double magnitude, reference_magnitude; /* sums of absolute values over positions */
};

/* All kernels together. */
struct lsn_node_likeness {
    double correlation; /* Pearson's, over kernels, mean of the positions where neither is
                         * constant over kernels; NaN: there are none */
    size_t winners;     /* positions where the reference is not constant over kernels */
    size_t same_winner; /* of these, where the same kernel is the largest; the lower of equals */
};

/* a, reference [h][w][c], finite; kernels [c] is filled; scratch [LSN_LIKENESS_SUMS][c]. */
enum { LSN_LIKENESS_SUMS = 7 };
struct lsn_node_likeness lsn_likeness_measure(struct lsn_shape shape, const float *a,
                                              const float *reference,
                                              struct lsn_kernel_likeness *kernels, double *scratch);

#endif
