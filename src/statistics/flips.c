/* The sign-flip permutation test. For every kernel and flip one sum is kept. An image with the
 * difference d adds +d or -d to each of a kernel's sums; its signs are drawn once and serve all
 * kernels. A kernel whose difference is 0 is skipped, which saves most of the work, as a lesion
 * changes the accuracy on few images. Keeping all differences and flipping them at the end would
 * take images * kernels numbers and read them once per flip. */
#include "lesion/stats.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/vector.h"

/* Two scores closer than TIE are equal: rounding moves a score by less, up to 200,000 images
 * (n^1.5 roundoffs). Differences below DIFF_LOW count as 0 and those above DIFF_HIGH are refused.
 */
#define TIE       1e-8
#define DIFF_LOW  1e-100 /* its square is not 0 */
#define DIFF_HIGH 1e100  /* nor is a sum of squares infinite */

struct lsn_flips {
    size_t kernels, flips;
    uint64_t seed, images;
    double *sums;    /* [kernels][flips] of s d */
    double *plain;   /* [kernels] sum of d */
    double *squares; /* [kernels] sum of d^2 */
    double *signs;   /* [flips] of the image being added, -1 or 1 */
};

/* Draws the signs of the next image. They follow from the seed and the image's number alone: each
 * image has its own splitmix64 sequence, and every number of it gives the signs of 64 flips. */
static void make_signs(const struct lsn_flips *test)
{
    const uint64_t step = LSN_RANDOM_STEP;
    uint64_t start = lsn_random_mix(lsn_random_mix(test->seed + step) + (test->images + 1) * step);
    uint64_t bits = 0;
    size_t flip;

    for (flip = 0; flip < test->flips; flip++) {
        if (flip % 64 == 0)
            bits = lsn_random_mix(start + ((uint64_t)flip / 64 + 1) * step);
        test->signs[flip] = bits & 1 ? 1 : -1;
        bits >>= 1;
    }
}

LSN_VECTOR
static void add_signed(double *restrict sums, const double *restrict signs, double difference,
                       size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        sums[i] += signs[i] * difference;
}

enum lsn_status lsn_flips_create(size_t kernels, size_t flips, uint64_t seed,
                                 struct lsn_flips **made, struct lsn_error *err)
{
    struct lsn_flips *test;
    size_t sums;

    lsn_error_clear(err);
    *made = NULL;
    if (flips == 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "permutation test: got no flips, wanted at least 1");
    if (!lsn_mul_size(kernels, flips, &sums))
        return lsn_fail_memory(err, "the permutation test");
    test = lsn_alloc(1, sizeof *test);
    if (!test)
        return lsn_fail_memory(err, "the permutation test");
    test->kernels = kernels;
    test->flips = flips;
    test->seed = seed;
    test->sums = lsn_alloc(sums, sizeof *test->sums);
    test->plain = lsn_alloc(kernels, sizeof *test->plain);
    test->squares = lsn_alloc(kernels, sizeof *test->squares);
    test->signs = lsn_alloc(flips, sizeof *test->signs);
    if (!test->sums || !test->plain || !test->squares || !test->signs) {
        lsn_flips_free(test);
        return lsn_fail_memory(err, "the permutation test");
    }
    *made = test;
    return LSN_OK;
}

void lsn_flips_free(struct lsn_flips *test)
{
    if (!test)
        return;
    lsn_free(test->sums);
    lsn_free(test->plain);
    lsn_free(test->squares);
    lsn_free(test->signs);
    lsn_free(test);
}

enum lsn_status lsn_flips_add(struct lsn_flips *test, const double *differences,
                              struct lsn_error *err)
{
    size_t k;

    lsn_error_clear(err);
    for (k = 0; k < test->kernels; k++)
        if (!(fabs(differences[k]) <= DIFF_HIGH))
            return lsn_fail(err, LSN_E_DATA,
                            "permutation test: the difference of image %llu, kernel %zu is %g, "
                            "wanted at most %g in magnitude",
                            (unsigned long long)test->images, k, differences[k], DIFF_HIGH);
    make_signs(test);
    test->images++;
    for (k = 0; k < test->kernels; k++) {
        double difference = differences[k];

        if (fabs(difference) < DIFF_LOW)
            continue;
        add_signed(test->sums + k * test->flips, test->signs, difference, test->flips);
        test->plain[k] += difference;
        test->squares[k] += difference * difference;
    }
    return LSN_OK;
}

void lsn_flips_finish(const struct lsn_flips *test, double *p, double *score, double *maxima)
{
    size_t k, flip;

    for (k = 0; k < test->kernels; k++) {
        const double *sums = test->sums + k * test->flips;
        double norm = test->squares[k] > 0 ? sqrt(test->squares[k]) : 1;
        size_t exceeding = 0;

        score[k] = fabs(test->plain[k]) / norm;
        for (flip = 0; flip < test->flips; flip++) {
            double flipped = fabs(sums[flip]) / norm;

            exceeding += flipped >= score[k] - TIE;
            maxima[flip] = fmax(maxima[flip], flipped);
        }
        p[k] = (1 + (double)exceeding) / (1 + (double)test->flips);
    }
}

void lsn_flips_correct(const double *score, size_t kernels, const double *maxima, size_t flips,
                       double *p_max)
{
    size_t k, flip;

    for (k = 0; k < kernels; k++) {
        size_t exceeding = 0;

        for (flip = 0; flip < flips; flip++)
            exceeding += maxima[flip] >= score[k] - TIE;
        p_max[k] = (1 + (double)exceeding) / (1 + (double)flips);
    }
}
