/* What each kernel costs at low contrast beyond what it costs at high contrast. The
 * permutation tests take a sum per kernel and flip, so kernels go in blocks. */
#include "lesion/table.h"

#include "base/error.h"
#include "base/memory.h"
#include "lesion/stats.h"
#include "stats/rows.h"

enum { LOW, HIGH, ENDS };
enum { TOP1, LOSS, MEASURES };

/* Of one kernel, summed over images at each end. */
struct sums {
    double dropped[ENDS]; /* lost - gained, images */
    double loss[ENDS];    /* lesioned - intact, nats */
};

struct work {
    const struct lsn_results *results;
    const struct lsn_table_options *options;
    size_t start, end; /* kernels of the family that is tested */
    int conditions[ENDS];
    double correct[ENDS]; /* images, intact */
    struct sums *sums;    /* [end - start] */
    /* Of each measure: [end - start], and of maxima [flips]. */
    double *p[MEASURES], *p_max[MEASURES], *score[MEASURES], *maxima[MEASURES];
    struct lsn_block block;
    double *differences[MEASURES]; /* [block.most] of one image, low minus high */
    struct lsn_flips *tests[MEASURES];
};

/* Of the conditions that share first's region and normalisation: the one at the contrast of
 * condition given, or where that is negative the one of lowest (sign 1) or highest (-1) contrast.
 * -1: none. */
static int choose_end(const struct lsn_results *r, int first, int given, double sign)
{
    int chosen = -1, c;

    for (c = first; c < r->condition_count; c++) {
        double contrast = r->conditions[c].contrast;

        if (!lsn_same_showing(r, first, c))
            continue;
        if (given >= 0 ? contrast == r->conditions[given].contrast
                       : chosen < 0 || sign * contrast < sign * r->conditions[chosen].contrast)
            chosen = c;
    }
    return chosen;
}

/* The two conditions to compare that are shown as condition first. Where a contrast was not
 * given and only one is shown so, they are the same; where a given one is not, one is -1. */
static enum lsn_status choose(const struct lsn_results *r, const struct lsn_table_options *options,
                              int first, int *conditions, struct lsn_error *err)
{
    int low, high;

    if (options->low >= r->condition_count || options->high >= r->condition_count)
        return lsn_fail(err, LSN_E_ARGUMENT, "selectivity: condition %d is not in the run, has %d",
                        options->low > options->high ? options->low : options->high,
                        r->condition_count);
    low = conditions[LOW] = choose_end(r, first, options->low, 1);
    high = conditions[HIGH] = choose_end(r, first, options->high, -1);
    if (low < 0 || high < 0 || (options->low < 0 && options->high < 0) ||
        r->conditions[low].contrast < r->conditions[high].contrast)
        return LSN_OK;
    return lsn_fail(err, LSN_E_ARGUMENT,
                    "selectivity: the low contrast, %.9g, is not below the high one, %.9g",
                    r->conditions[low].contrast, r->conditions[high].contrast);
}

static enum lsn_status allocate(struct work *w, struct lsn_error *err)
{
    size_t kernels = w->end - w->start, flips = w->options->flips, bytes;
    bool fine;
    int m;

    /* Per kernel of a block: sums of every flip, the differences, and what lsn_flips keeps. */
    if (!lsn_mul_size(flips, MEASURES * sizeof(double), &bytes) || bytes > SIZE_MAX / 2)
        return lsn_fail_memory(err, "the permutation test");
    LSN_TRY(lsn_block_create(w->results, w->start, w->end, w->options->memory,
                             bytes + MEASURES * 3 * sizeof(double), &w->block, err));
    w->sums = lsn_alloc(kernels, sizeof *w->sums);
    fine = w->sums;
    for (m = 0; m < MEASURES; m++) {
        w->p[m] = lsn_alloc(kernels, sizeof(double));
        w->p_max[m] = lsn_alloc(kernels, sizeof(double));
        w->score[m] = lsn_alloc(kernels, sizeof(double));
        w->maxima[m] = lsn_alloc(flips, sizeof(double));
        w->differences[m] = lsn_alloc(w->block.most, sizeof(double));
        fine = fine && w->p[m] && w->p_max[m] && w->score[m] && w->maxima[m] && w->differences[m];
    }
    return fine ? LSN_OK : lsn_fail_memory(err, "selectivities");
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
    int m;

    free_tests(w);
    for (m = 0; m < MEASURES; m++) {
        lsn_free(w->p[m]);
        lsn_free(w->p_max[m]);
        lsn_free(w->score[m]);
        lsn_free(w->maxima[m]);
        lsn_free(w->differences[m]);
    }
    lsn_free(w->sums);
    lsn_block_free(&w->block);
}

static enum lsn_status add_image(struct work *w, size_t image, struct lsn_error *err)
{
    struct lsn_block *block = &w->block;
    size_t k;
    int end, m;

