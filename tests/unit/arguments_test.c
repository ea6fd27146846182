/* Arguments that lesion's own program never passes to the library, but another caller may: each is
 * refused with its sentence, and nothing is returned. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lesion/claims.h"
#include "lesion/dataset.h"
#include "lesion/greedy.h"
#include "lesion/ranking.h"
#include "lesion/report.h"
#include "lesion/sweep.h"
#include "lesion/table.h"

#define DATA LSN_TESTS_DIR "/../data/"
#define RUN  "/nowhere/run" /* the arguments are refused before this is opened */

/* A correct sweep of the demo on three images: one kernel, one condition. Each test spoils one
 * argument of it. */
struct demo {
    struct lsn_model *model;
    struct lsn_dataset *dataset;
    struct lsn_condition condition;
    struct lsn_sweep_options options;
};

static struct lsn_dataset *open_images(const struct lsn_model *model)
{
    static const char labels[] = "file,class\ndisc/0001.png,0\nstar/0004.png,1\nring/0003.png,2\n";
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), *path = test_file(folder, "l.csv", labels, sizeof labels - 1);
    struct lsn_dataset *dataset;

    test_ok(lsn_dataset_open(DATA "images", path, LSN_FOLDER_ORDER_AUTO, model, &dataset, &err),
            &err);
    free(path);
    test_folder_remove(folder);
    return dataset;
}

static int open_demo(void **state)
{
    static struct demo demo;
    struct lsn_error err = LSN_ERROR_NONE;

    demo = (struct demo){.condition = {.contrast = 0.1}};
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &demo.model, &err), &err);
    demo.dataset = open_images(demo.model);
    demo.options = (struct lsn_sweep_options){.size = sizeof demo.options,
                                              .conditions = &demo.condition,
                                              .condition_count = 1,
                                              .layers = "conv1",
                                              .kernels = "0",
                                              .threads = 1};
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

static struct lsn_results *sweep(const struct demo *demo)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;

    test_ok(lsn_sweep_run(demo->model, demo->dataset, &demo->options, &results, &err), &err);
    return results;
}

/* Results point here before a call, so that one that the call did not set is noticed. */
static char somewhere;

static void sweep_fails(const struct demo *demo, enum lsn_status code, const char *sentence)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results = (void *)&somewhere;

    test_error(lsn_sweep_run(demo->model, demo->dataset, &demo->options, &results, &err), &err,
               code, sentence);
    assert_null(results);
}

static void sweeps(void **state)
{
    const struct lsn_lesion resample[2] = {{.kind = LSN_LESION_RESAMPLE},
                                           {.kind = LSN_LESION_RESAMPLE, .seed = 1}};
    const struct lsn_kernel held = {0, 1};
    const struct demo *whole = *state;
    static const int shards[][2] = {{0, 2}, {3, 2}, {-1, 2}};
    struct lsn_error err = LSN_ERROR_NONE;
    struct demo demo = *whole;
    char sentence[80];
    size_t i;

    lsn_results_free(sweep(whole));
    demo.options.condition_count = 0;
    sweep_fails(&demo, LSN_E_ARGUMENT, "a sweep needs at least one condition");
    demo = *whole;
    for (i = 0; i < TEST_COUNT(shards); i++) {
        demo.options.shard = shards[i][0];
        demo.options.shards = shards[i][1];
        snprintf(sentence, sizeof sentence, "there is no shard %d of %d", shards[i][0],
                 shards[i][1]);
        sweep_fails(&demo, LSN_E_ARGUMENT, sentence);
    }
    demo = *whole;
    demo.options.lesions = resample;
    demo.options.lesion_count = 2;
    sweep_fails(&demo, LSN_E_ARGUMENT, "lesion 'resample': is given twice");
    demo.options.fixed = &held;
    demo.options.fixed_count = 1;
    sweep_fails(&demo, LSN_E_ARGUMENT, "fixed kernels take one lesion and no run directory");
    demo.options.lesion_count = 1;
    demo.options.run = RUN;
    sweep_fails(&demo, LSN_E_ARGUMENT, "fixed kernels take one lesion and no run directory");
    demo.options.keep_logits = true;
    demo.options.fixed_count = 0;
    sweep_fails(&demo, LSN_E_ARGUMENT, "a run directory keeps no logits");
    demo = *whole;
    demo.condition.region.seed = UINT64_MAX;
    demo.options.conditions = &demo.condition;
    sweep_fails(&demo, LSN_E_ARGUMENT,
                "the seed 18446744073709551615 is above 9223372036854775807");
    demo = *whole;
    test_ok(lsn_region_parse("mask:m.png", 0, &demo.condition.region, &err), &err);
    demo.options.conditions = &demo.condition;
    sweep_fails(&demo, LSN_E_DATA, "m.png: the mask is not loaded");
}

