/* Tables computed from outcomes: the invented run of golden/tables against NumPy's results
 * (golden/make_tables.py), and small runs whose cells are worked out here. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/csv.h"
#include "format/file.h"
#include "lesion/floor.h"
#include "lesion/parse.h"
#include "lesion/table.h"
#include "outcome/store.h"

#define GOLDEN    LSN_TESTS_DIR "/golden/tables/"
#define TOLERANCE 1e-8 /* tables have nine digits */

typedef enum lsn_status write_plain(const char *path, bool force, const struct lsn_results *results,
                                    struct lsn_error *err);
typedef enum lsn_status write_by(const char *path, bool force, const struct lsn_results *results,
                                 const struct lsn_table_options *options, struct lsn_error *err);

static const struct {
    const char *name;
    write_plain *plain;
    write_by *by;
} tables[] = {
    {"kernels", lsn_table_write_kernels, NULL}, {"intact", lsn_table_write_intact, NULL},
    {"images", lsn_table_write_images, NULL},   {"layers", lsn_table_write_layers, NULL},
    {"classes", NULL, lsn_table_write_classes}, {"selectivity", NULL, lsn_table_write_selectivity},
};

static bool alike(const char *got, const char *wanted)
{
    double a, b;

    if (strcmp(got, wanted) == 0)
        return true;
    return lsn_parse_float(got, -DBL_MAX, DBL_MAX, &a) &&
           lsn_parse_float(wanted, -DBL_MAX, DBL_MAX, &b) &&
           fabs(a - b) <= TOLERANCE * fmax(1, fabs(b));
}

static void compare(const char *path, const char *golden)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_csv got, wanted;
    size_t row, column;

    test_ok(lsn_csv_read(path, &got, &err), &err);
    test_ok(lsn_csv_read(golden, &wanted, &err), &err);
    assert_int_equal(got.columns, wanted.columns);
    assert_int_equal(got.row_count, wanted.row_count);
    for (column = 0; column < wanted.columns; column++) {
        assert_string_equal(got.cells[column], wanted.cells[column]);
        for (row = 0; row < wanted.row_count; row++) {
            const char *a = lsn_csv_cell(&got, row, (int)column);
            const char *b = lsn_csv_cell(&wanted, row, (int)column);

            if (!alike(a, b))
                fail_msg("%s: line %zu: %s is %s, wanted %s", golden, lsn_csv_line(&got, row),
                         wanted.cells[column], a, b);
        }
    }
    lsn_csv_free(&got);
    lsn_csv_free(&wanted);
}

static struct lsn_bytes read_back(const char *path)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes bytes;

    test_ok(lsn_file_read(path, 1 << 20, &bytes, &err), &err);
    return bytes;
}

static void golden_run(void **state)
{
    /* One kernel at a time; blocks of a few; all at once. */
    static const size_t memories[] = {0, 500, 200000, (size_t)128 << 20};
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    struct lsn_bytes first = {0}, again;
    char *folder = test_folder(), path[500], golden[500];
    size_t t, m;

    (void)state;
    test_ok(lsn_results_open(GOLDEN "run", &results, &err), &err);
    assert_int_equal(results->complete_images, 16);
    for (t = 0; t < TEST_COUNT(tables); t++) {
        snprintf(path, sizeof path, "%s/%s.csv", folder, tables[t].name);
        snprintf(golden, sizeof golden, GOLDEN "%s.csv", tables[t].name);
        for (m = 0; m < (tables[t].by ? TEST_COUNT(memories) : 1); m++) {
            options.memory = memories[m];
            test_ok(tables[t].by ? tables[t].by(path, m > 0, results, &options, &err)
                                 : tables[t].plain(path, false, results, &err),
                    &err);
            compare(path, golden);
            again = read_back(path);
            if (m > 0) {
                assert_int_equal(again.size, first.size);
                assert_memory_equal(again.data, first.data, first.size);
            }
            free(first.data);
            first = again;
        }
    }
    free(first.data);
    lsn_results_free(results);
    test_folder_remove(folder);
}

