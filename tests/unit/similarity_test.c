/* How alike two activations are: golden values (golden/make_stats.py), closed forms, a
 * slow twin, and planes that are constant. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/similarity.h"

#define UNDEFINED ((double)NAN)

enum { KERNELS_MAX = 200 };

struct measured {
    struct lsn_node_similarity node;
    struct lsn_kernel_similarity kernels[KERNELS_MAX];
};

static struct measured measure(int c, int h, int w, const float *a, const float *r)
{
    struct lsn_shape shape = {c, h, w};
    double scratch[LSN_SIMILARITY_SUMS * KERNELS_MAX];
    struct measured m;
    size_t i;

    memset(&m, 0xA5, sizeof m);
    for (i = 0; i < TEST_COUNT(scratch); i++)
        scratch[i] = UNDEFINED;
    m.node = lsn_similarity_measure(shape, a, r, m.kernels, scratch);
    return m;
}

static void check_number(const char *what, size_t kernel, double got, double wanted,
                         double tolerance)
{
    if (isnan(wanted) ? !isnan(got) : !(fabs(got - wanted) <= tolerance * fmax(1, fabs(wanted))))
        fail_msg("%s %zu: %.12g, wanted %.12g", what, kernel, got, wanted);
}

/* Correlation, magnitude and the reference's, of 19 kernels at 15 positions. */
/* clang-format off */
static const double golden[][3] = {
    {0.0251705864611, 31, 16.75},
    {0.114247503041, 21, 33.625},
    {0.16554486383, 34.5625, 43.125},
    {UNDEFINED, 32.25, 15},
    {UNDEFINED, 0, 27.875},
    {1, 100.5, 33.5},
    {-1, 20.125, 40.25},
    {0.555733467632, 34.125, 36},
    {0.201367135273, 14993.6875, 21.75},
    {-0.206504381226, 1000030.9375, 16.625},
    {0.145577030125, 31.75, 24.5},
    {0.289221210164, 26.125, 32.875},
    {0.00742709503489, 38.5625, 41.5},
    {0.607848657738, 34.25, 32.625},
    {0.23221262803, 29.4375, 33.625},
    {0.527862156898, 28.5, 28.75},
    {-0.261533246319, 32.3125, 41},
    {0.549824664314, 34.5625, 33.875},
    {0.461938027832, 23.1875, 16.875},
};
/* clang-format on */

static void golden_values(void **state)
{
    enum { KERNELS = TEST_COUNT(golden), POSITIONS = 15 };
    float a[POSITIONS][KERNELS], r[POSITIONS][KERNELS];
    struct measured m;
    size_t i, p, k;

    (void)state;
    for (i = 0; i < POSITIONS * KERNELS; i++) {
        a[i / KERNELS][i % KERNELS] = (float)((int)((i * i * 7 + i * 13) % 101) - 40) / 16;
        r[i / KERNELS][i % KERNELS] = (float)((int)((i * i * 3 + i * 29) % 67) - 20) / 8;
    }
    for (p = 9; p < 13; p++)
        for (k = 0; k < KERNELS; k++)
            a[p][k] = r[p][k] + 2;
    for (k = 0; k < KERNELS; k++)
        r[7][k] = 1;
    for (p = 0; p < POSITIONS; p++) {
        r[p][3] = 1;
        a[p][4] = 0;
        a[p][5] = 3 * r[p][5];
        a[p][6] = -r[p][6] / 2;
        a[p][8] -= 1000;
    }
    a[0][9] = -1e6F;
    m = measure(KERNELS, 3, 5, a[0], r[0]);
    for (k = 0; k < KERNELS; k++) {
        check_number("correlation", k, m.kernels[k].correlation, golden[k][0], 1e-11);
        check_number("magnitude", k, m.kernels[k].magnitude, golden[k][1], 1e-11);
        check_number("reference", k, m.kernels[k].reference_magnitude, golden[k][2], 1e-11);
    }
    check_number("over kernels", 0, m.node.correlation, 0.0606497713711, 1e-11);
    assert_int_equal(m.node.winners, 14);
    assert_int_equal(m.node.same_winner, 3);
}

/* A scaled copy is alike in all but magnitude; itself, in all, to the last bit. */
static void scaled(void **state)
{
    static const float factors[] = {1, 0.25F, -3};
    uint64_t seed = 5;
    float *r = test_floats(&seed, 6 * 7 * 40, -1, 2), *a = test_output(6 * 7 * 40);
    size_t f, i, k;

    (void)state;
    for (f = 0; f < TEST_COUNT(factors); f++) {
        double sign = factors[f] < 0 ? -1 : 1, last_bits = factors[f] < 0 ? 1e-6 : 0;
        struct measured m;

        for (i = 0; i < 6 * 7 * 40; i++)
            a[i] = factors[f] * r[i];
        m = measure(40, 6, 7, a, r);
        for (k = 0; k < 40; k++) {
            check_number("correlation", k, m.kernels[k].correlation, sign, last_bits);
            check_number("magnitude", k, m.kernels[k].magnitude,
                         fabs((double)factors[f]) * m.kernels[k].reference_magnitude, 1e-6);
        }
        check_number("over kernels", 0, m.node.correlation, sign, last_bits);
        assert_int_equal(m.node.winners, 42);
        assert_int_equal(m.node.same_winner, factors[f] < 0 ? 0 : 42);
    }
    free(a);
    free(r);
}

/* Kernels that change places: as alike as before over space where each is beside its
 * own, and nowhere the same winner. */
