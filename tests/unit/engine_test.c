/* Both engines over random networks against the graph in double precision, intact
 * and with every kernel lesioned.
 *
 * A network here is up to 25 nodes deep, with up to 600 products per value. A sum
 * of those with random signs carries about sqrt(600) roundoffs, 1.5e-6 of its
 * scale, and 25 such nodes in a row about 5 times that: 1e-5 of the largest value behind a node.
 * The zero of a single weight would show as a hundred times more. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "evaluate.h"
#include "lesion/network.h"
#include "model/model.h"
#include "model/ops.h"

#define TOLERANCE 1e-5
#define CLASSES   7
#define C_MAX     28

enum { PLACES_MAX = 5, HELD_MAX = 4 };

struct net {
    struct lsn_model model;
    struct lsn_network *base;    /* NULL: network is the model's own */
    struct lsn_network *network; /* the one that is tested */
    uint64_t seed;
    float *x;
};

static struct lsn_shape shape_of(const struct net *net, int node)
{
    return net->model.graph.nodes[node].shape;
}

static int add(struct net *net, struct lsn_node *node, int a, int b)
{
    static const char digits[] = "0123456789";
    int count = net->model.graph.count;
    const char name[4] = {'n', digits[count / 10], digits[count % 10], '\0'};

    return test_add(&net->model.graph, node, name, (const int[]){a, b}, a < 0 ? 0 : b < 0 ? 1 : 2);
}

static int add_plain(struct net *net, enum lsn_op op, int a, int b)
{
    struct lsn_node node = lsn_node_default(op);

    node.attributes.size = 3 + 2 * test_random_int(&net->seed, 0, 1); /* of LRN's window */
    if (op == LSN_OP_LRN)
        node.attributes.alpha = 0.5f;
    return add(net, &node, a, b);
}

/* Weights that keep the scale of what they multiply; sometimes no bias. */
static void add_weights(struct net *net, struct lsn_node *node, int rank, const int *dims)
{
    int i, inputs = 1;
    float limit;

    for (i = 1; i < rank; i++)
        inputs *= dims[i];
    limit = sqrtf(3.0f / (float)inputs);
    test_tensor(node, 0, &net->seed, rank, dims, -limit, limit);
    if (test_random_int(&net->seed, 0, 3))
        test_tensor(node, 1, &net->seed, 1, dims, -0.5f, 0.5f);
}

static int add_conv(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    int size = 1 + 2 * test_random_int(&net->seed, 0, 2), c = shape_of(net, a).c, groups, i;
    int *pads = node.attributes.pads;

    do
        groups = test_random_int(&net->seed, 0, 2) ? 1 : test_random_int(&net->seed, 1, c);
    while (c % groups != 0);
    for (i = 0; i < 4; i++)
        pads[i] = size / 2;
    pads[3] += test_random_int(&net->seed, 0, 1);
    node.attributes.stride[0] = node.attributes.stride[1] =
        test_random_int(&net->seed, 0, 3) ? 1 : 2;
    node.attributes.groups = groups;
    add_weights(net, &node, 4,
                (const int[]){groups * test_random_int(&net->seed, 1, C_MAX / groups), c / groups,
                              size, size});
    return add(net, &node, a, -1);
}

static int add_linear(struct net *net, int a, int outputs)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);

    add_weights(net, &node, 2, (const int[]){outputs, shape_of(net, a).c});
    return add(net, &node, a, -1);
}

static int add_pool(struct net *net, int a)
{
    struct lsn_node node =
        lsn_node_default(test_random_int(&net->seed, 0, 1) ? LSN_OP_MAX_POOL : LSN_OP_AVERAGE_POOL);
    struct lsn_attributes *at = &node.attributes;

    at->kernel[0] = at->kernel[1] = 3;
    at->stride[0] = at->stride[1] = test_random_int(&net->seed, 1, 2);
    at->pads[0] = at->pads[1] = at->pads[2] = at->pads[3] = 1;
    at->ceil_mode = test_random_int(&net->seed, 0, 1);
    at->count_include_pad = test_random_int(&net->seed, 0, 1);
    return add(net, &node, a, -1);
}

/* A node with a's height and width, and also its channels where same_channels is set; a itself
 * where there is no other. */
static int partner(struct net *net, int a, bool same_channels)
{
    struct lsn_shape s = shape_of(net, a);
    int tries, b;

    for (tries = 0; tries < 20; tries++) {
        struct lsn_shape t;

        b = test_random_int(&net->seed, 0, net->model.graph.count - 1);
        t = shape_of(net, b);
        if (t.h == s.h && t.w == s.w && (same_channels ? t.c == s.c : t.c + s.c <= C_MAX))
            return b;
    }
    return a;
}

/* exp(tanh(x)) of a: positive values of moderate size for roots, logarithms and divisors. */
static int add_positive(struct net *net, int a)
{
    return add_plain(net, LSN_OP_EXP, add_plain(net, LSN_OP_TANH, a, -1), -1);
}

/* Any function of one value, ReLU more often than others. Functions with a restricted domain or a
 * steep slope get values that suit them. Sign is replaced by ReLU: near 0 a rounding would decide
 * it. */
