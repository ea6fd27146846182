/* The library, called as a program of another version would: with options that are older or newer
 * than it, and with an error struct that an earlier call has left. */
#include "support.h"

#include <math.h>
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

/* Options of a program whose header ended after the member kernels: memory after it is not read. */
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

/* Each call sets the error for itself, whatever an earlier call left. */
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

/* A pass refuses sets of kernels that its network was not made for, in every engine, and leaves
 * logits as they were; a network refuses layers that it has not. */
static void wrong_sets(void **state)
{
    static const struct lsn_lesion whole = {LSN_LESION_WEIGHTS, {-1, -1, -1}, 0};
    static const struct lsn_lesion mean = {LSN_LESION_MEAN, {-1, -1, -1}, 0};
    static const struct lsn_lesion beyond = {LSN_LESION_PLANES, {3, -1, -1}, 0};
    static const struct lsn_kernel kernels[] = {{0, 0}, {2, 1}, {0, 0}, {1, 0}, {0, 12}, {4, 0}};
    static const int start[] = {0, 2, 3, 4, 5, 6}, twice[] = {0, 3}, falling[] = {2, 1};
    static const float *const *const planes[4] = {NULL};
    static const int layers[] = {2, 0, 2, 4, -1};
    /* clang-format off */
    static const struct {
        struct lsn_joint sets;
        const char *sentence;
    } cases[] = {
        {{&whole, NULL, kernels, start + 2, 1},
         "a joint lesion: layer 1 is none of those that the network was made for"},
        {{&whole, NULL, kernels, start + 3, 1}, "layer 0: kernel 12, it has 12"},
        {{&whole, NULL, kernels, start + 4, 1}, "layer 4: the network has 4"},
        {{&whole, NULL, kernels, twice, 1}, "a joint lesion: kernel 0 of layer 0 is twice in a set"},
        {{&whole, NULL, kernels, falling, 1}, "joint lesions: set 0 has kernels 2 ... 0"},
        {{&mean, NULL, kernels, start, 1}, "a joint lesion: no planes are given to put in at layer 0"},
        {{&mean, planes, kernels, start, 1}, "a joint lesion: no planes are given to put in at layer 0"},
        {{&beyond, NULL, kernels, start, 1}, "layer 0: lesion 'planes:in=3', its kernels have no such"},
    };
    /* clang-format on */
    const struct lsn_joint fine = {&whole, NULL, kernels, start, 2};
    struct lsn_model *model = open_model();
    struct lsn_network *base, *network;
    struct lsn_pass *pass;
    float logits[8] = {1, 2};
    struct lsn_error err;
    int engine;
    size_t i;

    (void)state;
    test_ok(lsn_network_create(model, LSN_ENGINE_INCREMENTAL, &base, &err), &err);
    assert_int_equal(lsn_network_joint_group(base), 0);
    test_error(lsn_network_create_joint(base, layers, 0, &network, &err), &err, LSN_E_ARGUMENT,
               "joint lesions of 0 layers: give at least one");
    test_error(lsn_network_create_joint(base, layers, 3, &network, &err), &err, LSN_E_ARGUMENT,
               "joint lesions: layer 2 is given twice");
    test_error(lsn_network_create_joint(base, layers + 3, 2, &network, &err), &err, LSN_E_ARGUMENT,
               "joint lesions: layer 4, the network has 4");
    assert_null(network);
    test_ok(lsn_network_create_joint(base, layers, 2, &network, &err), &err);
    assert_true(lsn_network_joint_group(network) > 0);
    for (engine = LSN_ENGINE_INCREMENTAL; engine <= LSN_ENGINE_FULL; engine++) {
        test_ok(lsn_pass_create(base, (enum lsn_engine)engine, &pass, &err), &err);
        test_error(lsn_pass_run_joint(pass, &fine, logits, &err), &err, LSN_E_ARGUMENT,
                   "a joint lesion was asked of a network without joint layers; make it by "
                   "lsn_network_create_joint");
        lsn_pass_free(pass);
        test_ok(lsn_pass_create(network, (enum lsn_engine)engine, &pass, &err), &err);
        for (i = 0; i < TEST_COUNT(cases); i++)
            test_error(lsn_pass_run_joint(pass, &cases[i].sets, logits, &err), &err, LSN_E_ARGUMENT,
                       cases[i].sentence);
        assert_true(logits[0] == 1 && logits[1] == 2);
        lsn_pass_free(pass);
    }
    test_ok(lsn_pass_create(network, LSN_ENGINE_INTACT, &pass, &err), &err);
    test_error(lsn_pass_run_joint(pass, &fine, logits, &err), &err, LSN_E_ARGUMENT,
               "a lesioned pass was asked of one made for LSN_ENGINE_INTACT");
    lsn_pass_free(pass);
    lsn_network_free(network);
    lsn_network_free(base);
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

/* A gradient refuses what its network has not, and passes of another. */
static void wrong_gradients(void **state)
{
    static const struct lsn_lesion whole = {LSN_LESION_WEIGHTS, {-1, -1, -1}, 0};
    static const struct lsn_lesion mean = {LSN_LESION_MEAN, {-1, -1, -1}, 0};
    static const struct lsn_lesion beyond = {LSN_LESION_PLANES, {3, -1, -1}, 0};
    float d_logits[8] = {1}, logits[8] = {0}, d_margin[8];
    struct lsn_model *model = open_model();
    struct lsn_network *network, *other;
    struct lsn_pass *pass, *stranger;
    struct lsn_gradient *gradient;
    double estimates[32] = {7};
    struct lsn_error err;

    (void)state;
    test_ok(lsn_network_create(model, LSN_ENGINE_INTACT, &network, &err), &err);
    test_ok(lsn_network_create(model, LSN_ENGINE_INTACT, &other, &err), &err);
    test_ok(lsn_pass_create(network, LSN_ENGINE_INTACT, &pass, &err), &err);
    test_ok(lsn_pass_create(other, LSN_ENGINE_INTACT, &stranger, &err), &err);
    test_ok(lsn_gradient_create(network, &gradient, &err), &err);
    assert_true(lsn_gradient_bytes(network) > 0);
    assert_null(lsn_gradient_at(gradient, -1));
    assert_null(lsn_gradient_at(gradient, 0));
    assert_null(lsn_gradient_at(gradient, lsn_model_nodes(model)));
    test_error(lsn_gradient_run(gradient, stranger, d_logits, &err), &err, LSN_E_ARGUMENT,
               "a backward pass: the forward pass is of another network than the gradient was made "
               "for");
    test_error(lsn_gradient_estimate(gradient, pass, 4, &whole, NULL, estimates, &err), &err,
               LSN_E_ARGUMENT, "layer 4: the network has 4");
    test_error(lsn_gradient_estimate(gradient, pass, 0, &mean, NULL, estimates, &err), &err,
               LSN_E_ARGUMENT, "estimates of a lesion: no planes are given to put in");
    test_error(lsn_gradient_estimate(gradient, pass, 0, &beyond, NULL, estimates, &err), &err,
               LSN_E_ARGUMENT, "layer 0: lesion 'planes:in=3', its kernels have no such");
    assert_true(estimates[0] == 7);
    d_logits[0] = (float)NAN;
    test_ok(lsn_gradient_run(gradient, pass, d_logits, &err), &err);
    test_error(lsn_gradient_estimate(gradient, pass, 0, &whole, NULL, estimates, &err), &err,
               LSN_E_DATA,
               "layer 0, kernel 0: the first-order estimate is not a finite number: a derivative "
               "at this stimulus is infinite or none");
    test_error(lsn_outcome_gradients(model, logits, 8, d_logits, d_margin, &err), &err,
               LSN_E_ARGUMENT, "the true class is 8, of 8");
    lsn_gradient_free(gradient);
    lsn_gradient_free(NULL);
    lsn_pass_free(stranger);
    lsn_pass_free(pass);
    lsn_network_free(other);
    lsn_network_free(network);
    lsn_model_free(model);
}

/* Indices just outside their range give NULL. */
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

static void condition_texts(void **state)
{
    /* clang-format off */
    static const struct {
        const char *text, *back; /* back NULL: text itself */
    } fine[] = {
        {"contrast=0.1", NULL},
        {"region=edges", "contrast=1,region=edges"},
        {"normalise=global,contrast=0.25,region=centre:0.5",
         "contrast=0.25,region=centre:0.5,normalise=global,mean=0.449,sd=0.226"},
        {"contrast=0.1,region=random:0.3,seed=7", NULL},
        {"contrast=0.5,normalise=local:2@conv1,definition=mean,quantize=none", NULL},
    };
    static const struct {
        const char *text, *sentence;
    } wrong[] = {
        {"", "condition: '' is none of contrast=, region=, normalise=, definition=, quantize=, "
             "seed=, mean=, sd="},
        {"contrast=2", "condition: contrast: '2' is not a number in 0 ... 1"},
        {"contrast=1,contrast=1", "condition: contrast is given twice"},
        {"quantize=up", "condition: quantize: 'up' is none of trunc, round, none"},
        {"sd=0", "condition: sd: is not above 0"},
        {"seed=-1", "condition: seed: '-1' is no whole number from 0"},
    };
    /* clang-format on */
    char text[LSN_CONDITION_TEXT_MAX];
    struct lsn_condition condition, *list;
    struct lsn_error err;
    int count;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(fine); i++) {
        test_ok(lsn_condition_parse(fine[i].text, &condition, &err), &err);
        lsn_condition_text(&condition, text);
        assert_string_equal(text, fine[i].back ? fine[i].back : fine[i].text);
    }
    for (i = 0; i < TEST_COUNT(wrong); i++)
        test_error(lsn_condition_parse(wrong[i].text, &condition, &err), &err, LSN_E_ARGUMENT,
                   wrong[i].sentence);
    test_ok(lsn_conditions_parse("contrast=0.1;contrast=0.2,region=edges;contrast=1", &list, &count,
                                 &err),
            &err);
    assert_int_equal(count, 3);
    assert_true(list[1].contrast == 0.2 && list[1].region.kind == LSN_REGION_EDGES);
    lsn_conditions_free(list, count);
    test_error(lsn_conditions_parse("contrast=0.1;region=moon", &list, &count, &err), &err,
               LSN_E_ARGUMENT,
               "region 'moon': is none of all, centre:L, surround:L, square:L, edges, non-edges, "
               "other-edges, mask:FILE, random:F");
    assert_null(list);
}

