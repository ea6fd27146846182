/* First-order estimates of the demo's drops: what must hold of them, and what a comparison with
 * true drops refuses. Their values: gradient_golden_test and cli/taylor_test.sh, by PyTorch. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "lesion/lesion.h"

#define DATA LSN_TESTS_DIR "/../data/"

enum { IMAGES = 8 };

static const struct lsn_condition conditions[2] = {{.contrast = 0.1}, {.contrast = 1}};

static struct lsn_model *open_model(void)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    test_ok(lsn_model_load(DATA "demo.bin", NULL, &model, &err), &err);
    return model;
}

static struct lsn_dataset *open_list(const struct lsn_model *model, const char *labels)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;

    test_ok(lsn_dataset_open(DATA "images", labels, LSN_FOLDER_ORDER_AUTO, model, &dataset, &err),
            &err);
    return dataset;
}

/* So many images of the demo, from all classes. */
static struct lsn_dataset *open_some(const struct lsn_model *model, size_t count)
{
    struct lsn_dataset *all = open_list(model, NULL), *some;
    struct lsn_text text = {0};
    size_t i, step = lsn_dataset_count(all) / count;
    char *path;

    lsn_text_add(&text, "file,class\n");
    for (i = 0; i < count; i++)
        lsn_text_add(&text, "%s,%d\n", lsn_dataset_name(all, i * step),
                     lsn_dataset_class(all, i * step));
    assert_false(text.failed);
    path = test_file(test_scratch_folder, "labels.csv", text.bytes, text.length);
    some = open_list(model, path);
    free(path);
    lsn_text_free(&text);
    lsn_dataset_free(all);
    return some;
}

static struct lsn_sweep_options options_of(const char *layers, const char *kernels)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;

    options.conditions = conditions;
    options.condition_count = 2;
    options.layers = layers;
    options.kernels = kernels;
    return options;
}

/* An output is linear in the weights: what all of them carry is what their planes carry together,
 * and what these carry, their rows. */
