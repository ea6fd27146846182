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

#include "base/parallel.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "evaluate.h"
#include "model/ops.h"
#include "random_net.h"

#define TOLERANCE 1e-5

enum { HELD_MAX = 4 };

static const enum lsn_engine engines[] = {LSN_ENGINE_FULL, LSN_ENGINE_INCREMENTAL};

static struct lsn_pass *open_pass(const struct test_net *net, enum lsn_engine engine)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pass *pass;

    test_ok(lsn_pass_create(net->network, engine, &pass, &err), &err);
    return pass;
}

static void check_activations(struct test_net *net, enum lsn_engine engine)
{
    struct lsn_pass *pass = open_pass(net, engine);
    double **wanted = test_evaluate(net->network->graph, net->x, NULL);
    const float *logits = lsn_pass_run(pass, net->x);
    int i;

    assert_ptr_equal(logits, lsn_pass_activation(pass, net->model.graph.count - 1));
    for (i = 0; i < net->model.graph.count; i++) {
        size_t count = test_shape_count(test_net_shape(net, i));
        const double *values = wanted[lsn_network_step(net->network, i)];

        test_close(net->model.graph.nodes[i].name, lsn_pass_activation(pass, i), values, count,
                   TOLERANCE * test_scale_behind(net->network->graph, wanted,
                                                 lsn_network_step(net->network, i)));
    }
    test_values_free(net->network->graph, wanted);
    lsn_pass_free(pass);
    test_close_net(net);
}

static void intact_activations(void **state)
{
    uint64_t seed;

    (void)state;
    for (seed = 1; seed <= 60; seed++)
        check_activations(test_open_net(seed), engines[seed % 2]);
    for (seed = 401; seed <= 500; seed++)
        check_activations(test_open_normalised(seed), engines[seed % 2]);
}

static const struct test_how whole = {
    .lesion = {.kind = LSN_LESION_WEIGHTS, .slice = {-1, -1, -1}}};

/* One kernel's lesion at every place of its layer, in list; the last, which leads to the others
 * and to `also`. */
static const struct test_lesion *at_places(const struct test_net *net, int layer, int kernel,
                                           const struct test_how *how,
                                           const struct test_lesion *also, struct test_lesion *list)
{
    int places = lsn_model_layer_places(&net->model, layer), i;

    for (i = 0; i < places; i++)
        list[i] = (struct test_lesion){
            lsn_network_step(net->network, lsn_model_layer_place(&net->model, layer, i)), kernel,
            how->lesion, how->planes[i], i ? &list[i - 1] : also};
    return &list[places - 1];
}

/* logits [kernels][TEST_CLASSES] of all kernels of a layer, each lesioned alone, asked
 * for from the last to the first. */
