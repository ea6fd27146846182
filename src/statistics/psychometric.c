/* Fits a psychometric curve's three parameters by maximum likelihood. The search goes over ln
 * threshold, ln slope and lapse, where the likelihood is nearer to a parabola than over the
 * parameters themselves, with the analytic gradient. The likelihood can have more than one maximum
 * (a lapse traded for a high threshold), so that a first fit starts from the best points of a grid.
 */
#include "lesion/psychometric.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "statistics/minimise.h"

enum { THRESHOLD, SLOPE, LAPSE, PARAMETERS };

#define SLOPE_LEAST     .1
#define REACH           4.    /* thresholds are searched this factor beyond the contrasts */
#define AMPLITUDE_LEAST 1e-6  /* a curve that rises by less is flat */
#define SHARE_LEAST     1e-12 /* least accuracy and error rate, so that logarithms are finite */
#define AT_BOUND        1e-6  /* a parameter this near to its bound is at it */
#define FLAT_DEVIANCE   5.991464547107979 /* 95 % quantile of chi squared, 2 degrees of freedom */
#define STARTS          3
#define SLOPE_START     3.  /* a steeper start looks like a step, and the search can get stuck */
#define LAPSE_START     .01 /* from lapse 0, an error at high contrast makes a huge gradient */
#define LN_10           2.302585092994046
#define SINGULAR        1e-10 /* least determinant of the information with diagonal scaled to 1 */

struct lsn_psychometric {
    enum lsn_psychometric_function function;
    double guess;
    int count;
    double *logs; /* [count] ln of each contrast; -inf for contrast 0 */
    double low[PARAMETERS], high[PARAMETERS];
    double lowest, highest; /* of the contrasts above 0 */
    struct lsn_minimiser *minimiser;
    double images;       /* how many images were shown at each contrast, in the current fit */
    const double *right; /* [count] how many of them were classified rightly; lent */
};

/* The curve's rise F from 0 to 1 at one contrast: F, 1 - F, and F's derivatives by ln threshold and
 * ln slope. */
struct rise {
    double f, complement, by[LAPSE];
};

static struct rise rise_at(enum lsn_psychometric_function function, double log_contrast,
                           double log_threshold, double slope)
{
    double z = slope * (log_contrast - log_threshold);
    struct rise rise = {0, 1, {0, 0}};
    double power, change;

    if (isinf(log_contrast))
        return rise;
    if (function == LSN_PSYCHOMETRIC_WEIBULL) {
        power = exp(z);
        rise.complement = exp(-power);
        rise.f = power < .5 ? -expm1(-power) : 1 - rise.complement;
        change = isinf(power) ? 0 : power * rise.complement;
    } else {
        power = exp(-fabs(z));
        rise.f = (z < 0 ? power : 1) / (1 + power);
        rise.complement = (z < 0 ? 1 : power) / (1 + power);
        change = rise.f * rise.complement;
    }
    rise.by[THRESHOLD] = -slope * change;
    rise.by[SLOPE] = z * change;
    return rise;
}

/* Returns minus the log likelihood, divided by the number of images times contrasts, and its
 * gradient. */
static double objective(const double *x, double *gradient, void *context)
{
    const struct lsn_psychometric *curve = context;
    double slope = exp(x[SLOPE]), amplitude = 1 - curve->guess - x[LAPSE], sum = 0;
    double trials = curve->images * curve->count;
    double by[PARAMETERS] = {0};
    int c, p;

    for (c = 0; c < curve->count; c++) {
        struct rise rise = rise_at(curve->function, curve->logs[c], x[THRESHOLD], slope);
        double right = curve->right[c], wrong = curve->images - right;
        double accuracy = fmax(curve->guess + amplitude * rise.f, SHARE_LEAST);
        double error = fmax(x[LAPSE] + amplitude * rise.complement, SHARE_LEAST);
        double factor = right / accuracy - wrong / error;

        sum += (right > 0 ? right * log(accuracy) : 0) + (wrong > 0 ? wrong * log(error) : 0);
        by[THRESHOLD] += factor * amplitude * rise.by[THRESHOLD];
        by[SLOPE] += factor * amplitude * rise.by[SLOPE];
        by[LAPSE] -= factor * rise.f;
    }
    for (p = 0; gradient && p < PARAMETERS; p++)
        gradient[p] = -by[p] / trials;
    return -sum / trials;
}

