/* The table of pairs: what lesioning two kernels together costs, beside the sum of what each costs
 * when lesioned alone. The sign flips of loss and margin keep much memory per pair, so that they
 * work through the pairs block by block, and read all images once for each block. */
#include "lesion/pairs.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "lesion/stats.h"
#include "outcome/results.h"
#include "table/columns.h"
#include "table/interacting.h"
#include "table/tally.h"

/* The interaction of a pair: summed over images, and its tests. */
struct effect {
    double sum, squares;
    size_t twos; /* images with -2 or 2, of accuracy */
    double p, q;
};

struct work {
    const struct lsn_results *results;
    const struct lsn_table_options *options;
    struct lsn_interacting pairs;
    /* Of the current condition: */
    struct lsn_tally intact;
    struct lsn_tally *tallies;            /* [kernel_count] */
    struct effect *effects[LSN_MEASURES]; /* [pairs] */
    struct lsn_outcome stimulus;          /* the current one, intact */
    struct lsn_outcome *lesioned;         /* [kernel_count] */
    uint8_t *same;                        /* [kernel_count] */
    double *numbers, *maxima, *scores;    /* [pairs], [flips], [pairs] buffers */
};

static enum lsn_status find_pairs(struct work *w, struct lsn_error *err)
{
    LSN_TRY(lsn_interacting_find(w->results, 2, &w->pairs, err));
    return w->pairs.count > 0 ? LSN_OK
                              : lsn_fail(err, LSN_E_ARGUMENT,
                                         "a table of pairs: the results have no two kernels that "
                                         "are lesioned together and each alone");
}

static enum lsn_status allocate(struct work *w, struct lsn_error *err)
{
    size_t kernels = w->results->kernel_count;
    int m;

    w->tallies = lsn_alloc(kernels, sizeof *w->tallies);
    for (m = 0; m < LSN_MEASURES; m++) {
        w->effects[m] = lsn_alloc(w->pairs.count, sizeof *w->effects[m]);
        if (!w->effects[m])
            return lsn_fail_memory(err, "a table of pairs");
    }
    w->lesioned = lsn_alloc(kernels, sizeof *w->lesioned);
    w->same = lsn_alloc(kernels, 1);
    w->numbers = lsn_alloc(w->pairs.count, sizeof *w->numbers);
    w->scores = lsn_alloc(w->pairs.count, sizeof *w->scores);
    w->maxima = lsn_alloc(w->options->flips, sizeof *w->maxima);
    return w->tallies && w->lesioned && w->same && w->numbers && w->scores && w->maxima
               ? LSN_OK
               : lsn_fail_memory(err, "a table of pairs");
}

static enum lsn_status read_stimulus(struct work *w, size_t image, int c, struct lsn_error *err)
{
    const struct lsn_results *r = w->results;
    size_t stimulus = lsn_results_stimulus(r, image, c);

    LSN_TRY(lsn_stop_check(w->options->stop, err));
    LSN_TRY(lsn_store_get_intact(r->store, stimulus, &w->stimulus, err));
    return lsn_store_get(r->store, stimulus, 0, r->kernel_count, w->lesioned, w->same, err);
}

/* Tallies each kernel and pair at a condition. */
static enum lsn_status tally(struct work *w, int c, struct lsn_error *err)
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

/* Adds the current stimulus to the interactions of pairs first ... first+count-1. */
static enum lsn_status add_stimulus(struct work *w, size_t first, size_t count, int measure,
                                    struct lsn_flips *flips, struct lsn_error *err)
{
    size_t i;

    for (i = 0; i < count; i++) {
        struct effect *effect = &w->effects[measure][first + i];
        const struct lsn_outcome *both = &w->lesioned[w->pairs.together[first + i]];
        double interaction =
            lsn_drop_of(&w->stimulus, both, measure) -
            lsn_drop_alone(&w->pairs, first + i, &w->stimulus, w->lesioned, measure);

        w->numbers[i] = interaction;
        effect->sum += interaction;
        effect->squares += interaction * interaction;
        effect->twos += measure == LSN_TOP1 && fabs(interaction) > 1;
    }
    return measure == LSN_TOP1 ? LSN_OK : lsn_flips_add(flips, w->numbers, err);
}