static int add_activation(struct net *net, int a)
{
    int drawn = test_random_int(&net->seed, -4, LSN_UNARY_COUNT - 1);
    enum lsn_op op = drawn < 0 ? LSN_OP_RELU : (enum lsn_op)(LSN_OP_RELU + drawn);
    struct lsn_node node = lsn_node_default(op == LSN_OP_SIGN ? LSN_OP_RELU : op);

    if (node.op == LSN_OP_CLIP) {
        node.attributes.min = 0;
        node.attributes.max = 1.5f;
    }
    if (node.op == LSN_OP_GELU)
        node.attributes.tanh_approx = test_random_int(&net->seed, 0, 1);
    if (node.op == LSN_OP_POW)
        node.attributes.exponent = test_random_int(&net->seed, 0, 1) ? 2.0f : 0.7f;
    if (node.op == LSN_OP_EXP)
        a = add_plain(net, LSN_OP_TANH, a, -1);
    if (node.op == LSN_OP_LOG || node.op == LSN_OP_SQRT || node.op == LSN_OP_RECIPROCAL ||
        node.op == LSN_OP_POW)
        a = add_positive(net, a);
    return add(net, &node, a, -1);
}

/* A function of a and another map: either a node of the same shape, or a constant that can be
 * broadcast. */
static int add_join(struct net *net, int a)
{
    enum lsn_op op = (enum lsn_op)(LSN_OP_ADD + test_random_int(&net->seed, 0, LSN_JOIN_COUNT - 1));
    struct lsn_node constant = lsn_node_default(LSN_OP_CONSTANT);
    struct lsn_shape s = shape_of(net, a);
    int b = partner(net, a, true), dims[3] = {s.c, s.h, s.w}, i;

    if (test_random_int(&net->seed, 0, 2) == 0) {
        for (i = 0; i < 3; i++)
            dims[i] = test_random_int(&net->seed, 0, 1) ? dims[i] : 1;
        test_tensor(&constant, 0, &net->seed, 3, dims, 0.5f, 1.5f);
        b = add(net, &constant, -1, -1);
    } else if (op == LSN_OP_DIV) {
        b = add_positive(net, b);
    }
    return op != LSN_OP_DIV && test_random_int(&net->seed, 0, 1) ? add_plain(net, op, b, a)
                                                                 : add_plain(net, op, a, b);
}

/* Attention: a multiplied by, or added to, a reduction of it, limited in size. */
static int add_reduction(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(
        (enum lsn_op)(LSN_OP_REDUCE_MEAN + test_random_int(&net->seed, 0, LSN_REDUCE_COUNT - 1)));
    int over = test_random_int(&net->seed, 1, 3), reduced;

    node.attributes.over_channels = over & 1;
    node.attributes.over_space = over & 2;
    reduced = add_plain(net, LSN_OP_SOFTSIGN, add(net, &node, a, -1), -1);
    return add_plain(net, over == 3 ? LSN_OP_ADD : LSN_OP_MUL, a, reduced);
}

/* Resamples to another size; each output row and column comes from one or two of the input. */
static int add_resample(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_RESAMPLE);
    const int in[2] = {shape_of(net, a).h, shape_of(net, a).w};
    int side, i;

    for (side = 0; side < 2; side++) {
        int out = test_random_int(&net->seed, 1, in[side] + 2);
        float *weights;

        test_tensor(&node, side, &net->seed, 2, (const int[]){out, in[side]}, 0, 0);
        weights = node.tensors[side].data;
        for (i = 0; i < out; i++) {
            float share = test_random_int(&net->seed, 0, 1) ? 1.0f : 0.25f;

            weights[i * in[side] + test_random_int(&net->seed, 0, in[side] - 1)] += share;
            weights[i * in[side] + test_random_int(&net->seed, 0, in[side] - 1)] += 1 - share;
        }
    }
    return add(net, &node, a, -1);
}

static int add_pad(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_PAD);
    int i;

    for (i = 0; i < 4; i++)
        node.attributes.pads[i] = test_random_int(&net->seed, 0, 1);
    node.attributes.value = test_random_float(&net->seed, -1, 1);
    return add(net, &node, a, -1);
}

/* Some of a's channels in another order, sometimes one twice. */
static int add_select(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);
    int c = shape_of(net, a).c, count = 1 + c / 2, i;
    bool twice = test_random_int(&net->seed, 0, 1);

    node.attributes.channels = lsn_alloc((size_t)count, sizeof(int));
    node.attributes.channel_count = count;
    assert_non_null(node.attributes.channels);
    for (i = 0; i < count; i++)
        node.attributes.channels[i] = twice               ? test_random_int(&net->seed, 0, c - 1)
                                      : c - 1 - 2 * i < 0 ? 0
                                                          : c - 1 - 2 * i;
    return add(net, &node, a, -1);
}

/* Affine, PRelu and, where values are enough for a variance, LayerNormalization and
 * GroupNormalization. */
