/* The backward pass: of every op and of random networks against numeric differences in double; and
 * what it foresees of lesions. gradient_golden_test.c compares it with PyTorch's autograd.
 *
 * A numeric difference is of two evaluations in double whose activations differ by a few roundoffs
 * of a float, and is compared with the gradient times that difference. Where a kink lies between
 * them they disagree; so the best of several steps counts, which a wrong gradient is far from at
 * each. */
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
#include "lesion/gradient.h"
#include "model/ops.h"
#include "random_net.h"

#define TOLERANCE 1e-4

enum { CHANNELS_MAX = 64, HELD = 2 };

/* A network, a pass over its image and the gradients of a weighted sum of its logits. */
struct back {
    struct test_net *net;
    const struct lsn_network *network;
    struct lsn_pass *pass;
    struct lsn_gradient *gradient;
    float weights[TEST_CLASSES];
    const struct test_lesion *held; /* lesions that hold throughout; NULL: none */
};

static void run_back(struct back *b)
{
    struct lsn_error err = LSN_ERROR_NONE;
    int i;

    for (i = 0; i < TEST_CLASSES; i++)
        b->weights[i] = test_random_float(&b->net->seed, -1, 1);
    assert_non_null(lsn_pass_run(b->pass, b->net->x));
    test_ok(lsn_gradient_create(b->network, &b->gradient, &err), &err);
    test_ok(lsn_gradient_run(b->gradient, b->pass, b->weights, &err), &err);
}

static struct back open_back(struct test_net *net)
{
    struct back b = {.net = net, .network = net->network};
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_pass_create(net->network, LSN_ENGINE_INTACT, &b.pass, &err), &err);
    run_back(&b);
    return b;
}

static void close_back(struct back *b)
{
    lsn_gradient_free(b->gradient);
    lsn_pass_free(b->pass);
    test_close_net(b->net);
}

/* The weighted sum of the logits, in double, where a convolution's output is x [h][w][c]. */
static double value_with(const struct back *b, int node, const float *x)
{
    const struct lsn_graph *graph = b->network->graph;
    struct test_lesion put[CHANNELS_MAX];
    int step = lsn_network_step(b->network, node), c = test_net_shape(b->net, node).c, i;
    double **values, sum = 0;

    assert_true(c <= CHANNELS_MAX);
    for (i = 0; i < c; i++)
        put[i] = (struct test_lesion){step,
                                      i,
                                      {.kind = LSN_LESION_RESAMPLE, .slice = {-1, -1, -1}},
                                      x,
                                      i > 0 ? &put[i - 1] : b->held};
    values = test_evaluate(graph, b->net->x, &put[c - 1]);
    for (i = 0; i < TEST_CLASSES; i++)
        sum += (double)b->weights[i] * values[graph->count - 1][i];
    test_values_free(graph, values);
    return sum;
}

static bool is_held(const struct back *b, int node, size_t channel)
{
    const struct test_lesion *held;

    for (held = b->held; held; held = held->also)
        if (held->node == lsn_network_step(b->network, node) && held->kernel == (int)channel)
            return true;
    return false;
}

/* How far the gradient at a convolution's output is from the numeric difference along a direction
 * [h][w][c], as a share of the length of the products that make the sum; but gradients below a
 * millionth, where those of the logits are up to 1, count as 0. */
static double error_along(const struct back *b, int node, const float *direction, float step)
{
    size_t count = test_shape_count(test_net_shape(b->net, node)), i;
    size_t c = (size_t)test_net_shape(b->net, node).c;
    const float *x = lsn_pass_activation(b->pass, node), *d = lsn_gradient_at(b->gradient, node);
    float *up = test_output(count), *down = test_output(count);
    double sum = 0, squares = 0, moves = 0, numeric;

    for (i = 0; i < count; i++) {
        float move = is_held(b, node, i % c) ? 0 : direction[i] * step;
        double product;

        up[i] = x[i] + move;
        down[i] = x[i] - move;
        product = (double)d[i] * ((double)up[i] - (double)down[i]);
        sum += product;
        squares += product * product;
        moves += ((double)up[i] - (double)down[i]) * ((double)up[i] - (double)down[i]);
    }
    numeric = value_with(b, node, up) - value_with(b, node, down);
    free(up);
    free(down);
    return moves > 0 ? fabs(numeric - sum) / fmax(sqrt(squares), 1e-6 * sqrt(moves)) : 0;
}

