/* Simulated kernels of known threshold shift and known loss at high contrast: whether the
 * intervals of both hold the truth as often as they say, whether each effect is told from the
 * other, and whether the sign-flip test keeps its level where there is no effect.
 *   usage: simulate_psychometric [KERNELS [REPLICATES]]; tests run 400 with 199
 * An image is easy or hard, the same at all contrasts, intact and lesioned: its outcomes come
 * from normal deviates that share a part. Each kernel has images of its own. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "statistics/psychometric.h"

enum { IMAGES = 250, CONTRASTS = 6, FLIPS = 999, KINDS = 4 };

static const double contrasts[CONTRASTS] = {.05, .1, .2, .3, .5, 1};
static const struct lsn_psychometric_fit truth = {.18, 1.8, .3, 0, LSN_PSYCHOMETRIC_FINE};

/* What lesions of a kind do. */
static const struct kind {
    const char *name;
    double shift, lapse;
} kinds[KINDS] = {{"none", 0, 0}, {"shift", .1, 0}, {"loss", 0, .1}, {"both", .1, .1}};

/* Of the kernels of a kind. */
struct tally {
    size_t kernels, fitted, covered[2], apart[2], significant[2];
    double mean[2], width[2];
};

static double uniform(uint64_t *state)
{
    return ((double)(lsn_random_next(state) >> 11) + .5) / 9007199254740992.;
}

/* Box and Muller. */
static double deviate(uint64_t *state)
{
    double radius = sqrt(-2 * log(uniform(state)));

    return radius * cos(6.283185307179586 * uniform(state));
}

/* Whether a normal deviate is among the share of the lowest. */
static int is_right(double z, double share)
{
    return .5 * erfc(-z * .70710678118654752440) < share;
}

struct kernel {
    uint8_t right[CONTRASTS * IMAGES];
    int8_t changes[CONTRASTS * IMAGES];
};

/* Deviates of one image at two contrasts correlate by .7, with and without the lesion by .95. */
static void simulate(const struct kind *kind, uint64_t *state, struct kernel *kernel)
{
    struct lsn_psychometric_fit lesioned = truth;
    int i, c;

    lesioned.threshold *= pow(10, kind->shift);
    lesioned.lapse += kind->lapse;
    for (i = 0; i < IMAGES; i++) {
        double image = deviate(state);

        for (c = 0; c < CONTRASTS; c++) {
            double shared = sqrt(.7) * image + sqrt(.25) * deviate(state);
            double intact = shared + sqrt(.05) * deviate(state);
            double after = shared + sqrt(.05) * deviate(state);
            int was = is_right(intact, lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_WEIBULL, .001,
                                                                 &truth, contrasts[c]));
            int is = is_right(after, lsn_psychometric_accuracy(LSN_PSYCHOMETRIC_WEIBULL, .001,
                                                               &lesioned, contrasts[c]));

            kernel->right[c * IMAGES + i] = (uint8_t)was;
            kernel->changes[c * IMAGES + i] = (int8_t)(is - was);
        }
    }
}

/* The sign-flip test's p of a weighted sum of changes. */
static double test(const struct kernel *kernel, const double *weights, uint64_t seed)
{
    struct lsn_error err = LSN_ERROR_NONE;
    double maxima[FLIPS] = {0}, p, score;
    struct lsn_flips *flips;
    int i, c;

    test_ok(lsn_flips_create(1, FLIPS, seed, &flips, &err), &err);
    for (i = 0; i < IMAGES; i++) {
        double sum = 0;

        for (c = 0; c < CONTRASTS; c++)
            sum += weights[c] * kernel->changes[c * IMAGES + i];
        test_ok(lsn_flips_add(flips, &sum, &err), &err);
    }
    lsn_flips_finish(flips, &p, &score, maxima);
    lsn_flips_free(flips);
    return p;
}

static void add(struct tally *tally, int which, double estimate, struct lsn_interval interval,
                double is, double p)
{
    tally->covered[which] += interval.low <= is && is <= interval.high;
    tally->apart[which] += interval.low > 0 || interval.high < 0;
    tally->mean[which] += estimate;
    tally->width[which] += interval.high - interval.low;
    tally->significant[which] += p <= .05;
}

