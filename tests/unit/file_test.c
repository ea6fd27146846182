/* Reading whole files, and writing outputs that appear whole or not at all. */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"

/* "PATH: rest", valid until the next call. */
static const char *sentence(const char *path, const char *rest)
{
    static char text[600];

    snprintf(text, sizeof text, "%s: %s", path, rest);
    return text;
}

static void expect_content(const char *path, const void *bytes, size_t size)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes got;

    test_ok(lsn_file_read(path, 1 << 20, &got, &err), &err);
    assert_int_equal(got.size, size);
    assert_memory_equal(got.data, bytes, size);
    assert_int_equal(got.data[size], 0);
    lsn_free(got.data);
}

static void reading(void **state)
{
    char *path = test_file(test_scratch_folder, "a", "ab\0cd", 5),
         *empty = test_file(test_scratch_folder, "b", "", 0);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes got = {.size = 9};

    (void)state;
    expect_content(path, "ab\0cd", 5);
    expect_content(empty, "", 0);
    test_error(lsn_file_read(path, 4, &got, &err), &err, LSN_E_FORMAT,
               sentence(path, "has 5 bytes, at most 4 are read"));
    assert_true(!got.data && !got.size);
    free(path);
    free(empty);
}

static void reading_what_is_no_file(void **state)
{
    char *missing = lsn_path_join(test_scratch_folder, "none"),
         *pipe_path = lsn_path_join(test_scratch_folder, "pipe");
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes got;

    (void)state;
    test_error(lsn_file_read(missing, 9, &got, &err), &err, LSN_E_IO,
               sentence(missing, "cannot open: No such file or directory"));
    err.code = LSN_OK;
    test_error(lsn_file_read(test_scratch_folder, 9, &got, &err), &err, LSN_E_IO,
               sentence(test_scratch_folder, "is not a regular file"));
    /* Opening a pipe that nobody writes to must not wait. */
    err.code = LSN_OK;
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    test_error(lsn_file_read(pipe_path, 9, &got, &err), &err, LSN_E_IO,
               sentence(pipe_path, "is not a regular file"));
    lsn_free(missing);
    lsn_free(pipe_path);
}

static void reading_parts(void **state)
{
    static const struct {
        size_t offset, length;
        const char *bytes;
    } cases[] = {{0, 5, "01234"},
                 {2, 2, "23"},
                 {5, 0, ""},
                 {3, LSN_FILE_REST, "34"},
                 {5, LSN_FILE_REST, ""}};
    char *path = test_file(test_scratch_folder, "a", "01234", 5);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes got;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        test_ok(lsn_file_read_part(path, cases[i].offset, cases[i].length, &got, &err), &err);
        assert_int_equal(got.size, strlen(cases[i].bytes));
        assert_string_equal((char *)got.data, cases[i].bytes);
        lsn_free(got.data);
    }
    test_error(lsn_file_read_part(path, 2, 4, &got, &err), &err, LSN_E_FORMAT,
               sentence(path, "has 5 bytes, 4 from byte 2 on were wanted"));
    assert_null(got.data);
    assert_int_equal(lsn_file_read_part(path, 6, 0, &got, &err), LSN_E_FORMAT);
    assert_int_equal(lsn_file_read_part(path, SIZE_MAX, 2, &got, &err), LSN_E_FORMAT);
    assert_int_equal(lsn_file_read_part(path, 2, SIZE_MAX - 1, &got, &err), LSN_E_FORMAT);
    free(path);
}

static void hashing(void **state)
{
    char *path = test_file(test_scratch_folder, "a", "abc", 3), hex[65];
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    test_ok(lsn_file_sha256(path, hex, &err), &err);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    test_error(lsn_file_sha256(test_scratch_folder, hex, &err), &err, LSN_E_IO,
               sentence(test_scratch_folder, "is not a regular file"));
    free(path);
}

static void output_appears_at_commit(void **state)
{
    char *path = lsn_path_join(test_scratch_folder, "new.csv");
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;

    (void)state;
    test_ok(lsn_output_open(&output, path, false, &err), &err);
    fputs("header\n", output.stream);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(test_folder_count(test_scratch_folder), 1);
    test_ok(lsn_output_commit(&output, &err), &err);
    expect_content(path, "header\n", 7);
    assert_int_equal(test_folder_count(test_scratch_folder), 1);
    assert_true(!output.stream && !output.path && !output.temporary);
    lsn_output_abort(&output);
    expect_content(path, "header\n", 7);
    lsn_free(path);
}

static void abort_leaves_nothing(void **state)
{
    char *path = lsn_path_join(test_scratch_folder, "new.csv"),
         *old = test_file(test_scratch_folder, "old.csv", "old", 3);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;

    (void)state;
    test_ok(lsn_output_open(&output, path, false, &err), &err);
    fputs("x", output.stream);
    lsn_output_abort(&output);
    test_ok(lsn_output_open(&output, old, true, &err), &err);
    fputs("x", output.stream);
    lsn_output_abort(&output);
    assert_int_equal(test_folder_count(test_scratch_folder), 1);
    expect_content(old, "old", 3);
    lsn_free(path);
    free(old);
}

