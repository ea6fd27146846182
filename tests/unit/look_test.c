/* Looking at images before the work: what is found about good and bad ones, what is taken over from
 * a run, and what is left out. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "data/looked.h"
#include "lesion/look.h"
#include "lesion/sweep.h"
#include "support.h"

#define DATA   LSN_TESTS_DIR "/../data/"
#define SIZE   .size = sizeof(struct lsn_look_options)
#define GOLDEN LSN_TESTS_DIR "/golden/images/"

static struct lsn_model *model;

static int open_model(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &model, &err), &err);
    return 0;
}

static int close_model(void **state)
{
    (void)state;
    lsn_model_free(model);
    return 0;
}

static struct lsn_dataset *open_list(const char *folder, const char *labels)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char *place = test_folder(), *path = test_file(place, "l.csv", labels, strlen(labels));
    struct lsn_dataset *dataset;

    test_ok(lsn_dataset_open(folder, path, LSN_FOLDER_ORDER_AUTO, model, &dataset, &err), &err);
    free(path);
    test_folder_remove(place);
    return dataset;
}

static struct lsn_look *look_at(const struct lsn_dataset *dataset,
                                const struct lsn_look_options *options)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_look *look;

    test_ok(lsn_look_run(model, dataset, options, &look, &err), &err);
    assert_int_equal(look->count, lsn_dataset_count(dataset));
    return look;
}

static void sees_good_images(void **state)
{
    struct lsn_dataset *dataset =
        open_list(DATA "images", "file,class\ndisc/0001.png,0\nstar/0004.png,1\nring/0003.png,2\n");
    int threads;

    (void)state;
    for (threads = 1; threads <= 4; threads++) {
        struct lsn_look *look =
            look_at(dataset, &(struct lsn_look_options){SIZE, .threads = threads});
        struct stat info;

        assert_int_equal(look->faults, 0);
        assert_int_equal(look->opened, 3);
        assert_string_equal(look->images[1].name, "star/0004.png");
        assert_null(look->images[1].fault);
        assert_int_equal(look->images[1].width, 48);
        assert_int_equal(look->images[1].height, 48);
        assert_int_equal(stat(DATA "images/star/0004.png", &info), 0);
        assert_int_equal(look->images[1].bytes, info.st_size);
        assert_int_equal(look->images[1].modified_ns / 1000000000, info.st_mtim.tv_sec);
        assert_int_equal(strlen(look->images[1].sha256), 64);
        assert_string_not_equal(look->images[1].sha256, look->images[0].sha256);
        lsn_look_free(look);
    }
    lsn_dataset_free(dataset);
}

static const char bad_list[] =
    "file,class\ngif.jpg,0\npage.jpg,1\nrgba8.png,2\nbomb.png,3\nno_eoi.jpg,4\n";

static void sees_faults(void **state)
{
    struct lsn_dataset *dataset = open_list(GOLDEN, bad_list);
    struct lsn_look *look = look_at(dataset, &(struct lsn_look_options){SIZE, .threads = 2});

    (void)state;
    assert_int_equal(look->faults, 5);
    assert_int_equal(look->images[0].code, LSN_E_FORMAT);
    assert_string_equal(look->images[0].what, "is a GIF, which is not read: convert it to PNG");
    assert_ptr_equal(strstr(look->images[0].fault, "gif.jpg: is a GIF"),
                     look->images[0].what - strlen("gif.jpg: "));
    assert_int_equal(look->images[0].width, 0);
    assert_int_equal(look->images[1].code, LSN_E_FORMAT);
    assert_int_equal(look->images[1].width, 0);
    assert_int_equal(look->images[2].code, LSN_E_UNSUPPORTED);
    assert_int_equal(look->images[3].code, LSN_E_UNSUPPORTED);
    assert_int_equal(look->images[4].code, LSN_E_FORMAT);
    lsn_look_free(look);
    lsn_dataset_free(dataset);
}

static void leaves_out(void **state)
{
    static const char mixed[] =
        "file,class\ntests/golden/images/gif.jpg,0\ndata/images/disc/0001.png,2\n"
        "tests/golden/images/page.jpg,1\ndata/images/star/0001.png,5\n";
    static const char rest[] =
        "file,class\ndata/images/disc/0001.png,2\ndata/images/star/0001.png,5\n";
    struct lsn_dataset *dataset = open_list(LSN_TESTS_DIR "/..", mixed);
    struct lsn_dataset *wanted = open_list(LSN_TESTS_DIR "/..", rest);
    struct lsn_look *look = look_at(dataset, &(struct lsn_look_options){SIZE, .threads = 1});
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    test_ok(lsn_look_leave_out(look, dataset, &err), &err);
    assert_int_equal(lsn_dataset_count(dataset), 2);
    assert_string_equal(lsn_dataset_name(dataset, 1), "data/images/star/0001.png");
    assert_int_equal(lsn_dataset_class(dataset, 1), 5);
    assert_string_equal(lsn_dataset_sha256(dataset), lsn_dataset_sha256(wanted));
    assert_int_equal(lsn_dataset_left_out_count(dataset), 2);
    assert_string_equal(lsn_dataset_left_out_name(dataset, 1), "tests/golden/images/page.jpg");
    lsn_look_free(look);
    lsn_dataset_free(dataset);
    lsn_dataset_free(wanted);
    dataset = open_list(GOLDEN, "file,class\ngif.jpg,0\n");
    look = look_at(dataset, &(struct lsn_look_options){SIZE, .threads = 1});
    assert_int_equal(lsn_look_leave_out(look, dataset, &err), LSN_E_DATA);
    assert_non_null(strstr(err.text, "no other image is left"));
    lsn_look_free(look);
    lsn_dataset_free(dataset);
}

/* What a look stores is read again, and saves opening the images; an image with another size or
 * time is opened. */
