/* Claim 2: how much few kernels carry. Kernels that are called the top are chosen on every
 * second part of the images and measured on the others, both ways: chosen and measured on
 * the same images, chance alone would make a handful look important. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "format/csv.h"
#include "format/file.h"
#include "lesion/parse.h"
#include "stats/claims.h"

#define TOP 0.05 /* of the kernels */

struct handful {
    struct lsn_claims *claims;
    int condition;
    size_t top; /* kernels */
    int end;    /* of selectivity: -1 both, low less high; else the condition alone */
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

/* The smallest value among the top of x [count], which all that reach it are of. */
static double threshold(const struct lsn_claims *c, size_t count, size_t top)
{
    size_t k;

    for (k = 0; k < count; k++)
        c->scratch[k] = c->x[k];
    lsn_sort(c->scratch, count);
    return c->scratch[count - top];
}

/* What the top kernels, by loss at the condition on one half, have of all kernels' loss on
 * the other. */
static double share(const struct lsn_parts *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;
    double top = 0, all = 0, least;
    int half;

    halve(p, in, h);
    for (half = 0; half < 2; half++) {
        for (k = 0; k < count; k++)
            h->claims->x[k] = lsn_parts_sum(p, lsn_parts_loss(p, h->condition, k), h->halves[half]);
        least = threshold(h->claims, count, h->top);
        for (k = 0; k < count; k++) {
            double loss = lsn_parts_sum(p, lsn_parts_loss(p, h->condition, k), h->halves[1 - half]);

            top += h->claims->x[k] >= least ? loss : 0;
            all += loss;
        }
    }
    return all > 0 ? top / all : (double)NAN;
}

static double selectivity_of(const struct lsn_parts *p, size_t k, const bool *in, bool loss,
                             int end)
{
    const double *(*values)(const struct lsn_parts *, int, size_t) =
        loss ? lsn_parts_loss : lsn_parts_dropped;
    double low = lsn_parts_sum(p, values(p, LSN_CLAIMS_LOW, k), in);
    double high = lsn_parts_sum(p, values(p, LSN_CLAIMS_HIGH, k), in);

    return end == LSN_CLAIMS_LOW ? low : end == LSN_CLAIMS_HIGH ? high : low - high;
}

/* What the top kernels, by selectivity of the loss on one half, cost a kernel and image on
 * the other. */
static double cost(const struct lsn_parts *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k, chosen = 0;
    double sum = 0, images = lsn_parts_sum(p, p->images, in), least;
    int half;

    halve(p, in, h);
    for (half = 0; half < 2; half++) {
        for (k = 0; k < count; k++)
            h->claims->x[k] = selectivity_of(p, k, h->halves[half], true, -1);
        least = threshold(h->claims, count, h->top);
        for (k = 0; k < count; k++)
            if (h->claims->x[k] >= least) {
                sum += selectivity_of(p, k, h->halves[1 - half], false, h->end);
                chosen++;
            }
    }
    /* Each half of the images is measured with the kernels that the other one chose. */
    return sum / images / ((double)chosen / 2);
}

static double gini(const struct lsn_parts *p, const bool *in, void *context)
{
    struct handful *h = context;
    size_t count = p->results->kernel_count, k;

    for (k = 0; k < count; k++)
        h->claims->x[k] = lsn_parts_sum(p, lsn_parts_dropped(p, h->condition, k), in);
    lsn_sort(h->claims->x, count);
    return lsn_gini(h->claims->x, count);
}

/* Kernels with a p_max below LSN_TABLE_Q in selectivity.csv, that cost more at low contrast. */
static enum lsn_status count_significant(struct lsn_claims *c, size_t *count, struct lsn_error *err)
{
    char *path = lsn_path_join(c->folder, "tables/selectivity.csv");
    struct lsn_csv csv = {0};
    enum lsn_status status = path ? lsn_csv_read(path, &csv, err) : lsn_fail_memory(err, "a path");
    int value = -1, p = -1;
    size_t row;

