#include "random_net.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "evaluate.h"
#include "model/ops.h"
#include "support.h"

struct lsn_shape test_net_shape(const struct test_net *net, int node)
{
    return net->model.graph.nodes[node].shape;
}

int test_net_add(struct test_net *net, struct lsn_node *node, int a, int b)
{
    static const char digits[] = "0123456789";
    int count = net->model.graph.count;
    const char name[4] = {'n', digits[count / 10], digits[count % 10], '\0'};

    return test_add(&net->model.graph, node, name, (const int[]){a, b}, a < 0 ? 0 : b < 0 ? 1 : 2);
}

int test_net_add_plain(struct test_net *net, enum lsn_op op, int a, int b)
{
    struct lsn_node node = lsn_node_default(op);

    node.attributes.size = 3 + 2 * test_random_int(&net->seed, 0, 1); /* of LRN's window */
    if (op == LSN_OP_LRN)
        node.attributes.alpha = 0.5f;
    return test_net_add(net, &node, a, b);
}

/* Weights that keep the scale of what they multiply; sometimes no bias. */
static void add_weights(struct test_net *net, struct lsn_node *node, int rank, const int *dims)
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

static int add_conv(struct test_net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    int size = 1 + 2 * test_random_int(&net->seed, 0, 2), c = test_net_shape(net, a).c, groups, i;
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
                (const int[]){groups * test_random_int(&net->seed, 1, TEST_CHANNELS_MAX / groups),
                              c / groups, size, size});
    return test_net_add(net, &node, a, -1);
}

static int add_linear(struct test_net *net, int a, int outputs)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);

    add_weights(net, &node, 2, (const int[]){outputs, test_net_shape(net, a).c});
    return test_net_add(net, &node, a, -1);
}

static int add_pool(struct test_net *net, int a)
{
    struct lsn_node node =
        lsn_node_default(test_random_int(&net->seed, 0, 1) ? LSN_OP_MAX_POOL : LSN_OP_AVERAGE_POOL);
    struct lsn_attributes *at = &node.attributes;

    at->kernel[0] = at->kernel[1] = 3;
    at->stride[0] = at->stride[1] = test_random_int(&net->seed, 1, 2);
    at->pads[0] = at->pads[1] = at->pads[2] = at->pads[3] = 1;
    at->ceil_mode = test_random_int(&net->seed, 0, 1);
    at->count_include_pad = test_random_int(&net->seed, 0, 1);
    return test_net_add(net, &node, a, -1);
}

/* A node with a's height and width, and also its channels where same_channels is set; a itself
 * where there is no other. */
static int partner(struct test_net *net, int a, bool same_channels)
{
    struct lsn_shape s = test_net_shape(net, a);
    int tries, b;

    for (tries = 0; tries < 20; tries++) {
        struct lsn_shape t;

        b = test_random_int(&net->seed, 0, net->model.graph.count - 1);
        t = test_net_shape(net, b);
        if (t.h == s.h && t.w == s.w &&
            (same_channels ? t.c == s.c : t.c + s.c <= TEST_CHANNELS_MAX))
            return b;
    }
    return a;
}

/* exp(tanh(x)) of a: positive values of moderate size for roots, logarithms and divisors. */
static int add_positive(struct test_net *net, int a)
{
    return test_net_add_plain(net, LSN_OP_EXP, test_net_add_plain(net, LSN_OP_TANH, a, -1), -1);
}

/* Any function of one value, ReLU more often than others. Functions with a restricted domain or a
 * steep slope get values that suit them. Sign is replaced by ReLU: near 0 a rounding would decide
 * it. */
static int add_activation(struct test_net *net, int a)
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
        a = test_net_add_plain(net, LSN_OP_TANH, a, -1);
    if (node.op == LSN_OP_LOG || node.op == LSN_OP_SQRT || node.op == LSN_OP_RECIPROCAL ||
        node.op == LSN_OP_POW)
        a = add_positive(net, a);
    return test_net_add(net, &node, a, -1);
}

/* A function of a and another map: either a node of the same shape, or a constant that can be
 * broadcast. */
