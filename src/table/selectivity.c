/* The table of selectivity: how much more lesioning a kernel costs at low contrast than at high
 * contrast. */
#include "lesion/table.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "lesion/stats.h"
#include "table/contrast_pair.h"

/* The condition that has the region and normalisation of condition first and the contrast of
 * condition given; -1 where there is none. */
static int find_contrast(const struct lsn_results *r, int first, int given)
{
    int c;

    for (c = 0; c < r->condition_count; c++)
        if (lsn_same_but_contrast(r, first, c) &&
            r->conditions[c].contrast == r->conditions[given].contrast)
            return c;
    return -1;
}

enum lsn_status lsn_contrast_pair_choose(const struct lsn_results *r, int given_low, int given_high,
                                         int first, int *conditions, struct lsn_error *err)
{
    int lowest = lsn_results_lowest(r, first), highest = lsn_results_highest(r, first), low, high;
    bool alone = lowest == highest && (given_low < 0 || given_high < 0);

    if (given_low >= r->condition_count || given_high >= r->condition_count)
        return lsn_fail(err, LSN_E_ARGUMENT, "selectivity: condition %d is not in the run, has %d",
                        given_low > given_high ? given_low : given_high, r->condition_count);
    low = given_low < 0 ? lowest : find_contrast(r, first, given_low);
    high = given_high < 0 ? highest : find_contrast(r, first, given_high);
    conditions[LSN_LOW] = low;
    conditions[LSN_HIGH] = high;
    if (low < 0 || high < 0 || alone || (given_low < 0 && given_high < 0) ||
        r->conditions[low].contrast < r->conditions[high].contrast)
        return LSN_OK;
    return lsn_fail(err, LSN_E_ARGUMENT,
                    "selectivity: the low contrast, %.9g, is not below the high one, %.9g",
                    r->conditions[low].contrast, r->conditions[high].contrast);
}

/* What a kernel's row has besides its sums. */
struct derived {
    double p, p_mid, q;        /* McNemar's test of low_only against high_only */
    double beyond_p, beyond_q; /* of unpredicted against spared; NaN: there is no usual ratio */
    double lost;               /* (low_only - high_only) / images right at both contrasts */
    double layer_median;       /* of lost, over the layer's kernels under the same lesion */
};

/* Sets layer_median of every kernel. */
static enum lsn_status find_layers(const struct lsn_contrast_pair *s, struct derived *derived,
                                   struct lsn_error *err)
{
    const struct lsn_results *r = s->results;
    double *lost = lsn_alloc(s->end - s->start, sizeof *lost);
    size_t first, end, k;

    if (!lost)
        return lsn_fail_memory(err, "selectivities");
    for (first = s->start; first < s->end; first = end) {
        for (end = first; end < s->end && r->kernel_layer[end] == r->kernel_layer[first] &&
                          r->kernel_lesion[end] == r->kernel_lesion[first];
             end++)
            lost[end - first] = derived[end - s->start].lost;
        lsn_sort(lost, end - first);
        for (k = first; k < end; k++)
            derived[k - s->start].layer_median = lsn_median(lost, end - first);
    }
    lsn_free(lost);
    return LSN_OK;
}

static enum lsn_status derive(const struct lsn_contrast_pair *s, struct derived *derived,
                              struct lsn_error *err)
{
    size_t kernels = s->end - s->start, k;
    double *p = lsn_alloc(kernels, sizeof *p), *q = lsn_alloc(kernels, sizeof *q);
    double both = s->effects.both ? (double)s->effects.both : 1;
    bool usual = !isnan(s->effects.usual);
    enum lsn_status status = p && q ? LSN_OK : lsn_fail_memory(err, "selectivities");

    for (k = 0; k < kernels && status == LSN_OK; k++) {
        const struct lsn_contrast_pair_sums *sums = &s->sums[k];

        derived[k].lost = ((double)sums->low_only - (double)sums->high_only) / both;
        derived[k].p = p[k] = lsn_mcnemar_exact(sums->low_only, sums->high_only);
        derived[k].p_mid = lsn_mcnemar_mid(sums->low_only, sums->high_only);
    }
    if (status == LSN_OK)
        status = lsn_q_values(p, kernels, q, err);
    for (k = 0; k < kernels && status == LSN_OK; k++) {
        derived[k].q = q[k];
        p[k] = lsn_mcnemar_exact(s->sums[k].unpredicted, s->sums[k].spared);
        derived[k].beyond_p = usual ? p[k] : (double)NAN;
    }
    if (status == LSN_OK)
        status = lsn_q_values(p, kernels, q, err);
    for (k = 0; k < kernels && status == LSN_OK; k++)
        derived[k].beyond_q = usual ? q[k] : (double)NAN;
    lsn_free(p);
    lsn_free(q);
    return status == LSN_OK ? find_layers(s, derived, err) : status;
}