/* Six images of classes 0 0 1 1 2 2, contrasts .5 and .2, two kernels. */
enum { IMAGES = 6, CONDITIONS = 2, KERNELS = 2 };

struct small {
    struct lsn_results results;
    struct lsn_condition conditions[CONDITIONS];
    int classes[IMAGES], layer[KERNELS], index[KERNELS], kernel_lesion[KERNELS];
    struct lsn_lesion lesion;
    char *layers[1], *class_names[3];
};

/* Right (1) or wrong (0) of each image: intact [condition], lesioned [condition][kernel]. */
static void make_small(struct small *s, const char *const intact[CONDITIONS],
                       const char *const lesioned[CONDITIONS][KERNELS])
{
    static const int classes[IMAGES] = {0, 0, 1, 1, 2, 2};
    struct lsn_store_shape shape = {IMAGES, CONDITIONS, KERNELS};
    struct lsn_error err = LSN_ERROR_NONE;
    size_t i, c, k;

    memset(s, 0, sizeof *s);
    memcpy(s->classes, classes, sizeof classes);
    s->lesion = LSN_LESION_WHOLE;
    s->conditions[0].contrast = 0.5;
    s->conditions[1].contrast = 0.2;
    s->index[1] = 1;
    s->layers[0] = "conv";
    s->class_names[1] = "one";
    s->results = (struct lsn_results){.image_count = IMAGES,
                                      .image_classes = s->classes,
                                      .condition_count = CONDITIONS,
                                      .conditions = s->conditions,
                                      .lesion_count = 1,
                                      .lesions = &s->lesion,
                                      .kernel_count = KERNELS,
                                      .kernel_lesion = s->kernel_lesion,
                                      .kernel_layer = s->layer,
                                      .kernel_index = s->index,
                                      .layer_count = 1,
                                      .layer_names = s->layers,
                                      .classes = 3,
                                      .class_names = s->class_names,
                                      .complete_images = IMAGES};
    test_ok(lsn_store_in_memory(shape, &s->results.store, &err), &err);
    for (i = 0; i < IMAGES; i++)
        for (c = 0; c < CONDITIONS; c++) {
            struct lsn_outcome outcome = {.rank = intact[c][i] == '1' ? 1 : 6, .loss = 1};
            uint8_t same = 0;

            test_ok(lsn_store_put_intact(s->results.store, i * CONDITIONS + c, &outcome, &err),
                    &err);
            for (k = 0; k < KERNELS; k++) {
                outcome.rank = lesioned[c][k][i] == '1' ? 1 : 6;
                test_ok(lsn_store_put(s->results.store, i * CONDITIONS + c, k, 1, &outcome, &same,
                                      &err),
                        &err);
            }
        }
}

static void check_text(const char *path, const char *wanted)
{
    struct lsn_bytes bytes = read_back(path);

    assert_string_equal((const char *)bytes.data, wanted);
    free(bytes.data);
}

/* At .2 no image is right without a lesion, and only kernel 1 gains some; at .5 all classes and
 * both kernels lose the same share. */
