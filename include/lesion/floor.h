/* Which low contrast leaves accuracy to lose. An intact network that is right on few images
 * cannot lose many: at such a contrast a lesion's absolute drop says little of the lesion. */
#ifndef LESION_FLOOR_H
#define LESION_FLOOR_H

#include "lesion/results.h"

LSN_API_BEGIN

/* The share of the intact accuracy at high contrast that a low contrast should leave. */
#define LSN_FLOOR_ACCURACY (2.0 / 3.0)

/* Images that the intact network has right under a condition, of the complete ones. LSN_E_IO. */
enum lsn_status lsn_results_count_right(const struct lsn_results *results, int condition,
                                        size_t *right, struct lsn_error *err);

/* Chooses, of the conditions that are shown as condition high but at lower contrast, the one
 * whose intact accuracy is nearest to share (0 ... 1) times that at high; of equals the lowest
 * contrast. LSN_E_ARGUMENT where there is none, high is no condition or share outside 0 ... 1;
 * LSN_E_DATA where no image is right at high; LSN_E_IO. */
enum lsn_status lsn_floor_choose(const struct lsn_results *results, int high, double share,
                                 int *low, struct lsn_error *err);

struct lsn_floor {
    size_t images, right_low, right_high, right_both; /* when intact */
    double low, high;                                 /* contrasts */
    bool low_third;                                   /* right_low is below a third of right_high */
    bool low_at_chance, high_at_chance; /* Wilson's 95 % interval of the accuracy there reaches
                                         * down to chance, 1 / classes */
};

/* Of two conditions. LSN_E_IO. */
enum lsn_status lsn_floor_find(const struct lsn_results *results, int low, int high,
                               struct lsn_floor *floor, struct lsn_error *err);

#define LSN_FLOOR_TEXT_MAX 300

/* Writes to text [LSN_FLOOR_TEXT_MAX] the sentence of what makes the low contrast too low, or
 * the intact network's answers at the high one no better than guesses; false: nothing does. */
bool lsn_floor_text(const struct lsn_floor *floor, char *text);

/* Writes a sentence to text where the intact network is not surely above chance even at the
 * highest contrast, of whose conditions the one counts that has most images right: Wilson's 95 %
 * interval of that accuracy reaches down to 1 / classes. *at_chance: whether it is so. LSN_E_IO. */
enum lsn_status lsn_chance_text(const struct lsn_results *results, char text[LSN_FLOOR_TEXT_MAX],
                                bool *at_chance, struct lsn_error *err);

LSN_API_END
#endif
