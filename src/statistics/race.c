/* A race: what is seen of the arms, and when it is decided. By which rule: race_top.c,
 * race_bar.c. */
#include "lesion/race.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "lesion/stats.h"
#include "statistics/race_state.h"

#define STRIDE 8

static enum lsn_status check_options(const struct lsn_race_options *options, struct lsn_error *err)
{
    size_t i;

    if (options->arms == 0 || options->images == 0 || (options->top == 0 && !options->above))
        return lsn_fail(
            err, LSN_E_ARGUMENT,
            "a race of %zu arm%s over %zu image%s for the top %zu: each must be at least 1",
            options->arms, lsn_plural(options->arms), options->images, lsn_plural(options->images),
            options->top);
    if (options->top > 0 && options->above)
        return lsn_fail(err, LSN_E_ARGUMENT, "a race is for the top %zu or above a bar, not both",
                        options->top);
    if (!(options->confidence > 0 && options->confidence < 1))
        return lsn_fail(err, LSN_E_ARGUMENT, "a race's confidence is %g, not between 0 and 1",
                        options->confidence);
    if (!(options->low < options->high) || options->low < (double)-FLT_MAX ||
        options->high > (double)FLT_MAX)
        return lsn_fail(err, LSN_E_ARGUMENT, "a race's values in %g ... %g are no range",
                        options->low, options->high);
    if (options->above && !(fabs(options->bar) <= (double)FLT_MAX))
        return lsn_fail(err, LSN_E_ARGUMENT, "a race's bar is %g, not a number", options->bar);
    if (!(options->fdr >= 0 && options->fdr < 1) || (options->fdr > 0 && !options->above))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a race's false discovery rate is %g, not in 0 ... 1, or not of a bar",
                        options->fdr);
    for (i = 0; options->prior && i < options->arms; i++)
        if (!(options->prior[i] > 0 && options->prior[i] <= (double)FLT_MAX))
            return lsn_fail(err, LSN_E_ARGUMENT, "a race's prior of arm %zu is %g, not above 0", i,
                            options->prior[i]);
    return LSN_OK;
}

static enum lsn_status allocate(struct lsn_race *race, struct lsn_error *err)
{
    size_t arms = race->options.arms;

    race->arms = lsn_alloc(arms, sizeof *race->arms);
    race->active = lsn_alloc(arms, sizeof *race->active);
    race->best = lsn_alloc(arms, sizeof *race->best);
    race->x = lsn_alloc(arms, sizeof *race->x);
    race->sums = lsn_alloc(arms, sizeof *race->sums);
    race->kept = lsn_alloc(arms, sizeof *race->kept);
    race->ranked = lsn_alloc(arms, sizeof *race->ranked);
    race->share = lsn_alloc(arms, sizeof *race->share);
    if (!race->arms || !race->active || !race->best || !race->x || !race->sums || !race->kept ||
        !race->ranked || !race->share)
        return lsn_fail_memory(err, "a race");
    return LSN_OK;
}

/* Shares out the error over the arms, as their prior says. Only false wins of arms that are not in
 * the top count. Whichever these are, their shares add up to no more than as many equal ones would:
 * the most that they can be is those of all arms but the `top` with the smallest. */
static void share_out(struct lsn_race *race)
{
    const double *prior = race->options.prior;
    size_t arms = race->options.arms, top = race->options.top, i;
    double sum = 0;

    for (i = 0; i < arms; i++)
        race->share[i] = race->x[i] = prior ? prior[i] : 1;
    lsn_sort(race->x, arms);
    for (i = top; i < arms; i++)
        sum += race->x[i];
    for (i = 0; i < arms && top < arms; i++)
        race->share[i] *= (double)(arms - top) / sum;
    race->options.prior = NULL; /* lent for the call only */
}

enum lsn_status lsn_race_create(const struct lsn_race_options *given, struct lsn_race **race_out,
                                struct lsn_error *err)
{
    struct lsn_race_options options = LSN_RACE_OPTIONS_DEFAULT;
    struct lsn_race *race;
    enum lsn_status status;
    size_t i;