/* Returns the best of several steps. */
static double check_along(const struct back *b, int node, const float *direction, const char *what)
{
    static const float steps[] = {1.0f / 65536, 1.0f / 524288, 1.0f / 4096, 1.0f / 1024};
    double best = (double)INFINITY;
    size_t i;

    for (i = 0; i < TEST_COUNT(steps) && best > TOLERANCE; i++)
        best = fmin(best, error_along(b, node, direction, steps[i]));
    if (!(best <= TOLERANCE))
        fail_msg("%s: the gradient is %g off", what, best);
    return best;
}

/* ---- every op ---- */

/* Conv behind the image, and what the op of a case reads: it, or exp(tanh(it)), which is positive
 * and not steep. */
static int start_net(struct test_net *net, bool positive)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    struct lsn_error err = LSN_ERROR_NONE;
    int last;

    test_ok(lsn_graph_start(&net->model.graph, (struct lsn_shape){3, 6, 5}, &err), &err);
    test_tensor(&node, 0, &net->seed, 4, (const int[]){6, 3, 1, 1}, -1, 1);
    test_tensor(&node, 1, &net->seed, 1, (const int[]){6}, -0.5f, 0.5f);
    last = test_net_add(net, &node, 0, -1);
    if (positive)
        last =
            test_net_add_plain(net, LSN_OP_EXP, test_net_add_plain(net, LSN_OP_TANH, last, -1), -1);
    return last;
}

/* Logits of a node, and their gradients. */
static struct back finish_back(struct test_net *net, int last)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_error err = LSN_ERROR_NONE;

    last = test_net_add_plain(net, LSN_OP_FLATTEN, last, -1);
    test_tensor(&node, 0, &net->seed, 2, (const int[]){TEST_CLASSES, test_net_shape(net, last).c},
                -1, 1);
    test_net_add(net, &node, last, -1);
    test_ok(lsn_graph_finish(&net->model.graph, &err), &err);
    test_finish_net(net);
    return open_back(net);
}

static struct test_net *new_net(uint64_t seed)
{
    struct test_net *net = calloc(1, sizeof *net);

    assert_non_null(net);
    net->seed = seed;
    return net;
}

/* Every element of the gradient at the first convolution, node 1, alone. */
static void check_elements(struct back b, const char *what)
{
    size_t count = test_shape_count(test_net_shape(b.net, 1)), i;
    const float *d = lsn_gradient_at(b.gradient, 1);
    float *direction = calloc(count, sizeof *direction);
    double scale = 0;
    char name[200];

    assert_non_null(direction);
    for (i = 0; i < count; i++)
        scale = fmax(scale, fabs((double)d[i]));
    for (i = 0; i < count; i++) {
        direction[i] = 1;
        if (fabs((double)d[i]) > 1e-3 * scale) {
            snprintf(name, sizeof name, "%s, element %zu", what, i);
            check_along(&b, 1, direction, name);
        } else if (fabs((double)d[i]) > 0) { /* small by cancelling: to the scale of the largest */
            assert_true(error_along(&b, 1, direction, 1.0f / 4096) * fabs((double)d[i]) <=
                        TOLERANCE * scale);
        }
        direction[i] = 0;
    }
    free(direction);
    close_back(&b);
}

static void give_parameters(struct lsn_node *node)
{
    struct lsn_attributes *a = &node->attributes;

    if (node->op == LSN_OP_CLIP) {
        a->min = -0.5f;
        a->max = 0.75f;
    }
    if (node->op == LSN_OP_THRESHOLDED_RELU || node->op == LSN_OP_LEAKY_RELU)
        a->alpha = 0.25f;
    if (node->op == LSN_OP_ELU || node->op == LSN_OP_CELU)
        a->alpha = 0.75f;
    if (node->op == LSN_OP_POW)
        a->exponent = 1.7f;
}

