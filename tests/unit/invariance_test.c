/* Comparing activations with those at full contrast, on the demo: the sums equal those of passes
 * run here, for any number of threads; and what is refused. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesion/invariance.h"
#include "lesion/stimulus_maker.h"
#include "model/model.h"
#include "statistics/similarity.h"

#define DATA LSN_TESTS_DIR "/../data/"

enum { IMAGES = 5, CONDITIONS = 4 };

struct demo {
    struct lsn_model *model;
    struct lsn_dataset *dataset;
    struct lsn_condition conditions[CONDITIONS];
    struct lsn_sweep_options options;
};

static void open_demo(struct demo *demo)
{
    static const char labels[] = "file,class\ndisc/0001.png,0\nstar/0004.png,1\nring/0003.png,2\n"
                                 "cross/0002.png,1\nchecker/0001.png,0\n";
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), *path = test_file(folder, "l.csv", labels, sizeof labels - 1);

    *demo = (struct demo){.model = NULL};
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &demo->model, &err), &err);
    test_ok(lsn_dataset_open(DATA "images", path, LSN_FOLDER_ORDER_AUTO, demo->model,
                             &demo->dataset, &err),
            &err);
    assert_int_equal(lsn_dataset_count(demo->dataset), IMAGES);
    demo->conditions[0].contrast = 0.1;
    demo->conditions[1].contrast = 0.3;
    test_ok(lsn_region_parse("centre:0.5", 0, &demo->conditions[1].region, &err), &err);
    demo->conditions[2].contrast = 1;
    demo->conditions[2].region = demo->conditions[1].region;
    demo->conditions[3].contrast = 0.5;
    demo->conditions[3].quantize = LSN_QUANTIZE_NONE;
    demo->conditions[3].definition = LSN_CONTRAST_MEAN;
    demo->options.size = sizeof demo->options;
    demo->options.conditions = demo->conditions;
    demo->options.condition_count = CONDITIONS;
    demo->options.threads = 1;
    free(path);
    test_folder_remove(folder);
}

static void close_demo(struct demo *demo)
{
    lsn_dataset_free(demo->dataset);
    lsn_model_free(demo->model);
}

/* Adds up, for a node's kernels, one image at a time on passes of its own. */
struct twin {
    const struct demo *demo;
    struct lsn_network *network;
    struct lsn_pass *pass, *full;
    struct lsn_stimulus_maker *maker;
    float *pixels, *x;
};

static void open_twin(struct twin *twin, const struct demo *demo)
{
    const struct lsn_shape *s = &lsn_model_input(demo->model)->shape;
    struct lsn_error err = LSN_ERROR_NONE;

    *twin = (struct twin){.demo = demo};
    test_ok(lsn_network_create(demo->model, LSN_ENGINE_INCREMENTAL, &twin->network, &err), &err);
    test_ok(lsn_pass_create(twin->network, LSN_ENGINE_INTACT, &twin->pass, &err), &err);
    test_ok(lsn_pass_create(twin->network, LSN_ENGINE_INTACT, &twin->full, &err), &err);
    test_ok(lsn_stimulus_maker_create(demo->model, demo->dataset, NULL, &twin->maker, &err), &err);
    twin->pixels = test_output((size_t)s->h * (size_t)s->w * 3);
    twin->x = test_output((size_t)s->h * (size_t)s->w * 3);
}

static void close_twin(struct twin *twin)
{
    lsn_pass_free(twin->pass);
    lsn_pass_free(twin->full);
    lsn_network_free(twin->network);
    lsn_stimulus_maker_free(twin->maker);
    free(twin->pixels);
    free(twin->x);
}

static void show(struct twin *twin, struct lsn_pass *pass, size_t image, int condition,
                 bool at_full_contrast)
{
    struct lsn_condition shown = twin->demo->conditions[condition];
    struct lsn_error err = LSN_ERROR_NONE;

    if (at_full_contrast)
        shown.contrast = 1;
    test_ok(lsn_stimulus_maker_make(twin->maker, image, &shown, twin->pixels, NULL, &err), &err);
    lsn_input_normalise(lsn_model_input(twin->demo->model), twin->pixels, twin->x);
    lsn_pass_run(pass, twin->x);
}

/* The sums of one condition over images; kernels [all of the model's nodes]. */
static void add_up(struct twin *twin, int condition, struct lsn_kernel_invariance *kernels,
                   struct lsn_node_invariance *nodes)
{
    struct lsn_kernel_similarity found[200];
    double scratch[LSN_SIMILARITY_SUMS * 200];
    size_t image, at, k;
    int node;

    for (image = 0; image < IMAGES; image++) {
        show(twin, twin->pass, image, condition, false);
        show(twin, twin->full, image, condition, true);
        for (node = 1, at = 0; node < lsn_model_nodes(twin->demo->model); node++) {
            struct lsn_shape shape = lsn_model_node(twin->demo->model, node).shape;
            struct lsn_node_similarity n =
                lsn_similarity_measure(shape, lsn_pass_activation(twin->pass, node),
                                       lsn_pass_activation(twin->full, node), found, scratch);

            nodes[node - 1].kernel_correlation += isnan(n.correlation) ? 0 : n.correlation;
            nodes[node - 1].kernel_images += isnan(n.correlation) ? 0 : 1;
            nodes[node - 1].winners += n.winners;
            nodes[node - 1].same_winner += n.same_winner;
            for (k = 0; k < (size_t)shape.c; k++, at++) {
                bool defined = !isnan(found[k].correlation);

                kernels[at].space_correlation += defined ? found[k].correlation : 0;
                kernels[at].space_images += defined ? 1 : 0;
                kernels[at].magnitude += found[k].magnitude;
                kernels[at].reference_magnitude += found[k].reference_magnitude;
            }
        }
    }
}

