/* The library as a program of another day calls it: with options that are older or newer than it,
 * and with an error that an earlier call has left. */
#include "support.h"

#include <stdio.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(older_options),
        cmocka_unit_test(errors_are_of_the_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
