/* Matrix products against loops in double. Whole numbers must come out equal;
 * others within (k + 2) roundoffs of the sum of |a b| + |c|. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "lesion/machine.h"
#include "op/gemm.h"
#include "op/ref/ref.h"

#define GUARD (-12345.0f)

/* Rows of a, b and c lie lda, ldb and ldc floats apart. */
struct product {
    int m, n, k, lda, ldb, ldc;
    float *a, *b, *c, *before;
};

static size_t area(int rows, int stride)
{
    return (size_t)rows * (size_t)stride;
}

static struct product make(uint64_t *seed, int m, int n, int k, bool whole)
{
    struct product p = {.m = m, .n = n, .k = k};
    int row, column;

    p.lda = k + test_random_int(seed, 0, 3);
    p.ldb = n + test_random_int(seed, 0, 3);
    p.ldc = n + test_random_int(seed, 0, 3);
    p.a = whole ? test_whole(seed, area(m, p.lda), 8) : test_floats(seed, area(m, p.lda), -1, 1);
    p.b = whole ? test_whole(seed, area(k, p.ldb), 8) : test_floats(seed, area(k, p.ldb), -1, 1);
    p.c = whole ? test_whole(seed, area(m, p.ldc), 8) : test_floats(seed, area(m, p.ldc), -1, 1);
    for (row = 0; row < m; row++)
        for (column = n; column < p.ldc; column++)
            p.c[row * p.ldc + column] = GUARD;
    p.before = test_output(area(m, p.ldc));
    memcpy(p.before, p.c, area(m, p.ldc) * sizeof *p.c);
    return p;
}

static void release(struct product *p)
{
    free(p->a);
    free(p->b);
    free(p->c);
    free(p->before);
}

static void check(const struct product *p, float beta, bool whole)
{
    int row, column, i;

    for (row = 0; row < p->m; row++)
        for (column = 0; column < p->ldc; column++) {
            const float *got = &p->c[row * p->ldc + column];
            double wanted = (double)beta * (double)p->before[row * p->ldc + column];
            double size = fabs(wanted);

            if (column >= p->n) {
                assert_true(*got == GUARD);
                continue;
            }
            for (i = 0; i < p->k; i++) {
                double term = (double)p->a[row * p->lda + i] * (double)p->b[i * p->ldb + column];

                wanted += term;
                size += fabs(term);
            }
            test_close("product", got, &wanted, 1, whole ? 0 : (p->k + 2) * TEST_ROUNDOFF * size);
        }
}

static void check_shape(uint64_t *seed, int m, int n, int k)
{
    int whole, row, column;

    for (whole = 0; whole < 2; whole++) {
        struct product p = make(seed, m, n, k, whole);

        lsn_gemm(m, n, k, p.a, p.lda, p.b, p.ldb, 1, p.c, p.ldc);
        check(&p, 1, whole);
        /* With beta 0, what c held is not read: NaN must not come through. */
        for (row = 0; row < m; row++)
            for (column = 0; column < n; column++)
                p.c[row * p.ldc + column] = NAN;
        lsn_gemm(m, n, k, p.a, p.lda, p.b, p.ldb, 0, p.c, p.ldc);
        check(&p, 0, whole);
        release(&p);
    }
}

static void twin_on_random_shapes(void **state)
{
    uint64_t seed = 23;
    int i;

    (void)state;
    for (i = 0; i < 400; i++)
        check_shape(&seed, test_random_int(&seed, 0, 3) ? test_random_int(&seed, 1, 60) : 1,
                    test_random_int(&seed, 1, 70), test_random_int(&seed, 1, 80));
}

static void twin_on_published_shapes(void **state)
{
    uint64_t seed = 29;

    (void)state;
    check_shape(&seed, 1, 1000, 4096);  /* AlexNet fc8 */
    check_shape(&seed, 1, 512, 9216);   /* a part of fc6 */
    check_shape(&seed, 169, 384, 2304); /* AlexNet conv3 */
    check_shape(&seed, 722, 64, 363);   /* a block of AlexNet conv1 */
    check_shape(&seed, 49, 1280, 320);  /* MobileNet's last */
    check_shape(&seed, 96, 1000, 1024); /* many variants of GoogLeNet's classifier */
}

/* lsn_ref_linear is the twin that other tests use: it must agree with a product. */
static void linear_twin(void **state)
{
    const float weight[6] = {1, 2, 3, 4, 5, 6}, bias[2] = {10, 20};
    const double x[6] = {1, 0, 0, 1, 1, 1};
    double out[4];

    (void)state;
    lsn_ref_linear(2, 3, 2, weight, bias, x, out);
    assert_true(out[0] == 11 && out[1] == 24 && out[2] == 16 && out[3] == 35);
}

#define CROWD 200

struct crowd {
    const float *a, *b, *wanted;
    int m, n, k;
};

static enum lsn_status multiply(void *context, int worker, size_t unit, struct lsn_error *err)
{
    const struct crowd *crowd = context;
    size_t count = area(crowd->m, crowd->n);
    float *c = malloc(count * sizeof *c);
    bool same;

    (void)worker;
    if (!c)
        return lsn_fail_memory(err, "a test");
    lsn_gemm(crowd->m, crowd->n, crowd->k, crowd->a, crowd->k, crowd->b, crowd->n, 0, c, crowd->n);
    same = memcmp(c, crowd->wanted, count * sizeof *c) == 0;
    free(c);
    return same ? LSN_OK : lsn_fail(err, LSN_E_DATA, "unit %zu differs", unit);
}

/* As many workers as OpenBLAS bears, of which there may be more than processors, change
 * no byte. */
static void many_workers(void **state)
{
    struct crowd crowd = {.m = 64, .n = 96, .k = 300};
    struct lsn_machine machine;
    struct lsn_error err = LSN_ERROR_NONE;
    uint64_t seed = 37;
    float *a = test_floats(&seed, area(crowd.m, crowd.k), -1, 1);
    float *b = test_floats(&seed, area(crowd.k, crowd.n), -1, 1);
    float *wanted = test_output(area(crowd.m, crowd.n));

    (void)state;
    lsn_machine_look(&machine);
    lsn_gemm(crowd.m, crowd.n, crowd.k, a, crowd.k, b, crowd.n, 0, wanted, crowd.n);
    crowd.a = a;
    crowd.b = b;
    crowd.wanted = wanted;
    test_ok(
        lsn_parallel(lsn_threads_limit(&machine, CROWD, NULL), 5 * CROWD, multiply, &crowd, &err),
        &err);
    free(a);
    free(b);
    free(wanted);
}

static void description(void **state)
{
    struct lsn_blas blas = lsn_blas_describe();

    (void)state;
    assert_non_null(blas.config);
    assert_non_null(strstr(blas.config, "OpenBLAS"));
    assert_true(strlen(blas.core) > 0);
    assert_int_equal(blas.threads_max, lsn_blas_threads(blas.config));
    assert_string_equal(lsn_version(), LSN_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twin_on_random_shapes), cmocka_unit_test(twin_on_published_shapes),
        cmocka_unit_test(linear_twin),           cmocka_unit_test(many_workers),
        cmocka_unit_test(description),
    };

    lsn_gemm_use_one_thread();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
