/* Cumulative lesions, and Shapley values from them: a game solved by hand, fixed lesions as slow
 * twins of each prefix, and what is refused. */
#include "lesion/shapley.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "support.h"
#include "sweep/order.h"

#define DATA LSN_TESTS_DIR "/../data/"

static void assert_near(double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%.17g, wanted %.17g", got, wanted);
}

/* ---- random orders ---- */

static void orders_are_uniform(void **state)
{
    enum { COUNT = 3, PERMUTATIONS = 6, DRAWN = 6000 };
    int found[27] = {0}, kinds = 0, i;
    struct lsn_error err = LSN_ERROR_NONE;
    size_t order[COUNT];

    (void)state;
    for (i = 0; i < DRAWN; i++) {
        char name[16];

        snprintf(name, sizeof name, "%d", i / 4);
        test_ok(lsn_order_draw(name, i % 2, 1 + i / 2 % 2, order, COUNT, &err), &err);
        assert_true(order[0] != order[1] && order[0] != order[2] && order[1] != order[2]);
        found[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    for (i = 0; i < 27; i++) {
        kinds += found[i] > 0;
        /* Five standard deviations of a binomial. */
        assert_true(found[i] == 0 || fabs(found[i] - DRAWN / 6.) < 5 * sqrt(DRAWN * 5 / 36.));
    }
    assert_int_equal(kinds, PERMUTATIONS);
}

/* An order is the same on any machine; this one was drawn in Python, by hashlib and
 * splitmix64 written again. */
static void an_order(void **state)
{
    static const size_t wanted[6] = {2, 4, 1, 3, 0, 5};
    struct lsn_error err = LSN_ERROR_NONE;
    size_t order[6];

    (void)state;
    test_ok(lsn_order_draw("disc/0001.png", 12, 3, order, 6, &err), &err);
    assert_memory_equal(order, wanted, sizeof order);
}

/* ---- a game of two kernels ---- */

/* One value x = 1 goes through a convolution of two kernels, x and 2 x, to logits: the sum of what
 * is left of them, and 1/2. So the network is right unless both are lesioned. */
static struct lsn_model *make_game(struct lsn_model *model)
{
    static const int conv[4] = {2, 1, 1, 1}, linear[2] = {2, 2}, two = 2;
    struct lsn_node a = lsn_node_default(LSN_OP_CONV), b = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_error err = LSN_ERROR_NONE;
    uint64_t seed = 1;

    *model = (struct lsn_model){.input = {.shape = {1, 1, 1}, .scale = 1 / 255., .std = {1}}};
    test_ok(lsn_graph_start(&model->graph, model->input.shape, &err), &err);
    test_tensor(&a, 0, &seed, 4, conv, 0, 1);
    a.tensors[0].data[0] = 1;
    a.tensors[0].data[1] = 2;
    test_add(&model->graph, &a, "conv", (const int[]){0}, 1);
    test_tensor(&b, 0, &seed, 2, linear, 0, 1);
    memcpy(b.tensors[0].data, (const float[]){1, 1, 0, 0}, 4 * sizeof(float));
    test_tensor(&b, 1, &seed, 1, &two, 0, 1);
    memcpy(b.tensors[1].data, (const float[]){0, .5f}, 2 * sizeof(float));
    test_add(&model->graph, &b, "logits", (const int[]){1}, 1);
    test_ok(lsn_graph_finish(&model->graph, &err), &err);
    test_ok(lsn_model_make_layers(model, &err), &err);
    return model;
}

/* The loss of class 0 where the kernels add up to x. */
static double loss_of(double x)
{
    return log(1 + exp(.5 - x));
}

static void two_kernels(void **state)
{
    enum { ROUNDS = 200 };
    const struct lsn_condition condition = {.contrast = 1};
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_shapley_options how = LSN_SHAPLEY_OPTIONS_DEFAULT;
    static uint8_t white = 255;
    const struct lsn_image image = {.width = 1, .height = 1, .channels = 1, .pixels = &white};
    struct lsn_shapley_value first, second, loss;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_shapley *shapley;
    struct lsn_dataset *dataset;
    struct lsn_model model;
    const int class = 0;
    double p;

    (void)state;
    make_game(&model);
    test_ok(lsn_dataset_create(&model, &image, &class, 1, &dataset, &err), &err);
    options.conditions = &condition;
    options.condition_count = 1;
    how.rounds = ROUNDS;
    how.clip = 2;
    test_ok(lsn_shapley_run(&model, dataset, &options, &how, &shapley, &err), &err);
    assert_int_equal(lsn_shapley_rounds(shapley), ROUNDS);
    /* Each stands in for the other: only the second of an order is missed. */
    first = lsn_shapley_of(shapley, 0, 0, LSN_RACE_ACCURACY);
    second = lsn_shapley_of(shapley, 1, 0, LSN_RACE_ACCURACY);
    assert_near(first.value + second.value, 1, 1e-12);
    assert_true(first.low <= .5 && .5 <= first.high && first.high - first.low < .35);
    assert_true(second.low <= .5 && .5 <= second.high);
    /* The image is one, so a round's value is 0 or 1. */
    assert_near(first.error, sqrt(first.value * (1 - first.value) / (ROUNDS - 1)), 1e-12);
    assert_near(second.error, first.error, 1e-12);
    /* The share of the orders in which kernel 0 came second follows from that, and from it the
     * loss. */
    p = first.value;
    loss = lsn_shapley_of(shapley, 0, 0, LSN_RACE_LOSS);
    assert_near(loss.value, (1 - p) * (loss_of(2) - loss_of(3)) + p * (loss_of(0) - loss_of(1)),
                1e-6);
    assert_true(loss.low < loss.value && loss.value < loss.high);
    loss = lsn_shapley_of(shapley, 1, 0, LSN_RACE_LOSS);
    assert_near(loss.value, p * (loss_of(1) - loss_of(3)) + (1 - p) * (loss_of(0) - loss_of(2)),
                1e-6);
    assert_near(lsn_shapley_add_up(shapley, 0, LSN_RACE_LOSS).sum, loss_of(0) - loss_of(3), 1e-6);
    assert_near(lsn_shapley_add_up(shapley, 0, LSN_RACE_ACCURACY).intact, 1, 0);
    assert_near(lsn_shapley_add_up(shapley, 0, LSN_RACE_ACCURACY).lesioned, 0, 0);
    /* Neither is there kernel 2, nor condition 1, nor another measure. */
    assert_true(lsn_shapley_of(shapley, 2, 0, LSN_RACE_LOSS).high == 0);
    assert_true(lsn_shapley_of(shapley, 0, 1, LSN_RACE_LOSS).high == 0);
    assert_true(lsn_shapley_of(shapley, 0, 0, LSN_RACE_SELECTIVITY).high == 0);
    assert_true(lsn_shapley_add_up(shapley, -1, LSN_RACE_LOSS).intact == 0);
    assert_true(lsn_shapley_missed(shapley, 1, LSN_RACE_LOSS) == 0);
    assert_int_equal(lsn_shapley_length(shapley), 2);
    lsn_shapley_free(shapley);
    lsn_dataset_free(dataset);
    lsn_model_free_layers(&model);
    lsn_graph_free(&model.graph);
}

/* ---- the demo ---- */

struct demo {
    struct lsn_model *model;
    struct lsn_dataset *dataset;
    struct lsn_condition conditions[2];
    struct lsn_sweep_options options;
};

static int open_demo(void **state)
{
    static const char labels[] =
        "file,class\ndisc/0001.png,disc\nstar/0004.png,star\nring/0003.png,ring\n";
    static struct demo demo;
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), *path = test_file(folder, "l.csv", labels, sizeof labels - 1);

    demo = (struct demo){.conditions = {{.contrast = 0.1}, {.contrast = 1}},
                         .options = LSN_SWEEP_OPTIONS_DEFAULT};
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &demo.model, &err), &err);
    test_ok(lsn_dataset_open(DATA "images", path, LSN_FOLDER_ORDER_AUTO, demo.model, &demo.dataset,
                             &err),
            &err);
    free(path);
    test_folder_remove(folder);
    demo.options.conditions = demo.conditions;
    demo.options.condition_count = 2;
    demo.options.layers = "conv[12]";
    demo.options.kernels = "0-2";
    demo.options.threads = 1;
    *state = &demo;
    return 0;
}

