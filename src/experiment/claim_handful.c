/* Claim 2: a handful of kernels matter far more at low contrast. The top kernels are chosen on one
 * half of the images (every second part, table/folds.h) and measured on the other half, and the
 * other way round. Choosing and measuring on the same images would make a handful look important by
 * chance alone.
 *
 * Where the kernels are a sample, the top ones are those of all kernels that races found
 * (claim_raced.c), if these were run; else they are of the kernels that were drawn. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "experiment/claims.h"
#include "format/csv.h"
#include "format/file.h"
#include "lesion/parse.h"

#define TIE   1e-9 /* values closer than this are equal: they differ by rounding alone */
#define CLAIM "A handful of kernels matter far more at low contrast"

/* What the statistics below are computed for. */
struct handful {
    struct lsn_claims *claims;
    int condition;                  /* of gini and share */
    double top;                     /* how many kernels are the top, chosen from the sweep */
    double run_frac;                /* of the variants, by the races that chose the top */
    enum lsn_claim_measure measure; /* of the selectivities */
    bool halves[2][LSN_FOLDS_MAX];  /* the folds of either half of the images */
};

/* Divides the folds that are in into two halves, the even and the odd ones. */
static void halve(const struct lsn_folds *p, const bool *in, struct handful *h)
{
    int i, half;

    for (i = 0; i < p->count; i++)
        for (half = 0; half < 2; half++)
            h->halves[half][i] = in[i] && i % 2 == half;
}

/* Chooses the top kernels by the values c->x [kernels]: sets c->y [kernels] to 1 for a kernel among
 * them and to 0 for another. top: kernels; each counts as often as the folds' weights say. Kernels
 * of equal value that compete for the last places share these equally: each gets the same fraction,
 * so that the order of kernels decides nothing. */
static void weigh_top(const struct lsn_claims *c, const struct lsn_folds *p, double top)
{
    size_t count = p->results->kernel_count, k;
    double above = 0, ties = 0, least;

    for (k = 0; k < count; k++)
        c->scratch[k] = (struct lsn_weighted){c->x[k], p->weight[k]};
    lsn_sort_weighted(c->scratch, count);
    for (k = count; k > 1 && above + c->scratch[k - 1].weight < top * (1 - TIE); k--)
        above += c->scratch[k - 1].weight;
    least = c->scratch[k - 1].value;
    above = 0;
    for (k = 0; k < count; k++) {
        above += c->x[k] > least + TIE ? p->weight[k] : 0;
        ties += fabs(c->x[k] - least) <= TIE ? p->weight[k] : 0;
    }
    for (k = 0; k < count; k++)
        c->y[k] = c->x[k] > least + TIE          ? 1
                  : fabs(c->x[k] - least) <= TIE ? (top - above) / ties
                                                 : 0;
}

/* Returns the top kernels' share of what all lesions add to the loss at the condition. The top is
 * chosen by the loss on one half of the images, the share is taken on the other half; both ways
 * together. */
static double loss_share(const struct lsn_folds *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;
    double top = 0, all = 0;
    int half;

    halve(p, in, h);
    for (half = 0; half < 2; half++) {
        for (k = 0; k < count; k++)
            h->claims->x[k] = lsn_folds_sum(p, LSN_FOLDS_LOSS, h->condition, k, h->halves[half]);
        weigh_top(h->claims, p, h->top);
        for (k = 0; k < count; k++) {
            double loss = lsn_folds_sum(p, LSN_FOLDS_LOSS, h->condition, k, h->halves[1 - half]);

            top += p->weight[k] * h->claims->y[k] * loss;
            all += p->weight[k] * loss;
        }
    }
    return all > 0 ? top / all : (double)NAN;
}

/* Returns the mean selectivity of the top kernels: chosen by their selectivity on one half of the
 * images and measured on the other half; the mean of both ways round. */
