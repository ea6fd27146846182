/* Claim 3: edges are a feature of their own. If they are, the kernels that matter when the contrast
 * is lowered at edges differ from those that matter when it is lowered at non-edges, and differ
 * more than with contrast lowered at another image's edges: the control, as many pixels in the same
 * arrangement but unrelated to the content. */
#include <math.h>

#include "experiment/claims.h"

/* The measures of what kernels cost in a region. The claim is judged by the first JUDGING: images
 * lost of those right in all regions when intact, and of those right in that region when intact.
 * The loss and the drop are reported beside them. */
#define JUDGING 2
static const struct {
    enum lsn_folds_sum sum;
    const char *prefix; /* in claims.csv */
} kinds[] = {{LSN_FOLDS_SHARED, "both_"},
             {LSN_FOLDS_LOST, "lost_rate_"},
             {LSN_FOLDS_LOSS, ""},
             {LSN_FOLDS_DROPPED, "drop_"}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* What is correlated over kernels: a sum, under the conditions a and b. */
struct pair {
    struct lsn_claims *claims;
    enum lsn_folds_sum sum;
    int a, b;
};

/* Returns the rank correlation over kernels between what they cost under conditions a and b. */
static double correlation(const struct lsn_folds *p, const bool *in, void *context)
{
    const struct pair *pair = context;
    struct lsn_claims *c = pair->claims;
    size_t kernels = p->results->kernel_count, k;

    for (k = 0; k < kernels; k++) {
        c->x[k] = lsn_folds_sum(p, pair->sum, pair->a, k, in);
        c->y[k] = lsn_folds_sum(p, pair->sum, pair->b, k, in);
    }
    return lsn_spearman(c->x, c->y, p->weight, kernels, c->scratch);
}

/* Returns the reliability of what kernels cost under condition a: the rank correlation over kernels
 * between two halves of the images, corrected to the full number of images (Spearman and Brown). It
 * bounds the correlation that condition a can have with any other. */
static double reliability(const struct lsn_folds *p, const bool *in, void *context)
{
    const struct pair *pair = context;
    struct lsn_claims *c = pair->claims;
    size_t kernels = p->results->kernel_count, k;
    bool odd[LSN_FOLDS_MAX], even[LSN_FOLDS_MAX];
    double r;
    int i;

    for (i = 0; i < p->count; i++) {
        odd[i] = in[i] && i % 2 == 1;
        even[i] = in[i] && i % 2 == 0;
    }
    for (k = 0; k < kernels; k++) {
        c->x[k] = lsn_folds_sum(p, pair->sum, pair->a, k, odd);
        c->y[k] = lsn_folds_sum(p, pair->sum, pair->a, k, even);
    }
    r = lsn_spearman(c->x, c->y, p->weight, kernels, c->scratch);
    return r > 0 ? 2 * r / (1 + r) : (double)NAN; /* the correction needs r > 0 */
}

/* Returns how much lower the correlation of edges with non-edges is than that of another image's
 * edges with non-edges. */
static double distinctness(const struct lsn_folds *p, const bool *in, void *context)
{
    const struct pair *given = context;
    struct pair edges = *given, others = *given;

    edges.a = LSN_CLAIMS_EDGES;
    others.a = LSN_CLAIMS_OTHER_EDGES;
    edges.b = others.b = LSN_CLAIMS_NON_EDGES;
    return correlation(p, in, &others) - correlation(p, in, &edges);
}

/* Computes a statistic of a pair of conditions, with its interval, and adds its row to claims.csv.
 */
static struct lsn_measured measure(struct lsn_claims *c, lsn_statistic_fn *statistic, int kind,
                                   struct pair pair, const char *quantity)
{
    struct lsn_text name = {0};
    struct lsn_measured m;

    pair.claims = c;
    pair.sum = kinds[kind].sum;
    m = statistic == distinctness ? lsn_folds_measure(&c->folds, statistic, &pair)
                                  : lsn_folds_correlate(&c->folds, statistic, &pair);
    lsn_text_add(&name, "%s%s", kinds[kind].prefix, quantity);
    if (name.failed)
        c->table.failed = true;
    else
        lsn_claims_row(c, name.bytes, NULL, &c->sweep->conditions[pair.a], m.value, m.interval.low,
                       m.interval.high);
    lsn_text_free(&name);
    return m;
}

/* Finds by how much lowering the contrast under each condition lowers the intact accuracy. */
static enum lsn_status cost_intact(struct lsn_claims *c, struct lsn_paired_change *shifts,
                                   struct lsn_error *err)
{
    int i;

    for (i = LSN_CLAIMS_LOW; i < LSN_CLAIMS_CONDITIONS; i++) {
        LSN_TRY(lsn_claims_shift(c->sweep, LSN_CLAIMS_HIGH, i, &shifts[i], err));
        lsn_claims_row(c, "intact_drop", NULL, &c->sweep->conditions[i], shifts[i].drop,
                       shifts[i].interval.low, shifts[i].interval.high);
    }
    return LSN_OK;
}

/* The pair of conditions LSN_CLAIMS_first and LSN_CLAIMS_second. */
#define PAIR(first, second) ((struct pair){.a = LSN_CLAIMS_##first, .b = LSN_CLAIMS_##second})

/* The findings by one measure. */
struct findings {
    struct lsn_measured edges, others; /* correlation with non-edges */
    struct lsn_measured distinct;      /* others - edges */
    struct lsn_measured edges_reliability, others_reliability;
};

static struct findings measure_kind(struct lsn_claims *c, int kind)
{
    const char *const rest = "correlation_with_non_edges";

    return (struct findings){
        measure(c, correlation, kind, PAIR(EDGES, NON_EDGES), rest),
        measure(c, correlation, kind, PAIR(OTHER_EDGES, NON_EDGES), rest),
        measure(c, distinctness, kind, PAIR(EDGES, NON_EDGES), "distinctness"),
        measure(c, reliability, kind, PAIR(EDGES, NON_EDGES), "reliability"),
        measure(c, reliability, kind, PAIR(OTHER_EDGES, NON_EDGES), "reliability")};
}

static void say_kind(struct lsn_claims *c, int kind, const struct findings *findings,
                     const char *verdict)
{
    static const char *const openings[] = {
        "Ranked by the images lost of those right in all regions when intact",
        "By lost rate, of the images right in each when intact", "Ranked by the loss added",
        "By the absolute drop"};

    lsn_claims_say(
        c,
        "%s, kernels that matter with low contrast at edges and at non-edges go together "
        "by a correlation of %.2f (%.2f to %.2f), those at another image's edges and at "
        "non-edges by %.2f (%.2f to %.2f), a difference of %.2f (%.2f to %.2f)%s%s. The "
        "agreement of two halves of the images, brought to all of them, is %.2f on edges and "
        "%.2f on another image's: what agrees less goes together less with anything.",
        openings[kind], findings->edges.value, findings->edges.interval.low,
        findings->edges.interval.high, findings->others.value, findings->others.interval.low,
        findings->others.interval.high, findings->distinct.value, findings->distinct.interval.low,
        findings->distinct.interval.high, verdict ? ": " : "", verdict ? verdict : "",
        findings->edges_reliability.value, findings->others_reliability.value);
}

/* Compares the kernels that matter in each region, and writes the claim's verdict and sentences. */
static void judge(struct lsn_claims *c)
{
    enum { LOSS_KIND = JUDGING };
    static const char *const names[JUDGING] = {"images right in all regions", "lost rate"};
    const char *const prefixes[JUDGING] = {kinds[0].prefix, kinds[1].prefix};
    const char *const all = "correlation_with_all", *words[KINDS] = {NULL};
    double needed[JUDGING];
    enum lsn_verdict verdicts[JUDGING];
    char headline[LSN_VERDICT_TEXT_MAX];
    struct lsn_measured edges, others, outside;
    struct findings findings[KINDS];
    int kind;

    for (kind = 0; kind < KINDS; kind++) {
        findings[kind] = measure_kind(c, kind);
        if (kind >= JUDGING)
            continue;
        verdicts[kind] = lsn_verdict_of(findings[kind].distinct.interval);
        words[kind] = lsn_verdict_words[verdicts[kind]];
        needed[kind] = lsn_claims_images_needed(c, &findings[kind].distinct);
    }
    edges = measure(c, correlation, LOSS_KIND, PAIR(EDGES, LOW), all);
    others = measure(c, correlation, LOSS_KIND, PAIR(OTHER_EDGES, LOW), all);
    outside = measure(c, correlation, LOSS_KIND, PAIR(NON_EDGES, LOW), all);
    (void)measure(c, correlation, LOSS_KIND, PAIR(RANDOM, LOW), all);
    (void)measure(c, correlation, LOSS_KIND, PAIR(HIGH, LOW), all);
    (void)measure(c, reliability, LOSS_KIND, PAIR(LOW, LOW), "reliability");
    (void)measure(c, reliability, LOSS_KIND, PAIR(NON_EDGES, LOW), "reliability");
    lsn_verdicts_join(verdicts, JUDGING, headline);
    lsn_claims_head(c, "Edges are a distinct feature", headline);
    for (kind = 0; kind < KINDS; kind++)
        say_kind(c, kind, &findings[kind], words[kind]);
    lsn_claims_say(c,
                   "With low contrast everywhere, by the loss, non-edges go together by %.2f (%.2f "
                   "to %.2f), edges by %.2f (%.2f to %.2f), another image's edges by %.2f (%.2f to "
                   "%.2f).",
                   outside.value, outside.interval.low, outside.interval.high, edges.value,
                   edges.interval.low, edges.interval.high, others.value, others.interval.low,
                   others.interval.high);
    lsn_claims_outlook(c, verdicts, needed, names, prefixes, JUDGING);
}

/* Writes the sentence on how much each region's lowered contrast costs the intact network. */
static void say_drops(struct lsn_claims *c, const struct lsn_paired_change *shifts,
                      const struct lsn_paired_change *beyond)
{
    const struct lsn_region *random = &c->sweep->conditions[LSN_CLAIMS_RANDOM].region;
    static const struct {
        int condition;
        const char *where;
    } parts[] = {{LSN_CLAIMS_EDGES, "at edges"},
                 {LSN_CLAIMS_OTHER_EDGES, "at another image's edges"},
                 {LSN_CLAIMS_RANDOM, "at random pixels"},
                 {LSN_CLAIMS_NON_EDGES, "at non-edges"},
                 {LSN_CLAIMS_LOW, "everywhere"}};
    struct lsn_text text = {0};
    size_t i;

    for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct lsn_paired_change *shift = &shifts[parts[i].condition];

        lsn_text_add(&text, "%s%s %.1f %% (%.1f to %.1f)", i ? ", " : "", parts[i].where,
                     100 * shift->drop, 100 * shift->interval.low, 100 * shift->interval.high);
    }
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(
            c,
            "Lowering the contrast costs the intact network, in %% of the images: %s. Edges "
            "are %.1f %% of the pixels; their cost beyond that of another image's edges is "
            "%.1f %% (%.1f to %.1f; p %.2g, McNemar's exact test). A change away from the "
            "image's own edges also draws edges that are not there.",
            text.bytes, 100 * random->size, 100 * beyond->drop, 100 * beyond->interval.low,
            100 * beyond->interval.high, lsn_mcnemar_exact(beyond->lost, beyond->gained));
    lsn_text_free(&text);
}

enum lsn_status lsn_claim_edges(struct lsn_claims *c, struct lsn_error *err)
{
    struct lsn_paired_change shifts[LSN_CLAIMS_CONDITIONS], beyond;

    LSN_TRY(cost_intact(c, shifts, err));
    LSN_TRY(lsn_claims_shift(c->sweep, LSN_CLAIMS_OTHER_EDGES, LSN_CLAIMS_EDGES, &beyond, err));
    lsn_claims_row(c, "beyond_other_edges", NULL, &c->sweep->conditions[LSN_CLAIMS_EDGES],
                   beyond.drop, beyond.interval.low, beyond.interval.high);
    lsn_claims_row(c, "beyond_other_edges_p", NULL, &c->sweep->conditions[LSN_CLAIMS_EDGES],
                   lsn_mcnemar_exact(beyond.lost, beyond.gained), (double)NAN, (double)NAN);
    judge(c);
    say_drops(c, shifts, &beyond);
    return LSN_OK;
}
