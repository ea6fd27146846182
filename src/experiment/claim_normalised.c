/* Reported beside the claims: the intact network with and without contrast normalisation of its
 * images, the mechanism that the paper compares the network with. */
#include <math.h>

#include "experiment/claims.h"

/* Writes the sentence and rows of normalisation i, whose conditions are 2 i (low contrast) and 2 i
 * + 1 (high contrast). Normalisation 0 is none. */
static enum lsn_status say_one(struct lsn_claims *c, int i, struct lsn_error *err)
{
    const struct lsn_results *r = c->intact;
    char name[LSN_NORMALISATION_TEXT_MAX];
    struct lsn_paired_change fall; /* from high to low contrast */
    struct lsn_paired_change
        gain; /* at low contrast, from this normalisation to none: its drop is the gain */
    double at_high, at_low;

    LSN_TRY(lsn_claims_shift(r, 2 * i + 1, 2 * i, &fall, err));
    LSN_TRY(lsn_claims_shift(r, 2 * i, 0, &gain, err));
    at_high = (double)fall.right / (double)fall.images;
    at_low = at_high - fall.drop;
    lsn_normalisation_text(&r->conditions[2 * i].normalisation, name);
    lsn_claims_row(c, "normalised_drop", NULL, &r->conditions[2 * i], fall.drop, fall.interval.low,
                   fall.interval.high);
    if (i == 0) {
        lsn_claims_say(c,
                       "The network's own: right on %.1f %% at high and %.1f %% at low contrast, a "
                       "drop of %.1f %% (%.1f to %.1f).",
                       100 * at_high, 100 * at_low, 100 * fall.drop, 100 * fall.interval.low,
                       100 * fall.interval.high);
        return LSN_OK;
    }
    lsn_claims_row(c, "gain_at_low", NULL, &r->conditions[2 * i], gain.drop, gain.interval.low,
                   gain.interval.high);
    lsn_claims_row(c, "gain_at_low_p", NULL, &r->conditions[2 * i],
                   lsn_mcnemar_exact(gain.lost, gain.gained), (double)NAN, (double)NAN);
    lsn_claims_say(
        c,
        "%.200s: %.1f %% at high and %.1f %% at low contrast, a drop of %.1f %% (%.1f to "
        "%.1f); at low contrast beyond the network's own by %.1f %% of the images (%.1f "
        "to %.1f; p %.2g).",
        name, 100 * at_high, 100 * at_low, 100 * fall.drop, 100 * fall.interval.low,
        100 * fall.interval.high, 100 * gain.drop, 100 * gain.interval.low,
        100 * gain.interval.high, lsn_mcnemar_exact(gain.lost, gain.gained));
    return LSN_OK;
}

enum lsn_status lsn_claim_normalised(struct lsn_claims *c, struct lsn_error *err)
{
    int i;

    lsn_text_add(&c->words, "\nBeside them, contrast normalisation, of %zu image%s:\n",
                 c->intact->complete_images, lsn_plural(c->intact->complete_images));
    for (i = 0; i < c->intact->condition_count / 2; i++)
        LSN_TRY(say_one(c, i, err));
    return LSN_OK;
}