static void functions_of_one_value(void **state)
{
    int i, approximate;

    (void)state;
    for (i = 0; i < LSN_UNARY_COUNT; i++)
        for (approximate = 0; approximate <= (i == LSN_UNARY_GELU); approximate++) {
            struct lsn_node node = lsn_node_default((enum lsn_op)(LSN_OP_RELU + i));
            bool positive = node.op == LSN_OP_LOG || node.op == LSN_OP_SQRT ||
                            node.op == LSN_OP_RECIPROCAL || node.op == LSN_OP_POW;
            struct test_net *net = new_net((uint64_t)i + 1);
            int last = start_net(net, positive);

            give_parameters(&node);
            node.attributes.tanh_approx = approximate;
            check_elements(finish_back(net, test_net_add(net, &node, last, -1)),
                           lsn_op_def(node.op)->name);
        }
}

/* Both operands are computed from the convolution; either may be repeated over space, channels or
 * both, and each is tried on each side. */
static void joins(void **state)
{
    int i, other, side;

    (void)state;
    for (i = 0; i < LSN_JOIN_COUNT; i++)
        for (other = 0; other < 4; other++)
            for (side = 0; side < 2; side++) {
                struct lsn_node reduce = lsn_node_default(LSN_OP_REDUCE_MEAN);
                struct test_net *net = new_net((uint64_t)(100 + 10 * i + other));
                int a = start_net(net, true), b = test_net_add_plain(net, LSN_OP_COS, a, -1);

                reduce.attributes.over_channels = other & 1;
                reduce.attributes.over_space = other & 2;
                if (other)
                    b = test_net_add(net, &reduce, b, -1);
                b = test_net_add_plain(net, LSN_OP_EXP, b, -1);
                check_elements(
                    finish_back(net, test_net_add_plain(net, (enum lsn_op)(LSN_OP_ADD + i),
                                                        side ? b : a, side ? a : b)),
                    lsn_op_def((enum lsn_op)(LSN_OP_ADD + i))->name);
            }
}

static void reductions(void **state)
{
    int i, over;

    (void)state;
    for (i = 0; i < LSN_REDUCE_COUNT; i++)
        for (over = 1; over <= 3; over++) {
            struct lsn_node node = lsn_node_default((enum lsn_op)(LSN_OP_REDUCE_MEAN + i));
            struct test_net *net = new_net((uint64_t)(200 + 10 * i + over));
            int last = start_net(net, false);

            node.attributes.over_channels = over & 1;
            node.attributes.over_space = over & 2;
            check_elements(finish_back(net, test_net_add(net, &node, last, -1)),
                           lsn_op_def(node.op)->name);
        }
}

/* Convolutions of every kind: windows, strides, dilations, padding, groups. */
static void convolutions(void **state)
{
    /* out, kh, kw, stride, dilation, pad, groups */
    static const int cases[][7] = {
        {4, 1, 1, 1, 1, 0, 1}, {4, 1, 1, 2, 1, 0, 1}, {5, 3, 3, 1, 1, 1, 1},
        {5, 3, 2, 2, 1, 1, 1}, {4, 2, 3, 1, 2, 2, 2}, {6, 3, 3, 1, 1, 1, 6},
        {6, 2, 3, 2, 2, 3, 6}, {6, 1, 1, 1, 1, 0, 3}, {12, 3, 3, 1, 1, 0, 6}};
    size_t i;
    int j;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_node node = lsn_node_default(LSN_OP_CONV);
        struct test_net *net = new_net(300 + i);
        int last = start_net(net, false);

        for (j = 0; j < 2; j++) {
            node.attributes.stride[j] = cases[i][3];
            node.attributes.dilation[j] = cases[i][4];
        }
        for (j = 0; j < 4; j++)
            node.attributes.pads[j] = cases[i][5];
        node.attributes.groups = cases[i][6];
        test_tensor(&node, 0, &net->seed, 4,
                    (const int[]){cases[i][0], 6 / cases[i][6], cases[i][1], cases[i][2]}, -1, 1);
        check_elements(finish_back(net, test_net_add(net, &node, last, -1)), "Conv");
    }
}

