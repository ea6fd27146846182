/* The measures of selectivity, and the verdicts made of them. */
#include <math.h>
#include <stdio.h>

#include "experiment/claims.h"
#include "table/effects.h"

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

/* Returns a sum (table/folds.h) at a condition, added up over kernels first ... end-1 by their
 * weights. */
static double sum_at(const struct lsn_folds *p, const bool *in, enum lsn_folds_sum kind,
                     int condition, size_t first, size_t end)
{
    double sum = 0;
    size_t k;

    for (k = first; k < end; k++)
        sum += p->weight[k] * lsn_folds_sum(p, kind, condition, k, in);
    return sum;
}

/* Returns how many images are predicted to be lost at low contrast, added up over kernels first ...
 * end-1; NaN where there is no usual ratio of effects to predict from. */
static double predicted(const struct lsn_folds *p, const bool *in, size_t first, size_t end)
{
    double sum = 0;
    size_t k;

    for (k = first; k < end; k++)
        sum += p->weight[k] * lsn_folds_predicted(p, k, in);
    return isnan(p->usual) ? (double)NAN : sum;
}

double lsn_claim_selectivity(const struct lsn_folds *p, const bool *in,
                             enum lsn_claim_measure measure, size_t first, size_t end)
{
    static const enum lsn_folds_sum kinds[] = {[LSN_CLAIM_BOTH] = LSN_FOLDS_SHARED,
                                               [LSN_CLAIM_BEYOND] = LSN_FOLDS_SHARED,
                                               [LSN_CLAIM_LOST_RATE] = LSN_FOLDS_LOST,
                                               [LSN_CLAIM_LOSS] = LSN_FOLDS_LOSS,
                                               [LSN_CLAIM_DROP] = LSN_FOLDS_DROPPED};
    double low = sum_at(p, in, kinds[measure], p->groups.low, first, end);
    double high = measure == LSN_CLAIM_BEYOND
                      ? predicted(p, in, first, end)
                      : sum_at(p, in, kinds[measure], p->groups.high, first, end);
    double of_low = lsn_folds_total(p, p->images, in), of_high = of_low, kernels = 0, value;
    size_t k;

    if (measure == LSN_CLAIM_BOTH || measure == LSN_CLAIM_BEYOND) {
        of_low = of_high = lsn_folds_shared(p, p->groups.group[p->groups.low], in);
    } else if (measure == LSN_CLAIM_LOST_RATE) {
        of_low = lsn_folds_right(p, p->groups.low, in);
        of_high = lsn_folds_right(p, p->groups.high, in);
    }
    for (k = first; k < end; k++)
        kernels += p->weight[k];
    value = (low / of_low - high / of_high) / kernels;
    return isfinite(value) ? value : (double)NAN;
}

const char *const lsn_verdict_words[] = {[LSN_VERDICT_SUPPORTED] = "supported",
                                         [LSN_VERDICT_CONTRADICTED] = "contradicted",
                                         [LSN_VERDICT_UNDECIDED] = "undecided",
                                         [LSN_VERDICT_NOT_SUPPORTED] = "not supported",
                                         [LSN_VERDICT_UNKNOWN] = "unknown"};

enum lsn_verdict lsn_verdict_of(struct lsn_interval interval)
{
    if (isnan(interval.low) || isnan(interval.high))
        return LSN_VERDICT_UNKNOWN;
    return interval.low > 0    ? LSN_VERDICT_SUPPORTED
           : interval.high < 0 ? LSN_VERDICT_CONTRADICTED
                               : LSN_VERDICT_UNDECIDED;
}

void lsn_verdicts_join(const enum lsn_verdict *verdicts, int count, char *text)
{
    enum lsn_verdict joint = LSN_VERDICT_UNKNOWN;
    bool unsupported = false;
    int speaking = 0, i;

    snprintf(text, LSN_VERDICT_TEXT_MAX, "depends on the measure");
    for (i = 0; i < count; i++) {
        unsupported = unsupported || verdicts[i] == LSN_VERDICT_NOT_SUPPORTED;
        if (verdicts[i] == LSN_VERDICT_NOT_SUPPORTED || verdicts[i] == LSN_VERDICT_UNKNOWN)
            continue;
        if (speaking++ > 0 && verdicts[i] != joint)
            return;
        joint = verdicts[i];
    }
    if (joint == LSN_VERDICT_SUPPORTED && unsupported)
        return;
    if (speaking == 0)
        snprintf(text, LSN_VERDICT_TEXT_MAX, "undecided, as no measure is known");
    else if (speaking < count)
        snprintf(text, LSN_VERDICT_TEXT_MAX, "%s, by %d of %d measures", lsn_verdict_words[joint],
                 speaking, count);
    else
        snprintf(text, LSN_VERDICT_TEXT_MAX, "%s", lsn_verdict_words[joint]);
}

