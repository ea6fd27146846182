/* Claim 2 of all kernels, where the sweep has a sample of them. Which kernels are the top no sample
 * can tell, as it lacks most of them: races over all kernels choose them on one half of the images,
 * and they alone are run on the other half, and the other way round. The mean of all kernels, above
 * which the top must be, is the sample's.
 *
 * Intervals: the two halves' variances over images are added, and for the excess those of the mean
 * over images and over the draw of kernels too. The top and the mean are of the same images, and
 * what all kernels share on an image cancels in their difference, so that the sum is too large
 * rather than too small. That each half both chooses and measures is not in the variances: given
 * the kernels chosen, what they cost on the other half is free of the choice. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "experiment/claims.h"
#include "lesion/table.h"
#include "table/columns.h"

enum {
    TOP_MAX = 20,   /* kernels: a handful of a network of thousands */
    IMAGES_MIN = 4, /* two a half, for a variance */
    NAMED_MAX = 8   /* kernels named in the words */
};

/* How many kernels those of the sweep are a sample of; 0 where it is of all. */
static size_t drawn_from(const struct lsn_results *sweep)
{
    size_t all = 0, k;

    for (k = 0; k < sweep->kernel_count && sweep->sampled_from; k = lsn_layer_end(sweep, k))
        all += (size_t)sweep->sampled_from[sweep->kernel_layer[k]];
    return all > sweep->kernel_count ? all : 0;
}

int lsn_claims_top(const struct lsn_results *sweep)
{
    double all = (double)drawn_from(sweep);

    return sweep->image_count < IMAGES_MIN ? 0 : (int)fmin(ceil(LSN_CLAIM_TOP * all), TOP_MAX);
}

static enum lsn_status check_half(const struct lsn_claims *c, const struct lsn_claims_half *half,
                                  struct lsn_error *err)
{
    const struct lsn_ranking *chosen = half->chosen;
    const struct lsn_results *measured = half->measured;

    if (chosen->race_count != 1 || chosen->measure != LSN_RACE_LOST_SELECTIVITY ||
        chosen->axes->kernel_count != drawn_from(c->sweep))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "claim 2: a half wants one race for lost selectivity of the %zu kernels "
                        "that the sweep's are a sample of, not %d of %zu",
                        drawn_from(c->sweep), chosen->race_count, chosen->axes->kernel_count);
    if (measured->condition_count != 2 || chosen->races[0].count < 1 ||
        measured->kernel_count != (size_t)chosen->races[0].count ||
        measured->complete_images < measured->image_count)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "claim 2: a half wants all outcomes of its race's %d kernel%s under two "
                        "conditions, not those of %zu under %d, on %zu of %zu images",
                        chosen->races[0].count, lsn_plural((size_t)chosen->races[0].count),
                        measured->kernel_count, measured->condition_count,
                        measured->complete_images, measured->image_count);
    return LSN_OK;
}

/* Returns the mean selectivity of all kernels of a run; context is the measure. */
static double mean_selectivity(const struct lsn_folds *p, const bool *in, void *context)
{
    const enum lsn_claim_measure *measure = context;

    return lsn_claim_selectivity(p, in, *measure, 0, p->results->kernel_count);
}

/* Finds the values by a measure. halves [2]; variances [2 + 1 + stratum_count of the sample]. */
static struct lsn_claim_findings find(const struct lsn_claims *c, const struct lsn_folds *halves,
                                      enum lsn_claim_measure measure,
                                      struct lsn_variance *variances)
{
    size_t parts = 1 + c->folds.stratum_count, i;
    struct lsn_claim_findings found = {
        .all = lsn_folds_measure(&c->folds, mean_selectivity, &measure)};

    for (i = 0; i < 2; i++) {
        found.top.value +=
            lsn_folds_over_images(&halves[i], mean_selectivity, &measure, &variances[i]) / 2;
        variances[i].value /= 4;
    }
    for (i = 0; i < parts; i++)
        variances[2 + i] = c->folds.variances[i];
    found.top.interval = lsn_variance_interval(found.top.value, variances, 2, LSN_TABLE_LEVEL);
    found.excess.value = found.top.value - found.all.value;
    found.excess.interval =
        lsn_variance_interval(found.excess.value, variances, 2 + parts, LSN_TABLE_LEVEL);
    return found;
}

/* The variants that were run for the halves, as a share of those of a sweep of all kernels. */
static double share_run(const struct lsn_claims_half *halves)
{
    double run = 0, all = 0;
    int i;

    for (i = 0; i < 2; i++) {
        const struct lsn_results *measured = halves[i].measured;

        run += (double)halves[i].chosen->variants +
               (double)measured->kernel_count * (double)measured->image_count * 2;
        all += (double)halves[i].chosen->all_variants;
    }
    return run / all;
}

