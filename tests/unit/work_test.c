/* How many multiply-adds lesions take, exactly: what makes the incremental engine fast shows in
 * no outcome. Winograd's products never chosen, zeros multiplied, every position computed again,
 * kernels lesioned one by one: each gives the same tables more slowly, and each changes a count
 * here. A change of the engine that is meant to change a count puts the new one in, and says
 * why.
 *
 * A count depends on which values are exactly 0, and so must not depend on how a sum is
 * rounded, which is another way on another processor or with another BLAS. Behind whole inputs
 * and weights every sum below 2^24 is exact in any order. Winograd's transforms divide, and
 * their results are off by a thousandth: biases end in .5, so that no value is near 0 before a
 * ReLU. SiLU rounds, but makes nothing 0 and leaves nothing as it was: there, every count is
 * that of a formula. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/network.h"
#include "evaluate.h"
#include "lesion/network.h"
#include "model/model.h"

enum { LAYERS_MAX = 8, KERNELS_MAX = 128, CLASSES_MAX = 10, JOINT = 5400896 };

/* A network, an input, and what lesions of all kernels of each layer take. */
struct net {
    struct lsn_model *model; /* &built, or one that is loaded */
    struct lsn_model built;
    struct lsn_network *network;
    float *x;
    uint64_t seed;
    double work[LAYERS_MAX];
};

/* ---- networks ---- */

/* Weights of -2, 0 and 2, which make whole numbers of halves, and biases of whole numbers and
 * a half. */
static void fill(struct net *net, struct lsn_node *node)
{
    struct lsn_tensor *weight = &node->tensors[0], *bias = &node->tensors[1];
    size_t i;

    for (i = 0; i < lsn_tensor_count(weight); i++)
        weight->data[i] = (float)(test_random_int(&net->seed, -2, 2) / 2 * 2);
    for (i = 0; i < lsn_tensor_count(bias); i++)
        bias->data[i] = (float)test_random_int(&net->seed, -2, 1) + 0.5f;
}

static struct lsn_shape shape_of(const struct net *net, int node)
{
    return net->model->graph.nodes[node].shape;
}

static int add(struct net *net, struct lsn_node *node, int a, int b)
{
    char name[16];

    snprintf(name, sizeof name, "n%d", net->built.graph.count);
    return test_add(&net->built.graph, node, name, (const int[]){a, b}, b < 0 ? 1 : 2);
}

static int add_plain(struct net *net, enum lsn_op op, int a, int b)
{
    struct lsn_node node = lsn_node_default(op);

    return add(net, &node, a, b);
}

/* A convolution of a size x size window, its weights drawn at random. */
static int add_conv(struct net *net, int a, int outputs, int size, int stride, int groups)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    int c = shape_of(net, a).c / groups;
    float limit = sqrtf(3.0f / (float)(c * size * size));

    node.attributes.pads[0] = node.attributes.pads[1] = size / 2;
    node.attributes.pads[2] = node.attributes.pads[3] = size / 2;
    node.attributes.stride[0] = node.attributes.stride[1] = stride;
    node.attributes.groups = groups;
    test_tensor(&node, 0, &net->seed, 4, (const int[]){outputs, c, size, size}, -limit, limit);
    test_tensor(&node, 1, &net->seed, 1, &outputs, 0.25f, 0.5f);
    return add(net, &node, a, -1);
}

static void add_logits(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);

    test_tensor(&node, 0, &net->seed, 2, (const int[]){CLASSES_MAX, shape_of(net, a).c}, -1, 1);
    add(net, &node, a, -1);
}

static struct net *start(uint64_t seed, struct lsn_shape input)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    net->seed = seed;
    net->model = &net->built;
    test_ok(lsn_graph_start(&net->built.graph, input, &err), &err);
    return net;
}

static void finish(struct net *net)
{
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_network_create(net->model, LSN_ENGINE_INCREMENTAL, &net->network, &err), &err);
}

static void finish_built(struct net *net)
{
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_graph_finish(&net->built.graph, &err), &err);
    test_ok(lsn_model_make_layers(&net->built, &err), &err);
    finish(net);
}