double lsn_claims_images_needed(const struct lsn_claims *c, const struct lsn_measured *m)
{
    double half = (m->interval.high - m->interval.low) / 2;

    if (m->interval.low > 0 || m->interval.high < 0)
        return 0;
    return (double)c->floor.images * (half / m->value) * (half / m->value);
}

#define TIMES_MAX 100 /* beyond that an estimate from so few images is idle */

static double two_digits(double x)
{
    double unit = x >= 100 ? pow(10, floor(log10(x)) - 1) : 1;

    return round(x / unit) * unit;
}

void lsn_claims_outlook(struct lsn_claims *c, const enum lsn_verdict *verdicts,
                        const double *needed, const char *const *names, const char *const *prefixes,
                        int count)
{
    /* What races chose of all kernels is no sample of these. */
    bool of_sample = c->sweep->sampled_from && !(c->claim == 2 && c->halves);
    double images = (double)c->floor.images;
    struct lsn_text text = {0}, name = {0};
    int m, said = 0;

    for (m = 0; m < count; m++) {
        if (verdicts[m] != LSN_VERDICT_UNDECIDED)
            continue;
        lsn_text_add(&name, "%simages_needed", prefixes[m]);
        if (!name.failed)
            lsn_claims_row(c, name.bytes, NULL, NULL, needed[m], (double)NAN, (double)NAN);
        c->table.failed = c->table.failed || name.failed;
        lsn_text_free(&name);
        lsn_text_add(&text, "%s", said > 0 ? ", " : "");
        if (needed[m] <= TIMES_MAX * images)
            lsn_text_add(&text, "about %.0f", two_digits(needed[m]));
        else
            lsn_text_add(&text, "over %.0f", TIMES_MAX * images);
        lsn_text_add(&text, "%s by %s", said++ > 0 ? "" : " images would decide it", names[m]);
    }
    if (text.failed)
        c->words.failed = true;
    else if (said > 0)
        lsn_claims_say(c, "Undecided now; if the values stay as they are, %s%s.", text.bytes,
                       of_sample ? ", with as many times as many kernels" : "");
    lsn_text_free(&text);
}

void lsn_claims_why(struct lsn_claims *c, const enum lsn_verdict *verdicts)
{
    enum lsn_verdict beyond = verdicts[LSN_CLAIM_BEYOND];

    if (c->floor.right_both == 0) {
        lsn_claims_say(c, "No image is right at both contrasts when intact, so that two of the "
                          "measures are unknown: show more images, or a higher low contrast.");
        return;
    }
    if (isnan(c->folds.usual))
        lsn_claims_say(
            c,
            "With fewer than %d kernels that have an effect none is usual, and what goes "
            "beyond importance is unknown: lesion more kernels.",
            LSN_EFFECTS_KERNELS_MIN);
    else if (beyond != verdicts[LSN_CLAIM_BOTH] || beyond != verdicts[LSN_CLAIM_LOST_RATE])
        lsn_claims_say(
            c,
            "Images right in both and lost rate also count fragility: the intact network "
            "is right at low contrast by a small margin, so any lesion loses more images "
            "there. Beyond importance leaves that out, taking effects at low contrast as "
            "usually %.2f times those at high contrast.%s",
            c->folds.usual,
            beyond == LSN_VERDICT_NOT_SUPPORTED
                ? " Below 0 it contradicts nothing: where effects go with an image's own "
                  "margin, more is predicted than comes."
                : "");
    if (c->floor.low_third)
        lsn_claims_say(
            c,
            "The absolute drop has little left to fall at low contrast, where the intact "
            "network is right on %.1f %% of the images (the floor).",
            100 * (double)c->floor.right_low / (double)c->floor.images);
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
