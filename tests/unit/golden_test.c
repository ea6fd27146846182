/* The golden networks: every node's activation, and the logits with every kernel
 * lesioned, against PyTorch's (golden/make_networks.py, which also says what the
 * files hold). Each value may differ by 1e-5 of the largest one beside it; whether a lesion
 * changes anything is what PyTorch's logits say. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "evaluate.h"
#include "format/safetensors.h"
#include "lesion/network.h"
#include "model/model.h"
#include "model/native.h"

#define TOLERANCE 1e-5

static const char *const names[] = {"alexnet", "inception", "resnet",    "mobilenet", "convnext",
                                    "shuffle", "lenet",     "functions", "attention"};

/* One network and what is known about it. */
struct golden {
    char *model_path, *activations_path;
    struct lsn_model *model;
    struct lsn_network *network;
    struct lsn_pass *pass;
    struct lsn_safetensors activations;
};

static char *path_of(const char *name, const char *ending)
{
    struct lsn_text text = {0};

    lsn_text_add(&text, "%s/golden/networks/%s.%s", LSN_TESTS_DIR, name, ending);
    assert_false(text.failed);
    return text.bytes;
}

/* A tensor of the activations file that must have this many values. */
static float *known(const struct golden *g, const char *name, size_t count)
{
    struct lsn_error err = LSN_ERROR_NONE;
    size_t product = 1;
    int rank, dims[4], i;
    float *data;

    test_ok(lsn_safetensors_floats(&g->activations, g->activations_path, name, &rank, dims, &data,
                                   &err),
            &err);
    for (i = 0; i < rank; i++)
        product *= (size_t)dims[i];
    if (product != count)
        fail_msg("%s: tensor '%s' has %zu values, wanted %zu", g->activations_path, name, product,
                 count);
    return data;
}

static struct golden open_golden(const char *name, enum lsn_engine engine)
{
    struct golden g = {.model_path = path_of(name, "bin"),
                       .activations_path = path_of(name, "activations")};
    struct lsn_error err = LSN_ERROR_NONE;
    float *x;

    test_ok(lsn_model_load(g.model_path, NULL, &g.model, &err), &err);
    test_ok(lsn_network_create(g.model, LSN_ENGINE_INCREMENTAL, &g.network, &err), &err);
    test_ok(lsn_pass_create(g.network, engine, &g.pass, &err), &err);
    test_ok(lsn_safetensors_open(g.activations_path, &g.activations, &err), &err);
    x = known(&g, "input", test_shape_count(lsn_model_input(g.model)->shape));
    lsn_pass_run(g.pass, x);
    lsn_free(x);
    return g;
}

static void close_golden(struct golden *g)
{
    lsn_safetensors_close(&g->activations);
    lsn_pass_free(g->pass);
    lsn_network_free(g->network);
    lsn_model_free(g->model);
    lsn_free(g->model_path);
    lsn_free(g->activations_path);
}

static void compare(const char *what, const float *got, const float *wanted, size_t count)
{
    double *wide = test_widen(wanted, count);

    test_close(what, got, wide, count, TOLERANCE * test_scale(wide, count));
    free(wide);
}

/* Batch-norm is folded: the pair's activation bears the convolution's name. */
static void activations(void **state)
{
    char what[200];
    size_t i;
    int node;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++) {
        struct golden g = open_golden(names[i], LSN_ENGINE_FULL);

        for (node = 0; node < lsn_model_nodes(g.model); node++) {
            struct lsn_node_info info = lsn_model_node(g.model, node);
            size_t count = test_shape_count(info.shape);
            float *wanted = known(&g, info.name, count);

            snprintf(what, sizeof what, "%s, node '%s' (%s)", names[i], info.name, info.op);
            compare(what, lsn_pass_activation(g.pass, node), wanted, count);
            lsn_free(wanted);
        }
        close_golden(&g);
    }
}