static int close_demo(void **state)
{
    struct demo *demo = *state;

    lsn_dataset_free(demo->dataset);
    lsn_model_free(demo->model);
    return 0;
}

/* The outcomes of an image [condition] with the first kernels of an order lesioned throughout. */
static void run_fixed(const struct demo *demo, const struct lsn_lesion *lesion,
                      const struct lsn_results *axes, const size_t *order, int count, size_t image,
                      struct lsn_outcome *outcomes)
{
    struct lsn_sweep_options options = demo->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_outcome all[3 * 2];
    struct lsn_kernel fixed[6];
    struct lsn_results *results;
    int i;

    for (i = 0; i < count; i++)
        fixed[i] = (struct lsn_kernel){axes->kernel_layer[order[i]], axes->kernel_index[order[i]]};
    options.fixed = fixed;
    options.fixed_count = count;
    options.engine = LSN_ENGINE_INTACT;
    options.lesions = lesion;
    options.lesion_count = 1;
    test_ok(lsn_sweep_run(demo->model, demo->dataset, &options, &results, &err), &err);
    test_ok(lsn_results_outcomes(results, all, NULL, &err), &err);
    memcpy(outcomes, &all[image * 2], 2 * sizeof *outcomes);
    lsn_results_free(results);
}

/* Each outcome of a round is that of fixed lesions, with every kind of planes, by both engines. */
static void prefixes(void **state)
{
    static const enum lsn_lesion_kind kinds[] = {LSN_LESION_WEIGHTS, LSN_LESION_SILENCE,
                                                 LSN_LESION_MEAN, LSN_LESION_RESAMPLE};
    const struct demo *demo = *state;
    struct lsn_error err = LSN_ERROR_NONE;
    size_t kind, image, place, order[6];
    int engine, c;

    for (kind = 0; kind < TEST_COUNT(kinds); kind++)
        for (engine = LSN_ENGINE_INCREMENTAL; engine <= LSN_ENGINE_FULL; engine++) {
            const struct lsn_lesion lesion = {kinds[kind], LSN_SLICE_ALL, 0};
            struct lsn_outcome lesioned[3 * 2 * 6], wanted[2];
            struct lsn_sweep_options options = demo->options;
            struct lsn_results *results;

            options.lesions = &lesion;
            options.lesion_count = 1;
            options.engine = (enum lsn_engine)engine;
            options.round = 2;
            options.order_seed = 5;
            test_ok(lsn_sweep_run(demo->model, demo->dataset, &options, &results, &err), &err);
            test_ok(lsn_results_outcomes(results, NULL, lesioned, &err), &err);
            for (image = 0; image < 3; image++) {
                test_ok(lsn_order_draw(results->image_names[image], 5, 2, order, 6, &err), &err);
                for (place = 0; place < 6; place++) {
                    run_fixed(demo, &lesion, results, order, (int)place + 1, image, wanted);
                    for (c = 0; c < 2; c++) {
                        const struct lsn_outcome *got =
                            &lesioned[(image * 2 + (size_t)c) * 6 + order[place]];

                        assert_int_equal(got->rank, wanted[c].rank);
                        assert_int_equal(got->predicted, wanted[c].predicted);
                        assert_near((double)got->loss, (double)wanted[c].loss, 1e-4);
                    }
                }
            }
            lsn_results_free(results);
        }
}

