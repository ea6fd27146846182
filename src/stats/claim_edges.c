/* Claim 3: whether contrast lowered at edges needs other kernels than contrast lowered at
 * non-edges, more so than contrast lowered at another image's edges does, the same pixels
 * unrelated to the content. */
#include <math.h>

#include "stats/claims.h"

/* Two conditions, and what is correlated over kernels. */
struct pair {
    struct lsn_claims *claims;
    int a, b;
};

/* Rank correlation over kernels of what they cost, in loss, under two conditions. */
static double correlation(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct pair *pair = context;
    struct lsn_claims *c = pair->claims;
    size_t kernels = p->results->kernel_count, k;

    for (k = 0; k < kernels; k++) {
        c->x[k] = lsn_parts_sum(p, lsn_parts_loss(p, pair->a, k), in);
        c->y[k] = lsn_parts_sum(p, lsn_parts_loss(p, pair->b, k), in);
    }
    return lsn_spearman(c->x, c->y, kernels, c->scratch);
}

/* The same of one condition on two halves of the images, brought to all of them (Spearman
 * and Brown): what a correlation with it could be at most. */
static double reliability(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct pair *pair = context;
    struct lsn_claims *c = pair->claims;
    size_t kernels = p->results->kernel_count, k;
    bool odd[LSN_PARTS_MAX], even[LSN_PARTS_MAX];
    double r;
    int i;

    for (i = 0; i < p->count; i++) {
        odd[i] = in[i] && i % 2 == 1;
        even[i] = in[i] && i % 2 == 0;
    }
    for (k = 0; k < kernels; k++) {
        c->x[k] = lsn_parts_sum(p, lsn_parts_loss(p, pair->a, k), odd);
        c->y[k] = lsn_parts_sum(p, lsn_parts_loss(p, pair->a, k), even);
    }
    r = lsn_spearman(c->x, c->y, kernels, c->scratch);
    return 2 * r / (1 + r);
}

/* How much less edges than another image's edges go together with non-edges. */
static double distinctness(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct pair *given = context;
    struct pair edges = {given->claims, LSN_CLAIMS_EDGES, LSN_CLAIMS_NON_EDGES};
    struct pair others = {given->claims, LSN_CLAIMS_OTHER_EDGES, LSN_CLAIMS_NON_EDGES};

    return correlation(p, in, &others) - correlation(p, in, &edges);
}

static struct lsn_measured measure(struct lsn_claims *c, lsn_statistic_fn *statistic, int a, int b,
                                   const char *quantity)
{
    struct pair pair = {.claims = c, .a = a, .b = b};
    struct lsn_measured m = statistic == distinctness
                                ? lsn_parts_measure(&c->parts, statistic, &pair)
                                : lsn_parts_correlate(&c->parts, statistic, &pair);

    lsn_claims_row(c, quantity, NULL, &c->sweep->conditions[a], m.value, m.interval.low,
                   m.interval.high);
    return m;
}

/* What lowering the contrast under each condition costs the intact network. */
static enum lsn_status cost_intact(struct lsn_claims *c, struct lsn_shift *shifts,
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

/* The kernels behind each region, and the verdict on them. */
static void judge(struct lsn_claims *c)
{
    const char *const all = "correlation_with_all", *const rest = "correlation_with_non_edges";
    struct lsn_measured edges = measure(c, correlation, LSN_CLAIMS_EDGES, LSN_CLAIMS_LOW, all);
    struct lsn_measured others =
        measure(c, correlation, LSN_CLAIMS_OTHER_EDGES, LSN_CLAIMS_LOW, all);
    struct lsn_measured outside =
        measure(c, correlation, LSN_CLAIMS_NON_EDGES, LSN_CLAIMS_LOW, all);
    struct lsn_measured between =
        measure(c, correlation, LSN_CLAIMS_EDGES, LSN_CLAIMS_NON_EDGES, rest);
    struct lsn_measured control =
        measure(c, correlation, LSN_CLAIMS_OTHER_EDGES, LSN_CLAIMS_NON_EDGES, rest);
    struct lsn_measured distinct = measure(c, distinctness, LSN_CLAIMS_EDGES, 0, "distinctness");
    struct lsn_measured most = measure(c, reliability, LSN_CLAIMS_EDGES, 0, "reliability");

    (void)measure(c, correlation, LSN_CLAIMS_RANDOM, LSN_CLAIMS_LOW, all);
    (void)measure(c, correlation, LSN_CLAIMS_HIGH, LSN_CLAIMS_LOW, all);
    (void)measure(c, reliability, LSN_CLAIMS_LOW, 0, "reliability");
    (void)measure(c, reliability, LSN_CLAIMS_NON_EDGES, 0, "reliability");
    (void)measure(c, reliability, LSN_CLAIMS_OTHER_EDGES, 0, "reliability");
    lsn_claims_head(c, "Edges are a distinct feature", lsn_claims_verdict(distinct.interval));
    lsn_claims_say(c,
                   "Ranked by what they add to the loss, the kernels that matter with low contrast "
                   "at edges and at non-edges go together by a correlation of %.2f (%.2f to %.2f), "
                   "those at another image's edges and at non-edges by %.2f (%.2f to %.2f), which "
                   "is more by %.2f (%.2f to %.2f). Two halves of the images agree on the edges by "
                   "%.2f, brought to all images.",
                   between.value, between.interval.low, between.interval.high, control.value,
                   control.interval.low, control.interval.high, distinct.value,
                   distinct.interval.low, distinct.interval.high, most.value);
    lsn_claims_say(c,
                   "With low contrast everywhere, non-edges go together by %.2f (%.2f to %.2f), "
                   "edges by %.2f (%.2f to %.2f), another image's edges by %.2f (%.2f to %.2f).",
                   outside.value, outside.interval.low, outside.interval.high, edges.value,
                   edges.interval.low, edges.interval.high, others.value, others.interval.low,
                   others.interval.high);
}

/* The drops of the intact network. */
static void say_drops(struct lsn_claims *c, const struct lsn_shift *shifts,
                      const struct lsn_shift *beyond)
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
        const struct lsn_shift *shift = &shifts[parts[i].condition];

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
    struct lsn_shift shifts[LSN_CLAIMS_CONDITIONS], beyond;

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
