/* Lists of labelled images: labels.csv, class folders, and what is refused. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "lesion/dataset.h"
#include "model/model.h"

/* Four classes. Two share a name, as the cranes of ImageNet do, and one has a name that is the
 * index of another. */
static struct lsn_class named[] = {
    {"n01", "tench"}, {"n02", "crane"}, {"n03", "crane"}, {"n04", "1"}};
static struct lsn_node output = {.shape = {4, 1, 1}};
static const struct lsn_model model = {
    .graph = {.nodes = &output, .count = 1}, .classes = named, .class_count = 4};
static const struct lsn_model nameless = {.graph = {.nodes = &output, .count = 1}};

static char root[128];              /* the folder of images that is opened */
static enum lsn_folder_order order; /* folder order for all lists opened here */

static int make_root(void **state)
{
    order = LSN_FOLDER_ORDER_AUTO;
    if (test_make_scratch(state) != 0 || strlen(test_scratch_folder) >= sizeof root)
        return -1;
    strcpy(root, test_scratch_folder);
    return 0;
}

static void in_root(const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", root, name);
}

/* Writes root/name, making its folders. */
static void put(const char *name, const char *content)
{
    char path[256], *slash;
    FILE *stream;

    in_root(name, path);
    for (slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(content, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

static struct lsn_dataset *open_root(const char *labels_path, const struct lsn_model *of)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;

    if (lsn_dataset_open(root, labels_path, order, of, &dataset, &err) != LSN_OK)
        fail_msg("%s", err.text);
    return dataset;
}

static void assert_matching(const struct lsn_dataset *dataset, const char *text)
{
    char wanted[512];

    snprintf(wanted, sizeof wanted, "%s%s", root, text);
    assert_string_equal(lsn_dataset_matching(dataset), wanted);
}

static void assert_item(const struct lsn_dataset *dataset, size_t image, const char *name,
                        int class_index)
{
    char path[256];

    in_root(name, path);
    assert_true(image < lsn_dataset_count(dataset));
    assert_string_equal(lsn_dataset_name(dataset, image), name);
    assert_string_equal(lsn_dataset_path(dataset, image), path);
    assert_int_equal(lsn_dataset_class(dataset, image), class_index);
    assert_int_equal(access(lsn_dataset_path(dataset, image), R_OK), 0);
}

/* Opening must fail with this status; the sentence must contain all of the texts, which end with
 * NULL. */
static void assert_refused(const char *labels_path, const struct lsn_model *of,
                           enum lsn_status wanted, const char *const texts[])
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset = (struct lsn_dataset *)&err;
    enum lsn_status status = lsn_dataset_open(root, labels_path, order, of, &dataset, &err);

    if (status != wanted)
        fail_msg("%s, wanted: %s (%s)", lsn_status_name(status), lsn_status_name(wanted), err.text);
    assert_int_equal(err.code, wanted);
    assert_null(dataset);
    for (; *texts; texts++)
        if (!strstr(err.text, *texts))
            fail_msg("'%s' does not say '%s'", err.text, *texts);
}

#define REFUSED(labels_path, of, wanted, ...)                                                      \
    assert_refused(labels_path, of, wanted, (const char *const[]){__VA_ARGS__, NULL})

static void test_reads_labels_in_their_order(void **state)
{
    struct lsn_dataset *dataset;

    (void)state;
    put("z.png", "");
    put("sub/b,1.JPEG", "");
    put("a.bmp", "");
    put("c.png", "");
    put("unlabelled.png", "");
    put("labels.csv", "note,class,file\n"
                      "x,n03,z.png\n"
                      "y,tench,\"./sub//b,1.JPEG\"\n"
                      ",0,a.bmp\n"
                      ",1,c.png\n");
    dataset = open_root(NULL, &model);
    assert_int_equal(lsn_dataset_count(dataset), 4);
    assert_item(dataset, 0, "z.png", 2);
    assert_item(dataset, 1, "sub/b,1.JPEG", 0);
    assert_item(dataset, 2, "a.bmp", 0);
    assert_item(dataset, 3, "c.png", 1); /* the index 1, not the class named "1" */
    assert_matching(dataset, "/labels.csv: 4 images of 3 classes, by index and id and name");
    lsn_dataset_free(dataset);
    lsn_dataset_free(NULL);
}

static void test_takes_another_table(void **state)
{
    struct lsn_dataset *dataset;
    char path[256];

    (void)state;
    put("z.png", "");
    put("labels.csv", "not the one\n");
    put("elsewhere/labels.csv", "file,class\r\nz.png,3\r\n");
    in_root("elsewhere/labels.csv", path);
    dataset = open_root(path, &nameless);
    assert_int_equal(lsn_dataset_count(dataset), 1);
    assert_item(dataset, 0, "z.png", 3);
    lsn_dataset_free(dataset);
    in_root("absent.csv", path);
    REFUSED(path, &model, LSN_E_IO, "absent.csv");
}

/* A list may name files that do not exist: opening an image reports that. */
static void test_lists_files_that_are_not_there(void **state)
{
    struct lsn_dataset *dataset;

    (void)state;
    put("a.png", "");
    put("sub/c.png", "");
    put("labels.csv", "file,class\nabsent.png,1\nsub,0\na.png/b.png,2\n/etc/no-such-file,3\n");
    dataset = open_root(NULL, &nameless);
    assert_int_equal(lsn_dataset_count(dataset), 4);
    assert_string_equal(lsn_dataset_name(dataset, 0), "absent.png");
    assert_item(dataset, 1, "sub", 0);
    assert_string_equal(lsn_dataset_name(dataset, 2), "a.png/b.png");
    assert_string_equal(lsn_dataset_path(dataset, 3), "/etc/no-such-file");
    lsn_dataset_free(dataset);
}

static void test_refuses_bad_rows(void **state)
{
    static const struct {
        const char *rows, *line, *what;
    } cases[] = {
        {"../a.png,0\n", "line 2", "../a.png"},
        {"sub/../a.png,0\n", "line 2", "sub/../a.png"},
        {"sub/..,0\n", "line 2", "sub/.."},
        {"/etc/../a.png,0\n", "line 2", "/etc/../a.png"},
        {"/,0\n", "line 2", "'/'"},
        {",0\n", "line 2", "below"},
        {"a.png,0\nsub/c.png,1\n./a.png,0\n", "line 4", "line 2"},
        {"a.png,4\n", "line 2", "0 ... 3"},
        {"a.png,99999999999999999999\n", "line 2", "0 ... 3"},
        {"a.png,-1\n", "line 2", "'-1'"},
        {"a.png,\n", "line 2", "''"},
        {"a.png,N01\n", "line 2", "'N01'"},
        {"a.png, 1\n", "line 2", "' 1'"},
        {"a.png,crane\n", "line 2", "1 and 2"},
    };
    char content[256];
    size_t i;

    (void)state;
    put("a.png", "");
    put("sub/c.png", "");
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(content, sizeof content, "file,class\n%s", cases[i].rows);
        put("labels.csv", content);
        REFUSED(NULL, &model, LSN_E_DATA, "labels.csv", cases[i].line, cases[i].what);
    }
}

