/* Decisions between groups of classes: the map of the groups, their scores, and labels of images by
 * group. */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lesion/dataset.h"
#include "lesion/decide.h"
#include "model/decide.h"
#include "model/model.h"

/* Two classes share a name, as the cranes of ImageNet do. */
static struct lsn_class named[] = {{"n0", "tench"}, {"n1", "crane"}, {"n2", "crane"},
                                   {"n3", "ox"},    {"n4", "bus"},   {"n5", "car"}};
static struct lsn_node output = {.shape = {6, 1, 1}};
static struct lsn_model model;

static int make_root(void **state)
{
    model = (struct lsn_model){
        .graph = {.nodes = &output, .count = 1}, .classes = named, .class_count = 6};
    return test_make_scratch(state);
}

static int remove_root(void **state)
{
    lsn_decision_free(model.decision);
    return test_remove_scratch(state);
}

/* Writes a file in the test's folder; its path is valid until the next call. */
static const char *put(const char *name, const char *content)
{
    static char path[256];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", test_scratch_folder, name);
    stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(content, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    return path;
}

static void decide(const char *map, enum lsn_decide_by by)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_model_decide(&model, put("map.csv", map), by, &err) != LSN_OK)
        fail_msg("%s", err.text);
}

static void assert_refused(const char *map, enum lsn_status wanted, const char *text)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_decision *before = model.decision;

    assert_int_equal(lsn_model_decide(&model, put("map.csv", map), LSN_DECIDE_BY_MEAN, &err),
                     wanted);
    if (!strstr(err.text, text))
        fail_msg("'%s' does not say '%s'", err.text, text);
    assert_ptr_equal(model.decision, before);
}

#define MAP "class,group\nn3,animal\n0,animal\ncar,vehicle\n1,animal\nn4,vehicle\n"

static void test_reads_a_map(void **state)
{
    char text[256];
    struct lsn_decision_info info;

    (void)state;
    assert_string_equal(lsn_model_decision(&model).rule, "none");
    assert_null(lsn_model_decision(&model).text);
    decide(MAP, LSN_DECIDE_BY_MEAN);
    info = lsn_model_decision(&model);
    snprintf(text, sizeof text,
             "%s/map.csv: decides between 2 groups of 5 of 6 classes (by index and id and name), "
             "by the mean of their softmax probabilities",
             test_scratch_folder);
    assert_string_equal(info.text, text);
    assert_int_equal(info.groups, 2);
    assert_int_equal(info.classes, 5);
    assert_int_equal(strlen(info.sha256), 64);
    snprintf(text, sizeof text, "mean %s", info.sha256);
    assert_string_equal(info.rule, text);
    assert_int_equal(lsn_model_classes(&model), 2);
    assert_int_equal(lsn_model_logits(&model), 6);
    assert_string_equal(lsn_model_class_name(&model, 0), "animal");
    assert_string_equal(lsn_model_class_name(&model, 1), "vehicle");
    assert_null(lsn_model_class_id(&model, 1));
    /* A second map replaces the first; columns are found by name. */
    decide("note,group,class\nx,b,4\ny,a,2\n", LSN_DECIDE_BY_MAX);
    assert_string_equal(lsn_model_class_name(&model, 0), "b");
    assert_string_equal(lsn_model_decision(&model).by, "max");
    assert_non_null(strstr(lsn_model_decision(&model).text, "between 2 of 6 classes (by index)"));
}

static void test_refuses_maps(void **state)
{
    struct lsn_model nameless = {.graph = {.nodes = &output, .count = 1}};
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    assert_refused("class,name\n0,a\n", LSN_E_FORMAT, "no column 'group'; class,group is wanted");
    assert_refused("group\na\n", LSN_E_FORMAT, "no column 'class'");
    assert_refused("class,group\n", LSN_E_DATA, "has 0 groups, two at least");
    assert_refused("class,group\n0,a\n1,a\n", LSN_E_DATA, "has 1 group, two at least");
    decide(MAP, LSN_DECIDE_BY_MEAN);
    assert_refused("class,group\n0,a\n6,b\n", LSN_E_DATA,
                   "line 3: class 6, the model's are 0 ... 5");
    assert_refused("class,group\n0,a\ncow,b\n", LSN_E_DATA,
                   "line 3: class 'cow' is no class's index, id or name in the model");
    assert_refused("class,group\n0,a\n,b\n", LSN_E_DATA, "line 3: class ''");
    assert_refused("class,group\n0,a\ncrane,b\n", LSN_E_DATA,
                   "'crane' is the name of classes 1 and 2, an index or id is wanted");
    assert_refused("class,group\n0,a\n1,b\ntench,b\n", LSN_E_DATA,
                   "line 4: class 0 ('tench') is on line 2 already; a class belongs to one group");
    assert_refused("class,group\n0,a\n1,\n", LSN_E_DATA, "line 3: its group has no name");
    assert_int_equal(lsn_model_classes(&model), 2);
    assert_int_equal(lsn_model_decide(&nameless, put("map.csv", MAP), LSN_DECIDE_BY_MEAN, &err),
                     LSN_E_DATA);
    assert_non_null(strstr(err.text, "neither ids nor names: give indices"));
    assert_int_equal(lsn_model_decide(&nameless, "/nowhere/map.csv", LSN_DECIDE_BY_MEAN, &err),
                     LSN_E_IO);
    assert_null(nameless.decision);
}