static int add_per_channel(struct net *net, int a)
{
    static const enum lsn_op ops[] = {LSN_OP_AFFINE, LSN_OP_PRELU, LSN_OP_LAYER_NORM,
                                      LSN_OP_GROUP_NORM};
    struct lsn_shape s = shape_of(net, a);
    struct lsn_node node =
        lsn_node_default(ops[test_random_int(&net->seed, 0, s.c >= 6 && s.h * s.w >= 6 ? 3 : 1)]);

    if (node.op == LSN_OP_LAYER_NORM || node.op == LSN_OP_GROUP_NORM)
        node.attributes.epsilon = 0.1f;
    if (node.op == LSN_OP_GROUP_NORM)
        node.attributes.groups = test_random_int(&net->seed, 0, 1) ? s.c : s.c % 2 == 0 ? 2 : 1;
    test_tensor(&node, 0, &net->seed, 1, &s.c, -1.5f, 1.5f);
    if (node.op != LSN_OP_PRELU)
        test_tensor(&node, 1, &net->seed, 1, &s.c, -0.5f, 0.5f);
    return add(net, &node, a, -1);
}

/* Places of a convolution's layer so far. */
static int places_of(const struct net *net, int node)
{
    const struct lsn_graph *graph = &net->model.graph;
    int count = 0, i;

    for (i = 0; i < graph->count; i++)
        count += graph->nodes[i].op == LSN_OP_CONV &&
                 strcmp(lsn_layer_key(&graph->nodes[i]), lsn_layer_key(&graph->nodes[node])) == 0;
    return count;
}

/* An earlier convolution once more, on a, of whose channels as many as it reads are taken: with
 * the same weights, or each kernel's times a factor, and a bias, stride and padding of its own. */
static int add_shared(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV), select = lsn_node_default(LSN_OP_SELECT);
    const struct lsn_node *from;
    int of, c, i, dims[4];
    size_t j, each;

    do
        of = test_random_int(&net->seed, 1, net->model.graph.count - 1);
    while (net->model.graph.nodes[of].op != LSN_OP_CONV);
    if (places_of(net, of) == PLACES_MAX)
        return add_conv(net, a);
    from = &net->model.graph.nodes[of];
    node.attributes = from->attributes;
    node.attributes.stride[0] = test_random_int(&net->seed, 1, 2);
    node.attributes.pads[0] += test_random_int(&net->seed, 0, 1);
    node.layer = lsn_strdup(lsn_layer_key(from));
    memcpy(dims, from->tensors[0].dims, sizeof dims);
    each = lsn_tensor_count(&from->tensors[0]) / (size_t)dims[0];
    add_weights(net, &node, 4, dims);
    for (i = 0; i < dims[0]; i++) {
        float factor = test_random_int(&net->seed, 0, 1) ? 1 : test_random_float(&net->seed, -2, 2);

        for (j = (size_t)i * each; j < (size_t)(i + 1) * each; j++)
            node.tensors[0].data[j] = factor * from->tensors[0].data[j];
    }
    c = dims[1] * from->attributes.groups;
    if (shape_of(net, a).c != c) {
        select.attributes.channels = lsn_alloc((size_t)c, sizeof(int));
        select.attributes.channel_count = c;
        assert_non_null(select.attributes.channels);
        for (i = 0; i < c; i++)
            select.attributes.channels[i] = i % shape_of(net, a).c;
        a = add(net, &select, a, -1);
    }
    return add(net, &node, a, -1);
}

static int add_random(struct net *net, int a)
{
    switch (test_random_int(&net->seed, 0, 15)) {
    case 14:
        return add_shared(net, a);
    case 11:
        return add_join(net, a);
    case 12:
        return add_reduction(net, a);
    case 13:
        return add_resample(net, a);
    case 0:
        return add_activation(net, a);
    case 9:
        return add_per_channel(net, a);
    case 10:
        return test_random_int(&net->seed, 0, 1) ? add_pad(net, a) : add_select(net, a);
    case 1:
        return add_plain(net, LSN_OP_LRN, a, -1);
    case 2:
        return add_pool(net, a);
    case 3:
        if (shape_of(net, a).c <= C_MAX / 2)
            return add_plain(net, LSN_OP_CONCAT, a, partner(net, a, false));
        return add_plain(net, LSN_OP_SILU, a, -1);
    case 4:
        return add_plain(net, LSN_OP_ADD, a, partner(net, a, true));
    case 5: /* squeeze and excite */
        return add_plain(net, LSN_OP_MUL, a, add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, a, -1));
    default:
        return add_conv(net, a);
    }
}

/* Any node that is computed from the image. */
static int any_map(struct net *net)
{
    int node;

    do
        node = test_random_int(&net->seed, 1, net->model.graph.count - 1);
    while (net->model.graph.nodes[node].op == LSN_OP_CONSTANT);
    return node;
}

/* Convolution first, then a dozen nodes on the last one or on an earlier one. */
static void build(struct net *net)
{
    struct lsn_graph *graph = &net->model.graph;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_shape image = {3, test_random_int(&net->seed, 6, 11),
                              test_random_int(&net->seed, 6, 11)};
    int i, last;

    test_ok(lsn_graph_start(graph, image, &err), &err);
    last = add_conv(net, 0);
    for (i = 0; i < 10; i++) {
        int from = test_random_int(&net->seed, 0, 3) ? last : any_map(net);

        last = add_random(net, from);
    }
    last = add_plain(
        net, test_random_int(&net->seed, 0, 1) ? LSN_OP_FLATTEN : LSN_OP_GLOBAL_AVERAGE_POOL, last,
        -1);
    last = add_plain(net, LSN_OP_RELU, add_linear(net, last, 11), -1);
    add_linear(net, last, CLASSES);
    test_ok(lsn_graph_finish(graph, &err), &err);
}

