/* Errors, text, numbers, memory, SHA-256 and the worker pool. */
#include "support.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/sha256.h"
#include "base/text.h"

/* Under a sanitizer, too, an allocation that is too large must return NULL. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER_OPTIONS __asan_default_options
#elif defined(__SANITIZE_THREAD__)
#define SANITIZER_OPTIONS __tsan_default_options
#endif
#ifdef SANITIZER_OPTIONS
const char *SANITIZER_OPTIONS(void);
const char *SANITIZER_OPTIONS(void)
{
    return "allocator_may_return_null=1";
}
#endif

static void first_error_wins(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    assert_int_equal(lsn_fail(NULL, LSN_E_DATA, "unheard"), LSN_E_DATA);
    assert_int_equal(lsn_fail_errno(NULL, ENOENT, "unheard"), LSN_E_IO);
    test_error(lsn_fail(&err, LSN_E_FORMAT, "%s: line %d", "x.csv", 3), &err, LSN_E_FORMAT,
               "x.csv: line 3");
    assert_int_equal(lsn_fail(&err, LSN_E_IO, "later"), LSN_E_IO);
    assert_int_equal(lsn_fail_errno(&err, ENOENT, "later"), LSN_E_IO);
    assert_int_equal(lsn_fail_memory(&err, "later"), LSN_E_MEMORY);
    assert_string_equal(err.text, "x.csv: line 3");
    assert_int_equal(err.code, LSN_E_FORMAT);
}

static void errors_say_why(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char long_name[1000];
    int i;

    (void)state;
    test_error(lsn_fail_errno(&err, ENOENT, "%s: cannot open", "a"), &err, LSN_E_IO,
               "a: cannot open: No such file or directory");
    err.code = LSN_OK;
    test_error(lsn_fail_memory(&err, "the graph"), &err, LSN_E_MEMORY,
               "out of memory for the graph");
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    err.code = LSN_OK;
    (void)lsn_fail_errno(&err, ENOENT, "%s", long_name);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    for (i = LSN_OK; i <= LSN_E_INTERRUPTED; i++)
        assert_string_not_equal(lsn_status_name((enum lsn_status)i), "unknown error");
}

static void errors_are_one_line(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;

    (void)state;
    test_error(lsn_fail(&err, LSN_E_DATA, "class '%s'", "a\nb\033[2J\177\303\244"), &err,
               LSN_E_DATA, "class 'a?b?[2J?\303\244'");
    err.code = LSN_OK;
    test_error(lsn_fail_errno(&err, ENOENT, "%s: cannot open", "a\r\n"), &err, LSN_E_IO,
               "a??: cannot open: No such file or directory");
}

static void text_grows(void **state)
{
    struct lsn_text text = {0};
    int i;

    (void)state;
    lsn_text_add(&text, "%s", "");
    assert_string_equal(text.bytes, "");
    for (i = 0; i < 1000; i++) {
        lsn_text_add(&text, "%03d", i);
        lsn_text_add_bytes(&text, "\0;", 2);
    }
    assert_false(text.failed);
    assert_int_equal(text.length, 5000);
    assert_memory_equal(text.bytes + 4995, "999\0;", 6);
    lsn_text_add_bytes(&text, "x", SIZE_MAX - 10);
    assert_true(text.failed);
    lsn_text_add(&text, "dropped");
    assert_int_equal(text.length, 5000);
    lsn_text_free(&text);
    assert_null(text.bytes);
    assert_false(text.failed);
}

static void text_quotes_csv(void **state)
{
    static const char *const cases[][2] = {
        {"conv1", "conv1"},     {"", ""},           {"a b", "a b"},       {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""}, {"\"", "\"\"\"\""}, {"a\nb", "\"a\nb\""}, {"a\rb", "\"a\rb\""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_text text = {0};

        lsn_text_add(&text, "%s", "");
        lsn_text_add_csv(&text, cases[i][0]);
        assert_string_equal(text.bytes, cases[i][1]);
        lsn_text_free(&text);
    }
}

static void integers(void **state)
{
    static const char *const bad[] = {
        "",     " ",   "1 ",   " 1",  "+1",  "0x10", "1e3",
        "1.0",  ".",   "-",    "--1", "1-",  "a",    "101",
        "-101", "1_0", "1,0",  "\n1", "1\n", "inf",  "9223372036854775808",
        "-.",   ".5",  "-inf", "- 1"};
    int64_t value = 77;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(bad); i++)
        if (lsn_parse_int(bad[i], -100, 100, &value))
            fail_msg("'%s' was taken for %d", bad[i], (int)value);
    assert_int_equal(value, 77);
    assert_true(lsn_parse_int("100", -100, 100, &value) && value == 100);
    assert_true(lsn_parse_int("-100", -100, 100, &value) && value == -100);
    assert_true(lsn_parse_int("-0", 0, 0, &value) && value == 0);
    /* strtoll would saturate these to the nearest number. */
    assert_false(lsn_parse_int("9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_false(lsn_parse_int("-9223372036854775809", INT64_MIN, INT64_MAX, &value));
    assert_true(lsn_parse_int("9223372036854775807", 0, INT64_MAX, &value) && value == INT64_MAX);
    assert_true(lsn_parse_int("-9223372036854775808", INT64_MIN, 0, &value) && value == INT64_MIN);
}

static void shards(void **state)
{
    static const char *const bad[] = {"",    "1",   "1/",  "/2",    "0/2",
                                      "3/2", "a/2", "1/b", "1/2/3", "00000000000000001/2"};
    int shard = 0, count = 0;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(bad); i++)
        if (lsn_parse_shard(bad[i], &shard, &count))
            fail_msg("'%s' was taken", bad[i]);
    assert_true(shard == 0 && count == 0);
    assert_true(lsn_parse_shard("2/7", &shard, &count) && shard == 2 && count == 7);
    assert_true(lsn_parse_shard("7/7", &shard, &count) && shard == 7);
}

