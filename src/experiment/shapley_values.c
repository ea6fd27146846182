/* Shapley values from the outcomes of rounds. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "experiment/shapley.h"
#include "lesion/table.h"
#include "outcome/results.h"
#include "sweep/order.h"

const struct lsn_results *lsn_shapley_axes(const struct lsn_shapley *s)
{
    return s->axes;
}

int lsn_shapley_rounds(const struct lsn_shapley *s)
{
    return s->rounds;
}

static size_t cell(const struct lsn_shapley *s, size_t kernel, int condition)
{
    return (size_t)condition * s->axes->kernel_count + kernel;
}

const struct lsn_betting *lsn_shapley_betting(const struct lsn_shapley *s, size_t kernel,
                                              int condition, enum lsn_race_measure measure)
{
    return &s->bettings[cell(s, kernel, condition) * LSN_SHAPLEY_MEASURES + measure];
}

size_t lsn_shapley_values_max(const struct lsn_shapley *s)
{
    return s->axes->image_count * (size_t)s->how.rounds;
}

/* What the network achieves. */
static double value_of(const struct lsn_shapley *s, const struct lsn_outcome *outcome, int measure)
{
    return measure == LSN_RACE_LOSS ? -fmin((double)outcome->loss, s->largest[LSN_RACE_LOSS])
                                    : outcome->rank == 1;
}

/* Index in curves of the start of a condition's curve. */
static size_t curve_of(const struct lsn_shapley *s, int condition, int measure)
{
    return ((size_t)condition * LSN_SHAPLEY_MEASURES + (size_t)measure) * s->axes->kernel_count;
}

/* Adds one order of an image at a condition: lesioned [kernels] are the outcomes with each kernel
 * and those before it lesioned. */
static void add_order(struct lsn_shapley *s, int round, int condition, const size_t *order,
                      const struct lsn_outcome *intact, const struct lsn_outcome *lesioned)
{
    struct lsn_shapley_ends *ends = &s->ends[condition];
    size_t i;
    int m;

    for (m = 0; m < LSN_SHAPLEY_MEASURES; m++) {
        double before = value_of(s, intact, m), after = before;

        ends->intact[m] += before;
        for (i = 0; i < s->axes->kernel_count; i++) {
            size_t at = cell(s, order[i], condition) * LSN_SHAPLEY_MEASURES + (size_t)m;

            after = value_of(s, &lesioned[order[i]], m);
            if (round == 1)
                s->curves[curve_of(s, condition, m) + i] += after;
            lsn_betting_add(&s->bettings[at], round, (before - after) / s->largest[m]);
            before = after;
        }
        ends->lesioned[m] += after;
    }
}

/* Buffers for an image. */
struct image {
    struct lsn_outcome *intact, *lesioned; /* [condition], [condition][kernel] */
    uint8_t *same;                         /* [condition][kernel] */
    size_t *order;                         /* [kernel] */
};

/* Squares what the round, which is complete, added to the sums. */
static void end_round(struct lsn_shapley *s)
{
    size_t cells = (size_t)s->axes->condition_count * s->axes->kernel_count * LSN_SHAPLEY_MEASURES,
           i;

    for (i = 0; i < cells; i++) {
        double round = s->bettings[i].sum - s->before[i];

        s->squares[i] += round * round;
        s->before[i] = s->bettings[i].sum;
    }
    s->rounds++;
}

static enum lsn_status add_images(struct lsn_shapley *s, const struct lsn_results *r, int round,
                                  const struct image *image, struct lsn_error *err)
{
    size_t i;
    int c;

    for (i = 0; i < r->image_count; i++) {
        LSN_TRY(lsn_results_read(r, i, image->intact, image->lesioned, image->same, err));
        LSN_TRY(lsn_order_draw(r->image_names[i], s->how.seed, round, image->order, r->kernel_count,
                               err));
        for (c = 0; c < r->condition_count; c++)
            add_order(s, round, c, image->order, &image->intact[c],
                      image->lesioned + (size_t)c * r->kernel_count);
    }
    end_round(s);
    return LSN_OK;
}

enum lsn_status lsn_shapley_add(struct lsn_shapley *s, const struct lsn_results *r, int round,
                                struct lsn_error *err)
{
    size_t conditions = (size_t)r->condition_count, cells = conditions * r->kernel_count;
    struct image image = {lsn_alloc(conditions, sizeof *image.intact),
                          lsn_alloc(cells, sizeof *image.lesioned), lsn_alloc(cells, 1),
                          lsn_alloc(r->kernel_count, sizeof *image.order)};
    enum lsn_status status = image.intact && image.lesioned && image.same && image.order
                                 ? add_images(s, r, round, &image, err)
                                 : lsn_fail_memory(err, "a round's outcomes");

    lsn_free(image.intact);
    lsn_free(image.lesioned);
    lsn_free(image.same);
    lsn_free(image.order);
    return status;
}

struct lsn_shapley_value lsn_shapley_of(const struct lsn_shapley *s, size_t kernel, int condition,
                                        enum lsn_race_measure measure)
{
    struct lsn_shapley_value value = {0, 0, 0, (double)NAN};
    const struct lsn_betting *b;
    double scale, spread;

