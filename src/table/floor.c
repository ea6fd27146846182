#include "lesion/floor.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "lesion/stats.h"
#include "lesion/table.h"
#include "outcome/results.h"
#include "table/columns.h"

static enum lsn_status is_right(const struct lsn_results *r, size_t image, int condition,
                                bool *right, struct lsn_error *err)
{
    struct lsn_outcome outcome;

    LSN_TRY(
        lsn_store_get_intact(r->store, lsn_results_stimulus(r, image, condition), &outcome, err));
    *right = outcome.rank == 1;
    return LSN_OK;
}

enum lsn_status lsn_results_count_right(const struct lsn_results *r, int condition, size_t *right,
                                        struct lsn_error *err)
{
    size_t image;

    lsn_error_clear(err);
    *right = 0;
    LSN_TRY(lsn_results_check(r, condition, err));
    for (image = 0; image < r->complete_images; image++) {
        bool one;

        LSN_TRY(is_right(r, image, condition, &one, err));
        *right += one;
    }
    return LSN_OK;
}

bool lsn_results_one_contrast(const struct lsn_results *r)
{
    int c;

    for (c = 1; c < r->condition_count; c++)
        if (r->conditions[c].contrast != r->conditions[0].contrast)
            return false;
    return true;
}

/* The condition of the lowest (sign 1) or highest (sign -1) contrast among those like one. */
static int find_end(const struct lsn_results *r, int like, double sign)
{
    int end = -1, c;

    if (like < 0 || like >= r->condition_count)
        return -1;
    for (c = 0; c < r->condition_count; c++)
        if (lsn_same_but_contrast(r, like, c) &&
            (end < 0 || sign * r->conditions[c].contrast < sign * r->conditions[end].contrast))
            end = c;
    return end;
}

int lsn_results_lowest(const struct lsn_results *r, int like)
{
    return find_end(r, like, 1);
}

int lsn_results_highest(const struct lsn_results *r, int like)
{
    return find_end(r, like, -1);
}

enum lsn_status lsn_floor_choose(const struct lsn_results *r, int high, double share, int *low,
                                 struct lsn_error *err)
{
    size_t at_high, right;
    double nearest = HUGE_VAL;
    int c;

    lsn_error_clear(err);
    *low = -1;
    if (high < 0 || high >= r->condition_count || !(share >= 0 && share <= 1))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "low contrast: condition %d of %d and share %g, wanted one of the "
                        "conditions and 0 ... 1",
                        high, r->condition_count, share);
    LSN_TRY(lsn_results_count_right(r, high, &at_high, err));
    if (at_high == 0)
        return lsn_fail(err, LSN_E_DATA,
                        "low contrast: none can be chosen, as the intact network is right on no "
                        "image at contrast %.9g: do its images, labels and preprocessing fit it?",
                        r->conditions[high].contrast);
    for (c = 0; c < r->condition_count; c++) {
        double distance;

        if (!lsn_same_but_contrast(r, c, high) ||
            r->conditions[c].contrast >= r->conditions[high].contrast)
            continue;
        LSN_TRY(lsn_results_count_right(r, c, &right, err));
        distance = fabs((double)right - share * (double)at_high);
        if (distance < nearest ||
            (distance <= nearest && r->conditions[c].contrast < r->conditions[*low].contrast)) {
            nearest = distance;
            *low = c;
        }
    }
    if (*low < 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "low contrast: the run has none below %.9g",
                        r->conditions[high].contrast);
    return LSN_OK;
}

/* Whether so many images could be right by guessing: the accuracy's interval reaches down to 1 /
 * classes. */
static bool is_at_chance(const struct lsn_results *r, size_t right)
{
    return lsn_accuracy_interval(r->complete_images, right, LSN_TABLE_LEVEL).low <=
           1 / (double)r->classes;
}

enum lsn_status lsn_floor_find(const struct lsn_results *r, int low, int high,
                               struct lsn_floor *floor, struct lsn_error *err)
{
    size_t image;

    lsn_error_clear(err);
    *floor = (struct lsn_floor){0};
    LSN_TRY(lsn_results_check(r, low, err));
    LSN_TRY(lsn_results_check(r, high, err));
    *floor = (struct lsn_floor){.images = r->complete_images,
                                .low = r->conditions[low].contrast,
                                .high = r->conditions[high].contrast};
    for (image = 0; image < r->complete_images; image++) {
        bool at_low, at_high;

        LSN_TRY(is_right(r, image, low, &at_low, err));
        LSN_TRY(is_right(r, image, high, &at_high, err));
        floor->right_low += at_low;
        floor->right_high += at_high;
        floor->right_both += at_low && at_high;
    }
    floor->low_third = 3 * floor->right_low < floor->right_high;
    floor->low_at_chance = is_at_chance(r, floor->right_low);
    floor->high_at_chance = is_at_chance(r, floor->right_high);
    return LSN_OK;
}

bool lsn_floor_text(const struct lsn_floor *floor, char *text)
{
    if (floor->high_at_chance)
        snprintf(text, LSN_FLOOR_TEXT_MAX,
                 "At contrast %.9g the intact network is right on %zu of %zu image%s, not surely "
                 "above chance: do its images, labels and preprocessing fit it?",
                 floor->high, floor->right_high, floor->images, lsn_plural(floor->images));
    else if (floor->low_third || floor->low_at_chance)
        snprintf(text, LSN_FLOOR_TEXT_MAX,
                 "At contrast %.9g the intact network is right on %zu of %zu image%s, %s: there is "
                 "little left for a lesion to lose, and a higher low contrast tells more.",
                 floor->low, floor->right_low, floor->images, lsn_plural(floor->images),
                 floor->low_at_chance ? "not surely above chance"
                                      : "less than a third of those at high contrast");
    return floor->high_at_chance || floor->low_third || floor->low_at_chance;
}

enum lsn_status lsn_chance_text(const struct lsn_results *r, char text[LSN_FLOOR_TEXT_MAX],
                                bool *at_chance, struct lsn_error *err)
{
    size_t images = r->complete_images, most = 0, right;
    double highest = 0;
    int c;

    lsn_error_clear(err);
    *at_chance = false;
    for (c = 0; c < r->condition_count; c++)
        highest = fmax(highest, r->conditions[c].contrast);
    for (c = 0; c < r->condition_count; c++) {
        if (r->conditions[c].contrast < highest)
            continue;
        LSN_TRY(lsn_results_count_right(r, c, &right, err));
        most = right > most ? right : most;
    }
    *at_chance = images > 0 && r->classes > 1 && is_at_chance(r, most);
    if (*at_chance)
        snprintf(text, LSN_FLOOR_TEXT_MAX,
                 "the intact network is right on %zu of %zu image%s at contrast %.9g, not surely "
                 "above chance: do labels and preprocessing fit it?",
                 most, images, lsn_plural(images), highest);
    return LSN_OK;
}
