/* Shapley values of eight kernels of the demo network, estimated again and again by other seeds,
 * against the exact ones, which the 256 networks give in which some of the kernels are lesioned
 * throughout: whether the intervals hold them as often as they say, whether the estimates scatter
 * around them, and whether they sum to what is lost when all are lesioned.
 *   usage: simulate_shapley [RUNS [ROUNDS]]; tests run 20 with 3 */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "lesion/shapley.h"

#define DATA LSN_TESTS_DIR "/../data/"

enum { KERNELS = 8, SETS = 1 << KERNELS, EACH = 3, CLASSES = 8, MEASURES = 2 };
enum { IMAGES = EACH * CLASSES };

struct study {
    struct lsn_model *model;
    struct lsn_dataset *dataset;
    struct lsn_condition condition;
    struct lsn_kernel kernels[KERNELS];
    struct lsn_sweep_options sweep;
    double clip;
    double value[SETS][MEASURES]; /* mean over images with that set lesioned */
    double exact[KERNELS][MEASURES];
};

/* Of all runs, by kernel and measure. */
struct tally {
    size_t runs, held[KERNELS][MEASURES];
    double sum[KERNELS][MEASURES], squares[KERNELS][MEASURES], width[KERNELS][MEASURES];
    double errors[KERNELS][MEASURES]; /* squares of the standard errors */
    double gap; /* the largest between a run's sum and what all kernels cost */
};

static void open_study(struct study *s)
{
    static const char *const classes[CLASSES] = {"checker", "cross",  "disc", "grating",
                                                 "ring",    "square", "star", "triangle"};
    struct lsn_error err = LSN_ERROR_NONE;
    char labels[1024] = "file,class\n", *folder = test_folder(), *path;
    size_t used = sizeof "file,class\n" - 1;
    int i;

    *s = (struct study){.condition = {.contrast = 0.2}, .clip = log(CLASSES)};
    test_ok(lsn_model_load(DATA "demo.bin", NULL, &s->model, &err), &err);
    for (i = 0; i < IMAGES; i++)
        used += (size_t)snprintf(labels + used, sizeof labels - used, "%s/%04d.png,%s\n",
                                 classes[i % CLASSES], i / CLASSES * 7 + 2, classes[i % CLASSES]);
    path = test_file(folder, "l.csv", labels, used);
    test_ok(
        lsn_dataset_open(DATA "images", path, LSN_FOLDER_ORDER_AUTO, s->model, &s->dataset, &err),
        &err);
    free(path);
    test_folder_remove(folder);
    /* Of two layers; conv2's read conv1's. */
    for (i = 0; i < KERNELS; i++)
        s->kernels[i] = (struct lsn_kernel){i / 5, i < 5 ? i : i * 3};
    s->sweep = (struct lsn_sweep_options)LSN_SWEEP_OPTIONS_DEFAULT;
    s->sweep.conditions = &s->condition;
    s->sweep.condition_count = 1;
    s->sweep.threads = 1;
}

static void close_study(struct study *s)
{
    lsn_dataset_free(s->dataset);
    lsn_model_free(s->model);
}

/* What the network achieves with the kernels of a set lesioned, as fixed lesions of intact passes.
 */
static void find_value(struct study *s, int set)
{
    struct lsn_sweep_options options = s->sweep;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_outcome outcomes[IMAGES];
    struct lsn_kernel fixed[KERNELS];
    struct lsn_results *results;
    int i;

    for (i = 0; i < KERNELS; i++)
        if (set >> i & 1)
            fixed[options.fixed_count++] = s->kernels[i];
    options.fixed = fixed;
    options.engine = LSN_ENGINE_INTACT;
    test_ok(lsn_sweep_run(s->model, s->dataset, &options, &results, &err), &err);
    test_ok(lsn_results_outcomes(results, outcomes, NULL, &err), &err);
    for (i = 0; i < IMAGES; i++) {
        s->value[set][LSN_RACE_ACCURACY] += (double)(outcomes[i].rank == 1) / IMAGES;
        s->value[set][LSN_RACE_LOSS] -= fmin((double)outcomes[i].loss, s->clip) / IMAGES;
    }
    lsn_results_free(results);
}

/* By the definition over sets: a set of n lesioned kernels comes before a kernel in
 * n! (KERNELS - 1 - n)! of the KERNELS! orders. */
