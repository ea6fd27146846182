/* Racing: which `top` of many arms (kernels, at one condition or two) have the largest mean over
 * a fixed list of images, or which have a mean above a bar, without running every arm on every
 * image.
 *
 *     lsn_race_create(&options, &race, &err)
 *     while (!lsn_race_over(race)):
 *         arms = lsn_race_active(race, &count)
 *         for lsn_race_due(race) images, the next of the random order:
 *             run the arms on it; lsn_race_add(race, values, &err)
 *     lsn_race_result(race, best)
 *
 * The images must come in a uniformly random order, without replacement, drawn before
 * the first is run and whatever the values are. Then, with probability of at least
 * `confidence` over that order, the arms returned are the true `top`: those with the
 * largest means over all images, ties to the lower index (a tie broken otherwise counts
 * as a miss). What is left to the last image is decided by the means themselves. The
 * order among the top is by what was seen of each, and is not part of the promise.
 *
 * What counts is the difference of two arms on one image, so anything that all arms
 * share may be left out, and should be where it widens the range. To race for
 *   the accuracy drop: 1 where the lesioned network is wrong, else 0; low 0, high 1
 *     (drop = this - the intact network's error; racing the drop itself, in -1 ... 1,
 *     is the same question but needs more images);
 *   the loss drop: lesioned - intact loss, clipped to [low, high]: what is then
 *     promised are the arms of the largest mean clipped drop.
 *   the selectivity, drop at low contrast - drop at high: 1 where the lesioned network is wrong
 *     at low contrast alone, -1 where it is at high contrast alone, else 0: both contrasts of an
 *     image together are one value.
 *
 * With `above` set the arms returned are instead those with a mean above `bar`, and
 *   without fdr: with probability of at least `confidence` all of these and no others;
 *   with fdr Q: the expected share of arms that are not above the bar, of those returned, is at
 *     most Q, however the arms depend on each other; and each arm that is above it is missed
 *     with a probability of at most 1 - confidence, so of these at most that share is expected
 *     to be missed.
 * The values are to be those whose mean is compared with the bar, the drop itself, say. The
 * methods are in race_bar.c: betting martingales without replacement for each arm, a union over
 * the arms, or e-BH. All the promises are over the order of the images, whatever the
 * values are, and hold for the list at hand, not for images that are not in it. What has been
 * seen (the filtration) is the images so far and all arms' values on them: arms may leave, and
 * the race may be looked at, by anything in that. It may not be begun again with another
 * order because of it.
 *
 * The loss has more information and answers sooner, while high - low is not many times
 * its spread: on SqueezeNet's outcomes at contrast 1 (328 kernels, 250 images resampled
 * to 5,000, top 20, confidence 0.95) right or wrong ran 23 % of the variants, the loss
 * drop clipped to -+0.5 ... -+2 nats 11 - 12 %, to -+4 17 %. At low contrast, where it is
 * smaller, -+0.25 did best and -+2 worse than right or wrong. But it is another question:
 * kernels can cost loss and no accuracy. scripts/simulate-races measures all this.
 *
 * Pure: no files, threads or clock; the same calls give the same answers. Memory:
 * 4 bytes * arms * (6 * (top + 44) + 64), and some 100 bytes per arm; against a bar 300 per arm. */
#ifndef LESION_RACE_H
#define LESION_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"

LSN_API_BEGIN

struct lsn_race_options {
    size_t size; /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    size_t arms;
    size_t images; /* of the whole list */
    size_t top;    /* arms wanted; as many as there are, or more: all, at once */
    double confidence;
    double low, high; /* of any value; compared as float, as the values are */
    size_t stride;    /* images between two decisions; 0: 8 */
    bool above;       /* race for all arms above bar instead; top is 0 then */
    double bar;       /* a mean */
    double fdr;       /* of a race against a bar: the false discovery rate; 0: confidence alone */
};

/* clang-format off */
#define LSN_RACE_OPTIONS_DEFAULT \
    {sizeof(struct lsn_race_options), 0, 0, 1, 0.95, 0, 1, 0, false, 0, 0}
/* clang-format on */

enum lsn_race_state {
    LSN_RACE_ACTIVE,   /* not decided: to be run on the next image */
    LSN_RACE_ACCEPTED, /* among the top, or above the bar */
    LSN_RACE_DROPPED   /* not */
};

/* What is known of one arm; frozen when it is decided. */
struct lsn_race_arm {
    enum lsn_race_state state;
    size_t images; /* it was run on */
    double mean;   /* over these; 0 before the first */
    /* Its mean over all images lies here, with probability of at least `confidence`,
     * for this arm alone but at all times together: also when it was decided. */
    double lower, upper;
};

struct lsn_race;

/* LSN_E_ARGUMENT: 0 arms, images or top, or a top and a bar; a confidence not in (0, 1), a false
 * discovery rate not in [0, 1) or without a bar; low and high not in order or beyond a float;
 * a bar that is no number. LSN_E_MEMORY. On failure *race is NULL. */
enum lsn_status lsn_race_create(const struct lsn_race_options *options, struct lsn_race **race,
                                struct lsn_error *err);

/* NULL is allowed. */
void lsn_race_free(struct lsn_race *race);

/* The active arms, rising [*count]; lent until the next lsn_race_add. */
const size_t *lsn_race_active(const struct lsn_race *race, size_t *count);

/* Images until arms may be decided next: so many can be run together for the arms
 * that are active now. At least 1 while the race is not over, then 0. */
size_t lsn_race_due(const struct lsn_race *race);

/* Adds the next image: values [count] of the active arms, in their order.
 * LSN_E_DATA: a value that is not in low ... high. LSN_E_ARGUMENT: the race is over.
 * A failure changes nothing. */
enum lsn_status lsn_race_add(struct lsn_race *race, const float *values, struct lsn_error *err);

/* Whether every arm is decided. */
bool lsn_race_over(const struct lsn_race *race);

/* Images added, and variants run for them: the active arms of each, summed. */
size_t lsn_race_images(const struct lsn_race *race);
uint64_t lsn_race_variants(const struct lsn_race *race);

struct lsn_race_arm lsn_race_arm(const struct lsn_race *race, size_t arm);

/* The accepted arms, largest mean first, ties to the lower index, into arms, which
 * has room for min(top, all arms), or all arms with a bar. Returns how many; all of them once the
 * race is over. */
size_t lsn_race_result(const struct lsn_race *race, size_t *arms);

LSN_API_END
#endif