#define LOADED 6

/* The demo's first images decoded, as a caller would have them. */
static void load(const struct lsn_dataset *files, struct lsn_image *images, int *classes)
{
    struct lsn_error err;
    size_t i;

    for (i = 0; i < LOADED; i++) {
        size_t at = i * lsn_dataset_count(files) / LOADED;

        test_ok(lsn_image_load(lsn_dataset_path(files, at), NULL, &images[i], &err), &err);
        classes[i] = lsn_dataset_class(files, at);
    }
}

/* A list of images in memory gives the outcomes of the files that they were decoded from, and drops
 * that follow from these outcomes. */
static void images_in_memory(void **state)
{
    struct lsn_model *model = open_model();
    struct lsn_dataset *files = open_images(model), *memory;
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_outcome lesioned[LOADED][2][2], intact[LOADED][2], *all, *all_intact;
    struct lsn_image images[LOADED];
    struct lsn_results *results;
    struct lsn_condition *shown;
    size_t stride, i, c, k;
    int classes[LOADED];
    struct lsn_drop drop;
    struct lsn_error err;

    (void)state;
    load(files, images, classes);
    test_ok(lsn_dataset_create(model, images, classes, LOADED, &memory, &err), &err);
    assert_int_equal(strncmp(lsn_dataset_name(memory, 1), "memory:1:", 9), 0);
    assert_string_equal(lsn_dataset_matching(memory), "memory: 6 images with the caller's classes");
    test_ok(lsn_conditions_parse("contrast=0.2;contrast=1,region=edges", &shown,
                                 &options.condition_count, &err),
            &err);
    options.conditions = shown;
    options.layers = "conv1";
    options.kernels = "0,3";
    test_ok(lsn_sweep_run(model, memory, &options, &results, &err), &err);
    assert_int_equal(lsn_results_images(results), LOADED);
    assert_int_equal(lsn_results_conditions(results), 2);
    assert_int_equal(lsn_results_kernels(results), 2);
    test_ok(lsn_results_outcomes(results, &intact[0][0], &lesioned[0][0][0], &err), &err);
    for (c = 0; c < 2; c++)
        for (k = 0; k < 2; k++) {
            size_t lost = 0, gained = 0, right = 0;

            for (i = 0; i < LOADED; i++) {
                right += intact[i][c].rank == 1;
                lost += intact[i][c].rank == 1 && lesioned[i][c][k].rank != 1;
                gained += intact[i][c].rank != 1 && lesioned[i][c][k].rank == 1;
            }
            test_ok(lsn_results_drop(results, k, (int)c, &drop, &err), &err);
            assert_int_equal(drop.images, LOADED);
            assert_int_equal(drop.top1_intact, right);
            assert_int_equal(drop.top1_lesioned, right - lost + gained);
            assert_int_equal(drop.lost, lost);
            assert_int_equal(drop.gained, gained);
            assert_true(drop.drop == ((double)lost - (double)gained) / LOADED);
        }
    test_error(lsn_results_drop(results, 2, 0, &drop, &err), &err, LSN_E_ARGUMENT,
               "kernel 2: the results have 2");
    test_error(lsn_results_drop(results, 0, 2, &drop, &err), &err, LSN_E_ARGUMENT,
               "condition 2: the results have 2");
    lsn_results_free(results);

    test_ok(lsn_sweep_run(model, files, &options, &results, &err), &err);
    stride = lsn_dataset_count(files);
    all = malloc(stride * sizeof lesioned[0]);
    all_intact = malloc(stride * sizeof intact[0]);
    assert_non_null(all);
    assert_non_null(all_intact);
    test_ok(lsn_results_outcomes(results, all_intact, all, &err), &err);
    for (i = 0; i < LOADED; i++) {
        size_t at = i * stride / LOADED;

        assert_memory_equal(lesioned[i], all + 4 * at, sizeof lesioned[i]);
        assert_memory_equal(intact[i], all_intact + 2 * at, sizeof intact[i]);
    }
    lsn_results_free(results);
    free(all);
    free(all_intact);
    for (i = 0; i < LOADED; i++)
        lsn_image_free(&images[i]);
    lsn_conditions_free(shown, 2);
    lsn_dataset_free(memory);
    lsn_dataset_free(files);
    lsn_model_free(model);
}

