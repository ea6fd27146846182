/* Statistics of all images with their intervals. */
#include <math.h>

#include "lesion/table.h"
#include "table/folds.h"

/* A scale on which a statistic's errors are more nearly normal, and the way back. */
struct scale {
    double (*to)(double value), (*from)(double value);
};

static double same(double value)
{
    return value;
}

/* Fisher's z of a correlation, which is first kept a millionth away from -1 and 1 so that z is
 * finite. */
static double fisher(double r)
{
    return isnan(r) ? r : atanh(fmin(fmax(r, -1 + 1e-6), 1 - 1e-6));
}

static const struct scale plain = {same, same}, correlations = {fisher, tanh};

/* The variance from the draw of images. in is all true, and is so again. */
static struct lsn_variance over_images(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                                       void *context, const struct scale *scale, bool *in)
{
    double without[LSN_FOLDS_MAX];
    int i;

    for (i = 0; i < folds->count; i++) {
        in[i] = false;
        without[i] = scale->to(statistic(folds, in, context));
        in[i] = true;
    }
    return lsn_jackknife_variance(without, (size_t)folds->count);
}

/* The variance from the draw of a stratum's kernels. */
static struct lsn_variance over_kernels(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                                        void *context, const struct scale *scale, const bool *in,
                                        const struct lsn_folds_stratum *stratum)
{
    size_t drawn = stratum->end - stratum->first, k, out;
    double share = (double)drawn / (double)stratum->from, *weight = folds->replica;
    struct lsn_folds others = *folds;
    struct lsn_variance variance;

    if (drawn < 2)
        return (struct lsn_variance){(double)NAN, 0};
    others.weight = weight;
    for (k = 0; k < folds->results->kernel_count; k++)
        weight[k] = folds->weight[k];
    for (k = stratum->first; k < stratum->end; k++)
        weight[k] = (double)stratum->from / (double)(drawn - 1);
    for (out = stratum->first; out < stratum->end; out++) {
        double kept = weight[out];

        weight[out] = 0;
        folds->without[out - stratum->first] = scale->to(statistic(&others, in, context));
        weight[out] = kept;
    }
    variance = lsn_jackknife_variance(folds->without, drawn);
    variance.value *= 1 - share;
    return variance;
}

static struct lsn_measured measure(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                                   void *context, const struct scale *scale)
{
    struct lsn_interval interval;
    bool in[LSN_FOLDS_MAX];
    double value;
    size_t i;

    for (i = 0; i < (size_t)folds->count; i++)
        in[i] = true;
    value = statistic(folds, in, context);
    folds->variances[0] = over_images(folds, statistic, context, scale, in);
    for (i = 0; i < folds->stratum_count; i++)
        folds->variances[1 + i] =
            over_kernels(folds, statistic, context, scale, in, &folds->strata[i]);
    interval = lsn_variance_interval(scale->to(value), folds->variances, 1 + folds->stratum_count,
                                     LSN_TABLE_LEVEL);
    return (struct lsn_measured){value, {scale->from(interval.low), scale->from(interval.high)}};
}

struct lsn_measured lsn_folds_measure(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                                      void *context)
{
    return measure(folds, statistic, context, &plain);
}

double lsn_folds_over_images(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                             void *context, struct lsn_variance *variance)
{
    bool in[LSN_FOLDS_MAX];
    int i;

    for (i = 0; i < folds->count; i++)
        in[i] = true;
    *variance = over_images(folds, statistic, context, &plain, in);
    return statistic(folds, in, context);
}

struct lsn_measured lsn_folds_correlate(const struct lsn_folds *folds, lsn_statistic_fn *statistic,
                                        void *context)
{
    return measure(folds, statistic, context, &correlations);
}
