/* Claim 1: what low contrast needs beyond high contrast, layer by layer. */
#include <math.h>

#include "base/memory.h"
#include "experiment/claims.h"

#define TIE   1e-9 /* layers' selectivities are equal where they differ by rounding alone */
#define CLAIM "Contrast is a low-level feature, encoded in the shallow layers"

/* Kernels first ... end-1 of the results, or all of some layers. */
struct span {
    size_t first, end;
    enum lsn_claim_measure measure;
    int layer_count; /* of the layers that kernels were lesioned in */
    size_t *starts;  /* [layer_count + 1] their first kernels */
    double *profile; /* [layer_count] */
    double *depth;   /* [layer_count] 0, 1, 2 ... */
    double *scratch; /* [3 * layer_count] */
    int shallow;     /* so many of them are called shallow */
};

static double span_selectivity(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct span *span = context;

    return lsn_claim_selectivity(p, in, span->measure, span->first, span->end);
}

/* Rank correlation of the layers' selectivity with their depth. */
static double depth_correlation(const struct lsn_parts *p, const bool *in, void *context)
{
    struct span *span = context;
    int i;

    for (i = 0; i < span->layer_count; i++) {
        span->profile[i] =
            lsn_claim_selectivity(p, in, span->measure, span->starts[i], span->starts[i + 1]);
        if (isnan(span->profile[i]))
            return span->profile[i];
        span->profile[i] = round(span->profile[i] / TIE);
    }
    return lsn_spearman(span->depth, span->profile, (size_t)span->layer_count, span->scratch);
}

/* Of the shallow layers' kernels beyond that of all others. */
static double shallow_difference(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct span *span = context;
    size_t border = span->starts[span->shallow], end = span->starts[span->layer_count];

    return lsn_claim_selectivity(p, in, span->measure, 0, border) -
           lsn_claim_selectivity(p, in, span->measure, border, end);
}

static void find_layers(struct span *span, const struct lsn_results *r)
{
    size_t k;

    for (k = 0; k < r->kernel_count; k++)
        if (k == 0 || r->kernel_layer[k] != r->kernel_layer[k - 1]) {
            span->depth[span->layer_count] = span->layer_count;
            span->starts[span->layer_count++] = k;
        }
    span->starts[span->layer_count] = r->kernel_count;
    span->shallow = (span->layer_count + 2) / 3;
}

/* Rows of every layer and measure; most of each measure, and which layer has it. */
static void add_profile(struct lsn_claims *c, struct span *span, struct lsn_measured *most,
                        int *best)
{
    const struct lsn_results *r = c->sweep;
    int m, i;

    for (i = 0; i < span->layer_count; i++) {
        const char *layer = r->layer_names[r->kernel_layer[span->starts[i]]];

        span->first = span->starts[i];
        span->end = span->starts[i + 1];
        for (m = 0; m < LSN_CLAIM_MEASURES; m++) {
            struct lsn_measured of;

            span->measure = (enum lsn_claim_measure)m;
            of = lsn_parts_measure(&c->parts, span_selectivity, span);
            lsn_claims_measured(c, span->measure, "selectivity", layer, &of);
            if (i == 0 || of.value > most[m].value) {
                most[m] = of;
                best[m] = i;
            }
        }
    }
}

/* What a measure says of shallow layers. */
struct said {
    struct lsn_measured shallow, others, difference, depth;
};

static struct said measure(struct lsn_claims *c, struct span *span, enum lsn_claim_measure m)
{
    struct said said;

    span->measure = m;
    span->first = 0;
    span->end = span->starts[span->shallow];
    said.shallow = lsn_parts_measure(&c->parts, span_selectivity, span);
    span->first = span->end;
    span->end = span->starts[span->layer_count];
    said.others = lsn_parts_measure(&c->parts, span_selectivity, span);
    said.difference = lsn_parts_measure(&c->parts, shallow_difference, span);
    said.depth = lsn_parts_correlate(&c->parts, depth_correlation, span);
    lsn_claims_measured(c, m, "shallow", NULL, &said.shallow);
    lsn_claims_measured(c, m, "others", NULL, &said.others);
    lsn_claims_measured(c, m, "shallow_difference", NULL, &said.difference);
    lsn_claims_measured(c, m, "depth_correlation", NULL, &said.depth);
    return said;
}

static void say(struct lsn_claims *c, const struct span *span, enum lsn_claim_measure m,
                const struct said *said, enum lsn_verdict verdict)
{
    static const char *const openings[LSN_CLAIM_JUDGING] = {
        [LSN_CLAIM_BOTH] = "Of the images right in both when intact, a lesion loses at low "
                           "contrast, less what it loses at high,",
        [LSN_CLAIM_BEYOND] = "Beyond importance, which is at low contrast less what its effect at "
                             "high contrast predicts there, it loses",
        [LSN_CLAIM_LOST_RATE] = "By lost rate, of the images right when intact at each contrast, "
                                "low less high, it loses"};
    struct lsn_text text = {0};

    if (m == LSN_CLAIM_BOTH)
        lsn_text_add(&text, " in the first %d of the %d layers", span->shallow, span->layer_count);
    lsn_text_add(&text, " %.3f %% a kernel%s and %.3f %% in the others, a difference of ",
                 100 * said->shallow.value, m == LSN_CLAIM_BOTH ? "" : " there",
                 100 * said->others.value);
    lsn_claims_add_measured(&text, m, &said->difference);
    lsn_text_add(&text, ", rank correlation with depth %.2f (%.2f to %.2f)", said->depth.value,
                 said->depth.interval.low, said->depth.interval.high);
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(c, "%s%s: %s.", openings[m], text.bytes, lsn_verdict_words[verdict]);
    lsn_text_free(&text);
}