static double top_selectivity(const struct lsn_folds *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;
    double sum = 0;
    int half;

    halve(p, in, h);
    for (half = 0; half < 2; half++) {
        for (k = 0; k < count; k++) {
            if (p->weight[k] > 0) /* 0: the kernel is left out */
                h->claims->x[k] = lsn_claim_selectivity(p, h->halves[half], h->measure, k, k + 1);
            else
                h->claims->x[k] = 0;
            if (isnan(h->claims->x[k]))
                return h->claims->x[k];
        }
        weigh_top(h->claims, p, h->top);
        for (k = 0; k < count; k++)
            if (p->weight[k] * h->claims->y[k] > 0)
                sum += p->weight[k] * h->claims->y[k] *
                       lsn_claim_selectivity(p, h->halves[1 - half], h->measure, k, k + 1);
    }
    return sum / h->top / 2;
}

/* Returns the mean selectivity of all kernels. */
static double mean_selectivity(const struct lsn_folds *p, const bool *in, void *context)
{
    const struct handful *h = context;

    return lsn_claim_selectivity(p, in, h->measure, 0, p->results->kernel_count);
}

/* Returns by how much the top kernels' mean selectivity exceeds that of all kernels. */
static double excess(const struct lsn_folds *p, const bool *in, void *context)
{
    return top_selectivity(p, in, context) - mean_selectivity(p, in, context);
}

/* Returns the Gini coefficient of the kernels' drops at the condition. */
static double gini(const struct lsn_folds *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;

    for (k = 0; k < count; k++)
        h->claims->scratch[k] = (struct lsn_weighted){
            lsn_folds_sum(p, LSN_FOLDS_DROPPED, h->condition, k, in), p->weight[k]};
    lsn_sort_weighted(h->claims->scratch, count);
    for (k = 0; k < count; k++) {
        h->claims->x[k] = h->claims->scratch[k].value;
        h->claims->y[k] = h->claims->scratch[k].weight;
    }
    return lsn_gini(h->claims->x, h->claims->y, count);
}

/* How many kernels cost significantly more at low contrast: those of selectivity.csv with a
 * selectivity above 0 and a p_max below LSN_TABLE_Q. */
struct significant {
    const char *value, *p_max; /* the columns of selectivity.csv */
    const char *quantity;      /* the count's name in claims.csv */
    size_t count;
};

static void count_rows(const struct lsn_csv *csv, int value, int p_max, size_t *count)
{
    size_t row;

    for (row = 0; row < csv->row_count; row++) {
        double selectivity, p;

        if (lsn_parse_float(lsn_csv_cell(csv, row, value), -2, 2, &selectivity) &&
            lsn_parse_float(lsn_csv_cell(csv, row, p_max), 0, 1, &p))
            *count += selectivity > 0 && p < LSN_TABLE_Q;
    }
}

static enum lsn_status count_significant(struct lsn_claims *c, struct significant *tests,
                                         size_t count, struct lsn_error *err)
{
    char *path = lsn_path_join(c->folder, "tables/selectivity.csv");
    struct lsn_csv csv = {0};
    enum lsn_status status = path ? lsn_csv_read(path, &csv, err) : lsn_fail_memory(err, "a path");
    size_t i;

    for (i = 0; i < count && status == LSN_OK; i++) {
        int value = lsn_csv_column(&csv, tests[i].value),
            p_max = lsn_csv_column(&csv, tests[i].p_max);

        if (value < 0 || p_max < 0)
            status = lsn_fail(err, LSN_E_FORMAT, "%s: is no table of selectivities", path);
        else
            count_rows(&csv, value, p_max, &tests[i].count);
        if (status == LSN_OK)
            lsn_claims_row(c, tests[i].quantity, NULL, NULL, (double)tests[i].count, (double)NAN,
                           (double)NAN);
    }
    lsn_csv_free(&csv);
    lsn_free(path);
    return status;
}

/* Computes how concentrated the cost is in few kernels at a condition, by gini or loss_share, and
 * adds its row to claims.csv. */
