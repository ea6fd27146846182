/* Comparing two tables: which differences count as moved, and what is refused with which
 * sentence. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lesion/check.h"

#define KEEP_ALL 1000

/* Compares two texts as if they were the files "a" and "b", which the sentences name. */
static enum lsn_status compare(const char *baseline, const char *now, const char *tolerance,
                               size_t limit, struct lsn_check *check, struct lsn_error *err)
{
    char *folder = test_folder(), *a = test_file(folder, "a", baseline, strlen(baseline)),
         *b = test_file(folder, "b", now, strlen(now)), *at;
    size_t prefix = strlen(folder) + 1;
    enum lsn_status status = lsn_check_compare(a, b, tolerance, limit, check, err);

    while ((at = strstr(err->text, folder)))
        memmove(at, at + prefix, strlen(at + prefix) + 1);
    free(a);
    free(b);
    test_folder_remove(folder);
    return status;
}

static struct lsn_check compare_well(const char *baseline, const char *now, const char *tolerance)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_check check;

    test_ok(compare(baseline, now, tolerance, KEEP_ALL, &check, &err), &err);
    assert_int_equal(check.move_count, check.cells + check.missing + check.extra);
    return check;
}

/* Compares two texts; moved is the expected list of differences, in order: "KEY COLUMN
 * BASELINE>NOW; ", "KEY missing; " and "KEY extra; ". */
static void expect_moved(const char *baseline, const char *now, const char *tolerance,
                         const char *moved)
{
    struct lsn_check check = compare_well(baseline, now, tolerance);
    struct lsn_text text = {0};
    size_t i;

    lsn_text_add(&text, "%s", "");
    for (i = 0; i < check.move_count; i++) {
        const struct lsn_check_move *move = &check.moves[i];

        if (move->column)
            lsn_text_add(&text, "%s %s %s>%s; ", move->key, move->column, move->baseline,
                         move->now);
        else
            lsn_text_add(&text, "%s %s; ", move->key, move->now ? "extra" : "missing");
        assert_true(move->column || !move->baseline != !move->now);
    }
    assert_string_equal(text.bytes, moved);
    lsn_text_free(&text);
    lsn_check_free(&check);
}

/* Whether a cell counts as moved, in a table of one row. */
static bool moves(const char *baseline, const char *now, const char *tolerance)
{
    char a[100], b[100];
    struct lsn_check check;
    bool moved;

    snprintf(a, sizeof a, "kernel,v\n1,%s\n", baseline);
    snprintf(b, sizeof b, "kernel,v\n1,%s\n", now);
    check = compare_well(a, b, tolerance);
    assert_int_equal(check.rows, 1);
    moved = check.cells == 1;
    lsn_check_free(&check);
    return moved;
}

static void numbers(void **state)
{
    static const struct {
        const char *baseline, *now, *tolerance;
        bool moves;
    } cases[] = {
        {"12", "12", NULL, false},
        {"12", "012", NULL, false},
        {"12", "13", NULL, true},
        {"12", "13", "5", true},
        {"12", "13", "v=1", false},
        {"12", "14", "v=1", true},
        {"14", "12", "v=1", true},
        {"-3", "3", "v=5.9", true},
        {"5", "-6", "100", true},
        {"-5", "6", "100", true},
        {"9007199254740993", "9007199254740992", NULL, true},
        {"-9223372036854775808", "9223372036854775807", "v=1e19", true},
        {"-9223372036854775808", "9223372036854775807", "v=2e19", false},
        {"0.5", "0.50009", NULL, false},
        {"0.5", "0.50011", NULL, true},
        {"0.50011", "0.5", NULL, true},
        {"0", "0.00009", NULL, false},
        {"0", "0.00011", NULL, true},
        {"1", "1.00009", NULL, false},
        {"1e-7", "0", NULL, false},
        {"0.10", "1e-1", "0", false},
        {"0.1", "0.100000001", "0", true},
        {"0.1", "0.3", "0.2", false},
        {"0.06", "0.07", "0.01", false},
        {"0.06", "0.0701", "0.01", true},
        {"0.5", "0.7", "0.3,v=0.1", true},
        {"0.5", "0.7", "v=0.3,0.1", false},
        {"-1e308", "1e308", "1e308", true},
        /* Cells that are not numbers are compared as text. */
        {"nan", "nan", NULL, false},
        {"nan", "NaN", "v=1", true},
        {"nan", "0.5", "1", true},
        {"0.5", "nan", "1", true},
        {"inf", "1e300", "1e305", true},
        {"inf", "inf", NULL, false},
        {"", "", NULL, false},
        {"", "0", "v=1", true},
        {"0x10", "16", "1", true},
        {" 1", "1", "1", true},
        {"disc", "disc", NULL, false},
        {"disc", "ring", "v=9", true},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++)
        if (moves(cases[i].baseline, cases[i].now, cases[i].tolerance) != cases[i].moves)
            fail_msg("'%s' and '%s', tolerance %s: wanted %s", cases[i].baseline, cases[i].now,
                     cases[i].tolerance ? cases[i].tolerance : "by default",
                     cases[i].moves ? "moved" : "not moved");
}