    lsn_error_clear(err);
    *race_out = NULL;
    LSN_TRY(lsn_options_take("race", &options, given, err));
    LSN_TRY(check_options(&options, err));
    race = lsn_alloc(1, sizeof *race);
    if (!race)
        return lsn_fail_memory(err, "a race");
    race->options = options;
    race->options.stride = options.stride ? options.stride : STRIDE;
    race->error = 1 - options.confidence;
    status = allocate(race, err);
    race->count = options.arms;
    for (i = 0; i < options.arms && status == LSN_OK; i++)
        race->active[i] = i;
    if (status == LSN_OK)
        share_out(race);
    if (status == LSN_OK)
        status = options.above ? lsn_race_bar_create(race, err) : lsn_race_top_create(race, err);
    if (status != LSN_OK) {
        lsn_race_free(race);
        return status;
    }
    *race_out = race;
    return LSN_OK;
}

void lsn_race_free(struct lsn_race *race)
{
    if (!race)
        return;
    lsn_free(race->arms);
    lsn_free(race->active);
    lsn_free(race->best);
    lsn_free(race->past);
    lsn_free(race->x);
    lsn_free(race->sums);
    lsn_free(race->kept);
    lsn_free(race->ranked);
    lsn_free(race->share);
    lsn_pair_tests_free(&race->pair_tests);
    lsn_bars_free(&race->bars);
    lsn_free(race);
}

size_t lsn_race_due(const struct lsn_race *race)
{
    size_t stride = race->options.stride, images = race->options.images, next = race->seen + 1;

    if (race->count == 0)
        return 0;
    if (next < race->warm_up)
        next = race->warm_up;
    if (next % stride)
        next = stride - next % stride < images - next ? next + stride - next % stride : images;
    return next - race->seen;
}

enum lsn_status lsn_race_add(struct lsn_race *race, const float *values, struct lsn_error *err)
{
    const struct lsn_race_options *o = &race->options;
    bool last = lsn_race_due(race) == 1;
    size_t i;

    lsn_error_clear(err);
    if (race->count == 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "an image for a race that is over");
    for (i = 0; i < race->count; i++)
        if (!(values[i] >= (float)o->low && values[i] <= (float)o->high))
            return lsn_fail(err, LSN_E_DATA, "a race's arm %zu: value %g is not in %g ... %g",
                            race->active[i], (double)values[i], o->low, o->high);
    for (i = 0; i < race->count; i++) {
        struct lsn_confidence_sequence *spread = &race->arms[race->active[i]].spread;

        /* A limit's nearest float may lie beyond it. */
        race->x[i] = fmin(fmax(((double)values[i] - o->low) / (o->high - o->low), 0), 1);
        race->sums[i] = spread->sum;
        lsn_confidence_sequence_add(spread, race->x[i], race->seen, o->images, race->error);
    }
    if (o->above)
        lsn_race_bar_add(race);
    else
        lsn_race_top_add(race);
    for (i = 0; i < race->count; i++)
        race->sums[i] += race->x[i];
    race->seen++;
    race->variants += race->count;
    if (!o->above && race->seen == race->warm_up)
        lsn_race_top_start(race);
    if (last && o->above)
        lsn_race_bar_decide(race);
    else if (last)
        lsn_race_top_decide(race);
    return LSN_OK;
}

const size_t *lsn_race_active(const struct lsn_race *race, size_t *count)
{
    *count = race->count;
    return race->active;
}

bool lsn_race_over(const struct lsn_race *race)
{
    return race->count == 0;
}

size_t lsn_race_images(const struct lsn_race *race)
{
    return race->seen;
}

uint64_t lsn_race_variants(const struct lsn_race *race)
{
    return race->variants;
}

struct lsn_race_arm lsn_race_arm(const struct lsn_race *race, size_t arm)
{
    const struct lsn_race_options *o = &race->options;
    double range = o->high - o->low, lower, upper;
    const struct lsn_race_seen *a;
    size_t images;

    if (arm >= o->arms)
        return (struct lsn_race_arm){.images = 0};
    a = &race->arms[arm];
    images = a->state == LSN_RACE_ACTIVE ? race->seen : a->images;
    lsn_confidence_sequence_interval(&a->spread, images, o->images, race->error, &lower, &upper);
    return (struct lsn_race_arm){
        .state = a->state,
        .images = images,
        .mean = images ? o->low + range * (a->spread.sum / (double)images) : 0,
        .lower = o->low + range * lower,
        .upper = o->low + range * upper,
    };
}

size_t lsn_race_result(const struct lsn_race *race, size_t *arms)
{
    memcpy(arms, race->best, race->accepted * sizeof *arms);
    return race->accepted;
}
