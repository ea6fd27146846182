/* Successive elimination by duels (race_duel.c).
 *
 * Let T be the true top, ties to the lower index, and "good" that no arm outside T wins
 * a duel against one of T. T is unknown, but the same whatever the order of the images,
 * so only top * (arms - top) pairs can break it, and with confidence's rest shared out
 * among these it holds with probability >= confidence, at all times. Then, with A the
 * active arms and w = top - accepted:
 *
 *   an arm that lost to w of A is not in T: else w - 1 others of A are in T at most, and
 *     one of its winners is not;
 *   an arm that won against |A| - w of A is in T: else |A| - w - 1 others of A are not in T,
 *     and one of the losers is in it.
 *
 * By induction accepted stays in T and T in accepted and A. Which pairs are watched, and
 * from when, may depend on the values: each pair has an error of its own.
 *
 * Only challengers hold duels with all of A, for memory: the arms that lead after a
 * warm-up. A challenger stays one until it is decided; then the next best takes its
 * place. So each pair enters at most once, in one of two ways: replayed from the first
 * image at the end of the warm-up (the choice of the way is made after the fact, hence
 * the shares), or with the images to come. */
#include "lesion/race.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/options.h"
#include "statistics/race.h"

#define STRIDE      8
#define WARM_UP     64 /* images; as many are kept in memory */
#define SPARE       44 /* challengers more than are wanted: which will win is not known yet */
#define SHARE_EARLY 0.9
#define SHARE_LATE  0.1

struct arm {
    enum lsn_race_state state;
    size_t images; /* when it was decided */
    struct lsn_spread spread;
};

struct ranked {
    double mean;
    size_t at;
};

struct lsn_race {
    struct lsn_race_options options;
    double error;    /* 1 - confidence */
    size_t warm_up;  /* images */
    size_t seen;     /* images */
    size_t count;    /* of active */
    size_t accepted; /* arms */
    uint64_t variants;
    struct arm *arms;      /* [arms] */
    size_t *active;        /* [arms] the first count: active arms, rising */
    size_t *best;          /* [arms] the first accepted: accepted arms, in order */
    float *past;           /* [warm_up][arms] */
    double *x, *sums;      /* [arms] of the active arms: an image, those before it */
    bool *kept;            /* [arms] of the active arms */
    struct ranked *ranked; /* [arms] */
    struct lsn_duels duels;
};

static enum lsn_status check_options(const struct lsn_race_options *options, struct lsn_error *err)
{
    if (options->arms == 0 || options->images == 0 || options->top == 0)
        return lsn_fail(
            err, LSN_E_ARGUMENT,
            "a race of %zu arms over %zu images for the top %zu: each must be at least 1",
            options->arms, options->images, options->top);
    if (!(options->confidence > 0 && options->confidence < 1))
        return lsn_fail(err, LSN_E_ARGUMENT, "a race's confidence is %g, not between 0 and 1",
                        options->confidence);
    if (!(options->low < options->high) || options->low < (double)-FLT_MAX ||
        options->high > (double)FLT_MAX)
        return lsn_fail(err, LSN_E_ARGUMENT, "a race's values in %g ... %g are no range",
                        options->low, options->high);
    return LSN_OK;
}

static enum lsn_status allocate(struct lsn_race *race, struct lsn_error *err)
{
    size_t arms = race->options.arms, past;

    race->arms = lsn_alloc(arms, sizeof *race->arms);
    race->active = lsn_alloc(arms, sizeof *race->active);
    race->best = lsn_alloc(arms, sizeof *race->best);
    race->past = lsn_mul_size(race->warm_up, arms, &past) ? lsn_alloc_floats(past) : NULL;
    race->x = lsn_alloc(arms, sizeof *race->x);
    race->sums = lsn_alloc(arms, sizeof *race->sums);
    race->kept = lsn_alloc(arms, sizeof *race->kept);
    race->ranked = lsn_alloc(arms, sizeof *race->ranked);
    if (!race->arms || !race->active || !race->best || !race->past || !race->x || !race->sums ||
        !race->kept || !race->ranked)
        return lsn_fail_memory(err, "a race");
    return LSN_OK;
}

