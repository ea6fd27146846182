/* Claim 2: how much few kernels carry. Kernels that are called the top are chosen on every
 * second part of the images and measured on the others, both ways: chosen and measured on
 * the same images, chance alone would make a handful look important. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "experiment/claims.h"
#include "format/csv.h"
#include "format/file.h"
#include "lesion/parse.h"

#define TOP   0.05 /* of the kernels */
#define TIE   1e-9 /* values that differ by less differ by rounding alone */
#define CLAIM "A handful of kernels matter far more at low contrast"

struct handful {
    struct lsn_claims *claims;
    int condition;
    size_t top; /* kernels */
    enum lsn_claim_measure measure;
    bool halves[2][LSN_PARTS_MAX];
};

/* The parts of each half that are in. */
static void halve(const struct lsn_parts *p, const bool *in, struct handful *h)
{
    int i, half;

    for (i = 0; i < p->count; i++)
        for (half = 0; half < 2; half++)
            h->halves[half][i] = in[i] && i % 2 == half;
}

/* y [count]: the weight of each kernel among the top by x [count]: 1, or 0, and of those that tie
 * for the last places an equal share of these. */
static void weigh(const struct lsn_claims *c, size_t count, size_t top)
{
    size_t above = 0, ties = 0, k;
    double least;

    for (k = 0; k < count; k++)
        c->scratch[k] = c->x[k];
    lsn_sort(c->scratch, count);
    least = c->scratch[count - top];
    for (k = 0; k < count; k++) {
        above += c->x[k] > least + TIE;
        ties += fabs(c->x[k] - least) <= TIE;
    }
    for (k = 0; k < count; k++)
        c->y[k] = c->x[k] > least + TIE          ? 1
                  : fabs(c->x[k] - least) <= TIE ? (double)(top - above) / (double)ties
                                                 : 0;
}

/* What the top kernels, by loss at the condition on one half, have of all kernels' loss on
 * the other. */
static double share(const struct lsn_parts *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;
    double top = 0, all = 0;
    int half;

    halve(p, in, h);
    for (half = 0; half < 2; half++) {
        for (k = 0; k < count; k++)
            h->claims->x[k] = lsn_parts_sum(p, LSN_PARTS_LOSS, h->condition, k, h->halves[half]);
        weigh(h->claims, count, h->top);
        for (k = 0; k < count; k++) {
            double loss = lsn_parts_sum(p, LSN_PARTS_LOSS, h->condition, k, h->halves[1 - half]);

            top += h->claims->y[k] * loss;
            all += loss;
        }
    }
    return all > 0 ? top / all : (double)NAN;
}

/* The mean selectivity on one half of the kernels that are the top on the other, by the same
 * measure; the mean of both ways round. */
static double top_selectivity(const struct lsn_parts *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;
    double sum = 0;
    int half;

    halve(p, in, h);
    for (half = 0; half < 2; half++) {
        for (k = 0; k < count; k++) {
            h->claims->x[k] = lsn_claim_selectivity(p, h->halves[half], h->measure, k, k + 1);
            if (isnan(h->claims->x[k]))
                return h->claims->x[k];
        }
        weigh(h->claims, count, h->top);
        for (k = 0; k < count; k++)
            if (h->claims->y[k] > 0)
                sum += h->claims->y[k] *
                       lsn_claim_selectivity(p, h->halves[1 - half], h->measure, k, k + 1);
    }
    return sum / (double)h->top / 2;
}

static double mean_selectivity(const struct lsn_parts *p, const bool *in, void *context)
{
    const struct handful *h = context;

    return lsn_claim_selectivity(p, in, h->measure, 0, p->results->kernel_count);
}

/* How far the top exceeds all kernels. */
static double excess(const struct lsn_parts *p, const bool *in, void *context)
{
    return top_selectivity(p, in, context) - mean_selectivity(p, in, context);
}

static double gini(const struct lsn_parts *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;

    for (k = 0; k < count; k++)
        h->claims->x[k] = lsn_parts_sum(p, LSN_PARTS_DROPPED, h->condition, k, in);
    lsn_sort(h->claims->x, count);
    return lsn_gini(h->claims->x, count);
}