/* Returns the relative selectivity: (lost - gained) / images right when intact, at low contrast
 * less the same at high contrast; NaN where no image is right. Over all images or, where fold >= 0,
 * over those outside that fold. */
static double relative(const struct lsn_contrast_pair *s, const struct lsn_contrast_pair_sums *sums,
                       int fold)
{
    double rates[LSN_ENDS];
    int end;

    for (end = 0; end < LSN_ENDS; end++) {
        double dropped = sums->dropped[end] - (fold < 0 ? 0 : sums->fold_dropped[end][fold]);
        double correct = (double)s->correct[end] - (fold < 0 ? 0 : s->fold_correct[end][fold]);

        rates[end] = correct > 0 ? dropped / correct : (double)NAN;
    }
    return rates[LSN_LOW] - rates[LSN_HIGH];
}

static void add_interval(struct lsn_text *text, struct lsn_interval interval)
{
    lsn_columns_number(text, interval.low);
    lsn_columns_number(text, interval.high);
}

/* Adds the cells of the measures over all images. */
static void add_all(struct lsn_text *text, const struct lsn_contrast_pair *s, size_t kernel)
{
    const struct lsn_contrast_pair_sums *sums = &s->sums[kernel];
    double n = s->results->complete_images ? (double)s->results->complete_images : 1;
    double without[LSN_FOLDS_MAX], value = relative(s, sums, -1);
    int i;

    for (i = 0; i < s->folds; i++)
        without[i] = relative(s, sums, i);
    lsn_text_add(text, ",%zu", s->results->complete_images);
    lsn_columns_number(text, sums->dropped[LSN_LOW] / n);
    lsn_columns_number(text, sums->dropped[LSN_HIGH] / n);
    lsn_columns_number(text, (sums->dropped[LSN_LOW] - sums->dropped[LSN_HIGH]) / n);
    lsn_columns_number(text, value);
    add_interval(text, lsn_jackknife(value, without, (size_t)s->folds, LSN_TABLE_LEVEL));
    lsn_columns_number(text, (sums->loss[LSN_LOW] - sums->loss[LSN_HIGH]) / n);
    lsn_columns_number(text, s->p[LSN_CONTRAST_PAIR_TOP1][kernel]);
    lsn_columns_number(text, s->p_max[LSN_CONTRAST_PAIR_TOP1][kernel]);
    lsn_columns_number(text, s->p[LSN_CONTRAST_PAIR_LOSS][kernel]);
    lsn_columns_number(text, s->p_max[LSN_CONTRAST_PAIR_LOSS][kernel]);
    for (i = 0; i < LSN_ENDS; i++)
        lsn_columns_number(text, s->correct[i] > 0 ? (double)sums->lost[i] / (double)s->correct[i]
                                                   : (double)NAN);
}

/* Adds the cells of the measures over the images right at both contrasts when intact; empty where
 * there are none. */
static void add_both(struct lsn_text *text, const struct lsn_contrast_pair *s, size_t kernel,
                     const struct derived *derived)
{
    const struct lsn_contrast_pair_sums *sums = &s->sums[kernel];
    size_t both = s->effects.both;

    lsn_text_add(text, ",%zu,%zu,%zu,%zu,%zu", both, sums->both_lost[LSN_LOW],
                 sums->both_lost[LSN_HIGH], sums->low_only, sums->high_only);
    if (both == 0) {
        lsn_text_add(text, ",,,,,,,,");
        return;
    }
    lsn_columns_number(text, derived->lost);
    add_interval(text, lsn_drop_interval(both, both - sums->both_lost[LSN_HIGH], sums->low_only,
                                         sums->high_only, LSN_TABLE_LEVEL));
    lsn_columns_number(text, derived->lost - derived->layer_median);
    lsn_columns_number(text, derived->p);
    lsn_columns_number(text, derived->p_mid);
    lsn_columns_number(text, derived->q);
    lsn_columns_number(text, s->p_max[LSN_CONTRAST_PAIR_LOST][kernel]);
}

/* Adds the cells of the effects, and of the images lost beyond those predicted from the importance
 * at high contrast (effects.h); the latter are empty where there is no usual ratio. */