static struct lsn_measured concentration_at(struct handful *h, lsn_statistic_fn *statistic,
                                            int condition, const char *quantity)
{
    struct lsn_measured m;

    h->condition = condition;
    m = lsn_folds_measure(&h->claims->folds, statistic, h);
    if (statistic == gini) { /* a Gini coefficient is within 0 ... 1 */
        m.interval.low = fmax(m.interval.low, 0);
        m.interval.high = fmin(m.interval.high, 1);
    }
    lsn_claims_row(h->claims, quantity, NULL, &h->claims->sweep->conditions[condition], m.value,
                   m.interval.low, m.interval.high);
    return m;
}

/* Finds the three values by a measure from the sweep, with their intervals, and adds their rows. */
static struct lsn_claim_findings measure_top(struct handful *h, enum lsn_claim_measure m)
{
    const struct lsn_folds *folds = &h->claims->folds;
    struct lsn_claim_findings findings;

    h->measure = m;
    findings.top = lsn_folds_measure(folds, top_selectivity, h);
    findings.all = lsn_folds_measure(folds, mean_selectivity, h);
    findings.excess = lsn_folds_measure(folds, excess, h);
    lsn_claims_found(h->claims, m, &findings);
    return findings;
}

/* The claim is supported where the top kernels cost more at low contrast, and by more than kernels
 * do on average. The measure beyond importance never contradicts it: its prediction can be too
 * high, and a value below 0 tells nothing. */
static enum lsn_verdict verdict_of(enum lsn_claim_measure m,
                                   const struct lsn_claim_findings *findings)
{
    enum lsn_verdict verdict = lsn_verdict_of(findings->top.interval);

    if (verdict == LSN_VERDICT_SUPPORTED && !(findings->excess.interval.low > 0))
        return LSN_VERDICT_UNDECIDED;
    return m == LSN_CLAIM_BEYOND && verdict == LSN_VERDICT_CONTRADICTED ? LSN_VERDICT_NOT_SUPPORTED
                                                                        : verdict;
}

/* Begins the sentence about the first measure: which kernels are the top. */
static void say_top(const struct handful *h, struct lsn_text *text)
{
    const struct lsn_claims *c = h->claims;
    int raced = c->halves ? c->halves[0].chosen->races[0].count : 0;

    if (c->halves)
        lsn_text_add(text,
                     "The %d most selective kernel%s of %.0f, found by races over all of them on "
                     "half of the images (%.1f %% of the variants run), %s on the other half, ",
                     raced, lsn_plural((size_t)raced), c->folds.all, 100 * h->run_frac,
                     raced < 2 ? "has" : "have");
    else
        lsn_text_add(text,
                     "The %.0f most selective kernel%s of %.0f, chosen on half of the images by a "
                     "measure, %s on the other half, ",
                     h->top, lsn_plural((size_t)h->top), c->folds.all, h->top < 2 ? "has" : "have");
    lsn_text_add(text, "by %s, ", lsn_claim_names[LSN_CLAIM_BOTH]);
}

static void say(const struct handful *h, enum lsn_claim_measure m,
                const struct lsn_claim_findings *findings, const char *judged)
{
    struct lsn_claims *c = h->claims;
    struct lsn_text text = {0};

    if (m == LSN_CLAIM_BOTH)
        say_top(h, &text);
    else
        lsn_text_add(&text, "By %s, ", lsn_claim_names[m]);
    lsn_claims_add_measured(&text, m, &findings->top);
    lsn_text_add(&text, "%s",
                 m == LSN_CLAIM_BOTH ? " each, above all kernels' mean by "
                                     : ", above the mean by ");
    lsn_claims_add_measured(&text, m, &findings->excess);
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(c, judged ? "%s: %s." : "%s%s.", text.bytes, judged ? judged : "");
    lsn_text_free(&text);
}