/* Faults in lists of kernels that are named one by one. */
static void picks(void **state)
{
    static const struct {
        struct lsn_kernel kernels[2];
        const char *sentence;
    } wrong[] = {
        {{{0, 1}, {0, 1}}, "the kernel conv1:1 is picked out of the model's order"},
        {{{1, 0}, {0, 1}}, "the kernel conv1:1 is picked out of the model's order"},
        {{{0, 0}, {0, 100000}}, "the model has no kernel 100000 in a layer 0"},
        {{{0, 0}, {99, 0}}, "the model has no kernel 0 in a layer 99"},
        {{{-1, 0}, {0, 0}}, "the model has no kernel 0 in a layer -1"},
        {{{0, -1}, {0, 0}}, "the model has no kernel -1 in a layer 0"},
    };
    struct demo demo = *(struct demo *)*state;
    size_t i;

    for (i = 0; i < TEST_COUNT(wrong); i++) {
        demo.options.picked = wrong[i].kernels;
        demo.options.picked_count = 2;
        sweep_fails(&demo, LSN_E_ARGUMENT, wrong[i].sentence);
        demo.options.picked = NULL;
        demo.options.fixed = wrong[i].kernels;
        demo.options.fixed_count = 2;
        if (i > 1) /* fixed lesions need no order */
            sweep_fails(&demo, LSN_E_ARGUMENT, wrong[i].sentence);
        demo.options.fixed_count = 0;
    }
}

/* An image that was removed after the list was read. */
static void lost_image(void **state)
{
    struct demo demo = *(struct demo *)*state;
    static const char labels[] = "file,class\na.png,0\n";
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), *image = test_file(folder, "a.png", "", 0);
    char *list = test_file(folder, "labels.csv", labels, sizeof labels - 1), sentence[200];

    test_ok(lsn_dataset_open(folder, NULL, LSN_FOLDER_ORDER_AUTO, demo.model, &demo.dataset, &err),
            &err);
    assert_int_equal(unlink(image), 0);
    snprintf(sentence, sizeof sentence, "%s: cannot open: No such file or directory", image);
    sweep_fails(&demo, LSN_E_IO, sentence);
    lsn_dataset_free(demo.dataset);
    free(image);
    free(list);
    test_folder_remove(folder);
}

static void race_fails(const struct demo *demo, const struct lsn_ranking_options *race,
                       const char *sentence)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_ranking *ranking = (void *)&somewhere;

    test_error(lsn_ranking_run(demo->model, demo->dataset, &demo->options, race, &ranking, &err),
               &err, LSN_E_ARGUMENT, sentence);
    assert_null(ranking);
}

static void greedy_fails(const struct demo *demo, const struct lsn_greedy_options *how,
                         const char *sentence)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_greedy *greedy = (void *)&somewhere;

    test_error(lsn_greedy_run(demo->model, demo->dataset, &demo->options, how, &greedy, &err), &err,
               LSN_E_ARGUMENT, sentence);
    assert_null(greedy);
}

/* Sweeps that a race or a greedy search cannot start from. */
static void wrong_sweeps(const struct demo *whole, struct demo sweeps[3])
{
    int i;

    for (i = 0; i < 3; i++)
        sweeps[i] = *whole;
    sweeps[0].options.run = RUN;
    sweeps[1].options.shard = sweeps[1].options.shards = 1;
    sweeps[2].options.engine = LSN_ENGINE_INTACT;
}

static void races(void **state)
{
    struct lsn_ranking_options race = {.size = sizeof race,
                                       .top = 1,
                                       .confidence = 0.95,
                                       .measure = LSN_RACE_LOSS,
                                       .low = -1,
                                       .high = -1};
    struct demo demo = *(struct demo *)*state, wrong[3];
    int i;

    wrong_sweeps(&demo, wrong);
    race_fails(&wrong[1], &race,
               "a race takes no shards: its images come in one order, and what was seen of all of "
               "them decides");
    race_fails(&wrong[2], &race, "a race needs kernels to lesion");
    for (i = 0; i > -2; i--) {
        race.clip = i;
        race_fails(&demo, &race, "the loss must be clipped to more than 0");
    }
    race.clip = 1;
    for (i = 0; i < 2; i++) { /* neither, and both */
        race.top = i;
        race.above = i > 0;
        race_fails(&demo, &race,
                   "a race needs a condition, one lesion, and a top of at least 1 or a bar");
    }
    race.top = 0;
    race.measure = LSN_RACE_SELECTIVITY;
    demo.options.condition_count = 1;
    race_fails(&demo, &race, "a race for selectivity wants two contrasts");
}

