/* The table of psychometric curves. The permutation tests keep a sum for every kernel and flip, so
 * the kernels are worked on a few at a time (lsn_kernel_batch) to keep within the memory allowed.
 * Threads fit the curves of a block's kernels, one kernel at a time; then one thread tests all of
 * them together, image after image. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/parallel.h"
#include "lesion/machine.h"
#include "lesion/table.h"
#include "outcome/results.h"
#include "statistics/psychometric.h"
#include "table/columns.h"

enum { THRESHOLD, LAPSE, MEASURES };

struct work {
    const struct lsn_results *results;
    const struct lsn_psychometric_options *options;
    size_t start, end; /* kernels start ... end-1 are tested together */
    int count;
    int *conditions;   /* [count] all of one region and normalisation, by ascending contrast */
    double *contrasts; /* [count] */
    uint8_t *right;    /* [count][images] 1: the intact network is right */
    struct lsn_intact_curve intact;
    struct lsn_curve_worker *workers; /* [threads] */
    int threads;
    struct lsn_curve_change *changes; /* [end - start] */
    /* For each measure, arrays [end - start]; those of maxima are [flips]. */
    double *p[MEASURES], *q[MEASURES], *p_max[MEASURES], *score[MEASURES], *maxima[MEASURES];
    struct lsn_kernel_batch block;
    int8_t *changed;           /* [block.most][count][images] right lesioned - right intact */
    double *weights[MEASURES]; /* [block.most][count] what such a change adds to the measure */
    double *differences;       /* [block.most] of one image, to be flipped */
    struct lsn_flips *tests[MEASURES];
};

/* Collects the conditions that have the region and normalisation of condition first, and sorts them
 * by contrast. first is the earliest of them in the run. */
static enum lsn_status choose(struct work *w, int first, struct lsn_error *err)
{
    const struct lsn_results *r = w->results;
    size_t most = (size_t)r->condition_count;
    int c, place;

    w->conditions = lsn_alloc(most, sizeof *w->conditions);
    w->contrasts = lsn_alloc(most, sizeof *w->contrasts);
    if (!w->conditions || !w->contrasts)
        return lsn_fail_memory(err, "psychometric curves");
    for (c = first; c < r->condition_count; c++) {
        if (!lsn_same_but_contrast(r, first, c))
            continue;
        for (place = w->count++; place > 0 && w->contrasts[place - 1] > r->conditions[c].contrast;
             place--) {
            w->contrasts[place] = w->contrasts[place - 1];
            w->conditions[place] = w->conditions[place - 1];
        }
        w->contrasts[place] = r->conditions[c].contrast;
        w->conditions[place] = c;
    }
    return LSN_OK;
}

static enum lsn_status read_intact(struct work *w, struct lsn_error *err)
{
    size_t images = w->results->complete_images, i;
    struct lsn_outcome outcome;
    int c;

    w->right = lsn_alloc((size_t)w->count, images);
    if (!w->right)
        return lsn_fail_memory(err, "psychometric curves");
    for (c = 0; c < w->count; c++)
        for (i = 0; i < images; i++) {
            LSN_TRY(lsn_store_get_intact(w->results->store,
                                         lsn_results_stimulus(w->results, i, w->conditions[c]),
                                         &outcome, err));
            w->right[(size_t)c * images + i] = outcome.rank == 1;
        }
    return LSN_OK;
}

static enum lsn_status make_intact(struct work *w, struct lsn_error *err)
{
    double guess = w->options->guess;
    struct lsn_sample sample = {.function = w->options->function,
                                .guess = guess >= 0 ? guess : 1. / w->results->classes,
                                .contrasts = w->contrasts,
                                .count = w->count,
                                .right = w->right,
                                .images = w->results->complete_images,
                                .replicates = w->options->bootstraps,
                                .seed = w->options->seed};
    struct lsn_machine machine;
    int i;

