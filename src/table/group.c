/* The table of a group: what lesioning its kernels together costs, beside the sum of what each
 * costs when lesioned alone. */
#include "lesion/table.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "lesion/stats.h"
#include "outcome/results.h"
#include "table/columns.h"
#include "table/tally.h"

enum { TOP1, LOSS, MEASURES };

struct work {
    const struct lsn_results *singles, *joint;
    const struct lsn_table_options *options;
    struct lsn_outcome *lesioned; /* [singles' kernel_count] of one stimulus */
    uint8_t *same;                /* [singles' kernel_count] whether the lesion changed nothing */
};

/* Sums over the images at one condition. */
struct sums {
    struct lsn_tally intact, joint;
    double single_dropped, single_loss; /* added up over the kernels lesioned alone: images, nats */
    struct lsn_flips *tests[MEASURES];  /* of each image's interaction: joint minus that sum */
};

static enum lsn_status add_image(const struct work *w, struct sums *sums, size_t image, int c,
                                 struct lsn_error *err)
{
    size_t stimulus = lsn_results_stimulus(w->singles, image, c), k;
    struct lsn_outcome intact, joint;
    double interaction[MEASURES], dropped = 0, loss = 0;

    LSN_TRY(lsn_store_get_intact(w->singles->store, stimulus, &intact, err));
    LSN_TRY(lsn_store_get_intact(w->joint->store, stimulus, &joint, err));
    LSN_TRY(lsn_store_get(w->singles->store, stimulus, 0, w->singles->kernel_count, w->lesioned,
                          w->same, err));
    for (k = 0; k < w->singles->kernel_count; k++) {
        dropped += (intact.rank == 1) - (w->lesioned[k].rank == 1);
        loss += (double)w->lesioned[k].loss - (double)intact.loss;
    }
    lsn_tally_add(&sums->intact, &intact);
    lsn_tally_add_lesioned(&sums->joint, &intact, &joint, false);
    sums->single_dropped += dropped;
    sums->single_loss += loss;
    interaction[TOP1] = (intact.rank == 1) - (joint.rank == 1) - dropped;
    interaction[LOSS] = (double)joint.loss - (double)intact.loss - loss;
    LSN_TRY(lsn_flips_add(sums->tests[TOP1], &interaction[TOP1], err));
    return lsn_flips_add(sums->tests[LOSS], &interaction[LOSS], err);
}

static enum lsn_status sum_images(const struct work *w, int c, struct sums *sums,
                                  struct lsn_error *err)
{
    size_t image;
    int m;

    for (m = 0; m < MEASURES; m++)
        LSN_TRY(lsn_flips_create(1, w->options->flips, w->options->seed, &sums->tests[m], err));
    for (image = 0; image < w->joint->complete_images; image++) {
        LSN_TRY(lsn_stop_check(w->options->stop, err));
        LSN_TRY(add_image(w, sums, image, c, err));
    }
    return LSN_OK;
}

/* Adds the cell that names the group: its kernels as LAYER:KERNEL, with spaces between them. */
static void add_group(struct lsn_text *text, const struct lsn_results *r)
{
    struct lsn_text group = {0};
    size_t k;

    for (k = 0; k < r->kernel_count; k++)
        lsn_text_add(&group, "%s%s:%d", k ? " " : "", r->layer_names[r->kernel_layer[k]],
                     r->kernel_index[k]);
    if (group.failed)
        text->failed = true;
    else
        lsn_text_add_csv(text, group.bytes ? group.bytes : "");
    lsn_text_free(&group);
}

static void add_test(struct lsn_text *text, double sum, double n, const struct lsn_flips *test,
                     double *maxima)
{
    double p, score;

    lsn_flips_finish(test, &p, &score, maxima);
    lsn_columns_number(text, sum / n);
    lsn_columns_number(text, p);
}

static void add_row(struct lsn_text *text, const struct work *w, int c, const struct sums *sums,
                    double *maxima)
{
    const struct lsn_results *r = w->singles;
    const struct lsn_tally *intact = &sums->intact, *joint = &sums->joint;
    size_t images = w->joint->complete_images;
    double n = images ? (double)images : 1;
    struct lsn_tally_drops drops = lsn_tally_drops(intact, joint);

    add_group(text, r);
    lsn_text_add(text, ",%zu", r->kernel_count);
    lsn_columns_lesion(text, &r->lesions[0]);
    lsn_columns_condition(text, &r->conditions[c]);
    lsn_columns_accuracy(text, images, intact, joint);
    lsn_columns_measures(text, images, intact, joint);
    lsn_columns_number(text, sums->single_dropped / n);
    add_test(text, drops.top1 - sums->single_dropped, n, sums->tests[TOP1], maxima);
    lsn_columns_number(text, sums->single_loss / n);
    add_test(text, drops.loss - sums->single_loss, n, sums->tests[LOSS], maxima);
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
    for (c = 0; c < w->singles->condition_count && status == LSN_OK; c++) {
        struct sums sums = {.single_loss = 0};

        status = sum_images(w, c, &sums, err);
        if (status == LSN_OK)
            add_row(text, w, c, &sums, maxima);
        for (m = 0; m < MEASURES; m++)
            lsn_flips_free(sums.tests[m]);
    }
    return status;
}

enum lsn_status lsn_table_write_group(const char *path, bool force,
                                      const struct lsn_results *singles,
                                      const struct lsn_results *joint,
                                      const struct lsn_table_options *given, struct lsn_error *err)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct work w = {.singles = singles, .joint = joint, .options = &options};
    struct lsn_text text = {0};
    enum lsn_status status;
    double *maxima;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("table", &options, given, err));
    LSN_TRY(lsn_results_check_single(singles, err));
    maxima = lsn_alloc(options.flips, sizeof *maxima);
    w.lesioned = lsn_alloc(singles->kernel_count, sizeof *w.lesioned);
    w.same = lsn_alloc(singles->kernel_count, 1);
    status = maxima && w.lesioned && w.same ? add_rows(&text, &w, maxima, err)
                                            : lsn_fail_memory(err, "a table");
    lsn_free(maxima);
    lsn_free(w.lesioned);
    lsn_free(w.same);
    return lsn_columns_write(path, force, &text, status, err);
}