static int add_join(struct test_net *net, int a)
{
    enum lsn_op op = (enum lsn_op)(LSN_OP_ADD + test_random_int(&net->seed, 0, LSN_JOIN_COUNT - 1));
    struct lsn_node constant = lsn_node_default(LSN_OP_CONSTANT);
    struct lsn_shape s = test_net_shape(net, a);
    int b = partner(net, a, true), dims[3] = {s.c, s.h, s.w}, i;

    if (test_random_int(&net->seed, 0, 2) == 0) {
        for (i = 0; i < 3; i++)
            dims[i] = test_random_int(&net->seed, 0, 1) ? dims[i] : 1;
        test_tensor(&constant, 0, &net->seed, 3, dims, 0.5f, 1.5f);
        b = test_net_add(net, &constant, -1, -1);
    } else if (op == LSN_OP_DIV) {
        b = add_positive(net, b);
    }
    return op != LSN_OP_DIV && test_random_int(&net->seed, 0, 1)
               ? test_net_add_plain(net, op, b, a)
               : test_net_add_plain(net, op, a, b);
}

/* Attention: a multiplied by, or added to, a reduction of it, limited in size. */
static int add_reduction(struct test_net *net, int a)
{
    struct lsn_node node = lsn_node_default(
        (enum lsn_op)(LSN_OP_REDUCE_MEAN + test_random_int(&net->seed, 0, LSN_REDUCE_COUNT - 1)));
    int over = test_random_int(&net->seed, 1, 3), reduced;

    node.attributes.over_channels = over & 1;
    node.attributes.over_space = over & 2;
    reduced = test_net_add_plain(net, LSN_OP_SOFTSIGN, test_net_add(net, &node, a, -1), -1);
    return test_net_add_plain(net, over == 3 ? LSN_OP_ADD : LSN_OP_MUL, a, reduced);
}

/* Resamples to another size; each output row and column comes from one or two of the input. */
static int add_resample(struct test_net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_RESAMPLE);
    const int in[2] = {test_net_shape(net, a).h, test_net_shape(net, a).w};
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
    return test_net_add(net, &node, a, -1);
}

static int add_pad(struct test_net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_PAD);
    int i;

    for (i = 0; i < 4; i++)
        node.attributes.pads[i] = test_random_int(&net->seed, 0, 1);
    node.attributes.value = test_random_float(&net->seed, -1, 1);
    return test_net_add(net, &node, a, -1);
}

/* Some of a's channels in another order, sometimes one twice. */
static int add_select(struct test_net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);
    int c = test_net_shape(net, a).c, count = 1 + c / 2, i;
    bool twice = test_random_int(&net->seed, 0, 1);

    node.attributes.channels = lsn_alloc((size_t)count, sizeof(int));
    node.attributes.channel_count = count;
    assert_non_null(node.attributes.channels);
    for (i = 0; i < count; i++)
        node.attributes.channels[i] = twice               ? test_random_int(&net->seed, 0, c - 1)
                                      : c - 1 - 2 * i < 0 ? 0
                                                          : c - 1 - 2 * i;
    return test_net_add(net, &node, a, -1);
}

/* Affine, PRelu and, where values are enough for a variance, LayerNormalization and
 * GroupNormalization. */
static int add_per_channel(struct test_net *net, int a)
{
    static const enum lsn_op ops[] = {LSN_OP_AFFINE, LSN_OP_PRELU, LSN_OP_LAYER_NORM,
                                      LSN_OP_GROUP_NORM};
    struct lsn_shape s = test_net_shape(net, a);
    struct lsn_node node =
        lsn_node_default(ops[test_random_int(&net->seed, 0, s.c >= 6 && s.h * s.w >= 6 ? 3 : 1)]);

    if (node.op == LSN_OP_LAYER_NORM || node.op == LSN_OP_GROUP_NORM)
        node.attributes.epsilon = 0.1f;
    if (node.op == LSN_OP_GROUP_NORM)
        node.attributes.groups = test_random_int(&net->seed, 0, 1) ? s.c : s.c % 2 == 0 ? 2 : 1;
    test_tensor(&node, 0, &net->seed, 1, &s.c, -1.5f, 1.5f);
    if (node.op != LSN_OP_PRELU)
        test_tensor(&node, 1, &net->seed, 1, &s.c, -0.5f, 0.5f);
    return test_net_add(net, &node, a, -1);
}

/* Places of a convolution's layer so far. */
static int places_of(const struct test_net *net, int node)
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
static int add_shared(struct test_net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV), select = lsn_node_default(LSN_OP_SELECT);
    const struct lsn_node *from;
    int of, c, i, dims[4];
    size_t j, each;

    do
        of = test_random_int(&net->seed, 1, net->model.graph.count - 1);
    while (net->model.graph.nodes[of].op != LSN_OP_CONV);
    if (places_of(net, of) == TEST_PLACES_MAX)
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
    if (test_net_shape(net, a).c != c) {
        select.attributes.channels = lsn_alloc((size_t)c, sizeof(int));
        select.attributes.channel_count = c;
        assert_non_null(select.attributes.channels);
        for (i = 0; i < c; i++)
            select.attributes.channels[i] = i % test_net_shape(net, a).c;
        a = test_net_add(net, &select, a, -1);
    }
    return test_net_add(net, &node, a, -1);
}

