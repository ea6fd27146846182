/* Claim 3: whether contrast lowered at edges needs other kernels than contrast lowered at
 * non-edges, more so than contrast lowered at another image's edges does, the same pixels
 * unrelated to the content. */
#include <math.h>

#include "experiment/claims.h"

/* What kernels cost in a region: of the images right in all regions when intact, and of those
 * right in it, the claim is judged by; of the loss and of accuracy stand beside. */
#define JUDGING 2
static const struct {
    enum lsn_parts_sum sum;
    const char *prefix; /* in claims.csv */
} kinds[] = {{LSN_PARTS_SHARED, "both_"},
             {LSN_PARTS_LOST, "lost_rate_"},
             {LSN_PARTS_LOSS, ""},
             {LSN_PARTS_DROPPED, "drop_"}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* Two conditions, and what is correlated over kernels. */
struct pair {
    struct lsn_claims *claims;
    enum lsn_parts_sum sum;
    int a, b;
};

/* Rank correlation over kernels of what they cost under two conditions. */
static double correlation(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct pair *pair = context;
    struct lsn_claims *c = pair->claims;
    size_t kernels = p->results->kernel_count, k;

    for (k = 0; k < kernels; k++) {
        c->x[k] = lsn_parts_sum(p, pair->sum, pair->a, k, in);
        c->y[k] = lsn_parts_sum(p, pair->sum, pair->b, k, in);
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
        c->x[k] = lsn_parts_sum(p, pair->sum, pair->a, k, odd);
        c->y[k] = lsn_parts_sum(p, pair->sum, pair->a, k, even);
    }
    r = lsn_spearman(c->x, c->y, kernels, c->scratch);
    return r > 0 ? 2 * r / (1 + r) : (double)NAN; /* halves that do not agree tell nothing */
}

/* How much less edges than another image's edges go together with non-edges. */
static double distinctness(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct pair *given = context;
    struct pair edges = *given, others = *given;

    edges.a = LSN_CLAIMS_EDGES;
    others.a = LSN_CLAIMS_OTHER_EDGES;
    edges.b = others.b = LSN_CLAIMS_NON_EDGES;
    return correlation(p, in, &others) - correlation(p, in, &edges);
}

static struct lsn_measured measure(struct lsn_claims *c, lsn_statistic_fn *statistic, int kind,
                                   struct pair pair, const char *quantity)
{
    struct lsn_text name = {0};
    struct lsn_measured m;

    pair.claims = c;
    pair.sum = kinds[kind].sum;
    m = statistic == distinctness ? lsn_parts_measure(&c->parts, statistic, &pair)
                                  : lsn_parts_correlate(&c->parts, statistic, &pair);
    lsn_text_add(&name, "%s%s", kinds[kind].prefix, quantity);
    if (name.failed)
        c->table.failed = true;
    else
        lsn_claims_row(c, name.bytes, NULL, &c->sweep->conditions[pair.a], m.value, m.interval.low,
                       m.interval.high);
    lsn_text_free(&name);
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

#define OF(first, second) ((struct pair){.a = LSN_CLAIMS_##first, .b = LSN_CLAIMS_##second})

/* What one kind of cost says of the regions. */
struct said {
    struct lsn_measured edges, others, distinct;
    struct lsn_measured most_edges, most_others; /* reliability */
};

static struct said measure_kind(struct lsn_claims *c, int kind)
{
    const char *const rest = "correlation_with_non_edges";

    return (struct said){measure(c, correlation, kind, OF(EDGES, NON_EDGES), rest),
                         measure(c, correlation, kind, OF(OTHER_EDGES, NON_EDGES), rest),
                         measure(c, distinctness, kind, OF(EDGES, NON_EDGES), "distinctness"),
                         measure(c, reliability, kind, OF(EDGES, NON_EDGES), "reliability"),
                         measure(c, reliability, kind, OF(OTHER_EDGES, NON_EDGES), "reliability")};
}

static void say_kind(struct lsn_claims *c, int kind, const struct said *said, const char *verdict)
{
    static const char *const openings[] = {
        "Ranked by the images lost of those right in all regions when intact",
        "By lost rate, of the images right in each when intact", "Ranked by the loss added",
        "By the absolute drop"};

    lsn_claims_say(
        c,
        "%s, kernels that matter with low contrast at edges and at non-edges go together "
        "by a correlation of %.2f (%.2f to %.2f), those at another image's edges and at "
        "non-edges by %.2f (%.2f to %.2f), a difference of %.2f (%.2f to %.2f)%s%s. Two "
        "halves of the images, brought to all of them, agree by %.2f on edges and by %.2f on "
        "another image's: what agrees less goes together less with anything.",
        openings[kind], said->edges.value, said->edges.interval.low, said->edges.interval.high,
        said->others.value, said->others.interval.low, said->others.interval.high,
        said->distinct.value, said->distinct.interval.low, said->distinct.interval.high,
        verdict ? ": " : "", verdict ? verdict : "", said->most_edges.value,
        said->most_others.value);
}

/* The kernels behind each region, and the verdict on them. */
static void judge(struct lsn_claims *c)
{
    enum { LOSS_KIND = JUDGING };
    const char *const all = "correlation_with_all", *words[KINDS] = {NULL};
    enum lsn_verdict verdicts[JUDGING];
    char headline[LSN_VERDICT_TEXT_MAX];
    struct lsn_measured edges, others, outside;
    struct said said[KINDS];
    int kind;

    for (kind = 0; kind < KINDS; kind++) {
        said[kind] = measure_kind(c, kind);
        if (kind >= JUDGING)
            continue;
        verdicts[kind] = lsn_verdict_of(said[kind].distinct.interval);
        words[kind] = lsn_verdict_words[verdicts[kind]];
    }
    edges = measure(c, correlation, LOSS_KIND, OF(EDGES, LOW), all);
    others = measure(c, correlation, LOSS_KIND, OF(OTHER_EDGES, LOW), all);
    outside = measure(c, correlation, LOSS_KIND, OF(NON_EDGES, LOW), all);
    (void)measure(c, correlation, LOSS_KIND, OF(RANDOM, LOW), all);
    (void)measure(c, correlation, LOSS_KIND, OF(HIGH, LOW), all);
    (void)measure(c, reliability, LOSS_KIND, OF(LOW, LOW), "reliability");
    (void)measure(c, reliability, LOSS_KIND, OF(NON_EDGES, LOW), "reliability");
    lsn_verdicts_join(verdicts, JUDGING, headline);
    lsn_claims_head(c, "Edges are a distinct feature", headline);
    for (kind = 0; kind < KINDS; kind++)
        say_kind(c, kind, &said[kind], words[kind]);
    lsn_claims_say(c,
                   "With low contrast everywhere, by the loss, non-edges go together by %.2f (%.2f "
                   "to %.2f), edges by %.2f (%.2f to %.2f), another image's edges by %.2f (%.2f to "
                   "%.2f).",
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
