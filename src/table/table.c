/* The tables of kernels, of the intact network and of images. They are computed from the stored
 * outcomes, with sums in double and in image order, so that a resumed or merged run gives the same
 * bytes. */
#include "lesion/table.h"

#include "format/file.h"
#include "format/npy.h"
#include "outcome/axes.h"
#include "outcome/results.h"
#include "table/columns.h"
#include "table/raced.h"
#include "table/tally.h"

static void add_kernel_row(struct lsn_text *text, const struct lsn_results *r, size_t kernel,
                           size_t c, const struct lsn_tallies *tallies)
{
    size_t images = r->complete_images, cell = c * r->kernel_count + kernel;
    const struct lsn_tally *intact = &tallies->intact[c], *lesioned = &tallies->lesioned[cell];

    lsn_columns_kernel(text, r, kernel);
    lsn_columns_condition(text, &r->conditions[c]);
    lsn_columns_accuracy(text, images, intact, lesioned);
    lsn_columns_number(text, tallies->q[cell]);
    lsn_columns_measures(text, images, intact, lesioned);
    lsn_text_add(text, ",%d\n", lesioned->same);
}

static enum lsn_status add_kernel_rows(struct lsn_text *text, const struct lsn_results *results,
                                       struct lsn_error *err)
{
    size_t conditions = (size_t)results->condition_count, kernel, c;
    struct lsn_tallies tallies;
    enum lsn_status status;

    LSN_TRY(lsn_tallies_make(results, results->complete_images, &tallies, err));
    status = lsn_tallies_test(results, &tallies, err);
    for (kernel = 0; kernel < results->kernel_count && status == LSN_OK; kernel++)
        for (c = 0; c < conditions; c++)
            add_kernel_row(text, results, kernel, c, &tallies);
    lsn_tallies_free(&tallies);
    return status;
}

enum lsn_status lsn_table_write_kernels(const char *path, bool force,
                                        const struct lsn_results *results, struct lsn_error *err)
{
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_error_clear(err);
    lsn_text_add(&text, LSN_COLUMNS_KERNEL "," LSN_CONDITION "," LSN_COLUMNS_ACCURACY
                                           ",q," LSN_COLUMNS_MEASURES ",noop\n");
    status =
        results->raced ? lsn_raced_rows(&text, results, err) : add_kernel_rows(&text, results, err);
    return lsn_columns_write(path, force, &text, status, err);
}

enum lsn_status lsn_table_write_intact(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err)
{
    size_t images = results->complete_images;
    struct lsn_tallies tallies;
    struct lsn_text text = {0};
    double n = images ? (double)images : 1;
    int c;

    lsn_error_clear(err);
    LSN_TRY(lsn_tallies_make_intact(results, images, &tallies, err));
    lsn_text_add(&text, LSN_CONDITION ",images,top1,top5,loss,margin\n");
    for (c = 0; c < results->condition_count; c++) {
        const struct lsn_tally *intact = &tallies.intact[c];

        lsn_condition_add(&text, &results->conditions[c]);
        lsn_text_add(&text, ",%zu,%zu,%zu", images, intact->top1, intact->top5);
        lsn_columns_number(&text, intact->loss / n);
        lsn_columns_number(&text, intact->margin / n);
        lsn_text_add(&text, "\n");
    }
    lsn_tallies_free(&tallies);
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}

static void add_image_row(struct lsn_text *text, const struct lsn_results *r, size_t image,
                          const struct lsn_condition *condition, const struct lsn_outcome *o)
{
    lsn_text_add_csv(text, r->image_names[image]);
    lsn_text_add(text, ",%d", r->image_classes[image]);
    lsn_columns_condition(text, condition);
    lsn_text_add(text, ",%d,%d", (int)o->predicted, (int)o->rank);
    lsn_columns_number(text, (double)o->loss);
    lsn_columns_number(text, (double)o->margin);
    lsn_text_add(text, "\n");
}

enum lsn_status lsn_table_write_images(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err)
{
    struct lsn_text text = {0};
    enum lsn_status status = LSN_OK;
    struct lsn_outcome outcome;
    size_t image;
    int c;

    lsn_error_clear(err);
    lsn_text_add(&text, "file,class," LSN_CONDITION ",predicted,rank,loss,margin\n");
    for (image = 0; image < results->complete_images; image++)
        for (c = 0; c < results->condition_count && status == LSN_OK; c++) {
            status = lsn_store_get_intact(results->store, lsn_results_stimulus(results, image, c),
                                          &outcome, err);
            add_image_row(&text, results, image, &results->conditions[c], &outcome);
        }
    return lsn_columns_write(path, force, &text, status, err);
}

enum lsn_status lsn_table_write_logits(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err)
{
    const size_t dims[3] = {results->complete_images, (size_t)results->condition_count,
                            (size_t)results->logit_count};

    lsn_error_clear(err);
    if (!results->logits)
        return lsn_fail(err, LSN_E_ARGUMENT, "the logits were not kept");
    return lsn_npy_write_floats(path, force, dims, 3, results->logits, err);
}

enum lsn_status lsn_table_check(const char *path, bool force, struct lsn_error *err)
{
    lsn_error_clear(err);
    return lsn_output_check(path, force, err);
}
