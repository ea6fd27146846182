/* The floor: where the intact network is right on few images, a lesion cannot cost many, so its
 * drop says little about it. These functions choose a low contrast at which enough accuracy is left
 * to lose, and warn of one that is too low. */
#ifndef LESION_FLOOR_H
#define LESION_FLOOR_H

#include "lesion/results.h"

LSN_API_BEGIN

/* The low contrast of a comparison should leave this share of the intact accuracy at high
 * contrast: at lower ones the floor hides effects, at higher ones there is little contrast effect
 * to compare. */
#define LSN_FLOOR_ACCURACY (2.0 / 3.0)

/* Counts the complete images that the intact network classifies rightly under a condition.
 * LSN_E_IO. */
enum lsn_status lsn_results_count_right(const struct lsn_results *results, int condition,
                                        size_t *right, struct lsn_error *err);

/* Chooses the low contrast to compare with condition high. Candidates are the conditions that
 * differ from high only by a lower contrast; chosen is the one whose intact accuracy is nearest to
 * share (0 ... 1) times that at high, or, of several equally near, the one of lowest contrast.
 * LSN_E_ARGUMENT where there is no candidate, high is no condition, or share is outside 0 ... 1;
 * LSN_E_DATA where no image is right at high; LSN_E_IO. */
enum lsn_status lsn_floor_choose(const struct lsn_results *results, int high, double share,
                                 int *low, struct lsn_error *err);

/* What the intact network leaves to lose at a low and a high contrast. */
struct lsn_floor {
    size_t images;                            /* complete ones */
    size_t right_low, right_high, right_both; /* images right when intact: at low, high, both */
    double low, high;                         /* contrasts */
    bool low_third;                           /* right_low is below a third of right_high */
    bool low_at_chance, high_at_chance; /* Wilson's 95 % interval of the accuracy there reaches
                                         * down to chance, 1 / classes */
};

/* Fills *floor for two conditions, numbers of results' conditions. LSN_E_IO. */
enum lsn_status lsn_floor_find(const struct lsn_results *results, int low, int high,
                               struct lsn_floor *floor, struct lsn_error *err);

#define LSN_FLOOR_TEXT_MAX 300

/* Writes to text [LSN_FLOOR_TEXT_MAX] a sentence saying why the low contrast is too low, or that
 * the intact network's answers at the high one are no better than guesses. Returns false where
 * neither is so. */
bool lsn_floor_text(const struct lsn_floor *floor, char *text);

/* Finds out whether the intact network may be guessing even at the highest contrast: whether
 * Wilson's 95 % interval of its accuracy there reaches down to 1 / classes. Of several conditions
 * of that contrast the one with most images right counts. Sets *at_chance; where it is true, text
 * is a sentence that says so. LSN_E_IO. */
enum lsn_status lsn_chance_text(const struct lsn_results *results, char text[LSN_FLOOR_TEXT_MAX],
                                bool *at_chance, struct lsn_error *err);

LSN_API_END
#endif