static enum lsn_status check(double guess, const double *contrasts, int count,
                             struct lsn_error *err)
{
    int c, other;

    if (!(guess >= 0 && guess < 1))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "psychometric curve: the guess rate is %g, wanted one "
                        "of at least 0 and below 1",
                        guess);
    if (count < LSN_PSYCHOMETRIC_CONTRASTS_LEAST)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "psychometric curve: got %d contrast%s, wanted at least "
                        "%d",
                        count, count == 1 ? "" : "s", LSN_PSYCHOMETRIC_CONTRASTS_LEAST);
    for (c = 0; c < count; c++) {
        if (!(contrasts[c] >= 0 && contrasts[c] <= 1))
            return lsn_fail(err, LSN_E_ARGUMENT,
                            "psychometric curve: contrast %g is not in 0 ... 1", contrasts[c]);
        for (other = 0; other < c; other++)
            if (contrasts[other] == contrasts[c])
                return lsn_fail(err, LSN_E_ARGUMENT,
                                "psychometric curve: contrast %g is given twice", contrasts[c]);
    }
    return LSN_OK;
}

static void set_bounds(struct lsn_psychometric *curve)
{
    curve->low[THRESHOLD] = log(curve->lowest / REACH);
    curve->high[THRESHOLD] = log(curve->highest * REACH);
    curve->low[SLOPE] = log(SLOPE_LEAST);
    curve->high[SLOPE] = log(LSN_PSYCHOMETRIC_SLOPE_MOST);
    curve->low[LAPSE] = 0;
    curve->high[LAPSE] = 1 - curve->guess;
}

enum lsn_status lsn_psychometric_create(enum lsn_psychometric_function function, double guess,
                                        const double *contrasts, int count,
                                        struct lsn_psychometric **made, struct lsn_error *err)
{
    struct lsn_psychometric *curve;
    enum lsn_status status;
    int c;

    lsn_error_clear(err);
    *made = NULL;
    LSN_TRY(check(guess, contrasts, count, err));
    curve = lsn_alloc(1, sizeof *curve);
    if (!curve)
        return lsn_fail_memory(err, "a psychometric curve");
    curve->function = function;
    curve->guess = guess;
    curve->count = count;
    curve->lowest = 1;
    curve->logs = lsn_alloc((size_t)count, sizeof *curve->logs);
    status = curve->logs ? LSN_OK : lsn_fail_memory(err, "a psychometric curve");
    for (c = 0; c < count && curve->logs; c++) {
        curve->logs[c] = log(contrasts[c]);
        curve->highest = fmax(curve->highest, contrasts[c]);
        curve->lowest = contrasts[c] > 0 ? fmin(curve->lowest, contrasts[c]) : curve->lowest;
    }
    set_bounds(curve);
    if (status == LSN_OK)
        status = lsn_minimiser_create(PARAMETERS, curve->low, curve->high, objective, curve,
                                      &curve->minimiser, err);
    if (status == LSN_OK)
        *made = curve;
    else
        lsn_psychometric_free(curve);
    return status;
}

void lsn_psychometric_free(struct lsn_psychometric *curve)
{
    if (!curve)
        return;
    lsn_minimiser_free(curve->minimiser);
    lsn_free(curve->logs);
    lsn_free(curve);
}

const char *lsn_psychometric_state_name(enum lsn_psychometric_state state)
{
    static const char *const names[LSN_PSYCHOMETRIC_STATES] = {
        "fine", "flat", "threshold outside the contrasts", "step between two contrasts",
        "not converged"};

    return (unsigned)state < LSN_PSYCHOMETRIC_STATES ? names[state] : NULL;
}

double lsn_psychometric_accuracy(enum lsn_psychometric_function function, double guess,
                                 const struct lsn_psychometric_fit *fit, double contrast)
{
    struct rise rise = rise_at(function, log(contrast), log(fit->threshold), fit->slope);

    return guess + (1 - guess - fit->lapse) * rise.f;
}

