/* The sign flips of loss and margin keep much memory per set, so that they work through the sets
 * block by block, and read all images once for each block. */
#include "table/interacting.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/stats.h"
#include "outcome/results.h"
#include "table/columns.h"

size_t lsn_set_size(const struct lsn_results *r, size_t k)
{
    return (size_t)(r->set_start[k + 1] - r->set_start[k]);
}

/* Finds the set that is this kernel alone among singles [count]. False: there is none. */
static bool find_single(const struct lsn_results *r, const size_t *singles, size_t count,
                        struct lsn_kernel kernel, size_t *single)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (r->kernel_layer[singles[i]] == kernel.layer &&
            r->kernel_index[singles[i]] == kernel.kernel) {
            *single = singles[i];
            return true;
        }
    return false;
}

/* Adds set k, unless one of its kernels is not among singles [count]. */
static void add(struct lsn_interacting *sets, const struct lsn_results *r, size_t k,
                const size_t *singles, size_t count)
{
    const struct lsn_kernel *kernels = r->set_kernels + r->set_start[k];
    size_t *alone = sets->alone + sets->count * sets->size, i;

    for (i = 0; i < sets->size; i++)
        if (!find_single(r, singles, count, kernels[i], &alone[i]))
            return;
    sets->together[sets->count++] = k;
}

enum lsn_status lsn_interacting_find(const struct lsn_results *r, size_t size,
                                     struct lsn_interacting *sets, struct lsn_error *err)
{
    size_t *singles = lsn_alloc(r->kernel_count, sizeof *singles);
    size_t room = 0, single_count = 0, k;

    *sets = (struct lsn_interacting){.size = size};
    for (k = 0; k < r->kernel_count && r->set_start; k++)
        room += lsn_set_size(r, k) == size;
    sets->together = lsn_alloc(room, sizeof *sets->together);
    sets->alone = lsn_alloc(room, size * sizeof *sets->alone);
    if (!singles || !sets->together || !sets->alone) {
        lsn_free(singles);
        return lsn_fail_memory(err, "a table of kernels lesioned together");
    }
    for (k = 0; k < r->kernel_count && r->set_start; k++)
        if (lsn_set_size(r, k) == 1)
            singles[single_count++] = k;
    for (k = 0; k < r->kernel_count && r->set_start; k++)
        if (lsn_set_size(r, k) == size)
            add(sets, r, k, singles, single_count);
    lsn_free(singles);
    return LSN_OK;
}

void lsn_interacting_free(struct lsn_interacting *sets)
{
    lsn_free(sets->together);
    lsn_free(sets->alone);
    *sets = (struct lsn_interacting){.size = 0};
}

enum lsn_status lsn_interactions_create(const struct lsn_results *results,
                                        const struct lsn_table_options *options,
                                        const struct lsn_interacting *sets,
                                        struct lsn_interactions *w, struct lsn_error *err)
{
    size_t kernels = results->kernel_count, counts;
    bool fits = lsn_mul_size(sets->count, sets->size, &counts);
    int m;

    *w = (struct lsn_interactions){.results = results, .options = options, .sets = sets};
    if (results->complete_images == 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "kernels lesioned together: no image is complete");
    if (options->flips == 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "kernels lesioned together: got no flips, wanted at least 1");
    for (m = 0; m < LSN_MEASURES; m++) {
        w->of[m] = lsn_alloc(sets->count, sizeof *w->of[m]);
        fits = fits && w->of[m];
    }
    w->tallies = lsn_alloc(kernels, sizeof *w->tallies);
    w->lesioned = lsn_alloc(kernels, sizeof *w->lesioned);
    w->same = lsn_alloc(kernels, 1);
    w->counts = fits ? lsn_alloc(counts, sizeof *w->counts) : NULL;
    w->numbers = lsn_alloc(sets->count, sizeof *w->numbers);
    w->scores = lsn_alloc(sets->count, sizeof *w->scores);
    w->maxima = lsn_alloc(options->flips, sizeof *w->maxima);
    return w->tallies && w->lesioned && w->same && w->counts && w->numbers && w->scores && w->maxima
               ? LSN_OK
               : lsn_fail_memory(err, "a table of kernels lesioned together");
}

