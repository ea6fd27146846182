/* Kernels of several layers lesioned together: both engines over random networks against the graph
 * in double precision, and against what must come to the same. The tolerance is that of
 * engine_test. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/lesion.h"
#include "engine/network.h"
#include "evaluate.h"
#include "random_net.h"

#define TOLERANCE 1e-5

enum { LAYERS_MAX = 12, SET_MAX = 6, SETS = 24, LESIONS_MAX = (SET_MAX + 1) * TEST_PLACES_MAX };

static const enum lsn_engine engines[] = {LSN_ENGINE_FULL, LSN_ENGINE_INCREMENTAL};

/* A network, a network for joint lesions of some of its layers, and random sets of their kernels,
 * the first of them empty. */
struct joint {
    struct test_net *net;
    struct lsn_network *network;
    int layers[LAYERS_MAX], layer_count;
    struct test_how how[LAYERS_MAX];        /* the same lesion, with the planes of each layer */
    const float *const *planes[LAYERS_MAX]; /* those of how */
    struct lsn_kernel kernels[SETS * SET_MAX];
    int start[SETS + 1];
    struct lsn_joint sets;
};

static int kernels_of(const struct test_net *net, int layer)
{
    return test_net_shape(net, lsn_model_layer_node(&net->model, layer)).c;
}

static bool has_kernel(const struct lsn_kernel *kernels, int count, struct lsn_kernel kernel)
{
    int i;

    for (i = 0; i < count; i++)
        if (kernels[i].layer == kernel.layer && kernels[i].kernel == kernel.kernel)
            return true;
    return false;
}

/* A random lesion that fits all layers. */
static void choose_lesion(struct joint *j)
{
    struct test_how how = test_random_lesion(j->net, 0);
    struct lsn_slice *slice = &how.lesion.slice;
    int i;

    test_free_planes(&how);
    *slice = (struct lsn_slice){slice->in < 0 ? -1 : 0, slice->row < 0 ? -1 : 0,
                                slice->col < 0 ? -1 : 0};
    for (i = 0; i < j->net->model.layer_count; i++) {
        j->how[i].lesion = how.lesion;
        test_give_planes(j->net, i, &j->how[i]);
        j->planes[i] = j->how[i].planes;
    }
}

/* Random kernels of the joint layers, none twice in a set, none of `but`. */
static void choose_sets(struct joint *j, const struct lsn_kernel *but, int but_count)
{
    int set, size, i, count = 0;

    for (set = 1; set < SETS; set++) {
        size = test_random_int(&j->net->seed, 1, SET_MAX);
        j->start[set] = count;
        for (i = 0; i < size; i++) {
            int layer = j->layers[test_random_int(&j->net->seed, 0, j->layer_count - 1)];
            struct lsn_kernel kernel = {
                layer, test_random_int(&j->net->seed, 0, kernels_of(j->net, layer) - 1)};

            if (!has_kernel(j->kernels + j->start[set], count - j->start[set], kernel) &&
                !has_kernel(but, but_count, kernel))
                j->kernels[count++] = kernel;
        }
    }
    j->start[SETS] = count;
    j->sets = (struct lsn_joint){&j->how[0].lesion, j->planes, j->kernels, j->start, SETS};
}

/* Of these layers [count]. */
static struct joint *open_layers(struct test_net *net, const int *layers, int count)
{
    struct joint *j = calloc(1, sizeof *j);
    struct lsn_error err = LSN_ERROR_NONE;

    assert_non_null(j);
    assert_true(net->model.layer_count <= LAYERS_MAX);
    j->net = net;
    j->layer_count = count;
    memcpy(j->layers, layers, (size_t)count * sizeof *layers);
    choose_lesion(j);
    choose_sets(j, NULL, 0);
    test_ok(lsn_network_create_joint(net->network, layers, count, &j->network, &err), &err);
    return j;
}

/* Of random layers. */
static struct joint *open_joint(struct test_net *net)
{
    int layers[LAYERS_MAX], count, i;

    do
        for (count = i = 0; i < net->model.layer_count; i++)
            if (test_random_int(&net->seed, 0, 2))
                layers[count++] = i;
    while (count == 0);
    return open_layers(net, layers, count);
}

static void close_joint(struct joint *j)
{
    int i;

    for (i = 0; i < j->net->model.layer_count; i++)
        test_free_planes(&j->how[i]);
    lsn_network_free(j->network);
    test_close_net(j->net);
    free(j);
}