static void say_beside(struct handful *h, const struct significant *tests)
{
    struct lsn_measured low_gini = concentration_at(h, gini, LSN_CLAIMS_LOW, "gini");
    struct lsn_measured high_gini = concentration_at(h, gini, LSN_CLAIMS_HIGH, "gini");
    struct lsn_measured low_share =
        concentration_at(h, loss_share, LSN_CLAIMS_LOW, "top_loss_share");
    struct lsn_measured high_share =
        concentration_at(h, loss_share, LSN_CLAIMS_HIGH, "top_loss_share");
    struct lsn_claims *c = h->claims;

    lsn_claims_say(
        c,
        "%sernels that matter more at low contrast with p below %.2f, corrected for "
        "testing all (max-T): %zu by images right in both, %zu beyond importance, %zu by "
        "absolute drop.",
        c->halves ? "In the sample, k" : "K", LSN_TABLE_Q, tests[0].count, tests[1].count,
        tests[2].count);
    lsn_claims_say(c,
                   "Of what all lesions add to the loss, the %.0f largest%s, chosen likewise, %s "
                   "%.1f %% at low contrast (%.1f to %.1f) and %.1f %% at high contrast (%.1f to "
                   "%.1f); the Gini coefficient of the drops is %.2f (%.2f to %.2f) and %.2f (%.2f "
                   "to %.2f).",
                   h->top, c->halves ? " as the sample tells" : "", h->top < 2 ? "has" : "have",
                   100 * low_share.value, 100 * low_share.interval.low,
                   100 * low_share.interval.high, 100 * high_share.value,
                   100 * high_share.interval.low, 100 * high_share.interval.high, low_gini.value,
                   low_gini.interval.low, low_gini.interval.high, high_gini.value,
                   high_gini.interval.low, high_gini.interval.high);
}

enum lsn_status lsn_claim_handful(struct lsn_claims *c, struct lsn_error *err)
{
    struct significant tests[] = {
        {"lost_selectivity", "lost_p_max", "both_significant_kernels", 0},
        {"selectivity_beyond", "beyond_p_max", "beyond_significant_kernels", 0},
        {"selectivity", "p_max", "significant_kernels", 0}};
    size_t kernels = c->sweep->kernel_count;
    enum lsn_verdict verdicts[LSN_CLAIM_JUDGING];
    char headline[LSN_VERDICT_TEXT_MAX];
    double needed[LSN_CLAIM_JUDGING];
    struct lsn_claim_findings findings[LSN_CLAIM_MEASURES];
    struct handful h = {.claims = c, .top = ceil(LSN_CLAIM_TOP * c->folds.all)};
    int m;

    LSN_TRY(count_significant(c, tests, sizeof tests / sizeof tests[0], err));
    if (kernels < 2 && !c->halves) {
        lsn_claims_head(c, CLAIM, "undecided, as one kernel only was lesioned");
        return LSN_OK;
    }
    if (c->halves)
        LSN_TRY(lsn_claim_raced(c, findings, &h.run_frac, err));
    for (m = 0; m < LSN_CLAIM_MEASURES && !c->halves; m++)
        findings[m] = measure_top(&h, (enum lsn_claim_measure)m);
    for (m = 0; m < LSN_CLAIM_JUDGING; m++) {
        verdicts[m] = verdict_of((enum lsn_claim_measure)m, &findings[m]);
        needed[m] = lsn_claims_images_needed(c, &findings[m].top);
        if (findings[m].top.value > 0) /* else the claim could only be contradicted */
            needed[m] = fmax(needed[m], lsn_claims_images_needed(c, &findings[m].excess));
    }
    lsn_verdicts_join(verdicts, LSN_CLAIM_JUDGING, headline);
    lsn_claims_head(c, CLAIM, headline);
    for (m = 0; m < LSN_CLAIM_MEASURES; m++)
        say(&h, (enum lsn_claim_measure)m, &findings[m],
            m < LSN_CLAIM_JUDGING ? lsn_verdict_words[verdicts[m]] : NULL);
    lsn_claims_say_chosen(c);
    say_beside(&h, tests);
    lsn_claims_outlook(c, verdicts, needed, lsn_claim_names, lsn_claim_prefixes, LSN_CLAIM_JUDGING);
    lsn_claims_why(c, verdicts);
    return LSN_OK;
}