static void parts_add_up(void **state)
{
    static const char *const texts[] = {"weights",      "planes:in=0",  "planes:in=1",
                                        "planes:in=2",  "planes:row=0", "planes:row=1",
                                        "planes:row=2", "planes:row=3", "planes:row=4",
                                        "planes:row=5", "planes:row=6"};
    struct lsn_sweep_options options = options_of("conv1", NULL);
    struct lsn_lesion lesions[TEST_COUNT(texts)];
    struct lsn_model *model = open_model();
    struct lsn_dataset *dataset = open_some(model, IMAGES);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_taylor *taylor;
    size_t kernels, cell, i;
    double scale = 0;

    (void)state;
    for (i = 0; i < TEST_COUNT(texts); i++)
        test_ok(lsn_lesion_parse(texts[i], 0, &lesions[i], &err), &err);
    options.lesions = lesions;
    options.lesion_count = TEST_COUNT(texts);
    test_ok(lsn_taylor_run(model, dataset, &options, &taylor, &err), &err);
    assert_int_equal(taylor->axes->complete_images, IMAGES);
    kernels = taylor->axes->kernel_count / TEST_COUNT(texts);
    assert_int_equal(kernels, 12);
    for (i = 0; i < kernels; i++)
        scale = fmax(scale, fabs(taylor->margin_drop[i]));
    assert_true(scale > 0);
    for (cell = 0; cell < 2 * kernels; cell++) {
        const double *drop =
            taylor->margin_drop + cell / kernels * taylor->axes->kernel_count + cell % kernels;
        double planes = 0, rows = 0;

        for (i = 1; i < TEST_COUNT(texts); i++)
            *(i < 4 ? &planes : &rows) += drop[i * kernels];
        assert_true(fabs(planes - drop[0]) < 1e-5 * scale);
        assert_true(fabs(rows - drop[0]) < 1e-5 * scale);
    }
    lsn_taylor_free(taylor);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* A small step, one line of a kernel's many weights, is foreseen well, and the rows of a comparison
 * are in order. */
static void small_steps(void **state)
{
    struct lsn_sweep_options options = options_of("conv4", "0-15");
    struct lsn_model *model = open_model();
    struct lsn_dataset *dataset = open_some(model, IMAGES);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_taylor_check *check;
    struct lsn_results *results;
    struct lsn_taylor *taylor;
    struct lsn_lesion lesion;
    size_t i;

    (void)state;
    test_ok(lsn_lesion_parse("lines:in=1:row=1", 0, &lesion, &err), &err);
    options.lesions = &lesion;
    options.lesion_count = 1;
    test_ok(lsn_taylor_run(model, dataset, &options, &taylor, &err), &err);
    test_ok(lsn_sweep_run(model, dataset, &options, &results, &err), &err);
    test_ok(lsn_taylor_check_create(taylor, results, &check, &err), &err);
    assert_int_equal(check->row_count, 4); /* the layer and all, at two conditions */
    for (i = 0; i < check->row_count; i++) {
        assert_int_equal(check->rows[i].layer, i < 2 ? 3 : -1);
        assert_int_equal(check->rows[i].condition, i % 2);
        assert_int_equal(check->rows[i].kernels, 16);
        assert_true(check->rows[i].margin.correlation > 0.95);
        assert_true(check->rows[i].margin.interval.low > 0.8);
    }
    lsn_taylor_check_free(check);
    lsn_results_free(results);
    lsn_taylor_free(taylor);
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

/* Compares estimates with a sweep that is not of the same; returns the sentence in err. */
static void refused(const struct lsn_taylor *taylor, const struct lsn_model *model,
                    const struct lsn_dataset *dataset, const struct lsn_sweep_options *options,
                    const char *sentence)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_taylor_check *check;
    struct lsn_results *results;

    test_ok(lsn_sweep_run(model, dataset, options, &results, &err), &err);
    test_error(lsn_taylor_check_create(taylor, results, &check, &err), &err, LSN_E_ARGUMENT,
               sentence);
    assert_null(check);
    lsn_results_free(results);
}

static void others_are_refused(void **state)
{
    struct lsn_sweep_options options = options_of("conv1", "0-1"), other;
    struct lsn_ranking_options race = LSN_RANKING_OPTIONS_DEFAULT;
    struct lsn_model *model = open_model();
    struct lsn_dataset *dataset = open_some(model, IMAGES), *fewer;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_ranking *ranking;
    struct lsn_taylor *taylor;

    (void)state;
    test_ok(lsn_taylor_run(model, dataset, &options, &taylor, &err), &err);
    other = options_of("conv1", "1-2");
    refused(taylor, model, dataset, &other, "kernel 2 of 'conv1' has no estimate");
    other = options;
    other.condition_count = 1;
    refused(taylor, model, dataset, &other,
            "a check of estimates: images, conditions and lesions are 8, 1 and 1, those of the "
            "estimates 8, 2 and 1");
    fewer = open_some(model, 4);
    refused(taylor, model, fewer, &options,
            "a check of estimates: images, conditions and lesions are 4, 2 and 1, those of the "
            "estimates 8, 2 and 1");
    lsn_dataset_free(fewer);
    lsn_taylor_free(taylor);
    options.condition_count = 0;
    test_error(lsn_taylor_run(model, dataset, &options, &taylor, &err), &err, LSN_E_ARGUMENT,
               "estimates need at least one condition");
    assert_null(taylor);
    options.condition_count = 2;
    race.top = 0;
    race.above = race.screen = true;
    test_error(lsn_ranking_run(model, dataset, &options, &race, &ranking, &err), &err,
               LSN_E_ARGUMENT, "a race against a bar takes no estimates");
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(parts_add_up),
        TEST_IN_FOLDER(small_steps),
        TEST_IN_FOLDER(others_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