    for (end = 0; end < ENDS; end++) {
        double sign = end == LOW ? 1 : -1;
        int correct;

        LSN_TRY(lsn_block_read(block, image, w->conditions[end], err));
        correct = block->intact.rank == 1;
        w->correct[end] += block->first == w->start ? correct : 0;
        for (k = 0; k < block->count; k++) {
            struct sums *sums = &w->sums[block->first - w->start + k];
            double dropped = correct - (block->lesioned[k].rank == 1);
            double loss = (double)block->lesioned[k].loss - (double)block->intact.loss;

            sums->dropped[end] += dropped;
            sums->loss[end] += loss;
            w->differences[TOP1][k] = (end == LOW ? 0 : w->differences[TOP1][k]) + sign * dropped;
            w->differences[LOSS][k] = (end == LOW ? 0 : w->differences[LOSS][k]) + sign * loss;
        }
    }
    for (m = 0; m < MEASURES; m++)
        LSN_TRY(lsn_flips_add(w->tests[m], w->differences[m], err));
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
        if (w->options->stop && atomic_load(w->options->stop))
            return lsn_fail(err, LSN_E_INTERRUPTED, "interrupted");
        LSN_TRY(add_image(w, image, err));
    }
    for (m = 0; m < MEASURES; m++)
        lsn_flips_finish(w->tests[m], w->p[m] + first, w->score[m] + first, w->maxima[m]);
    free_tests(w);
    return LSN_OK;
}

static void add_row(struct lsn_text *text, const struct work *w, size_t kernel)
{
    const struct lsn_results *r = w->results;
    const struct sums *sums = &w->sums[kernel];
    double n = r->complete_images ? (double)r->complete_images : 1;
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];

    lsn_region_text(&r->conditions[w->conditions[LOW]].region, region);
    lsn_normalisation_text(&r->conditions[w->conditions[LOW]].normalisation, normalisation);
    lsn_rows_kernel(text, r, w->start + kernel);
    lsn_rows_text(text, region);
    lsn_rows_text(text, normalisation);
    lsn_rows_number(text, r->conditions[w->conditions[LOW]].contrast);
    lsn_rows_number(text, r->conditions[w->conditions[HIGH]].contrast);
    lsn_text_add(text, ",%zu", r->complete_images);
    lsn_rows_number(text, sums->dropped[LOW] / n);
    lsn_rows_number(text, sums->dropped[HIGH] / n);
    lsn_rows_number(text, (sums->dropped[LOW] - sums->dropped[HIGH]) / n);
    if (w->correct[LOW] > 0 && w->correct[HIGH] > 0)
        lsn_rows_number(text, sums->dropped[LOW] / w->correct[LOW] -
                                  sums->dropped[HIGH] / w->correct[HIGH]);
    else
        lsn_rows_text(text, "");
    lsn_rows_number(text, (sums->loss[LOW] - sums->loss[HIGH]) / n);
    lsn_rows_number(text, w->p[TOP1][kernel]);
    lsn_rows_number(text, w->p_max[TOP1][kernel]);
    lsn_rows_number(text, w->p[LOSS][kernel]);
    lsn_rows_number(text, w->p_max[LOSS][kernel]);
    lsn_text_add(text, "\n");
}

/* Rows of a family in the region and normalisation of condition first. */
static enum lsn_status work(struct work *w, int first, struct lsn_text *text, struct lsn_error *err)
{
    size_t kernels = w->end - w->start, k;
    int m;

    LSN_TRY(choose(w->results, w->options, first, w->conditions, err));
    if (w->conditions[LOW] < 0 || w->conditions[HIGH] < 0 ||
        w->conditions[LOW] == w->conditions[HIGH])
        return LSN_OK; /* one contrast alone is shown so */
    LSN_TRY(allocate(w, err));
    while (lsn_block_next(&w->block))
        LSN_TRY(test_block(w, err));
    for (m = 0; m < MEASURES; m++)
        lsn_flips_correct(w->score[m], kernels, w->maxima[m], w->options->flips, w->p_max[m]);
    for (k = 0; k < kernels; k++)
        add_row(text, w, k);
    return LSN_OK;
}

/* Whether condition c is the first of its region and normalisation. */
static bool begins_showing(const struct lsn_results *r, int c)
{
    int before;

    for (before = 0; before < c; before++)
        if (lsn_same_showing(r, before, c))
            return false;
    return true;
}

enum lsn_status lsn_table_write_selectivity(const char *path, bool force,
                                            const struct lsn_results *results,
                                            const struct lsn_table_options *options,
                                            struct lsn_error *err)
{
    struct lsn_text text = {0};
    enum lsn_status status = LSN_OK;
    size_t first, end, header;
    int c;

    lsn_text_add(
        &text, LSN_ROWS_KERNEL
        ",region,normalise,contrast_low,contrast_high,images,drop_low,drop_high,selectivity,"
        "relative_selectivity,loss_selectivity,p,p_max,loss_p,loss_p_max\n");
    header = text.length;
    for (first = 0; first < results->kernel_count; first = end) {
        end = lsn_family_end(results, first);
        for (c = 0; c < results->condition_count && status == LSN_OK; c++) {
            struct work w = {.results = results, .options = options, .start = first, .end = end};

            if (begins_showing(results, c))
                status = work(&w, c, &text, err);
            free_work(&w);
        }
    }
    if (status == LSN_OK && text.length == header && results->kernel_count > 0)
        status =
            lsn_fail(err, LSN_E_ARGUMENT, "selectivity: wants two contrasts, the run has %.9g only",
                     results->conditions[0].contrast);
    return lsn_rows_write(path, force, &text, status, err);
}