static void test_refuses_bad_tables(void **state)
{
    (void)state;
    put("a.png", "");
    put("labels.csv", "file,class\n");
    REFUSED(NULL, &model, LSN_E_DATA, "labels.csv", "0 rows");
    put("labels.csv", "file,label\na.png,0\n");
    REFUSED(NULL, &model, LSN_E_FORMAT, "labels.csv", "'class'");
    put("labels.csv", "name,class\na.png,0\n");
    REFUSED(NULL, &model, LSN_E_FORMAT, "labels.csv", "'file'");
    put("labels.csv", "file,class\na.png\n");
    REFUSED(NULL, &model, LSN_E_FORMAT, "labels.csv", "line 2");
}

static void assert_passed(const struct lsn_dataset *dataset, enum lsn_passed kind, size_t count,
                          const char *first)
{
    const char *names[LSN_PASSED_NAMED];
    int shown;

    assert_int_equal(lsn_dataset_passed(dataset, kind, names, &shown), count);
    assert_int_equal(shown, count < LSN_PASSED_NAMED ? count : LSN_PASSED_NAMED);
    assert_string_equal(shown ? names[0] : "", first);
}

/* Folders for some of the classes, named by id or by name, with folders inside. Other files, hidden
 * files, and images outside class folders are passed over and counted. */
