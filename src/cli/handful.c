#include "handful.h"

#include <stdio.h>
#include <stdlib.h>

#include "folders.h"
#include "message.h"
#include "signals.h"
#include "sweeping.h"

enum { HALVES = 2, CONDITIONS = 2 /* LSN_CLAIMS_HIGH and LSN_CLAIMS_LOW, the first ones */ };

/* What the runs have in common. */
struct runs {
    const struct options *options;
    const struct inputs *inputs;
    const struct lsn_condition *conditions; /* [CONDITIONS] */
    int top;
};

/* The options of a run on a half, 0 or 1; its directory is handful/NAME-NUMBER. False after an
 * error message: out of memory. run: the directory, to be freed. */
static bool set_up(const struct runs *runs, const char *name, int number, int half,
                   struct lsn_sweep_options *sweep, char **run)
{
    char folder[40];

    snprintf(folder, sizeof folder, "handful/%s-%d", name, number + 1);
    *run = folders_path(runs->options->output, folder);
    (void)sweeping_options(runs->options, runs->inputs, sweep); /* fails for --shard only */
    sweep->conditions = runs->conditions;
    sweep->condition_count = CONDITIONS;
    sweep->sample_kernels = 0;
    sweep->shard = half + 1;
    sweep->shards = HALVES;
    sweep->run = *run;
    return *run != NULL;
}

/* Chooses the top kernels on a half. NULL after a message. */
static struct lsn_ranking *choose(const struct runs *runs, int half)
{
    struct lsn_ranking_options race = LSN_RANKING_OPTIONS_DEFAULT;
    struct lsn_ranking *ranking = NULL;
    struct lsn_sweep_options sweep;
    char *run;

    race.top = runs->top;
    race.measure = LSN_RACE_LOST_SELECTIVITY;
    race.seed = (uint64_t)runs->options->seed;
    race.part = true;
    if (set_up(runs, "choose", half, half, &sweep, &run))
        ranking = sweeping_race(runs->inputs, &sweep, &race);
    free(run);
    return ranking;
}

static int by_place(const void *a, const void *b)
{
    const struct lsn_kernel *x = a, *y = b;

    return x->layer != y->layer ? (x->layer > y->layer) - (x->layer < y->layer)
                                : (x->kernel > y->kernel) - (x->kernel < y->kernel);
}

/* The kernels of a race in the model's order, as a fresh array; NULL after an error message. */
static struct lsn_kernel *pick(const struct lsn_ranking_race *race)
{
    struct lsn_kernel *kernels = calloc((size_t)race->count, sizeof *kernels);
    int i;

    if (!kernels) {
        message_error("out of memory for the kernels");
        return NULL;
    }
    for (i = 0; i < race->count; i++)
        kernels[i] = (struct lsn_kernel){race->kernels[i].layer, race->kernels[i].kernel};
    qsort(kernels, (size_t)race->count, sizeof *kernels, by_place);
    return kernels;
}

/* Runs the kernels chosen on a half on the other one. NULL after a message where that is not
 * complete. */
static struct lsn_results *measure(const struct runs *runs, int half,
                                   const struct lsn_ranking *chosen)
{
    struct lsn_kernel *kernels = pick(&chosen->races[0]);
    struct lsn_results *results = NULL;
    struct lsn_sweep_options sweep;
    char *run = NULL;

    if (kernels && set_up(runs, "measure", half, 1 - half, &sweep, &run)) {
        sweep.picked = kernels;
        sweep.picked_count = chosen->races[0].count;
        results = sweeping_run(runs->inputs, &sweep, "measuring");
    }
    if (results && results->complete_images < results->image_count) {
        lsn_results_free(results);
        results = NULL;
    }
    free(kernels);
    free(run);
    return results;
}

bool handful_find(const struct options *options, const struct inputs *inputs,
                  const struct lsn_results *sweep, const struct lsn_condition *conditions,
                  struct handful *handful)
{
    const struct runs runs = {options, inputs, conditions, lsn_claims_top(sweep)};
    int half;

    if (runs.top == 0)
        return true;
    if (signals_time_is_up()) {
        message_note("time is up: the races over all kernels were not begun");
        return true;
    }
    message_note("races over all kernels for the %d most selective, on each half of the images; "
                 "what they cost is measured on the other half",
                 runs.top);
    for (half = 0; half < HALVES; half++) {
        handful->chosen[half] = choose(&runs, half);
        if (handful->chosen[half])
            handful->measured[half] = measure(&runs, half, handful->chosen[half]);
        handful->halves[half] =
            (struct lsn_claims_half){handful->chosen[half], handful->measured[half]};
        if (!handful->measured[half])
            return signals_time_is_up();
    }
    return true;
}

const struct lsn_claims_half *handful_halves(const struct handful *handful)
{
    return handful->measured[HALVES - 1] ? handful->halves : NULL;
}

void handful_free(struct handful *handful)
{
    int half;

    for (half = 0; half < HALVES; half++) {
        lsn_ranking_free(handful->chosen[half]);
        lsn_results_free(handful->measured[half]);
    }
}
