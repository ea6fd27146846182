/* JSON: what is taken, what is refused with which sentence, and typed access. */
#include "support.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"

static struct lsn_json *parse(const char *text)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_json *json;

    test_ok(lsn_json_parse("test", text, strlen(text), &json, &err), &err);
    assert_non_null(json);
    return json;
}

static void refuse(const char *text, size_t length, const char *sentence)
{
    struct lsn_json *json = (struct lsn_json *)(void *)&json;
    struct lsn_error err = LSN_ERROR_NONE;

    test_error(lsn_json_parse("test", text, length, &json, &err), &err, LSN_E_FORMAT, sentence);
    assert_null(json);
}

/* Only the status is tested: where cJSON stops differs between its releases. */
static void malformed(void **state)
{
    static const char *const cases[] = {
        "",        "   ",      "{",         "{}x",   "{} {}", "[]]",         "[1,]",
        "[,1]",    "[1 2]",    "{\"a\" 1}", "{a:1}", "'a'",   "\"a",         "\"\\ud800\"",
        "tru",     "NaN",      "Infinity",  "0x10",  "+1",    "/**/1",       "{\"a\":1,}",
        "\"\\x\"", "{\"a\":}", "-",         "[1}",   "\x80",  "\"a\" \"b\"", "nullx",
    };
    struct lsn_json *json;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_error err = LSN_ERROR_NONE;

        assert_int_equal(lsn_json_parse("test", cases[i], strlen(cases[i]), &json, &err),
                         LSN_E_FORMAT);
        assert_null(json);
        assert_memory_equal(err.text, "test: not JSON at byte ", 23);
    }
}

static void refused(void **state)
{
    static const char *const cases[][2] = {
        {"\"a\\u0000b\"", "test: a string with a NUL character at byte 2"},
        {"{\"\\\\\\u0000\":1}", "test: a string with a NUL character at byte 4"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "test: the key 'a' stands twice in one object"},
        {"[{\"b\":[{\"\":1,\"\":1}]}]", "test: the key '' stands twice in one object"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++)
        refuse(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    refuse("{\"a\":1}\0", 8, "test: not JSON: a NUL byte at 7");
    refuse("[1,\0 2]", 7, "test: not JSON: a NUL byte at 3");
}

/* Only length bytes, and the NUL after them, are read. */
static void length_is_obeyed(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_json *json;
    char *text = malloc(4);
    int value;

    (void)state;
    assert_non_null(text);
    memcpy(text, "123", 4);
    test_ok(lsn_json_parse("test", text, 3, &json, &err), &err);
    assert_true(lsn_json_int(json, 0, 1000, &value) && value == 123);
    lsn_json_free(json);
    free(text);
    lsn_json_free(NULL);
}

/* An escaped backslash before u0000 is not an escaped NUL. */
static void escaped_backslash(void **state)
{
    struct lsn_json *json = parse("\"\\\\u0000 \\u0041\"");

    (void)state;
    assert_string_equal(lsn_json_string(json), "\\u0000 A");
    lsn_json_free(json);
}

static char *nested(size_t depth, bool closed)
{
    char *text = malloc(2 * depth + 1);

    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[closed ? 2 * depth : depth] = '\0';
    return text;
}

static void depth_is_limited(void **state)
{
    static const size_t depths[] = {1, 100, 500};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_json *json;
    char *text;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(depths); i++) {
        text = nested(depths[i], true);
        lsn_json_free(parse(text));
        free(text);
    }
    for (i = 0; i < 2; i++) {
        text = nested(1000000, i == 0);
        assert_int_equal(lsn_json_parse("test", text, strlen(text), &json, &err), LSN_E_FORMAT);
        assert_null(json);
        free(text);
    }
}

/* Half a million keys, in an order that is hard on a naive sort or search. */
static void many_keys(void **state)
{
    struct lsn_text text = {0};
    struct lsn_json *json;
    int i;

    (void)state;
    lsn_text_add(&text, "{\"same\":0");
    for (i = 500000; i > 0; i--)
        lsn_text_add(&text, ",\"k%d\":0", i);
    lsn_text_add(&text, "}");
    json = parse(text.bytes);
    assert_int_equal(lsn_json_size(json), 500001);
    lsn_json_free(json);
    text.bytes[text.length - 1] = ' ';
    lsn_text_add(&text, ",\"same\":0}");
    refuse(text.bytes, text.length, "test: the key 'same' stands twice in one object");
    lsn_text_free(&text);
}

static void access_by_type(void **state)
{
    struct lsn_json *json = parse("{\"n\":2.5,\"s\":\"x\",\"t\":true,\"f\":false,\"a\":[1,2],"
                                  "\"o\":{\"N\":1},\"z\":null}");
    const struct lsn_json *member;
    double number = 7;
    bool flag = true;
    int count = 0, whole = 7;

    (void)state;
    assert_true(lsn_json_is_object(json) && !lsn_json_is_array(json));
    assert_true(lsn_json_number(lsn_json_member(json, "n"), &number) && number == 2.5);
    assert_false(lsn_json_int(lsn_json_member(json, "n"), 0, 10, &whole));
    assert_string_equal(lsn_json_string(lsn_json_member(json, "s")), "x");
    assert_true(lsn_json_bool(lsn_json_member(json, "f"), &flag) && !flag);
    assert_true(lsn_json_bool(lsn_json_member(json, "t"), &flag) && flag);
    assert_true(lsn_json_is_array(lsn_json_member(json, "a")));
    assert_true(lsn_json_is_null(lsn_json_member(json, "z")));
    assert_null(lsn_json_string(lsn_json_member(json, "n")));
    assert_false(lsn_json_number(lsn_json_member(json, "s"), &number));
    assert_false(lsn_json_number(lsn_json_member(json, "t"), &number));
    assert_false(lsn_json_bool(lsn_json_member(json, "n"), &flag));
    /* Keys are found only with the right case, and only in this object. */
    assert_null(lsn_json_member(json, "N"));
    assert_null(lsn_json_member(json, "S"));
    for (member = lsn_json_first(json); member; member = lsn_json_next(member)) {
        assert_ptr_equal(lsn_json_member(json, lsn_json_key(member)), member);
        count++;
    }
    assert_int_equal(count, lsn_json_size(json));
    lsn_json_free(json);
}

static void absent_values(void **state)
{
    double number = 7;
    bool flag = true;
    int whole = 7;

    (void)state;
    assert_null(lsn_json_member(NULL, "a"));
    assert_null(lsn_json_first(NULL));
    assert_null(lsn_json_string(NULL));
    assert_int_equal(lsn_json_size(NULL), 0);
    assert_false(lsn_json_is_object(NULL) || lsn_json_is_array(NULL) || lsn_json_is_null(NULL));
    assert_false(lsn_json_number(NULL, &number));
    assert_false(lsn_json_int(NULL, 0, 10, &whole));
    assert_false(lsn_json_bool(NULL, &flag));
    assert_true(number == 7 && flag && whole == 7);
}

/* cJSON would saturate these; here they are out of range. */
static void numbers_at_the_edges(void **state)
{
    struct lsn_json *json = parse("[2147483647,-2147483648,2147483648,1e15,0.5,1e999,-1e999]");
    const struct lsn_json *item = lsn_json_first(json);
    double number;
    int value;

    (void)state;
    assert_true(lsn_json_int(item, INT_MIN, INT_MAX, &value) && value == INT_MAX);
    assert_false(lsn_json_int(item, INT_MIN, INT_MAX - 1, &value));
    item = lsn_json_next(item);
    assert_true(lsn_json_int(item, INT_MIN, INT_MAX, &value) && value == INT_MIN);
    item = lsn_json_next(item);
    assert_false(lsn_json_int(item, INT_MIN, INT_MAX, &value));
    item = lsn_json_next(item);
    assert_false(lsn_json_int(item, INT_MIN, INT_MAX, &value));
    item = lsn_json_next(item);
    assert_false(lsn_json_int(item, INT_MIN, INT_MAX, &value));
    for (item = lsn_json_next(item); item; item = lsn_json_next(item))
        assert_false(lsn_json_number(item, &number));
    lsn_json_free(json);
}

static void strings_round_trip(void **state)
{
    static const char *const strings[] = {
        "", "conv1", "\"", "\\", "a\tb\nc\r", "\x01\x1f", "\xc3\xa9\xe2\x82\xac", "/", "\\u0041"};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(strings); i++) {
        struct lsn_text text = {0};
        struct lsn_json *json;

        lsn_json_add_string(&text, strings[i]);
        json = parse(text.bytes);
        assert_string_equal(lsn_json_string(json), strings[i]);
        lsn_json_free(json);
        lsn_text_free(&text);
    }
}

