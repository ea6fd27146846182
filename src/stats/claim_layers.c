/* Claim 1: what low contrast needs beyond high contrast, layer by layer. */

#include "base/memory.h"
#include "stats/claims.h"

enum { DROPPED, LOSS };

/* Kernels first ... end-1 of the results, or all of some layers. */
struct span {
    size_t first, end;
    int measure;
    int layer_count; /* of the layers that kernels were lesioned in */
    size_t *starts;  /* [layer_count + 1] their first kernels */
    double *profile; /* [layer_count] */
    double *depth;   /* [layer_count] 0, 1, 2 ... */
    double *scratch; /* [3 * layer_count] */
    int shallow;     /* so many of them are called shallow */
};

/* Mean over kernels of what each costs at low beyond high contrast, per image. */
static double selectivity(const struct lsn_parts *p, const bool *in, const struct span *span)
{
    const double *(*values)(const struct lsn_parts *, int, size_t) =
        span->measure == LOSS ? lsn_parts_loss : lsn_parts_dropped;
    double images = lsn_parts_sum(p, p->images, in), sum = 0;
    size_t k;

    for (k = span->first; k < span->end; k++)
        sum += lsn_parts_sum(p, values(p, LSN_CLAIMS_LOW, k), in) -
               lsn_parts_sum(p, values(p, LSN_CLAIMS_HIGH, k), in);
    return sum / images / (double)(span->end - span->first);
}

static double span_selectivity(const struct lsn_parts *p, const bool *in, void *context)
{
    return selectivity(p, in, context);
}

/* Rank correlation of the layers' selectivity with their depth. */
static double depth_correlation(const struct lsn_parts *p, const bool *in, void *context)
{
    struct span *span = context;
    int i;

    for (i = 0; i < span->layer_count; i++) {
        span->first = span->starts[i];
        span->end = span->starts[i + 1];
        span->profile[i] = selectivity(p, in, span);
    }
    return lsn_spearman(span->depth, span->profile, (size_t)span->layer_count, span->scratch);
}

/* Of the shallow layers' kernels beyond that of all others. */
static double shallow_difference(const struct lsn_parts *p, const bool *in, void *context)
{
    struct span *span = context;
    double shallow;

    span->first = 0;
    span->end = span->starts[span->shallow];
    shallow = selectivity(p, in, span);
    span->first = span->end;
    span->end = span->starts[span->layer_count];
    return shallow - selectivity(p, in, span);
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

/* Rows of every layer; which is the most selective. */
static int add_profile(struct lsn_claims *c, struct span *span, struct lsn_measured *most)
{
    static const char *const names[] = {[DROPPED] = "selectivity", [LOSS] = "loss_selectivity"};
    const struct lsn_results *r = c->sweep;
    int best = 0, i;

    for (i = 0; i < span->layer_count; i++) {
        const char *layer = r->layer_names[r->kernel_layer[span->starts[i]]];

        span->first = span->starts[i];
        span->end = span->starts[i + 1];
        for (span->measure = DROPPED; span->measure <= LOSS; span->measure++) {
            struct lsn_measured m = lsn_parts_measure(&c->parts, span_selectivity, span);

            lsn_claims_row(c, names[span->measure], layer, NULL, m.value, m.interval.low,
                           m.interval.high);
            if (span->measure == DROPPED && (i == 0 || m.value > most->value)) {
                *most = m;
                best = i;
            }
        }
    }
    return best;
}

static void judge(struct lsn_claims *c, struct span *span)
{
    const struct lsn_results *r = c->sweep;
    struct lsn_measured most = {0}, difference, depth, loss;
    int best = add_profile(c, span, &most);

    span->measure = LOSS;
    loss = lsn_parts_measure(&c->parts, shallow_difference, span);
    span->measure = DROPPED;
    difference = lsn_parts_measure(&c->parts, shallow_difference, span);
    depth = lsn_parts_correlate(&c->parts, depth_correlation, span);
    lsn_claims_row(c, "shallow_difference", NULL, NULL, difference.value, difference.interval.low,
                   difference.interval.high);
    lsn_claims_row(c, "loss_shallow_difference", NULL, NULL, loss.value, loss.interval.low,
                   loss.interval.high);
    lsn_claims_row(c, "depth_correlation", NULL, NULL, depth.value, depth.interval.low,
                   depth.interval.high);
    lsn_claims_head(c, "Contrast is a low-level feature, encoded in the shallow layers",
                    lsn_claims_verdict(difference.interval));
    lsn_claims_say(c,
                   "Selectivity, what a lesion costs at low contrast less what it costs at high "
                   "contrast, is in the first %d of the %d layers above that in the others by %.3f "
                   "%% of the images a kernel (%.3f to %.3f); of the loss, by %.4f nats (%.4f to "
                   "%.4f).",
                   span->shallow, span->layer_count, 100 * difference.value,
                   100 * difference.interval.low, 100 * difference.interval.high, loss.value,
                   loss.interval.low, loss.interval.high);
    lsn_claims_say(
        c,
        "It goes with depth by a rank correlation of %.2f (%.2f to %.2f), and is largest "
        "in %s, %.3f %% of the images a kernel (%.3f to %.3f).",
        depth.value, depth.interval.low, depth.interval.high,
        r->layer_names[r->kernel_layer[span->starts[best]]], 100 * most.value,
        100 * most.interval.low, 100 * most.interval.high);
}

enum lsn_status lsn_claim_layers(struct lsn_claims *c, struct lsn_error *err)
{
    size_t most = (size_t)c->sweep->layer_count + 1;
    struct span span = {.measure = DROPPED};
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
            lsn_claims_head(c, "Contrast is a low-level feature, encoded in the shallow layers",
                            "undecided, as kernels of one layer only were lesioned");
        else
            judge(c, &span);
    }
    lsn_free(span.starts);
    lsn_free(span.profile);
    lsn_free(span.depth);
    lsn_free(span.scratch);
    return status;
}