static void existing_needs_force(void **state)
{
    char *path = test_file(test_scratch_folder, "a.csv", "old", 3);
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;
    const char *exists = "exists; --force overwrites it";

    (void)state;
    test_error(lsn_output_open(&output, path, false, &err), &err, LSN_E_IO, sentence(path, exists));
    assert_true(!output.stream && !output.path && !output.temporary);
    err.code = LSN_OK;
    test_error(lsn_output_check(path, false, &err), &err, LSN_E_IO, sentence(path, exists));
    err.code = LSN_OK;
    test_error(lsn_file_write(path, false, "new", 3, &err), &err, LSN_E_IO, sentence(path, exists));
    expect_content(path, "old", 3);
    err.code = LSN_OK;
    test_ok(lsn_output_check(path, true, &err), &err);
    test_ok(lsn_file_write(path, true, "n\0w", 3, &err), &err);
    expect_content(path, "n\0w", 3);
    assert_int_equal(test_folder_count(test_scratch_folder), 1);
    free(path);
}

/* A rename would put a file in the place of /dev/null. */
static void only_files_are_replaced(void **state)
{
    char *pipe_path = lsn_path_join(test_scratch_folder, "pipe");
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;

    (void)state;
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    test_error(lsn_output_open(&output, pipe_path, true, &err), &err, LSN_E_IO,
               sentence(pipe_path, "is not a regular file, one is to be written there"));
    err.code = LSN_OK;
    test_error(lsn_output_open(&output, test_scratch_folder, true, &err), &err, LSN_E_IO,
               sentence(test_scratch_folder, "is a directory, a file is to be written there"));
    assert_int_equal(test_folder_count(test_scratch_folder), 1);
    lsn_free(pipe_path);
}

/* Writing to a link leaves the link and replaces its target. */
static void links_are_followed(void **state)
{
    char *old = test_file(test_scratch_folder, "old.csv", "old", 3),
         *link = lsn_path_join(test_scratch_folder, "link.csv");
    struct lsn_error err = LSN_ERROR_NONE;
    struct stat info;

    (void)state;
    assert_int_equal(symlink("old.csv", link), 0);
    test_error(lsn_file_write(link, false, "new", 3, &err), &err, LSN_E_IO,
               sentence(link, "exists; --force overwrites it"));
    err.code = LSN_OK;
    test_ok(lsn_file_write(link, true, "new", 3, &err), &err);
    expect_content(old, "new", 3);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(unlink(old), 0);
    test_error(lsn_output_check(link, true, &err), &err, LSN_E_IO,
               sentence(link, "cannot follow the link: No such file or directory"));
    assert_int_equal(test_folder_count(test_scratch_folder), 1);
    lsn_free(link);
    free(old);
}

/* The temporary name is some characters longer than the file's. */
static void long_names(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char name[NAME_MAX + 1], *path;

    (void)state;
    memset(name, 'a', NAME_MAX);
    name[NAME_MAX] = '\0';
    path = lsn_path_join(test_scratch_folder, name);
    test_error(lsn_output_check(path, false, &err), &err, LSN_E_IO,
               sentence(path, "cannot create: File name too long"));
    err.code = LSN_OK;
    test_error(lsn_file_write(path, false, "x", 1, &err), &err, LSN_E_IO,
               sentence(path, "cannot create: File name too long"));
    err.code = LSN_OK;
    path[strlen(path) - 40] = '\0';
    test_ok(lsn_output_check(path, false, &err), &err);
    assert_int_equal(test_folder_count(test_scratch_folder), 0);
    lsn_free(path);
}

static void missing_folder(void **state)
{
    char *path = lsn_path_join(test_scratch_folder, "none/a.csv");
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;
    char wanted[600];

    (void)state;
    test_error(lsn_output_open(&output, path, false, &err), &err, LSN_E_IO,
               sentence(path, "cannot create: No such file or directory"));
    assert_true(!output.stream && !output.path && !output.temporary);
    err.code = LSN_OK;
    snprintf(wanted, sizeof wanted, "%s: cannot create: No such file or directory", path);
    test_error(lsn_output_check(path, false, &err), &err, LSN_E_IO, wanted);
    lsn_free(path);
}

static void read_only_folder(void **state)
{
    char *path = lsn_path_join(test_scratch_folder, "a.csv"), wanted[600];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;

    (void)state;
    if (geteuid() == 0) {
        lsn_free(path);
        skip(); /* root may write anywhere */
    }
    assert_int_equal(chmod(test_scratch_folder, 0500), 0);
    snprintf(wanted, sizeof wanted, "%s: cannot create: Permission denied", path);
    test_error(lsn_output_check(path, false, &err), &err, LSN_E_IO, wanted);
    err.code = LSN_OK;
    test_error(lsn_output_open(&output, path, false, &err), &err, LSN_E_IO,
               sentence(path, "cannot create: Permission denied"));
    lsn_free(path);
}