static void small_run(void **state)
{
    static const char *const intact[] = {"111111", "000000"};
    static const char *const lesioned[][KERNELS] = {{"010110", "101001"}, {"000000", "110001"}};
    const struct lsn_table_options options = {sizeof options, -1, -1, 1, 0, 0, NULL};
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), path[500];
    struct lsn_csv csv;
    struct small s;

    (void)state;
    make_small(&s, intact, lesioned);
    snprintf(path, sizeof path, "%s/t.csv", folder);
    test_ok(lsn_table_write_classes(path, false, &s.results, &options, &err), &err);
    check_text(path, "layer,layer_index,kernel,lesion,contrast,region,normalise,class,class_name,"
                     "class_images,top1_intact,"
                     "top1_lesioned,lost,gained,drop,worst\n"
                     "conv,0,0,weights,0.5,all,none,0,,2,2,1,1,0,0.5,1\n"
                     "conv,0,0,weights,0.5,all,none,1,one,2,2,1,1,0,0.5,0\n"
                     "conv,0,0,weights,0.5,all,none,2,,2,2,1,1,0,0.5,0\n"
                     "conv,0,1,weights,0.5,all,none,0,,2,2,1,1,0,0.5,1\n"
                     "conv,0,1,weights,0.5,all,none,1,one,2,2,1,1,0,0.5,0\n"
                     "conv,0,1,weights,0.5,all,none,2,,2,2,1,1,0,0.5,0\n"
                     "conv,0,1,weights,0.2,all,none,0,,2,0,2,0,2,-1,0\n"
                     "conv,0,1,weights,0.2,all,none,2,,2,0,1,0,1,-0.5,0\n");
    test_ok(lsn_table_write_layers(path, true, &s.results, &err), &err);
    check_text(path, "layer,layer_index,lesion,contrast,region,normalise,kernels,images,mean_drop,"
                     "median_drop,max_drop,"
                     "max_kernel,significant,significant_share,gini,top5_share,"
                     "sampled_from,mean_drop_ci_low,mean_drop_ci_high\n"
                     "conv,0,weights,0.5,all,none,2,6,0.5,0.5,0.5,0,0,0,0,1,,0.5,0.5\n"
                     "conv,0,weights,0.2,all,none,2,6,-0.25,-0.25,0,0,0,0,0,0,,-0.537399786,"
                     "0.0373997863\n"); /* 2.570582 by scipy.stats.t times sqrt(.075 / 6) */
    test_ok(lsn_table_write_selectivity(path, true, &s.results, &options, &err), &err);
    test_ok(lsn_csv_read(path, &csv, &err), &err);
    assert_int_equal(csv.row_count, 2);
    assert_string_equal(lsn_csv_cell(&csv, 0, lsn_csv_column(&csv, "contrast_low")), "0.2");
    assert_string_equal(lsn_csv_cell(&csv, 0, lsn_csv_column(&csv, "contrast_high")), "0.5");
    assert_string_equal(lsn_csv_cell(&csv, 0, lsn_csv_column(&csv, "drop_high")), "0.5");
    assert_string_equal(lsn_csv_cell(&csv, 1, lsn_csv_column(&csv, "selectivity")), "-1");
    assert_string_equal(lsn_csv_cell(&csv, 1, lsn_csv_column(&csv, "relative_selectivity")), "");
    assert_string_equal(lsn_csv_cell(&csv, 1, lsn_csv_column(&csv, "loss_p_max")), "1");
    lsn_csv_free(&csv);
    lsn_store_free(s.results.store);
    test_folder_remove(folder);
}

