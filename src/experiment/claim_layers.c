/* Claim 1: contrast is encoded in the shallow layers. If so, lesioning their kernels costs more at
 * low contrast than at high contrast (selectivity), and more so than in deeper layers. */
#include <math.h>

#include "base/memory.h"
#include "experiment/claims.h"
#include "table/columns.h"

#define TIE   1e-9 /* layers' selectivities closer than this are equal: rounding alone */
#define CLAIM "Contrast is a low-level feature, encoded in the shallow layers"

/* The lesioned layers, and what the statistics below are computed for. */
struct layers {
    size_t first, end; /* of span_selectivity: kernels first ... end-1 */
    enum lsn_claim_measure measure;
    int layer_count; /* layers in which kernels were lesioned */
    size_t *starts;  /* [layer_count + 1] each layer's first kernel; then the kernel count */
    double *profile; /* [layer_count] selectivity of each layer */
    double *depth;   /* [layer_count] 0, 1, 2 ... */
    struct lsn_weighted *scratch; /* [2 * layer_count] */
    int shallow;                  /* how many of the first layers are called shallow: a third */
};

/* Returns the mean selectivity of kernels first ... end-1. */
static double span_selectivity(const struct lsn_folds *p, const bool *in, void *context)
{
    const struct layers *layers = context;

    return lsn_claim_selectivity(p, in, layers->measure, layers->first, layers->end);
}

/* Returns the rank correlation of the layers' selectivity with their depth. */
static double depth_correlation(const struct lsn_folds *p, const bool *in, void *context)
{
    struct layers *layers = context;
    int i;

    for (i = 0; i < layers->layer_count; i++) {
        layers->profile[i] =
            lsn_claim_selectivity(p, in, layers->measure, layers->starts[i], layers->starts[i + 1]);
        if (isnan(layers->profile[i]))
            return layers->profile[i];
        layers->profile[i] = round(layers->profile[i] / TIE);
    }
    return lsn_spearman(layers->depth, layers->profile, NULL, (size_t)layers->layer_count,
                        layers->scratch);
}

/* Returns the mean selectivity of the shallow layers' kernels minus that of all other kernels. */
static double shallow_difference(const struct lsn_folds *p, const bool *in, void *context)
{
    const struct layers *layers = context;
    size_t border = layers->starts[layers->shallow], end = layers->starts[layers->layer_count];

    return lsn_claim_selectivity(p, in, layers->measure, 0, border) -
           lsn_claim_selectivity(p, in, layers->measure, border, end);
}

static void find_layers(struct layers *layers, const struct lsn_results *r)
{
    size_t k;

    for (k = 0; k < r->kernel_count; k = lsn_layer_end(r, k)) {
        layers->depth[layers->layer_count] = layers->layer_count;
        layers->starts[layers->layer_count++] = k;
    }
    layers->starts[layers->layer_count] = r->kernel_count;
    layers->shallow = (layers->layer_count + 2) / 3;
}

/* Adds a row for every layer and measure to claims.csv. Sets most [LSN_CLAIM_MEASURES] to the
 * largest selectivity by each measure, and best [LSN_CLAIM_MEASURES] to the layer that has it. */
static void add_profile(struct lsn_claims *c, struct layers *layers, struct lsn_measured *most,
                        int *best)
{
    const struct lsn_results *r = c->sweep;
    int m, i;

    for (i = 0; i < layers->layer_count; i++) {
        const char *layer = r->layer_names[r->kernel_layer[layers->starts[i]]];

        layers->first = layers->starts[i];
        layers->end = layers->starts[i + 1];
        for (m = 0; m < LSN_CLAIM_MEASURES; m++) {
            struct lsn_measured selectivity;

            layers->measure = (enum lsn_claim_measure)m;
            selectivity = lsn_folds_measure(&c->folds, span_selectivity, layers);
            lsn_claims_measured(c, layers->measure, "selectivity", layer, &selectivity);
            if (i == 0 || selectivity.value > most[m].value) {
                most[m] = selectivity;
                best[m] = i;
            }
        }
    }
}

/* The findings by one measure: selectivity of the shallow and of the other layers, the difference
 * of the two, and the rank correlation of selectivity with depth. */
struct findings {
    struct lsn_measured shallow, others, difference, depth;
};

static struct findings measure(struct lsn_claims *c, struct layers *layers,
                               enum lsn_claim_measure m)
{
    struct findings findings;

    layers->measure = m;
    layers->first = 0;
    layers->end = layers->starts[layers->shallow];
    findings.shallow = lsn_folds_measure(&c->folds, span_selectivity, layers);
    layers->first = layers->end;
    layers->end = layers->starts[layers->layer_count];
    findings.others = lsn_folds_measure(&c->folds, span_selectivity, layers);
    findings.difference = lsn_folds_measure(&c->folds, shallow_difference, layers);
    findings.depth = lsn_folds_correlate(&c->folds, depth_correlation, layers);
    lsn_claims_measured(c, m, "shallow", NULL, &findings.shallow);
    lsn_claims_measured(c, m, "others", NULL, &findings.others);
    lsn_claims_measured(c, m, "shallow_difference", NULL, &findings.difference);
    lsn_claims_measured(c, m, "depth_correlation", NULL, &findings.depth);
    return findings;
}

