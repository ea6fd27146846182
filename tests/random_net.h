/* Random networks of all ops, on which both engines are tested. */
#ifndef LSN_TESTS_RANDOM_NET_H
#define LSN_TESTS_RANDOM_NET_H

#include <stdint.h>

#include "lesion/network.h"
#include "model/model.h"

enum { TEST_CLASSES = 7, TEST_CHANNELS_MAX = 28, TEST_PLACES_MAX = 5 };

struct test_net {
    struct lsn_model model;
    struct lsn_network *base;    /* NULL: network is the model's own */
    struct lsn_network *network; /* the one that is tested */
    uint64_t seed;
    float *x;
};

/* A convolution first, then a dozen nodes, each on the one before it or on an earlier one; up to 25
 * nodes deep, with up to 600 products per value. The second has a MaxPool made a contrast pooling,
 * or any node normalised but the first and last. The same from a seed everywhere. */
struct test_net *test_open_net(uint64_t seed);
struct test_net *test_open_normalised(uint64_t seed);
void test_close_net(struct test_net *net);

/* For networks that are built by hand: adds a node that reads a and b (-1: none), and returns its
 * index; the same of an op without parameters; makes the network of the graph, and a random
 * image. */
int test_net_add(struct test_net *net, struct lsn_node *node, int a, int b);
int test_net_add_plain(struct test_net *net, enum lsn_op op, int a, int b);
void test_finish_net(struct test_net *net);

/* The shape of a node of the model. */
struct lsn_shape test_net_shape(const struct test_net *net, int node);

/* The largest value of a node and of all nodes before it: where values nearly cancel, a result is
 * only as exact as the values that it was computed from. values: of test_evaluate. */
double test_scale_behind(const struct lsn_graph *graph, double **values, int node);

/* How the kernels of a layer are lesioned. */
struct test_how {
    struct lsn_lesion lesion;
    const float *planes[TEST_PLACES_MAX]; /* [h][w][c] of each place; NULL: none are wanted */
};

/* A lesion of a random kind that fits the layer; planes that it wants are fresh. */
struct test_how test_random_lesion(struct test_net *net, int layer);

/* Makes random planes for each place of a layer, if the lesion needs them; frees them. */
void test_give_planes(struct test_net *net, int layer, struct test_how *how);
void test_free_planes(struct test_how *how);

#endif