static void test_reads_class_folders(void **state)
{
    struct lsn_dataset *dataset;
    char path[256];

    (void)state;
    put("tench/b.png", "");
    put("tench/a.JPEG", "");
    put("tench/deep/er/c.Jpg", "");
    put("tench/readme.txt", "");
    put("tench/d.gif", "");
    put("tench/d.pbm", "");
    put("tench/._a.JPEG", "");
    put("n03/x.jpeg", "");
    put("n03/y.WebP", "");
    put("n03/z1.tif", "");
    put("n03/z2.TIFF", "");
    put("n03/z3.bmp", "");
    put("n03/z4.pgm", "");
    put("n03/z5.ppm", "");
    put("loose.png", "");
    put(".git/y.png", "");
    put("loose.txt", "");
    put("tench/.hidden", "");
    put("tench/a.GIF", "");
    put("tench/b.heic", "");
    put("tench/deep/c.tiff", "");
    put("tench/deep/d.tif", "");
    in_root("n02", path);
    assert_int_equal(mkdir(path, 0777), 0);
    dataset = open_root(NULL, &model);
    assert_passed(dataset, LSN_PASSED_FORMAT, 4, "tench/a.GIF");
    assert_passed(dataset, LSN_PASSED_HIDDEN, 1, "tench/._a.JPEG");
    assert_passed(dataset, LSN_PASSED_OUTSIDE, 1, "loose.png");
    assert_passed(dataset, LSN_PASSED_EMPTY, 1, "n02");
    assert_passed(dataset, LSN_PASSED_OTHER, 1, "tench/readme.txt");
    assert_int_equal(lsn_dataset_count(dataset), 12);
    assert_item(dataset, 0, "n03/x.jpeg", 2);
    assert_item(dataset, 1, "n03/y.WebP", 2);
    assert_item(dataset, 2, "n03/z1.tif", 2);
    assert_item(dataset, 3, "n03/z2.TIFF", 2);
    assert_item(dataset, 4, "n03/z3.bmp", 2);
    assert_item(dataset, 5, "n03/z4.pgm", 2);
    assert_item(dataset, 6, "n03/z5.ppm", 2);
    assert_item(dataset, 7, "tench/a.JPEG", 0);
    assert_item(dataset, 8, "tench/b.png", 0);
    assert_item(dataset, 9, "tench/deep/c.tiff", 0);
    assert_item(dataset, 10, "tench/deep/d.tif", 0);
    assert_item(dataset, 11, "tench/deep/er/c.Jpg", 0);
    assert_matching(dataset, ": 3 folders matched by id or name");
    lsn_dataset_free(dataset);
}

static void test_counts_folders_only_when_all_are_there(void **state)
{
    struct lsn_dataset *dataset;

    (void)state;
    put("d/1.png", "");
    put("b/1.png", "");
    put("a/1.png", "");
    REFUSED(NULL, &nameless, LSN_E_DATA, root, "3 folders", "4", "labels.csv", "file,class");
    put("c/1.png", "");
    dataset = open_root(NULL, &nameless);
    assert_int_equal(lsn_dataset_count(dataset), 4);
    assert_item(dataset, 0, "a/1.png", 0);
    assert_item(dataset, 3, "d/1.png", 3);
    assert_matching(dataset, ": 4 folders counted in order: a = 0, b = 1, c = 2, ...");
    lsn_dataset_free(dataset);
    put("e/1.png", "");
    REFUSED(NULL, &nameless, LSN_E_DATA, root, "5 folders", "labels.csv");
}

/* Where the model names its classes, folders with other names are not counted: their order may be
 * another than the model's. */
