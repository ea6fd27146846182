/* Both engines over random networks of the parts that today's are made of, up to 160 channels
 * wide: wide enough for Winograd's products, for changes that become dense and for more than one
 * panel of weights, which engine_test's small networks never see. The engines share neither how
 * a change is kept nor how it is multiplied, so that the full one is the definition here; that
 * one is held to the definition in double precision by engine_test and joint_test.
 *
 * By hand, seeds FIRST to LAST: wide_test FIRST LAST */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "evaluate.h"
#include "lesion/network.h"
#include "model/model.h"

#define TOLERANCE 1e-4 /* of the largest logit: thousands of products in a value, 20 in a row */
#define CLASSES   10
#define C_MAX     160

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GRAPHS 12
#else
#define GRAPHS 300
#endif

enum { PLACES_MAX = 4, HELD_MAX = 3, COMPARED = 3, NODES_MAX = 40, SIZE_MAX_PX = 28 };
enum { LAYERS_MAX = NODES_MAX, SETS = 24, SET_MAX = 40 };

struct net {
    struct lsn_model model;
    struct lsn_network *network;       /* the model's own */
    struct lsn_network *normalised;    /* that with a node normalised; NULL: none is */
    struct lsn_network *lesioned;      /* either with kernels lesioned throughout; NULL: none are */
    struct lsn_kernel fixed[HELD_MAX]; /* [fixed_count], those */
    int fixed_count;
    uint64_t seed;
    float *x;
};

/* ---- building ---- */

static struct lsn_shape shape_of(const struct net *net, int node)
{
    return net->model.graph.nodes[node].shape;
}

static int draw(struct net *net, int low, int high)
{
    return test_random_int(&net->seed, low, high);
}

static int add(struct net *net, struct lsn_node *node, const int *inputs, int count)
{
    char name[16];

    snprintf(name, sizeof name, "n%d", net->model.graph.count);
    return test_add(&net->model.graph, node, name, inputs, count);
}

static int add_plain(struct net *net, enum lsn_op op, int a)
{
    struct lsn_node node = lsn_node_default(op);

    return add(net, &node, &a, 1);
}

static int add_two(struct net *net, enum lsn_op op, int a, int b)
{
    struct lsn_node node = lsn_node_default(op);

    return add(net, &node, (const int[]){a, b}, 2);
}

/* Weights that keep the scale of what they multiply; sometimes no bias. */
static void add_weights(struct net *net, struct lsn_node *node, int rank, const int *dims)
{
    int i, inputs = 1;
    float limit;

    for (i = 1; i < rank; i++)
        inputs *= dims[i];
    limit = sqrtf(5.0f / (float)inputs);
    test_tensor(node, 0, &net->seed, rank, dims, -limit, limit);
    if (draw(net, 0, 4))
        test_tensor(node, 1, &net->seed, 1, dims, -0.3f, 0.3f);
}

/* How a convolution is drawn; 0: its default. */
struct geometry {
    int out, kh, kw, stride, dilation, groups;
};

static int add_conv(struct net *net, int a, struct geometry g)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    struct lsn_attributes *at = &node.attributes;
    int c = shape_of(net, a).c, groups = g.groups ? g.groups : 1;

    at->stride[0] = at->stride[1] = g.stride ? g.stride : 1;
    at->dilation[0] = at->dilation[1] = g.dilation ? g.dilation : 1;
    at->pads[0] = at->pads[2] = g.kh / 2 * at->dilation[0];
    at->pads[1] = at->pads[3] = g.kw / 2 * at->dilation[1];
    at->groups = groups;
    add_weights(net, &node, 4, (const int[]){g.out, c / groups, g.kh, g.kw});
    return add(net, &node, &a, 1);
}

static int add_activation(struct net *net, int a)
{
    static const enum lsn_op ops[] = {LSN_OP_RELU, LSN_OP_RELU,    LSN_OP_RELU,
                                      LSN_OP_SILU, LSN_OP_GELU,    LSN_OP_HARD_SWISH,
                                      LSN_OP_CLIP, LSN_OP_PRELU,   LSN_OP_LEAKY_RELU,
                                      LSN_OP_ELU,  LSN_OP_SIGMOID, LSN_OP_RELU};
    int drawn = draw(net, 0, (int)TEST_COUNT(ops) + 1), c = shape_of(net, a).c;
    struct lsn_node node;

    if (drawn >= (int)TEST_COUNT(ops))
        return a;
    node = lsn_node_default(ops[drawn]);
    if (node.op == LSN_OP_CLIP) {
        node.attributes.min = draw(net, 0, 3) ? 0 : -0.5f;
        node.attributes.max = draw(net, 0, 1) ? 6 : 1;
    } else if (node.op == LSN_OP_PRELU) {
        test_tensor(&node, 0, &net->seed, 1, &c, -0.2f, 0.5f);
    }
    return add(net, &node, &a, 1);
}