static enum lsn_status run(const struct lsn_model *model, const struct lsn_image *image,
                           const char *folder, struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_condition condition = {.contrast = 1};
    struct lsn_results *results;
    struct lsn_dataset *dataset;
    enum lsn_status status;
    int class = 0;

    test_ok(lsn_dataset_create(model, image, &class, 1, &dataset, err), err);
    options.conditions = &condition;
    options.condition_count = 1;
    options.layers = "conv1";
    options.run = folder;
    status = lsn_sweep_run(model, dataset, &options, &results, err);
    lsn_results_free(results);
    lsn_dataset_free(dataset);
    return status;
}

/* A run of images in memory is resumed with the same pixels, and refused with others. */
static void runs_of_memory(void **state)
{
    static uint8_t pixels[40 * 40 * 3];
    struct lsn_image image = {.width = 40, .height = 40, .channels = 3, .pixels = pixels};
    struct lsn_model *model = open_model();
    char *folder = test_folder();
    struct lsn_error err;

    (void)state;
    test_ok(run(model, &image, folder, &err), &err);
    test_ok(run(model, &image, folder, &err), &err);
    pixels[7] = 1;
    assert_int_equal(run(model, &image, folder, &err), LSN_E_DATA);
    assert_non_null(strstr(err.text, ": is a run with image_list_sha256 "));
    test_folder_remove(folder);
    lsn_model_free(model);
}