static void test_counts_no_folders_where_classes_have_names(void **state)
{
    struct lsn_dataset *dataset;

    (void)state;
    put("a/1.png", "");
    put("b/1.png", "");
    put("c/1.png", "");
    put("d/1.png", "");
    REFUSED(NULL, &model, LSN_E_DATA, root, "4 folders ('a'", "--folder-order name", "labels.csv");
    order = LSN_FOLDER_ORDER_NAME;
    dataset = open_root(NULL, &model);
    assert_item(dataset, 3, "d/1.png", 3);
    assert_matching(dataset, ": 4 folders counted in order of name: a = 0, b = 1, c = 2, ...");
    lsn_dataset_free(dataset);
    order = LSN_FOLDER_ORDER_NUMBER;
    REFUSED(NULL, &model, LSN_E_DATA, "/a: is called by no whole number", "labels.csv");
}

/* Python's sorted(), which torchvision's ImageFolder uses, orders these 02, 1, 10, 9; by value the
 * order is 1, 02, 9, 10. If one name is no number, all are ordered as text. */
static void test_counts_numbers_as_asked_for(void **state)
{
    static const char *const names[] = {"02/1.png", "1/1.png", "10/1.png", "9/1.png"};
    static const int by_value[] = {1, 0, 3, 2};
    struct lsn_dataset *dataset;
    char from[256], to[256];
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++)
        put(names[i], "");
    REFUSED(NULL, &nameless, LSN_E_DATA, root, "class 0 would be '1' by value", "'02' in sorted",
            "--folder-order", "labels.csv");
    order = LSN_FOLDER_ORDER_NUMBER;
    dataset = open_root(NULL, &nameless);
    for (i = 0; i < 4; i++)
        assert_item(dataset, i, names[i], by_value[i]);
    assert_matching(dataset, ": 4 folders counted in order of number: 1 = 0, 02 = 1, 9 = 2, ...");
    lsn_dataset_free(dataset);
    order = LSN_FOLDER_ORDER_NAME;
    dataset = open_root(NULL, &nameless);
    for (i = 0; i < 4; i++)
        assert_item(dataset, i, names[i], (int)i);
    assert_matching(dataset, ": 4 folders counted in order of name: 02 = 0, 1 = 1, 10 = 2, ...");
    lsn_dataset_free(dataset);
    order = LSN_FOLDER_ORDER_AUTO;
    in_root("1", from);
    in_root("1a", to);
    assert_int_equal(rename(from, to), 0);
    dataset = open_root(NULL, &nameless);
    assert_item(dataset, 2, "1a/1.png", 2);
    assert_item(dataset, 3, "9/1.png", 3);
    lsn_dataset_free(dataset);
}

/* A model with as many classes as ImageNet. Their ids are ID<number>, or they have none. */
static struct lsn_model *make_thousand(const char *id)
{
    static struct lsn_class classes[1000];
    static char texts[1000][16];
    static struct lsn_node node = {.shape = {1000, 1, 1}};
    static struct lsn_model thousand;
    int i;

    for (i = 0; i < 1000 && id; i++) {
        snprintf(texts[i], sizeof texts[i], "%s%08d", id, i + 90000000);
        classes[i] = (struct lsn_class){texts[i], texts[i]};
    }
    thousand = (struct lsn_model){.graph = {.nodes = &node, .count = 1}};
    thousand.classes = id ? classes : NULL;
    thousand.class_count = id ? 1000 : 0;
    return &thousand;
}

/* Makes 1000 class folders called PATTERN of first, first + 1, ... */
static void put_thousand(const char *pattern, int first)
{
    char name[64];
    int i;

    for (i = first; i < first + 1000; i++) {
        if (strcmp(pattern, "n") == 0)
            snprintf(name, sizeof name, "n%08d/a.png", 7 * i);
        else
            snprintf(name, sizeof name, strcmp(pattern, "4") == 0 ? "%04d/a.png" : "%d/a.png", i);
        put(name, "");
    }
}