/* Linear at every position, and over a vector by panels, whose outputs fill whole ones. */
static void linears(void **state)
{
    int flat;

    (void)state;
    for (flat = 0; flat < 2; flat++) {
        struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
        struct test_net *net = new_net(320);
        int last = start_net(net, false);

        if (flat)
            last = test_net_add_plain(net, LSN_OP_FLATTEN, last, -1);
        test_tensor(&node, 0, &net->seed, 2,
                    (const int[]){flat ? 64 : 5, test_net_shape(net, last).c}, -1, 1);
        last = test_net_add(net, &node, last, -1);
        check_elements(finish_back(net, test_net_add_plain(net, LSN_OP_TANH, last, -1)), "Linear");
    }
}

static void norms(void **state)
{
    static const enum lsn_op ops[] = {LSN_OP_AFFINE,     LSN_OP_PRELU,      LSN_OP_LAYER_NORM,
                                      LSN_OP_GROUP_NORM, LSN_OP_GROUP_NORM, LSN_OP_LRN,
                                      LSN_OP_LRN,        LSN_OP_LRN};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(ops); i++) {
        struct lsn_node node = lsn_node_default(ops[i]);
        struct test_net *net = new_net(340 + i);
        int last = start_net(net, false), c = 6;

        if (ops[i] == LSN_OP_LRN) {
            node.attributes.size = i == 5 ? 3 : i == 6 ? 4 : 11;
            node.attributes.alpha = 0.5f;
            node.attributes.beta = i == 5 ? 0.75f : 0.6f;
        } else {
            node.attributes.groups = i == 3 ? 2 : 6;
            test_tensor(&node, 0, &net->seed, 1, &c, 0.25f, 1.5f);
            if (ops[i] != LSN_OP_PRELU)
                test_tensor(&node, 1, &net->seed, 1, &c, -0.5f, 0.5f);
        }
        check_elements(finish_back(net, test_net_add(net, &node, last, -1)),
                       lsn_op_def(ops[i])->name);
    }
}

static void pools(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 12; i++) {
        struct lsn_node node = lsn_node_default(i % 2 ? LSN_OP_AVERAGE_POOL : LSN_OP_MAX_POOL);
        struct lsn_attributes *a = &node.attributes;
        struct test_net *net = new_net((uint64_t)(360 + i));
        int last = start_net(net, false), j;

        a->kernel[0] = 3;
        a->kernel[1] = i % 3 == 0 ? 2 : 3;
        a->stride[0] = a->stride[1] = 1 + i / 2 % 2;
        for (j = 0; j < 4; j++)
            a->pads[j] = i % 3 == 1;
        a->ceil_mode = i > 5;
        a->count_include_pad = i % 4 == 1;
        check_elements(finish_back(net, test_net_add(net, &node, last, -1)),
                       lsn_op_def(node.op)->name);
    }
    for (i = 0; i < 2; i++) {
        struct test_net *net = new_net((uint64_t)(380 + i));
        int last = start_net(net, false);

        check_elements(
            finish_back(net, i ? test_net_add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, last, -1)
                               : test_net_add_plain(net, LSN_OP_CONCAT, last, last)),
            i ? "GlobalAveragePool" : "Concat");
    }
}