/* The network of a built graph, and a random image. */
static void finish_net(struct net *net)
{
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_model_make_layers(&net->model, &err), &err);
    test_ok(lsn_network_create(&net->model, LSN_ENGINE_INCREMENTAL, &net->network, &err), &err);
    net->x = test_floats(&net->seed, test_shape_count(shape_of(net, 0)), -2, 2);
}

static struct net *open_net(uint64_t seed)
{
    struct net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    net->seed = seed;
    build(net);
    finish_net(net);
    return net;
}

/* The last MaxPool; -1: none. */
static int find_max_pool(const struct lsn_graph *graph)
{
    int i = graph->count - 1;

    while (i >= 0 && graph->nodes[i].op != LSN_OP_MAX_POOL)
        i--;
    return i;
}

/* The same with a MaxPool made a contrast pooling, or any node normalised but the first
 * and last. */
static struct net *open_normalised(uint64_t seed)
{
    static const char *const texts[] = {"global", "local:0.6", "local:2", "divisive:1:0.5:2",
                                        "divisive:3:1:1.5"};
    struct net *net = open_net(seed);
    const struct lsn_graph *graph = &net->model.graph;
    int pool = find_max_pool(graph), node;
    const char *text = texts[test_random_int(&net->seed, 0, (int)TEST_COUNT(texts) - 1)];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_normalisation normalisation;
    char whole[100];

    do /* what an Exp gives a root or logarithm stays above 0 */
        node = test_random_int(&net->seed, 1, graph->count - 2);
    while (graph->nodes[node].op == LSN_OP_EXP);
    if (pool >= 0 && test_random_int(&net->seed, 0, 1)) {
        text = "pool";
        node = pool;
    }
    snprintf(whole, sizeof whole, "%s@%s", text, graph->nodes[node].name);
    test_ok(lsn_normalisation_parse(whole, 0, 0, &normalisation, &err), &err);
    net->base = net->network;
    test_ok(lsn_network_create_normalised(net->base, &normalisation, &net->network, &err), &err);
    return net;
}

static void close_net(struct net *net)
{
    lsn_network_free(net->network);
    lsn_network_free(net->base);
    lsn_model_free_layers(&net->model);
    lsn_graph_free(&net->model.graph);
    free(net->x);
    free(net);
}

static const enum lsn_engine engines[] = {LSN_ENGINE_FULL, LSN_ENGINE_INCREMENTAL};

static struct lsn_pass *open_pass(const struct net *net, enum lsn_engine engine)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pass *pass;

    test_ok(lsn_pass_create(net->network, engine, &pass, &err), &err);
    return pass;
}

/* The largest value of a node and of all nodes before it: where values nearly cancel, a result is
 * only as exact as the values that it was computed from. */
static double scale_behind(const struct lsn_graph *graph, double **values, int node)
{
    const struct lsn_node *n = &graph->nodes[node];
    double scale = test_scale(values[node], test_shape_count(n->shape));
    int i;

    for (i = 0; i < n->input_count; i++)
        scale = fmax(scale, scale_behind(graph, values, n->inputs[i]));
    return scale;
}

static void check_activations(struct net *net, enum lsn_engine engine)
{
    struct lsn_pass *pass = open_pass(net, engine);
    double **wanted = test_evaluate(net->network->graph, net->x, NULL);
    const float *logits = lsn_pass_run(pass, net->x);
    int i;

    assert_ptr_equal(logits, lsn_pass_activation(pass, net->model.graph.count - 1));
    for (i = 0; i < net->model.graph.count; i++) {
        size_t count = test_shape_count(shape_of(net, i));
        const double *values = wanted[lsn_network_step(net->network, i)];

        test_close(net->model.graph.nodes[i].name, lsn_pass_activation(pass, i), values, count,
                   TOLERANCE * scale_behind(net->network->graph, wanted,
                                            lsn_network_step(net->network, i)));
    }
    test_values_free(net->network->graph, wanted);
    lsn_pass_free(pass);
    close_net(net);
}

static void intact_activations(void **state)
{
    uint64_t seed;

    (void)state;
    for (seed = 1; seed <= 60; seed++)
        check_activations(open_net(seed), engines[seed % 2]);
    for (seed = 401; seed <= 500; seed++)
        check_activations(open_normalised(seed), engines[seed % 2]);
}

/* How the kernels of a layer are lesioned. */
struct how {
    struct lsn_lesion lesion;
    const float *planes[PLACES_MAX]; /* [h][w][c] of each place; NULL: none are wanted */
};

static const struct how whole = {.lesion = {.kind = LSN_LESION_WEIGHTS, .slice = {-1, -1, -1}}};

/* One kernel's lesion at every place of its layer, in list; the last, which leads to the others
 * and to `also`. */