static const float *score(const float *logits)
{
    static float room[6];
    struct lsn_error err = LSN_ERROR_NONE;
    const float *scores;

    if (lsn_model_scores(&model, logits, room, &scores, &err) != LSN_OK)
        fail_msg("%s", err.text);
    return scores;
}

static void test_scores_groups(void **state)
{
    float logits[6] = {1, -2, 9, 3.5f, .25f, .75f}, room[6];
    struct lsn_error err = LSN_ERROR_NONE;
    const float *scores;
    double total = 0, animal, vehicle;
    int i;

    (void)state;
    assert_ptr_equal(score(logits), logits);
    decide(MAP, LSN_DECIDE_BY_MEAN);
    /* The ratio of two groups' scores is that of their mean softmax probabilities, by
     * definition. */
    for (i = 0; i < 6; i++)
        total += exp((double)logits[i]);
    animal = (exp(3.5) / total + exp(1.) / total + exp(-2.) / total) / 3;
    vehicle = (exp(.25) / total + exp(.75) / total) / 2;
    scores = score(logits);
    assert_true(fabs((double)scores[0] - (double)scores[1] - log(animal / vehicle)) < 1e-6);
    /* Logits of which exp alone would overflow or become 0. */
    for (i = 0; i < 6; i++)
        logits[i] += 1e6f;
    assert_true(fabs((double)score(logits)[0] - 1e6 - log(total * animal)) < .1);
    for (i = 0; i < 6; i++)
        logits[i] = -3e4f;
    assert_true(score(logits)[0] == -3e4f);
    logits[5] = 2;
    decide(MAP, LSN_DECIDE_BY_MAX);
    assert_true(score(logits)[0] == -3e4f && score(logits)[1] == 2);
    /* A logit of a class in no group must be a number, too. */
    logits[2] = NAN;
    assert_int_equal(lsn_model_scores(&model, logits, room, &scores, &err), LSN_E_DATA);
    assert_non_null(strstr(err.text, "the logit of class 2 is nan"));
}

static void test_scores_single_classes_by_their_logits(void **state)
{
    const float logits[6] = {.1f, -.2f, 1e-7f, 3.3333333f, 1e20f, -0.7f};
    enum lsn_decide_by by;

    (void)state;
    for (by = LSN_DECIDE_BY_MEAN; by <= LSN_DECIDE_BY_MAX; by++) {
        decide("class,group\n5,x\n0,y\n4,z\n", by);
        assert_true(score(logits)[0] == logits[5]);
        assert_true(score(logits)[1] == logits[0]);
        assert_true(score(logits)[2] == logits[4]);
    }
}

/* Opens an image with this label: it must be refused with this text, or, where refusal is NULL,
 * belong to this group; how is the end of the note on how labels were found. */
static void assert_label(const char *label, int group, const char *how, const char *refusal)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;
    char list[128];

    put("a.png", "");
    snprintf(list, sizeof list, "file,class\na.png,%s\n", label);
    put("labels.csv", list);
    if (lsn_dataset_open(test_scratch_folder, NULL, LSN_FOLDER_ORDER_AUTO, &model, &dataset,
                         &err) != LSN_OK) {
        if (!refusal || !strstr(err.text, refusal))
            fail_msg("'%s' does not say '%s'", err.text, refusal ? refusal : "nothing");
        return;
    }
    if (refusal)
        fail_msg("%s was taken for group %d", label, lsn_dataset_class(dataset, 0));
    assert_int_equal(lsn_dataset_class(dataset, 0), group);
    if (!strstr(lsn_dataset_matching(dataset), how))
        fail_msg("'%s' does not say '%s'", lsn_dataset_matching(dataset), how);
    lsn_dataset_free(dataset);
}