/* Select takes some channels not at all and one twice. */
static void moves(void **state)
{
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);
    struct test_net *net = new_net(390);
    int last = start_net(net, false), side, i;

    (void)state;
    node.attributes.channels = lsn_alloc(4, sizeof(int));
    node.attributes.channel_count = 4;
    assert_non_null(node.attributes.channels);
    memcpy(node.attributes.channels, (const int[]){4, 0, 4, 3}, 4 * sizeof(int));
    check_elements(finish_back(net, test_net_add(net, &node, last, -1)), "Select");

    net = new_net(391);
    last = start_net(net, false);
    node = lsn_node_default(LSN_OP_PAD);
    for (i = 0; i < 4; i++)
        node.attributes.pads[i] = i;
    check_elements(finish_back(net, test_net_add(net, &node, last, -1)), "Pad");

    net = new_net(392);
    last = start_net(net, false);
    node = lsn_node_default(LSN_OP_RESAMPLE);
    for (side = 0; side < 2; side++)
        test_tensor(&node, side, &net->seed, 2, (const int[]){4 + 3 * side, 6 - side}, -1, 1);
    check_elements(finish_back(net, test_net_add(net, &node, last, -1)), "Resample");
}

/* Nodes that are normalised, n01 through whatever reads it, and a contrast pooling. */
static void normalised(void **state)
{
    static const char *const texts[] = {
        "global@n01",         "local:0.6@n01",          "local:2@n01", "divisive:1:0.5:2@n01",
        "divisive:3:1:1@n01", "divisive:0.5:1:0.7@n01", "pool@n02"};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_normalisation normalisation;
    struct lsn_node node, linear;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(texts); i++) {
        struct test_net *net = new_net(400 + i);
        int last = start_net(net, false);

        node = lsn_node_default(LSN_OP_MAX_POOL);
        node.attributes.kernel[0] = node.attributes.kernel[1] = 3;
        node.attributes.stride[0] = 2;
        node.attributes.pads[0] = node.attributes.pads[2] = 1;
        last = test_net_add(net, &node, last, -1);
        last = test_net_add_plain(net, LSN_OP_FLATTEN, last, -1);
        linear = lsn_node_default(LSN_OP_LINEAR);
        test_tensor(&linear, 0, &net->seed, 2,
                    (const int[]){TEST_CLASSES, test_net_shape(net, last).c}, -1, 1);
        test_net_add(net, &linear, last, -1);
        test_ok(lsn_graph_finish(&net->model.graph, &err), &err);
        test_finish_net(net);
        net->base = net->network;
        test_ok(lsn_normalisation_parse(texts[i], 0, 0, &normalisation, &err), &err);
        test_ok(lsn_network_create_normalised(net->base, &normalisation, &net->network, &err),
                &err);
        check_elements(open_back(net), texts[i]);
    }
}

/* Where all that follows is linear an estimate is what the lesion changes. */
static void linear_networks(void **state)
{
    struct test_net *net = new_net(410);
    int last = test_net_add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, start_net(net, false), -1);
    struct back b = finish_back(net, last);
    struct lsn_lesion lesion = LSN_LESION_WHOLE;
    float logits[6 * TEST_CLASSES];
    struct lsn_error err = LSN_ERROR_NONE;
    double estimates[6];
    struct lsn_pass *pass;
    const float *intact;
    int kernel, i;

    (void)state;
    test_ok(lsn_pass_create(net->network, LSN_ENGINE_FULL, &pass, &err), &err);
    intact = lsn_pass_run(pass, net->x);
    for (i = 0; i < 2; i++, lesion.kind = LSN_LESION_SILENCE) {
        double largest = 0;
        int class;

        test_run_lesioned(pass, 0, &lesion, NULL, (const int[]){0, 1, 2, 3, 4, 5}, 6, logits);
        test_ok(lsn_gradient_estimate(b.gradient, pass, 0, &lesion, NULL, estimates, &err), &err);
        for (kernel = 0; kernel < 6; kernel++) {
            double moved = 0;

            for (class = 0; class < TEST_CLASSES; class ++)
                moved += (double)b.weights[class] *
                         ((double)logits[kernel * TEST_CLASSES + class] - (double)intact[class]);
            largest = fmax(largest, fabs(moved));
            assert_true(fabs(estimates[kernel] - moved) < 1e-5);
        }
        assert_true(largest > 0.1);
    }
    lsn_pass_free(pass);
    close_back(&b);
}

/* ---- random networks ---- */

