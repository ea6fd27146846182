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
 * the first is run and independently of the values. Then, with probability of at least
 * `confidence` over that order, the arms returned are the true `top`: those with the
 * largest means over all images, ties to the lower index (a tie broken otherwise counts
 * as an error). Arms still active after the last image are decided by their means, which
 * are then exact. The order within the top is by the means so far, and is not guaranteed.
 *
 * Only the difference of two arms on an image matters, so a term that all arms share may
 * be left out of the values, and should be where that narrows low ... high. To race for
 *   the accuracy drop: 1 where the lesioned network is wrong, else 0; low 0, high 1
 *     (drop = this - the intact network's error; racing the drop itself, in -1 ... 1,
 *     is the same question but needs more images);
 *   the loss drop: lesioned - intact loss, clipped to [low, high]; the arms returned are
 *     then those with the largest mean clipped drop;
 *   the selectivity, drop at low contrast - drop at high: 1 where the lesioned network is wrong
 *     at low contrast only, -1 where it is wrong at high contrast only, else 0: both contrasts of
 *     an image together give one value.
 *
 * With `above` set the arms returned are instead those with a mean above `bar`, and
 *   without fdr: with probability of at least `confidence` all of these and no others;
 *   with fdr Q: the expected share of the returned arms that are not above the bar is at most Q,
 *     however the arms depend on each other; and each arm above the bar is missed with a
 *     probability of at most 1 - confidence, so at most that share of them is expected to be
 *     missed.
 * The values must be those whose mean is compared with the bar, so the drop itself. The
 * methods are in race_bar.c: betting martingales without replacement for each arm, and a union
 * bound over the arms, or e-BH. All these guarantees are over the order of the images, for any
 * values, and are about the images of the list only. A caller may remove arms or stop on the
 * grounds of any values added so far (the filtration), but may not start again with another order
 * because of them.
 *
 * The loss has more information than right or wrong, so its race ends sooner, unless high - low is
 * many times the standard deviation of the loss drop: on SqueezeNet's outcomes at contrast 1 (328
 * kernels, 250 images resampled to 5,000, top 20, confidence 0.95) the race of accuracy ran 23 % of
 * the variants, that of the loss drop clipped to -+0.5 ... -+2 nats 11 - 12 %, to -+4 17 %. At low
 * contrast, where loss drops are smaller, -+0.25 did best, and -+2 worse than accuracy. But it
 * answers another question: a kernel can cost loss and no accuracy. scripts/simulate-races measures
 * all this.
 *
 * No files, threads or clock are used; the same calls give the same answers. Memory:
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
    size_t top;    /* how many arms to find; if arms or more, all are returned at once */
    double confidence;
    double low, high; /* bounds of every value; rounded to float, as the values are */
    size_t stride;    /* images between two decisions; 0: 8 */
    bool above;       /* race for all arms above bar instead; top is 0 then */
    double bar;       /* a mean */
    double fdr;       /* of a race against a bar: the false discovery rate; 0: use confidence */
    /* Of a race for the top: [arms] how likely each arm is to be in it, numbers above 0 of which
     * only the ratios count, set before the images' order is drawn and whatever they say; NULL:
     * equal. What is promised holds for any numbers: they share out 1 - confidence over the arms,
     * so that one that is rightly thought likely wins its tests on fewer images. */
    const double *prior;
};

/* clang-format off */
#define LSN_RACE_OPTIONS_DEFAULT \
    {sizeof(struct lsn_race_options), 0, 0, 1, 0.95, 0, 1, 0, false, 0, 0, NULL}
/* clang-format on */

enum lsn_race_state {
    LSN_RACE_ACTIVE,   /* not decided: must be run on the next image */
    LSN_RACE_ACCEPTED, /* decided to be among the top, or above the bar */
    LSN_RACE_DROPPED   /* decided not to be */
};

/* What is known about one arm; it no longer changes once the arm is decided. */
struct lsn_race_arm {
    enum lsn_race_state state;
    size_t images; /* number of images that it was run on */
    double mean;   /* over these; 0 before the first */
    /* Contain the arm's mean over all images with a probability of at least `confidence`, for
     * this one arm but at all times, so also at the time when it was decided. */
    double lower, upper;
};

struct lsn_race;

/* LSN_E_ARGUMENT: 0 arms, images or top, or a top and a bar; a confidence not in (0, 1), a false
 * discovery rate not in [0, 1) or without a bar; low and high not in order or beyond a float;
 * a bar that is no number. LSN_E_MEMORY. On failure *race is NULL. */
enum lsn_status lsn_race_create(const struct lsn_race_options *options, struct lsn_race **race,
                                struct lsn_error *err);

/* Accepts NULL. */
void lsn_race_free(struct lsn_race *race);

/* Returns the active arms [*count] in ascending order; lent until the next lsn_race_add. */
const size_t *lsn_race_active(const struct lsn_race *race, size_t *count);

/* Returns the number of images until arms may be decided next: the arms that are active now can be
 * run on all of them. At least 1 while the race is not over, then 0. */
size_t lsn_race_due(const struct lsn_race *race);

/* Adds the next image: values [count] of the active arms, in their order.
 * LSN_E_DATA: a value that is not in low ... high. LSN_E_ARGUMENT: the race is over.
 * A failure changes nothing. */
enum lsn_status lsn_race_add(struct lsn_race *race, const float *values, struct lsn_error *err);

/* Whether every arm is decided. */
bool lsn_race_over(const struct lsn_race *race);

/* The number of images added, and of variants run for them: the sum over images of the arms active
 * then. */
size_t lsn_race_images(const struct lsn_race *race);
uint64_t lsn_race_variants(const struct lsn_race *race);

struct lsn_race_arm lsn_race_arm(const struct lsn_race *race, size_t arm);

/* Writes the accepted arms, largest mean first, ties to the lower index, to arms, which has room
 * for min(top, all arms), or for all arms with a bar. Returns how many there are; before the race
 * is over some may be missing. */
size_t lsn_race_result(const struct lsn_race *race, size_t *arms);

LSN_API_END
#endif