static void test_labels_by_group(void **state)
{
    (void)state;
    decide(MAP, LSN_DECIDE_BY_MEAN);
    assert_label("vehicle", 1, "1 image of 1 group, by group", NULL);
    assert_label("5", 1, "by index", NULL);
    assert_label("n4", 1, "by id", NULL);
    assert_label("ox", 0, "by name", NULL);
    assert_label("2", 0, NULL, "line 2: '2' is class 2, which the map has in no group; add it");
    assert_label("n2", 0, NULL, "'n2' is class 2, which the map has in no group");
    assert_label("6", 0, NULL,
                 "class '6' is no group of the map, and no class's index, id or name");
    assert_label("cow", 0, NULL, "class 'cow' is no group of the map");
    assert_label("crane", 0, NULL, "classes 1 and 2, which the map does not have in one group");
    decide("class,group\n1,bird\n2,bird\n3,else\n", LSN_DECIDE_BY_MEAN);
    assert_label("crane", 0, "by name", NULL);
    /* A group named like a class of another group is refused; named like a class of its own, or of
     * none, it is accepted. */
    decide("class,group\n0,1\n1,0\n3,3\n4,crane\n", LSN_DECIDE_BY_MEAN);
    assert_label("1", 0, NULL,
                 "'1' is a group of the map, and also class 1, which the map has in "
                 "group '0'; call the group otherwise");
    assert_label("3", 2, "by group", NULL);
    assert_label("crane", 0, NULL, "'crane' is a group of the map, and also class 1");
    decide("class,group\n0,5\n4,crane\n", LSN_DECIDE_BY_MEAN);
    assert_label("5", 0, "by group", NULL);
    assert_label("crane", 1, "by group", NULL);
}

/* Opens class folders with one image each. They must belong to these groups, with how in the note,
 * or, where how is NULL, be refused with this text. */
static void assert_folders(const char *const *names, const int *groups, const char *how,
                           const char *refusal)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;
    char command[512] = "rm -rf", path[128];
    size_t i;

    snprintf(command, sizeof command, "rm -rf %s/set", test_scratch_folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/set", test_scratch_folder);
    assert_int_equal(mkdir(path, 0777), 0);
    for (i = 0; names[i]; i++) {
        snprintf(path, sizeof path, "%s/set/%s", test_scratch_folder, names[i]);
        assert_int_equal(mkdir(path, 0777), 0);
        snprintf(path, sizeof path, "set/%s/a.png", names[i]);
        put(path, "");
    }
    snprintf(path, sizeof path, "%s/set", test_scratch_folder);
    if (lsn_dataset_open(path, NULL, LSN_FOLDER_ORDER_AUTO, &model, &dataset, &err) != LSN_OK) {
        if (how || !strstr(err.text, refusal))
            fail_msg("'%s' does not say '%s'", err.text, how ? how : refusal);
        return;
    }
    assert_non_null(how);
    assert_non_null(strstr(lsn_dataset_matching(dataset), how));
    for (i = 0; names[i]; i++)
        assert_int_equal(lsn_dataset_class(dataset, i), groups[i]);
    lsn_dataset_free(dataset);
}

#define NAMES(...)  ((const char *const[]){__VA_ARGS__, NULL})
#define GROUPS(...) ((const int[]){__VA_ARGS__})

static void test_labels_folders_by_group(void **state)
{
    (void)state;
    decide(MAP, LSN_DECIDE_BY_MEAN);
    assert_folders(NAMES("animal", "vehicle"), GROUPS(0, 1), "2 folders matched by group", NULL);
    assert_folders(NAMES("n0", "n3", "n5"), GROUPS(0, 0, 1), "3 folders matched by id", NULL);
    assert_folders(NAMES("animal", "bus"), GROUPS(0, 1), "matched by group and name", NULL);
    assert_folders(NAMES("animal", "cow"), NULL, NULL,
                   "/set/cow: is no group of the map, and no class's id or name in the model, as 1 "
                   "of the 2 folders is");
    assert_folders(NAMES("cow", "pig"), NULL, NULL,
                   "/set: its 2 folders ('cow', ...) bear no group's name of the map, and no "
                   "class's id or name (a labels.csv");
    assert_folders(NAMES("animal", "n2"), NULL, NULL, "/set: 'n2' is class 2, which the map has");
    /* As many folders as classes are counted, as without a map of groups. */
    assert_folders(NAMES("0", "1", "2", "3", "4", "5"), NULL, NULL,
                   "/set: '2' is class 2, which the map has in no group");
    decide("class,group\n0,a\n1,b\n2,b\n3,b\n4,a\n5,c\n", LSN_DECIDE_BY_MEAN);
    assert_folders(NAMES("0", "1", "2", "3", "4", "5"), GROUPS(0, 1, 1, 1, 0, 2),
                   "6 folders matched by index", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_a_map, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_refuses_maps, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_scores_groups, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_scores_single_classes_by_their_logits, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(test_labels_by_group, make_root, remove_root),
        cmocka_unit_test_setup_teardown(test_labels_folders_by_group, make_root, remove_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