static void add_beyond(struct lsn_text *text, const struct lsn_contrast_pair *s, size_t kernel,
                       const struct derived *derived)
{
    const struct lsn_contrast_pair_sums *sums = &s->sums[kernel];
    const struct lsn_effects *effects = &s->effects;
    size_t both = effects->both;

    lsn_columns_number(text, both > 0 ? effects->low[kernel] : (double)NAN);
    lsn_columns_number(text, both > 0 ? effects->high[kernel] : (double)NAN);
    lsn_columns_number(text, effects->high[kernel] > 0
                                 ? effects->low[kernel] / effects->high[kernel]
                                 : (double)NAN);
    lsn_columns_number(text, effects->usual);
    if (isnan(effects->usual)) {
        lsn_text_add(text, ",,,,,,,\n");
        return;
    }
    lsn_text_add(text, ",%zu", sums->predicted);
    lsn_columns_number(text, ((double)sums->unpredicted - (double)sums->spared) / (double)both);
    add_interval(text, lsn_drop_interval(both, both - sums->predicted, sums->unpredicted,
                                         sums->spared, LSN_TABLE_LEVEL));
    lsn_columns_number(text, derived->beyond_p);
    lsn_columns_number(text, derived->beyond_q);
    lsn_columns_number(text, s->p_max[LSN_CONTRAST_PAIR_BEYOND][kernel]);
    lsn_text_add(text, "\n");
}

static void add_row(struct lsn_text *text, const struct lsn_contrast_pair *s, size_t kernel,
                    const struct derived *derived)
{
    const struct lsn_condition *low = &s->results->conditions[s->conditions[LSN_LOW]];
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];

    lsn_region_text(&low->region, region);
    lsn_normalisation_text(&low->normalisation, normalisation);
    lsn_columns_kernel(text, s->results, s->start + kernel);
    lsn_columns_text(text, region);
    lsn_columns_text(text, normalisation);
    lsn_columns_number(text, low->contrast);
    lsn_columns_number(text, s->results->conditions[s->conditions[LSN_HIGH]].contrast);
    add_all(text, s, kernel);
    add_both(text, s, kernel, derived);
    add_beyond(text, s, kernel, derived);
}

/* Adds the rows of kernels start ... end-1 in the region and normalisation of condition first. */
static enum lsn_status add_rows(struct lsn_contrast_pair *s, int first, struct lsn_text *text,
                                struct lsn_error *err)
{
    size_t kernels = s->end - s->start, k;
    struct derived *derived;
    enum lsn_status status;

    LSN_TRY(lsn_contrast_pair_choose(s->results, s->options->low, s->options->high, first,
                                     s->conditions, err));
    if (s->conditions[LSN_LOW] < 0 || s->conditions[LSN_HIGH] < 0 ||
        s->conditions[LSN_LOW] == s->conditions[LSN_HIGH])
        return LSN_OK; /* there are no two contrasts to compare */
    LSN_TRY(lsn_contrast_pair_make(s, err));
    derived = lsn_alloc(kernels, sizeof *derived);
    status = derived ? derive(s, derived, err) : lsn_fail_memory(err, "selectivities");
    for (k = 0; k < kernels && status == LSN_OK; k++)
        add_row(text, s, k, &derived[k]);
    lsn_free(derived);
    return status;
}

enum lsn_status lsn_table_write_selectivity(const char *path, bool force,
                                            const struct lsn_results *results,
                                            const struct lsn_table_options *given,
                                            struct lsn_error *err)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_text text = {0};
    enum lsn_status status = LSN_OK;
    size_t first, end, header;
    int c;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("table", &options, given, err));
    lsn_text_add(
        &text, LSN_COLUMNS_KERNEL
        ",region,normalise,contrast_low,contrast_high,images,drop_low,drop_high,selectivity,"
        "relative_selectivity,relative_selectivity_ci_low,relative_selectivity_ci_high,"
        "loss_selectivity,p,p_max,loss_p,loss_p_max,lost_rate_low,lost_rate_high,both,"
        "both_lost_low,both_lost_high,lost_low_only,lost_high_only,lost_selectivity,"
        "lost_selectivity_ci_low,lost_selectivity_ci_high,lost_selectivity_layer,lost_p,"
        "lost_p_mid,lost_q,lost_p_max,effect_low,effect_high,effect_ratio,usual_ratio,"
        "lost_predicted,selectivity_beyond,selectivity_beyond_ci_low,selectivity_beyond_ci_high,"
        "beyond_p,beyond_q,beyond_p_max\n");
    header = text.length;
    for (first = 0; first < results->kernel_count; first = end) {
        end = lsn_family_end(results, first);
        for (c = 0; c < results->condition_count && status == LSN_OK; c++) {
            struct lsn_contrast_pair s = {
                .results = results, .options = &options, .start = first, .end = end};

            if (lsn_first_but_contrast(results, c))
                status = add_rows(&s, c, &text, err);
            lsn_contrast_pair_free(&s);
        }
    }
    if (status == LSN_OK && lsn_columns_none(&text, header) && results->kernel_count > 0)
        status =
            lsn_fail(err, LSN_E_ARGUMENT, "selectivity: wants two contrasts, the run has %.9g only",
                     results->conditions[0].contrast);
    return lsn_columns_write(path, force, &text, status, err);
}