static void check_layer(const struct golden *g, int layer, const char *text, const float *planes)
{
    struct lsn_node_info info = lsn_model_node(g->model, lsn_model_layer_node(g->model, layer));
    size_t classes = (size_t)lsn_model_classes(g->model);
    float *wanted, *intact, *got = test_output((size_t)info.kernels * classes);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_lesion lesion;
    struct lsn_text name = {0};
    int kernels[16], kernel, last = lsn_model_nodes(g->model) - 1;
    char what[300];

    assert_true(info.kernels <= 16);
    test_ok(lsn_lesion_parse(text, 0, &lesion, &err), &err);
    for (kernel = 0; kernel < info.kernels; kernel++)
        kernels[kernel] = kernel;
    test_run_lesioned(g->pass, layer, &lesion, &planes, kernels, info.kernels, got);
    lsn_text_add(&name, "%s/%s", text, info.name);
    wanted = known(g, name.bytes, (size_t)info.kernels * classes);
    intact = known(g, lsn_model_node(g->model, last).name, classes);
    for (kernel = 0; kernel < info.kernels; kernel++) {
        snprintf(what, sizeof what, "%s, kernel %d of %s, %s", g->model_path, kernel, info.name,
                 text);
        compare(what, got + (size_t)kernel * classes, wanted + (size_t)kernel * classes, classes);
        if (lsn_logits_same(got + (size_t)kernel * classes, lsn_pass_activation(g->pass, last),
                            (int)classes) !=
            lsn_logits_same(wanted + (size_t)kernel * classes, intact, (int)classes))
            fail_msg("%s: changes something or not, and not for PyTorch", what);
    }
    free(got);
    lsn_free(intact);
    lsn_free(wanted);
    lsn_text_free(&name);
}

/* The planes of resample are those of the partner; mean differs from it in its planes only. */
static void check_network(const char *name, enum lsn_engine engine)
{
    static const char *const lesions[] = {"weights",           "planes:in=0", "planes:row=0",
                                          "lines:row=0:col=0", "silence",     "resample"};
    struct golden g = open_golden(name, engine);
    float *x = known(&g, "partner", test_shape_count(lsn_model_input(g.model)->shape));
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pass *partner;
    size_t i;
    int layer;

    test_ok(lsn_pass_create(g.network, LSN_ENGINE_INTACT, &partner, &err), &err);
    lsn_pass_run(partner, x);
    assert_true(lsn_model_layers(g.model) > 0);
    for (layer = 0; layer < lsn_model_layers(g.model); layer++)
        for (i = 0; i < TEST_COUNT(lesions); i++)
            check_layer(&g, layer, lesions[i],
                        lsn_pass_activation(partner, lsn_model_layer_node(g.model, layer)));
    lsn_pass_free(partner);
    lsn_free(x);
    close_golden(&g);
}

static void lesions_in_full(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++)
        check_network(names[i], LSN_ENGINE_FULL);
}

static void lesions_incrementally(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++)
        check_network(names[i], LSN_ENGINE_INCREMENTAL);
}

/* The test's own twin in double agrees with PyTorch to the last bits of a float,
 * on the graph as stored and as folded. */
static void twin_agrees(void **state)
{
    size_t i;
    int node;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++) {
        struct golden g = open_golden(names[i], LSN_ENGINE_FULL);
        const struct lsn_graph *graph = &g.model->graph;
        float *x = known(&g, "input", test_shape_count(graph->nodes[0].shape));
        double **values = test_evaluate(graph, x, NULL);

        for (node = 0; node < graph->count; node++) {
            size_t count = test_shape_count(graph->nodes[node].shape);
            float *wanted = known(&g, graph->nodes[node].name, count);

            test_close(graph->nodes[node].name, wanted, values[node], count,
                       2e-6 * test_scale(values[node], count));
            lsn_free(wanted);
        }
        test_values_free(graph, values);
        lsn_free(x);
        close_golden(&g);
    }
}

/* Together the networks use every op there is. */
static void every_op_is_used(void **state)
{
    bool used[LSN_OP_IN_FILES] = {false};
    struct lsn_error err = LSN_ERROR_NONE;
    size_t i;
    int j;

    (void)state;
    for (i = 0; i < TEST_COUNT(names); i++) {
        struct lsn_model *model = lsn_alloc(1, sizeof *model);
        char *path = path_of(names[i], "bin");

        assert_non_null(model);
        test_ok(lsn_native_read(path, model, &err), &err);
        for (j = 0; j < model->graph.count; j++)
            used[model->graph.nodes[j].op] = true;
        lsn_model_free(model);
        lsn_free(path);
    }
    for (j = 0; j < LSN_OP_IN_FILES; j++)
        assert_true(used[j]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations),           cmocka_unit_test(lesions_in_full),
        cmocka_unit_test(lesions_incrementally), cmocka_unit_test(twin_agrees),
        cmocka_unit_test(every_op_is_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