/* The estimates against the sum of gradient times (lesioned - intact), with the lesioned planes of
 * an evaluation in double in which each place alone is lesioned. */
static void check_estimates(struct back *b, int layer, int seed)
{
    struct test_how how = test_random_lesion(b->net, layer);
    const struct lsn_graph *graph = b->network->graph;
    double estimates[CHANNELS_MAX], **intact = test_evaluate(graph, b->net->x, b->held);
    int places = lsn_model_layer_places(&b->net->model, layer), place, kernel;
    int c = test_net_shape(b->net, lsn_model_layer_node(&b->net->model, layer)).c;
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_gradient_estimate(b->gradient, b->pass, layer, &how.lesion, how.planes, estimates,
                                  &err),
            &err);
    for (kernel = 0; kernel < c; kernel++) {
        double wanted = 0, scale = 0;

        if (is_held(b, lsn_model_layer_node(&b->net->model, layer), (size_t)kernel))
            continue;
        for (place = 0; place < places; place++) {
            int node = lsn_model_layer_place(&b->net->model, layer, place);
            int step = lsn_network_step(b->network, node);
            const struct test_lesion lesion = {step, kernel, how.lesion, how.planes[place],
                                               b->held};
            double **values = test_evaluate(graph, b->net->x, &lesion);
            const float *d = lsn_gradient_at(b->gradient, node);
            size_t at;

            for (at = (size_t)kernel; at < test_shape_count(graph->nodes[step].shape);
                 at += (size_t)c) {
                wanted += (double)d[at] * (values[step][at] - intact[step][at]);
                scale += fabs((double)d[at]) * (fabs(values[step][at]) + fabs(intact[step][at]));
            }
            test_values_free(graph, values);
        }
        if (!(fabs(estimates[kernel] - wanted) <= 1e-5 * scale + 1e-12))
            fail_msg("seed %d, layer %d, kernel %d: the estimate is %g, wanted %g", seed, layer,
                     kernel, estimates[kernel], wanted);
    }
    test_values_free(graph, intact);
    test_free_planes(&how);
}

/* Along a random direction at each place of each layer; the estimates of a fourth of the networks,
 * as each kernel takes an evaluation. */
static double check_back(struct back *b, int seed)
{
    double worst = 0;
    char what[100];
    int layer, place;

    for (layer = 0; layer < b->net->model.layer_count; layer++) {
        for (place = 0; place < lsn_model_layer_places(&b->net->model, layer); place++) {
            int node = lsn_model_layer_place(&b->net->model, layer, place);
            float *direction =
                test_floats(&b->net->seed, test_shape_count(test_net_shape(b->net, node)), -1, 1);

            snprintf(what, sizeof what, "seed %d, layer %d, place %d", seed, layer, place);
            worst = fmax(worst, check_along(b, node, direction, what));
            free(direction);
        }
        if (seed % 4 == 0)
            check_estimates(b, layer, seed);
    }
    return worst;
}

/* Whether two positions of a channel have the same value, other than a Relu's 0. */
static bool has_equals(const float *x, struct lsn_shape s)
{
    size_t c = (size_t)s.c, count = test_shape_count(s), i, j;

    for (i = 0; i < count; i++)
        for (j = i + c; j < count; j += c)
            if (x[i] == x[j] && x[i] != 0.0f)
                return true;
    return false;
}

/* Whether a convolution's output is 0 somewhere, as where it has no bias and its window lies in the
 * padding, or a maximum is taken of equal values, as they are beside padding. At such corners there
 * is no derivative to compare with. */
static bool has_corners(const struct back *b)
{
    const struct lsn_graph *graph = &b->net->model.graph;
    int node;

    for (node = 1; node < graph->count; node++) {
        const struct lsn_node *n = &graph->nodes[node];
        size_t c = (size_t)n->shape.c, i;

        if ((n->op == LSN_OP_MAX_POOL || n->op == LSN_OP_REDUCE_MAX ||
             n->op == LSN_OP_REDUCE_MIN) &&
            has_equals(lsn_pass_activation(b->pass, n->inputs[0]),
                       graph->nodes[n->inputs[0]].shape))
            return true;
        for (i = 0; n->op == LSN_OP_CONV && i < test_shape_count(n->shape); i++)
            if (lsn_pass_activation(b->pass, node)[i] == 0.0f && !is_held(b, node, i % c))
                return true;
    }
    return false;
}