static void floats(void **state)
{
    static const char *const bad[] = {"",      " ",    "1 ",    " 1",  "+1",  "0x1",  "0X8", "1e",
                                      "e1",    ".",    "-",     "-.",  "--1", "nan",  "inf", "-inf",
                                      "1e999", "-nan", "1.2.3", "1,5", "2.1", "-2.1", "1f"};
    double value = 77;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(bad); i++)
        if (lsn_parse_float(bad[i], -2, 2, &value))
            fail_msg("'%s' was taken for %g", bad[i], value);
    assert_true(value == 77);
    assert_false(lsn_parse_float("1e999", -HUGE_VAL, HUGE_VAL, &value));
    assert_false(lsn_parse_float("-1e999", -HUGE_VAL, HUGE_VAL, &value));
    assert_true(lsn_parse_float("2", -2, 2, &value) && value == 2);
    assert_true(lsn_parse_float("-.5", -2, 2, &value) && value == -0.5);
    assert_true(lsn_parse_float("0.05", 0, 1, &value) && value == 0.05);
    assert_true(lsn_parse_float("1.e-1", 0, 1, &value) && value == 0.1);
    assert_true(lsn_parse_float("1e-320", 0, 1, &value) && value > 0);
    assert_true(lsn_parse_float("1e-999", 0, 1, &value) && value == 0);
}

static void sizes_are_checked(void **state)
{
    size_t product = 5;
    char *block;

    (void)state;
    assert_true(lsn_mul_size(SIZE_MAX, 1, &product) && product == SIZE_MAX);
    assert_true(lsn_mul_size(SIZE_MAX, 0, &product) && product == 0);
    assert_false(lsn_mul_size(SIZE_MAX / 2 + 1, 2, &product));
    assert_int_equal(product, 0);
    assert_null(lsn_alloc(SIZE_MAX / 2 + 1, 2));
    assert_null(lsn_alloc_floats(SIZE_MAX / 4 + 1));
    assert_null(lsn_alloc_floats(SIZE_MAX / 4));
    block = lsn_strdup("kept");
    assert_null(lsn_realloc(block, SIZE_MAX / 2 + 1, 2));
    assert_string_equal(block, "kept");
    lsn_free(block);
    lsn_free(NULL);
}

static void memory_comes_zeroed(void **state)
{
    size_t count, i;

    (void)state;
    for (count = 0; count < 70; count++) {
        float *floats_block = lsn_alloc_floats(count);
        unsigned char *bytes = lsn_alloc(count, 3);

        assert_non_null(floats_block);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)floats_block % 64, 0);
        for (i = 0; i < count; i++)
            assert_true(floats_block[i] == 0);
        for (i = 0; i < 3 * count; i++)
            assert_int_equal(bytes[i], 0);
        lsn_free(floats_block);
        lsn_free(bytes);
    }
}