/* Kernels that cost more at low contrast in selectivity.csv, with a p_max below LSN_TABLE_Q. */
struct significant {
    const char *value, *p_max; /* columns */
    const char *quantity;
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

static enum lsn_status count_significant(struct lsn_claims *c, struct significant *of, size_t count,
                                         struct lsn_error *err)
{
    char *path = lsn_path_join(c->folder, "tables/selectivity.csv");
    struct lsn_csv csv = {0};
    enum lsn_status status = path ? lsn_csv_read(path, &csv, err) : lsn_fail_memory(err, "a path");
    size_t i;

    for (i = 0; i < count && status == LSN_OK; i++) {
        int value = lsn_csv_column(&csv, of[i].value), p_max = lsn_csv_column(&csv, of[i].p_max);

        if (value < 0 || p_max < 0)
            status = lsn_fail(err, LSN_E_FORMAT, "%s: is no table of selectivities", path);
        else
            count_rows(&csv, value, p_max, &of[i].count);
        if (status == LSN_OK)
            lsn_claims_row(c, of[i].quantity, NULL, NULL, (double)of[i].count, (double)NAN,
                           (double)NAN);
    }
    lsn_csv_free(&csv);
    lsn_free(path);
    return status;
}

/* The Gini coefficient of drops, or the top's share of the loss, at a condition. */
static struct lsn_measured spread_at(struct handful *h, lsn_statistic_fn *statistic, int condition,
                                     const char *quantity)
{
    struct lsn_measured m;

    h->condition = condition;
    m = lsn_parts_measure(&h->claims->parts, statistic, h);
    if (statistic == gini) { /* which no sample leaves */
        m.interval.low = fmax(m.interval.low, 0);
        m.interval.high = fmin(m.interval.high, 1);
    }
    lsn_claims_row(h->claims, quantity, NULL, &h->claims->sweep->conditions[condition], m.value,
                   m.interval.low, m.interval.high);
    return m;
}

/* What a measure says of the top kernels. */
struct said {
    struct lsn_measured top, all, excess;
};

static struct said measure(struct handful *h, enum lsn_claim_measure m)
{
    const struct lsn_parts *parts = &h->claims->parts;
    struct said said;

    h->measure = m;
    said.top = lsn_parts_measure(parts, top_selectivity, h);
    said.all = lsn_parts_measure(parts, mean_selectivity, h);
    said.excess = lsn_parts_measure(parts, excess, h);
    lsn_claims_measured(h->claims, m, "top_selectivity", NULL, &said.top);
    lsn_claims_measured(h->claims, m, "mean_selectivity", NULL, &said.all);
    lsn_claims_measured(h->claims, m, "top_excess", NULL, &said.excess);
    return said;
}

/* Supported: the top costs more at low contrast, and by more than all kernels do. Beyond
 * importance, the prediction can be too high, so that below 0 is no verdict. */
static enum lsn_verdict verdict_of(enum lsn_claim_measure m, const struct said *said)
{
    enum lsn_verdict verdict = lsn_verdict_of(said->top.interval);