/* ImageNetV2's folders are called by the classes' indices. */
static void test_matches_indices(void **state)
{
    struct lsn_dataset *dataset;
    size_t i;

    (void)state;
    put_thousand("", 0);
    dataset = open_root(NULL, make_thousand("word "));
    assert_int_equal(lsn_dataset_count(dataset), 1000);
    for (i = 0; i < 1000; i++)
        assert_int_equal(lsn_dataset_class(dataset, i), atoi(lsn_dataset_name(dataset, i)));
    assert_non_null(strstr(lsn_dataset_matching(dataset), ": 1000 folders matched by index ("));
    assert_non_null(strstr(lsn_dataset_matching(dataset), "class 2 is '10', --folder-order name"));
    lsn_dataset_free(dataset);
    order = LSN_FOLDER_ORDER_NAME;
    dataset = open_root(NULL, make_thousand("word "));
    for (i = 0; i < 1000; i++)
        assert_int_equal(lsn_dataset_class(dataset, i), i);
    lsn_dataset_free(dataset);
}

/* ILSVRC's devkit numbers the classes from 1, in an order of its own. */
static void test_refuses_devkit_ids(void **state)
{
    (void)state;
    put_thousand("", 1);
    REFUSED(NULL, make_thousand(NULL), LSN_E_DATA, root, "1 ... 1000", "devkit", "labels.csv",
            "--folder-order");
    order = LSN_FOLDER_ORDER_NUMBER;
    lsn_dataset_free(open_root(NULL, make_thousand("word ")));
}

/* Padded with zeros, the order by name and by value agree; they are still the devkit's numbers. */
static void test_refuses_padded_devkit_ids(void **state)
{
    (void)state;
    put_thousand("4", 1);
    REFUSED(NULL, make_thousand(NULL), LSN_E_DATA, "1 ... 1000", "devkit", "labels.csv");
    REFUSED(NULL, make_thousand("word "), LSN_E_DATA, "1 ... 1000", "devkit", "labels.csv");
}

/* Torchvision's class names are in the order of the sorted WordNet ids. */
static void test_counts_wordnet_ids(void **state)
{
    struct lsn_dataset *dataset;
    char from[256], to[256];

    (void)state;
    put_thousand("n", 0);
    dataset = open_root(NULL, make_thousand("word "));
    assert_item(dataset, 999, "n00006993/a.png", 999);
    assert_matching(dataset, ": 1000 folders counted in order: n00000000 = 0, n00000007 = 1, "
                             "n00000014 = 2, ...");
    lsn_dataset_free(dataset);
    in_root("n00000007", from);
    in_root("n0000000x", to);
    assert_int_equal(rename(from, to), 0);
    REFUSED(NULL, make_thousand("word "), LSN_E_DATA, "no class's id or name", "labels.csv");
    assert_int_equal(rename(to, from), 0);
    /* WordNet ids that the model does not have are other classes. */
    REFUSED(NULL, make_thousand("n"), LSN_E_DATA, root, "no class's id or name");
}

/* The folder above the class folders, with train and val in it, is refused. */
static void test_refuses_a_level_too_high(void **state)
{
    struct lsn_dataset *dataset;

    (void)state;
    put("a/cat/1.png", "");
    put("b/1.png", "");
    put("train/cat/1.png", "");
    put("train/dog/1.png", "");
    put("val/cat/1.png", "");
    REFUSED(NULL, &nameless, LSN_E_DATA, "/a: ", "'cat'", "labels.csv");
    put("a/1.png", "");
    REFUSED(NULL, &nameless, LSN_E_DATA, "/train: ", "2 folders ('cat', ...)", "folder of images");
    REFUSED(NULL, &model, LSN_E_DATA, "/train: ", "2 folders ('cat', ...)", "folder of images");
    order = LSN_FOLDER_ORDER_NAME;
    REFUSED(NULL, &nameless, LSN_E_DATA, "/train: ", "2 folders ('cat', ...)");
    put("train/1.png", "");
    put("val/2.png", "");
    dataset = open_root(NULL, &nameless);
    assert_item(dataset, 2, "b/1.png", 1);
    lsn_dataset_free(dataset);
}