static void close_net(struct net *net)
{
    lsn_network_free(net->network);
    if (net->model == &net->built) {
        lsn_model_free_layers(&net->built);
        lsn_graph_free(&net->built.graph);
    } else {
        lsn_model_free(net->model);
    }
    free(net->x);
    free(net);
}

/* ---- counts ---- */

/* Every value of a convolution or Linear is a whole number and a half, and far from where floats
 * end to hold that. */
static void check_halves(const struct net *net, const struct lsn_pass *pass)
{
    const struct lsn_graph *graph = &net->model->graph;
    int node;
    size_t i;

    for (node = 0; node < graph->count - 1; node++)
        for (i = 0;
             graph->nodes[node].op == LSN_OP_CONV && i < test_shape_count(shape_of(net, node));
             i++) {
            float value = lsn_pass_activation(pass, node)[i];

            assert_true(fabsf(value) < 1 << 20 && value - floorf(value) == 0.5f);
        }
}

/* Lesions all kernels of each layer, which all go together: the networks are small. */
static void count(struct net *net, bool halves)
{
    struct lsn_error err = LSN_ERROR_NONE;
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    int kernels[KERNELS_MAX], layer, i;
    float logits[KERNELS_MAX * CLASSES_MAX];
    struct lsn_pass *pass;
    double before = 0;

    for (i = 0; i < KERNELS_MAX; i++)
        kernels[i] = i;
    test_ok(lsn_pass_create(net->network, LSN_ENGINE_INCREMENTAL, &pass, &err), &err);
    lsn_pass_run(pass, net->x);
    if (halves)
        check_halves(net, pass);
    for (layer = 0; layer < net->model->layer_count; layer++) {
        int of = shape_of(net, lsn_model_layer_node(net->model, layer)).c;

        assert_int_equal(lsn_network_group(net->network, layer), of);
        test_run_lesioned(pass, layer, &whole, NULL, kernels, of, logits);
        net->work[layer] = lsn_pass_work(pass) - before;
        before = lsn_pass_work(pass);
    }
    lsn_pass_free(pass);
}

/* What cached activations of the layers before alone would leave to do. */
static double cached(const struct net *net, int layer)
{
    return lsn_network_lesion_work(net->network, layer) *
           shape_of(net, lsn_model_layer_node(net->model, layer)).c;
}

static void check(const char *what, const struct net *net, const double *wanted)
{
    bool same = true;
    int layer;

    for (layer = 0; layer < net->model->layer_count; layer++)
        same = same && net->work[layer] == wanted[layer];
    for (layer = 0; !same && layer < net->model->layer_count; layer++)
        print_message("%s, layer %d: %.0f multiply-adds, wanted %.0f; with caching alone %.0f\n",
                      what, layer, net->work[layer], wanted[layer], cached(net, layer));
    assert_true(same);
}

/* Twelve sets of a kernel each of the demo's first three layers; a set in the last of these layers
 * only costs nothing before it. */
static void joint(struct net *net)
{
    enum { SETS = 12 };
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    const int layers[3] = {0, 1, 2}, late[2] = {0, 1};
    struct lsn_kernel kernels[3 * SETS], last = {2, 0};
    int start[SETS + 1], i;
    float logits[SETS * CLASSES_MAX];
    struct lsn_joint sets = {&whole, NULL, kernels, start, SETS};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_network *network;
    struct lsn_pass *pass;
    double work;

    for (i = 0; i < 3 * SETS; i++)
        kernels[i] = (struct lsn_kernel){i % 3, i / 3};
    for (i = 0; i <= SETS; i++)
        start[i] = 3 * i;
    test_ok(lsn_network_create_joint(net->network, layers, 3, &network, &err), &err);
    test_ok(lsn_pass_create(network, LSN_ENGINE_INCREMENTAL, &pass, &err), &err);
    lsn_pass_run(pass, net->x);
    test_ok(lsn_pass_run_joint(pass, &sets, logits, &err), &err);
    work = lsn_pass_work(pass);
    if (work != JOINT)
        print_message("the demo, joint: %.0f multiply-adds, wanted %.0f\n", work, (double)JOINT);
    assert_true(work == JOINT);
    sets.kernels = &last;
    sets.start = late;
    sets.count = 1;
    test_ok(lsn_pass_run_joint(pass, &sets, logits, &err), &err);
    assert_true(lsn_pass_work(pass) - work <= lsn_network_lesion_work(net->network, 3));
    lsn_pass_free(pass);
    lsn_network_free(network);
}