static void decide(struct lsn_race *race, size_t position, enum lsn_race_state state)
{
    struct arm *arm = &race->arms[race->active[position]];

    arm->state = state;
    arm->images = race->seen;
    race->accepted += state == LSN_RACE_ACCEPTED;
    race->kept[position] = false;
}

static int by_mean(const void *a, const void *b)
{
    const struct ranked *first = a, *second = b;

    if (first->mean != second->mean)
        return first->mean > second->mean ? -1 : 1;
    return first->at < second->at ? -1 : first->at > second->at;
}

/* Takes what is decided out of the race. */
static void close_ranks(struct lsn_race *race)
{
    size_t from, to = 0, accepted = 0, arm;

    lsn_duels_keep(&race->duels, race->kept, race->count);
    for (from = 0; from < race->count; from++)
        if (race->kept[from]) {
            race->sums[to] = race->sums[from];
            race->active[to++] = race->active[from];
        }
    race->count = to;
    for (arm = 0; arm < race->options.arms; arm++) {
        const struct arm *a = &race->arms[arm];

        if (a->state == LSN_RACE_ACCEPTED)
            race->ranked[accepted++] = (struct ranked){
                .mean = a->images ? a->spread.sum / (double)a->images : 0, .at = arm};
    }
    qsort(race->ranked, accepted, sizeof *race->ranked, by_mean);
    for (arm = 0; arm < accepted; arm++)
        race->best[arm] = race->ranked[arm].at;
}

/* Decides all that is active: the first of the ranking are accepted. */
static void finish(struct lsn_race *race)
{
    size_t wanted = race->options.top - race->accepted, i;

    for (i = 0; i < race->count; i++)
        race->ranked[i] = (struct ranked){.mean = race->sums[i], .at = i};
    qsort(race->ranked, race->count, sizeof *race->ranked, by_mean);
    for (i = 0; i < race->count; i++)
        decide(race, race->ranked[i].at, i < wanted ? LSN_RACE_ACCEPTED : LSN_RACE_DROPPED);
    close_ranks(race);
}

enum lsn_status lsn_race_create(const struct lsn_race_options *given, struct lsn_race **race_out,
                                struct lsn_error *err)
{
    struct lsn_race_options options = LSN_RACE_OPTIONS_DEFAULT;
    struct lsn_race *race;
    enum lsn_status status;
    size_t i, top, room;
    double pairs;

    lsn_error_clear(err);
    *race_out = NULL;
    LSN_TRY(lsn_options_take("race", &options, given, err));
    LSN_TRY(check_options(&options, err));
    race = lsn_alloc(1, sizeof *race);
    if (!race)
        return lsn_fail_memory(err, "a race");
    race->options = options;
    top = race->options.top = options.top < options.arms ? options.top : options.arms;
    race->options.stride = options.stride ? options.stride : STRIDE;
    race->error = 1 - options.confidence;
    race->warm_up = options.images < 2 * WARM_UP ? (options.images + 1) / 2 : WARM_UP;
    pairs = fmax(1, (double)top * (double)(options.arms - top));
    room = options.arms - top < SPARE ? options.arms : top + SPARE;
    status = allocate(race, err);
    if (status == LSN_OK)
        status = lsn_duels_init(&race->duels, options.arms, room, options.images,
                                race->error / pairs, err);
    if (status != LSN_OK) {
        lsn_race_free(race);
        return status;
    }
    for (i = 0; i < options.arms; i++)
        race->active[i] = i;
    race->count = options.arms;
    if (top == options.arms)
        finish(race);
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
    lsn_duels_free(&race->duels);
    lsn_free(race);
}