static void say(struct lsn_claims *c, const struct layers *layers, enum lsn_claim_measure m,
                const struct findings *findings, enum lsn_verdict verdict)
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
        lsn_text_add(&text, " in the first %d of the %d layers", layers->shallow,
                     layers->layer_count);
    lsn_text_add(&text, " %.3f %% a kernel%s and %.3f %% in the others, a difference of ",
                 100 * findings->shallow.value, m == LSN_CLAIM_BOTH ? "" : " there",
                 100 * findings->others.value);
    lsn_claims_add_measured(&text, m, &findings->difference);
    lsn_text_add(&text, ", rank correlation with depth %.2f (%.2f to %.2f)", findings->depth.value,
                 findings->depth.interval.low, findings->depth.interval.high);
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(c, "%s%s: %s.", openings[m], text.bytes, lsn_verdict_words[verdict]);
    lsn_text_free(&text);
}

/* The claim is supported where shallow layers are more selective than the others. The measure
 * beyond importance (table/effects.h) supports it only if the shallow layers' own value is above 0
 * too, and never contradicts it: its prediction can be too high, and more so in some layers. */
static enum lsn_verdict verdict_of(enum lsn_claim_measure m, const struct findings *findings)
{
    enum lsn_verdict verdict = lsn_verdict_of(findings->difference.interval);

    if (m != LSN_CLAIM_BEYOND || verdict == LSN_VERDICT_UNDECIDED || verdict == LSN_VERDICT_UNKNOWN)
        return verdict;
    if (verdict == LSN_VERDICT_CONTRADICTED || findings->shallow.interval.high < 0)
        return LSN_VERDICT_NOT_SUPPORTED;
    return findings->shallow.interval.low > 0 ? verdict : LSN_VERDICT_UNDECIDED;
}

/* On how many images the verdict by a measure would be reached. */
static double images_needed(const struct lsn_claims *c, enum lsn_claim_measure m,
                            const struct findings *findings)
{
    double needed = lsn_claims_images_needed(c, &findings->difference);

    return m == LSN_CLAIM_BEYOND ? fmax(needed, lsn_claims_images_needed(c, &findings->shallow))
                                 : needed;
}

/* Names the most selective layer, or says that no layer's selectivity is above 0. */
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

/* Reports the measures by which the claim is not judged: the loss and the absolute drop. */
static void say_beside(struct lsn_claims *c, const struct findings *findings)
{
    struct lsn_text text = {0};
    int m;

    for (m = LSN_CLAIM_JUDGING; m < LSN_CLAIM_MEASURES; m++) {
        lsn_text_add(&text, "%s",
                     m == LSN_CLAIM_JUDGING ? "of the loss by " : "; of the absolute drop by ");
        lsn_claims_add_measured(&text, (enum lsn_claim_measure)m, &findings[m].difference);
    }
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(c, "Beside them, shallow layers exceed the others in selectivity %s.",
                       text.bytes);
    lsn_text_free(&text);
}

static void judge(struct lsn_claims *c, struct layers *layers)
{
    enum lsn_verdict verdicts[LSN_CLAIM_JUDGING];
    char headline[LSN_VERDICT_TEXT_MAX];
    struct lsn_measured most[LSN_CLAIM_MEASURES];
    struct findings findings[LSN_CLAIM_MEASURES];
    enum lsn_claim_measure shown = isnan(c->folds.usual) ? LSN_CLAIM_BOTH : LSN_CLAIM_BEYOND;
    const struct lsn_results *r = c->sweep;
    double needed[LSN_CLAIM_JUDGING];
    int best[LSN_CLAIM_MEASURES], m;

    add_profile(c, layers, most, best);
    for (m = 0; m < LSN_CLAIM_MEASURES; m++)
        findings[m] = measure(c, layers, (enum lsn_claim_measure)m);
    for (m = 0; m < LSN_CLAIM_JUDGING; m++) {
        verdicts[m] = verdict_of((enum lsn_claim_measure)m, &findings[m]);
        needed[m] = images_needed(c, (enum lsn_claim_measure)m, &findings[m]);
    }
    lsn_verdicts_join(verdicts, LSN_CLAIM_JUDGING, headline);
    lsn_claims_head(c, CLAIM, headline);
    for (m = 0; m < LSN_CLAIM_JUDGING; m++)
        say(c, layers, (enum lsn_claim_measure)m, &findings[m], verdicts[m]);
    if (!isnan(most[shown].value))
        say_most(c, shown, r->layer_names[r->kernel_layer[layers->starts[best[shown]]]],
                 &most[shown]);
    say_beside(c, findings);
    lsn_claims_outlook(c, verdicts, needed, lsn_claim_names, lsn_claim_prefixes, LSN_CLAIM_JUDGING);
    lsn_claims_why(c, verdicts);
}

enum lsn_status lsn_claim_layers(struct lsn_claims *c, struct lsn_error *err)
{
    size_t most = (size_t)c->sweep->layer_count + 1;
    struct layers layers = {.first = 0};
    enum lsn_status status = LSN_OK;

    layers.starts = lsn_alloc(most, sizeof *layers.starts);
    layers.profile = lsn_alloc(most, sizeof *layers.profile);
    layers.depth = lsn_alloc(most, sizeof *layers.depth);
    layers.scratch = lsn_alloc(most, 2 * sizeof *layers.scratch);
    if (!layers.starts || !layers.profile || !layers.depth || !layers.scratch)
        status = lsn_fail_memory(err, "the claims");
    if (status == LSN_OK) {
        find_layers(&layers, c->sweep);
        if (layers.layer_count < 2)
            lsn_claims_head(c, CLAIM, "undecided, as kernels of one layer only were lesioned");
        else
            judge(c, &layers);
    }
    lsn_free(layers.starts);
    lsn_free(layers.profile);
    lsn_free(layers.depth);
    lsn_free(layers.scratch);
    return status;
}
