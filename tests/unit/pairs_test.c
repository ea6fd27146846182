/* Pairs and groups of kernels of a network small enough to know by hand what every lesion costs:
 * two kernels with the same weights meet in a maximum, so that each replaces the other; two stand
 * one behind the other, so that they share what they do. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/csv.h"
#include "format/file.h"
#include "lesion/dataset.h"
#include "lesion/group.h"
#include "lesion/pairs.h"
#include "model/model.h"

enum { IMAGES = 12, WHITE = 8, KERNELS = 4, PAIRS = 6 };

/* The network's layers: before -> twins (two kernels) -> their maximum -> after. */
static const struct lsn_kernel kernels[KERNELS] = {{0, 0}, {1, 0}, {1, 1}, {2, 0}};

/* Of each pair of kernels, in the table's order: what both cost on a white image, and what each
 * costs alone. Nothing costs anything on a black one. */
static const struct {
    const char *a, *b;
    int both, drop_a, drop_b;
} known[PAIRS] = {
    {"before:0", "twins:0", 1, 1, 0}, {"before:0", "twins:1", 1, 1, 0},
    {"before:0", "after:0", 1, 1, 1}, {"twins:0", "twins:1", 1, 0, 0},
    {"twins:0", "after:0", 1, 0, 1},  {"twins:1", "after:0", 1, 0, 1},
};

/* Adds a 1 x 1 convolution of one channel with all weights 1. */
static int add_conv(struct lsn_graph *graph, const char *name, int from, int count)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    const int dims[4] = {count, 1, 1, 1};
    uint64_t seed = 1;
    int k;

    node.attributes.kernel[0] = node.attributes.kernel[1] = 1;
    test_tensor(&node, 0, &seed, 4, dims, 0, 1);
    for (k = 0; k < count; k++)
        node.tensors[0].data[k] = 1;
    return test_add(graph, &node, name, &from, 1);
}

static int add_select(struct lsn_graph *graph, const char *name, int from, int channel)
{
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);

    node.attributes.channels = lsn_alloc(1, sizeof(int));
    assert_non_null(node.attributes.channels);
    node.attributes.channels[0] = channel;
    node.attributes.channel_count = 1;
    return test_add(graph, &node, name, &from, 1);
}

/* The logits are .25 and the mean of what comes of the image: white is class 1, black class 0. */
static void add_logits(struct lsn_graph *graph, int from)
{
    struct lsn_node pool = lsn_node_default(LSN_OP_GLOBAL_AVERAGE_POOL);
    struct lsn_node linear = lsn_node_default(LSN_OP_LINEAR);
    uint64_t seed = 1;
    int pooled = test_add(graph, &pool, "pool", &from, 1);

    test_tensor(&linear, 0, &seed, 2, (const int[]){2, 1}, 0, 1);
    test_tensor(&linear, 1, &seed, 1, (const int[]){2}, 0, 1);
    linear.tensors[0].data[0] = 0;
    linear.tensors[0].data[1] = 1;
    linear.tensors[1].data[0] = 0.25f;
    linear.tensors[1].data[1] = 0;
    test_add(graph, &linear, "logits", &pooled, 1);
}

static struct lsn_model *make_model(void)
{
    struct lsn_model *model = lsn_alloc(1, sizeof *model);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_node larger = lsn_node_default(LSN_OP_MAX);
    int twins, inputs[2];

    assert_non_null(model);
    model->input = (struct lsn_input){.shape = {1, 3, 3}, .scale = 1 / 255., .std = {1}};
    test_ok(lsn_graph_start(&model->graph, model->input.shape, &err), &err);
    twins = add_conv(&model->graph, "twins", add_conv(&model->graph, "before", 0, 1), 2);
    inputs[0] = add_select(&model->graph, "first", twins, 0);
    inputs[1] = add_select(&model->graph, "second", twins, 1);
    add_logits(&model->graph, add_conv(&model->graph, "after",
                                       test_add(&model->graph, &larger, "larger", inputs, 2), 1));
    test_ok(lsn_graph_finish(&model->graph, &err), &err);
    test_ok(lsn_model_make_layers(model, &err), &err);
    return model;
}

static struct lsn_dataset *make_images(const struct lsn_model *model)
{
    static uint8_t white[9], black[9];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_image images[IMAGES];
    struct lsn_dataset *dataset;
    int classes[IMAGES], i;

    memset(white, 255, sizeof white);
    for (i = 0; i < IMAGES; i++) {
        images[i] = (struct lsn_image){3, 3, 1, i < WHITE ? white : black, 1};
        classes[i] = i < WHITE;
    }
    test_ok(lsn_dataset_create(model, images, classes, IMAGES, &dataset, &err), &err);
    return dataset;
}