/* Sums the interactions of pairs first ... first+count-1 at a condition, and adds those of loss and
 * margin to flips. */
static enum lsn_status sum_block(struct work *w, int c, size_t first, size_t count, int measure,
                                 struct lsn_flips *flips, struct lsn_error *err)
{
    size_t image, i;

    for (i = 0; i < count; i++)
        w->effects[measure][first + i] = (struct effect){0};
    for (image = 0; image < w->results->complete_images; image++) {
        LSN_TRY(read_stimulus(w, image, c, err));
        LSN_TRY(add_stimulus(w, first, count, measure, flips, err));
    }
    return LSN_OK;
}

/* Sums and tests accuracy: its interactions are whole numbers, and so few different ones that all
 * sign flips can be counted. */
static enum lsn_status test_accuracy(struct work *w, int c, struct lsn_error *err)
{
    size_t i;

    LSN_TRY(sum_block(w, c, 0, w->pairs.count, LSN_TOP1, NULL, err));
    for (i = 0; i < w->pairs.count; i++) {
        struct effect *effect = &w->effects[LSN_TOP1][i];

        effect->p = lsn_interaction_exact((size_t)effect->squares - 4 * effect->twos, effect->twos,
                                          (int64_t)effect->sum);
    }
    return LSN_OK;
}

/* Sums and tests loss or margin, block by block. */
static enum lsn_status test_by_flips(struct work *w, int c, int measure, struct lsn_error *err)
{
    size_t most = w->options->memory / (w->options->flips * sizeof(double)), first, count, i;

    most = most > 0 ? most : 1;
    for (first = 0; first < w->pairs.count; first += count) {
        struct lsn_flips *flips;
        enum lsn_status status;

        count = w->pairs.count - first < most ? w->pairs.count - first : most;
        LSN_TRY(lsn_flips_create(count, w->options->flips, w->options->seed, &flips, err));
        status = sum_block(w, c, first, count, measure, flips, err);
        if (status == LSN_OK)
            lsn_flips_finish(flips, w->numbers, w->scores, w->maxima);
        for (i = 0; i < count && status == LSN_OK; i++)
            w->effects[measure][first + i].p = w->numbers[i];
        lsn_flips_free(flips);
        LSN_TRY(status);
    }
    return LSN_OK;
}

static enum lsn_status find_q(struct work *w, int measure, struct lsn_error *err)
{
    size_t i;

    for (i = 0; i < w->pairs.count; i++)
        w->numbers[i] = w->effects[measure][i].p;
    LSN_TRY(lsn_q_values(w->numbers, w->pairs.count, w->scores, err));
    for (i = 0; i < w->pairs.count; i++)
        w->effects[measure][i].q = w->scores[i];
    return LSN_OK;
}

/* The interval of a mean interaction over n images. */
static struct lsn_interval interval_of(const struct effect *effect, int measure, size_t n)
{
    double count = (double)n, mean = effect->sum / count;
    struct lsn_variance variance = {(double)NAN, 0};

    if (measure == LSN_TOP1)
        return lsn_interaction_interval(n, (int64_t)effect->sum, (size_t)effect->squares,
                                        LSN_TABLE_LEVEL);
    if (n > 1)
        variance = (struct lsn_variance){
            fmax(effect->squares - effect->sum * mean, 0) / (count - 1) / count, n - 1};
    return lsn_variance_interval(mean, &variance, 1, LSN_TABLE_LEVEL);
}

/* What lesioning number k costs on all images. */
static double tallied_drop(const struct work *w, size_t k, int measure)
{
    struct lsn_tally_drops drops = lsn_tally_drops(&w->intact, &w->tallies[k]);

    return measure == LSN_TOP1 ? drops.top1 : measure == LSN_LOSS ? drops.loss : drops.margin;
}

