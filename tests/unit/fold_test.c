/* Folding batch-norm and affine nodes: the folded graph must compute what the
 * unfolded one does. Both are evaluated in double; what differs is the rounding of
 * folded weights and biases to float, so a node of k products may differ by k + 2
 * roundoffs of its scale; here k is at most 75 and a few nodes follow each other. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "model/graph.h"
#include "model/ops.h"

#define TOLERANCE (200 * TEST_ROUNDOFF) /* of the largest activation of the node */

struct net {
    struct lsn_graph graph;
    uint64_t seed;
};

static struct net start(uint64_t seed)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct net net = {.seed = seed};

    test_ok(lsn_graph_start(&net.graph, (struct lsn_shape){3, 7, 6}, &err), &err);
    return net;
}

/* Negative scales, variances from tiny to large. */
static int add_norm(struct net *net, enum lsn_op op, const char *name, int input)
{
    struct lsn_node node = lsn_node_default(op);
    int c = net->graph.nodes[input].shape.c, i;

    for (i = 0; i < lsn_op_def(op)->tensors_required; i++)
        test_tensor(&node, i, &net->seed, 1, &c, i == 3 ? 0.001f : -2, i == 3 ? 4 : 2);
    return test_add(&net->graph, &node, name, &input, 1);
}

static int add_conv(struct net *net, const char *name, int input, int out_c, int groups, bool bias)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    const int dims[4] = {out_c, net->graph.nodes[input].shape.c / groups, 3, 3};

    test_tensor(&node, 0, &net->seed, 4, dims, -0.5f, 0.5f);
    if (bias)
        test_tensor(&node, 1, &net->seed, 1, dims, -1, 1);
    node.attributes.groups = groups;
    memcpy(node.attributes.pads, (const int[]){1, 1, 1, 1}, 4 * sizeof(int));
    return test_add(&net->graph, &node, name, &input, 1);
}

static int add_linear(struct net *net, const char *name, int input, int out_c, bool bias)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    const int dims[2] = {out_c, net->graph.nodes[input].shape.c};

    test_tensor(&node, 0, &net->seed, 2, dims, -0.5f, 0.5f);
    if (bias)
        test_tensor(&node, 1, &net->seed, 1, dims, -1, 1);
    return test_add(&net->graph, &node, name, &input, 1);
}

static int add_plain(struct net *net, enum lsn_op op, const char *name, int a, int b)
{
    struct lsn_node node = lsn_node_default(op);

    return test_add(&net->graph, &node, name, (const int[]){a, b}, b < 0 ? 1 : 2);
}

/* Folds the graph. names: what is left of it behind the image, NULL ends; whole:
 * for each, the node of the unfolded graph that it stands for. */
