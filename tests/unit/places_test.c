/* Networks that read the same weights at several places: every kernel lesioned at all of them, and
 * at each alone, by both engines, against PyTorch's logits (golden/make_places.py, which also says
 * what the files hold). Straight from ONNX, and by way of a native file. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/file.h"
#include "format/safetensors.h"
#include "lesion/model.h"
#include "lesion/network.h"
#include "model/model.h"
#include "model/native.h"

#define GOLDEN    LSN_TESTS_DIR "/golden/places/"
#define INPUT     GOLDEN "image.input.json"
#define TOLERANCE 1e-5

enum { PLACES_MAX = 3, KERNELS_MAX = 8 };

static const struct network {
    const char *name, *lesions;
    const char *layers[8]; /* in execution order; @N: at so many places */
    bool scaled;           /* those with several places */
} networks[] = {
    {"recurrent_folded",
     "recurrent",
     {"V1.0", "V2.conv_input", "V2.skip", "V2.conv1@3", "V2.conv2@3", "V2.conv3@3"},
     true},
    {"recurrent_kept",
     "recurrent",
     {"V1.0", "V2.conv_input", "V2.skip", "V2.conv1@3", "V2.conv2@3", "V2.conv3@3"},
     false},
    {"siamese", "siamese", {"conv1@2", "conv2@2", "head"}, false},
    {"attention", "attention", {"conv", "fc1@2", "fc2@2", "deep"}, false},
    {"unrolled", "unrolled", {"stem", "step@2"}, false},
};

static char *folder;

static int open_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int close_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

/* A network and what PyTorch says of it. */
struct golden {
    const struct network *network;
    struct lsn_model *model;
    struct lsn_network *compiled;
    struct lsn_safetensors known;
    float *input, *partner;
};

static float *known(const struct golden *g, const char *name, size_t count)
{
    struct lsn_error err = LSN_ERROR_NONE;
    size_t product = 1;
    int rank, dims[4], i;
    float *data;

    test_ok(lsn_safetensors_floats(&g->known, g->network->lesions, name, &rank, dims, &data, &err),
            &err);
    for (i = 0; i < rank; i++)
        product *= (size_t)dims[i];
    if (product != count)
        fail_msg("%s: '%s' has %zu values, wanted %zu", g->network->lesions, name, product, count);
    return data;
}

static const struct lsn_model_options options = {sizeof options, INPUT, NULL};

/* Writes a golden ONNX file as a native one. */
static void convert(const char *path, const char *bin)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    test_ok(lsn_model_convert(path, &options, NULL, bin, true, &model, &err), &err);
    lsn_model_free(model);
}

/* native: by way of a native file. */
static struct golden open_golden(const struct network *network, bool native, bool each)
{
    struct golden g = {.network = network};
    struct lsn_error err = LSN_ERROR_NONE;
    char *bin = lsn_path_join(folder, "a.bin"), path[512];
    struct lsn_shape s;

    snprintf(path, sizeof path, GOLDEN "%s.onnx", network->name);
    if (native)
        convert(path, bin);
    test_ok(lsn_model_load(native ? bin : path, native ? NULL : &options, &g.model, &err), &err);
    if (each)
        test_ok(lsn_model_separate_places(g.model, &err), &err);
    test_ok(lsn_network_create(g.model, LSN_ENGINE_INCREMENTAL, &g.compiled, &err), &err);
    snprintf(path, sizeof path, GOLDEN "%s.lesions", network->lesions);
    test_ok(lsn_safetensors_open(path, &g.known, &err), &err);
    s = lsn_model_input(g.model)->shape;
    g.input = known(&g, "input", (size_t)s.c * (size_t)s.h * (size_t)s.w);
    g.partner = known(&g, "partner", (size_t)s.c * (size_t)s.h * (size_t)s.w);
    lsn_free(bin);
    return g;
}

static void close_golden(struct golden *g)
{
    lsn_free(g->input);
    lsn_free(g->partner);
    lsn_safetensors_close(&g->known);
    lsn_network_free(g->compiled);
    lsn_model_free(g->model);
}

static void compare(const char *what, const float *got, const float *wanted, size_t count)
{
    double *wide = test_widen(wanted, count);

    test_close(what, got, wide, count, TOLERANCE * test_scale(wide, count));
    free(wide);
}

/* The lesioned logits of all kernels of a layer. partner: a pass that has seen the partner;
 * logits: the intact ones by PyTorch. */