static const struct test_lesion *at_places(const struct net *net, int layer, int kernel,
                                           const struct how *how, const struct test_lesion *also,
                                           struct test_lesion *list)
{
    int places = lsn_model_layer_places(&net->model, layer), i;

    for (i = 0; i < places; i++)
        list[i] = (struct test_lesion){
            lsn_network_step(net->network, lsn_model_layer_place(&net->model, layer, i)), kernel,
            how->lesion, how->planes[i], i ? &list[i - 1] : also};
    return &list[places - 1];
}

/* logits [kernels][CLASSES] of all kernels of a layer, each lesioned alone, asked
 * for from the last to the first. */
static float *lesion_layer(const struct net *net, struct lsn_pass *pass, int layer,
                           const struct how *how, int *count)
{
    float *logits, *reversed;
    int kernels[C_MAX], i;

    *count = shape_of(net, lsn_model_layer_node(&net->model, layer)).c;
    for (i = 0; i < *count; i++)
        kernels[i] = *count - 1 - i;
    logits = test_output((size_t)*count * CLASSES);
    reversed = test_output((size_t)*count * CLASSES);
    test_run_lesioned(pass, layer, &how->lesion, how->planes, kernels, *count, reversed);
    for (i = 0; i < *count; i++)
        memcpy(logits + kernels[i] * CLASSES, reversed + i * CLASSES, CLASSES * sizeof *logits);
    free(reversed);
    return logits;
}

/* Whether a kernel of a layer whose first place is node is one of those that hold. */
static bool is_held(const struct test_lesion *held, int node, int kernel)
{
    for (; held; held = held->also)
        if (held->node == node && held->kernel == kernel)
            return true;
    return false;
}

/* also: kernels that are lesioned beside each. */
static void check_layer(const struct net *net, struct lsn_pass *pass, int seed, int layer,
                        const struct how *how, const struct test_lesion *also)
{
    const struct lsn_graph *graph = net->network->graph;
    int last = graph->count - 1, count, kernel;
    float *logits = lesion_layer(net, pass, layer, how, &count), single[CLASSES];
    char what[100];

    for (kernel = 0; kernel < count; kernel++) {
        struct test_lesion list[PLACES_MAX];
        const struct test_lesion *lesion = at_places(net, layer, kernel, how, also, list);
        double **values, tolerance;

        if (is_held(also, list[0].node, kernel))
            continue;
        values = test_evaluate(graph, net->x, lesion);
        tolerance = TOLERANCE * scale_behind(graph, values, last);
        snprintf(what, sizeof what, "seed %d, layer %d, kernel %d", seed, layer, kernel);
        test_close(what, logits + kernel * CLASSES, values[last], CLASSES, tolerance);
        if (kernel % 3 == 0) {
            test_run_lesioned(pass, layer, &how->lesion, how->planes, &kernel, 1, single);
            test_close(what, single, values[last], CLASSES, tolerance);
        }
        test_values_free(graph, values);
    }
    free(logits);
}

static void check_lesions(struct net *net, enum lsn_engine engine, int seed)
{
    struct lsn_pass *pass = open_pass(net, engine);
    int layer;

    lsn_pass_run(pass, net->x);
    for (layer = 0; layer < net->model.layer_count; layer++)
        check_layer(net, pass, seed, layer, &whole, NULL);
    lsn_pass_free(pass);
    close_net(net);
}

/* Makes random planes for each place, if the lesion needs them. */
static void give_planes(struct net *net, int layer, struct how *how)
{
    int i;

    for (i = 0; i < PLACES_MAX; i++)
        how->planes[i] = NULL;
    if (lsn_lesion_left(&how->lesion) != LSN_LEFT_PLANE)
        return;
    for (i = 0; i < lsn_model_layer_places(&net->model, layer); i++)
        how->planes[i] = test_floats(
            &net->seed,
            test_shape_count(shape_of(net, lsn_model_layer_place(&net->model, layer, i))), -1, 1);
}

static void free_planes(struct how *how)
{
    int i;

    for (i = 0; i < PLACES_MAX; i++)
        free((float *)how->planes[i]);
}

/* A lesion of a random kind that fits the layer; planes that it wants are fresh. */
static struct how random_lesion(struct net *net, int layer)
{
    int first = lsn_model_layer_node(&net->model, layer);
    const int *dims = net->model.graph.nodes[first].tensors[0].dims;
    struct how made = {.lesion = LSN_LESION_WHOLE};
    struct lsn_slice *slice = &made.lesion.slice;

    made.lesion.kind = (enum lsn_lesion_kind)test_random_int(&net->seed, 0, LSN_LESION_KINDS - 1);
    if (made.lesion.kind == LSN_LESION_PLANES || made.lesion.kind == LSN_LESION_LINES) {
        *slice = (struct lsn_slice){test_random_int(&net->seed, 0, dims[1] - 1),
                                    test_random_int(&net->seed, 0, dims[2] - 1),
                                    test_random_int(&net->seed, 0, dims[3] - 1)};
        slice->row = -1;
        if (made.lesion.kind == LSN_LESION_PLANES && test_random_int(&net->seed, 0, 1))
            *slice = (struct lsn_slice){-1, -1, slice->col};
        else if (made.lesion.kind == LSN_LESION_PLANES)
            slice->col = -1;
    }
    give_planes(net, layer, &made);
    return made;
}