/* It ends when the top is decided, and what is decided is what many more rounds say. */
static void the_top(void **state)
{
    const struct demo *demo = *state;
    struct lsn_shapley_options how = LSN_SHAPLEY_OPTIONS_DEFAULT;
    struct lsn_sweep_options options = demo->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_shapley *top, *all;
    size_t largest = 0, k;

    options.kernels = "3,7,13";
    options.conditions = &demo->conditions[1];
    options.condition_count = 1;
    how.rounds = 400;
    how.measure = LSN_RACE_LOSS;
    test_ok(lsn_shapley_run(demo->model, demo->dataset, &options, &how, &all, &err), &err);
    assert_int_equal(lsn_shapley_rounds(all), 400);
    how.top = 1;
    test_ok(lsn_shapley_run(demo->model, demo->dataset, &options, &how, &top, &err), &err);
    assert_true(lsn_shapley_rounds(top) > 1 && lsn_shapley_rounds(top) < 400);
    for (k = 0; k < lsn_shapley_axes(all)->kernel_count; k++)
        if (lsn_shapley_of(all, k, 0, LSN_RACE_LOSS).value >
            lsn_shapley_of(all, largest, 0, LSN_RACE_LOSS).value)
            largest = k;
    for (k = 0; k < lsn_shapley_axes(top)->kernel_count; k++) {
        assert_int_equal(lsn_shapley_state(all, k, 0), LSN_RACE_ACTIVE);
        assert_int_equal(lsn_shapley_state(top, k, 0),
                         k == largest ? LSN_RACE_ACCEPTED : LSN_RACE_DROPPED);
    }
    assert_int_equal(lsn_shapley_state(top, largest, 1), LSN_RACE_ACTIVE); /* no such condition */
    lsn_shapley_free(top);
    lsn_shapley_free(all);
}