static struct lsn_pass *open_pass(const struct lsn_network *network, enum lsn_engine engine,
                                  const float *x)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pass *pass;

    test_ok(lsn_pass_create(network, engine, &pass, &err), &err);
    if (x)
        assert_non_null(lsn_pass_run(pass, x));
    return pass;
}

/* logits [SETS][TEST_CLASSES]; the caller frees. */
static float *run(struct lsn_pass *pass, const struct lsn_joint *sets)
{
    float *logits = test_output((size_t)sets->count * TEST_CLASSES);
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_pass_run_joint(pass, sets, logits, &err), &err);
    return logits;
}

/* Writes the lesions of kernels [count] at all their places behind `last`, into list. Returns the
 * last of them. */
static const struct test_lesion *list_lesions(const struct joint *j,
                                              const struct lsn_kernel *kernels, int count,
                                              struct test_lesion *list)
{
    const struct lsn_model *model = &j->net->model;
    const struct test_lesion *last = NULL;
    int i, place;

    for (i = 0; i < count; i++)
        for (place = 0; place < lsn_model_layer_places(model, kernels[i].layer); place++) {
            int node = lsn_model_layer_place(model, kernels[i].layer, place);

            *list = (struct test_lesion){lsn_network_step(j->net->network, node), kernels[i].kernel,
                                         j->how[0].lesion, j->how[kernels[i].layer].planes[place],
                                         last};
            last = list++;
        }
    return last;
}

/* Compares each set's logits with the graph in double precision; fixed [fixed_count] are lesioned
 * throughout. */
static void check_sets(const struct joint *j, const struct lsn_kernel *fixed, int fixed_count,
                       const float *logits, int seed)
{
    const struct lsn_graph *graph = j->net->network->graph;
    struct lsn_kernel kernels[SET_MAX + 1];
    struct test_lesion list[LESIONS_MAX];
    int set, last = graph->count - 1;
    char what[100];

    for (set = 0; set < SETS; set++) {
        int count = j->start[set + 1] - j->start[set], i;
        double **values;

        for (i = 0; i < count; i++)
            kernels[i] = j->kernels[j->start[set] + i];
        for (i = 0; i < fixed_count; i++)
            kernels[count + i] = fixed[i];
        values =
            test_evaluate(graph, j->net->x, list_lesions(j, kernels, count + fixed_count, list));
        snprintf(what, sizeof what, "seed %d, lesion %d, set %d of %d kernels", seed,
                 (int)j->how[0].lesion.kind, set, count);
        test_close(what, logits + set * TEST_CLASSES, values[last], TEST_CLASSES,
                   TOLERANCE * test_scale_behind(graph, values, last));
        test_values_free(graph, values);
    }
}

static struct joint *open_seed(int seed)
{
    return open_joint(seed % 3 ? test_open_net((uint64_t)seed)
                               : test_open_normalised((uint64_t)seed));
}

static void sets_are_exact(void **state)
{
    int seed;

    (void)state;
    for (seed = 2001; seed <= 2150; seed++) {
        struct joint *j = open_seed(seed);
        struct lsn_pass *pass = open_pass(j->network, engines[seed % 5 > 0], j->net->x);
        float *logits = run(pass, &j->sets);

        assert_memory_equal(logits, lsn_pass_activation(pass, lsn_model_nodes(&j->net->model) - 1),
                            TEST_CLASSES * sizeof *logits);
        check_sets(j, NULL, 0, logits, seed);
        free(logits);
        lsn_pass_free(pass);
        close_joint(j);
    }
}

static int add_conv(struct test_net *net, int a, int outputs, int size)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    int *pads = node.attributes.pads;

    pads[0] = pads[1] = pads[2] = pads[3] = size / 2;
    test_tensor(&node, 0, &net->seed, 4,
                (const int[]){outputs, test_net_shape(net, a).c, size, size}, -0.4f, 0.4f);
    test_tensor(&node, 1, &net->seed, 1, &outputs, -0.5f, 0.5f);
    return test_net_add(net, &node, a, -1);
}

/* Two branches side by side: no lesion of the first reaches a place of the second, which comes
 * later and has the same shape. */