static void check_kinds(enum lsn_engine engine, int last_seed)
{
    int seed, layer;

    for (seed = 701; seed <= last_seed; seed++) {
        struct net *net = seed % 4 ? open_net((uint64_t)seed) : open_normalised((uint64_t)seed);
        struct lsn_pass *pass = open_pass(net, engine);

        lsn_pass_run(pass, net->x);
        for (layer = 0; layer < net->model.layer_count; layer++) {
            struct how how = random_lesion(net, layer);

            check_layer(net, pass, seed, layer, &how, NULL);
            free_planes(&how);
        }
        lsn_pass_free(pass);
        close_net(net);
    }
}

static void kinds_in_full(void **state)
{
    (void)state;
    check_kinds(LSN_ENGINE_FULL, 730);
}

static void kinds_incrementally(void **state)
{
    (void)state;
    check_kinds(LSN_ENGINE_INCREMENTAL, 820);
}

/* A kernel that is lesioned throughout. */
struct held {
    struct how how;
    struct test_lesion places[PLACES_MAX];
};

/* Kernels [*count] of random layers, none twice; their lesions in held, each leading to the one
 * before it, and the last of them. */
static const struct test_lesion *choose_held(struct net *net, struct lsn_kernel *kernels,
                                             struct held *held, int *count)
{
    struct how first = random_lesion(net, 0);
    const struct test_lesion *last = NULL;
    int wanted = test_random_int(&net->seed, 1, HELD_MAX), i;

    free_planes(&first);
    if (first.lesion.kind == LSN_LESION_PLANES || first.lesion.kind == LSN_LESION_LINES)
        first.lesion.slice = (struct lsn_slice){0, first.lesion.slice.row < 0 ? -1 : 0,
                                                first.lesion.slice.col < 0 ? -1 : 0};
    for (*count = i = 0; i < wanted; i++) {
        int layer = test_random_int(&net->seed, 0, net->model.layer_count - 1);
        int node = lsn_model_layer_node(&net->model, layer);
        int kernel = test_random_int(&net->seed, 0, shape_of(net, node).c - 1);

        if (is_held(last, lsn_network_step(net->network, node), kernel))
            continue;
        kernels[*count] = (struct lsn_kernel){layer, kernel};
        held[*count].how = first;
        give_planes(net, layer, &held[*count].how);
        last = at_places(net, layer, kernel, &held[*count].how, last, held[*count].places);
        ++*count;
    }
    return last;
}

/* With some fixed lesions: the intact pass, and lesions beside them. */
static void check_held(enum lsn_engine engine, int seed)
{
    struct net *net = seed % 3 ? open_net((uint64_t)seed) : open_normalised((uint64_t)seed);
    const struct lsn_network *bare = net->network;
    struct held held[HELD_MAX];
    struct lsn_kernel kernels[HELD_MAX];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_network *lesioned;
    struct lsn_pass *pass;
    double **wanted;
    int count, i, last = bare->graph->count - 1;
    const struct test_lesion *lesions = choose_held(net, kernels, held, &count);

    test_ok(lsn_network_create_lesioned(bare, &held[0].how.lesion, kernels, count, &lesioned, &err),
            &err);
    test_ok(lsn_pass_create(lesioned, engine, &pass, &err), &err);
    for (i = 0; i < count; i++)
        assert_int_equal(lsn_pass_fix(pass, i, held[i].how.planes, NULL), LSN_OK);
    lsn_pass_run(pass, net->x);
    wanted = test_evaluate(bare->graph, net->x, lesions);
    test_close("held", lsn_pass_activation(pass, net->model.graph.count - 1), wanted[last], CLASSES,
               TOLERANCE * scale_behind(bare->graph, wanted, last));
    test_values_free(bare->graph, wanted);
    for (i = 0; i < net->model.layer_count; i++)
        check_layer(net, pass, seed, i, &whole, lesions);
    for (i = 0; i < count; i++)
        free_planes(&held[i].how);
    lsn_pass_free(pass);
    lsn_network_free(lesioned);
    close_net(net);
}

static void held_lesions(void **state)
{
    int seed;

    (void)state;
    for (seed = 901; seed <= 1000; seed++)
        check_held(engines[seed % 2], seed);
}

static void lesions_in_full(void **state)
{
    int seed;

    (void)state;
    for (seed = 101; seed <= 130; seed++)
        check_lesions(open_net((uint64_t)seed), LSN_ENGINE_FULL, seed);
    for (seed = 501; seed <= 540; seed++)
        check_lesions(open_normalised((uint64_t)seed), LSN_ENGINE_FULL, seed);
}

static void lesions_incrementally(void **state)
{
    int seed;

    (void)state;
    for (seed = 101; seed <= 320; seed++)
        check_lesions(open_net((uint64_t)seed), LSN_ENGINE_INCREMENTAL, seed);
    for (seed = 501; seed <= 640; seed++)
        check_lesions(open_normalised((uint64_t)seed), LSN_ENGINE_INCREMENTAL, seed);
}