/* Mostly few channels, so that wide layers do not take all of the time. */
static int channels(struct net *net)
{
    return draw(net, 0, 2) ? draw(net, 4, 40) : draw(net, 0, 1) ? draw(net, 24, C_MAX) : 128;
}

static int any_conv(struct net *net, int a)
{
    static const int sizes[][2] = {{1, 1}, {3, 3}, {3, 3}, {3, 3}, {5, 5}, {1, 7}, {3, 1}};
    const int *size = sizes[draw(net, 0, (int)TEST_COUNT(sizes) - 1)];
    struct geometry g = {.kh = size[0], .kw = size[1], .out = channels(net), .groups = 1};
    int c = shape_of(net, a).c, groups = draw(net, 2, 8);

    g.stride = draw(net, 0, 5) ? 1 : 2;
    g.dilation = draw(net, 0, 5) ? 1 : 2;
    if (draw(net, 0, 4) == 0 && c % groups == 0 && g.out >= groups) {
        g.groups = groups;
        g.out -= g.out % groups;
    }
    return add_activation(net, add_conv(net, a, g));
}

static int depthwise(struct net *net, int a)
{
    int c = shape_of(net, a).c, size = 3 + 2 * draw(net, 0, 2);
    struct geometry g = {.out = c, .kh = size, .kw = size, .groups = c};

    g.stride = draw(net, 1, 2);
    g.dilation = draw(net, 0, 4) ? 1 : 2;
    return add_activation(net, add_conv(net, a, g));
}

static int pointwise(struct net *net, int a, int out)
{
    return add_conv(net, a, (struct geometry){.out = out, .kh = 1, .kw = 1});
}

/* Squeeze and excitation. */
static int gate(struct net *net, int a)
{
    int c = shape_of(net, a).c, mean = add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, a);
    int less = add_activation(net, pointwise(net, mean, 1 + c / 4));
    int says = pointwise(net, less, c);

    says = add_plain(net, draw(net, 0, 1) ? LSN_OP_SIGMOID : LSN_OP_HARD_SIGMOID, says);
    return draw(net, 0, 1) ? add_two(net, LSN_OP_MUL, a, says) : add_two(net, LSN_OP_MUL, says, a);
}

static int residual(struct net *net, int a)
{
    int c = shape_of(net, a).c, width = draw(net, 8, 64);
    int last = add_activation(net, pointwise(net, a, width));
    struct geometry g = {.out = width, .kh = 3, .kw = 3};

    if (draw(net, 0, 1))
        g.groups = width;
    last = add_activation(net, add_conv(net, last, g));
    if (draw(net, 0, 2) == 0)
        last = gate(net, last);
    last = pointwise(net, last, c);
    return add_activation(net, add_two(net, LSN_OP_ADD, last, a));
}

/* Branches of convolutions side by side, some with what comes in, or a pool of it, between
 * them: convolutions write where the Concat is, and the others are copied there. */
static int branches(struct net *net, int a)
{
    struct lsn_node concat = lsn_node_default(LSN_OP_CONCAT), pool;
    int inputs[4], count = draw(net, 2, 4), i;

    for (i = 0; i < count; i++) {
        int size = 1 + 2 * draw(net, 0, 1), out = draw(net, 1, C_MAX / 4);
        struct geometry g = {.out = out, .kh = size, .kw = size};

        inputs[i] = a;
        if (draw(net, 0, 4) == 0 && shape_of(net, a).c <= C_MAX / 4) {
            pool = lsn_node_default(LSN_OP_MAX_POOL);
            pool.attributes.kernel[0] = pool.attributes.kernel[1] = 3;
            pool.attributes.pads[0] = pool.attributes.pads[1] = 1;
            pool.attributes.pads[2] = pool.attributes.pads[3] = 1;
            inputs[i] = draw(net, 0, 1) ? add(net, &pool, &a, 1) : a;
            continue;
        }
        if (draw(net, 0, 1))
            inputs[i] = add_activation(net, pointwise(net, a, draw(net, 4, 32)));
        inputs[i] = add_conv(net, inputs[i], g);
        if (draw(net, 0, 3))
            inputs[i] = add_activation(net, inputs[i]);
    }
    if (draw(net, 0, 5) == 0)
        inputs[count - 1] = inputs[0];
    return add(net, &concat, inputs, count);
}

