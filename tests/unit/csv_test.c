/* CSV as RFC 4180 defines it: what is read, and what is refused with which sentence. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/csv.h"

/* Reading these bytes must fail with this sentence, in which FILE stands for the path. */
static void expect_sentence(const char *bytes, size_t size, const char *sentence)
{
    char *folder = test_folder(), *path = test_file(folder, "a.csv", bytes, size), wanted[600];
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_csv csv = {.columns = 99};

    snprintf(wanted, sizeof wanted, "%s: %s", path, sentence);
    test_error(lsn_csv_read(path, &csv, &err), &err, LSN_E_FORMAT, wanted);
    assert_true(!csv.text && !csv.cells && !csv.lines && !csv.columns && !csv.row_count);
    free(path);
    test_folder_remove(folder);
}

static struct lsn_csv read_csv(const char *bytes)
{
    char *folder = test_folder(), *path = test_file(folder, "a.csv", bytes, strlen(bytes));
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_csv csv;

    test_ok(lsn_csv_read(path, &csv, &err), &err);
    free(path);
    test_folder_remove(folder);
    return csv;
}

/* Reading these bytes must give these cells: the header, then the rows. */
static void expect_cells(const char *bytes, size_t columns, const char *const *cells, size_t count)
{
    struct lsn_csv csv = read_csv(bytes);
    size_t i;

    assert_int_equal(csv.columns, columns);
    assert_int_equal((csv.row_count + 1) * columns, count);
    for (i = 0; i < count; i++)
        assert_string_equal(csv.cells[i], cells[i]);
    for (i = columns; i < count; i++)
        assert_string_equal(lsn_csv_cell(&csv, i / columns - 1, (int)(i % columns)), cells[i]);
    lsn_csv_free(&csv);
}

#define EXPECT_CELLS(bytes, columns, ...)                                                          \
    expect_cells(bytes, columns, (const char *const[]){__VA_ARGS__},                               \
                 TEST_COUNT(((const char *const[]){__VA_ARGS__})))

static void well_formed(void **state)
{
    (void)state;
    EXPECT_CELLS("a", 1, "a");
    EXPECT_CELLS("a,b\n1,2\n", 2, "a", "b", "1", "2");
    EXPECT_CELLS("a,b\n1,2", 2, "a", "b", "1", "2");
    EXPECT_CELLS("a,b\r\n1,2\r\n", 2, "a", "b", "1", "2");
    EXPECT_CELLS("a,b\r\n1,2\r", 2, "a", "b", "1", "2");
    EXPECT_CELLS("\xEF\xBB\xBF\"a\",b\n", 2, "a", "b");
    EXPECT_CELLS("a,b,c\n,,\n , x ,\n", 3, "a", "b", "c", "", "", "", " ", " x ", "");
    EXPECT_CELLS("\n\na,b\n\n\r\n1,2\n\n", 2, "a", "b", "1", "2");
    EXPECT_CELLS("\"a,b\",\"c\"\"d\"\n\"\",\"\"\"\"\n", 2, "a,b", "c\"d", "", "\"");
    EXPECT_CELLS("a,b\n\"1\n2\r\n3\",x\n", 2, "a", "b", "1\n2\r\n3", "x");
    EXPECT_CELLS("a,b\n5\" disc,2\n", 2, "a", "b", "5\" disc", "2");
    EXPECT_CELLS("a,b\n\xc3\xa9t\xc3\xa9,2\n", 2, "a", "b", "\xc3\xa9t\xc3\xa9", "2");
}