    LSN_TRY(lsn_intact_curve_make(&sample, &w->intact, err));
    lsn_machine_look(&machine);
    w->threads = lsn_threads_limit(&machine, w->options->threads, NULL);
    if ((size_t)w->threads > w->end - w->start)
        w->threads = (int)(w->end - w->start);
    w->workers = lsn_alloc((size_t)w->threads, sizeof *w->workers);
    if (!w->workers)
        return lsn_fail_memory(err, "psychometric curves");
    for (i = 0; i < w->threads; i++)
        LSN_TRY(lsn_curve_worker_make(&w->intact, &w->workers[i], err));
    return LSN_OK;
}

static enum lsn_status allocate(struct work *w, struct lsn_error *err)
{
    size_t kernels = w->end - w->start, flips = w->options->flips, cells, tests;
    size_t contrasts = (size_t)w->count;
    bool fine;
    int m;

    if (!lsn_mul_size(contrasts, w->results->complete_images + MEASURES * sizeof(double), &cells) ||
        !lsn_mul_size(flips, MEASURES * sizeof(double), &tests) || tests > SIZE_MAX / 2)
        return lsn_fail_memory(err, "the permutation test");
    LSN_TRY(lsn_kernel_batch_create(w->results, w->start, w->end, w->options->memory,
                                    cells + tests + MEASURES * 4 * sizeof(double), &w->block, err));
    w->changes = lsn_alloc(kernels, sizeof *w->changes);
    w->changed = lsn_alloc(w->block.most, contrasts * w->results->complete_images);
    w->differences = lsn_alloc(w->block.most, sizeof *w->differences);
    fine = w->changes && w->changed && w->differences;
    for (m = 0; m < MEASURES; m++) {
        w->p[m] = lsn_alloc(kernels, sizeof(double));
        w->q[m] = lsn_alloc(kernels, sizeof(double));
        w->p_max[m] = lsn_alloc(kernels, sizeof(double));
        w->score[m] = lsn_alloc(kernels, sizeof(double));
        w->maxima[m] = lsn_alloc(flips, sizeof(double));
        w->weights[m] = lsn_alloc(w->block.most, contrasts * sizeof(double));
        fine = fine && w->p[m] && w->q[m] && w->p_max[m] && w->score[m] && w->maxima[m] &&
               w->weights[m];
    }
    return fine ? LSN_OK : lsn_fail_memory(err, "psychometric curves");
}

static void free_tests(struct work *w)
{
    int m;

    for (m = 0; m < MEASURES; m++) {
        lsn_flips_free(w->tests[m]);
        w->tests[m] = NULL;
    }
}

static void free_work(struct work *w)
{
    int m, i;

    free_tests(w);
    for (m = 0; m < MEASURES; m++) {
        lsn_free(w->p[m]);
        lsn_free(w->q[m]);
        lsn_free(w->p_max[m]);
        lsn_free(w->score[m]);
        lsn_free(w->maxima[m]);
        lsn_free(w->weights[m]);
    }
    for (i = 0; i < w->threads && w->workers; i++)
        lsn_curve_worker_free(&w->workers[i]);
    lsn_free(w->workers);
    lsn_free(w->changes);
    lsn_free(w->changed);
    lsn_free(w->differences);
    lsn_free(w->conditions);
    lsn_free(w->contrasts);
    lsn_free(w->right);
    lsn_intact_curve_free(&w->intact);
    lsn_kernel_batch_free(&w->block);
}

static enum lsn_status read_block(struct work *w, struct lsn_error *err)
{
    size_t images = w->results->complete_images, i, k;
    int c;

    for (i = 0; i < images; i++) {
        LSN_TRY(lsn_stop_check(w->options->stop, err));
        for (c = 0; c < w->count; c++) {
            LSN_TRY(lsn_kernel_batch_read(&w->block, i, w->conditions[c], err));
            for (k = 0; k < w->block.count; k++)
                w->changed[(k * (size_t)w->count + (size_t)c) * images + i] =
                    (int8_t)((w->block.lesioned[k].rank == 1) - (w->block.intact.rank == 1));
        }
    }
    return LSN_OK;
}

static enum lsn_status fit_kernel(void *context, int worker, size_t k, struct lsn_error *err)
{
    struct work *w = context;
    size_t contrasts = (size_t)w->count;