static int add_pool(struct net *net, int a)
{
    struct lsn_node node =
        lsn_node_default(draw(net, 0, 1) ? LSN_OP_MAX_POOL : LSN_OP_AVERAGE_POOL);
    struct lsn_attributes *at = &node.attributes;

    at->kernel[0] = at->kernel[1] = draw(net, 2, 3);
    at->stride[0] = at->stride[1] = draw(net, 1, 2);
    at->pads[0] = at->pads[1] = at->pads[2] = at->pads[3] = at->kernel[0] / 2;
    at->ceil_mode = draw(net, 0, 1);
    at->count_include_pad = draw(net, 0, 1);
    return add(net, &node, &a, 1);
}

static int norm(struct net *net, int a)
{
    static const enum lsn_op ops[] = {LSN_OP_LRN, LSN_OP_GROUP_NORM, LSN_OP_LAYER_NORM,
                                      LSN_OP_AFFINE};
    int c = shape_of(net, a).c;
    struct lsn_node node = lsn_node_default(ops[draw(net, 0, 3)]);

    node.attributes.size = 5;
    if (node.op == LSN_OP_LRN) {
        node.attributes.alpha = 0.5f;
        return add(net, &node, &a, 1);
    }
    if (node.op != LSN_OP_AFFINE)
        node.attributes.epsilon = 0.1f;
    if (node.op == LSN_OP_GROUP_NORM)
        node.attributes.groups = c % 4 == 0 ? 4 : c % 2 == 0 ? 2 : 1;
    test_tensor(&node, 0, &net->seed, 1, &c, 0.5f, 1.5f);
    test_tensor(&node, 1, &net->seed, 1, &c, -0.5f, 0.5f);
    return add(net, &node, &a, 1);
}

/* Each output row and column is half of each of two of the input's. */
static int resample(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_RESAMPLE);
    const int in[2] = {shape_of(net, a).h, shape_of(net, a).w};
    int side, i;

    for (side = 0; side < 2; side++) {
        int out = draw(net, 1 + in[side] / 2, in[side] < SIZE_MAX_PX / 2 ? in[side] * 2 : in[side]);

        test_tensor(&node, side, &net->seed, 2, (const int[]){out, in[side]}, 0, 0);
        for (i = 0; i < out; i++) {
            int from = i * in[side] / out;

            node.tensors[side].data[i * in[side] + from] += 0.5f;
            node.tensors[side].data[i * in[side] + (from + 1) % in[side]] += 0.5f;
        }
    }
    return add(net, &node, &a, 1);
}

/* Channels in another order, as a shuffle has them. */
static int shuffle(struct net *net, int a)
{
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);
    int c = shape_of(net, a).c, i;

    node.attributes.channels = lsn_alloc((size_t)c, sizeof(int));
    node.attributes.channel_count = c;
    assert_non_null(node.attributes.channels);
    for (i = 0; i < c; i++)
        node.attributes.channels[i] = c - 1 - i;
    return add(net, &node, &a, 1);
}

/* One convolution at several places, one behind the other. */
static int shared(struct net *net, int a)
{
    int c = shape_of(net, a).c < 64 ? shape_of(net, a).c : 32, places = draw(net, 2, PLACES_MAX);
    struct geometry g = {.out = c, .kh = 3, .kw = 3};
    int first, last, i;

    if (shape_of(net, a).c != c)
        a = pointwise(net, a, c);
    first = add_conv(net, a, g);
    last = add_activation(net, first);
    for (i = 1; i < places; i++) {
        struct lsn_node node = lsn_node_default(LSN_OP_CONV);
        const struct lsn_tensor *weights;

        if (draw(net, 0, 2) == 0)
            last = add_two(net, LSN_OP_ADD, last, a);
        node.attributes = net->model.graph.nodes[first].attributes;
        node.layer = lsn_strdup(lsn_layer_key(&net->model.graph.nodes[first]));
        add_weights(net, &node, 4, (const int[]){c, c, 3, 3});
        weights = &net->model.graph.nodes[first].tensors[0];
        memcpy(node.tensors[0].data, weights->data,
               lsn_tensor_count(weights) * sizeof *weights->data);
        last = add_activation(net, add(net, &node, &last, 1));
    }
    return last;
}