static int add_random(struct test_net *net, int a)
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
        return test_net_add_plain(net, LSN_OP_LRN, a, -1);
    case 2:
        return add_pool(net, a);
    case 3:
        if (test_net_shape(net, a).c <= TEST_CHANNELS_MAX / 2)
            return test_net_add_plain(net, LSN_OP_CONCAT, a, partner(net, a, false));
        return test_net_add_plain(net, LSN_OP_SILU, a, -1);
    case 4:
        return test_net_add_plain(net, LSN_OP_ADD, a, partner(net, a, true));
    case 5: /* squeeze and excite */
        return test_net_add_plain(net, LSN_OP_MUL, a,
                                  test_net_add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, a, -1));
    default:
        return add_conv(net, a);
    }
}

/* Any node that is computed from the image. */
static int any_map(struct test_net *net)
{
    int node;

    do
        node = test_random_int(&net->seed, 1, net->model.graph.count - 1);
    while (net->model.graph.nodes[node].op == LSN_OP_CONSTANT);
    return node;
}

/* Convolution first, then a dozen nodes on the last one or on an earlier one. */
static void build(struct test_net *net)
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
    last = test_net_add_plain(
        net, test_random_int(&net->seed, 0, 1) ? LSN_OP_FLATTEN : LSN_OP_GLOBAL_AVERAGE_POOL, last,
        -1);
    last = test_net_add_plain(net, LSN_OP_RELU, add_linear(net, last, 11), -1);
    add_linear(net, last, TEST_CLASSES);
    test_ok(lsn_graph_finish(graph, &err), &err);
}

/* The network of a built graph, and a random image. */
void test_finish_net(struct test_net *net)
{
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_model_make_layers(&net->model, &err), &err);
    test_ok(lsn_network_create(&net->model, LSN_ENGINE_INCREMENTAL, &net->network, &err), &err);
    net->x = test_floats(&net->seed, test_shape_count(test_net_shape(net, 0)), -2, 2);
}

struct test_net *test_open_net(uint64_t seed)
{
    struct test_net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    net->seed = seed;
    build(net);
    test_finish_net(net);
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
struct test_net *test_open_normalised(uint64_t seed)
{
    static const char *const texts[] = {"global", "local:0.6", "local:2", "divisive:1:0.5:2",
                                        "divisive:3:1:1.5"};
    struct test_net *net = test_open_net(seed);
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

void test_close_net(struct test_net *net)
{
    lsn_network_free(net->network);
    lsn_network_free(net->base);
    lsn_model_free_layers(&net->model);
    lsn_graph_free(&net->model.graph);
    free(net->x);
    free(net);
}

double test_scale_behind(const struct lsn_graph *graph, double **values, int node)
{
    const struct lsn_node *n = &graph->nodes[node];
    double scale = test_scale(values[node], test_shape_count(n->shape));
    int i;

    for (i = 0; i < n->input_count; i++)
        scale = fmax(scale, test_scale_behind(graph, values, n->inputs[i]));
    return scale;
}

void test_give_planes(struct test_net *net, int layer, struct test_how *how)
{
    int i;

    for (i = 0; i < TEST_PLACES_MAX; i++)
        how->planes[i] = NULL;
    if (lsn_lesion_left(&how->lesion) != LSN_LEFT_PLANE)
        return;
    for (i = 0; i < lsn_model_layer_places(&net->model, layer); i++)
        how->planes[i] = test_floats(
            &net->seed,
            test_shape_count(test_net_shape(net, lsn_model_layer_place(&net->model, layer, i))), -1,
            1);
}

void test_free_planes(struct test_how *how)
{
    int i;

    for (i = 0; i < TEST_PLACES_MAX; i++)
        free((float *)how->planes[i]);
}

struct test_how test_random_lesion(struct test_net *net, int layer)
{
    int first = lsn_model_layer_node(&net->model, layer);
    const int *dims = net->model.graph.nodes[first].tensors[0].dims;
    struct test_how made = {.lesion = LSN_LESION_WHOLE};
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
    test_give_planes(net, layer, &made);
    return made;
}