static void takes_over_from_a_run(void **state)
{
    struct lsn_dataset *dataset =
        open_list(DATA "images", "file,class\ndisc/0001.png,0\nstar/0004.png,1\nring/0003.png,2\n");
    struct lsn_look_options options = {SIZE, .threads = 1};
    struct lsn_look *look = look_at(dataset, &options), *again;
    struct lsn_error err = LSN_ERROR_NONE;
    char *run = test_folder();

    (void)state;
    options.run = run;
    look->images[0].modified_ns--;
    look->images[1].bytes++;
    memset(look->images[2].sha256, 'a', 64);
    test_ok(lsn_looked_write(run, look, &err), &err);
    again = look_at(dataset, &options); /* without run.json there is no run */
    assert_int_equal(again->opened, 3);
    lsn_look_free(again);
    free(test_file(run, "run.json", "{}", 2));
    again = look_at(dataset, &options);
    assert_int_equal(again->opened, 2);
    assert_false(again->images[2].opened);
    assert_string_equal(again->images[2].sha256, look->images[2].sha256);
    assert_string_equal(again->images[0].sha256, look->images[0].sha256);
    lsn_look_free(again);
    /* An image that was left out is opened again, unless it is to be left out again. */
    test_ok(lsn_looked_set_fault(&look->images[2], "x", LSN_E_FORMAT, "x: bad, \"it\" is", &err),
            &err);
    test_ok(lsn_looked_write(run, look, &err), &err);
    again = look_at(dataset, &options);
    assert_int_equal(again->faults, 0);
    assert_true(again->images[2].opened);
    lsn_look_free(again);
    options.leave_out = true;
    again = look_at(dataset, &options);
    assert_int_equal(again->faults, 1);
    assert_string_equal(again->images[2].what, "bad, \"it\" is");
    lsn_look_free(again);
    lsn_look_free(look);
    lsn_dataset_free(dataset);
    test_folder_remove(run);
}

static void refuses_a_damaged_file(void **state)
{
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"file,bytes,modified_ns,sha256,width,height,orientation\n", "has no column fault"},
        {"file,bytes,modified_ns,sha256,width,height,orientation,fault\na,-1,0,,1,1,1,\n",
         "is no number of bytes"},
        {"file,bytes,modified_ns,sha256,width,height,orientation,fault\na,1,x,,1,1,1,\n",
         "is no number of modified_ns"},
        {"file,bytes,modified_ns,sha256,width,height,orientation,fault\na,1,0,ab,1,1,1,\n",
         "is not a SHA-256"},
        {"file,bytes,modified_ns,sha256,width,height,orientation,fault\na,1,0,,1,1,9,\n",
         "is no number of orientation"},
        {"file,bytes,modified_ns,sha256,width,height,orientation,fault\na,1,0,,1,1,1,\n",
         "is not a SHA-256"},
    };
    char *run = test_folder();
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_look *look;

        free(test_file(run, LSN_LOOKED_FILE, cases[i].text, strlen(cases[i].text)));
        assert_int_equal(lsn_looked_read(run, &look, &err), LSN_E_FORMAT);
        assert_null(look);
        if (!strstr(err.text, cases[i].sentence))
            fail_msg("'%s' lacks '%s'", err.text, cases[i].sentence);
    }
    test_folder_remove(run);
}

static void stops(void **state)
{
    struct lsn_dataset *dataset = open_list(GOLDEN, bad_list);
    struct lsn_stop stop = LSN_STOP_NONE;
    struct lsn_look *look;

    (void)state;
    lsn_stop_ask(&stop);
    assert_int_equal(
        lsn_look_run(model, dataset, &(struct lsn_look_options){SIZE, .stop = &stop}, &look, NULL),
        LSN_E_INTERRUPTED);
    assert_null(look);
    lsn_dataset_free(dataset);
}

struct lookers {
    pthread_t seen[8];
    int count;
};

static void see(void *context, const struct lsn_progress *progress)
{
    struct lookers *lookers = context;
    int i;

    (void)progress;
    for (i = 0; i < lookers->count && !pthread_equal(lookers->seen[i], pthread_self()); i++)
        ;
    if (i == lookers->count && i < 8)
        lookers->seen[lookers->count++] = pthread_self();
}

/* Whatever number of threads is asked for: 127 MiB are enough for one only. */
static void memory_limits_threads(void **state)
{
    struct lsn_text text = {0};
    struct lookers lookers = {.count = 0};
    struct lsn_look_options options = {SIZE, .threads = 4, .memory = ((size_t)128 << 20) - 1,
                                       .progress = see, .progress_context = &lookers};
    struct lsn_dataset *dataset;
    int i;

    (void)state;
    lsn_text_add(&text, "file,class\n");
    for (i = 1; i <= 40; i++)
        lsn_text_add(&text, "disc/%04d.png,0\n", i);
    dataset = open_list(DATA "images", text.bytes);
    lsn_look_free(look_at(dataset, &options));
    assert_int_equal(lookers.count, 1);
    options.memory = 1;
    lsn_look_free(look_at(dataset, &options));
    assert_in_range(lookers.count, 1, 2); /* the second look may have another */
    lsn_dataset_free(dataset);
    lsn_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sees_good_images),
        cmocka_unit_test(sees_faults),
        cmocka_unit_test(leaves_out),
        cmocka_unit_test(takes_over_from_a_run),
        cmocka_unit_test(refuses_a_damaged_file),
        cmocka_unit_test(stops),
        cmocka_unit_test(memory_limits_threads),
    };

    return cmocka_run_group_tests(tests, open_model, close_model);
}