/* A lesion leaves the intact activations, the weights and the next lesion alone. */
static void lesions_leave_no_trace(void **state)
{
    float intact[CLASSES];
    uint64_t seed;
    int layer, count;

    (void)state;
    for (seed = 201; seed <= 240; seed++) {
        struct net *net = seed % 4 < 2 ? open_net(seed) : open_normalised(seed);
        struct lsn_pass *pass = open_pass(net, engines[seed % 2]);
        int last = net->model.graph.count - 1;
        float *first, *again;

        memcpy(intact, lsn_pass_run(pass, net->x), sizeof intact);
        first = lesion_layer(net, pass, 0, &whole, &count);
        for (layer = net->model.layer_count - 1; layer > 0; layer--)
            free(lesion_layer(net, pass, layer, &whole, &count));
        assert_memory_equal(lsn_pass_activation(pass, last), intact, sizeof intact);
        again = lesion_layer(net, pass, 0, &whole, &count);
        assert_memory_equal(again, first, (size_t)count * CLASSES * sizeof *first);
        assert_memory_equal(lsn_pass_run(pass, net->x), intact, sizeof intact);
        free(first);
        free(again);
        lsn_pass_free(pass);
        close_net(net);
    }
}

/* The change of a logit by a lesion, as a share of the largest intact logit. */
static double moved_frac(const float *logits, const float *intact)
{
    double moved = 0, scale = 0;
    int i;

    for (i = 0; i < CLASSES; i++) {
        moved = fmax(moved, fabs((double)logits[i] - (double)intact[i]));
        scale = fmax(scale, fabs((double)intact[i]));
    }
    return moved / scale;
}

/* Whether a lesion changes anything is the same in both engines, but for those whose largest
 * change is near the limit: within a factor of 2, as these networks' roundoff may be as large as
 * the limit itself where values nearly cancel. */
static void engines_agree_on_noops(void **state)
{
    int seed, layer, count, kernel, same = 0;

    (void)state;
    for (seed = 1101; seed <= 1400; seed++) {
        struct net *net = seed % 4 ? open_net((uint64_t)seed) : open_normalised((uint64_t)seed);
        struct lsn_pass *full = open_pass(net, LSN_ENGINE_FULL);
        struct lsn_pass *incremental = open_pass(net, LSN_ENGINE_INCREMENTAL);
        const float *intact = lsn_pass_run(full, net->x);

        assert_memory_equal(intact, lsn_pass_run(incremental, net->x), CLASSES * sizeof *intact);
        for (layer = 0; layer < net->model.layer_count; layer++) {
            struct how how = random_lesion(net, layer);
            float *a = lesion_layer(net, full, layer, &how, &count);
            float *b = lesion_layer(net, incremental, layer, &how, &count);

            for (kernel = 0; kernel < count; kernel++) {
                bool is = lsn_logits_same(a + kernel * CLASSES, intact, CLASSES);
                double moved = moved_frac(a + kernel * CLASSES, intact);

                if (moved > LSN_SAME_FRAC / 2 && moved < LSN_SAME_FRAC * 2)
                    continue;
                same += is;
                if (is != lsn_logits_same(b + kernel * CLASSES, intact, CLASSES))
                    fail_msg("seed %d, layer %d, kernel %d: one engine says it changes nothing",
                             seed, layer, kernel);
            }
            free(a);
            free(b);
            free_planes(&how);
        }
        lsn_pass_free(full);
        lsn_pass_free(incremental);
        close_net(net);
    }
    assert_true(same > 100);
}

#define WORKERS 8

struct crowd {
    const struct net *net;
    struct lsn_pass *passes[WORKERS];
    const float *wanted; /* [kernels of layer 0][CLASSES] */
};

static enum lsn_status run_layer(void *context, int worker, size_t unit, struct lsn_error *err)
{
    const struct crowd *crowd = context;
    float *logits;
    int count;
    bool same;

    lsn_pass_run(crowd->passes[worker], crowd->net->x);
    logits = lesion_layer(crowd->net, crowd->passes[worker], 0, &whole, &count);
    same = memcmp(logits, crowd->wanted, (size_t)count * CLASSES * sizeof *logits) == 0;
    free(logits);
    return same ? LSN_OK : lsn_fail(err, LSN_E_DATA, "unit %zu differs", unit);
}

/* One network, a pass per worker: every worker gets the same bytes. */
static void workers_agree(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct net *net = open_net(301);
    size_t engine, i;

    (void)state;
    for (engine = 0; engine < TEST_COUNT(engines); engine++) {
        struct crowd crowd = {.net = net};
        float *wanted;
        int count;

        for (i = 0; i < WORKERS; i++)
            crowd.passes[i] = open_pass(net, engines[engine]);
        lsn_pass_run(crowd.passes[0], net->x);
        crowd.wanted = wanted = lesion_layer(net, crowd.passes[0], 0, &whole, &count);
        test_ok(lsn_parallel(WORKERS, 200, run_layer, &crowd, &err), &err);
        for (i = 0; i < WORKERS; i++)
            lsn_pass_free(crowd.passes[i]);
        free(wanted);
    }
    lsn_pass_free(NULL);
    close_net(net);
    lsn_network_free(NULL);
}