static void greedy_lesions(void **state)
{
    static const char sentence[] = "greedy lesions take no run directory and no shards";
    struct lsn_greedy_options how = {.size = sizeof how, .steps = 1};
    struct demo demo = *(struct demo *)*state, wrong[3];
    const struct lsn_kernel kernel = {0, 1};
    int i;

    wrong_sweeps(&demo, wrong);
    for (i = 0; i < 3; i++)
        greedy_fails(&wrong[i], &how, sentence);
    demo.options.fixed = demo.options.picked = &kernel;
    demo.options.fixed_count = 1;
    greedy_fails(&demo, &how, sentence);
    demo.options.fixed_count = 0;
    demo.options.picked_count = 1;
    greedy_fails(&demo, &how, sentence);
    demo = *(struct demo *)*state;
    how.steps = 0;
    greedy_fails(&demo, &how, "greedy lesions need a condition, one lesion, and at least one step");
}

static void tables(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results = sweep(*state);

    test_error(lsn_table_write_logits("/nowhere/l.npy", true, results, &err), &err, LSN_E_ARGUMENT,
               "the logits were not kept");
    test_error(lsn_run_merge(RUN, NULL, 0, false, &err), &err, LSN_E_ARGUMENT,
               "no shards are given");
    lsn_results_free(results);
}

static void claims_fail(const char *folder, const struct lsn_results *results, enum lsn_status code,
                        const char *sentence)
{
    const struct lsn_claims_runs runs = {.sweep = results};
    struct lsn_error err = LSN_ERROR_NONE;

    test_error(lsn_claims_write(folder, "demo", &runs, NULL, &err), &err, code, sentence);
    assert_int_equal(test_folder_count(folder), 0);
}

