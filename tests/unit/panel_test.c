/* Products of bundles against loops in double. Whole numbers must come out equal,
 * others within (k + 2) roundoffs of the sum of |a b|; every version that this
 * processor runs. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "op/panel.h"

#define GUARD (-12345.0f)

/* One bundle: rows that are 0 in most places, and the places that are not. */
struct bundle_case {
    int rows;
    size_t k, n;
    float *weights, *panels, *rows_of, *out, *values;
    int *terms;
    struct lsn_bundle bundle;
};

static struct bundle_case make(uint64_t *seed, int rows, size_t k, size_t n, bool whole)
{
    struct bundle_case c = {.rows = rows, .k = k, .n = n};
    const float *pointers[LSN_BUNDLE_ROWS];
    size_t i;
    int r;

    c.weights = whole ? test_whole(seed, k * n, 8) : test_floats(seed, k * n, -1, 1);
    c.rows_of =
        whole ? test_whole(seed, (size_t)rows * k, 8) : test_floats(seed, (size_t)rows * k, -1, 1);
    for (i = 0; i < (size_t)rows * k; i++)
        if (test_random_int(seed, 0, 2) > 0)
            c.rows_of[i] = 0;
    c.panels = test_scratch(lsn_panel_count(k, n));
    lsn_panel_pack(k, n, c.weights, c.panels);
    c.terms = calloc(k, sizeof *c.terms);
    c.values = test_scratch(k * (size_t)rows);
    c.out = test_output((size_t)rows * (n + 1));
    for (r = 0; r < rows; r++)
        pointers[r] = c.rows_of + (size_t)r * k;
    c.bundle = (struct lsn_bundle){.panels = c.panels,
                                   .rows = rows,
                                   .terms = c.terms,
                                   .values = c.values,
                                   .row_step = 1,
                                   .term_step = (size_t)rows};
    c.bundle.count = lsn_panel_collect(rows, k, pointers, 0, c.terms, c.values);
    for (r = 0; r < rows; r++) {
        c.bundle.out[r] = c.out + (size_t)r * (n + 1);
        c.bundle.out[r][n] = GUARD;
    }
    return c;
}

static void release(struct bundle_case *c)
{
    free(c->weights);
    free(c->panels);
    free(c->rows_of);
    free(c->out);
    free(c->values);
    free(c->terms);
}

static void check(const struct bundle_case *c, bool whole)
{
    size_t i, column;
    int r;

    for (r = 0; r < c->rows; r++) {
        for (column = 0; column < c->n; column++) {
            double wanted = 0, size = 0;

            for (i = 0; i < c->k; i++) {
                double term = (double)c->rows_of[(size_t)r * c->k + i] *
                              (double)c->weights[i * c->n + column];

                wanted += term;
                size += fabs(term);
            }
            test_close("product", &c->bundle.out[r][column], &wanted, 1,
                       whole ? 0 : ((double)c->k + 2) * TEST_ROUNDOFF * size);
        }
        assert_true(c->bundle.out[r][c->n] == GUARD);
    }
}

static void test_products(void **state)
{
    static const size_t sizes[][2] = {{1, 1}, {3, 16}, {64, 17}, {65, 48}, {200, 100}, {129, 15}};
    uint64_t seed = 11;
    int version, rows, whole;
    size_t i;

    (void)state;
    for (version = 0; version < LSN_PANEL_VERSIONS; version++)
        for (i = 0; i < TEST_COUNT(sizes); i++)
            for (rows = 1; rows <= LSN_BUNDLE_ROWS; rows++)
                for (whole = 0; whole < 2; whole++) {
                    struct bundle_case c = make(&seed, rows, sizes[i][0], sizes[i][1], whole);

                    if (lsn_panel_multiply_by(version, c.k, c.n, &c.bundle, 1))
                        check(&c, whole);
                    else
                        assert_true(version < LSN_PANEL_VERSIONS - 1);
                    release(&c);
                }
}

/* What a row's product is depends on that row alone: not on those beside it, nor on
 * how many places they add that are 0 in it. */
static void test_bundles_do_not_matter(void **state)
{
    uint64_t seed = 12;
    int repeat, r;

    (void)state;
    for (repeat = 0; repeat < 50; repeat++) {
        struct bundle_case c =
            make(&seed, test_random_int(&seed, 2, LSN_BUNDLE_ROWS), 90, 40, false);
        float alone[40], *values = test_scratch(c.k);
        int *terms = calloc(c.k, sizeof *terms);

        lsn_panel_multiply(c.k, c.n, &c.bundle, 1);
        for (r = 0; r < c.rows; r++) {
            const float *row = c.rows_of + (size_t)r * c.k;
            struct lsn_bundle one = {.panels = c.panels,
                                     .rows = 1,
                                     .terms = terms,
                                     .values = values,
                                     .row_step = 1,
                                     .term_step = 1,
                                     .out = {alone}};

            one.count = lsn_panel_collect(1, c.k, &row, 0, terms, values);
            lsn_panel_multiply(c.k, c.n, &one, 1);
            assert_memory_equal(alone, c.bundle.out[r], sizeof alone);
        }
        free(values);
        free(terms);
        release(&c);
    }
}

static void test_collect(void **state)
{
    const float a[] = {0, 1, 0, -0.0f, 0}, b[] = {0, 0, 2, 0, -3};
    const float *rows[] = {a, b};
    const float wanted[] = {1, 0, 0, 2, 0, -3};
    float values[10];
    int terms[5];

    (void)state;
    assert_int_equal(lsn_panel_collect(2, 5, rows, 100, terms, values), 3);
    assert_int_equal(terms[0], 101);
    assert_int_equal(terms[1], 102);
    assert_int_equal(terms[2], 104);
    assert_memory_equal(values, wanted, sizeof wanted);
}

static void test_nothing_live(void **state)
{
    uint64_t seed = 13;
    struct bundle_case c = make(&seed, 3, 20, 20, true);
    int r, i;

    (void)state;
    c.bundle.count = 0;
    lsn_panel_multiply(c.k, c.n, &c.bundle, 1);
    for (r = 0; r < 3; r++)
        for (i = 0; i < 20; i++)
            assert_true(c.bundle.out[r][i] == 0.0f);
    release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_bundles_do_not_matter),
        cmocka_unit_test(test_collect),
        cmocka_unit_test(test_nothing_live),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