static void branches(void **state)
{
    static const int layers[] = {1, 2, 3};
    int seed;

    (void)state;
    for (seed = 2701; seed <= 2720; seed++) {
        struct test_net *net = calloc(1, sizeof *net);
        struct lsn_node linear = lsn_node_default(LSN_OP_LINEAR);
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_pass *pass;
        struct joint *j;
        float *logits;
        int stem, a, b;

        assert_non_null(net);
        net->seed = (uint64_t)seed;
        test_ok(lsn_graph_start(&net->model.graph, (struct lsn_shape){3, 7, 6}, &err), &err);
        stem = test_net_add_plain(net, LSN_OP_RELU, add_conv(net, 0, 5, 3), -1);
        a = test_net_add_plain(net, LSN_OP_RELU, add_conv(net, stem, 6, 3), -1);
        a = add_conv(net, a, 8, 1);
        b = add_conv(net, stem, 8, 3);
        a = test_net_add_plain(net, LSN_OP_CONCAT, a, b);
        a = test_net_add_plain(net, seed % 2 ? LSN_OP_RELU : LSN_OP_SILU, add_conv(net, a, 9, 3),
                               -1);
        a = test_net_add_plain(net, LSN_OP_GLOBAL_AVERAGE_POOL, a, -1);
        test_tensor(&linear, 0, &net->seed, 2, (const int[]){TEST_CLASSES, 9}, -1, 1);
        test_net_add(net, &linear, a, -1);
        test_ok(lsn_graph_finish(&net->model.graph, &err), &err);
        test_finish_net(net);
        j = open_layers(net, layers, 3);
        pass = open_pass(j->network, LSN_ENGINE_INCREMENTAL, net->x);
        logits = run(pass, &j->sets);
        check_sets(j, NULL, 0, logits, seed);
        free(logits);
        lsn_pass_free(pass);
        close_joint(j);
    }
}

/* Whether logits [TEST_CLASSES] agree within the tolerance, of the largest value behind them. */
static void agree(const struct joint *j, const char *what, const float *got, const float *wanted)
{
    double **values = test_evaluate(j->net->network->graph, j->net->x, NULL);
    int last = j->net->network->graph->count - 1;
    double *wide = test_widen(wanted, TEST_CLASSES);

    test_close(what, got, wide, TEST_CLASSES,
               TOLERANCE * test_scale_behind(j->net->network->graph, values, last));
    free(wide);
    test_values_free(j->net->network->graph, values);
}

/* A set of one is a kernel lesioned alone, also on a network that can run joint lesions: there, to
 * the bit as on its base. */
static void one_is_alone(void **state)
{
    int seed, layer, i;

    (void)state;
    for (seed = 2201; seed <= 2260; seed++) {
        struct joint *j = open_seed(seed);
        enum lsn_engine engine = engines[seed % 3 > 0];
        struct lsn_pass *pass = open_pass(j->network, engine, j->net->x);
        struct lsn_pass *bare = open_pass(j->net->network, engine, j->net->x);

        for (i = 0; i < j->layer_count; i++) {
            int kernels[TEST_CHANNELS_MAX], start[TEST_CHANNELS_MAX + 1], k;
            struct lsn_kernel one[TEST_CHANNELS_MAX];
            float single[TEST_CHANNELS_MAX * TEST_CLASSES], base[TEST_CHANNELS_MAX * TEST_CLASSES];
            struct lsn_joint sets = {&j->how[0].lesion, j->planes, one, start, 0};
            float *logits;

            layer = j->layers[i];
            sets.count = kernels_of(j->net, layer);
            for (k = 0; k <= sets.count; k++)
                start[k] = k;
            for (k = 0; k < sets.count; k++)
                one[k] = (struct lsn_kernel){layer, kernels[k] = sets.count - 1 - k};
            logits = run(pass, &sets);
            test_run_lesioned(pass, layer, &j->how[0].lesion, j->planes[layer], kernels, sets.count,
                              single);
            test_run_lesioned(bare, layer, &j->how[0].lesion, j->planes[layer], kernels, sets.count,
                              base);
            assert_memory_equal(single, base, (size_t)sets.count * TEST_CLASSES * sizeof *single);
            if (engine == LSN_ENGINE_FULL)
                assert_memory_equal(logits, single,
                                    (size_t)sets.count * TEST_CLASSES * sizeof *single);
            for (k = 0; k < sets.count; k++)
                agree(j, "a set of one", logits + k * TEST_CLASSES, single + k * TEST_CLASSES);
            free(logits);
        }
        lsn_pass_free(pass);
        lsn_pass_free(bare);
        close_joint(j);
    }
}