void lsn_interactions_free(struct lsn_interactions *w)
{
    int m;

    for (m = 0; m < LSN_MEASURES; m++)
        lsn_free(w->of[m]);
    lsn_free(w->tallies);
    lsn_free(w->lesioned);
    lsn_free(w->same);
    lsn_free(w->counts);
    lsn_free(w->numbers);
    lsn_free(w->scores);
    lsn_free(w->maxima);
    *w = (struct lsn_interactions){.sets = NULL};
}

static enum lsn_status read_stimulus(struct lsn_interactions *w, size_t image, int c,
                                     struct lsn_error *err)
{
    const struct lsn_results *r = w->results;
    size_t stimulus = lsn_results_stimulus(r, image, c);

    LSN_TRY(lsn_stop_check(w->options->stop, err));
    LSN_TRY(lsn_store_get_intact(r->store, stimulus, &w->stimulus, err));
    return lsn_store_get(r->store, stimulus, 0, r->kernel_count, w->lesioned, w->same, err);
}

/* Tallies each lesion at a condition. */
static enum lsn_status tally(struct lsn_interactions *w, int c, struct lsn_error *err)
{
    size_t image, k;

    w->intact = (struct lsn_tally){0};
    for (k = 0; k < w->results->kernel_count; k++)
        w->tallies[k] = (struct lsn_tally){0};
    for (image = 0; image < w->results->complete_images; image++) {
        LSN_TRY(read_stimulus(w, image, c, err));
        lsn_tally_add(&w->intact, &w->stimulus);
        for (k = 0; k < w->results->kernel_count; k++)
            lsn_tally_add_lesioned(&w->tallies[k], &w->stimulus, &w->lesioned[k], false);
    }
    return LSN_OK;
}

/* What a lesion costs on one stimulus. */
static double drop_of(const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                      int measure)
{
    return measure == LSN_TOP1   ? (double)((intact->rank == 1) - (lesioned->rank == 1))
           : measure == LSN_LOSS ? (double)lesioned->loss - (double)intact->loss
                                 : (double)intact->margin - (double)lesioned->margin;
}

/* The interaction of set i on the current stimulus. */
static double interaction_of(const struct lsn_interactions *w, size_t i, int measure)
{
    const struct lsn_interacting *sets = w->sets;
    const size_t *alone = sets->alone + i * sets->size;
    double sum = 0;
    size_t k;

    for (k = 0; k < sets->size; k++)
        sum += drop_of(&w->stimulus, &w->lesioned[alone[k]], measure);
    return drop_of(&w->stimulus, &w->lesioned[sets->together[i]], measure) - sum;
}

/* Sums the interactions of sets first ... first+count-1 at a condition; counts those of accuracy by
 * magnitude, and adds the others to flips. */
static enum lsn_status sum_block(struct lsn_interactions *w, int c, size_t first, size_t count,
                                 int measure, struct lsn_flips *flips, struct lsn_error *err)
{
    struct lsn_interaction *of = w->of[measure] + first;
    size_t image, i;

    for (i = 0; i < count; i++)
        of[i] = (struct lsn_interaction){0};
    for (image = 0; image < w->results->complete_images; image++) {
        LSN_TRY(read_stimulus(w, image, c, err));
        for (i = 0; i < count; i++) {
            double d = interaction_of(w, first + i, measure);

            w->numbers[i] = d;
            of[i].sum += d;
            of[i].squares += d * d;
            if (measure == LSN_TOP1 && fabs(d) > 0)
                w->counts[(first + i) * w->sets->size + (size_t)fabs(d) - 1]++;
        }
        if (measure != LSN_TOP1)
            LSN_TRY(lsn_flips_add(flips, w->numbers, err));
    }
    return LSN_OK;
}

/* Sums and tests accuracy: its interactions are whole numbers, no larger than a set, and so few
 * different ones that all sign flips can be counted. */