static void check_layer(const struct golden *g, struct lsn_pass *pass, struct lsn_pass *partner,
                        const float *logits, int layer, const char *lesion_text)
{
    const float *intact = lsn_pass_activation(pass, lsn_model_nodes(g->model) - 1);
    static const int kernels[KERNELS_MAX] = {0, 1, 2, 3, 4, 5, 6, 7};
    int count = lsn_model_node(g->model, lsn_model_layer_node(g->model, layer)).kernels, kernel, p;
    size_t classes = (size_t)lsn_model_classes(g->model);
    float *wanted, *got = test_output((size_t)count * classes);
    const float *planes[PLACES_MAX] = {NULL};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_lesion lesion;
    char name[100], what[200];

    assert_true(count <= KERNELS_MAX && lsn_model_layer_places(g->model, layer) <= PLACES_MAX);
    test_ok(lsn_lesion_parse(lesion_text, 0, &lesion, &err), &err);
    for (p = 0; p < lsn_model_layer_places(g->model, layer); p++)
        planes[p] = lsn_pass_activation(partner, lsn_model_layer_place(g->model, layer, p));
    test_run_lesioned(pass, layer, &lesion, planes, kernels, count, got);
    snprintf(name, sizeof name, "%s/%s", lesion_text, lsn_model_layer_name(g->model, layer));
    wanted = known(g, name, (size_t)count * classes);
    for (kernel = 0; kernel < count; kernel++) {
        snprintf(what, sizeof what, "%s, %s, kernel %d", g->network->name, name, kernel);
        compare(what, got + (size_t)kernel * classes, wanted + (size_t)kernel * classes, classes);
        if (lsn_logits_same(got + (size_t)kernel * classes, intact, (int)classes) !=
            lsn_logits_same(wanted + (size_t)kernel * classes, logits, (int)classes))
            fail_msg("%s: changes something or not, and not for PyTorch", what);
    }
    lsn_free(wanted);
    free(got);
}

static void check_network(const struct network *network, enum lsn_engine engine, bool native,
                          bool each)
{
    static const char *const lesions[] = {"weights",           "planes:in=0", "planes:row=0",
                                          "lines:row=0:col=0", "silence",     "resample"};
    struct golden g = open_golden(network, native, each);
    struct lsn_error err = LSN_ERROR_NONE;
    size_t classes = (size_t)lsn_model_classes(g.model), i;
    float *logits = known(&g, "logits", classes);
    struct lsn_pass *pass, *partner;
    int layer;

    test_ok(lsn_pass_create(g.compiled, engine, &pass, &err), &err);
    test_ok(lsn_pass_create(g.compiled, LSN_ENGINE_INTACT, &partner, &err), &err);
    compare(network->name, lsn_pass_run(pass, g.input), logits, classes);
    lsn_pass_run(partner, g.partner);
    for (layer = 0; layer < lsn_model_layers(g.model); layer++)
        for (i = 0; i < TEST_COUNT(lesions); i++)
            check_layer(&g, pass, partner, logits, layer, lesions[i]);
    lsn_free(logits);
    lsn_pass_free(pass);
    lsn_pass_free(partner);
    close_golden(&g);
}

static void check_all(bool each)
{
    static const enum lsn_engine engines[] = {LSN_ENGINE_FULL, LSN_ENGINE_INCREMENTAL};
    size_t i, engine;

    for (i = 0; i < TEST_COUNT(networks); i++)
        for (engine = 0; engine < TEST_COUNT(engines); engine++) {
            check_network(&networks[i], engines[engine], false, each);
            check_network(&networks[i], engines[engine], true, each);
        }
}

static void at_all_places(void **state)
{
    (void)state;
    check_all(false);
}

static void at_each_place(void **state)
{
    (void)state;
    check_all(true);
}

/* Which layers there are, at how many places, and what the places' nodes are called; and that
 * the file holds shared weights once. */
static void layers_and_places(void **state)
{
    size_t i;
    int native, p;

    (void)state;
    for (i = 0; i < TEST_COUNT(networks); i++)
        for (native = 0; native < 2; native++) {
            struct golden g = open_golden(&networks[i], native, false);
            int layer;

            for (layer = 0; layer < lsn_model_layers(g.model); layer++) {
                const char *wanted = networks[i].layers[layer];
                const char *name = lsn_model_layer_name(g.model, layer);
                int places = lsn_model_layer_places(g.model, layer);
                char text[100];

                assert_non_null(wanted);
                snprintf(text, sizeof text, places > 1 ? "%s@%d" : "%s", name, places);
                assert_string_equal(text, wanted);
                assert_int_equal(lsn_model_layer_is_scaled(g.model, layer),
                                 networks[i].scaled && places > 1);
                for (p = 0; p < places; p++) {
                    struct lsn_node_info info =
                        lsn_model_node(g.model, lsn_model_layer_place(g.model, layer, p));

                    snprintf(text, sizeof text, p ? "%s@%d" : "%s", name, p + 1);
                    assert_string_equal(info.name, text);
                    assert_int_equal(info.layer, layer);
                    assert_int_equal(info.place, p + 1);
                }
            }
            assert_null(networks[i].layers[layer]);
            close_golden(&g);
        }
}

static void shared_weights_are_written_once(void **state)
{
    struct lsn_safetensors file;
    struct lsn_error err = LSN_ERROR_NONE;
    int rank, dims[4];
    float *data;
    char *bin = lsn_path_join(folder, "a.bin");

    (void)state;
    convert(GOLDEN "siamese.onnx", bin);
    test_ok(lsn_safetensors_open(bin, &file, &err), &err);
    test_ok(lsn_safetensors_floats(&file, bin, "conv1.weight", &rank, dims, &data, &err), &err);
    lsn_free(data);
    assert_int_not_equal(
        lsn_safetensors_floats(&file, bin, "conv1@2.weight", &rank, dims, &data, &err), LSN_OK);
    lsn_safetensors_close(&file);
    lsn_free(bin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_all_places),
        cmocka_unit_test(at_each_place),
        cmocka_unit_test(layers_and_places),
        cmocka_unit_test(shared_weights_are_written_once),
    };

    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