/* The demo's layers: small, and most of what lesions change is swallowed on the way. */
static void demo(void **state)
{
    struct net *net = calloc(1, sizeof *net);
    struct lsn_error err = LSN_ERROR_NONE;
    const double wanted[4] = {1946128, 1858304, 200480, 35136};
    struct lsn_graph *graph;
    int i, t, layer;

    (void)state;
    assert_non_null(net);
    net->seed = 11;
    test_ok(lsn_model_load(LSN_TESTS_DIR "/../data/demo.bin", NULL, &net->model, &err), &err);
    graph = &net->model->graph;
    for (i = 0; i < graph->count; i++) {
        for (t = 0; t < 2; t++)
            test_ok(lsn_tensor_own(&graph->nodes[i].tensors[t], &err), &err);
        if (graph->nodes[i].tensors[0].data)
            fill(net, &graph->nodes[i]);
    }
    finish(net);
    net->x = test_whole(&net->seed, test_shape_count(shape_of(net, 0)), 2);
    count(net, true);
    check("the demo", net, wanted);
    for (layer = 0; layer < 4; layer++)
        assert_true(net->work[layer] < cached(net, layer) / 10);
    joint(net);
    close_net(net);
}

/* 3x3 convolutions of 128 channels. The most that each layer may take: its lesions' own planes
 * times the weights of the convolution behind it, by the taps that lie inside the map; then the
 * products of all positions, of 36 by tile where Winograd's are chosen. What is 0 is left out of
 * them. */
static void wide(void **state)
{
    struct net *net = start(12, (struct lsn_shape){3, 12, 12});
    const double wanted[4] = {98079872, 100539136, 946112, 320};
    const double strided = 6 * 6 * 9 * 128 * 32 + 32 * CLASSES_MAX;
    const double most[4] = {16 * (34 * 34 * 128 + 9 * 36 * 128 * 128 + strided),
                            128 * (34 * 34 * 128 + strided),
                            128 * (17 * 17 * 32 + 32 * CLASSES_MAX), 32 * CLASSES_MAX};
    static const int outputs[] = {16, 128, 128, 32};
    int last = 0;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(outputs); i++) {
        last = add_conv(net, last, outputs[i], 3, i == 3 ? 2 : 1, 1);
        fill(net, &net->built.graph.nodes[last]);
        last = add_plain(net, LSN_OP_RELU, last, -1);
    }
    add_logits(net, add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, last, -1));
    finish_built(net);
    net->x = test_whole(&net->seed, test_shape_count(shape_of(net, 0)), 2);
    count(net, true);
    check("wide", net, wanted);
    for (i = 0; i < 3; i++)
        assert_true(net->work[i] < most[i]);
    assert_true(net->work[3] == most[3]);
    assert_true(net->work[0] < cached(net, 0) / 4);
    close_net(net);
}

/* An image that is 0 but for 3 x 3 pixels in its corner, so that lesions change 4 x 4 positions
 * of the first convolution, 5 x 5 of the second, and of the third, which there are two of side by
 * side, 4 of 16 tiles and 3 x 3 of 8 x 8 positions: these and no others are computed, and of
 * them only what has changed. */
