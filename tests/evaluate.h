/* A whole graph in double precision by the naive twins of the ops: what folding
 * and the engine are compared with. */
#ifndef LSN_TESTS_EVALUATE_H
#define LSN_TESTS_EVALUATE_H

#include "lesion/lesions.h"
#include "model/graph.h"

/* A lesion of one kernel of the convolution node. */
struct test_lesion {
    int node, kernel;
    struct lsn_lesion lesion;
    const float *planes;            /* [h][w][c] of the node's output, for mean and resample */
    const struct test_lesion *also; /* another lesion that holds at the same time, or NULL */
};

/* Computes the activation [h][w][c] of every node for the image x [h][w][c]. lesion is NULL, or a
 * lesion and all that hold with it; the lesion weights puts the bias in place of the kernel's
 * plane, whatever its weights are. test_values_free frees the result. */
double **test_evaluate(const struct lsn_graph *graph, const float *x,
                       const struct test_lesion *lesion);
void test_values_free(const struct lsn_graph *graph, double **values);

/* Floats in a node's activation. */
size_t test_shape_count(struct lsn_shape shape);

#endif