    LSN_TRY(lsn_stop_check(w->options->stop, err));
    return lsn_curve_change_find(
        &w->intact, &w->workers[worker], w->changed + k * contrasts * w->results->complete_images,
        &w->changes[w->block.first - w->start + k], w->weights[THRESHOLD] + k * contrasts,
        w->weights[LAPSE] + k * contrasts, err);
}

static enum lsn_status add_image(struct work *w, size_t image, struct lsn_error *err)
{
    size_t images = w->results->complete_images, contrasts = (size_t)w->count, k, c;
    int m;

    for (m = 0; m < MEASURES; m++) {
        for (k = 0; k < w->block.count; k++) {
            double sum = 0;

            for (c = 0; c < contrasts; c++)
                sum += w->weights[m][k * contrasts + c] *
                       w->changed[(k * contrasts + c) * images + image];
            w->differences[k] = sum;
        }
        LSN_TRY(lsn_flips_add(w->tests[m], w->differences, err));
    }
    return LSN_OK;
}

static enum lsn_status test_block(struct work *w, struct lsn_error *err)
{
    size_t first = w->block.first - w->start, image;
    int m;

    for (m = 0; m < MEASURES; m++)
        LSN_TRY(lsn_flips_create(w->block.count, w->options->flips, w->options->seed, &w->tests[m],
                                 err));
    for (image = 0; image < w->results->complete_images; image++) {
        LSN_TRY(lsn_stop_check(w->options->stop, err));
        LSN_TRY(add_image(w, image, err));
    }
    for (m = 0; m < MEASURES; m++)
        lsn_flips_finish(w->tests[m], w->p[m] + first, w->score[m] + first, w->maxima[m]);
    free_tests(w);
    return LSN_OK;
}

/* Sets a measure's p_max, and q over the kernels that could be tested; p, q and p_max of the others
 * become NaN. */
static enum lsn_status correct(struct work *w, int m, struct lsn_error *err)
{
    size_t kernels = w->end - w->start, tested = 0, k;
    double *q = w->q[m];

    lsn_flips_correct(w->score[m], kernels, w->maxima[m], w->options->flips, w->p_max[m]);
    for (k = 0; k < kernels; k++)
        if (w->changes[k].tested)
            q[tested++] = w->p[m][k];
    LSN_TRY(lsn_q_values(q, tested, q, err));
    for (k = kernels; k-- > 0;) {
        if (w->changes[k].tested)
            q[k] = q[--tested];
        else
            q[k] = w->p[m][k] = w->p_max[m][k] = (double)NAN;
    }
    return LSN_OK;
}

static void add_fit(struct lsn_text *text, const struct lsn_psychometric_fit *fit)
{
    bool fine = fit->state == LSN_PSYCHOMETRIC_FINE;

    lsn_columns_number(text, fine ? fit->threshold : (double)NAN);
    lsn_columns_number(text, fine ? fit->slope : (double)NAN);
    lsn_columns_number(text, fine ? fit->lapse : (double)NAN);
    lsn_columns_number(text, fine ? fit->deviance : (double)NAN);
    lsn_columns_text(text, lsn_psychometric_state_name(fit->state));
}

static void add_change(struct lsn_text *text, const struct work *w, size_t kernel, int m,
                       double change, struct lsn_interval interval)
{
    lsn_columns_number(text, change);
    lsn_columns_number(text, interval.low);
    lsn_columns_number(text, interval.high);
    lsn_columns_number(text, w->p[m][kernel]);
    lsn_columns_number(text, w->q[m][kernel]);
    lsn_columns_number(text, w->p_max[m][kernel]);
}