/* Fills the free places of challengers with the best of the other active arms. */
static void fill(struct lsn_race *race, double share)
{
    struct lsn_duels *duels = &race->duels;
    size_t wanted = race->options.top - race->accepted + SPARE, others = 0, i;

    if (wanted > race->count)
        wanted = race->count;
    if (duels->rows >= wanted)
        return;
    for (i = 0; i < race->count; i++)
        race->kept[i] = true;
    for (i = 0; i < duels->rows; i++)
        race->kept[duels->column[i]] = false;
    for (i = 0; i < race->count; i++)
        if (race->kept[i])
            race->ranked[others++] = (struct ranked){.mean = race->sums[i], .at = i};
    qsort(race->ranked, others, sizeof *race->ranked, by_mean);
    for (i = 0; duels->rows < wanted; i++)
        lsn_duels_enter(duels, race->ranked[i].at, race->count, share);
}

/* The first challengers, and the duels they would have had. All arms are active yet. */
static void start_duels(struct lsn_race *race)
{
    size_t image, i;

    fill(race, SHARE_EARLY);
    for (i = 0; i < race->count; i++)
        race->sums[i] = 0;
    for (image = 0; image < race->warm_up; image++) {
        const float *past = race->past + image * race->options.arms;

        for (i = 0; i < race->count; i++)
            race->x[i] = (double)past[i];
        lsn_duels_add(&race->duels, race->x, race->sums, race->count, race->options.images - image);
        for (i = 0; i < race->count; i++)
            race->sums[i] += race->x[i];
    }
    for (i = 0; i < race->count; i++) /* again in double */
        race->sums[i] = race->arms[i].spread.sum;
}

/* One round of the two rules; whether it decided any arm. The limits only matter where
 * the promise is broken: enough arms stay, and no more than the top are accepted. */
static bool judge(struct lsn_race *race)
{
    const struct lsn_duels *duels = &race->duels;
    size_t wanted = race->options.top - race->accepted, left = race->count, i, row;

    for (i = 0; i < race->count; i++) {
        size_t lost = 0;

        for (row = 0; row < duels->rows; row++)
            lost += lsn_duels_won(duels, row, i);
        race->kept[i] = true;
        if (lost >= wanted && left > wanted) {
            decide(race, i, LSN_RACE_DROPPED);
            left--;
        }
    }
    for (row = 0; row < duels->rows && race->accepted < race->options.top; row++) {
        size_t own = duels->column[row], won = 0;

        for (i = 0; i < race->count; i++)
            won += lsn_duels_won(duels, row, i);
        if (won >= race->count - wanted && race->kept[own]) {
            decide(race, own, LSN_RACE_ACCEPTED);
            left--;
        }
    }
    if (left == race->count)
        return false;
    close_ranks(race);
    return true;
}

static void decide_all(struct lsn_race *race)
{
    size_t remaining = race->options.images - race->seen;

    lsn_duels_settle(&race->duels, race->sums, race->count, remaining);
    while (race->accepted < race->options.top && judge(race))
        continue;
    if (remaining == 0 || race->accepted == race->options.top ||
        race->count == race->options.top - race->accepted)
        finish(race);
    else
        fill(race, SHARE_LATE);
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
        struct lsn_spread *spread = &race->arms[race->active[i]].spread;

        /* A limit's nearest float may lie beyond it. */
        race->x[i] = fmin(fmax(((double)values[i] - o->low) / (o->high - o->low), 0), 1);
        race->sums[i] = spread->sum;
        lsn_spread_add(spread, race->x[i], race->seen, o->images, race->error);
        if (race->seen < race->warm_up)
            race->past[race->seen * o->arms + i] = (float)race->x[i];
    }
    lsn_duels_add(&race->duels, race->x, race->sums, race->count, o->images - race->seen);
    for (i = 0; i < race->count; i++)
        race->sums[i] += race->x[i];
    race->seen++;
    race->variants += race->count;
    if (race->seen == race->warm_up)
        start_duels(race);
    if (last)
        decide_all(race);
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
    const struct arm *a;
    size_t images;

    if (arm >= o->arms)
        return (struct lsn_race_arm){.images = 0};
    a = &race->arms[arm];
    images = a->state == LSN_RACE_ACTIVE ? race->seen : a->images;
    lsn_spread_interval(&a->spread, images, o->images, race->error, &lower, &upper);
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