/* A set lesioned in a pass and the same kernels lesioned throughout give the same. */
static void same_as_fixed(void **state)
{
    int seed, set, i;

    (void)state;
    for (seed = 2301; seed <= 2330; seed++) {
        struct joint *j = open_seed(seed);
        struct lsn_pass *pass = open_pass(j->network, engines[seed % 3 > 0], j->net->x);
        float *logits = run(pass, &j->sets);

        for (set = 1; set < SETS; set += 5) {
            const struct lsn_kernel *kernels = j->kernels + j->start[set];
            int count = j->start[set + 1] - j->start[set];
            struct lsn_error err = LSN_ERROR_NONE;
            struct lsn_network *fixed;
            struct lsn_pass *intact;

            test_ok(lsn_network_create_lesioned(j->net->network, &j->how[0].lesion, kernels, count,
                                                &fixed, &err),
                    &err);
            intact = open_pass(fixed, LSN_ENGINE_INTACT, NULL);
            for (i = 0; i < count; i++)
                test_ok(lsn_pass_fix(intact, i, j->planes[kernels[i].layer], &err), &err);
            agree(j, "fixed lesions", logits + set * TEST_CLASSES, lsn_pass_run(intact, j->net->x));
            lsn_pass_free(intact);
            lsn_network_free(fixed);
        }
        free(logits);
        lsn_pass_free(pass);
        close_joint(j);
    }
}

/* Sets beside a kernel that is lesioned throughout. */
static void beside_fixed(void **state)
{
    int seed;

    (void)state;
    for (seed = 2401; seed <= 2440; seed++) {
        struct joint *j = open_seed(seed);
        int layer = test_random_int(&j->net->seed, 0, j->net->model.layer_count - 1);
        struct lsn_kernel fixed = {
            layer, test_random_int(&j->net->seed, 0, kernels_of(j->net, layer) - 1)};
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_network *base, *network;
        struct lsn_pass *pass;
        float *logits;

        choose_sets(j, &fixed, 1);
        test_ok(
            lsn_network_create_lesioned(j->net->network, &j->how[0].lesion, &fixed, 1, &base, &err),
            &err);
        test_ok(lsn_network_create_joint(base, j->layers, j->layer_count, &network, &err), &err);
        assert_int_equal(lsn_network_bytes(network), 0);
        pass = open_pass(network, engines[seed % 3 > 0], NULL);
        test_ok(lsn_pass_fix(pass, 0, j->planes[layer], &err), &err);
        lsn_pass_run(pass, j->net->x);
        logits = run(pass, &j->sets);
        check_sets(j, &fixed, 1, logits, seed);
        free(logits);
        lsn_pass_free(pass);
        lsn_network_free(network);
        lsn_network_free(base);
        close_joint(j);
    }
}

/* Lesioning the weights of a kernel whose plane is replaced throughout changes nothing, to the bit,
 * and another kernel of its layer is lesioned as without that. */
static void weights_of_fixed(void **state)
{
    static const struct lsn_lesion lesions[] = {{LSN_LESION_WEIGHTS, {-1, -1, -1}, 0},
                                                {LSN_LESION_PLANES, {0, -1, -1}, 0}};
    int seed;

    (void)state;
    for (seed = 2501; seed <= 2540; seed++) {
        struct joint *j = open_seed(seed);
        int layer = j->layers[0], chosen[] = {0, 0}, i;
        struct lsn_kernel fixed = {layer, 0};
        const struct lsn_lesion mean = {LSN_LESION_MEAN, {-1, -1, -1}, 0};
        struct test_how how = {.lesion = mean};
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_network *base;
        float logits[2][2 * TEST_CLASSES];

        chosen[1] = kernels_of(j->net, layer) - 1;
        test_give_planes(j->net, layer, &how);
        test_ok(lsn_network_create_lesioned(j->net->network, &mean, &fixed, 1, &base, &err), &err);
        for (i = 0; i < 2; i++) {
            struct lsn_pass *pass = open_pass(base, engines[i], NULL);
            const float *intact;

            test_ok(lsn_pass_fix(pass, 0, how.planes, &err), &err);
            intact = lsn_pass_run(pass, j->net->x);
            test_run_lesioned(pass, layer, &lesions[seed % 2], NULL, chosen, 2, logits[i]);
            assert_memory_equal(logits[i], intact, TEST_CLASSES * sizeof *intact);
            lsn_pass_free(pass);
        }
        agree(j, "beside a fixed plane", logits[0] + TEST_CLASSES, logits[1] + TEST_CLASSES);
        test_free_planes(&how);
        lsn_network_free(base);
        close_joint(j);
    }
}

