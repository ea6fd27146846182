/* Products of rows against loops in double. Whole numbers must come out equal, others
 * within (k + 2) roundoffs of the sum of |a b|; every version that this processor runs. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "op/product.h"

#define GUARD (-12345.0f)

/* Rows of two parts, with values of the weight matrix between those that the parts use. */
struct product_case {
    size_t rows, length, used; /* used: multiply-adds of one column if 0 is left out */
    float *weights, *panels, *bias, *values, *out;
    const float **x;
    float **to;
    int *scratch;
    struct lsn_product product;
};

/* What of the strips' values is not 0 in all rows. */
static size_t count_used(const struct product_case *c)
{
    size_t used = 0, strip, part, i, r;

    for (strip = 0; strip < c->rows; strip += LSN_STRIP_ROWS)
        for (part = 0; part < 2; part++)
            for (i = 0; i < c->length; i++) {
                size_t last = strip + LSN_STRIP_ROWS < c->rows ? strip + LSN_STRIP_ROWS : c->rows;
                bool any = false;

                for (r = strip; r < last; r++)
                    any = any || c->x[part * c->rows + r][1 + i] != 0.0f;
                used += any ? last - strip : 0;
            }
    return used;
}

static struct product_case make(uint64_t *seed, size_t rows, size_t length, size_t n, bool whole)
{
    struct product_case c = {.rows = rows, .length = length};
    size_t k = 2 * length + 3, i, count = 2 * rows * (length + 1);

    c.weights = whole ? test_whole(seed, k * n, 8) : test_floats(seed, k * n, -1, 1);
    c.bias = whole ? test_whole(seed, n, 8) : test_floats(seed, n, -1, 1);
    c.values = whole ? test_whole(seed, count, 8) : test_floats(seed, count, -1, 1);
    for (i = 0; i < count; i++)
        if (test_random_int(seed, 0, 4) > 0)
            c.values[i] = test_random_int(seed, 0, 1) ? 0.0f : -0.0f;
    c.panels = test_scratch(lsn_panel_count(k, n));
    lsn_panel_pack(k, n, c.weights, c.panels);
    c.out = test_output(rows * (n + 1));
    c.x = calloc(2 * rows, sizeof *c.x);
    c.to = calloc(rows, sizeof *c.to);
    for (i = 0; i < 2 * rows; i++)
        c.x[i] = c.values + i * (length + 1);
    for (i = 0; i < rows; i++) {
        c.to[i] = c.out + i * (n + 1);
        c.to[i][n] = GUARD;
    }
    c.scratch = calloc(lsn_product_scratch(2, length, rows), sizeof *c.scratch);
    c.product = (struct lsn_product){
        .panels = c.panels + LSN_PANEL_COLUMNS, /* the parts begin at rows 1 and length + 3 */
        .k = k,
        .n = n,
        .bias = c.bias,
        .parts = 2,
        .part_step = length + 2,
        .length = length,
        .offset = 1,
        .x_step = rows,
        .low = -INFINITY,
        .high = INFINITY,
    };
    c.used = count_used(&c);
    return c;
}

static void release(struct product_case *c)
{
    free(c->weights);
    free(c->panels);
    free(c->bias);
    free(c->values);
    free(c->out);
    free(c->x);
    free(c->to);
    free(c->scratch);
}

static double bounded(const struct product_case *c, double x)
{
    x = x < (double)c->product.low ? (double)c->product.low : x;
    return x > (double)c->product.high ? (double)c->product.high : x;
}

static void check(const struct product_case *c, bool whole)
{
    size_t n = c->product.n, r, j, part, i;

    for (r = 0; r < c->rows; r++) {
        for (j = 0; j < n; j++) {
            double sum = (double)c->bias[j], size = fabs(sum);

            for (part = 0; part < 2; part++)
                for (i = 0; i < c->length; i++) {
                    double product = (double)c->x[part * c->rows + r][1 + i] *
                                     (double)c->weights[(1 + part * (c->length + 2) + i) * n + j];

                    sum += product;
                    size += fabs(product);
                }
            if (whole)
                assert_true((double)c->to[r][j] == bounded(c, sum));
            else
                assert_true(fabs((double)c->to[r][j] - bounded(c, sum)) <=
                            (double)(c->product.k + 2) * (double)FLT_EPSILON * size);
        }
        assert_true(c->to[r][n] == GUARD);
    }
}