static void study(const struct kind *kind, size_t number, size_t replicates, struct tally *tally)
{
    struct lsn_error err = LSN_ERROR_NONE;
    double weights[2][CONTRASTS];
    struct lsn_intact_curve intact;
    struct lsn_curve_worker worker;
    struct lsn_curve_change change;
    struct kernel kernel;
    uint64_t state = lsn_random_mix(number + 1);
    struct lsn_sample sample = {LSN_PSYCHOMETRIC_WEIBULL,
                                .001,
                                contrasts,
                                CONTRASTS,
                                kernel.right,
                                IMAGES,
                                replicates,
                                number};

    simulate(kind, &state, &kernel);
    test_ok(lsn_intact_curve_make(&sample, &intact, &err), &err);
    test_ok(lsn_curve_worker_make(&intact, &worker, &err), &err);
    test_ok(lsn_curve_change_find(&intact, &worker, kernel.changes, &change, weights[0], weights[1],
                                  &err),
            &err);
    tally->kernels++;
    if (!isnan(change.shift_interval.low)) {
        tally->fitted++;
        add(tally, 0, change.shift, change.shift_interval, kind->shift,
            test(&kernel, weights[0], number));
        add(tally, 1, change.lapse, change.lapse_interval, kind->lapse,
            test(&kernel, weights[1], number));
    }
    lsn_curve_worker_free(&worker);
    lsn_intact_curve_free(&intact);
}

static void report(const struct kind *kind, const struct tally *t)
{
    static const char *const names[] = {"threshold shift", "change of lapse"};
    const double is[] = {kind->shift, kind->lapse};
    double n = (double)t->fitted;
    int m;

    printf("%s: %zu of %zu kernels have intervals\n", kind->name, t->fitted, t->kernels);
    for (m = 0; m < 2; m++)
        printf("  %s %g: mean %.4f, intervals %.4f wide, hold it %.3f, exclude 0 %.3f; p <= .05 "
               "%.3f\n",
               names[m], is[m], t->mean[m] / n, t->width[m] / n, (double)t->covered[m] / n,
               (double)t->apart[m] / n, (double)t->significant[m] / n);
}

/* Whether a count of n is what a share of at least (or at most, sign -1) `wanted` makes, to four
 * standard deviations. */
static bool is_enough(size_t count, double n, double wanted, double sign)
{
    return sign * ((double)count - n * wanted) >= -4 * sqrt(n * wanted * (1 - wanted));
}

int main(int argc, char **argv)
{
    size_t kernels = argc > 1 ? strtoul(argv[1], NULL, 10) : 400;
    size_t replicates = argc > 2 ? strtoul(argv[2], NULL, 10) : 199, covered[2] = {0}, fitted = 0,
           k;
    struct tally tallies[KINDS] = {{0}};
    bool fine = kernels >= KINDS && replicates > 0;
    int kind, m;

    for (k = 0; k < kernels && fine; k++)
        study(&kinds[k % KINDS], k, replicates, &tallies[k % KINDS]);
    for (kind = 0; kind < KINDS && fine; kind++) {
        const struct tally *t = &tallies[kind];

        report(&kinds[kind], t);
        fitted += t->fitted;
        for (m = 0; m < 2; m++) {
            bool is_there = (m == 0 ? kinds[kind].shift : kinds[kind].lapse) > 0;
            double n = (double)t->fitted;

            covered[m] += t->covered[m];
            /* An effect is found, and none is not, beside the other, too. */
            fine = fine && (is_there ? is_enough(t->apart[m], n, .95, 1)
                                     : is_enough(t->significant[m], n, .05, -1));
        }
        fine = fine && t->fitted == t->kernels;
    }
    for (m = 0; m < 2 && fine; m++) {
        printf("%s: intervals hold the truth in %.4f of %zu\n",
               m ? "change of lapse" : "threshold shift", (double)covered[m] / (double)fitted,
               fitted);
        fine = is_enough(covered[m], (double)fitted, .945, 1);
    }
    puts(fine ? "fine" : "FAIL");
    return fine ? 0 : 1;
}