    *count = 0;
    if (status == LSN_OK) {
        value = lsn_csv_column(&csv, "selectivity");
        p = lsn_csv_column(&csv, "p_max");
        if (value < 0 || p < 0)
            status = lsn_fail(err, LSN_E_FORMAT, "%s: is no table of selectivities", path);
    }
    for (row = 0; row < csv.row_count && status == LSN_OK; row++) {
        double selectivity, p_max;

        if (lsn_parse_float(lsn_csv_cell(&csv, row, value), -2, 2, &selectivity) &&
            lsn_parse_float(lsn_csv_cell(&csv, row, p), 0, 1, &p_max))
            *count += selectivity > 0 && p_max < LSN_TABLE_Q;
    }
    lsn_csv_free(&csv);
    lsn_free(path);
    return status;
}

static struct lsn_measured measure(struct handful *h, lsn_statistic_fn *statistic, int condition,
                                   int end, const char *quantity)
{
    const struct lsn_condition *shown =
        condition < 0 ? NULL : &h->claims->sweep->conditions[condition];
    struct lsn_measured m;

    h->condition = condition;
    h->end = end;
    m = lsn_parts_measure(&h->claims->parts, statistic, h);
    if (statistic == gini) { /* which no sample leaves */
        m.interval.low = fmax(m.interval.low, 0);
        m.interval.high = fmin(m.interval.high, 1);
    }
    lsn_claims_row(h->claims, quantity, NULL, shown, m.value, m.interval.low, m.interval.high);
    return m;
}

/* Supported: the top costs more at low contrast, and has more than its number of the loss. */
static const char *verdict(size_t kernels, const struct lsn_measured *difference,
                           const struct lsn_measured *share)
{
    if (kernels < 2)
        return "undecided, as one kernel only was lesioned";
    if (difference->interval.high < 0)
        return "contradicted";
    return difference->interval.low > 0 && share->interval.low > TOP ? "supported" : "undecided";
}

enum lsn_status lsn_claim_handful(struct lsn_claims *c, struct lsn_error *err)
{
    struct handful h = {.claims = c};
    struct lsn_measured low_gini, high_gini, low_share, high_share, at_low, at_high, difference;
    size_t kernels = c->sweep->kernel_count, significant;

    h.top = (size_t)ceil(TOP * (double)kernels);
    LSN_TRY(count_significant(c, &significant, err));
    lsn_claims_row(c, "significant_kernels", NULL, NULL, (double)significant, (double)NAN,
                   (double)NAN);
    low_gini = measure(&h, gini, LSN_CLAIMS_LOW, 0, "gini");
    high_gini = measure(&h, gini, LSN_CLAIMS_HIGH, 0, "gini");
    low_share = measure(&h, share, LSN_CLAIMS_LOW, 0, "top_loss_share");
    high_share = measure(&h, share, LSN_CLAIMS_HIGH, 0, "top_loss_share");
    at_low = measure(&h, cost, LSN_CLAIMS_LOW, LSN_CLAIMS_LOW, "top_drop");
    at_high = measure(&h, cost, LSN_CLAIMS_HIGH, LSN_CLAIMS_HIGH, "top_drop");
    difference = measure(&h, cost, -1, -1, "top_selectivity");
    lsn_claims_head(c, "A handful of kernels matter far more at low contrast",
                    verdict(kernels, &difference, &low_share));
    lsn_claims_say(
        c,
        "The %zu most selective kernels of %zu, chosen on half of the images, cost on the "
        "other half %.2f %% of the images each at low contrast (%.2f to %.2f) and %.2f %% "
        "at high contrast (%.2f to %.2f): %.2f %% more (%.2f to %.2f).",
        h.top, kernels, 100 * at_low.value, 100 * at_low.interval.low, 100 * at_low.interval.high,
        100 * at_high.value, 100 * at_high.interval.low, 100 * at_high.interval.high,
        100 * difference.value, 100 * difference.interval.low, 100 * difference.interval.high);
    lsn_claims_say(c,
                   "Of what all lesions add to the loss, the %zu largest, chosen likewise, have "
                   "%.1f %% at low contrast (%.1f to %.1f) and %.1f %% at high contrast (%.1f to "
                   "%.1f); the Gini coefficient of the drops is %.2f (%.2f to %.2f) and %.2f (%.2f "
                   "to %.2f).",
                   h.top, 100 * low_share.value, 100 * low_share.interval.low,
                   100 * low_share.interval.high, 100 * high_share.value,
                   100 * high_share.interval.low, 100 * high_share.interval.high, low_gini.value,
                   low_gini.interval.low, low_gini.interval.high, high_gini.value,
                   high_gini.interval.low, high_gini.interval.high);
    lsn_claims_say(c,
                   "%zu kernel%s cost%s more accuracy at low contrast with p below %.2f, corrected "
                   "for testing all (max-T).",
                   significant, significant == 1 ? "" : "s", significant == 1 ? "s" : "",
                   LSN_TABLE_Q);
    return LSN_OK;
}