static void same_sums(void **state)
{
    static const int threads[] = {1, 2, 5};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_invariance *found;
    struct demo demo;
    struct twin twin;
    size_t t, kernels, nodes, c;

    (void)state;
    open_demo(&demo);
    open_twin(&twin, &demo);
    nodes = (size_t)lsn_model_nodes(demo.model) - 1;
    for (t = 0; t < TEST_COUNT(threads); t++) {
        demo.options.threads = threads[t];
        test_ok(lsn_invariance_run(demo.model, demo.dataset, &demo.options, "", &found, &err),
                &err);
        assert_int_equal(found->node_count, nodes);
        assert_int_equal(found->axes->complete_images, IMAGES);
        assert_int_equal(found->axes->condition_count, CONDITIONS);
        kernels = found->first_kernel[nodes];
        for (c = 0; c < CONDITIONS; c++) {
            struct lsn_kernel_invariance *k = calloc(kernels, sizeof *k);
            struct lsn_node_invariance *n = calloc(nodes, sizeof *n);

            assert_true(k && n);
            add_up(&twin, (int)c, k, n);
            assert_memory_equal(k, found->kernels + c * kernels, kernels * sizeof *k);
            assert_memory_equal(n, found->node_results + c * nodes, nodes * sizeof *n);
            free(k);
            free(n);
        }
        lsn_invariance_free(found);
    }
    close_twin(&twin);
    close_demo(&demo);
}

static void chosen_nodes(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_invariance *found;
    struct demo demo;

    (void)state;
    open_demo(&demo);
    test_ok(
        lsn_invariance_run(demo.model, demo.dataset, &demo.options, "fc6,conv[12]", &found, &err),
        &err);
    assert_int_equal(found->node_count, 3);
    assert_string_equal(lsn_model_node(demo.model, found->nodes[0]).name, "conv1");
    assert_string_equal(lsn_model_node(demo.model, found->nodes[1]).name, "conv2");
    assert_string_equal(lsn_model_node(demo.model, found->nodes[2]).name, "fc6");
    assert_int_equal(found->first_kernel[1], 12);
    assert_int_equal(found->first_kernel[3], 12 + 32 + 8);
    lsn_invariance_free(found);
    close_demo(&demo);
}

static void refuses(const struct demo *demo, const char *nodes, enum lsn_status code,
                    const char *sentence)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_invariance *found;

    test_error(lsn_invariance_run(demo->model, demo->dataset, &demo->options, nodes, &found, &err),
               &err, code, sentence);
    assert_null(found);
}

static void refusals(void **state)
{
    const char *not_finite =
        DATA "images/disc/0001.png: the activation of 'conv1' is not finite at kernel 0";
    struct lsn_tensor *weight;
    struct demo demo;
    size_t i;

    (void)state;
    open_demo(&demo);
    refuses(&demo, "conv1,nothing", LSN_E_ARGUMENT,
            "nodes: 'nothing' matches none of the model's 15 nodes, from 'conv1' to 'fc6'");
    refuses(&demo, "input", LSN_E_ARGUMENT,
            "nodes: 'input' matches none of the model's 15 nodes, from 'conv1' to 'fc6'");
    demo.options.condition_count = 0;
    refuses(&demo, NULL, LSN_E_ARGUMENT, "a comparison needs at least one condition");
    demo.options.condition_count = 1;
    weight = &demo.model->graph.nodes[1].tensors[0];
    for (i = 0; i < 10; i++)
        weight->data[i] = FLT_MAX;
    refuses(&demo, NULL, LSN_E_DATA, not_finite);
    close_demo(&demo);
}

/* As many workers run as the memory allows; too little for one is an error. */
static void memory(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_invariance *found;
    struct demo demo;

    (void)state;
    open_demo(&demo);
    demo.options.memory = 1 << 20;
    assert_int_equal(
        lsn_invariance_run(demo.model, demo.dataset, &demo.options, NULL, &found, &err),
        LSN_E_MEMORY);
    assert_null(found);
    assert_non_null(strstr(err.text, "1 MiB of memory are too few"));
    close_demo(&demo);
}

static void stopped(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_invariance *found;
    char *folder = test_folder(), path[500];
    struct lsn_stop stop = LSN_STOP_NONE;
    struct demo demo;

    (void)state;
    open_demo(&demo);
    lsn_stop_ask(&stop);
    demo.options.stop = &stop;
    test_error(lsn_invariance_run(demo.model, demo.dataset, &demo.options, NULL, &found, &err),
               &err, LSN_E_INTERRUPTED, "interrupted");
    assert_non_null(found);
    assert_int_equal(found->axes->complete_images, 0);
    snprintf(path, sizeof path, "%s/t.csv", folder);
    test_ok(lsn_invariance_write_nodes(path, false, found, &err), &err);
    test_ok(lsn_invariance_write_kernels(path, true, found, &err), &err);
    lsn_invariance_free(found);
    close_demo(&demo);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_sums), cmocka_unit_test(chosen_nodes), cmocka_unit_test(refusals),
        cmocka_unit_test(memory),    cmocka_unit_test(stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
