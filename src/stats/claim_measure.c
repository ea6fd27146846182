/* The measures that claims are judged by, and those beside them. */
#include <math.h>
#include <string.h>

#include "stats/claims.h"
#include "stats/effects.h"

const char *const lsn_claim_prefixes[LSN_CLAIM_MEASURES] = {[LSN_CLAIM_BOTH] = "both_",
                                                            [LSN_CLAIM_BEYOND] = "beyond_",
                                                            [LSN_CLAIM_LOST_RATE] = "lost_rate_",
                                                            [LSN_CLAIM_LOSS] = "loss_",
                                                            [LSN_CLAIM_DROP] = ""};

const char *const lsn_claim_names[LSN_CLAIM_MEASURES] = {[LSN_CLAIM_BOTH] = "images right in both",
                                                         [LSN_CLAIM_BEYOND] = "beyond importance",
                                                         [LSN_CLAIM_LOST_RATE] = "lost rate",
                                                         [LSN_CLAIM_LOSS] = "loss",
                                                         [LSN_CLAIM_DROP] = "absolute drop"};

/* Sums of a kind at low contrast, and at high, over kernels first ... end-1. */
static double sum_at(const struct lsn_parts *p, const bool *in, enum lsn_parts_sum kind,
                     int condition, size_t first, size_t end)
{
    double sum = 0;
    size_t k;

    for (k = first; k < end; k++)
        sum += lsn_parts_sum(p, kind, condition, k, in);
    return sum;
}

static double predicted(const struct lsn_parts *p, const bool *in, size_t first, size_t end)
{
    double sum = 0;
    size_t k;

    for (k = first; k < end; k++)
        sum += lsn_parts_predicted(p, k, in);
    return isnan(p->usual) ? (double)NAN : sum;
}

double lsn_claim_selectivity(const struct lsn_parts *p, const bool *in,
                             enum lsn_claim_measure measure, size_t first, size_t end)
{
    static const enum lsn_parts_sum kinds[] = {[LSN_CLAIM_BOTH] = LSN_PARTS_SHARED,
                                               [LSN_CLAIM_BEYOND] = LSN_PARTS_SHARED,
                                               [LSN_CLAIM_LOST_RATE] = LSN_PARTS_LOST,
                                               [LSN_CLAIM_LOSS] = LSN_PARTS_LOSS,
                                               [LSN_CLAIM_DROP] = LSN_PARTS_DROPPED};
    double low = sum_at(p, in, kinds[measure], p->groups.low, first, end);
    double high = measure == LSN_CLAIM_BEYOND
                      ? predicted(p, in, first, end)
                      : sum_at(p, in, kinds[measure], p->groups.high, first, end);
    double of_low = lsn_parts_total(p, p->images, in), of_high = of_low, value;

    if (measure == LSN_CLAIM_BOTH || measure == LSN_CLAIM_BEYOND) {
        of_low = of_high = lsn_parts_shared(p, p->groups.group[p->groups.low], in);
    } else if (measure == LSN_CLAIM_LOST_RATE) {
        of_low = lsn_parts_right(p, p->groups.low, in);
        of_high = lsn_parts_right(p, p->groups.high, in);
    }
    value = (low / of_low - high / of_high) / (double)(end - first);
    return isfinite(value) ? value : (double)NAN;
}

const char *lsn_claim_verdict(enum lsn_claim_measure measure, struct lsn_interval interval)
{
    return measure == LSN_CLAIM_BEYOND && interval.high < 0 ? "undecided"
                                                            : lsn_claims_verdict(interval);
}

const char *lsn_claims_agree(const char *const *verdicts, int count)
{
    int i;

    for (i = 1; i < count; i++)
        if (strcmp(verdicts[i], verdicts[0]) != 0)
            return "depends on the measure";
    return verdicts[0];
}

void lsn_claims_why(struct lsn_claims *c, const char *const *verdicts)
{
    static const double third = 1.0 / 3;
    const struct lsn_parts *p = &c->parts;
    bool all[LSN_PARTS_MAX];
    double low, high, images;
    int i;

    for (i = 0; i < p->count; i++)
        all[i] = true;
    low = lsn_parts_right(p, p->groups.low, all);
    high = lsn_parts_right(p, p->groups.high, all);
    images = lsn_parts_total(p, p->images, all);
    if (isnan(p->usual))
        lsn_claims_say(
            c,
            "With fewer than %d kernels that have an effect none is usual, and what goes "
            "beyond importance is unknown: lesion more kernels.",
            LSN_EFFECTS_KERNELS_MIN);
    else if (strcmp(verdicts[LSN_CLAIM_BEYOND], verdicts[LSN_CLAIM_BOTH]) != 0 ||
             strcmp(verdicts[LSN_CLAIM_BEYOND], verdicts[LSN_CLAIM_LOST_RATE]) != 0)
        lsn_claims_say(
            c,
            "Images right in both and lost rate also count fragility: the intact network "
            "is right at low contrast by a small margin, so any lesion loses more images "
            "there. Beyond importance leaves that out, taking effects at low contrast as "
            "usually %.2f times those at high contrast.",
            p->usual);
    if (low < third * high)
        lsn_claims_say(
            c,
            "The absolute drop has little left to fall at low contrast, where the intact "
            "network is right on %.1f %% of the images (the floor).",
            100 * low / images);
}

void lsn_claims_measured(struct lsn_claims *claims, enum lsn_claim_measure measure,
                         const char *quantity, const char *layer, const struct lsn_measured *m)
{
    struct lsn_text name = {0};

    lsn_text_add(&name, "%s%s", lsn_claim_prefixes[measure], quantity);
    if (name.failed)
        claims->table.failed = true;
    else
        lsn_claims_row(claims, name.bytes, layer, NULL, m->value, m->interval.low,
                       m->interval.high);
    lsn_text_free(&name);
}

void lsn_claims_add_measured(struct lsn_text *text, enum lsn_claim_measure measure,
                             const struct lsn_measured *m)
{
    if (measure == LSN_CLAIM_LOSS)
        lsn_text_add(text, "%.4f nats (%.4f to %.4f)", m->value, m->interval.low, m->interval.high);
    else
        lsn_text_add(text, "%.3f %% (%.3f to %.3f)", 100 * m->value, 100 * m->interval.low,
                     100 * m->interval.high);
}