/* The log likelihood of two other models of the data: *saturated, where each contrast has its own
 * observed accuracy, and *constant, with one accuracy for all contrasts. */
static void likelihoods(const struct lsn_psychometric *curve, double *saturated, double *constant)
{
    double n = curve->images, sum = 0, wrong;
    int c;

    for (*saturated = 0, c = 0; c < curve->count; c++) {
        double right = curve->right[c];

        sum += right;
        *saturated += right > 0 ? right * log(right / n) : 0;
        *saturated += right < n ? (n - right) * log1p(-right / n) : 0;
    }
    n *= curve->count;
    wrong = n - sum;
    *constant = (sum > 0 ? sum * log(sum / n) : 0) + (wrong > 0 ? wrong * log(wrong / n) : 0);
}

struct start {
    double value, x[PARAMETERS];
};

/* Inserts start into starts [STARTS], which is sorted by value, if it is among the best. */
static void keep(struct start *starts, const struct start *start)
{
    int place = STARTS;

    while (place > 0 && start->value < starts[place - 1].value) {
        if (place < STARTS)
            starts[place] = starts[place - 1];
        place--;
    }
    if (place < STARTS)
        starts[place] = *start;
}

static void find_starts(const struct lsn_psychometric *curve, struct start *starts)
{
    enum { THRESHOLDS = 14, SLOPES = 4, LAPSES = 2 };
    double width = curve->high[THRESHOLD] - curve->low[THRESHOLD], most = 0;
    int i, j, k, c;

    for (c = 0; c < curve->count; c++)
        most = fmax(most, curve->right[c] / curve->images);
    for (i = 0; i < STARTS; i++)
        starts[i].value = HUGE_VAL;
    for (i = 0; i < THRESHOLDS; i++)
        for (j = 0; j < SLOPES; j++)
            for (k = 1; k <= LAPSES; k++) {
                struct start start;

                start.x[THRESHOLD] = curve->low[THRESHOLD] + width * (i + .5) / THRESHOLDS;
                start.x[SLOPE] = log(.8 * (1 << j));
                start.x[LAPSE] = fmin(1 - most, .99 * curve->high[LAPSE]) * k / LAPSES;
                start.value = objective(start.x, NULL, (void *)curve);
                keep(starts, &start);
            }
}

static enum lsn_psychometric_state judge(const struct lsn_psychometric *curve, const double *x,
                                         bool converged, bool resampled)
{
    double edge = resampled ? AT_BOUND : log(REACH);

    if (!converged)
        return LSN_PSYCHOMETRIC_LOST;
    if (1 - curve->guess - x[LAPSE] < AMPLITUDE_LEAST || x[SLOPE] < curve->low[SLOPE] + AT_BOUND)
        return LSN_PSYCHOMETRIC_FLAT;
    if (x[THRESHOLD] < curve->low[THRESHOLD] + edge || x[THRESHOLD] > curve->high[THRESHOLD] - edge)
        return LSN_PSYCHOMETRIC_OUTSIDE;
    if (x[SLOPE] > curve->high[SLOPE] - AT_BOUND)
        return LSN_PSYCHOMETRIC_STEP;
    return LSN_PSYCHOMETRIC_FINE;
}

enum lsn_status lsn_psychometric_fit(struct lsn_psychometric *curve, double images,
                                     const double *right, const struct lsn_psychometric_fit *near,
                                     struct lsn_psychometric_fit *fit, struct lsn_error *err)
{
    struct start starts[STARTS], best = {HUGE_VAL, {0}};
    double saturated, constant;
    bool converged = false;
    int count = near ? 1 : STARTS, i;