/* Class folders of Tiny ImageNet: each holds a folder called images. */
static void test_takes_folders_of_folders_called_images(void **state)
{
    struct lsn_dataset *dataset;

    (void)state;
    put("n5/images/1.png", "");
    put("n6/images/1.png", "");
    put("n7/images/1.png", "");
    put("n8/images/1.png", "");
    put("n8/boxes.txt", "");
    dataset = open_root(NULL, &nameless);
    assert_item(dataset, 3, "n8/images/1.png", 3);
    lsn_dataset_free(dataset);
}

/* Lists like Caffe's val.txt, with indices, ids or class names, and file names that contain
 * blanks. */
static void test_reads_lists_of_lines(void **state)
{
    struct lsn_dataset *dataset;
    char path[256];

    (void)state;
    put("a.JPEG", "");
    put("sub/b c.png", "");
    put("val.txt", "a.JPEG 3\r\n\n  ./sub/b c.png\t n02 \n");
    in_root("val.txt", path);
    dataset = open_root(path, &model);
    assert_int_equal(lsn_dataset_count(dataset), 2);
    assert_item(dataset, 0, "a.JPEG", 3);
    assert_item(dataset, 1, "sub/b c.png", 1);
    assert_matching(dataset, "/val.txt: a list of 2 images of 2 classes, by index and id");
    lsn_dataset_free(dataset);
    put("val.txt", "a.JPEG 4\n");
    REFUSED(path, &model, LSN_E_DATA, "val.txt: line 1: class 4", "0 ... 3");
    put("val.txt", "a.JPEG 3\na.JPEG\n");
    REFUSED(path, &model, LSN_E_FORMAT, "val.txt: line 2: 'a.JPEG'");
    put("val.txt", "a.JPEG 3\n\na.JPEG 3\n");
    REFUSED(path, &model, LSN_E_DATA, "val.txt: line 3", "named on line 1");
    put("val.txt", "a.JPEG\n");
    REFUSED(path, &model, LSN_E_FORMAT, "file,class", "ImageId,PredictionString");
}

/* Kaggle's LOC_val_solution.csv, with images in one folder or in class folders, and with one box or
 * more in a row. */
static void test_reads_kaggles_table(void **state)
{
    static struct lsn_class classes[] = {
        {"n01440764", "tench"}, {"n01443537", "goldfish"}, {"", ""}, {"", ""}};
    const struct lsn_model imagenet = {
        .graph = {.nodes = &output, .count = 1}, .classes = classes, .class_count = 4};
    struct lsn_dataset *dataset;
    char path[256];

    (void)state;
    put("ILSVRC2012_val_00000001.JPEG", "");
    put("n01440764/ILSVRC2012_val_00000002.JPEG", "");
    put("LOC_val_solution.csv",
        "ImageId,PredictionString\n"
        "ILSVRC2012_val_00000001,n01443537 111 108 431 202 n01443537 1 2 3 4 \n"
        "ILSVRC2012_val_00000002,n01440764 0 93 139 499 \n");
    in_root("LOC_val_solution.csv", path);
    dataset = open_root(path, &imagenet);
    assert_int_equal(lsn_dataset_count(dataset), 2);
    assert_item(dataset, 0, "ILSVRC2012_val_00000001.JPEG", 1);
    assert_item(dataset, 1, "n01440764/ILSVRC2012_val_00000002.JPEG", 0);
    assert_matching(dataset,
                    "/LOC_val_solution.csv: Kaggle's table of 2 images of 2 classes, by id");
    lsn_dataset_free(dataset);
    REFUSED(path, &nameless, LSN_E_DATA, "line 2: class 'n01443537'", "no WordNet ids",
            "--classes");
    put("LOC_val_solution.csv", "ImageId,PredictionString\nabsent,n01440764 1 2 3 4\n");
    dataset = open_root(path, &imagenet);
    assert_string_equal(lsn_dataset_name(dataset, 0), "absent.JPEG");
    lsn_dataset_free(dataset);
}