static void refuses(const struct demo *demo, const struct lsn_sweep_options *options,
                    const struct lsn_shapley_options *how, const char *sentence)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_shapley *shapley = (void *)&err;

    test_error(lsn_shapley_run(demo->model, demo->dataset, options, how, &shapley, &err), &err,
               LSN_E_ARGUMENT, sentence);
    assert_null(shapley);
}

static void refusals(void **state)
{
    static const char taken[] =
        "Shapley values take one lesion, no fixed or joint ones, and no sample";
    static const struct lsn_kernel kernel = {0, 0};
    static const int start[] = {0, 1};
    const struct lsn_kernel_sets sets = {&kernel, start, 1};
    const struct demo *demo = *state;
    struct lsn_sweep_options wrong[5];
    struct lsn_shapley_options how = LSN_SHAPLEY_OPTIONS_DEFAULT;
    struct lsn_sweep_options options = demo->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    struct lsn_shapley *shapley;
    size_t i;

    for (i = 0; i < TEST_COUNT(wrong); i++)
        wrong[i] = demo->options;
    wrong[0].fixed = &kernel;
    wrong[0].fixed_count = 1;
    wrong[1].round = 1;
    wrong[2].sample_kernels = 1;
    wrong[3].engine = LSN_ENGINE_INTACT;
    wrong[4].sets = &sets;
    for (i = 0; i < TEST_COUNT(wrong); i++)
        refuses(demo, &wrong[i], &how, taken);
    how.rounds = 0;
    refuses(demo, &options, &how,
            "Shapley values: rounds 0, seed 0, top 0, confidence 0.95, clip 0, truncate 0");
    how.rounds = 1;
    how.top = 6;
    refuses(demo, &options, &how, "the top 6 of 6 kernels: fewer must be asked for");
    options.shard = options.shards = 1;
    refuses(demo, &options, &how,
            "the top, and where orders end, is decided from all images: shards take neither; merge "
            "them, then ask for it");
    options = demo->options;
    options.memory = 1000;
    how.top = 0;
    assert_int_equal(lsn_shapley_run(demo->model, demo->dataset, &options, &how, &shapley, &err),
                     LSN_E_MEMORY);
    options = demo->options;
    options.round = 1;
    options.fixed = &kernel;
    options.fixed_count = 1;
    test_error(lsn_sweep_run(demo->model, demo->dataset, &options, &results, &err), &err,
               LSN_E_ARGUMENT,
               "cumulative lesions take one lesion, no fixed or joint ones, and nothing below 0; "
               "round 1, seed 0, length 0");
    options = demo->options;
    options.round = 1;
    options.sets = &sets;
    test_error(lsn_sweep_run(demo->model, demo->dataset, &options, &results, &err), &err,
               LSN_E_ARGUMENT,
               "cumulative lesions take one lesion, no fixed or joint ones, and nothing below 0; "
               "round 1, seed 0, length 0");
}

#define ON_DEMO(test) cmocka_unit_test_setup_teardown(test, open_demo, close_demo)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_uniform),
        cmocka_unit_test(an_order),
        cmocka_unit_test(two_kernels),
        ON_DEMO(prefixes),
        ON_DEMO(the_top),
        ON_DEMO(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