static void malformed(void **state)
{
    static const char stray[] = "a character after a closing quote, or a stray carriage return";
    static const struct {
        const char *bytes, *sentence;
    } cases[] = {
        {"", "is empty, a header line was wanted"},
        {"\n\r\n\n", "is empty, a header line was wanted"},
        {"\xEF\xBB\xBF", "is empty, a header line was wanted"},
        {"a,b\n1\n", "line 2 has 1 field, the header 2"},
        {"a,b\n1,2\n\n1,2,3\n", "line 4 has 3 fields, the header 2"},
        {"a\n1,", "line 2 has 2 fields, the header 1"},
        {"a,b\n1,\"2\n", "line 3: a quote is not closed"},
        {"\"", "line 1: a quote is not closed"},
        {"\"\"\"", "line 1: a quote is not closed"},
    };
    static const char *const strays[] = {"\"a\"b,c\n", "a\rb,c\n", "a,\"b\" \n", "\"a\"\rb\n",
                                         "a\r,b\n"};
    char sentence[200];
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++)
        expect_sentence(cases[i].bytes, strlen(cases[i].bytes), cases[i].sentence);
    snprintf(sentence, sizeof sentence, "line 1: %s", stray);
    for (i = 0; i < TEST_COUNT(strays); i++)
        expect_sentence(strays[i], strlen(strays[i]), sentence);
    expect_sentence("a,b\n1,\0\n", 8, "not a text file: it holds a NUL byte");
    expect_sentence("a,b\n1,2\n\0", 9, "not a text file: it holds a NUL byte");
}

static void columns_by_name(void **state)
{
    struct lsn_csv csv = read_csv("file,class,class\nx.png,3,4\n");

    (void)state;
    assert_int_equal(lsn_csv_column(&csv, "file"), 0);
    assert_int_equal(lsn_csv_column(&csv, "class"), 1);
    assert_int_equal(lsn_csv_column(&csv, "Class"), -1);
    assert_int_equal(lsn_csv_column(&csv, ""), -1);
    lsn_csv_free(&csv);
    assert_null(csv.text);
    lsn_csv_free(&csv);
}

/* A row's line is the one it starts on, whatever its fields hold. */
static void line_numbers(void **state)
{
    struct lsn_csv csv = read_csv("a,b\n1,2\n\n\"3\n\n\",4\r\n5,6\n");

    (void)state;
    assert_int_equal(csv.row_count, 3);
    assert_int_equal(lsn_csv_line(&csv, 0), 2);
    assert_int_equal(lsn_csv_line(&csv, 1), 4);
    assert_int_equal(lsn_csv_line(&csv, 2), 7);
    lsn_csv_free(&csv);
}

/* What lsn_text_add_csv writes is read back, byte for byte. */
static void round_trip(void **state)
{
    static const char alphabet[] = "ab,\"\"\n\r ;'\t";
    uint64_t seed = 41;
    int round, i, j;

    (void)state;
    for (round = 0; round < 100; round++) {
        struct lsn_text text = {0};
        struct lsn_csv csv;
        char fields[30][9] = {{0}};

        for (i = 0; i < 30; i++) {
            int length = test_random_int(&seed, 1, 8);

            for (j = 0; j < length; j++)
                fields[i][j] = alphabet[test_random_int(&seed, 0, (int)sizeof alphabet - 2)];
            lsn_text_add_csv(&text, fields[i]);
            lsn_text_add(&text, i % 3 == 2 ? "\n" : ",");
        }
        csv = read_csv(text.bytes);
        assert_int_equal(csv.columns, 3);
        assert_int_equal(csv.row_count, 9);
        for (i = 0; i < 30; i++)
            assert_string_equal(csv.cells[i], fields[i]);
        lsn_csv_free(&csv);
        lsn_text_free(&text);
    }
}

static void missing_file(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_csv csv;

    (void)state;
    test_error(lsn_csv_read("/nowhere/a.csv", &csv, &err), &err, LSN_E_IO,
               "/nowhere/a.csv: cannot open: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed),     cmocka_unit_test(malformed),
        cmocka_unit_test(columns_by_name), cmocka_unit_test(line_numbers),
        cmocka_unit_test(round_trip),      cmocka_unit_test(missing_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