    if (kernel >= s->axes->kernel_count || condition < 0 || condition >= s->axes->condition_count ||
        measure > LSN_RACE_LOSS || s->rounds == 0)
        return value;
    b = lsn_shapley_betting(s, kernel, condition, measure);
    lsn_betting_interval(b, lsn_shapley_values_max(s), 1 - LSN_TABLE_LEVEL, &value.low,
                         &value.high);
    value.value = s->largest[measure] * (b->sum / b->values);
    scale = s->largest[measure] / (b->values / s->rounds);
    spread = s->squares[b - s->bettings] - b->sum * (b->sum / s->rounds);
    if (s->rounds > 1)
        value.error = scale * sqrt(fmax(spread, 0) / (s->rounds * (s->rounds - 1.)));
    value.low *= s->largest[measure];
    value.high *= s->largest[measure];
    return value;
}

struct lsn_shapley_sum lsn_shapley_add_up(const struct lsn_shapley *s, int condition,
                                          enum lsn_race_measure measure)
{
    struct lsn_shapley_sum sum = {0, 0, 0};
    double values = (double)s->axes->image_count * s->rounds;
    size_t k;

    if (condition < 0 || condition >= s->axes->condition_count || measure > LSN_RACE_LOSS ||
        s->rounds == 0)
        return sum;
    sum.intact = s->ends[condition].intact[measure] / values;
    sum.lesioned = s->ends[condition].lesioned[measure] / values;
    for (k = 0; k < s->axes->kernel_count; k++)
        sum.sum += lsn_shapley_betting(s, k, condition, measure)->sum;
    sum.sum *= s->largest[measure] / values;
    return sum;
}

enum lsn_race_state lsn_shapley_state(const struct lsn_shapley *s, size_t kernel, int condition)
{
    if (kernel >= s->axes->kernel_count || condition < 0 || condition >= s->axes->condition_count)
        return LSN_RACE_ACTIVE;
    return s->states[cell(s, kernel, condition)];
}

void lsn_shapley_truncate(struct lsn_shapley *s)
{
    double most = s->how.truncate * (double)s->axes->image_count;
    size_t kernels = s->axes->kernel_count, i;
    int c;

    s->length = most > 0 ? 1 : kernels;
    for (c = 0; c < s->axes->condition_count; c++) {
        const double *right = s->curves + curve_of(s, c, LSN_RACE_ACCURACY);

        for (i = s->length - 1; i < kernels; i++)
            if (fabs(right[i] - right[kernels - 1]) > most)
                s->length = i + 2; /* i counts from 0, and the next kernel is the last */
    }
}

size_t lsn_shapley_length(const struct lsn_shapley *s)
{
    return s->length;
}

double lsn_shapley_missed(const struct lsn_shapley *s, int condition, enum lsn_race_measure measure)
{
    const double *values;

    if (condition < 0 || condition >= s->axes->condition_count || measure > LSN_RACE_LOSS)
        return 0;
    values = s->curves + curve_of(s, condition, (int)measure);
    return (values[s->length - 1] - values[s->axes->kernel_count - 1]) /
           (double)s->axes->image_count;
}

/* The intervals of all kernels [kernel] hold together, at the ends of all rounds: then a kernel
 * with `top` others surely above it is not among the top, and one with all but top - 1 of the
 * others surely below it is. Why not tests of pairs, as in a race: at an image hardly any two
 * kernels' values differ from 0 together, so that a difference varies as two values do. */
static void decide(struct lsn_shapley *s, int condition, const double *lower, const double *upper)
{
    size_t kernels = s->axes->kernel_count, top = (size_t)s->how.top, k, other;

    for (k = 0; k < kernels; k++) {
        enum lsn_race_state *state = &s->states[cell(s, k, condition)];
        size_t above = 0, below = 0;

        for (other = 0; other < kernels; other++) {
            above += lower[other] > upper[k];
            below += upper[other] < lower[k];
        }
        if (*state == LSN_RACE_ACTIVE && above >= top)
            *state = LSN_RACE_DROPPED;
        else if (*state == LSN_RACE_ACTIVE && below >= kernels - top)
            *state = LSN_RACE_ACCEPTED;
    }
}

enum lsn_status lsn_shapley_decide(struct lsn_shapley *s, struct lsn_error *err)
{
    size_t kernels = s->axes->kernel_count, k;
    double *lower = lsn_alloc(kernels, sizeof *lower), *upper = lsn_alloc(kernels, sizeof *upper);
    double error = (1 - s->how.confidence) / (double)kernels;
    enum lsn_status status = lower && upper ? LSN_OK : lsn_fail_memory(err, "Shapley values");
    int c;

    for (c = 0; c < s->axes->condition_count && status == LSN_OK; c++) {
        for (k = 0; k < kernels; k++)
            lsn_betting_interval(lsn_shapley_betting(s, k, c, s->how.measure),
                                 lsn_shapley_values_max(s), error, &lower[k], &upper[k]);
        decide(s, c, lower, upper);
    }
    lsn_free(lower);
    lsn_free(upper);
    return status;
}