static void permuted(void **state)
{
    enum { C = 24, POSITIONS = 20 };
    uint64_t seed = 6;
    float *r = test_floats(&seed, C * POSITIONS, 0, 1), *a = test_output(C * POSITIONS);
    struct measured m;
    size_t p, k;

    (void)state;
    for (p = 0; p < POSITIONS; p++)
        for (k = 0; k < C; k++)
            a[p * C + (k + 1) % C] = r[p * C + k];
    m = measure(C, 4, 5, a, r);
    assert_int_equal(m.node.winners, POSITIONS);
    assert_int_equal(m.node.same_winner, 0);
    assert_true(fabs(m.node.correlation) < 0.3);
    for (k = 0; k < C; k++)
        check_number("magnitude", k, m.kernels[(k + 1) % C].magnitude,
                     m.kernels[k].reference_magnitude, 1e-14);
    free(a);
    free(r);
}

/* Constant, or varying by no more than rounding: nothing to correlate. */
static void constant(void **state)
{
    /* Planes of three kernels at four positions: equal; all but equal; not equal. */
    static const float r[] = {7, 1, 0, 7, 1.0000001F, 2, 7, 1, 4, 7, 1, 5};
    static const float a[] = {1, 1, 5, 2, 2, 4, 3, 3, 2, 4, 4, 0};
    static const float zero[12] = {0};
    struct measured m = measure(3, 2, 2, a, r);
    uint64_t seed = 7;
    float *vector = test_floats(&seed, 9, -1, 1);

    (void)state;
    assert_true(isnan(m.kernels[0].correlation));
    assert_true(isnan(m.kernels[1].correlation));
    check_number("correlation", 2, m.kernels[2].correlation, -57.0 / 59, 1e-12);
    m = measure(3, 2, 2, r, a); /* the same the other way round */
    assert_true(isnan(m.kernels[0].correlation) && isnan(m.kernels[1].correlation));
    m = measure(3, 2, 2, a, zero);
    assert_true(isnan(m.kernels[0].correlation) && isnan(m.node.correlation));
    assert_true(m.kernels[0].reference_magnitude == 0);
    assert_int_equal(m.node.winners, 0);
    m = measure(3, 2, 2, zero, r); /* equals: the first wins, as it does in r */
    assert_true(isnan(m.node.correlation) && m.kernels[0].magnitude == 0);
    assert_int_equal(m.node.winners, 4);
    assert_int_equal(m.node.same_winner, 4);
    m = measure(9, 1, 1, vector, vector); /* one position, nine kernels */
    assert_true(isnan(m.kernels[0].correlation) && m.node.correlation == 1);
    m = measure(1, 3, 3, vector, vector); /* one kernel */
    assert_true(m.kernels[0].correlation == 1 && isnan(m.node.correlation));
    assert_int_equal(m.node.winners, 0);
    free(vector);
}

/* By means first, in long double; NaN where one is constant. */
static double twin_correlation(const float *a, const float *r, size_t n, size_t step)
{
    long double mean_a = 0, mean_r = 0, aa = 0, rr = 0, ar = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        mean_a += (long double)a[i * step] / (long double)n;
        mean_r += (long double)r[i * step] / (long double)n;
    }
    for (i = 0; i < n; i++) {
        long double x = (long double)a[i * step] - mean_a, y = (long double)r[i * step] - mean_r;

        aa += x * x;
        rr += y * y;
        ar += x * y;
    }
    return aa > 1e-25L && rr > 1e-25L ? (double)(ar / sqrtl(aa * rr)) : UNDEFINED;
}

static size_t twin_winner(const float *x, size_t c)
{
    size_t best = 0, k;

    for (k = 1; k < c; k++)
        if (x[k] > x[best])
            best = k;
    return best;
}

/* Small whole numbers: many are equal, at both ends of a row, too. */
static void twin(void **state)
{
    static const int counts[] = {1, 2, 3, 15, 16, 17, 31, 32, 33, 48, 100, 131, 200};
    uint64_t seed = 8;
    size_t t, p, k;

    (void)state;
    for (t = 0; t < 4 * TEST_COUNT(counts); t++) {
        size_t c = (size_t)counts[t % TEST_COUNT(counts)], same = 0, winners = 0, defined = 0;
        int h = test_random_int(&seed, 1, 6), w = test_random_int(&seed, 1, 6);
        size_t positions = (size_t)h * (size_t)w;
        float *a = test_whole(&seed, c * positions, 3), *r = test_whole(&seed, c * positions, 3);
        struct measured m = measure((int)c, h, w, a, r);
        double sum = 0;

        for (k = 0; k < c; k++)
            check_number("correlation", k, m.kernels[k].correlation,
                         twin_correlation(a + k, r + k, positions, c), 1e-12);
        for (p = 0; p < positions; p++) {
            double rho = twin_correlation(a + p * c, r + p * c, c, 1);

            sum += isnan(rho) ? 0 : rho;
            defined += isnan(rho) ? 0 : 1;
            if (isnan(twin_correlation(r + p * c, r + p * c, c, 1)))
                continue;
            winners++;
            same += twin_winner(a + p * c, c) == twin_winner(r + p * c, c);
        }
        check_number("over kernels", c, m.node.correlation,
                     defined ? sum / (double)defined : UNDEFINED, 1e-12);
        assert_int_equal(m.node.winners, winners);
        assert_int_equal(m.node.same_winner, same);
        free(a);
        free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_values), cmocka_unit_test(scaled), cmocka_unit_test(permuted),
        cmocka_unit_test(constant),      cmocka_unit_test(twin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