static void add_row(struct lsn_text *text, const struct work *w, size_t kernel)
{
    static const char *const names[LSN_PSYCHOMETRIC_FUNCTIONS] = {"weibull", "naka-rushton"};
    const struct lsn_curve_change *change = &w->changes[kernel];
    const struct lsn_condition *shown = &w->results->conditions[w->conditions[0]];
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];

    lsn_region_text(&shown->region, region);
    lsn_normalisation_text(&shown->normalisation, normalisation);
    lsn_columns_kernel(text, w->results, w->start + kernel);
    lsn_columns_text(text, region);
    lsn_columns_text(text, normalisation);
    lsn_columns_text(text, names[w->options->function]);
    lsn_text_add(text, ",%d,%zu", w->count, w->results->complete_images);
    lsn_columns_number(text, w->intact.sample.guess);
    add_fit(text, &w->intact.fit);
    add_fit(text, &change->fit);
    add_change(text, w, kernel, THRESHOLD, change->shift, change->shift_interval);
    add_change(text, w, kernel, LAPSE, change->lapse, change->lapse_interval);
    lsn_text_add(text, ",%zu\n", change->fitted);
}

/* Adds the rows of kernels start ... end-1 in the region and normalisation of condition first; none
 * where these have too few contrasts for a curve. */
static enum lsn_status work(struct work *w, int first, struct lsn_text *text, struct lsn_error *err)
{
    size_t k;
    int m;

    LSN_TRY(choose(w, first, err));
    if (w->count < LSN_PSYCHOMETRIC_CONTRASTS_LEAST)
        return LSN_OK;
    LSN_TRY(read_intact(w, err));
    LSN_TRY(make_intact(w, err));
    LSN_TRY(allocate(w, err));
    while (lsn_kernel_batch_next(&w->block)) {
        LSN_TRY(read_block(w, err));
        LSN_TRY(lsn_parallel(w->threads, w->block.count, fit_kernel, w, err));
        LSN_TRY(test_block(w, err));
    }
    for (m = 0; m < MEASURES; m++)
        LSN_TRY(correct(w, m, err));
    for (k = 0; k < w->end - w->start; k++)
        add_row(text, w, k);
    return LSN_OK;
}

static enum lsn_status fail_contrasts(const struct lsn_results *r, struct lsn_error *err)
{
    int most = 0, c, other;

    for (c = 0; c < r->condition_count; c++) {
        int count = 0;

        for (other = 0; other < r->condition_count; other++)
            count += lsn_same_but_contrast(r, c, other);
        most = count > most ? count : most;
    }
    return lsn_fail(
        err, LSN_E_ARGUMENT,
        "psychometric: the run has %d contrast%s in a region and normalisation, a curve "
        "wants %d; a sweep at --contrast 0.05,0.1,0.2,0.3,0.5,1 has enough",
        most, lsn_plural((size_t)most), LSN_PSYCHOMETRIC_CONTRASTS_LEAST);
}

enum lsn_status lsn_table_write_psychometric(const char *path, bool force,
                                             const struct lsn_results *results,
                                             const struct lsn_psychometric_options *given,
                                             struct lsn_error *err)
{
    struct lsn_psychometric_options options = LSN_PSYCHOMETRIC_OPTIONS_DEFAULT;
    struct lsn_text text = {0};
    enum lsn_status status = LSN_OK;
    size_t first, end, header;
    int c;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("psychometric", &options, given, err));
    lsn_text_add(&text, LSN_COLUMNS_KERNEL
                 ",region,normalise,function,contrasts,images,guess,"
                 "threshold_intact,slope_intact,lapse_intact,deviance_intact,fit_intact,"
                 "threshold,slope,lapse,deviance,fit,"
                 "threshold_shift,threshold_shift_ci_low,threshold_shift_ci_high,"
                 "threshold_p,threshold_q,threshold_p_max,"
                 "lapse_change,lapse_change_ci_low,lapse_change_ci_high,lapse_p,lapse_q,"
                 "lapse_p_max,bootstraps\n");
    header = text.length;
    for (first = 0; first < results->kernel_count; first = end) {
        end = lsn_family_end(results, first);
        for (c = 0; c < results->condition_count && status == LSN_OK; c++) {
            struct work w = {.results = results, .options = &options, .start = first, .end = end};

            if (lsn_first_but_contrast(results, c))
                status = work(&w, c, &text, err);
            free_work(&w);
        }
    }
    if (status == LSN_OK && lsn_columns_none(&text, header) && results->kernel_count > 0)
        status = fail_contrasts(results, err);
    return lsn_columns_write(path, force, &text, status, err);
}