static void random_networks(void **state)
{
    int seed, checked = 0;
    double worst = 0;

    (void)state;
    for (seed = 1501; checked < 200; seed++) {
        struct back b = open_back(seed % 5 ? test_open_net((uint64_t)seed)
                                           : test_open_normalised((uint64_t)seed));

        if (!has_corners(&b)) {
            worst = fmax(worst, check_back(&b, seed));
            checked++;
        }
        close_back(&b);
    }
    assert_true(seed < 1501 + 300);
    print_message("the largest error is %g of the scale\n", worst);
}

/* Where kernels 0 ... count-1 of layer 0 are replaced throughout, zeroing their weights changes
 * nothing. */
static void check_again(const struct back *b, const struct lsn_lesion *held, int count)
{
    double estimates[CHANNELS_MAX];
    int i;

    test_ok(
        lsn_gradient_estimate(b->gradient, b->pass, 0, &LSN_LESION_WHOLE, NULL, estimates, NULL),
        NULL);
    for (i = 0; i < count; i++)
        if (held->kind != LSN_LESION_PLANES && held->kind != LSN_LESION_LINES)
            assert_true(estimates[i] == 0);
}

/* With kernels lesioned throughout, by a plane that is put in or otherwise. */
static void fixed_lesions(void **state)
{
    int seed, checked = 0, i;

    (void)state;
    for (seed = 1801; checked < 30; seed++) {
        struct test_net *net =
            seed % 3 ? test_open_net((uint64_t)seed) : test_open_normalised((uint64_t)seed);
        struct back b = {.net = net};
        struct lsn_error err = LSN_ERROR_NONE;
        struct test_how how = test_random_lesion(net, 0);
        struct test_lesion held[HELD * TEST_PLACES_MAX];
        struct lsn_kernel kernels[HELD];
        struct lsn_network *lesioned;
        int places = lsn_model_layer_places(&net->model, 0), c, count;

        c = test_net_shape(net, lsn_model_layer_node(&net->model, 0)).c;
        count = c < HELD ? c : HELD;
        for (i = 0; i < count * places; i++) {
            int node =
                lsn_network_step(net->network, lsn_model_layer_place(&net->model, 0, i % places));

            held[i] = (struct test_lesion){node, i / places, how.lesion, how.planes[i % places],
                                           i ? &held[i - 1] : NULL};
            kernels[i / places] = (struct lsn_kernel){0, i / places};
        }
        b.held = &held[count * places - 1];
        test_ok(
            lsn_network_create_lesioned(net->network, &how.lesion, kernels, count, &lesioned, &err),
            &err);
        b.network = lesioned;
        test_ok(lsn_pass_create(lesioned, LSN_ENGINE_INTACT, &b.pass, &err), &err);
        for (i = 0; i < count; i++)
            test_ok(lsn_pass_fix(b.pass, i, how.planes, &err), &err);
        run_back(&b);
        if (!has_corners(&b)) {
            check_back(&b, seed);
            checked++;
        }
        check_again(&b, &how.lesion, count);
        test_free_planes(&how);
        lsn_gradient_free(b.gradient);
        lsn_pass_free(b.pass);
        lsn_network_free(lesioned);
        test_close_net(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_of_one_value),
        cmocka_unit_test(joins),
        cmocka_unit_test(reductions),
        cmocka_unit_test(convolutions),
        cmocka_unit_test(linears),
        cmocka_unit_test(norms),
        cmocka_unit_test(pools),
        cmocka_unit_test(moves),
        cmocka_unit_test(normalised),
        cmocka_unit_test(linear_networks),
        cmocka_unit_test(random_networks),
        cmocka_unit_test(fixed_lesions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