static void check(struct net *net, const char *const *names, const char *const *whole)
{
    struct lsn_error err = LSN_ERROR_NONE;
    float *x = test_floats(&net->seed, 3 * 7 * 6, -2, 2);
    double **before = test_evaluate(&net->graph, x, NULL), **after;
    int count = net->graph.count, indices[16], i;

    for (i = 0; names[i]; i++)
        indices[i] = lsn_graph_find(&net->graph, whole[i]);
    /* The activations that are left over belong to the unfolded graph. */
    test_ok(lsn_graph_fold(&net->graph, &err), &err);
    after = test_evaluate(&net->graph, x, NULL);
    for (i = 0; names[i]; i++) {
        const struct lsn_node *node = &net->graph.nodes[i + 1];
        size_t n = test_shape_count(node->shape), j;
        double scale = test_scale(before[indices[i]], n);

        assert_string_equal(node->name, names[i]);
        for (j = 0; j < n; j++)
            if (!(fabs(after[i + 1][j] - before[indices[i]][j]) <= TOLERANCE * scale))
                fail_msg("%s: element %zu is %g, was %g", names[i], j, after[i + 1][j],
                         before[indices[i]][j]);
    }
    assert_int_equal(net->graph.count, i + 1);
    test_values_free(&net->graph, after);
    for (i = 0; i < count; i++)
        free(before[i]);
    free(before);
    free(x);
    lsn_graph_free(&net->graph);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* With and without bias, dense, grouped and depthwise; a chain of two norms. */
static void into_convolutions(void **state)
{
    struct net net = start(53);
    int last;

    (void)state;
    last = add_conv(&net, "dense", 0, 6, 1, false);
    last = add_norm(&net, LSN_OP_BATCH_NORM, "bn1", last);
    last = add_conv(&net, "grouped", last, 8, 2, true);
    last = add_norm(&net, LSN_OP_BATCH_NORM, "bn2", last);
    last = add_norm(&net, LSN_OP_BATCH_NORM, "bn3", last);
    last = add_plain(&net, LSN_OP_RELU, "relu", last, -1);
    last = add_conv(&net, "depthwise", last, 8, 8, false);
    add_norm(&net, LSN_OP_BATCH_NORM, "bn4", last);
    check(&net, NAMES("dense", "grouped", "relu", "depthwise"), NAMES("bn1", "bn3", "relu", "bn4"));
}

static void into_linear(void **state)
{
    struct net net = start(59);
    int last;

    (void)state;
    last = add_plain(&net, LSN_OP_GLOBAL_AVERAGE_POOL, "pool", 0, -1);
    last = add_linear(&net, "fc1", last, 9, false);
    last = add_norm(&net, LSN_OP_BATCH_NORM, "bn1", last);
    last = add_linear(&net, "fc2", last, 4, true);
    add_norm(&net, LSN_OP_BATCH_NORM, "bn2", last);
    check(&net, NAMES("pool", "fc1", "fc2"), NAMES("pool", "bn1", "bn2"));
}

/* Where a batch-norm has no convolution of its own it becomes Affine. */
static void kept_as_affine(void **state)
{
    struct net net = start(61);
    int conv, bn, last;

    (void)state;
    last = add_norm(&net, LSN_OP_BATCH_NORM, "first", 0);
    conv = add_conv(&net, "conv", last, 5, 1, true);
    bn = add_norm(&net, LSN_OP_BATCH_NORM, "beside", conv); /* conv is read again below */
    last = add_plain(&net, LSN_OP_ADD, "add", bn, conv);
    last = add_plain(&net, LSN_OP_CONCAT, "concat", last, bn);
    add_norm(&net, LSN_OP_BATCH_NORM, "last", last);
    assert_int_equal(net.graph.nodes[1].op, LSN_OP_BATCH_NORM);
    check(&net, NAMES("first", "conv", "beside", "add", "concat", "last"),
          NAMES("first", "conv", "beside", "add", "concat", "last"));
}

static void affine_chains(void **state)
{
    struct net net = start(67);
    int last;

    (void)state;
    last = add_conv(&net, "conv", 0, 6, 1, false);
    last = add_norm(&net, LSN_OP_AFFINE, "scaled", last);
    last = add_norm(&net, LSN_OP_LAYER_NORM, "norm", last);
    last = add_norm(&net, LSN_OP_AFFINE, "rescaled", last);
    last = add_plain(&net, LSN_OP_RELU, "relu", last, -1);
    last = add_norm(&net, LSN_OP_AFFINE, "free", last);
    add_norm(&net, LSN_OP_BATCH_NORM, "joined", last);
    check(&net, NAMES("conv", "norm", "relu", "free"),
          NAMES("scaled", "rescaled", "relu", "joined"));
}

/* Inputs of later nodes are renumbered. */
static void later_nodes_follow(void **state)
{
    struct net net = start(71);
    int a, b, last;

    (void)state;
    a = add_conv(&net, "a", 0, 4, 1, true);
    b = add_conv(&net, "b", 0, 4, 1, true);
    a = add_norm(&net, LSN_OP_BATCH_NORM, "a bn", a);
    b = add_norm(&net, LSN_OP_BATCH_NORM, "b bn", b);
    last = add_plain(&net, LSN_OP_MUL, "mul", b, a);
    last = add_plain(&net, LSN_OP_CONCAT, "concat", a, last);
    add_plain(&net, LSN_OP_ADD, "twice", last, last);
    check(&net, NAMES("a", "b", "mul", "concat", "twice"),
          NAMES("a bn", "b bn", "mul", "concat", "twice"));
}

/* A variance near 0 times large numbers: neither result is a float. */
static void overflow_is_told(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct net net = start(73);
    int i, last;

    (void)state;
    for (i = 0; i < 2; i++) {
        last = i == 0 ? add_conv(&net, "conv", 0, 2, 1, false) : 0;
        last = add_norm(&net, LSN_OP_BATCH_NORM, "bn", last);
        net.graph.nodes[last].tensors[0].data[1] = 1e38f;
        net.graph.nodes[last].tensors[1].data[1] = 0;
        net.graph.nodes[last].tensors[2].data[1] = 0;
        net.graph.nodes[last].tensors[3].data[1] = 0;
        net.graph.nodes[last].attributes.epsilon = 1e-6f;
        test_error(lsn_graph_fold(&net.graph, &err), &err, LSN_E_MODEL,
                   i == 0 ? "node 'bn': channel 1 does not fold into 'conv': scale 1e+41, bias 0"
                          : "node 'bn': channel 1 has scale 1e+41, shift 0");
        lsn_graph_free(&net.graph);
        net = start(79);
        err.code = LSN_OK;
    }
    lsn_graph_free(&net.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(into_convolutions),  cmocka_unit_test(into_linear),
        cmocka_unit_test(kept_as_affine),     cmocka_unit_test(affine_chains),
        cmocka_unit_test(later_nodes_follow), cmocka_unit_test(overflow_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
