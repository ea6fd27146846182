/* The table of psychometric curves, of outcomes invented here: the same bytes for any memory and
 * threads, rows of lesions that do nothing or all, and what is refused. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/csv.h"
#include "format/file.h"
#include "lesion/table.h"
#include "outcome/store.h"

enum { IMAGES = 50, CONDITIONS = 5, KERNELS = 6 };

/* Conditions 0 ... 3 are everywhere, the last, alone, is in the centre. */
struct run {
    struct lsn_results results;
    struct lsn_condition conditions[CONDITIONS];
    int layer[KERNELS], index[KERNELS], kernel_lesion[KERNELS];
    struct lsn_lesion lesion;
    char *layers[1];
};

/* At contrasts .05 ... 1 more and more images are right. Kernel 0 has no effect, without kernel 1
 * no image is right, the others lose images and gain a few. */
static bool is_right(size_t image, size_t condition, size_t kernel)
{
    static const size_t most[CONDITIONS] = {40, 3, 30, 14, 35};
    size_t place = image * 7 % IMAGES;

    if (kernel == 1)
        return false;
    if (kernel > 1 && (image + 3 * condition) % (kernel + 2) == 0)
        return condition != 0 && image % 5 == 1;
    return place < most[condition];
}

static void make_run(struct run *run)
{
    static const double contrasts[CONDITIONS] = {1, .05, .3, .1, .5};
    struct lsn_store_shape shape = {IMAGES, CONDITIONS, KERNELS};
    struct lsn_error err = LSN_ERROR_NONE;
    size_t i, c, k;

    memset(run, 0, sizeof *run);
    run->lesion = LSN_LESION_WHOLE;
    run->layers[0] = "conv";
    for (c = 0; c < CONDITIONS; c++)
        run->conditions[c].contrast = contrasts[c];
    run->conditions[CONDITIONS - 1].region.kind = LSN_REGION_CENTRE;
    run->conditions[CONDITIONS - 1].region.size = .5;
    for (k = 0; k < KERNELS; k++)
        run->index[k] = (int)k;
    run->results = (struct lsn_results){.image_count = IMAGES,
                                        .condition_count = CONDITIONS,
                                        .conditions = run->conditions,
                                        .lesion_count = 1,
                                        .lesions = &run->lesion,
                                        .kernel_count = KERNELS,
                                        .kernel_lesion = run->kernel_lesion,
                                        .kernel_layer = run->layer,
                                        .kernel_index = run->index,
                                        .layer_count = 1,
                                        .layer_names = run->layers,
                                        .classes = 100,
                                        .complete_images = IMAGES};
    test_ok(lsn_store_in_memory(shape, &run->results.store, &err), &err);
    for (i = 0; i < IMAGES; i++)
        for (c = 0; c < CONDITIONS; c++) {
            size_t stimulus = i * CONDITIONS + c;
            struct lsn_outcome outcome = {.rank = is_right(i, c, 0) ? 1 : 6};
            uint8_t same = 0;

            test_ok(lsn_store_put_intact(run->results.store, stimulus, &outcome, &err), &err);
            for (k = 0; k < KERNELS; k++) {
                outcome.rank = is_right(i, c, k) ? 1 : 6;
                test_ok(lsn_store_put(run->results.store, stimulus, k, 1, &outcome, &same, &err),
                        &err);
            }
        }
}

static struct lsn_psychometric_options few(void)
{
    struct lsn_psychometric_options options = LSN_PSYCHOMETRIC_OPTIONS_DEFAULT;

    options.bootstraps = 39;
    options.flips = 199;
    return options;
}

static void same_bytes(void **state)
{
    static const size_t memories[] = {0, 8000, (size_t)128 << 20};
    struct lsn_psychometric_options options = few();
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes first = {0}, again;
    char *folder = test_folder(), path[500];
    struct run run;
    size_t m;

    (void)state;
    make_run(&run);
    snprintf(path, sizeof path, "%s/psychometric.csv", folder);
    for (m = 0; m < TEST_COUNT(memories); m++)
        for (options.threads = 1; options.threads <= 4; options.threads += 3) {
            options.memory = memories[m];
            test_ok(lsn_table_write_psychometric(path, true, &run.results, &options, &err), &err);
            test_ok(lsn_file_read(path, 1 << 20, &again, &err), &err);
            if (first.data) {
                assert_int_equal(again.size, first.size);
                assert_memory_equal(again.data, first.data, first.size);
            }
            free(first.data);
            first = again;
        }
    free(first.data);
    lsn_store_free(run.results.store);
    test_folder_remove(folder);
}