    if (verdict == LSN_VERDICT_SUPPORTED && !(said->excess.interval.low > 0))
        return LSN_VERDICT_UNDECIDED;
    return m == LSN_CLAIM_BEYOND && verdict == LSN_VERDICT_CONTRADICTED ? LSN_VERDICT_NOT_SUPPORTED
                                                                        : verdict;
}

static void say(const struct handful *h, enum lsn_claim_measure m, const struct said *said,
                const char *judged)
{
    struct lsn_claims *c = h->claims;
    struct lsn_text text = {0};

    if (m == LSN_CLAIM_BOTH)
        lsn_text_add(&text,
                     "The %zu most selective kernels of %zu, chosen on half of the images by a "
                     "measure, have on the other half, by %s, ",
                     h->top, c->sweep->kernel_count, lsn_claim_names[m]);
    else
        lsn_text_add(&text, "By %s, ", lsn_claim_names[m]);
    lsn_claims_add_measured(&text, m, &said->top);
    lsn_text_add(&text, "%s",
                 m == LSN_CLAIM_BOTH ? " each, above all kernels' mean by "
                                     : ", above the mean by ");
    lsn_claims_add_measured(&text, m, &said->excess);
    if (text.failed)
        c->words.failed = true;
    else
        lsn_claims_say(c, judged ? "%s: %s." : "%s%s.", text.bytes, judged ? judged : "");
    lsn_text_free(&text);
}

static void say_beside(struct handful *h, const struct significant *of)
{
    struct lsn_measured low_gini = spread_at(h, gini, LSN_CLAIMS_LOW, "gini");
    struct lsn_measured high_gini = spread_at(h, gini, LSN_CLAIMS_HIGH, "gini");
    struct lsn_measured low_share = spread_at(h, share, LSN_CLAIMS_LOW, "top_loss_share");
    struct lsn_measured high_share = spread_at(h, share, LSN_CLAIMS_HIGH, "top_loss_share");
    struct lsn_claims *c = h->claims;

    lsn_claims_say(
        c,
        "Kernels that matter more at low contrast with p below %.2f, corrected for "
        "testing all (max-T): %zu by images right in both, %zu beyond importance, %zu by "
        "absolute drop.",
        LSN_TABLE_Q, of[0].count, of[1].count, of[2].count);
    lsn_claims_say(c,
                   "Of what all lesions add to the loss, the %zu largest, chosen likewise, have "
                   "%.1f %% at low contrast (%.1f to %.1f) and %.1f %% at high contrast (%.1f to "
                   "%.1f); the Gini coefficient of the drops is %.2f (%.2f to %.2f) and %.2f (%.2f "
                   "to %.2f).",
                   h->top, 100 * low_share.value, 100 * low_share.interval.low,
                   100 * low_share.interval.high, 100 * high_share.value,
                   100 * high_share.interval.low, 100 * high_share.interval.high, low_gini.value,
                   low_gini.interval.low, low_gini.interval.high, high_gini.value,
                   high_gini.interval.low, high_gini.interval.high);
}

enum lsn_status lsn_claim_handful(struct lsn_claims *c, struct lsn_error *err)
{
    struct significant of[] = {
        {"lost_selectivity", "lost_p_max", "both_significant_kernels", 0},
        {"selectivity_beyond", "beyond_p_max", "beyond_significant_kernels", 0},
        {"selectivity", "p_max", "significant_kernels", 0}};
    size_t kernels = c->sweep->kernel_count;
    enum lsn_verdict verdicts[LSN_CLAIM_JUDGING];
    char headline[LSN_VERDICT_TEXT_MAX];
    struct said said[LSN_CLAIM_MEASURES];
    struct handful h = {.claims = c, .top = (size_t)ceil(TOP * (double)kernels)};
    int m;

    LSN_TRY(count_significant(c, of, sizeof of / sizeof of[0], err));
    if (kernels < 2) {
        lsn_claims_head(c, CLAIM, "undecided, as one kernel only was lesioned");
        return LSN_OK;
    }
    for (m = 0; m < LSN_CLAIM_MEASURES; m++)
        said[m] = measure(&h, (enum lsn_claim_measure)m);
    for (m = 0; m < LSN_CLAIM_JUDGING; m++)
        verdicts[m] = verdict_of((enum lsn_claim_measure)m, &said[m]);
    lsn_verdicts_join(verdicts, LSN_CLAIM_JUDGING, headline);
    lsn_claims_head(c, CLAIM, headline);
    for (m = 0; m < LSN_CLAIM_MEASURES; m++)
        say(&h, (enum lsn_claim_measure)m, &said[m],
            m < LSN_CLAIM_JUDGING ? lsn_verdict_words[verdicts[m]] : NULL);
    say_beside(&h, of);
    lsn_claims_why(c, verdicts);
    return LSN_OK;
}