/* Layer 0 gives -1e20 in each of its 2 kernels, layer 1 from each of these 0, layer 2 1e20
 * times that, and layer 3 less its neighbour. Lesioned, layer 1 gives 1e20 or half of it,
 * layer 2 infinity, and layer 3 NaN. With 2 groups the change stays in one channel up to
 * the op. */
static struct net *open_overflowing(int groups, enum lsn_op op, const char *normalisation)
{
    enum { LAYERS = 4 };
    struct net *net = calloc(1, sizeof *net);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_graph *graph = &net->model.graph;
    struct lsn_node layer, node = lsn_node_default(op), linear = lsn_node_default(LSN_OP_LINEAR);
    const float weights[LAYERS] = {-1e20f, groups == 2 ? 1 : 0.5f, 1e20f, 1};
    struct lsn_normalisation parsed;
    int i, last = 0;
    size_t j;

    assert_non_null(net);
    net->seed = 1;
    test_ok(lsn_graph_start(graph, (struct lsn_shape){1, 4, 4}, &err), &err);
    for (i = 0; i < LAYERS; i++) {
        layer = lsn_node_default(LSN_OP_CONV);
        layer.attributes.groups = i ? groups : 1;
        test_tensor(&layer, 0, &net->seed, 4,
                    (const int[]){2, i ? 2 / groups : 1, 1, i < 3 ? 1 : 2}, weights[i], weights[i]);
        if (i == 1)
            test_tensor(&layer, 1, &net->seed, 1, (const int[]){2}, 1e20f, 1e20f);
        for (j = 1; i == 3 && j < lsn_tensor_count(&layer.tensors[0]); j += 2)
            layer.tensors[0].data[j] = -1;
        last = add(net, &layer, last, -1);
    }
    node.attributes.kernel[0] = node.attributes.kernel[1] = 2;
    node.attributes.size = 3;
    last = add_plain(net, LSN_OP_RELU, add(net, &node, last, -1), -1);
    last = add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, last, -1);
    test_tensor(&linear, 0, &net->seed, 2, (const int[]){CLASSES, 2}, 1, 1);
    add(net, &linear, last, -1);
    test_ok(lsn_graph_finish(graph, &err), &err);
    finish_net(net);
    for (i = 0; i < 16; i++)
        net->x[i] = 1;
    if (normalisation) {
        test_ok(lsn_normalisation_parse(normalisation, 0, 0, &parsed, &err), &err);
        net->base = net->network;
        test_ok(lsn_network_create_normalised(net->base, &parsed, &net->network, &err), &err);
    }
    return net;
}

static void check_overflow(struct net *net, enum lsn_engine engine, const char *what)
{
    struct lsn_pass *pass = open_pass(net, engine);
    const float *intact = lsn_pass_run(pass, net->x);
    float *logits;
    int count, i;

    for (i = 0; i < CLASSES; i++)
        assert_true(isfinite(intact[i]));
    logits = lesion_layer(net, pass, 0, &whole, &count);
    for (i = 0; i < count * CLASSES; i++)
        if (!isnan(logits[i]))
            fail_msg("%s, engine %d: logit %d is %g, wanted nan", what, (int)engine, i,
                     (double)logits[i]);
    free(logits);
    lsn_pass_free(pass);
    close_net(net);
}

/* A NaN that only a lesion causes reaches the logits, whatever op comes after it: a ReLU that
 * turned -infinity into 0 would hide it. */
static void overflows_show(void **state)
{
    static const enum lsn_op others[] = {LSN_OP_MAX_POOL, LSN_OP_AVERAGE_POOL, LSN_OP_LRN,
                                         LSN_OP_GLOBAL_AVERAGE_POOL};
    static const char *const texts[] = {"global@n05", "local:1@n05", "divisive:1:1:2@n05",
                                        "pool@n05"};
    size_t i, engine;
    int groups;

    (void)state;
    for (groups = 1; groups <= 2; groups++)
        for (engine = 0; engine < TEST_COUNT(engines); engine++) {
            for (i = 0; i < TEST_COUNT(others) + LSN_UNARY_COUNT; i++) {
                enum lsn_op op = i < TEST_COUNT(others)
                                     ? others[i]
                                     : (enum lsn_op)(LSN_OP_RELU + i - TEST_COUNT(others));

                if (op != LSN_OP_LOG && op != LSN_OP_RECIPROCAL) /* of 0 these give infinity */
                    check_overflow(open_overflowing(groups, op, NULL), engines[engine],
                                   lsn_op_def(op)->name);
            }
            for (i = 0; i < TEST_COUNT(texts); i++)
                check_overflow(open_overflowing(groups, LSN_OP_MAX_POOL, texts[i]), engines[engine],
                               texts[i]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intact_activations),     cmocka_unit_test(lesions_in_full),
        cmocka_unit_test(lesions_incrementally),  cmocka_unit_test(kinds_in_full),
        cmocka_unit_test(kinds_incrementally),    cmocka_unit_test(held_lesions),
        cmocka_unit_test(lesions_leave_no_trace), cmocka_unit_test(workers_agree),
        cmocka_unit_test(overflows_show),         cmocka_unit_test(engines_agree_on_noops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