static void check_cells(const struct lsn_csv *csv, size_t row, const char *const (*cells)[2],
                        size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        int column = lsn_csv_column(csv, cells[i][0]);

        assert_true(column >= 0);
        if (strcmp(lsn_csv_cell(csv, row, column), cells[i][1]) != 0)
            fail_msg("row %zu: %s is %s, wanted %s", row, cells[i][0],
                     lsn_csv_cell(csv, row, column), cells[i][1]);
    }
}

static void rows(void **state)
{
    static const char *const all[][2] = {
        {"layer", "conv"},  {"region", "all"}, {"normalise", "none"}, {"function", "weibull"},
        {"contrasts", "4"}, {"images", "50"},  {"guess", "0.01"},     {"fit_intact", "fine"}};
    static const char *const nothing[][2] = {{"kernel", "0"},
                                             {"fit", "fine"},
                                             {"threshold_shift", "0"},
                                             {"threshold_shift_ci_low", "0"},
                                             {"threshold_shift_ci_high", "0"},
                                             {"threshold_p", "1"},
                                             {"threshold_q", "1"},
                                             {"threshold_p_max", "1"},
                                             {"lapse_change", "0"},
                                             {"lapse_change_ci_low", "0"},
                                             {"lapse_change_ci_high", "0"},
                                             {"lapse_p", "1"},
                                             {"lapse_p_max", "1"}};
    /* Intact and lesioned outcomes together can still be fitted, and so tested. */
    static const char *const nothing_left[][2] = {
        {"kernel", "1"},         {"fit", "flat"},
        {"threshold", ""},       {"slope", ""},
        {"lapse", ""},           {"deviance", ""},
        {"threshold_shift", ""}, {"threshold_shift_ci_low", ""},
        {"lapse_change", ""},    {"lapse_change_ci_high", ""},
        {"lapse_p", "0.005"},    {"bootstraps", "0"}};
    struct lsn_psychometric_options options = few();
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), path[500];
    struct lsn_csv csv;
    struct run run;
    size_t k;

    (void)state;
    make_run(&run);
    snprintf(path, sizeof path, "%s/psychometric.csv", folder);
    test_ok(lsn_table_write_psychometric(path, false, &run.results, &options, &err), &err);
    test_ok(lsn_csv_read(path, &csv, &err), &err);
    assert_int_equal(csv.row_count, KERNELS);
    for (k = 0; k < KERNELS; k++)
        check_cells(&csv, k, all, TEST_COUNT(all));
    check_cells(&csv, 0, nothing, TEST_COUNT(nothing));
    check_cells(&csv, 1, nothing_left, TEST_COUNT(nothing_left));
    lsn_csv_free(&csv);
    lsn_store_free(run.results.store);
    test_folder_remove(folder);
}

static void refusals(void **state)
{
    struct lsn_psychometric_options options = few();
    struct lsn_error err = LSN_ERROR_NONE, guess = LSN_ERROR_NONE, none = LSN_ERROR_NONE,
                     contrasts = LSN_ERROR_NONE;
    char *folder = test_folder(), path[500];
    struct lsn_stop stop = LSN_STOP_NONE;
    struct run run;

    (void)state;
    make_run(&run);
    snprintf(path, sizeof path, "%s/psychometric.csv", folder);
    lsn_stop_ask(&stop);
    options.stop = &stop;
    test_error(lsn_table_write_psychometric(path, false, &run.results, &options, &err), &err,
               LSN_E_INTERRUPTED, "interrupted");
    options.stop = NULL;
    options.guess = 1;
    test_error(lsn_table_write_psychometric(path, false, &run.results, &options, &guess), &guess,
               LSN_E_ARGUMENT,
               "psychometric curve: the guess rate is 1, wanted one of at least 0 and below 1");
    options = few();
    options.bootstraps = 0;
    test_error(lsn_table_write_psychometric(path, false, &run.results, &options, &none), &none,
               LSN_E_ARGUMENT,
               "psychometric: got 50 images and 0 resamples, wanted at least 1 of each");
    options = few();
    run.conditions[0].region = run.conditions[CONDITIONS - 1].region;
    test_error(lsn_table_write_psychometric(path, false, &run.results, &options, &contrasts),
               &contrasts, LSN_E_ARGUMENT,
               "psychometric: the run has 3 contrasts in a region and normalisation, a curve wants "
               "4; a sweep at --contrast 0.05,0.1,0.2,0.3,0.5,1 has enough");
    assert_int_equal(test_folder_count(folder), 0);
    lsn_store_free(run.results.store);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(rows),
        cmocka_unit_test(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