static void rows_by_key(void **state)
{
    static const char baseline[] = "layer,kernel,contrast,top1,loss\n"
                                   "conv1,0,0.1,10,0.5\nconv1,0,1,20,0.25\nconv2,0,1,30,0.1\n";

    (void)state;
    expect_moved(baseline, baseline, NULL, "");
    /* The order of rows and columns, the notation of numbers, a byte-order mark and quotes make no
     * difference. */
    expect_moved(baseline,
                 "\xEF\xBB\xBF\"loss\",contrast,top1,kernel,layer\r\n.1,1.0,30,0,conv2\r\n"
                 "0.5,1e-1,10,00,\"conv1\"\r\n0.25,1,20,-0,conv1\r\n",
                 "0", "");
    expect_moved(baseline,
                 "layer,kernel,contrast,top1,loss\n"
                 "conv2,0,1,30,0.2\nconv1,0,0.1,11,0.6\nconv1,0,1,20,0.25\n",
                 NULL,
                 "layer=conv1 kernel=0 contrast=0.1 top1 10>11; "
                 "layer=conv1 kernel=0 contrast=0.1 loss 0.5>0.6; "
                 "layer=conv2 kernel=0 contrast=1 loss 0.1>0.2; ");
    expect_moved(baseline,
                 "layer,kernel,contrast,top1,loss\n"
                 "conv1,1,0.1,10,0.5\nconv1,0,1,21,0.25\nconv1,0,0.5,30,0.1\nconv2,0,1,30,0.1\n",
                 NULL,
                 "layer=conv1 kernel=0 contrast=0.1 missing; "
                 "layer=conv1 kernel=0 contrast=1 top1 20>21; "
                 "layer=conv1 kernel=1 contrast=0.1 extra; "
                 "layer=conv1 kernel=0 contrast=0.5 extra; ");
    expect_moved(baseline, "layer,kernel,contrast,top1,loss\n", NULL,
                 "layer=conv1 kernel=0 contrast=0.1 missing; "
                 "layer=conv1 kernel=0 contrast=1 missing; "
                 "layer=conv2 kernel=0 contrast=1 missing; ");
}

/* Keys of other tables; and fields that would give the same key if they were simply
 * concatenated. */
static void other_keys(void **state)
{
    (void)state;
    expect_moved("contrast,images,top1\n0.05,8,1\n1,8,7\n",
                 "contrast,images,top1\n1,8,7\n0.05,8,2\n", NULL, "contrast=0.05 top1 1>2; ");
    expect_moved("file,class,contrast,rank\n\"a,b.png\",1,1,3\n\"a\"\"b.png\",1,1,4\n",
                 "file,class,contrast,rank\n\"a\"\"b.png\",1,1,4\n\"a,b.png\",1,1,5\n", NULL,
                 "file=a,b.png class=1 contrast=1 rank 3>5; ");
    expect_moved("file,class,v\n\"a,b\",c,1\na,\"b,c\",2\n\"a\",,3\n,a,4\n",
                 "file,class,v\n,a,4\n\"a\",,3\na,\"b,c\",2\n\"a,b\",c,1\n", NULL, "");
    /* Two layers whose names are equal when read as numbers. */
    expect_moved("layer,v\n1.1,1\n1.10,2\n", "layer,v\n1.10,2\n1.1,1\n", NULL, "");
    expect_moved("layer,v\n1.1,1\n", "layer,v\n1.10,1\n", NULL,
                 "layer=1.1 missing; layer=1.10 extra; ");
    /* Contrasts are compared by their full value. */
    expect_moved("contrast,v\n0.3,1\n0.30000000000000004,2\n",
                 "contrast,v\n0.30000000000000004,2\n3e-1,1\n", NULL, "");
    /* A table of key columns only is a table, too. */
    expect_moved("layer,kernel\na,1\na,2\n", "kernel,layer\n2,a\n1,a\n", NULL, "");
}

