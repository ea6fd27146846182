/* The table of a group: what lesioning its kernels together costs, beside the sum of what each
 * costs when lesioned alone. */
#include "lesion/group.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "lesion/stats.h"
#include "outcome/results.h"
#include "table/columns.h"
#include "table/interacting.h"
#include "table/tally.h"

enum { MEASURES = LSN_MARGIN }; /* accuracy and loss */

struct work {
    const struct lsn_results *results;
    const struct lsn_table_options *options;
    struct lsn_interacting group; /* one set */
    struct lsn_outcome *lesioned; /* [kernel_count] of one stimulus */
    uint8_t *same;                /* [kernel_count] whether the lesion changed nothing */
};

/* Sums over the images at one condition. */
struct sums {
    struct lsn_tally intact, together;
    double alone[MEASURES];            /* added up over the kernels, each lesioned alone */
    double interaction[MEASURES];      /* the drop of all together minus that */
    struct lsn_flips *tests[MEASURES]; /* of each image's interaction */
};

/* Finds the group: the largest set. All others must be its kernels alone. */
static enum lsn_status find_group(struct work *w, struct lsn_error *err)
{
    const struct lsn_results *r = w->results;
    size_t size = 1, k;

    for (k = 0; k < r->kernel_count && r->set_start; k++)
        if (lsn_set_size(r, k) > size)
            size = lsn_set_size(r, k);
    LSN_TRY(lsn_interacting_find(r, size, &w->group, err));
    return w->group.count == 1 && r->kernel_count == (size > 1 ? size + 1 : 1)
               ? LSN_OK
               : lsn_fail(err, LSN_E_ARGUMENT,
                          "a table of a group: wanted results of its kernels, all together and "
                          "each alone, and of no others");
}

static enum lsn_status add_image(const struct work *w, struct sums *sums, size_t image, int c,
                                 struct lsn_error *err)
{
    size_t stimulus = lsn_results_stimulus(w->results, image, c);
    const struct lsn_outcome *together = &w->lesioned[w->group.together[0]];
    struct lsn_outcome intact;
    int m;

    LSN_TRY(lsn_store_get_intact(w->results->store, stimulus, &intact, err));
    LSN_TRY(lsn_store_get(w->results->store, stimulus, 0, w->results->kernel_count, w->lesioned,
                          w->same, err));
    lsn_tally_add(&sums->intact, &intact);
    lsn_tally_add_lesioned(&sums->together, &intact, together, false);
    for (m = 0; m < MEASURES; m++) {
        double alone = lsn_drop_alone(&w->group, 0, &intact, w->lesioned, m);
        double interaction = lsn_drop_of(&intact, together, m) - alone;

        sums->alone[m] += alone;
        sums->interaction[m] += interaction;
        LSN_TRY(lsn_flips_add(sums->tests[m], &interaction, err));
    }
    return LSN_OK;
}

static enum lsn_status sum_images(const struct work *w, int c, struct sums *sums,
                                  struct lsn_error *err)
{
    size_t image;
    int m;

    for (m = 0; m < MEASURES; m++)
        LSN_TRY(lsn_flips_create(1, w->options->flips, w->options->seed, &sums->tests[m], err));
    for (image = 0; image < w->results->complete_images; image++) {
        LSN_TRY(lsn_stop_check(w->options->stop, err));
        LSN_TRY(add_image(w, sums, image, c, err));
    }
    return LSN_OK;
}

/* Adds the cell that names the group: its kernels as LAYER:KERNEL, with spaces between them. */
static void add_group(struct lsn_text *text, const struct work *w)
{
    const struct lsn_results *r = w->results;
    const struct lsn_kernel *kernels = r->set_kernels + r->set_start[w->group.together[0]];
    struct lsn_text group = {0};
    size_t i;

    for (i = 0; i < w->group.size; i++)
        lsn_text_add(&group, "%s%s:%d", i ? " " : "", r->layer_names[kernels[i].layer],
                     kernels[i].kernel);
    if (group.failed)
        text->failed = true;
    else
        lsn_text_add_csv(text, group.bytes);
    lsn_text_free(&group);
}

static void add_measure(struct lsn_text *text, const struct sums *sums, int m, double n,
                        double *maxima)
{
    double p, score;

    lsn_flips_finish(sums->tests[m], &p, &score, maxima);
    lsn_columns_number(text, sums->alone[m] / n);
    lsn_columns_number(text, sums->interaction[m] / n);
    lsn_columns_number(text, p);
}

static void add_row(struct lsn_text *text, const struct work *w, int c, const struct sums *sums,
                    double *maxima)
{
    const struct lsn_results *r = w->results;
    const struct lsn_tally *intact = &sums->intact, *together = &sums->together;
    size_t images = r->complete_images;
    int m;

    add_group(text, w);
    lsn_text_add(text, ",%zu", w->group.size);
    lsn_columns_lesion(text, &r->lesions[0]);
    lsn_columns_condition(text, &r->conditions[c]);
    lsn_columns_accuracy(text, images, intact, together);
    lsn_columns_measures(text, images, intact, together);
    for (m = 0; m < MEASURES; m++)
        add_measure(text, sums, m, (double)images, maxima);
    lsn_text_add(text, "\n");
}

static enum lsn_status add_rows(struct lsn_text *text, const struct work *w, double *maxima,
                                struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    int c, m;

    lsn_text_add(text,
                 "group,kernels,lesion," LSN_CONDITION "," LSN_COLUMNS_ACCURACY
                 "," LSN_COLUMNS_MEASURES ",single_drop,interaction,interaction_p,single_loss_drop,"
                 "loss_interaction,loss_interaction_p\n");
    for (c = 0; c < w->results->condition_count && status == LSN_OK; c++) {
        struct sums sums = {.alone = {0}};

        status = sum_images(w, c, &sums, err);
        if (status == LSN_OK)
            add_row(text, w, c, &sums, maxima);
        for (m = 0; m < MEASURES; m++)
            lsn_flips_free(sums.tests[m]);
    }
    return status;
}

enum lsn_status lsn_group_write(const char *path, bool force, const struct lsn_results *results,
                                const struct lsn_table_options *given, struct lsn_error *err)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct work w = {.results = results, .options = &options};
    struct lsn_text text = {0};
    enum lsn_status status;
    double *maxima = NULL;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("table", &options, given, err));
    LSN_TRY(lsn_results_check(results, 0, err));
    if (results->complete_images == 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "a table of a group: no image is complete");
    status = find_group(&w, err);
    if (status == LSN_OK) {
        maxima = lsn_alloc(options.flips, sizeof *maxima);
        w.lesioned = lsn_alloc(results->kernel_count, sizeof *w.lesioned);
        w.same = lsn_alloc(results->kernel_count, 1);
        status = maxima && w.lesioned && w.same ? add_rows(&text, &w, maxima, err)
                                                : lsn_fail_memory(err, "a table");
    }
    lsn_interacting_free(&w.group);
    lsn_free(maxima);
    lsn_free(w.lesioned);
    lsn_free(w.same);
    return lsn_columns_write(path, force, &text, status, err);
}