/* Neither how sets are split among calls, by whole groups, nor what ran before changes a bit. */
static void splits_agree(void **state)
{
    int seed, group, count, i, first, kernel_count;

    (void)state;
    for (seed = 2501; seed <= 2520; seed++) {
        struct joint *j = open_seed(seed);
        struct lsn_pass *pass = open_pass(j->network, engines[seed % 5 > 0], j->net->x);
        struct lsn_joint sets = j->sets, part;
        struct lsn_kernel *kernels;
        float *all, *again;
        int *start;

        group = lsn_network_joint_group(j->network);
        assert_true(group > 0);
        count = 2 * group + 3;
        sets.start = start = calloc((size_t)count + 1, sizeof *start);
        sets.kernels = kernels = calloc((size_t)count * SET_MAX, sizeof *kernels);
        sets.count = count;
        assert_true(start && kernels);
        for (kernel_count = i = 0; i < count; i++) {
            int from = test_random_int(&j->net->seed, 0, SETS - 1), k;

            for (k = j->start[from]; k < j->start[from + 1]; k++)
                kernels[kernel_count++] = j->kernels[k];
            start[i + 1] = kernel_count;
        }
        all = run(pass, &sets);
        for (first = 0; first < count; first += group) {
            part = sets;
            part.start = start + first;
            part.count = count - first < group ? count - first : group;
            again = run(pass, &part);
            assert_memory_equal(again, all + (size_t)first * TEST_CLASSES,
                                (size_t)part.count * TEST_CLASSES * sizeof *all);
            free(again);
            free(run(pass, &j->sets));
        }
        free(all);
        free(start);
        free(kernels);
        lsn_pass_free(pass);
        close_joint(j);
    }
}

/* Sets in late layers cost no more where the network also allows sets in early ones. */
static void late_is_cheap(void **state)
{
    int seed, last, i, all[LAYERS_MAX];

    (void)state;
    for (seed = 2601; seed <= 2620; seed++) {
        struct test_net *net = test_open_net((uint64_t)seed);
        struct lsn_error err = LSN_ERROR_NONE;
        const struct lsn_lesion whole = LSN_LESION_WHOLE;
        size_t engine;

        last = net->model.layer_count - 1;
        for (i = 0; i <= last; i++)
            all[i] = i;
        for (engine = 0; engine < TEST_COUNT(engines); engine++) {
            struct lsn_kernel kernels[2] = {{last, 0}, {last, 1}};
            const int start[2] = {0, kernels_of(net, last) > 1 ? 2 : 1};
            const struct lsn_joint sets = {&whole, NULL, kernels, start, 1};
            struct lsn_network *narrow, *wide;
            struct lsn_pass *a, *b;

            test_ok(lsn_network_create_joint(net->network, &last, 1, &narrow, &err), &err);
            test_ok(lsn_network_create_joint(net->network, all, last + 1, &wide, &err), &err);
            a = open_pass(narrow, engines[engine], net->x);
            b = open_pass(wide, engines[engine], net->x);
            free(run(a, &sets));
            free(run(b, &sets));
            assert_true(lsn_pass_work(a) == lsn_pass_work(b));
            assert_true(lsn_pass_bytes(wide, engines[engine]) >
                        lsn_pass_bytes(net->network, engines[engine]));
            lsn_pass_free(a);
            lsn_pass_free(b);
            lsn_network_free(narrow);
            lsn_network_free(wide);
        }
        test_close_net(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_exact), cmocka_unit_test(branches),
        cmocka_unit_test(one_is_alone),   cmocka_unit_test(same_as_fixed),
        cmocka_unit_test(beside_fixed),   cmocka_unit_test(weights_of_fixed),
        cmocka_unit_test(splits_agree),   cmocka_unit_test(late_is_cheap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