/* Which condition has enough accuracy to be compared, and what is said where it has little. */
static void floors(void **state)
{
    static const char *const intact[] = {"111110", "100000"};
    static const char *const wrong[] = {"000000", "111111"};
    static const char *const lesioned[][KERNELS] = {{"010110", "111111"}, {"000000", "110001"}};
    struct lsn_error err = LSN_ERROR_NONE;
    char text[LSN_FLOOR_TEXT_MAX];
    struct lsn_floor floor;
    struct small s;
    int low;

    (void)state;
    make_small(&s, intact, lesioned);
    test_ok(lsn_floor_choose(&s.results, 0, LSN_FLOOR_ACCURACY, &low, &err), &err);
    assert_int_equal(low, 1);
    test_error(lsn_floor_choose(&s.results, 1, LSN_FLOOR_ACCURACY, &low, &err), &err,
               LSN_E_ARGUMENT, "low contrast: the run has none below 0.2");
    test_error(lsn_floor_choose(&s.results, 0, 1.5, &low, &err), &err, LSN_E_ARGUMENT,
               "low contrast: condition 0 of 2 and share 1.5, wanted one of the conditions and 0 "
               "... 1");
    test_ok(lsn_floor_find(&s.results, 1, 0, &floor, &err), &err);
    assert_int_equal(floor.images, 6);
    assert_int_equal(floor.right_low, 1);
    assert_int_equal(floor.right_high, 5);
    assert_int_equal(floor.right_both, 1);
    assert_true(floor.low_third && floor.low_at_chance &&
                !floor.high_at_chance); /* Wilson: from .03 on; three classes */
    assert_true(lsn_floor_text(&floor, text));
    assert_string_equal(text, "At contrast 0.2 the intact network is right on 1 of 6 images, not "
                              "surely above chance: there is little left for a lesion to lose, and "
                              "a higher low contrast tells more.");
    test_ok(lsn_floor_find(&s.results, 0, 0, &floor, &err), &err);
    assert_true(!floor.low_third && !floor.low_at_chance); /* from .44 on */
    assert_false(lsn_floor_text(&floor, text));
    test_ok(lsn_floor_find(&s.results, 0, 1, &floor, &err), &err);
    assert_true(lsn_floor_text(&floor, text));
    assert_string_equal(text, "At contrast 0.2 the intact network is right on 1 of 6 images, not "
                              "surely above chance: do its images, labels and preprocessing fit "
                              "it?");
    lsn_store_free(s.results.store);
    make_small(&s, wrong, lesioned);
    test_error(lsn_floor_choose(&s.results, 0, LSN_FLOOR_ACCURACY, &low, &err), &err, LSN_E_DATA,
               "low contrast: none can be chosen, as the intact network is right on no image at "
               "contrast 0.5: do its images, labels and preprocessing fit it?");
    lsn_store_free(s.results.store);
}

/* The lowest and highest contrast are looked for in one region only. */
static void ends(void **state)
{
    static const double contrasts[] = {0.5, 0.2, 0.7, 1, 0.1};
    struct lsn_condition conditions[5];
    struct lsn_results r = {.condition_count = 5, .conditions = conditions};
    int c;

    (void)state;
    for (c = 0; c < 5; c++)
        conditions[c] = (struct lsn_condition){
            .contrast = contrasts[c],
            .region = {.kind = c < 3 ? LSN_REGION_ALL : LSN_REGION_OTHER_EDGES}};
    assert_int_equal(lsn_results_lowest(&r, 0), 1);
    assert_int_equal(lsn_results_highest(&r, 1), 2);
    assert_int_equal(lsn_results_lowest(&r, 3), 4);
    assert_int_equal(lsn_results_highest(&r, 4), 3);
    assert_int_equal(lsn_results_lowest(&r, 5), -1);
    assert_int_equal(lsn_results_highest(&r, -1), -1);
    assert_false(lsn_results_one_contrast(&r));
    for (c = 0; c < 5; c++)
        conditions[c].contrast = 0.5;
    assert_true(lsn_results_one_contrast(&r));
    assert_int_equal(lsn_results_lowest(&r, 3), lsn_results_highest(&r, 3));
}