/* Faults in lists of images in memory; a look at them; other pixels make another list. */
static void lists_in_memory(void **state)
{
    static uint8_t pixels[2 * 3 * 3];
    struct lsn_image image = {.width = 3, .height = 2, .channels = 3, .pixels = pixels};
    struct lsn_look_options options = LSN_LOOK_OPTIONS_DEFAULT;
    struct lsn_model *model = open_model();
    struct lsn_dataset *dataset;
    struct lsn_look *look;
    struct lsn_error err;
    int class = 0;
    char sha256[65];

    (void)state;
    test_ok(lsn_dataset_create(model, &image, &class, 1, &dataset, &err), &err);
    snprintf(sha256, sizeof sha256, "%s", lsn_dataset_sha256(dataset));
    test_ok(lsn_look_run(model, dataset, &options, &look, &err), &err);
    assert_int_equal(look->faults, 0);
    assert_int_equal(look->images[0].bytes, sizeof pixels);
    assert_int_equal(look->images[0].width, 3);
    lsn_look_free(look);
    lsn_dataset_free(dataset);
    pixels[4] = 1;
    test_ok(lsn_dataset_create(model, &image, &class, 1, &dataset, &err), &err);
    assert_string_not_equal(sha256, lsn_dataset_sha256(dataset));
    lsn_dataset_free(dataset);
    class = lsn_model_classes(model);
    assert_int_equal(lsn_dataset_create(model, &image, &class, 1, &dataset, &err), LSN_E_ARGUMENT);
    assert_null(dataset);
    class = 0;
    image.channels = 4;
    test_error(lsn_dataset_create(model, &image, &class, 1, &dataset, &err), &err, LSN_E_ARGUMENT,
               "image 0 in memory: 3 x 2 px of 4 channels, wanted 1 or 3 channels");
    test_error(lsn_dataset_create(model, &image, &class, 0, &dataset, &err), &err, LSN_E_ARGUMENT,
               "images in memory: there are none");
    lsn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(older_options),
        cmocka_unit_test(errors_are_of_the_call),
        cmocka_unit_test(wrong_variants),
        cmocka_unit_test(wrong_gradients),
        cmocka_unit_test(wrong_sets),
        cmocka_unit_test(missing_planes),
        cmocka_unit_test(wrong_indexes),
        cmocka_unit_test(condition_texts),
        cmocka_unit_test(images_in_memory),
        cmocka_unit_test(runs_of_memory),
        cmocka_unit_test(lists_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