static struct lsn_results *sweep(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                 const struct lsn_kernel_sets *sets, enum lsn_engine engine)
{
    const struct lsn_condition condition = {.contrast = 1};
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;

    options.conditions = &condition;
    options.condition_count = 1;
    options.sets = sets;
    options.engine = engine;
    options.threads = 1;
    test_ok(lsn_sweep_run(model, dataset, &options, &results, &err), &err);
    return results;
}

static double number(const struct lsn_csv *csv, size_t row, const char *column)
{
    int at = lsn_csv_column(csv, column);

    if (at < 0)
        fail_msg("no column %s", column);
    return atof(lsn_csv_cell(csv, row, at));
}

static void check_number(const struct lsn_csv *csv, size_t row, const char *column, double wanted)
{
    double got = number(csv, row, column);

    if (!(fabs(got - wanted) < 1e-6))
        fail_msg("row %zu: %s is %g, wanted %g", row, column, got, wanted);
}

/* Checks one row against what is known of its pair. */
static void check_row(const struct lsn_csv *csv, size_t row)
{
    double w = WHITE / (double)IMAGES;
    int beyond = known[row].both - known[row].drop_a - known[row].drop_b, sum = beyond * WHITE;
    /* What a lesion that costs a white image its class costs its loss, nats. */
    double loss = log1p(exp(0.25)) - log1p(exp(-0.75));
    double half = 1.959963984540054 * sqrt(abs(sum) + 1 - (double)sum * sum / (IMAGES + 2));
    char names[2][64];
    int i;

    for (i = 0; i < 2; i++)
        snprintf(names[i], sizeof names[i], "%s:%s",
                 lsn_csv_cell(csv, row, lsn_csv_column(csv, i ? "layer_b" : "layer_a")),
                 lsn_csv_cell(csv, row, lsn_csv_column(csv, i ? "kernel_b" : "kernel_a")));
    assert_string_equal(names[0], known[row].a);
    assert_string_equal(names[1], known[row].b);
    check_number(csv, row, "top1_drop", known[row].both * w);
    check_number(csv, row, "drop_a", known[row].drop_a * w);
    check_number(csv, row, "drop_b", known[row].drop_b * w);
    check_number(csv, row, "single_drop", (known[row].drop_a + known[row].drop_b) * w);
    check_number(csv, row, "interaction", beyond * w);
    check_number(csv, row, "interaction_ci_low", (sum - half) / (IMAGES + 2));
    check_number(csv, row, "interaction_ci_high", (sum + half) / (IMAGES + 2));
    check_number(csv, row, "loss_interaction", beyond * w * loss);
    check_number(csv, row, "margin_interaction", beyond * w); /* 1 logit of each white image */
    /* 2 of the 2^8 ways to flip the signs of 8 images are as extreme; 4 of 6 pairs have no effect,
     * so that the two have q = 3 p. */
    check_number(csv, row, "interaction_p", beyond ? 2 / 256. : 1);
    check_number(csv, row, "interaction_q", beyond ? 6 / 256. : 1);
    if (beyond)
        assert_true(fabs(number(csv, row, "loss_interaction_p") - 2 / 256.) < 0.002);
    else
        check_number(csv, row, "loss_interaction_p", 1);
}