static void copies_and_growth(void **state)
{
    char *copy = lsn_strndup("kernels", 6);
    int *items = NULL;
    size_t capacity = 0, i;

    (void)state;
    assert_string_equal(copy, "kernel");
    lsn_free(copy);
    for (i = 0; i < 1000; i++) {
        assert_true(lsn_grow(&items, &capacity, i, sizeof *items));
        assert_true(capacity > i);
        items[i] = (int)i;
    }
    for (i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    capacity = SIZE_MAX / 2 + 1;
    assert_false(lsn_grow(&items, &capacity, SIZE_MAX / 2 + 1, sizeof *items));
    lsn_free(items);
}

static void sha_of(const void *bytes, size_t size, size_t part, char hex[65])
{
    struct lsn_sha256 sha;
    size_t done;

    lsn_sha256_start(&sha);
    for (done = 0; done < size; done += part)
        lsn_sha256_add(&sha, (const char *)bytes + done, part < size - done ? part : size - done);
    assert_int_equal(lsn_sha256_finish(&sha, hex, NULL), LSN_OK);
}

/* The examples of FIPS 180-4, and lengths around the edges of the padding, added in pieces of any
 * size. */
static void sha256_vectors(void **state)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char hex[65], again[65], *million = malloc(1000000);
    size_t size, part;

    (void)state;
    sha_of("", 0, 1, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha_of("abc", 3, 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha_of(two_blocks, 56, 56, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_non_null(million);
    memset(million, 'a', 1000000);
    sha_of(million, 1000000, 1000000, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    for (size = 50; size < 140; size++) {
        sha_of(million, size, size, hex);
        for (part = 1; part < 70; part += 3) {
            sha_of(million, size, part, again);
            assert_string_equal(again, hex);
        }
    }
    free(million);
}

/* A digest that is given up frees its memory, also where that is done twice; after a failure hex is
 * unchanged. */
static void sha256_given_up(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_sha256 sha;
    char hex[65] = "before";

    (void)state;
    lsn_sha256_start(&sha);
    lsn_sha256_add(&sha, "abc", 3);
    lsn_sha256_stop(&sha);
    lsn_sha256_stop(&sha);
    lsn_sha256_add(&sha, "abc", 3);
    test_error(lsn_sha256_finish(&sha, hex, &err), &err, LSN_E_MEMORY,
               "libcrypto makes no SHA-256: memory is short, or its configuration (openssl.cnf) "
               "does not allow it");
    assert_string_equal(hex, "before");
}

#define UNITS 5000

struct shift {
    atomic_int runs[UNITS];
    atomic_int busy[200]; /* [worker] */
    size_t fail_from;     /* this unit and every third later one fail */
    bool first_fails_last;
};

/* Returns after a unit has run and had time to report, or, where there is no second worker to run
 * it, gives up after a while. */
static void wait_for(struct shift *shift, size_t unit)
{
    int yields, after;

    for (yields = 0; yields < 100000 && !atomic_load(&shift->runs[unit]); yields++)
        sched_yield();
    for (after = 0; yields < 100000 && after < 1000; after++)
        sched_yield();
}

static enum lsn_status one_unit(void *context, int worker, size_t unit, struct lsn_error *err)
{
    struct shift *shift = context;
    bool alone = atomic_fetch_add(&shift->busy[worker], 1) == 0;

    atomic_fetch_add(&shift->runs[unit], 1);
    atomic_fetch_sub(&shift->busy[worker], 1);
    if (!alone)
        return lsn_fail(err, LSN_E_DATA, "worker %d ran twice at once", worker);
    if (shift->first_fails_last && unit == shift->fail_from)
        wait_for(shift, unit + 3);
    if (unit >= shift->fail_from && (unit - shift->fail_from) % 3 == 0)
        return lsn_fail(err, LSN_E_MODEL, "unit %zu failed", unit);
    return LSN_OK;
}

static const int crews[] = {-1, 0, 1, 2, 7, 200};

static void every_unit_runs_once(void **state)
{
    struct shift *shift = malloc(sizeof *shift);
    size_t crew, units, unit;

    (void)state;
    assert_non_null(shift);
    for (crew = 0; crew < TEST_COUNT(crews); crew++)
        for (units = 0; units <= UNITS; units = units * 10 + 5) {
            struct lsn_error err = LSN_ERROR_NONE;

            memset(shift, 0, sizeof *shift);
            shift->fail_from = UNITS;
            test_ok(lsn_parallel(crews[crew], units, one_unit, shift, &err), &err);
            for (unit = 0; unit < UNITS; unit++)
                assert_int_equal(atomic_load(&shift->runs[unit]), unit < units);
        }
    free(shift);
}

/* For any number of workers the failure of the lowest unit is returned: units are handed out in
 * order, so all units below a failed one have run. */
static void lowest_failure_is_told(void **state)
{
    struct shift *shift = malloc(sizeof *shift);
    size_t crew, unit;

    (void)state;
    assert_non_null(shift);
    for (crew = 0; crew < TEST_COUNT(crews); crew++) {
        struct lsn_error err = LSN_ERROR_NONE;

        memset(shift, 0, sizeof *shift);
        shift->fail_from = 1234;
        shift->first_fails_last = crews[crew] > 1;
        test_error(lsn_parallel(crews[crew], UNITS, one_unit, shift, &err), &err, LSN_E_MODEL,
                   "unit 1234 failed");
        for (unit = 0; unit <= 1234; unit++)
            assert_int_equal(atomic_load(&shift->runs[unit]), 1);
        if (crews[crew] <= 1)
            assert_int_equal(atomic_load(&shift->runs[1235]), 0);
        assert_int_equal(lsn_parallel(crews[crew], UNITS, one_unit, shift, NULL), LSN_E_MODEL);
    }
    free(shift);
    assert_true(lsn_processors() >= 1);
}

/* Units whose results are added up in float: the sum shows the order in which they were added. */
struct series {
    double done[201]; /* [worker] the result of its unit */
    double sum;
    size_t collected, fail_unit, fail_collect;
};

static enum lsn_status one_term(void *context, int worker, size_t unit, struct lsn_error *err)
{
    struct series *series = context;

    if (unit == series->fail_unit)
        return lsn_fail(err, LSN_E_MODEL, "unit %zu failed", unit);
    series->done[worker] = 1.0 / (double)(unit + 1);
    return LSN_OK;
}

static enum lsn_status add_term(void *context, int worker, size_t unit, struct lsn_error *err)
{
    struct series *series = context;

    if (unit == series->fail_collect)
        return lsn_fail(err, LSN_E_IO, "unit %zu was not collected", unit);
    if (series->collected++ != unit)
        return lsn_fail(err, LSN_E_DATA, "unit %zu came out of turn", unit);
    series->sum += series->done[worker];
    return LSN_OK;
}

static void units_are_collected_in_order(void **state)
{
    struct series series;
    double sum = 0;
    size_t crew, i;

    (void)state;
    for (i = 0; i < UNITS; i++)
        sum += 1.0 / (double)(i + 1);
    for (crew = 0; crew < TEST_COUNT(crews); crew++) {
        struct lsn_error err = LSN_ERROR_NONE;

        series = (struct series){.fail_unit = UNITS, .fail_collect = UNITS};
        test_ok(lsn_parallel_in_order(crews[crew], UNITS, one_term, add_term, &series, &err), &err);
        assert_true(series.sum == sum);
        series = (struct series){.fail_unit = 321, .fail_collect = UNITS};
        test_error(lsn_parallel_in_order(crews[crew], UNITS, one_term, add_term, &series, &err),
                   &err, LSN_E_MODEL, "unit 321 failed");
        assert_int_equal(series.collected, 321);
        err = (struct lsn_error)LSN_ERROR_NONE;
        series = (struct series){.fail_unit = 400, .fail_collect = 399};
        test_error(lsn_parallel_in_order(crews[crew], UNITS, one_term, add_term, &series, &err),
                   &err, LSN_E_IO, "unit 399 was not collected");
        assert_int_equal(series.collected, 399);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(errors_say_why),
        cmocka_unit_test(errors_are_one_line),
        cmocka_unit_test(text_grows),
        cmocka_unit_test(text_quotes_csv),
        cmocka_unit_test(integers),
        cmocka_unit_test(shards),
        cmocka_unit_test(floats),
        cmocka_unit_test(sizes_are_checked),
        cmocka_unit_test(memory_comes_zeroed),
        cmocka_unit_test(copies_and_growth),
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(sha256_given_up),
        cmocka_unit_test(every_unit_runs_once),
        cmocka_unit_test(lowest_failure_is_told),
        cmocka_unit_test(units_are_collected_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