static int add_part(struct net *net, int a)
{
    switch (draw(net, 0, 15)) {
    case 0:
    case 1:
        return depthwise(net, a);
    case 2:
        return gate(net, a);
    case 3:
    case 4:
        return residual(net, a);
    case 5:
    case 6:
    case 7:
        return branches(net, a);
    case 8:
        return add_pool(net, a);
    case 9:
        return norm(net, a);
    case 10:
        return draw(net, 0, 1) ? resample(net, a) : shuffle(net, a);
    case 11:
        return shared(net, a);
    default:
        return any_conv(net, a);
    }
}

static int add_linear(struct net *net, int a, int outputs)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);

    add_weights(net, &node, 2, (const int[]){outputs, shape_of(net, a).c});
    return add(net, &node, &a, 1);
}

static void build(struct net *net)
{
    struct lsn_graph *graph = &net->model.graph;
    struct lsn_error err = LSN_ERROR_NONE;
    int size = draw(net, 0, 2) ? draw(net, 4, 14) : draw(net, 15, SIZE_MAX_PX), last, parts;
    struct lsn_shape s;

    test_ok(
        lsn_graph_start(graph, (struct lsn_shape){3, size, draw(net, size / 2 + 1, size)}, &err),
        &err);
    last = any_conv(net, 0);
    for (parts = draw(net, 2, 7); parts > 0 && graph->count < NODES_MAX; parts--)
        last = add_part(net, last);
    s = shape_of(net, last);
    last =
        add_plain(net, s.h * s.w * s.c <= 2000 ? LSN_OP_FLATTEN : LSN_OP_GLOBAL_AVERAGE_POOL, last);
    last = add_activation(net, add_linear(net, last, 40));
    add_linear(net, last, CLASSES);
    test_ok(lsn_graph_finish(graph, &err), &err);
    test_ok(lsn_model_make_layers(&net->model, &err), &err);
    test_ok(lsn_network_create(&net->model, LSN_ENGINE_INCREMENTAL, &net->network, &err), &err);
    net->x = test_floats(&net->seed, test_shape_count(shape_of(net, 0)), -2, 2);
}

static void close_net(struct net *net)
{
    lsn_network_free(net->lesioned);
    lsn_network_free(net->normalised);
    lsn_network_free(net->network);
    lsn_model_free_layers(&net->model);
    lsn_graph_free(&net->model.graph);
    free(net->x);
}

/* ---- comparing ---- */

/* How kernels of a layer are lesioned. */
struct how {
    struct lsn_lesion lesion;
    float *planes[PLACES_MAX]; /* [h][w][c] of each place; NULL: none are wanted */
};

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
        free(how->planes[i]);
}

/* Of any kind, mostly of whole weights; a slice that every layer has. */
static struct lsn_lesion any_lesion(struct net *net)
{
    struct lsn_lesion lesion = LSN_LESION_WHOLE;

    if (draw(net, 0, 1))
        lesion.kind = (enum lsn_lesion_kind)draw(net, 0, LSN_LESION_KINDS - 1);
    if (lesion.kind == LSN_LESION_PLANES)
        lesion.slice =
            draw(net, 0, 1) ? (struct lsn_slice){0, -1, -1} : (struct lsn_slice){-1, 0, -1};
    if (lesion.kind == LSN_LESION_LINES)
        lesion.slice =
            draw(net, 0, 1) ? (struct lsn_slice){0, 0, -1} : (struct lsn_slice){-1, 0, 0};
    return lesion;
}

static struct lsn_pass *open_pass(const struct lsn_network *network, enum lsn_engine engine,
                                  const struct how *fixed, int count)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pass *pass;
    int i;

    test_ok(lsn_pass_create(network, engine, &pass, &err), &err);
    for (i = 0; i < count; i++)
        assert_int_equal(lsn_pass_fix(pass, i, (const float *const *)fixed[i].planes, NULL),
                         LSN_OK);
    return pass;
}

static bool is_held(const struct net *net, int layer, int kernel)
{
    int i;

    for (i = 0; i < net->fixed_count; i++)
        if (net->fixed[i].layer == layer && net->fixed[i].kernel == kernel)
            return true;
    return false;
}