/* Halves for claim 2 that are not those of races over all kernels. */
static void claim_halves(void **state)
{
    static const char table[] = "lost_selectivity,lost_p_max,selectivity_beyond,beyond_p_max,"
                                "selectivity,p_max\n";
    struct demo demo = *(struct demo *)*state;
    struct lsn_condition conditions[LSN_CLAIMS_CONDITIONS];
    struct lsn_ranking_race race = {.count = 1};
    struct lsn_ranking ranking = {
        .measure = LSN_RACE_LOST_SELECTIVITY, .race_count = 2, .races = &race};
    struct lsn_claims_half halves[2] = {{.chosen = &ranking}, {.chosen = &ranking}};
    struct lsn_claims_runs runs = {.halves = halves};
    struct lsn_error err = LSN_ERROR_NONE;
    char *folder = test_folder(), path[200];
    struct lsn_results *results, *all;

    test_ok(lsn_claims_conditions(demo.model, demo.dataset, NULL,
                                  &(struct lsn_claims_contrasts){0.1, 1, "edges", 0}, conditions,
                                  &err),
            &err);
    demo.options.conditions = conditions;
    demo.options.condition_count = LSN_CLAIMS_CONDITIONS;
    demo.options.kernels = "0-3";
    all = sweep(&demo);
    demo.options.sample_kernels = 2;
    results = sweep(&demo);
    assert_int_equal(lsn_claims_top(all), 0);
    assert_int_equal(lsn_claims_top(results), 0); /* of three images */
    snprintf(path, sizeof path, "%s/tables", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    free(test_file(path, "selectivity.csv", table, sizeof table - 1));
    runs.sweep = results;
    ranking.axes = all;
    test_error(lsn_claims_write(folder, "demo", &runs, NULL, &err), &err, LSN_E_ARGUMENT,
               "claim 2: a half wants one race for lost selectivity of the 4 kernels that the "
               "sweep's are a sample of, not 2 of 4");
    ranking.race_count = 1;
    halves[0].measured = halves[1].measured = results;
    test_error(lsn_claims_write(folder, "demo", &runs, NULL, &err), &err, LSN_E_ARGUMENT,
               "claim 2: a half wants all outcomes of its race's 1 kernel under two conditions, "
               "not those of 2 under 6, on 3 of 3 images");
    lsn_results_free(results);
    lsn_results_free(all);
    test_folder_remove(folder);
}

/* Results that are not enough for claims, and results with another run's table. */
static void claims(void **state)
{
    struct demo demo = *(struct demo *)*state;
    struct lsn_condition conditions[LSN_CLAIMS_CONDITIONS], other[LSN_CLAIMS_CONDITIONS];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    char *folder = test_folder(), *table, path[200], sentence[300];
    struct lsn_stop stop = LSN_STOP_NONE;

    test_ok(lsn_claims_conditions(demo.model, demo.dataset, NULL,
                                  &(struct lsn_claims_contrasts){0.1, 1, "edges", 0}, conditions,
                                  &err),
            &err);
    test_error(lsn_claims_conditions(demo.model, demo.dataset, NULL,
                                     &(struct lsn_claims_contrasts){1, 1, "edges", 0}, other, &err),
               &err, LSN_E_ARGUMENT, "the low contrast, 1, is not below the high one, 1");
    demo.options.conditions = conditions;
    demo.options.condition_count = LSN_CLAIMS_CONDITIONS;
    lsn_stop_ask(&stop);
    demo.options.stop = &stop;
    assert_int_equal(lsn_sweep_run(demo.model, demo.dataset, &demo.options, &results, NULL),
                     LSN_E_INTERRUPTED);
    claims_fail(folder, results, LSN_E_DATA, "0 images are complete, two are needed");
    lsn_results_free(results);
    demo.options.stop = NULL;
    demo.options.engine = LSN_ENGINE_INTACT;
    results = sweep(&demo);
    claims_fail(folder, results, LSN_E_DATA, "no kernel was lesioned");
    lsn_results_free(results);
    demo.options.engine = LSN_ENGINE_INCREMENTAL;
    results = sweep(&demo);
    snprintf(path, sizeof path, "%s/tables", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    table = test_file(path, "selectivity.csv", "p_max\n1\n", 8);
    snprintf(sentence, sizeof sentence, "%s: is no table of selectivities", table);
    test_error(
        lsn_claims_write(folder, "demo", &(struct lsn_claims_runs){.sweep = results}, NULL, &err),
        &err, LSN_E_FORMAT, sentence);
    lsn_results_free(results);
    assert_int_equal(unlink(table), 0);
    assert_int_equal(rmdir(path), 0);
    free(table);
    test_folder_remove(folder);
}

static void report_fails(const char *run, const struct lsn_results *results, enum lsn_status code,
                         const char *sentence)
{
    struct lsn_report_options options = LSN_REPORT_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_report_outcome outcome;
    char page[200];

    snprintf(page, sizeof page, "%s/page", run);
    test_error(lsn_report_write(run, page, results, &options, &outcome, &err), &err, code,
               sentence);
    assert_int_not_equal(access(page, F_OK), 0);
}

/* A report on a folder that is not the one that the results are from. */
static void reports(void **state)
{
    struct demo demo = *(struct demo *)*state;
    static const char facts[] = "{\"model_sha256\": \"none\"}";
    char *folder = test_folder(), *file = test_file(folder, "run.json", facts, sizeof facts - 1);
    struct lsn_results *results = sweep(&demo);
    struct lsn_stop stop = LSN_STOP_NONE;
    char sentence[200];

    snprintf(sentence, sizeof sentence, "%s: lacks model_sha256 or image_list_sha256", file);
    report_fails(folder, results, LSN_E_FORMAT, sentence);
    lsn_results_free(results);
    lsn_stop_ask(&stop);
    demo.options.stop = &stop;
    assert_int_equal(lsn_sweep_run(demo.model, demo.dataset, &demo.options, &results, NULL),
                     LSN_E_INTERRUPTED);
    snprintf(sentence, sizeof sentence, "%s: no image is complete yet", folder);
    report_fails(folder, results, LSN_E_DATA, sentence);
    lsn_results_free(results);
    free(file);
    test_folder_remove(folder);
}

#define ON_DEMO(test) cmocka_unit_test_setup_teardown(test, open_demo, close_demo)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DEMO(sweeps), ON_DEMO(picks),          ON_DEMO(lost_image),
        ON_DEMO(races),  ON_DEMO(greedy_lesions), ON_DEMO(tables),
        ON_DEMO(claims), ON_DEMO(claim_halves),   ON_DEMO(reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