/* ILSVRC's validation labels name no files, and their numbers are not class indices. */
static void test_refuses_the_devkits_labels(void **state)
{
    char path[256];

    (void)state;
    put("truth.txt", "490\n361\n171\n");
    in_root("truth.txt", path);
    REFUSED(path, &model, LSN_E_DATA, "truth.txt", "ILSVRC", "no class indices", "meta.mat",
            "LOC_val_solution.csv");
    put("truth.txt", "490\n361\n17a\n");
    REFUSED(path, &model, LSN_E_FORMAT, "truth.txt", "file,class");
}

/* A labels.csv may name images in any folder by absolute paths. */
static void test_takes_absolute_paths(void **state)
{
    struct lsn_dataset *dataset;
    char path[256], list[600];

    (void)state;
    put("set/a.png", "");
    put("elsewhere/b.png", "");
    in_root("elsewhere/b.png", path);
    snprintf(list, sizeof list, "file,class\n%s,2\na.png,1\n", path);
    put("set/labels.csv", list);
    strcat(root, "/set");
    dataset = open_root(NULL, &model);
    *strrchr(root, '/') = '\0';
    assert_string_equal(lsn_dataset_name(dataset, 0), path);
    assert_string_equal(lsn_dataset_path(dataset, 0), path);
    assert_int_equal(lsn_dataset_class(dataset, 0), 2);
    assert_string_equal(lsn_dataset_name(dataset, 1), "a.png");
    lsn_dataset_free(dataset);
}

static void test_refuses_folders_that_do_not_fit(void **state)
{
    (void)state;
    put("a.png", "");
    REFUSED(NULL, &model, LSN_E_DATA, root, "labels.csv", "file,class");
    put("n01/notes.txt", "");
    REFUSED(NULL, &model, LSN_E_DATA, root, ".png");
    put("n01/a.png", "");
    put("other/a.png", "");
    REFUSED(NULL, &model, LSN_E_DATA, "other", "1 of the 2", "labels.csv");
    put("a/a.png", "");
    put("b/a.png", "");
    REFUSED(NULL, &model, LSN_E_DATA, root, "1 of the 4", "labels.csv");
    put("crane/a.png", "");
    REFUSED(NULL, &model, LSN_E_DATA, "crane", "1 and 2");
}

static void test_follows_links_but_not_for_ever(void **state)
{
    struct lsn_dataset *dataset;
    char path[256];

    (void)state;
    put("elsewhere.png", "");
    put("n02/a.png", "");
    in_root("n02/link.png", path);
    assert_int_equal(symlink("../elsewhere.png", path), 0);
    dataset = open_root(NULL, &model);
    assert_int_equal(lsn_dataset_count(dataset), 2);
    assert_item(dataset, 1, "n02/link.png", 1);
    lsn_dataset_free(dataset);
    in_root("n02/loop", path);
    assert_int_equal(symlink(".", path), 0);
    REFUSED(NULL, &model, LSN_E_DATA, "n02/loop/loop", "link");
    assert_int_equal(unlink(path), 0);
    in_root("n02/dangling.png", path);
    assert_int_equal(symlink("nowhere", path), 0);
    dataset = open_root(NULL, &model);
    assert_string_equal(lsn_dataset_name(dataset, 1), "n02/dangling.png");
    lsn_dataset_free(dataset);
    /* A broken link may have led to a folder of images: that is an error. */
    in_root("n03", path);
    assert_int_equal(symlink("nowhere", path), 0);
    REFUSED(NULL, &model, LSN_E_IO, "n03: may be a folder of images", "No such file");
    assert_int_equal(unlink(path), 0);
    in_root("n02/more", path);
    assert_int_equal(symlink("nowhere", path), 0);
    REFUSED(NULL, &model, LSN_E_IO, "n02/more: may be a folder of images");
}