/* Sequences around each limit of RFC 3629; each byte that is not part of a valid one is
 * replaced. */
static void paths_become_text(void **state)
{
    static const char *const fine[] = {"a/b.bin",          "\xc2\x80",         "\xdf\xbf",
                                       "\xe0\xa0\x80",     "\xed\x9f\xbf",     "\xee\x80\x80",
                                       "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"};
    static const char *const wrong[] = {"\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
                                        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                                        "\xf5\x80",     "\xe2\x82",         "\xff"};
    size_t i, j;

    (void)state;
    for (i = 0; i < TEST_COUNT(fine) + TEST_COUNT(wrong); i++) {
        const char *path = i < TEST_COUNT(fine) ? fine[i] : wrong[i - TEST_COUNT(fine)];
        struct lsn_text text = {0}, wanted = {0};
        struct lsn_json *json;

        for (j = 0; j < strlen(path); j++)
            lsn_text_add(&wanted, "%s", "\xef\xbf\xbd");
        lsn_json_add_path(&text, path);
        json = parse(text.bytes);
        assert_string_equal(lsn_json_string(json), i < TEST_COUNT(fine) ? path : wanted.bytes);
        lsn_json_free(json);
        lsn_text_free(&text);
        lsn_text_free(&wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed),
        cmocka_unit_test(refused),
        cmocka_unit_test(length_is_obeyed),
        cmocka_unit_test(escaped_backslash),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(many_keys),
        cmocka_unit_test(access_by_type),
        cmocka_unit_test(absent_values),
        cmocka_unit_test(numbers_at_the_edges),
        cmocka_unit_test(strings_round_trip),
        cmocka_unit_test(paths_become_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