static enum lsn_status test_accuracy(struct lsn_interactions *w, int c, struct lsn_error *err)
{
    const struct lsn_interacting *sets = w->sets;
    size_t i;

    for (i = 0; i < sets->count * sets->size; i++)
        w->counts[i] = 0;
    LSN_TRY(sum_block(w, c, 0, sets->count, LSN_TOP1, NULL, err));
    for (i = 0; i < sets->count; i++) {
        struct lsn_interaction *of = &w->of[LSN_TOP1][i];

        LSN_TRY(lsn_interaction_exact(w->counts + i * sets->size, sets->size, (int64_t)of->sum,
                                      &of->p, err));
    }
    return LSN_OK;
}

/* Sums and tests loss or margin, block by block. */
static enum lsn_status test_by_flips(struct lsn_interactions *w, int c, int measure,
                                     struct lsn_error *err)
{
    size_t most = w->options->memory / (w->options->flips * sizeof(double)), first, count, i;

    most = most > 0 ? most : 1;
    for (first = 0; first < w->sets->count; first += count) {
        struct lsn_flips *flips;
        enum lsn_status status;

        count = w->sets->count - first < most ? w->sets->count - first : most;
        LSN_TRY(lsn_flips_create(count, w->options->flips, w->options->seed, &flips, err));
        status = sum_block(w, c, first, count, measure, flips, err);
        if (status == LSN_OK)
            lsn_flips_finish(flips, w->numbers, w->scores, w->maxima);
        for (i = 0; i < count && status == LSN_OK; i++)
            w->of[measure][first + i].p = w->numbers[i];
        lsn_flips_free(flips);
        LSN_TRY(status);
    }
    return LSN_OK;
}

double lsn_interactions_drop(const struct lsn_interactions *w, size_t k, int measure)
{
    struct lsn_tally_drops drops = lsn_tally_drops(&w->intact, &w->tallies[k]);

    return (measure == LSN_TOP1   ? drops.top1
            : measure == LSN_LOSS ? drops.loss
                                  : drops.margin) /
           (double)w->results->complete_images;
}

enum lsn_status lsn_interactions_measure(struct lsn_interactions *w, int c, struct lsn_error *err)
{
    const struct lsn_interacting *sets = w->sets;
    size_t i, k;
    int m;

    LSN_TRY(tally(w, c, err));
    LSN_TRY(test_accuracy(w, c, err));
    LSN_TRY(test_by_flips(w, c, LSN_LOSS, err));
    LSN_TRY(test_by_flips(w, c, LSN_MARGIN, err));
    for (m = 0; m < LSN_MEASURES; m++)
        for (i = 0; i < sets->count; i++)
            for (k = 0; k < sets->size; k++)
                w->of[m][i].alone += lsn_interactions_drop(w, sets->alone[i * sets->size + k], m);
    return LSN_OK;
}

/* The interval of a mean interaction over n images. */
static struct lsn_interval interval_of(const struct lsn_interaction *of, size_t size, size_t n,
                                       int measure)
{
    double count = (double)n, mean = of->sum / count;
    struct lsn_variance variance = {(double)NAN, 0};

    if (measure == LSN_TOP1)
        return lsn_interaction_interval(n, size, (int64_t)of->sum, (size_t)of->squares,
                                        LSN_TABLE_LEVEL);
    if (n > 1)
        variance = (struct lsn_variance){
            fmax(of->squares - of->sum * mean, 0) / (count - 1) / count, n - 1};
    return lsn_variance_interval(mean, &variance, 1, LSN_TABLE_LEVEL);
}

void lsn_interaction_add(struct lsn_text *text, const struct lsn_interaction *of, size_t size,
                         size_t images, int measure)
{
    struct lsn_interval interval = interval_of(of, size, images, measure);

    lsn_columns_number(text, of->alone);
    lsn_columns_number(text, of->sum / (double)images);
    lsn_columns_number(text, interval.low);
    lsn_columns_number(text, interval.high);
    lsn_columns_number(text, of->p);
    lsn_columns_number(text, of->q);
}