/* Many kernels of a layer together in the incremental engine, some of them in the full one. */
static void compare_layer(struct net *net, struct lsn_pass *full, struct lsn_pass *incremental,
                          int layer, int seed)
{
    struct lsn_shape s = shape_of(net, lsn_model_layer_node(&net->model, layer));
    struct how how = {.lesion = any_lesion(net)};
    int count = draw(net, 0, 3) ? draw(net, 1, 20) : s.c, kernels[C_MAX], first, i, j;
    float *logits = test_output(C_MAX * CLASSES), wanted[CLASSES];

    count = count < s.c ? count : s.c;
    first = draw(net, 0, s.c - 1);
    for (i = 0; i < count; i++)
        kernels[i] = (first + i) % s.c;
    give_planes(net, layer, &how);
    test_run_lesioned(incremental, layer, &how.lesion, (const float *const *)how.planes, kernels,
                      count, logits);
    for (i = 0; i < COMPARED; i++) {
        int at = i == 0 ? 0 : draw(net, 0, count - 1);
        const float *got = logits + at * CLASSES;
        double scale = 1e-3;

        if (is_held(net, layer, kernels[at]))
            continue;
        test_run_lesioned(full, layer, &how.lesion, (const float *const *)how.planes, &kernels[at],
                          1, wanted);
        for (j = 0; j < CLASSES; j++)
            scale = fmax(scale, fabs((double)wanted[j]));
        for (j = 0; j < CLASSES; j++)
            if (!(fabs((double)got[j] - (double)wanted[j]) <= TOLERANCE * scale))
                fail_msg("seed %d, layer %d (%s), kernel %d, lesion %d: logit %d is %g, the full "
                         "engine's %g",
                         seed, layer,
                         net->model.graph.nodes[lsn_model_layer_node(&net->model, layer)].name,
                         kernels[at], (int)how.lesion.kind, j, (double)got[j], (double)wanted[j]);
    }
    free_planes(&how);
    free(logits);
}

/* Draws SETS sets of kernels of these layers, none twice in a set and none that is held: kernels
 * [start[SETS]], start [SETS + 1]. Most kernels of a set are of one layer. */
static void draw_sets(struct net *net, const int *layers, int count, struct lsn_kernel *kernels,
                      int *start)
{
    int set, left, i, end = 0;

    for (set = 0; set < SETS; set++) {
        int most = layers[draw(net, 0, count - 1)];

        start[set] = end;
        for (left = draw(net, 0, SET_MAX); left > 0; left--) {
            int layer = draw(net, 0, 3) ? most : layers[draw(net, 0, count - 1)];
            int kernel =
                draw(net, 0, shape_of(net, lsn_model_layer_node(&net->model, layer)).c - 1);

            for (i = start[set]; i < end; i++)
                if (kernels[i].layer == layer && kernels[i].kernel == kernel)
                    break;
            if (i == end && !is_held(net, layer, kernel))
                kernels[end++] = (struct lsn_kernel){layer, kernel};
        }
    }
    start[SETS] = end;
}

/* All sets together in the incremental engine, some of them in the full one. */
static void compare_sets(struct net *net, struct lsn_pass *full, struct lsn_pass *incremental,
                         const struct lsn_joint *sets, int seed)
{
    float logits[SETS * CLASSES], wanted[CLASSES];
    struct lsn_error err = LSN_ERROR_NONE;
    int i, j;

    lsn_pass_run(full, net->x);
    lsn_pass_run(incremental, net->x);
    test_ok(lsn_pass_run_joint(incremental, sets, logits, &err), &err);
    for (i = 0; i < SETS; i += 5) {
        struct lsn_joint one = *sets;
        double scale = 1e-3;

        one.start += i;
        one.count = 1;
        test_ok(lsn_pass_run_joint(full, &one, wanted, &err), &err);
        for (j = 0; j < CLASSES; j++)
            scale = fmax(scale, fabs((double)wanted[j]));
        for (j = 0; j < CLASSES; j++)
            if (!(fabs((double)logits[i * CLASSES + j] - (double)wanted[j]) <= TOLERANCE * scale))
                fail_msg("seed %d, set %d, lesion %d: logit %d is %g, the full engine's %g", seed,
                         i, (int)sets->lesion->kind, j, (double)logits[i * CLASSES + j],
                         (double)wanted[j]);
    }
}