    lsn_error_clear(err);
    curve->images = images;
    curve->right = right;
    if (near) {
        starts[0].x[THRESHOLD] = log(near->threshold);
        starts[0].x[SLOPE] = log(fmin(near->slope, SLOPE_START));
        starts[0].x[LAPSE] = near->lapse;
    } else {
        find_starts(curve, starts);
    }
    for (i = 0; i < count; i++) {
        bool rests;
        int p;

        starts[i].x[LAPSE] = fmax(starts[i].x[LAPSE], LAPSE_START);
        for (p = 0; p < PARAMETERS; p++)
            starts[i].x[p] = fmin(fmax(starts[i].x[p], curve->low[p]), curve->high[p]);
        LSN_TRY(lsn_minimiser_run(curve->minimiser, starts[i].x, &starts[i].value, &rests, err));
        if (starts[i].value < best.value) {
            best = starts[i];
            converged = rests;
        }
    }
    likelihoods(curve, &saturated, &constant);
    fit->threshold = exp(best.x[THRESHOLD]);
    fit->slope = exp(best.x[SLOPE]);
    fit->lapse = best.x[LAPSE];
    fit->deviance = fmax(2 * (saturated + best.value * images * curve->count), 0);
    fit->state = judge(curve, best.x, converged, near);
    if (!near && 2 * (saturated - constant) - fit->deviance < FLAT_DEVIANCE)
        fit->state = LSN_PSYCHOMETRIC_FLAT;
    return LSN_OK;
}

/* Inverts the symmetric matrix m, by cofactors after scaling its diagonal to 1. False: it has no
 * inverse. */
static bool invert(double m[PARAMETERS][PARAMETERS], double inverse[PARAMETERS][PARAMETERS])
{
    double a[PARAMETERS][PARAMETERS], scale[PARAMETERS], determinant;
    int i, j;

    for (i = 0; i < PARAMETERS; i++) {
        if (!(m[i][i] > 0) || isinf(m[i][i]))
            return false;
        scale[i] = sqrt(m[i][i]);
    }
    for (i = 0; i < PARAMETERS; i++)
        for (j = 0; j < PARAMETERS; j++)
            a[i][j] = m[i][j] / scale[i] / scale[j];
    for (i = 0; i < PARAMETERS; i++)
        for (j = 0; j < PARAMETERS; j++) {
            int i1 = (i + 1) % PARAMETERS, i2 = (i + 2) % PARAMETERS;
            int j1 = (j + 1) % PARAMETERS, j2 = (j + 2) % PARAMETERS;

            inverse[i][j] = a[i1][j1] * a[i2][j2] - a[i1][j2] * a[i2][j1];
        }
    determinant = a[0][0] * inverse[0][0] + a[0][1] * inverse[0][1] + a[0][2] * inverse[0][2];
    for (i = 0; i < PARAMETERS; i++)
        for (j = 0; j < PARAMETERS; j++)
            inverse[i][j] /= determinant * scale[i] * scale[j];
    return determinant > SINGULAR;
}

bool lsn_psychometric_influence(const struct lsn_psychometric *curve, double images,
                                const struct lsn_psychometric_fit *fit, double *threshold,
                                double *lapse)
{
    double information[PARAMETERS][PARAMETERS] = {{0}}, inverse[PARAMETERS][PARAMETERS];
    double amplitude = 1 - curve->guess - fit->lapse, by[PARAMETERS];
    bool regular;
    int pass, c, i, j;

    for (pass = 0, regular = true; pass < 2; pass++) {
        for (c = 0; c < curve->count; c++) {
            struct rise rise =
                rise_at(curve->function, curve->logs[c], log(fit->threshold), fit->slope);
            double accuracy = fmax(curve->guess + amplitude * rise.f, SHARE_LEAST);
            double variance =
                accuracy * fmax(fit->lapse + amplitude * rise.complement, SHARE_LEAST);

            by[THRESHOLD] = amplitude * rise.by[THRESHOLD] * LN_10;
            by[SLOPE] = amplitude * rise.by[SLOPE];
            by[LAPSE] = -rise.f;
            for (i = 0; i < PARAMETERS && pass == 0; i++)
                for (j = 0; j < PARAMETERS; j++)
                    information[i][j] += images * by[i] * by[j] / variance;
            for (threshold[c] = lapse[c] = 0, i = 0; i < PARAMETERS && pass && regular; i++) {
                threshold[c] += inverse[THRESHOLD][i] * by[i] / variance;
                lapse[c] += inverse[LAPSE][i] * by[i] / variance;
            }
        }
        if (pass == 0)
            regular = invert(information, inverse);
    }
    return regular;
}