static void by_hand(void **state)
{
    static const enum lsn_engine engines[] = {LSN_ENGINE_INCREMENTAL, LSN_ENGINE_FULL};
    struct lsn_model *model = make_model();
    struct lsn_dataset *dataset = make_images(model);
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    char *path = lsn_path_join(test_scratch_folder, "pairs.csv");
    struct lsn_kernel_sets *pairs;
    size_t e, row;

    (void)state;
    options.flips = 19999;
    test_ok(lsn_pairs_create(kernels, KERNELS, &pairs, &err), &err);
    assert_int_equal(pairs->count, KERNELS + PAIRS);
    for (e = 0; e < TEST_COUNT(engines); e++) {
        struct lsn_results *results = sweep(model, dataset, pairs, engines[e]);
        struct lsn_csv csv;

        options.memory = e ? 1 : (size_t)1 << 20; /* one pair at a time, or all together */
        test_ok(lsn_pairs_write(path, true, results, &options, &err), &err);
        test_ok(lsn_csv_read(path, &csv, &err), &err);
        assert_int_equal(csv.row_count, PAIRS);
        for (row = 0; row < PAIRS; row++)
            check_row(&csv, row);
        lsn_csv_free(&csv);
        lsn_results_free(results);
    }
    lsn_kernel_sets_free(pairs);
    lsn_free(path);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* Groups: kernels first ... first+count-1, what all cost on a white image, and the sum of what each
 * costs. */
static const struct {
    int first, count, together, alone;
    const char *name;
} groups[] = {
    {0, 4, 1, 2, "before:0 twins:0 twins:1 after:0"},
    {1, 2, 1, 0, "twins:0 twins:1"},
    {2, 2, 1, 1, "twins:1 after:0"},
    {0, 1, 1, 1, "before:0"},
};

/* Checks the one row of group i. */
static void check_group(const struct lsn_csv *csv, size_t i)
{
    double w = WHITE / (double)IMAGES, loss = log1p(exp(0.25)) - log1p(exp(-0.75));
    int beyond = groups[i].together - groups[i].alone, sum = beyond * WHITE;
    double half = 1.959963984540054 * sqrt(abs(sum) + 1 - (double)sum * sum / (IMAGES + 2));
    const char *const tests[] = {"loss_interaction_p", "margin_interaction_p"};
    size_t t;

    assert_int_equal(csv->row_count, 1);
    assert_string_equal(lsn_csv_cell(csv, 0, lsn_csv_column(csv, "group")), groups[i].name);
    check_number(csv, 0, "kernels", groups[i].count);
    check_number(csv, 0, "top1_drop", groups[i].together * w);
    check_number(csv, 0, "single_drop", groups[i].alone * w);
    check_number(csv, 0, "interaction", beyond * w);
    check_number(csv, 0, "single_loss_drop", groups[i].alone * w * loss);
    check_number(csv, 0, "loss_interaction", beyond * w * loss);
    check_number(csv, 0, "single_margin_drop", groups[i].alone * w);
    check_number(csv, 0, "margin_interaction", beyond * w);
    check_number(csv, 0, "interaction_ci_low", (sum - half) / (IMAGES + 2));
    check_number(csv, 0, "interaction_ci_high", (sum + half) / (IMAGES + 2));
    /* 2 of the 2^8 ways to flip the signs of 8 images are as extreme. */
    check_number(csv, 0, "interaction_p", beyond ? 2 / 256. : 1);
    check_number(csv, 0, "interaction_q", beyond ? 2 / 256. : 1);
    for (t = 0; t < TEST_COUNT(tests); t++)
        if (beyond)
            assert_true(fabs(number(csv, 0, tests[t]) - 2 / 256.) < 0.002);
        else
            check_number(csv, 0, tests[t], 1);
}

static void groups_by_hand(void **state)
{
    static const enum lsn_engine engines[] = {LSN_ENGINE_INCREMENTAL, LSN_ENGINE_FULL};
    struct lsn_model *model = make_model();
    struct lsn_dataset *dataset = make_images(model);
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    char *path = lsn_path_join(test_scratch_folder, "group.csv");
    size_t e, i;

    (void)state;
    options.flips = 19999;
    for (i = 0; i < TEST_COUNT(groups); i++)
        for (e = 0; e < TEST_COUNT(engines); e++) {
            struct lsn_kernel_sets *sets;
            struct lsn_results *results;
            struct lsn_csv csv;

            test_ok(lsn_group_create(kernels + groups[i].first, groups[i].count, &sets, &err),
                    &err);
            assert_int_equal(sets->count, groups[i].count > 1 ? groups[i].count + 1 : 1);
            results = sweep(model, dataset, sets, engines[e]);
            test_ok(lsn_group_write(path, true, results, &options, &err), &err);
            test_ok(lsn_csv_read(path, &csv, &err), &err);
            check_group(&csv, i);
            lsn_csv_free(&csv);
            lsn_results_free(results);
            lsn_kernel_sets_free(sets);
        }
    lsn_free(path);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* That the table of a group refuses what a sweep of these sets gives; NULL: of single kernels. */
static void group_refuses(const struct lsn_model *model, const struct lsn_dataset *dataset,
                          const struct lsn_kernel_sets *sets)
{
    struct lsn_results *results = sweep(model, dataset, sets, LSN_ENGINE_FULL);
    struct lsn_error err = LSN_ERROR_NONE;

    test_error(lsn_group_write("/nowhere/t", false, results, NULL, &err), &err, LSN_E_ARGUMENT,
               "a table of a group: wanted results of its kernels, all together and each alone, "
               "and of no others");
    lsn_results_free(results);
}

static void other_groups(void **state)
{
    /* A kernel that is not alone, one that is in no group, and a group without another. */
    static const struct lsn_kernel list[5] = {{0, 0}, {1, 0}, {0, 0}, {1, 0}, {2, 0}};
    static const int start[5] = {0, 2, 3, 4, 5}, two[3] = {0, 1, 2};
    const struct lsn_kernel_sets lacks = {list, start, 2}, more = {list, start, 4};
    const struct lsn_kernel_sets singles = {list, two, 2};
    struct lsn_model *model = make_model();
    struct lsn_dataset *dataset = make_images(model);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_kernel_sets *sets;
    struct lsn_results *results;

    (void)state;
    group_refuses(model, dataset, NULL);
    group_refuses(model, dataset, &lacks);
    group_refuses(model, dataset, &more);
    group_refuses(model, dataset, &singles);
    test_ok(lsn_pairs_create(kernels, KERNELS, &sets, &err), &err);
    group_refuses(model, dataset, sets);
    lsn_kernel_sets_free(sets);
    test_ok(lsn_group_create(kernels, KERNELS, &sets, &err), &err);
    results = sweep(model, dataset, sets, LSN_ENGINE_FULL);
    test_error(lsn_pairs_write("/nowhere/t", false, results, NULL, &err), &err, LSN_E_ARGUMENT,
               "a table of pairs: the results have no two kernels that are lesioned together and "
               "each alone");
    lsn_results_free(results);
    lsn_kernel_sets_free(sets);
    test_error(lsn_group_create(kernels, 0, &sets, &err), &err, LSN_E_ARGUMENT,
               "a group of 0 kernels: wanted at least 1");
    assert_null(sets);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* Tables of single kernels refuse joint lesions, and that of pairs refuses single ones. */
static void other_results(void **state)
{
    struct lsn_model *model = make_model();
    struct lsn_dataset *dataset = make_images(model);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    struct lsn_kernel_sets *pairs;

    (void)state;
    test_ok(lsn_pairs_create(kernels, KERNELS, &pairs, &err), &err);
    results = sweep(model, dataset, pairs, LSN_ENGINE_FULL);
    test_error(lsn_table_write_kernels("/nowhere/t", false, results, &err), &err, LSN_E_ARGUMENT,
               "these results are of kernels lesioned together: lsn_group_write and "
               "lsn_pairs_write make tables of them");
    lsn_results_free(results);
    results = sweep(model, dataset, NULL, LSN_ENGINE_FULL);
    test_error(lsn_pairs_write("/nowhere/t", false, results, NULL, &err), &err, LSN_E_ARGUMENT,
               "a table of pairs: the results have no two kernels that are lesioned together and "
               "each alone");
    lsn_results_free(results);
    lsn_kernel_sets_free(pairs);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* Sets that no sweep takes. */
static void wrong_sets(void **state)
{
    static const struct lsn_kernel pair[2] = {{1, 0}, {0, 0}}, twice[2] = {{0, 0}, {0, 0}};
    static const int one[2] = {0, 1}, two[2] = {0, 2}, both[3] = {0, 1, 2}, none[2] = {0, 0};
    const struct {
        struct lsn_kernel_sets sets;
        const char *sentence;
    } cases[] = {
        {{pair, one, 0}, "joint lesions: there are no sets"},
        {{pair, none, 1}, "joint lesions: set 0 of 1 has no kernel"},
        {{pair, two, 1}, "the kernel before:0 is picked out of the model's order"},
        {{twice, two, 1}, "the kernel before:0 is picked out of the model's order"},
        {{pair, both, 2},
         "joint lesions: set 1 of 2 begins in an earlier layer than the set before it"},
        {{(const struct lsn_kernel[]){{0, 1}}, one, 1}, "the model has no kernel 1 in a layer 0"},
    };
    const struct lsn_condition condition = {.contrast = 1};
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_model *model = make_model();
    struct lsn_dataset *dataset = make_images(model);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    struct lsn_kernel_sets *pairs;
    size_t i;

    (void)state;
    options.conditions = &condition;
    options.condition_count = 1;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        options.sets = &cases[i].sets;
        test_error(lsn_sweep_run(model, dataset, &options, &results, &err), &err, LSN_E_ARGUMENT,
                   cases[i].sentence);
    }
    options.picked = pair;
    options.picked_count = 1;
    test_error(lsn_sweep_run(model, dataset, &options, &results, &err), &err, LSN_E_ARGUMENT,
               "joint lesions take one lesion, and no picked, fixed or sampled kernels");
    test_error(lsn_pairs_create(kernels, 1, &pairs, &err), &err, LSN_E_ARGUMENT,
               "pairs of 1 kernel: wanted 2 ... 1000");
    assert_null(pairs);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(by_hand),        TEST_IN_FOLDER(groups_by_hand),
        cmocka_unit_test(other_groups), cmocka_unit_test(other_results),
        cmocka_unit_test(wrong_sets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
