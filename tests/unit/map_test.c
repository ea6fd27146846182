/* Files mapped into memory: what they contain, and the memory that they take. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/map.h"

#define SIZE 10007 /* two pages and a part */

static uint8_t content[SIZE];

static char *write_content(void)
{
    uint64_t seed = 1;
    size_t i;

    for (i = 0; i < SIZE; i++)
        content[i] = (uint8_t)test_random_int(&seed, 0, 255);
    return test_file(test_scratch_folder, "a", content, SIZE);
}

/* The whole, and parts that begin within a page and at its end. */
static void contents(void **state)
{
    static const size_t parts[][2] = {
        {0, SIZE}, {1, 1},        {4095, 2}, {4096, 4096}, {9000, 7},
        {SIZE, 0}, {SIZE - 1, 1}, {0, 0},    {77, 9000},   {5000, LSN_FILE_REST}};
    char *path = write_content();
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_map map;
    size_t i;

    (void)state;
    test_ok(lsn_map_open(path, SIZE, &map, &err), &err);
    assert_int_equal(map.size, SIZE);
    assert_memory_equal(map.data, content, SIZE);
    lsn_map_close(&map);
    lsn_map_close(&map);
    for (i = 0; i < TEST_COUNT(parts); i++) {
        size_t at = parts[i][0], size = parts[i][1] == LSN_FILE_REST ? SIZE - at : parts[i][1];

        test_ok(lsn_map_open_part(path, at, parts[i][1], &map, &err), &err);
        assert_int_equal(map.size, size);
        assert_memory_equal(map.data, content + at, size);
        lsn_map_release_pages(map.data, size);
        assert_memory_equal(map.data, content + at, size);
        lsn_map_close(&map);
    }
    free(path);
}

static void refusals(void **state)
{
    char *path = write_content(), *empty = test_file(test_scratch_folder, "b", "", 0), wanted[600];
    struct lsn_error err = LSN_ERROR_NONE, again = LSN_ERROR_NONE, third = LSN_ERROR_NONE;
    struct lsn_map map = {.size = 9};

    (void)state;
    test_ok(lsn_map_open(empty, 0, &map, &err), &err);
    assert_true(map.size == 0 && map.data);
    lsn_map_close(&map);
    snprintf(wanted, sizeof wanted, "%s: has 10007 bytes, at most 10006 are read", path);
    test_error(lsn_map_open(path, SIZE - 1, &map, &err), &err, LSN_E_FORMAT, wanted);
    assert_true(!map.data && !map.pages && map.size == 0);
    snprintf(wanted, sizeof wanted, "%s: has 10007 bytes, 2 from byte 10006 on were wanted", path);
    test_error(lsn_map_open_part(path, SIZE - 1, 2, &map, &again), &again, LSN_E_FORMAT, wanted);
    snprintf(wanted, sizeof wanted, "%s: is not a regular file", test_scratch_folder);
    test_error(lsn_map_open(test_scratch_folder, SIZE, &map, &third), &third, LSN_E_IO, wanted);
    free(path);
    free(empty);
}

/* KiB of file pages in this process's memory; -1: the system does not say. */
static long file_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kib = -1;

    while (status && kib < 0 && fgets(line, sizeof line, status))
        if (sscanf(line, "RssFile: %ld kB", &kib) != 1)
            kib = -1;
    if (status)
        fclose(status);
    return kib;
}

/* After reading 16 MiB of a map, releasing them frees all but at most a page on either side. */
static void forgetting(void **state)
{
    const size_t size = (size_t)16 << 20;
    struct lsn_error err = LSN_ERROR_NONE;
    uint8_t *zeroes = calloc(size, 1);
    long before, read, after;
    struct lsn_map map;
    unsigned sum = 0;
    char *path;
    size_t i;

    (void)state;
    assert_non_null(zeroes);
    path = test_file(test_scratch_folder, "large", zeroes, size);
    free(zeroes);
    before = file_kib();
    if (before < 0)
        skip();
    test_ok(lsn_map_open(path, size, &map, &err), &err);
    for (i = 0; i < size; i += 64)
        sum += map.data[i];
    read = file_kib();
    lsn_map_release_pages(map.data + 100, size - 100);
    after = file_kib();
    assert_int_equal(sum, 0);
    if (read - before < 16 << 10)
        fail_msg("%ld KiB of a mapped file of 16384 were read", read - before);
    if (after - before > 1 << 10)
        fail_msg("%ld KiB of a forgotten file are left", after - before);
    lsn_map_close(&map);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(contents),
        TEST_IN_FOLDER(refusals),
        TEST_IN_FOLDER(forgetting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