enum lsn_status lsn_claim_raced(struct lsn_claims *c, struct lsn_claim_findings *findings,
                                double *run_frac, struct lsn_error *err)
{
    static const int group[2] = {0, 0};
    const struct lsn_folds_groups groups = {group, 1, LSN_CLAIMS_LOW, LSN_CLAIMS_HIGH};
    struct lsn_variance *variances = lsn_alloc(3 + c->folds.stratum_count, sizeof *variances);
    struct lsn_folds halves[2] = {{.results = NULL}};
    enum lsn_status status = variances ? LSN_OK : lsn_fail_memory(err, "the halves of claim 2");
    int i, m;

    for (i = 0; i < 2 && status == LSN_OK; i++) {
        status = check_half(c, &c->halves[i], err);
        if (status == LSN_OK)
            status = lsn_folds_make(c->halves[i].measured, &groups, &c->folds.usual, c->stop,
                                    &halves[i], err);
    }
    for (m = 0; m < LSN_CLAIM_MEASURES && status == LSN_OK; m++) {
        findings[m] = find(c, halves, (enum lsn_claim_measure)m, variances);
        lsn_claims_found(c, (enum lsn_claim_measure)m, &findings[m]);
    }
    if (status == LSN_OK) {
        *run_frac = share_run(c->halves);
        lsn_claims_row(c, "variants_run", NULL, NULL, *run_frac, (double)NAN, (double)NAN);
    }
    for (i = 0; i < 2; i++)
        lsn_folds_free(&halves[i]);
    lsn_free(variances);
    return status;
}

void lsn_claims_found(struct lsn_claims *c, enum lsn_claim_measure measure,
                      const struct lsn_claim_findings *findings)
{
    lsn_claims_measured(c, measure, "top_selectivity", NULL, &findings->top);
    lsn_claims_measured(c, measure, "mean_selectivity", NULL, &findings->all);
    lsn_claims_measured(c, measure, "top_excess", NULL, &findings->excess);
}

static bool has_kernel(const struct lsn_ranking_race *race, const struct lsn_ranked *kernel)
{
    int i;

    for (i = 0; i < race->count; i++)
        if (race->kernels[i].layer == kernel->layer && race->kernels[i].kernel == kernel->kernel)
            return true;
    return false;
}

/* Adds the names of a race's kernels, the largest first, with `both` only of those that the other
 * race has, too. Returns how many there are. */
static int add_names(struct lsn_text *text, const struct lsn_claims_half *half,
                     const struct lsn_ranking_race *both)
{
    const struct lsn_ranking_race *race = &half->chosen->races[0];
    int named = 0, i;

    for (i = 0; i < race->count; i++) {
        const struct lsn_ranked *kernel = &race->kernels[i];

        if (both && !has_kernel(both, kernel))
            continue;
        if (named < NAMED_MAX)
            lsn_text_add(text, "%s%s:%d", named > 0 ? ", " : "",
                         half->chosen->axes->layer_names[kernel->layer], kernel->kernel);
        named++;
    }
    if (named > NAMED_MAX)
        lsn_text_add(text, " and %d more", named - NAMED_MAX);
    return named;
}

static void say_names(struct lsn_claims *c)
{
    const struct lsn_claims_half *halves = c->halves;
    struct lsn_text first = {0}, second = {0}, both = {0};
    int shared = add_names(&both, &halves[0], &halves[1].chosen->races[0]);
    int all = halves[0].chosen->races[0].count;

    add_names(&first, &halves[0], NULL);
    add_names(&second, &halves[1], NULL);
    if (first.failed || second.failed || both.failed)
        c->words.failed = true;
    else if (shared > 0)
        lsn_claims_say(c, "Chosen on both halves, %d of %d: %s.", shared, all, both.bytes);
    else
        lsn_claims_say(c, "No kernel was chosen on both halves; on the first %s, on the second %s.",
                       first.bytes, second.bytes);
    lsn_text_free(&first);
    lsn_text_free(&second);
    lsn_text_free(&both);
}

void lsn_claims_say_chosen(struct lsn_claims *c)
{
    size_t all = drawn_from(c->sweep);

    if (c->halves)
        say_names(c);
    else if (lsn_claims_top(c->sweep) > 0)
        lsn_claims_say(c,
                       "This is as the sample tells: the races over all %zu kernels are not over, "
                       "and take more time.",
                       all);
    else if (all > 0)
        lsn_claims_say(c,
                       "This is as the sample tells: %zu image%s too few for races over all %zu "
                       "kernels, of which one half chooses and the other measures.",
                       c->sweep->image_count, c->sweep->image_count == 1 ? " is" : "s are", all);
}