/* Lets files grow to this size only, so that writing meets a full disk. */
static void limit_files(rlim_t bytes)
{
    struct sigaction action = {.sa_handler = bytes == RLIM_INFINITY ? SIG_DFL : SIG_IGN};
    struct rlimit limit;

    assert_int_equal(sigaction(SIGXFSZ, &action, NULL), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The write fails at once, or later, when the stream's buffer is flushed. */
static void failed_write_leaves_nothing(void **state)
{
    char *path = test_file(test_scratch_folder, "a.csv", "old", 3), *bytes = calloc(100000, 1);
    struct lsn_error err = LSN_ERROR_NONE, drops = LSN_ERROR_NONE;
    enum lsn_status status, drops_status;
    struct lsn_output output;
    int i;

    (void)state;
    assert_non_null(bytes);
    limit_files(4096);
    status = lsn_file_write(path, true, bytes, 100000, &err);
    drops_status = lsn_output_open(&output, path, true, &drops);
    for (i = 0; drops_status == LSN_OK && i < 100000; i++)
        putc(0, output.stream);
    if (drops_status == LSN_OK)
        drops_status = lsn_output_commit(&output, &drops);
    limit_files(RLIM_INFINITY);
    test_error(status, &err, LSN_E_IO, sentence(path, "cannot write: File too large"));
    test_error(drops_status, &drops, LSN_E_IO, sentence(path, "cannot write: File too large"));
    expect_content(path, "old", 3);
    assert_int_equal(test_folder_count(test_scratch_folder), 1);
    free(path);
    free(bytes);
}

/* Run in a process of its own, whose standard output is /dev/full. */
static int write_to_full(void)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;
    int fd = open("/dev/full", O_WRONLY);

    if (fd < 0 || dup2(fd, 1) < 0)
        return 77;
    if (lsn_output_open(&output, "-", false, &err) != LSN_OK)
        return 1;
    fputs("header\n", output.stream);
    if (lsn_output_commit(&output, &err) != LSN_E_IO)
        return 2;
    return strcmp(err.text, "standard output: cannot write: No space left on device") == 0 ? 0 : 3;
}

static void full_standard_output(void **state)
{
    int status;
    pid_t child;

    (void)state;
    fflush(stdout);
    child = fork();
    if (child == 0)
        _exit(write_to_full());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void standard_output(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_output output;

    (void)state;
    test_ok(lsn_output_check("-", false, &err), &err);
    test_ok(lsn_output_open(&output, "-", false, &err), &err);
    assert_ptr_equal(output.stream, stdout);
    test_ok(lsn_output_commit(&output, &err), &err);
    assert_true(ftell(stdout) >= -1 && !ferror(stdout));
}

static void paths(void **state)
{
    static const char *const joined[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}};
    static const char *const split[][3] = {
        {"a/b.bin", "a", "b.bin"}, {"b", ".", "b"}, {"/b", "/", "b"}, {"a/b/c", "a/b", "c"}};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(joined); i++) {
        char *path = lsn_path_join(joined[i][0], joined[i][1]);

        assert_string_equal(path, joined[i][2]);
        lsn_free(path);
    }
    for (i = 0; i < TEST_COUNT(split); i++) {
        char *parent = lsn_path_folder(split[i][0]);

        assert_string_equal(parent, split[i][1]);
        assert_string_equal(lsn_path_base(split[i][0]), split[i][2]);
        lsn_free(parent);
    }
    assert_true(lsn_path_has_extension("a/net.onnx", "onnx"));
    assert_true(lsn_path_has_extension("NET.ONNX", "onnx"));
    assert_false(lsn_path_has_extension("net.onnx/weights", "onnx"));
    assert_false(lsn_path_has_extension("onnx", "onnx"));
    assert_false(lsn_path_has_extension("net.onnx.bin", "onnx"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(reading),
        TEST_IN_FOLDER(reading_what_is_no_file),
        TEST_IN_FOLDER(reading_parts),
        TEST_IN_FOLDER(hashing),
        TEST_IN_FOLDER(output_appears_at_commit),
        TEST_IN_FOLDER(abort_leaves_nothing),
        TEST_IN_FOLDER(existing_needs_force),
        TEST_IN_FOLDER(only_files_are_replaced),
        TEST_IN_FOLDER(links_are_followed),
        TEST_IN_FOLDER(long_names),
        TEST_IN_FOLDER(missing_folder),
        TEST_IN_FOLDER(read_only_folder),
        TEST_IN_FOLDER(failed_write_leaves_nothing),
        cmocka_unit_test(full_standard_output),
        cmocka_unit_test(standard_output),
        cmocka_unit_test(paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
