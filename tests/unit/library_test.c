/* The library as a program of another day calls it: with options that are older or newer than it,
 * and with an error that an earlier call has left. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesion/lesion.h"

#define DATA LSN_TESTS_DIR "/../data/"

static struct lsn_model *open_model(void)
{
    struct lsn_error err;
    struct lsn_model *model;

    memset(&err, 0xA5, sizeof err); /* it need not be initialised */
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &model, &err), &err);
    assert_int_equal(err.code, LSN_OK);
    assert_string_equal(err.text, "");
    return model;
}

static struct lsn_dataset *open_images(const struct lsn_model *model)
{
    struct lsn_error err;
    struct lsn_dataset *dataset;

    test_ok(lsn_dataset_open(DATA "images", NULL, LSN_FOLDER_ORDER_AUTO, model, &dataset, &err),
            &err);
    return dataset;
}

static void sizes(void **state)
{
    struct lsn_model *model = open_model();
    struct lsn_dataset *dataset = open_images(model);
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_results *results;
    struct lsn_error err;
    char sentence[300];

    (void)state;
    options.size = 0;
    test_error(lsn_sweep_run(model, dataset, &options, &results, &err), &err, LSN_E_ARGUMENT,
               "lsn_sweep_options: its size is 0; begin with LSN_..._OPTIONS_DEFAULT");
    assert_null(results);
    options.size = sizeof options + 8;
    snprintf(sentence, sizeof sentence,
             "lsn_sweep_options: of %zu bytes, this library knows %zu; take the header of lesion "
             "%s, or a newer library",
             sizeof options + 8, sizeof options, LSN_VERSION);
    test_error(lsn_sweep_check(model, dataset, &options, &err), &err, LSN_E_ARGUMENT, sentence);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* The options of a program whose header ended behind kernels: what is in memory behind these is
 * not looked at. */
static void older_options(void **state)
{
    struct lsn_condition condition = {.contrast = 0.1};
    struct lsn_model *model = open_model();
    struct lsn_dataset *dataset = open_images(model);
    struct lsn_sweep_options options;
    struct lsn_results *results;
    struct lsn_error err;

    (void)state;
    memset(&options, 0xA5, sizeof options);
    options.size = offsetof(struct lsn_sweep_options, picked);
    options.conditions = &condition;
    options.condition_count = 1;
    options.layers = "conv1";
    options.kernels = "0";
    test_ok(lsn_sweep_run(model, dataset, &options, &results, &err), &err);
    assert_int_equal(results->kernel_count, 1);
    assert_int_equal(results->complete_images, lsn_dataset_count(dataset));
    lsn_results_free(results);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* Each call answers for itself, whatever was there before. */
static void errors_are_of_the_call(void **state)
{
    struct lsn_error err = {LSN_E_DATA, "of an earlier call"};
    struct lsn_race_options race = LSN_RACE_OPTIONS_DEFAULT;
    struct lsn_region region;
    struct lsn_lesion lesion;
    struct lsn_model *model;
    struct lsn_race *made;

    (void)state;
    test_error(lsn_model_load("/nowhere/a.bin", NULL, &model, &err), &err, LSN_E_IO,
               "/nowhere/a.bin: cannot open: No such file or directory");
    test_error(lsn_region_parse("moon", 0, &region, &err), &err, LSN_E_ARGUMENT,
               "region 'moon': is none of all, centre:L, surround:L, square:L, edges, non-edges, "
               "other-edges, mask:FILE, random:F");
    test_error(lsn_race_create(&race, &made, &err), &err, LSN_E_ARGUMENT,
               "a race of 0 arms over 0 images for the top 1: each must be at least 1");
    test_ok(lsn_lesion_parse("silence", 0, &lesion, &err), &err);
    assert_int_equal(err.code, LSN_OK);
    assert_string_equal(err.text, "");
}

/* A pass refuses what the network has not, in every engine, and leaves logits as they were. */
static void wrong_variants(void **state)
{
    static const struct lsn_lesion whole = {LSN_LESION_WEIGHTS, {-1, -1, -1}, 0};
    static const struct lsn_lesion mean = {LSN_LESION_MEAN, {-1, -1, -1}, 0};
    static const struct lsn_lesion beyond = {LSN_LESION_PLANES, {3, -1, -1}, 0};
    static const struct lsn_lesion unknown = {(enum lsn_lesion_kind)9, {-1, -1, -1}, 0};
    static const int kernels[] = {0, 12};
    /* clang-format off */
    static const struct {
        struct lsn_variants variants;
        const char *sentence;
    } cases[] = {
        {{-1, &whole, NULL, kernels, 1}, "layer -1: the network has 4"},
        {{4, &whole, NULL, kernels, 1}, "layer 4: the network has 4"},
        {{0, &whole, NULL, kernels, 2}, "layer 0: kernel 12, it has 12"},
        {{0, &mean, NULL, kernels, 1}, "a lesioned pass: no planes are given to put in"},
        {{0, &unknown, NULL, kernels, 1}, "a lesion of kind 9: there are 6"},
        {{0, &beyond, NULL, kernels, 1}, "layer 0: lesion 'planes:in=3', its kernels have no such"},
    };
    /* clang-format on */
    struct lsn_model *model = open_model();
    struct lsn_network *network, *lesioned;
    struct lsn_kernel kernel = {0, 12};
    struct lsn_outcome outcome;
    struct lsn_pass *pass;
    float logits[2] = {1, 2};
    struct lsn_error err;
    int engine;
    size_t i;

    (void)state;
    test_ok(lsn_network_create(model, LSN_ENGINE_INCREMENTAL, &network, &err), &err);
    for (engine = LSN_ENGINE_INCREMENTAL; engine <= LSN_ENGINE_FULL; engine++) {
        test_ok(lsn_pass_create(network, (enum lsn_engine)engine, &pass, &err), &err);
        for (i = 0; i < TEST_COUNT(cases); i++)
            test_error(lsn_pass_run_lesioned(pass, &cases[i].variants, logits, &err), &err,
                       LSN_E_ARGUMENT, cases[i].sentence);
        test_error(lsn_pass_fix(pass, 0, NULL, &err), &err, LSN_E_ARGUMENT,
                   "a pass: planes are missing for fixed lesion 0, the network has 0");
        assert_null(lsn_pass_activation(pass, -1));
        assert_null(lsn_pass_activation(pass, lsn_model_nodes(model)));
        lsn_pass_free(pass);
    }
    test_ok(lsn_pass_create(network, LSN_ENGINE_INTACT, &pass, &err), &err);
    test_error(lsn_pass_run_lesioned(pass, &cases[0].variants, logits, &err), &err, LSN_E_ARGUMENT,
               "a lesioned pass was asked of one made for LSN_ENGINE_INTACT");
    lsn_pass_free(pass);
    test_error(lsn_network_create_lesioned(network, &whole, &kernel, 1, &lesioned, &err), &err,
               LSN_E_ARGUMENT, "layer 0: kernel 12, it has 12");
    assert_null(lesioned);
    assert_true(logits[0] == 1 && logits[1] == 2);
    test_error(lsn_outcome_of(logits, 2, 2, &outcome, &err), &err, LSN_E_ARGUMENT,
               "the true class is 2, of 2");
    lsn_network_free(network);
    lsn_model_free(model);
}

/* The planes of a fixed lesion are asked for before a pass, not read where there are none. */
static void missing_planes(void **state)
{
    const struct lsn_lesion mean = {LSN_LESION_MEAN, LSN_SLICE_ALL, 0};
    struct lsn_model *model = open_model();
    const struct lsn_shape *s = &lsn_model_input(model)->shape;
    float *x = calloc((size_t)s->h * (size_t)s->w * (size_t)s->c, sizeof *x);
    struct lsn_kernel kernel = {0, 1};
    struct lsn_network *network, *lesioned;
    struct lsn_pass *pass;
    struct lsn_error err;

    (void)state;
    assert_non_null(x);
    test_ok(lsn_network_create(model, LSN_ENGINE_FULL, &network, &err), &err);
    test_ok(lsn_network_create_lesioned(network, &mean, &kernel, 1, &lesioned, &err), &err);
    test_ok(lsn_pass_create(lesioned, LSN_ENGINE_FULL, &pass, &err), &err);
    assert_null(lsn_pass_run(pass, x));
    lsn_pass_free(pass);
    lsn_network_free(lesioned);
    lsn_network_free(network);
    lsn_model_free(model);
    free(x);
}

/* Indexes just outside: nothing is lent. */
static void wrong_indexes(void **state)
{
    struct lsn_model *model = open_model();
    struct lsn_dataset *dataset = open_images(model);
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    size_t images = lsn_dataset_count(dataset);
    int ends[2] = {-1, 0}, i;

    (void)state;
    for (i = 0; i < 2; i++) {
        int layer = ends[i] + i * lsn_model_layers(model),
            class = i ? lsn_model_classes(model) : -1;

        assert_null(lsn_model_layer_name(model, layer));
        assert_int_equal(lsn_model_layer_places(model, layer), 0);
        assert_int_equal(lsn_model_layer_node(model, layer), -1);
        assert_int_equal(lsn_model_layer_place(model, 0, i ? 1 : -1), -1);
        assert_false(lsn_model_layer_is_scaled(model, layer));
        assert_false(lsn_lesion_fits(&whole, model, layer));
        assert_null(lsn_model_node(model, i ? lsn_model_nodes(model) : -1).name);
        assert_null(lsn_model_note(model, i ? lsn_model_notes(model) : -1));
        assert_null(lsn_model_class_id(model, class));
        assert_null(lsn_model_class_name(model, class));
    }
    assert_null(lsn_dataset_name(dataset, images));
    assert_null(lsn_dataset_path(dataset, images));
    assert_int_equal(lsn_dataset_class(dataset, images), -1);
    assert_null(lsn_dataset_left_out_name(dataset, 0));
    assert_null(lsn_interpolation_name(LSN_INTERPOLATIONS));
    assert_null(lsn_psychometric_state_name((enum lsn_psychometric_state)9));
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(older_options),
        cmocka_unit_test(errors_are_of_the_call),
        cmocka_unit_test(wrong_variants),
        cmocka_unit_test(missing_planes),
        cmocka_unit_test(wrong_indexes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