static void counts(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_check check;

    (void)state;
    test_ok(compare("kernel,n,x,t\n0,1,0.5,a\n1,2,0.5,a\n2,3,0.5,a\n3,4,0.5,a\n",
                    "kernel,n,x,t\n1,4,0.25,b\n2,-2,0.625,a\n3,4,0.5,a\n9,4,0.5,a\n", "n=1", 5,
                    &check, &err),
            &err);
    assert_int_equal(check.rows, 3);
    assert_int_equal(check.missing, 1);
    assert_int_equal(check.extra, 1);
    assert_int_equal(check.cells, 5);
    assert_int_equal(check.column_count, 3);
    assert_string_equal(check.columns[0].name, "n");
    assert_int_equal(check.columns[0].moved, 2);
    assert_true(check.columns[0].largest == 5);
    assert_int_equal(check.columns[1].moved, 2);
    assert_true(check.columns[1].largest == 0.25);
    assert_int_equal(check.columns[2].moved, 1);
    assert_true(isnan(check.columns[2].largest));
    /* Only the first differences are kept: a missing row, all cells of the next row, and one
     * more. */
    assert_int_equal(check.move_count, 5);
    assert_null(check.moves[0].column);
    assert_true(check.moves[1].difference == 2 && check.moves[1].tolerance == 1);
    assert_true(check.moves[2].difference == -0.25);
    assert_true(check.moves[2].tolerance == LSN_CHECK_TOLERANCE);
    assert_true(isnan(check.moves[3].difference) && isnan(check.moves[3].tolerance));
    assert_true(check.moves[4].difference == -5);
    lsn_check_free(&check);
    assert_true(!check.moves && !check.columns && !check.tables && !check.cells);
    lsn_check_free(&check);
}

static void refused(void **state)
{
    static const char good[] = "layer,kernel,v,w\nconv1,0,1,2\n";
    static const struct {
        const char *baseline, *now, *tolerance, *sentence;
        enum lsn_status code;
    } cases[] = {
        {"", good, NULL, "a: is empty, a header line was wanted", LSN_E_FORMAT},
        {good, "", NULL, "b: is empty, a header line was wanted", LSN_E_FORMAT},
        {good, "layer,kernel,v,w\nconv1,0,1\n", NULL, "b: line 2 has 3 fields, the header 4",
         LSN_E_FORMAT},
        {good, "layer,kernel,v,v\nconv1,0,1,2\n", NULL, "b: the column 'v' is there twice",
         LSN_E_FORMAT},
        {"v,w\n1,2\n", "v,w\n1,2\n", NULL,
         "a: has no column that says what a row is about, such as layer, kernel, contrast or file",
         LSN_E_DATA},
        {good, "v,w\n1,2\n", NULL,
         "b: has no column that says what a row is about, such as layer, kernel, contrast or file",
         LSN_E_DATA},
        {good, "layer,kernel,w\nconv1,0,2\n", NULL, "b: other columns than in a: lacks 'v'",
         LSN_E_DATA},
        {good, "layer,kernel,v,w,x,y\nconv1,0,1,2,3,4\n", NULL,
         "b: other columns than in a: has 'x', 'y'", LSN_E_DATA},
        {good, "layer,x\nconv1,0\n", NULL,
         "b: other columns than in a: lacks 'kernel', 'v', 'w', has 'x'", LSN_E_DATA},
        {good, "layer,kernel,contrast,v,w\nconv1,0,1,1,2\n", NULL,
         "b: other columns than in a: has 'contrast'", LSN_E_DATA},
        {"layer,kernel,v,w\n", good, NULL, "a: has no rows to compare with", LSN_E_DATA},
        {"layer,kernel,v,w\nconv1,0,1,2\nconv1,1,1,2\n\nconv1,0,3,4\n", good, NULL,
         "a: line 5: layer=conv1 kernel=0 is on line 2, too", LSN_E_FORMAT},
        {good, "layer,kernel,v,w\nconv1,1,1,2\nconv1,1.0,1,2\n", NULL,
         "b: line 3: layer=conv1 kernel=1.0 is on line 2, too", LSN_E_FORMAT},
        {good, good, "x=1", "tolerance: 'x' is no column that is compared", LSN_E_ARGUMENT},
        {good, good, "v=1,kernel=1", "tolerance: 'kernel' is no column that is compared",
         LSN_E_ARGUMENT},
        {good, good, "contrast=1", "tolerance: 'contrast' is no column that is compared",
         LSN_E_ARGUMENT},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_check check = {.cells = 99};
        struct lsn_error err = LSN_ERROR_NONE;
        enum lsn_status status =
            compare(cases[i].baseline, cases[i].now, cases[i].tolerance, KEEP_ALL, &check, &err);

        test_error(status, &err, cases[i].code, cases[i].sentence);
        assert_true(!check.moves && !check.columns && !check.tables && !check.cells);
    }
}