static void test_products(void **state)
{
    static const size_t sizes[][2] = {{1, 1},   {3, 16},   {64, 17}, {65, 48},
                                      {20, 40}, {40, 100}, {15, 8},  {16, 33}};
    uint64_t seed = 11;
    int version, rows, kind;
    size_t i;

    (void)state;
    for (version = 0; version < LSN_PRODUCT_VERSIONS; version++)
        for (i = 0; i < TEST_COUNT(sizes); i++)
            for (rows = 1; rows <= 19; rows++)
                for (kind = 0; kind < 8; kind++) {
                    bool whole = kind & 1, skip = kind & 2, bounds = kind & 4;
                    struct product_case c =
                        make(&seed, (size_t)rows, sizes[i][0], sizes[i][1], whole);
                    double done;

                    c.product.skip = skip;
                    if (bounds) {
                        c.product.low = 0;
                        c.product.high = 6;
                    }
                    done = lsn_product_run_by(version, &c.product, c.rows, c.x, c.to, c.scratch);
                    if (done >= 0) {
                        check(&c, whole);
                        assert_true(done == (double)((skip ? c.used : 2 * c.length * c.rows) *
                                                     c.product.n));
                    } else {
                        assert_true(version < LSN_PRODUCT_VERSIONS - 1);
                    }
                    release(&c);
                }
}

/* What a row's product is depends on that row alone: not on those beside it, nor on whether
 * what is 0 is left out. */
static void test_strips_do_not_matter(void **state)
{
    uint64_t seed = 12;
    int repeat;
    size_t r;

    (void)state;
    for (repeat = 0; repeat < 50; repeat++) {
        size_t rows = (size_t)test_random_int(&seed, 2, 20);
        struct product_case c = make(&seed, rows, 45, 40, false);

        c.product.skip = repeat % 2 == 0;
        lsn_product_run(&c.product, rows, c.x, c.to, c.scratch);
        for (r = 0; r < rows; r++) {
            const float *x[] = {c.x[r], c.x[rows + r]};
            float alone[40], *to = alone;

            c.product.skip = repeat % 3 == 0;
            c.product.x_step = 1;
            lsn_product_run(&c.product, 1, x, &to, c.scratch);
            assert_memory_equal(alone, c.to[r], sizeof alone);
        }
        release(&c);
    }
}

/* NaN and infinity of a row are kept, bounds or not. */
static void test_not_a_number(void **state)
{
    uint64_t seed = 13;
    struct product_case c = make(&seed, 3, 20, 20, true);
    size_t j;

    (void)state;
    c.values[1 + 21] = NAN;
    c.weights[0] = 1;
    c.product.skip = true;
    c.product.low = 0;
    lsn_product_run(&c.product, c.rows, c.x, c.to, c.scratch);
    for (j = 0; j < 20; j++) {
        assert_true(isnan(c.to[1][j]));
        assert_true(!isnan(c.to[0][j]) && !isnan(c.to[2][j]));
    }
    release(&c);
}

static void test_all_left_out(void **state)
{
    uint64_t seed = 14;
    struct product_case c = make(&seed, 9, 20, 20, true);
    size_t i, r;

    (void)state;
    for (i = 0; i < 2 * c.rows * (c.length + 1); i++)
        c.values[i] = 0;
    c.product.skip = true;
    assert_true(lsn_product_run(&c.product, c.rows, c.x, c.to, c.scratch) == 0.0);
    for (r = 0; r < c.rows; r++)
        assert_memory_equal(c.to[r], c.bias, 20 * sizeof *c.bias);
    release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_strips_do_not_matter),
        cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_all_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