static float *lesion_layer(const struct test_net *net, struct lsn_pass *pass, int layer,
                           const struct test_how *how, int *count)
{
    float *logits, *reversed;
    int kernels[TEST_CHANNELS_MAX], i;

    *count = test_net_shape(net, lsn_model_layer_node(&net->model, layer)).c;
    for (i = 0; i < *count; i++)
        kernels[i] = *count - 1 - i;
    logits = test_output((size_t)*count * TEST_CLASSES);
    reversed = test_output((size_t)*count * TEST_CLASSES);
    test_run_lesioned(pass, layer, &how->lesion, how->planes, kernels, *count, reversed);
    for (i = 0; i < *count; i++)
        memcpy(logits + kernels[i] * TEST_CLASSES, reversed + i * TEST_CLASSES,
               TEST_CLASSES * sizeof *logits);
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
static void check_layer(const struct test_net *net, struct lsn_pass *pass, int seed, int layer,
                        const struct test_how *how, const struct test_lesion *also)
{
    const struct lsn_graph *graph = net->network->graph;
    int last = graph->count - 1, count, kernel;
    float *logits = lesion_layer(net, pass, layer, how, &count), single[TEST_CLASSES];
    char what[100];

    for (kernel = 0; kernel < count; kernel++) {
        struct test_lesion list[TEST_PLACES_MAX];
        const struct test_lesion *lesion = at_places(net, layer, kernel, how, also, list);
        double **values, tolerance;

        if (is_held(also, list[0].node, kernel))
            continue;
        values = test_evaluate(graph, net->x, lesion);
        tolerance = TOLERANCE * test_scale_behind(graph, values, last);
        snprintf(what, sizeof what, "seed %d, layer %d, kernel %d", seed, layer, kernel);
        test_close(what, logits + kernel * TEST_CLASSES, values[last], TEST_CLASSES, tolerance);
        if (kernel % 3 == 0) {
            test_run_lesioned(pass, layer, &how->lesion, how->planes, &kernel, 1, single);
            test_close(what, single, values[last], TEST_CLASSES, tolerance);
        }
        test_values_free(graph, values);
    }
    free(logits);
}

static void check_lesions(struct test_net *net, enum lsn_engine engine, int seed)
{
    struct lsn_pass *pass = open_pass(net, engine);
    int layer;

    lsn_pass_run(pass, net->x);
    for (layer = 0; layer < net->model.layer_count; layer++)
        check_layer(net, pass, seed, layer, &whole, NULL);
    lsn_pass_free(pass);
    test_close_net(net);
}

static void check_kinds(enum lsn_engine engine, int last_seed)
{
    int seed, layer;

    for (seed = 701; seed <= last_seed; seed++) {
        struct test_net *net =
            seed % 4 ? test_open_net((uint64_t)seed) : test_open_normalised((uint64_t)seed);
        struct lsn_pass *pass = open_pass(net, engine);

        lsn_pass_run(pass, net->x);
        for (layer = 0; layer < net->model.layer_count; layer++) {
            struct test_how how = test_random_lesion(net, layer);

            check_layer(net, pass, seed, layer, &how, NULL);
            test_free_planes(&how);
        }
        lsn_pass_free(pass);
        test_close_net(net);
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
    struct test_how how;
    struct test_lesion places[TEST_PLACES_MAX];
};

/* Kernels [*count] of random layers, none twice; their lesions in held, each leading to the one
 * before it, and the last of them. */
static const struct test_lesion *choose_held(struct test_net *net, struct lsn_kernel *kernels,
                                             struct held *held, int *count)
{
    struct test_how first = test_random_lesion(net, 0);
    const struct test_lesion *last = NULL;
    int wanted = test_random_int(&net->seed, 1, HELD_MAX), i;

    test_free_planes(&first);
    if (first.lesion.kind == LSN_LESION_PLANES || first.lesion.kind == LSN_LESION_LINES)
        first.lesion.slice = (struct lsn_slice){0, first.lesion.slice.row < 0 ? -1 : 0,
                                                first.lesion.slice.col < 0 ? -1 : 0};
    for (*count = i = 0; i < wanted; i++) {
        int layer = test_random_int(&net->seed, 0, net->model.layer_count - 1);
        int node = lsn_model_layer_node(&net->model, layer);
        int kernel = test_random_int(&net->seed, 0, test_net_shape(net, node).c - 1);

        if (is_held(last, lsn_network_step(net->network, node), kernel))
            continue;
        kernels[*count] = (struct lsn_kernel){layer, kernel};
        held[*count].how = first;
        test_give_planes(net, layer, &held[*count].how);
        last = at_places(net, layer, kernel, &held[*count].how, last, held[*count].places);
        ++*count;
    }
    return last;
}

/* With some fixed lesions: the intact pass, and lesions beside them. */
static void check_held(enum lsn_engine engine, int seed)
{
    struct test_net *net =
        seed % 3 ? test_open_net((uint64_t)seed) : test_open_normalised((uint64_t)seed);
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
    test_close("held", lsn_pass_activation(pass, net->model.graph.count - 1), wanted[last],
               TEST_CLASSES, TOLERANCE * test_scale_behind(bare->graph, wanted, last));
    test_values_free(bare->graph, wanted);
    for (i = 0; i < net->model.layer_count; i++)
        check_layer(net, pass, seed, i, &whole, lesions);
    for (i = 0; i < count; i++)
        test_free_planes(&held[i].how);
    lsn_pass_free(pass);
    lsn_network_free(lesioned);
    test_close_net(net);
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
        check_lesions(test_open_net((uint64_t)seed), LSN_ENGINE_FULL, seed);
    for (seed = 501; seed <= 540; seed++)
        check_lesions(test_open_normalised((uint64_t)seed), LSN_ENGINE_FULL, seed);
}

static void lesions_incrementally(void **state)
{
    int seed;

    (void)state;
    for (seed = 101; seed <= 320; seed++)
        check_lesions(test_open_net((uint64_t)seed), LSN_ENGINE_INCREMENTAL, seed);
    for (seed = 501; seed <= 640; seed++)
        check_lesions(test_open_normalised((uint64_t)seed), LSN_ENGINE_INCREMENTAL, seed);
}

/* A lesion leaves the intact activations, the weights and the next lesion alone. */
static void lesions_leave_no_trace(void **state)
{
    float intact[TEST_CLASSES];
    uint64_t seed;
    int layer, count;

    (void)state;
    for (seed = 201; seed <= 240; seed++) {
        struct test_net *net = seed % 4 < 2 ? test_open_net(seed) : test_open_normalised(seed);
        struct lsn_pass *pass = open_pass(net, engines[seed % 2]);
        int last = net->model.graph.count - 1;
        float *first, *again;

        memcpy(intact, lsn_pass_run(pass, net->x), sizeof intact);
        first = lesion_layer(net, pass, 0, &whole, &count);
        for (layer = net->model.layer_count - 1; layer > 0; layer--)
            free(lesion_layer(net, pass, layer, &whole, &count));
        assert_memory_equal(lsn_pass_activation(pass, last), intact, sizeof intact);
        again = lesion_layer(net, pass, 0, &whole, &count);
        assert_memory_equal(again, first, (size_t)count * TEST_CLASSES * sizeof *first);
        assert_memory_equal(lsn_pass_run(pass, net->x), intact, sizeof intact);
        free(first);
        free(again);
        lsn_pass_free(pass);
        test_close_net(net);
    }
}

/* The change of a logit by a lesion, as a share of the largest intact logit. */
static double moved_frac(const float *logits, const float *intact)
{
    double moved = 0, scale = 0;
    int i;

    for (i = 0; i < TEST_CLASSES; i++) {
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
        struct test_net *net =
            seed % 4 ? test_open_net((uint64_t)seed) : test_open_normalised((uint64_t)seed);
        struct lsn_pass *full = open_pass(net, LSN_ENGINE_FULL);
        struct lsn_pass *incremental = open_pass(net, LSN_ENGINE_INCREMENTAL);
        const float *intact = lsn_pass_run(full, net->x);

        assert_memory_equal(intact, lsn_pass_run(incremental, net->x),
                            TEST_CLASSES * sizeof *intact);
        for (layer = 0; layer < net->model.layer_count; layer++) {
            struct test_how how = test_random_lesion(net, layer);
            float *a = lesion_layer(net, full, layer, &how, &count);
            float *b = lesion_layer(net, incremental, layer, &how, &count);

            for (kernel = 0; kernel < count; kernel++) {
                bool is = lsn_logits_same(a + kernel * TEST_CLASSES, intact, TEST_CLASSES);
                double moved = moved_frac(a + kernel * TEST_CLASSES, intact);

                if (moved > LSN_SAME_FRAC / 2 && moved < LSN_SAME_FRAC * 2)
                    continue;
                same += is;
                if (is != lsn_logits_same(b + kernel * TEST_CLASSES, intact, TEST_CLASSES))
                    fail_msg("seed %d, layer %d, kernel %d: one engine says it changes nothing",
                             seed, layer, kernel);
            }
            free(a);
            free(b);
            test_free_planes(&how);
        }
        lsn_pass_free(full);
        lsn_pass_free(incremental);
        test_close_net(net);
    }
    assert_true(same > 100);
}

#define WORKERS 8

struct crowd {
    const struct test_net *net;
    struct lsn_pass *passes[WORKERS];
    const float *wanted; /* [kernels of layer 0][TEST_CLASSES] */
};

static enum lsn_status run_layer(void *context, int worker, size_t unit, struct lsn_error *err)
{
    const struct crowd *crowd = context;
    float *logits;
    int count;
    bool same;

    lsn_pass_run(crowd->passes[worker], crowd->net->x);
    logits = lesion_layer(crowd->net, crowd->passes[worker], 0, &whole, &count);
    same = memcmp(logits, crowd->wanted, (size_t)count * TEST_CLASSES * sizeof *logits) == 0;
    free(logits);
    return same ? LSN_OK : lsn_fail(err, LSN_E_DATA, "unit %zu differs", unit);
}

/* One network, a pass per worker: every worker gets the same bytes. */
static void workers_agree(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct test_net *net = test_open_net(301);
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
    test_close_net(net);
    lsn_network_free(NULL);
}

/* Layer 0 gives -1e20 in each of its 2 kernels, layer 1 from each of these 0, layer 2 1e20
 * times that, and layer 3 less its neighbour. Lesioned, layer 1 gives 1e20 or half of it,
 * layer 2 infinity, and layer 3 NaN. With 2 groups the change stays in one channel up to
 * the op. */
static struct test_net *open_overflowing(int groups, enum lsn_op op, const char *normalisation)
{
    enum { LAYERS = 4 };
    struct test_net *net = calloc(1, sizeof *net);
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
        last = test_net_add(net, &layer, last, -1);
    }
    node.attributes.kernel[0] = node.attributes.kernel[1] = 2;
    node.attributes.size = 3;
    last = test_net_add_plain(net, LSN_OP_RELU, test_net_add(net, &node, last, -1), -1);
    last = test_net_add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, last, -1);
    test_tensor(&linear, 0, &net->seed, 2, (const int[]){TEST_CLASSES, 2}, 1, 1);
    test_net_add(net, &linear, last, -1);
    test_ok(lsn_graph_finish(graph, &err), &err);
    test_finish_net(net);
    for (i = 0; i < 16; i++)
        net->x[i] = 1;
    if (normalisation) {
        test_ok(lsn_normalisation_parse(normalisation, 0, 0, &parsed, &err), &err);
        net->base = net->network;
        test_ok(lsn_network_create_normalised(net->base, &parsed, &net->network, &err), &err);
    }
    return net;
}

static void check_overflow(struct test_net *net, enum lsn_engine engine, const char *what)
{
    struct lsn_pass *pass = open_pass(net, engine);
    const float *intact = lsn_pass_run(pass, net->x);
    float *logits;
    int count, i;

    for (i = 0; i < TEST_CLASSES; i++)
        assert_true(isfinite(intact[i]));
    logits = lesion_layer(net, pass, 0, &whole, &count);
    for (i = 0; i < count * TEST_CLASSES; i++)
        if (!isnan(logits[i]))
            fail_msg("%s, engine %d: logit %d is %g, wanted nan", what, (int)engine, i,
                     (double)logits[i]);
    free(logits);
    lsn_pass_free(pass);
    test_close_net(net);
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