/* Kernels of random layers lesioned together. */
static void compare_joint(struct net *net, const struct lsn_network *base, const struct how *fixed,
                          int seed)
{
    struct lsn_lesion lesion = any_lesion(net);
    struct how how[LAYERS_MAX];
    const float *const *planes[LAYERS_MAX];
    struct lsn_kernel kernels[SETS * SET_MAX];
    int layers[LAYERS_MAX], count = 0, start[SETS + 1], i;
    const struct lsn_joint sets = {&lesion, planes, kernels, start, SETS};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_network *network;
    struct lsn_pass *full, *incremental;

    assert_true(net->model.layer_count <= LAYERS_MAX);
    for (i = 0; i < net->model.layer_count; i++) {
        how[i].lesion = lesion;
        give_planes(net, i, &how[i]);
        planes[i] = (const float *const *)how[i].planes;
        if (count == 0 || draw(net, 0, 1))
            layers[count++] = i;
    }
    draw_sets(net, layers, count, kernels, start);
    test_ok(lsn_network_create_joint(base, layers, count, &network, &err), &err);
    full = open_pass(network, LSN_ENGINE_FULL, fixed, net->fixed_count);
    incremental = open_pass(network, LSN_ENGINE_INCREMENTAL, fixed, net->fixed_count);
    compare_sets(net, full, incremental, &sets, seed);
    lsn_pass_free(full);
    lsn_pass_free(incremental);
    lsn_network_free(network);
    for (i = 0; i < net->model.layer_count; i++)
        free_planes(&how[i]);
}

/* Normalises any node but the first and last. */
static void normalise(struct net *net)
{
    static const char *const texts[] = {"global", "local:1", "divisive:1:0.5:2"};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_normalisation normalisation;
    char text[40];

    snprintf(text, sizeof text, "%s@%s", texts[draw(net, 0, 2)],
             net->model.graph.nodes[draw(net, 1, net->model.graph.count - 2)].name);
    test_ok(lsn_normalisation_parse(text, 0, 0, &normalisation, &err), &err);
    test_ok(lsn_network_create_normalised(net->network, &normalisation, &net->normalised, &err),
            &err);
}

/* Lesions some kernels throughout. */
static void hold(struct net *net, struct how *fixed)
{
    struct lsn_lesion lesion = any_lesion(net);
    struct lsn_error err = LSN_ERROR_NONE;
    int i;

    for (i = draw(net, 1, HELD_MAX); i > 0; i--) {
        int layer = draw(net, 0, net->model.layer_count - 1);
        int kernel = draw(net, 0, shape_of(net, lsn_model_layer_node(&net->model, layer)).c - 1);

        if (is_held(net, layer, kernel))
            continue;
        net->fixed[net->fixed_count] = (struct lsn_kernel){layer, kernel};
        fixed[net->fixed_count].lesion = lesion;
        give_planes(net, layer, &fixed[net->fixed_count++]);
    }
    test_ok(lsn_network_create_lesioned(net->normalised ? net->normalised : net->network, &lesion,
                                        net->fixed, net->fixed_count, &net->lesioned, &err),
            &err);
}

static void check_seed(int seed)
{
    struct net net = {.seed = (uint64_t)seed * 7919};
    struct how fixed[HELD_MAX];
    int layer;
    struct lsn_pass *full, *incremental;
    const struct lsn_network *network;

    build(&net);
    if (seed % 10 == 0)
        normalise(&net);
    if (seed % 4 == 0)
        hold(&net, fixed);
    network = net.lesioned ? net.lesioned : net.normalised ? net.normalised : net.network;
    full = open_pass(network, LSN_ENGINE_FULL, fixed, net.fixed_count);
    incremental = open_pass(network, LSN_ENGINE_INCREMENTAL, fixed, net.fixed_count);
    lsn_pass_run(full, net.x);
    lsn_pass_run(incremental, net.x);
    for (layer = 0; layer < net.model.layer_count; layer++)
        compare_layer(&net, full, incremental, layer, seed);
    lsn_pass_free(full);
    lsn_pass_free(incremental);
    compare_joint(&net, network, fixed, seed);
    while (net.fixed_count > 0)
        free_planes(&fixed[--net.fixed_count]);
    close_net(&net);
}

static int first_seed = 1, last_seed = GRAPHS;

static void engines_agree(void **state)
{
    int seed;

    (void)state;
    for (seed = first_seed; seed <= last_seed; seed++)
        check_seed(seed);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(engines_agree)};

    if (argc > 2) {
        first_seed = atoi(argv[1]);
        last_seed = atoi(argv[2]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