/* What goes beyond importance supports the claim where shallow layers are themselves above 0,
 * and never contradicts it: the prediction can be too high, and more so in some layers. */
static enum lsn_verdict verdict_of(enum lsn_claim_measure m, const struct said *said)
{
    enum lsn_verdict verdict = lsn_verdict_of(said->difference.interval);

    if (m != LSN_CLAIM_BEYOND || verdict == LSN_VERDICT_UNDECIDED || verdict == LSN_VERDICT_UNKNOWN)
        return verdict;
    if (verdict == LSN_VERDICT_CONTRADICTED || said->shallow.interval.high < 0)
        return LSN_VERDICT_NOT_SUPPORTED;
    return said->shallow.interval.low > 0 ? verdict : LSN_VERDICT_UNDECIDED;
}

/* The layer that exceeds the others, where one is above 0. */
static void say_most(struct lsn_claims *c, enum lsn_claim_measure m, const char *layer,
                     const struct lsn_measured *most)
{
    struct lsn_text text = {0};

    lsn_claims_add_measured(&text, m, most);
    if (text.failed)
        c->words.failed = true;
    else if (most->value > 0)
        lsn_claims_say(c, "The most selective layer, by %s, is %s: %s a kernel.",
                       lsn_claim_names[m], layer, text.bytes);
    else
        lsn_claims_say(c, "By %s, no layer's mean is above 0.", lsn_claim_names[m]);
    lsn_text_free(&text);
}

/* The measures that the claim is not judged by. */
static void say_beside(struct lsn_claims *c, const struct said *said)
{
    struct lsn_text text = {0};
    int m;

    for (m = LSN_CLAIM_JUDGING; m < LSN_CLAIM_MEASURES; m++) {
        lsn_text_add(&text, "%s",
                     m == LSN_CLAIM_JUDGING ? "of the loss by " : "; of the absolute drop by ");
        lsn_claims_add_measured(&text, (enum lsn_claim_measure)m, &said[m].difference);
    }
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(c, "Beside them, shallow layers exceed the others in selectivity %s.",
                       text.bytes);
    lsn_text_free(&text);
}

static void judge(struct lsn_claims *c, struct span *span)
{
    enum lsn_verdict verdicts[LSN_CLAIM_JUDGING];
    char headline[LSN_VERDICT_TEXT_MAX];
    struct lsn_measured most[LSN_CLAIM_MEASURES];
    struct said said[LSN_CLAIM_MEASURES];
    enum lsn_claim_measure of = isnan(c->parts.usual) ? LSN_CLAIM_BOTH : LSN_CLAIM_BEYOND;
    const struct lsn_results *r = c->sweep;
    int best[LSN_CLAIM_MEASURES], m;

    add_profile(c, span, most, best);
    for (m = 0; m < LSN_CLAIM_MEASURES; m++)
        said[m] = measure(c, span, (enum lsn_claim_measure)m);
    for (m = 0; m < LSN_CLAIM_JUDGING; m++)
        verdicts[m] = verdict_of((enum lsn_claim_measure)m, &said[m]);
    lsn_verdicts_join(verdicts, LSN_CLAIM_JUDGING, headline);
    lsn_claims_head(c, CLAIM, headline);
    for (m = 0; m < LSN_CLAIM_JUDGING; m++)
        say(c, span, (enum lsn_claim_measure)m, &said[m], verdicts[m]);
    if (!isnan(most[of].value))
        say_most(c, of, r->layer_names[r->kernel_layer[span->starts[best[of]]]], &most[of]);
    say_beside(c, said);
    lsn_claims_why(c, verdicts);
}

enum lsn_status lsn_claim_layers(struct lsn_claims *c, struct lsn_error *err)
{
    size_t most = (size_t)c->sweep->layer_count + 1;
    struct span span = {.first = 0};
    enum lsn_status status = LSN_OK;

    span.starts = lsn_alloc(most, sizeof *span.starts);
    span.profile = lsn_alloc(most, sizeof *span.profile);
    span.depth = lsn_alloc(most, sizeof *span.depth);
    span.scratch = lsn_alloc(most, 3 * sizeof *span.scratch);
    if (!span.starts || !span.profile || !span.depth || !span.scratch)
        status = lsn_fail_memory(err, "the claims");
    if (status == LSN_OK) {
        find_layers(&span, c->sweep);
        if (span.layer_count < 2)
            lsn_claims_head(c, CLAIM, "undecided, as kernels of one layer only were lesioned");
        else
            judge(c, &span);
    }
    lsn_free(span.starts);
    lsn_free(span.profile);
    lsn_free(span.depth);
    lsn_free(span.scratch);
    return status;
}