static void find_exact(struct study *s)
{
    double factorial[KERNELS + 1] = {1};
    int set, k, m, i;

    for (i = 1; i <= KERNELS; i++)
        factorial[i] = factorial[i - 1] * i;
    for (set = 0; set < SETS; set++)
        find_value(s, set);
    for (set = 0; set < SETS; set++)
        for (k = 0; k < KERNELS; k++) {
            int n = __builtin_popcount((unsigned)set);

            if (set >> k & 1)
                continue;
            for (m = 0; m < MEASURES; m++)
                s->exact[k][m] += factorial[n] * factorial[KERNELS - 1 - n] / factorial[KERNELS] *
                                  (s->value[set][m] - s->value[set | 1 << k][m]);
        }
}

static void estimate(const struct study *s, int seed, int rounds, struct tally *t)
{
    struct lsn_shapley_options how = LSN_SHAPLEY_OPTIONS_DEFAULT;
    struct lsn_sweep_options options = s->sweep;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_shapley *shapley;
    size_t k;
    int m;

    how.rounds = rounds;
    how.seed = seed;
    options.picked = s->kernels;
    options.picked_count = KERNELS;
    test_ok(lsn_shapley_run(s->model, s->dataset, &options, &how, &shapley, &err), &err);
    for (m = 0; m < MEASURES; m++) {
        struct lsn_shapley_sum sum = lsn_shapley_add_up(shapley, 0, (enum lsn_race_measure)m);

        t->gap = fmax(t->gap, fabs(sum.sum - (s->value[0][m] - s->value[SETS - 1][m])));
        for (k = 0; k < KERNELS; k++) {
            struct lsn_shapley_value v = lsn_shapley_of(shapley, k, 0, (enum lsn_race_measure)m);

            t->held[k][m] += v.low <= s->exact[k][m] && s->exact[k][m] <= v.high;
            t->sum[k][m] += v.value;
            t->squares[k][m] += v.value * v.value;
            t->width[k][m] += v.high - v.low;
            t->errors[k][m] += v.error * v.error;
        }
    }
    t->runs++;
    lsn_shapley_free(shapley);
}

/* The standard deviation of the estimates. */
static double scatter(const struct tally *t, int k, int m)
{
    double n = (double)t->runs, mean = t->sum[k][m] / n;

    return sqrt(fmax(t->squares[k][m] / n - mean * mean, 0) + 1e-10);
}

/* Whether the mean of all runs is the exact value, to five standard errors. */
static bool is_near(const struct study *s, const struct tally *t, int k, int m)
{
    double n = (double)t->runs;

    return fabs(t->sum[k][m] / n - s->exact[k][m]) <= 5 * scatter(t, k, m) / sqrt(n);
}

int main(int argc, char **argv)
{
    static const char *const names[MEASURES] = {"accuracy", "loss"};
    int runs = argc > 1 ? atoi(argv[1]) : 20, rounds = argc > 2 ? atoi(argv[2]) : 3, run, k, m;
    struct study study;
    struct tally tally = {0};
    bool fine = true;

    open_study(&study);
    find_exact(&study);
    for (run = 0; run < runs; run++)
        estimate(&study, run, rounds, &tally);
    for (m = 0; m < MEASURES; m++) {
        double ratio = 0;
        size_t held = 0;

        for (k = 0; k < KERNELS; k++) {
            printf("%s, kernel %d of layer %d: exact %.4f, mean %.4f, sd %.4f, standard error "
                   "%.4f, intervals %.4f "
                   "wide, hold it %.3f\n",
                   names[m], study.kernels[k].kernel, study.kernels[k].layer, study.exact[k][m],
                   tally.sum[k][m] / runs, scatter(&tally, k, m), sqrt(tally.errors[k][m] / runs),
                   tally.width[k][m] / runs, (double)tally.held[k][m] / runs);
            held += tally.held[k][m];
            fine = fine && is_near(&study, &tally, k, m);
            ratio += sqrt(tally.errors[k][m] / runs) / scatter(&tally, k, m) / KERNELS;
        }
        fine = fine && (double)held >= .95 * KERNELS * runs && ratio > .8 && ratio < 1.25;
    }
    printf("sums differ from what all cost together by %.2g at most\n", tally.gap);
    fine = fine && runs > 1 && tally.gap < 1e-5;
    close_study(&study);
    return fine ? 0 : 1;
}
