/* A race on a part of the images is a race on these images alone, also where estimates begin it. */
#include "support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lesion/dataset.h"
#include "lesion/ranking.h"

#define DATA LSN_TESTS_DIR "/../data/"

static const struct lsn_condition conditions[2] = {{.contrast = 1}, {.contrast = 0.1}};

static struct lsn_dataset *open_images(const struct lsn_model *model, const char *labels)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;

    test_ok(lsn_dataset_open(DATA "images", labels, LSN_FOLDER_ORDER_AUTO, model, &dataset, &err),
            &err);
    return dataset;
}

/* The images first ... first+count-1 of a list, as a list of their own. */
static struct lsn_dataset *open_part(const struct lsn_model *model, const struct lsn_dataset *whole,
                                     size_t first, size_t count)
{
    struct lsn_text text = {0};
    struct lsn_dataset *part;
    char *path;
    size_t i;

    lsn_text_add(&text, "file,class\n");
    for (i = first; i < first + count; i++)
        lsn_text_add(&text, "%s,%d\n", lsn_dataset_name(whole, i), lsn_dataset_class(whole, i));
    assert_false(text.failed);
    path = test_file(test_scratch_folder, "labels.csv", text.bytes, text.length);
    part = open_images(model, path);
    assert_int_equal(lsn_dataset_count(part), count);
    free(path);
    lsn_text_free(&text);
    return part;
}

static struct lsn_ranking *race(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                int shard, int shards, bool screen)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_ranking_options how = LSN_RANKING_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_ranking *ranking;

    options.conditions = conditions;
    options.condition_count = 2;
    options.kernels = "0-5";
    options.shard = shard;
    options.shards = shards;
    how.top = 3;
    how.measure = LSN_RACE_LOST_SELECTIVITY;
    how.part = shards > 0;
    how.screen = screen;
    test_ok(lsn_ranking_run(model, dataset, &options, &how, &ranking, &err), &err);
    return ranking;
}

static void same_races(const struct lsn_ranking *a, const struct lsn_ranking *b)
{
    int i;

    assert_true(a->variants == b->variants);
    assert_true(a->all_variants == b->all_variants);
    assert_int_equal(a->race_count, 1);
    assert_int_equal(b->race_count, 1);
    assert_int_equal(a->races[0].count, 3);
    assert_int_equal(b->races[0].count, 3);
    for (i = 0; i < 3; i++) {
        const struct lsn_ranked *x = &a->races[0].kernels[i], *y = &b->races[0].kernels[i];

        assert_int_equal(x->layer, y->layer);
        assert_int_equal(x->kernel, y->kernel);
        assert_int_equal(x->images, y->images);
        assert_int_equal(x->low_only, y->low_only);
        assert_int_equal(x->high_only, y->high_only);
        assert_true(x->value == y->value && x->lower == y->lower && x->upper == y->upper);
    }
}

static void parts(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    struct lsn_dataset *whole;
    size_t first = 0, half;
    int shard, screen;

    (void)state;
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &model, &err), &err);
    whole = open_images(model, NULL);
    half = lsn_dataset_count(whole) / 2;
    for (shard = 1; shard <= 2; shard++, first += half) {
        struct lsn_dataset *alone = open_part(model, whole, first, half);

        for (screen = 0; screen <= 1; screen++) {
            struct lsn_ranking *a = race(model, whole, shard, 2, screen),
                               *b = race(model, alone, 0, 0, screen);

            same_races(a, b);
            lsn_ranking_free(a);
            lsn_ranking_free(b);
        }
        lsn_dataset_free(alone);
    }
    lsn_dataset_free(whole);
    lsn_model_free(model);
}

static void no_such_part(void **state)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_ranking_options how = LSN_RANKING_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_ranking *ranking;
    struct lsn_dataset *dataset;
    struct lsn_model *model;

    (void)state;
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &model, &err), &err);
    dataset = open_images(model, NULL);
    options.conditions = conditions;
    options.condition_count = 2;
    options.shard = 3;
    options.shards = 2;
    how.part = true;
    test_error(lsn_ranking_run(model, dataset, &options, &how, &ranking, &err), &err,
               LSN_E_ARGUMENT, "there is no shard 3 of 2");
    lsn_dataset_free(dataset);
    lsn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_IN_FOLDER(parts), cmocka_unit_test(no_such_part)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