/* These are refused before any file is read. */
static void bad_tolerances(void **state)
{
    static const struct {
        const char *list, *sentence;
    } cases[] = {
        {"", "tolerance: '' is not a number from 0 on"},
        {"-1", "tolerance: '-1' is not a number from 0 on"},
        {"nan", "tolerance: 'nan' is not a number from 0 on"},
        {"inf", "tolerance: 'inf' is not a number from 0 on"},
        {"1e999", "tolerance: '1e999' is not a number from 0 on"},
        {"0.1x", "tolerance: '0.1x' is not a number from 0 on"},
        {" 1", "tolerance: ' 1' is not a number from 0 on"},
        {"0.1,", "tolerance: '' is not a number from 0 on"},
        {",0.1", "tolerance: '' is not a number from 0 on"},
        {"v", "tolerance: 'v' is not a number from 0 on"},
        {"v=", "tolerance: '' is not a number from 0 on"},
        {"v=-1", "tolerance: '-1' is not a number from 0 on"},
        {"v=nan", "tolerance: 'nan' is not a number from 0 on"},
        {"v=0.1,w", "tolerance: 'w' is not a number from 0 on"},
        {"0.1,v=1,0.2", "tolerance: the one for all columns is given twice"},
        {"v=1,w=1,v=2", "tolerance: v is given twice"},
    };
    struct lsn_check check;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_error err = LSN_ERROR_NONE;

        test_error(lsn_check_compare("/nowhere/a", "/nowhere/b", cases[i].list, 1, &check, &err),
                   &err, LSN_E_ARGUMENT, cases[i].sentence);
    }
    /* The name of a column may contain an equals sign. */
    expect_moved("kernel,p=q\n1,5\n", "kernel,p=q\n1,6\n", "p=q=1", "");
    expect_moved("kernel,p=q\n1,5\n", "kernel,p=q\n1,7\n", "p=q=1", "kernel=1 p=q 5>7; ");
}

static void missing_files(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_check check;

    (void)state;
    test_error(lsn_check_compare("/nowhere/a", "/nowhere/b", NULL, 1, &check, &err), &err, LSN_E_IO,
               "/nowhere/a: cannot open: No such file or directory");
}

/* Rows in random order with some cells changed: exactly these are found. */
static void many_rows(void **state)
{
    enum { ROWS = 3000 };
    struct lsn_text a = {0}, b = {0};
    struct lsn_check check;
    static int order[ROWS];
    uint64_t seed = 7;
    size_t changed = 0;
    int i;

    (void)state;
    lsn_text_add(&a, "layer,kernel,contrast,top1\n");
    lsn_text_add(&b, "layer,kernel,contrast,top1\n");
    for (i = 0; i < ROWS; i++)
        order[i] = i;
    for (i = ROWS - 1; i > 0; i--) {
        int j = test_random_int(&seed, 0, i), other = order[j];

        order[j] = order[i];
        order[i] = other;
    }
    for (i = 0; i < ROWS; i++) {
        int j = order[i], change = test_random_int(&seed, 0, 9) == 0;

        lsn_text_add(&a, "conv%d,%d,%d,%d\n", i / 100, i % 50, i / 50 % 2, i);
        lsn_text_add(&b, "conv%d,%d,%d,%d\n", j / 100, j % 50, j / 50 % 2, j + change);
        changed += (size_t)change;
    }
    check = compare_well(a.bytes, b.bytes, NULL);
    assert_int_equal(check.rows, ROWS);
    assert_int_equal(check.cells, changed);
    assert_int_equal(check.missing + check.extra, 0);
    assert_true(changed > ROWS / 20);
    lsn_check_free(&check);
    lsn_text_free(&a);
    lsn_text_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),       cmocka_unit_test(rows_by_key),
        cmocka_unit_test(other_keys),    cmocka_unit_test(counts),
        cmocka_unit_test(refused),       cmocka_unit_test(bad_tolerances),
        cmocka_unit_test(missing_files), cmocka_unit_test(many_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