/* With no complete image a row has no numbers, but exists. */
static void no_images(void **state)
{
    static const char *const intact[] = {"111111", "000000"};
    static const char *const lesioned[][KERNELS] = {{"010110", "111111"}, {"000000", "110001"}};
    static const struct {
        const char *name, *wanted;
    } cells[] = {
        {"contrast_low", "0.2"},
        {"contrast_high", "0.5"},
        {"images", "0"},
        {"drop_low", "0"},
        {"selectivity", "0"},
        {"relative_selectivity", ""},
        {"p", "1"},
        {"p_max", "1"},
        {"loss_p", "1"},
        {"loss_p_max", "1"},
        {"lost_rate_low", ""},
        {"both", "0"},
        {"lost_low_only", "0"},
        {"lost_selectivity", ""},
        {"lost_p", ""},
        {"lost_q", ""},
        {"lost_p_max", ""},
        {"effect_low", ""},
        {"usual_ratio", ""},
        {"lost_predicted", ""},
        {"beyond_p", ""},
        {"beyond_p_max", ""},
    };
    const struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), path[500];
    struct lsn_csv csv;
    struct small s;
    size_t i;

    (void)state;
    make_small(&s, intact, lesioned);
    s.results.complete_images = 0;
    s.results.kernel_count = 1;
    snprintf(path, sizeof path, "%s/t.csv", folder);
    test_ok(lsn_table_write_kernels(path, false, &s.results, &err), &err);
    check_text(path,
               "layer,layer_index,kernel,lesion,contrast,region,normalise,images,top1_intact,"
               "top1_lesioned,lost,gained,top1_drop,top1_drop_ci_low,top1_drop_ci_high,"
               "lost_rate,lost_rate_ci_low,lost_rate_ci_high,"
               "gained_rate,gained_rate_ci_low,gained_rate_ci_high,p_exact,p_mid,q,"
               "top5_intact,top5_lesioned,top5_drop,loss_intact,loss_lesioned,loss_drop,"
               "margin_drop,changed,noop\n"
               "conv,0,0,weights,0.5,all,none,0,0,0,0,0,0,-1,1,,,,,,,1,1,1,0,0,0,0,0,0,0,0,1\n"
               "conv,0,0,weights,0.2,all,none,0,0,0,0,0,0,-1,1,,,,,,,1,1,1,0,0,0,0,0,0,0,0,1\n");
    test_ok(lsn_table_write_selectivity(path, true, &s.results, &options, &err), &err);
    test_ok(lsn_csv_read(path, &csv, &err), &err);
    assert_int_equal(csv.row_count, 1);
    for (i = 0; i < TEST_COUNT(cells); i++)
        assert_string_equal(lsn_csv_cell(&csv, 0, lsn_csv_column(&csv, cells[i].name)),
                            cells[i].wanted);
    lsn_csv_free(&csv);
    lsn_store_free(s.results.store);
    test_folder_remove(folder);
}

static void refusals(void **state)
{
    static const char *const intact[] = {"111111", "000000"};
    static const char *const lesioned[][KERNELS] = {{"010110", "111111"}, {"000000", "110001"}};
    /* clang-format off */
    static const struct {
        int low, high, conditions;
        size_t flips;
        const char *sentence;
    } cases[] = {
        {-1, -1, 1, 9, "selectivity: wants two contrasts, the run has 0.5 only"},
        {0, 1, 2, 9, "selectivity: the low contrast, 0.5, is not below the high one, 0.2"},
        {-1, 1, 2, 9, "selectivity: the low contrast, 0.2, is not below the high one, 0.2"},
        {0, -1, 2, 9, "selectivity: the low contrast, 0.5, is not below the high one, 0.5"},
        {1, 2, 2, 9, "selectivity: condition 2 is not in the run, has 2"},
        {-1, -1, 2, 0, "permutation test: got no flips, wanted at least 1"},
    };
    /* clang-format on */
    char *folder = test_folder(), path[500];
    struct lsn_stop stop = LSN_STOP_NONE;
    struct small s;
    size_t i;

    (void)state;
    lsn_stop_ask(&stop);
    make_small(&s, intact, lesioned);
    snprintf(path, sizeof path, "%s/t.csv", folder);
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
        struct lsn_error err = LSN_ERROR_NONE;

        options.low = cases[i].low;
        options.high = cases[i].high;
        options.flips = cases[i].flips;
        s.results.condition_count = cases[i].conditions;
        test_error(lsn_table_write_selectivity(path, false, &s.results, &options, &err), &err,
                   LSN_E_ARGUMENT, cases[i].sentence);
    }
    for (i = 0; i < TEST_COUNT(tables); i++) {
        const struct lsn_table_options options = {sizeof options, -1, -1, 9, 0, 0, &stop};
        struct lsn_error err = LSN_ERROR_NONE;

        if (tables[i].by)
            test_error(tables[i].by(path, false, &s.results, &options, &err), &err,
                       LSN_E_INTERRUPTED, "interrupted");
    }
    assert_int_equal(test_folder_count(folder), 0);
    lsn_store_free(s.results.store);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_run), cmocka_unit_test(small_run), cmocka_unit_test(floors),
        cmocka_unit_test(ends),       cmocka_unit_test(no_images), cmocka_unit_test(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