static void test_refuses_what_is_no_folder(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_dataset *dataset;
    char path[256];

    (void)state;
    in_root("absent", path);
    assert_int_equal(lsn_dataset_open(path, NULL, order, &model, &dataset, NULL), LSN_E_IO);
    assert_null(dataset);
    put("file", "");
    in_root("file", path);
    assert_int_equal(lsn_dataset_open(path, NULL, order, &model, &dataset, &err), LSN_E_IO);
    assert_non_null(strstr(err.text, "not a folder"));
}

/* The hash covers the file names and class indices, whatever folder the list is in and however a
 * class was written. */
static void test_hashes_names_and_classes(void **state)
{
    static const char list[] = "b.png\t2\na.png\t0\n";
    struct lsn_dataset *dataset;
    struct lsn_sha256 sha;
    char wanted[65];

    (void)state;
    lsn_sha256_start(&sha);
    lsn_sha256_add(&sha, list, sizeof list - 1);
    assert_int_equal(lsn_sha256_finish(&sha, wanted, NULL), LSN_OK);
    put("a.png", "");
    put("b.png", "");
    put("labels.csv", "file,class\nb.png,2\na.png,0\n");
    dataset = open_root(NULL, &model);
    assert_string_equal(lsn_dataset_sha256(dataset), wanted);
    lsn_dataset_free(dataset);
    put("labels.csv", "file,class\nb.png,n03\n./a.png,tench\n");
    dataset = open_root(NULL, &model);
    assert_string_equal(lsn_dataset_sha256(dataset), wanted);
    lsn_dataset_free(dataset);
    put("labels.csv", "file,class\na.png,0\nb.png,2\n");
    dataset = open_root(NULL, &model);
    assert_string_not_equal(lsn_dataset_sha256(dataset), wanted);
    lsn_dataset_free(dataset);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_root, test_remove_scratch)

static void nobody_is_his_own_partner(void **state)
{
    size_t partner[100], again[100], i, n;
    struct lsn_error err = LSN_ERROR_NONE;
    uint64_t seed;

    (void)state;
    for (seed = 0; seed < 50; seed++)
        for (n = 2; n <= 100; n++) {
            uint8_t taken[100] = {0};

            assert_int_equal(lsn_dataset_partners(n, seed, partner, NULL), LSN_OK);
            assert_int_equal(lsn_dataset_partners(n, seed, again, NULL), LSN_OK);
            assert_memory_equal(partner, again, n * sizeof *partner);
            for (i = 0; i < n; i++) {
                assert_true(partner[i] < n && partner[i] != i && !taken[partner[i]]);
                taken[partner[i]] = 1;
            }
        }
    assert_int_equal(lsn_dataset_partners(100, 1, partner, NULL), LSN_OK);
    assert_true(memcmp(partner, again, sizeof partner) != 0);
    assert_int_equal(lsn_dataset_partners(1, 1, partner, &err), LSN_E_DATA);
    assert_non_null(strstr(err.text, "the list has 1 image, two"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reads_labels_in_their_order),
        TEST(test_takes_another_table),
        TEST(test_lists_files_that_are_not_there),
        TEST(test_refuses_bad_rows),
        TEST(test_refuses_bad_tables),
        TEST(test_reads_class_folders),
        TEST(test_counts_folders_only_when_all_are_there),
        TEST(test_counts_no_folders_where_classes_have_names),
        TEST(test_counts_numbers_as_asked_for),
        TEST(test_matches_indices),
        TEST(test_refuses_devkit_ids),
        TEST(test_refuses_padded_devkit_ids),
        TEST(test_counts_wordnet_ids),
        TEST(test_refuses_a_level_too_high),
        TEST(test_takes_folders_of_folders_called_images),
        TEST(test_reads_lists_of_lines),
        TEST(test_reads_kaggles_table),
        TEST(test_refuses_the_devkits_labels),
        TEST(test_takes_absolute_paths),
        TEST(test_refuses_folders_that_do_not_fit),
        TEST(test_follows_links_but_not_for_ever),
        TEST(test_refuses_what_is_no_folder),
        TEST(test_hashes_names_and_classes),
        cmocka_unit_test(nobody_is_his_own_partner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
