/* The top of a race: successive elimination by pairwise tests (race_pairs.c).
 *
 * Let T be the true top, ties to the lower index, and "good" that no arm outside T wins
 * a pairwise test against one of T. T is unknown, but the same whatever the order of the images,
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
 * Only challengers hold pairwise tests with all of A, for memory: the arms that lead after a
 * warm-up. A challenger stays one until it is decided; then the next best takes its
 * place. So each pair enters at most once, in one of two ways: replayed from the first
 * image at the end of the warm-up (the choice of the way is made after the fact, hence
 * the shares), or with the images to come. */
#include <math.h>

#include "base/memory.h"
#include "statistics/race_state.h"

#define WARM_UP     64 /* images; as many are kept in memory */
#define SPARE       44 /* challengers more than are wanted: which will win is not known yet */
#define SHARE_EARLY 0.9
#define SHARE_LATE  0.1

/* Decides all that is active: the first of the ranking are accepted. */
static void finish(struct lsn_race *race)
{
    size_t wanted = race->options.top - race->accepted, i;

    for (i = 0; i < race->count; i++)
        race->ranked[i] = (struct lsn_race_ranked){.mean = race->sums[i], .at = i};
    lsn_race_sort(race, race->count);
    for (i = 0; i < race->count; i++)
        lsn_race_decide(race, race->ranked[i].at,
                        i < wanted ? LSN_RACE_ACCEPTED : LSN_RACE_DROPPED);
    lsn_race_close_ranks(race);
}

enum lsn_status lsn_race_top_create(struct lsn_race *race, struct lsn_error *err)
{
    size_t arms = race->options.arms, images = race->options.images, top, room, past;
    double pairs;

    top = race->options.top = race->options.top < arms ? race->options.top : arms;
    race->warm_up = images < 2 * WARM_UP ? (images + 1) / 2 : WARM_UP;
    pairs = fmax(1, (double)top * (double)(arms - top));
    room = arms - top < SPARE ? arms : top + SPARE;
    race->past = lsn_mul_size(race->warm_up, arms, &past) ? lsn_alloc_floats(past) : NULL;
    if (!race->past)
        return lsn_fail_memory(err, "a race");
    LSN_TRY(lsn_pair_tests_init(&race->pair_tests, arms, room, images, race->error / pairs, err));
    if (top == arms)
        finish(race);
    return LSN_OK;
}

void lsn_race_top_add(struct lsn_race *race)
{
    size_t i;

    if (race->seen < race->warm_up)
        for (i = 0; i < race->count; i++)
            race->past[race->seen * race->options.arms + i] = (float)race->x[i];
    lsn_pair_tests_add(&race->pair_tests, race->x, race->sums, race->count,
                       race->options.images - race->seen);
}

/* Fills the free places of challengers with the best of the other active arms. */
static void fill(struct lsn_race *race, double share)
{
    struct lsn_pair_tests *pair_tests = &race->pair_tests;
    size_t wanted = race->options.top - race->accepted + SPARE, others = 0, i;

    if (wanted > race->count)
        wanted = race->count;
    if (pair_tests->rows >= wanted)
        return;
    for (i = 0; i < race->count; i++)
        race->kept[i] = true;
    for (i = 0; i < pair_tests->rows; i++)
        race->kept[pair_tests->column[i]] = false;
    for (i = 0; i < race->count; i++)
        if (race->kept[i])
            race->ranked[others++] = (struct lsn_race_ranked){.mean = race->sums[i], .at = i};
    lsn_race_sort(race, others);
    for (i = 0; pair_tests->rows < wanted; i++)
        lsn_pair_tests_enter(pair_tests, race->ranked[i].at, race->count,
                             share * race->share[race->active[race->ranked[i].at]]);
}

/* The first challengers, and the pairwise tests they would have had. All arms are active yet. */
void lsn_race_top_start(struct lsn_race *race)
{
    size_t image, i;

    fill(race, SHARE_EARLY);
    for (i = 0; i < race->count; i++)
        race->sums[i] = 0;
    for (image = 0; image < race->warm_up; image++) {
        const float *past = race->past + image * race->options.arms;

        for (i = 0; i < race->count; i++)
            race->x[i] = (double)past[i];
        lsn_pair_tests_add(&race->pair_tests, race->x, race->sums, race->count,
                           race->options.images - image);
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
    const struct lsn_pair_tests *pair_tests = &race->pair_tests;
    size_t wanted = race->options.top - race->accepted, left = race->count, i, row;

    for (i = 0; i < race->count; i++) {
        size_t lost = 0;

        for (row = 0; row < pair_tests->rows; row++)
            lost += lsn_pair_tests_won(pair_tests, row, i);
        race->kept[i] = true;
        if (lost >= wanted && left > wanted) {
            lsn_race_decide(race, i, LSN_RACE_DROPPED);
            left--;
        }
    }
    for (row = 0; row < pair_tests->rows && race->accepted < race->options.top; row++) {
        size_t own = pair_tests->column[row], won = 0;

        for (i = 0; i < race->count; i++)
            won += lsn_pair_tests_won(pair_tests, row, i);
        if (won >= race->count - wanted && race->kept[own]) {
            lsn_race_decide(race, own, LSN_RACE_ACCEPTED);
            left--;
        }
    }
    if (left == race->count)
        return false;
    lsn_race_close_ranks(race);
    return true;
}

void lsn_race_top_decide(struct lsn_race *race)
{
    size_t remaining = race->options.images - race->seen;

    lsn_pair_tests_settle(&race->pair_tests, race->sums, race->count, remaining);
    while (race->accepted < race->options.top && judge(race))
        continue;
    if (remaining == 0 || race->accepted == race->options.top ||
        race->count == race->options.top - race->accepted)
        finish(race);
    else
        fill(race, SHARE_LATE);
}
