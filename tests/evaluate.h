/* A whole graph in double precision by the naive twins of the ops: what folding
 * and the engine are compared with. */
#ifndef LSN_TESTS_EVALUATE_H
#define LSN_TESTS_EVALUATE_H

#include "model/graph.h"

/* The activation [h][w][c] of every node, for the image x [h][w][c]. In place of
 * one kernel's plane of the convolution lesioned (a node) its bias is put, or 0
 * where it has none; lesioned -1: nowhere. test_values_free frees the result. */
double **test_evaluate(const struct lsn_graph *graph, const float *x, int lesioned, int kernel);
void test_values_free(const struct lsn_graph *graph, double **values);

/* Floats in a node's activation. */
size_t test_shape_count(struct lsn_shape shape);

#endif