static void add_interaction(struct lsn_text *text, const struct work *w, size_t i, int measure)
{
    const struct effect *effect = &w->effects[measure][i];
    const size_t *alone = w->pairs.alone + i * w->pairs.size;
    size_t images = w->results->complete_images;
    struct lsn_interval interval = interval_of(effect, measure, images);
    double n = (double)images;
    double single_a = tallied_drop(w, alone[0], measure) / n;
    double single_b = tallied_drop(w, alone[1], measure) / n;

    lsn_columns_number(text, single_a);
    lsn_columns_number(text, single_b);
    lsn_columns_number(text, single_a + single_b);
    lsn_columns_number(text, effect->sum / n);
    lsn_columns_number(text, interval.low);
    lsn_columns_number(text, interval.high);
    lsn_columns_number(text, effect->p);
    lsn_columns_number(text, effect->q);
}

static void add_kernel(struct lsn_text *text, const struct lsn_results *r, size_t k)
{
    lsn_text_add_csv(text, r->layer_names[r->kernel_layer[k]]);
    lsn_text_add(text, ",%d,%d", r->kernel_layer[k], r->kernel_index[k]);
}

static void add_row(struct lsn_text *text, const struct work *w, int c, size_t i)
{
    const struct lsn_results *r = w->results;
    const size_t *alone = w->pairs.alone + i * w->pairs.size, both = w->pairs.together[i];
    int m;

    add_kernel(text, r, alone[0]);
    lsn_text_add(text, ",");
    add_kernel(text, r, alone[1]);
    lsn_columns_lesion(text, &r->lesions[r->kernel_lesion[both]]);
    lsn_columns_condition(text, &r->conditions[c]);
    lsn_columns_accuracy(text, r->complete_images, &w->intact, &w->tallies[both]);
    lsn_columns_measures(text, r->complete_images, &w->intact, &w->tallies[both]);
    for (m = 0; m < LSN_MEASURES; m++)
        add_interaction(text, w, i, m);
    lsn_text_add(text, "\n");
}

/* The columns of one measure, which add_interaction fills. */
#define COLUMNS(m)                                                                                 \
    m "drop_a," m "drop_b,single_" m "drop," m "interaction," m "interaction_ci_low," m            \
      "interaction_ci_high," m "interaction_p," m "interaction_q"

static enum lsn_status add_rows(struct lsn_text *text, struct work *w, struct lsn_error *err)
{
    size_t i;
    int c, m;

    lsn_text_add(
        text, "layer_a,layer_index_a,kernel_a,layer_b,layer_index_b,kernel_b,lesion," LSN_CONDITION
              "," LSN_COLUMNS_ACCURACY "," LSN_COLUMNS_MEASURES
              "," COLUMNS("") "," COLUMNS("loss_") "," COLUMNS("margin_") "\n");
    for (c = 0; c < w->results->condition_count; c++) {
        LSN_TRY(tally(w, c, err));
        LSN_TRY(test_accuracy(w, c, err));
        LSN_TRY(test_by_flips(w, c, LSN_LOSS, err));
        LSN_TRY(test_by_flips(w, c, LSN_MARGIN, err));
        for (m = 0; m < LSN_MEASURES; m++)
            LSN_TRY(find_q(w, m, err));
        for (i = 0; i < w->pairs.count; i++)
            add_row(text, w, c, i);
    }
    return LSN_OK;
}

static void release(struct work *w)
{
    int m;

    lsn_interacting_free(&w->pairs);
    lsn_free(w->tallies);
    for (m = 0; m < LSN_MEASURES; m++)
        lsn_free(w->effects[m]);
    lsn_free(w->lesioned);
    lsn_free(w->same);
    lsn_free(w->numbers);
    lsn_free(w->scores);
    lsn_free(w->maxima);
}

enum lsn_status lsn_pairs_write(const char *path, bool force, const struct lsn_results *results,
                                const struct lsn_table_options *given, struct lsn_error *err)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct work w = {.results = results, .options = &options};
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("table", &options, given, err));
    LSN_TRY(lsn_results_check(results, 0, err));
    if (results->complete_images == 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "a table of pairs: no image is complete");
    status = options.flips > 0
                 ? find_pairs(&w, err)
                 : lsn_fail(err, LSN_E_ARGUMENT, "a table of pairs: wanted at least 1 flip");
    if (status == LSN_OK)
        status = allocate(&w, err);
    if (status == LSN_OK)
        status = add_rows(&text, &w, err);
    release(&w);
    return lsn_columns_write(path, force, &text, status, err);
}