static void local(void **state)
{
    struct net *net = start(14, (struct lsn_shape){3, 16, 16});
    const double wanted[4] = {2771232, 2024768, 320, 300};
    /* Taps inside the map of a 3x3 window over 5 x 5 positions of a corner that see 4 x 4. */
    const double own = 11 * 11 * 32, tiles = 4 * 36 * 32 * 32, rows = 3 * 3 * 9 * 32 * 32;
    int last, left, i;

    (void)state;
    last = add_conv(net, 0, 16, 3, 1, 1);
    fill(net, &net->built.graph.nodes[last]);
    last = add_conv(net, add_plain(net, LSN_OP_RELU, last, -1), 32, 3, 1, 1);
    fill(net, &net->built.graph.nodes[last]);
    last = add_plain(net, LSN_OP_RELU, last, -1);
    left = add_conv(net, last, 32, 3, 1, 1);
    fill(net, &net->built.graph.nodes[left]);
    left = add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, add_plain(net, LSN_OP_RELU, left, -1), -1);
    last = add_conv(net, last, 32, 3, 2, 1);
    fill(net, &net->built.graph.nodes[last]);
    last = add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, add_plain(net, LSN_OP_RELU, last, -1), -1);
    add_logits(net, add_plain(net, LSN_OP_CONCAT, left, last));
    finish_built(net);
    net->x = test_whole(&net->seed, test_shape_count(shape_of(net, 0)), 2);
    for (i = 0; i < 16 * 16 * 3; i++)
        if (i / 3 / 16 >= 3 || i / 3 % 16 >= 3)
            net->x[i] = 0;
    count(net, true);
    check("local", net, wanted);
    assert_true(net->work[0] < 16 * (own + tiles + rows + 64 * CLASSES_MAX));
    close_net(net);
}

/* A gate of squeeze and excitation, a residual, SiLU: nothing is 0, and a lesion changes all
 * that it leads to. So each layer's count is what its lesions' own plane takes up to the first
 * convolution of all channels, and behind that whole products of all positions: of 36 by tile
 * where Winograd's are chosen, of every tap, also those outside the map, elsewhere. */
static void gated(void **state)
{
    enum { POSITIONS = 14 * 14, TILES = 4 * 4, LESS = 7 * 7 };
    struct net *net = start(13, (struct lsn_shape){3, 14, 14});
    const double logits = 128 * CLASSES_MAX, strided = LESS * 9 * 64 * 128 + logits;
    const double tail = TILES * 36 * 64 * 64 + strided, project = POSITIONS * 24 * 64 + tail;
    /* Taps of a 3x3 window over all positions that lie inside the map: 14 * 3 - 2 along a side,
     * 7 * 3 - 1 with a stride of 2. */
    const double wanted[] = {24 * (POSITIONS * 9 + 6 + 6 * 24 + project),
                             24 * (6 + 6 * 24 + project),
                             6 * (24 + project),
                             24 * (POSITIONS * 64 + tail),
                             64 * (40 * 40 * 64 + strided),
                             64 * (20 * 20 * 128 + logits),
                             128 * CLASSES_MAX};
    int last, gate;

    (void)state;
    last = add_plain(net, LSN_OP_SILU, add_conv(net, 0, 24, 3, 1, 1), -1);
    last = add_plain(net, LSN_OP_SILU, add_conv(net, last, 24, 3, 1, 24), -1);
    gate = add_conv(net, add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, last, -1), 6, 1, 1, 1);
    gate = add_conv(net, add_plain(net, LSN_OP_SILU, gate, -1), 24, 1, 1, 1);
    last = add_plain(net, LSN_OP_MUL, last, add_plain(net, LSN_OP_SIGMOID, gate, -1));
    last = add_plain(net, LSN_OP_SILU, add_conv(net, last, 64, 1, 1, 1), -1);
    gate = add_plain(net, LSN_OP_SILU, add_conv(net, last, 64, 3, 1, 1), -1);
    last = add_conv(net, add_plain(net, LSN_OP_ADD, gate, last), 128, 3, 2, 1);
    last = add_plain(net, LSN_OP_SILU, last, -1);
    add_logits(net, add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, last, -1));
    finish_built(net);
    net->x = test_floats(&net->seed, test_shape_count(shape_of(net, 0)), -2, 2);
    count(net, false);
    check("gated", net, wanted);
    close_net(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(demo),
        cmocka_unit_test(wide),
        cmocka_unit_test(local),
        cmocka_unit_test(gated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
