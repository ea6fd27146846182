/* Tables from the stored outcomes: sums in double, in image order. */
#include "lesion/table.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"
#include "format/npy.h"
#include "sweep/results.h"

#define TOP 5

/* What a set of outcomes comes to; counts are of images, sums in nats and logits. */
struct tally {
    size_t top1, top5, lost, gained, changed;
    double loss, margin;
    bool same;
};

static void add_outcome(struct tally *tally, const struct lsn_outcome *outcome)
{
    tally->top1 += outcome->rank == 1;
    tally->top5 += outcome->rank <= TOP;
    tally->loss += (double)outcome->loss;
    tally->margin += (double)outcome->margin;
}

static struct tally tally_intact(const struct lsn_results *r, int condition, size_t images)
{
    struct tally tally = {0};
    size_t image;

    for (image = 0; image < images; image++)
        add_outcome(&tally, &r->intact[lsn_results_stimulus(r, image, condition)]);
    return tally;
}

static struct tally tally_lesioned(const struct lsn_results *r, size_t kernel, int condition,
                                   size_t images)
{
    struct tally tally = {.same = true};
    size_t image;

    for (image = 0; image < images; image++) {
        size_t stimulus = lsn_results_stimulus(r, image, condition);
        size_t cell = stimulus * r->kernel_count + kernel;
        const struct lsn_outcome *intact = &r->intact[stimulus], *lesioned = &r->lesioned[cell];

        add_outcome(&tally, lesioned);
        tally.lost += intact->rank == 1 && lesioned->rank != 1;
        tally.gained += intact->rank != 1 && lesioned->rank == 1;
        tally.changed += intact->predicted != lesioned->predicted;
        tally.same = tally.same && r->same[cell];
    }
    return tally;
}

static enum lsn_status write_text(const char *path, bool force, struct lsn_text *text,
                                  enum lsn_status status, struct lsn_error *err)
{
    if (text->failed)
        status = lsn_fail_memory(err, "a table");
    if (status == LSN_OK)
        status = lsn_file_write(path, force, text->bytes, text->length, err);
    lsn_text_free(text);
    return status;
}

static void add_number(struct lsn_text *text, double value)
{
    lsn_text_add(text, ",");
    lsn_text_add_number(text, value);
}

static void add_kernel_row(struct lsn_text *text, const struct lsn_model *model,
                           const struct lsn_results *r, size_t kernel, double contrast,
                           size_t images, const struct tally *intact, const struct tally *lesioned)
{
    int layer = r->kernel_layer[kernel];
    double n = images ? (double)images : 1;

    lsn_text_add_csv(text, lsn_model_node(model, lsn_model_layer_node(model, layer)).name);
    lsn_text_add(text, ",%d,%d", layer, r->kernel_index[kernel]);
    add_number(text, contrast);
    lsn_text_add(text, ",%zu,%zu,%zu,%zu,%zu", images, intact->top1, lesioned->top1, lesioned->lost,
                 lesioned->gained);
    add_number(text, ((double)intact->top1 - (double)lesioned->top1) / n);
    lsn_text_add(text, ",%zu,%zu", intact->top5, lesioned->top5);
    add_number(text, ((double)intact->top5 - (double)lesioned->top5) / n);
    add_number(text, intact->loss / n);
    add_number(text, lesioned->loss / n);
    add_number(text, (lesioned->loss - intact->loss) / n);
    add_number(text, (intact->margin - lesioned->margin) / n);
    lsn_text_add(text, ",%zu,%d\n", lesioned->changed, lesioned->same);
}

enum lsn_status lsn_table_write_kernels(const char *path, bool force, const struct lsn_model *model,
                                        const struct lsn_condition *conditions,
                                        const struct lsn_results *results, size_t images,
                                        struct lsn_error *err)
{
    struct tally *intact = lsn_alloc((size_t)results->condition_count, sizeof *intact);
    struct lsn_text text = {0};
    size_t kernel;
    int c;

    if (!intact)
        return lsn_fail_memory(err, "a table");
    for (c = 0; c < results->condition_count; c++)
        intact[c] = tally_intact(results, c, images);
    lsn_text_add(&text, "layer,layer_index,kernel,contrast,images,top1_intact,top1_lesioned,lost,"
                        "gained,top1_drop,top5_intact,top5_lesioned,top5_drop,loss_intact,"
                        "loss_lesioned,loss_drop,margin_drop,changed,noop\n");
    for (kernel = 0; kernel < results->kernel_count; kernel++)
        for (c = 0; c < results->condition_count; c++) {
            struct tally lesioned = tally_lesioned(results, kernel, c, images);

            add_kernel_row(&text, model, results, kernel, conditions[c].contrast, images,
                           &intact[c], &lesioned);
        }
    lsn_free(intact);
    return write_text(path, force, &text, LSN_OK, err);
}

enum lsn_status lsn_table_write_intact(const char *path, bool force,
                                       const struct lsn_condition *conditions,
                                       const struct lsn_results *results, size_t images,
                                       struct lsn_error *err)
{
    struct lsn_text text = {0};
    double n = images ? (double)images : 1;
    int c;

    lsn_text_add(&text, "contrast,images,top1,top5,loss,margin\n");
    for (c = 0; c < results->condition_count; c++) {
        struct tally intact = tally_intact(results, c, images);

        lsn_text_add_number(&text, conditions[c].contrast);
        lsn_text_add(&text, ",%zu,%zu,%zu", images, intact.top1, intact.top5);
        add_number(&text, intact.loss / n);
        add_number(&text, intact.margin / n);
        lsn_text_add(&text, "\n");
    }
    return write_text(path, force, &text, LSN_OK, err);
}

enum lsn_status lsn_table_write_images(const char *path, bool force,
                                       const struct lsn_dataset *dataset,
                                       const struct lsn_condition *conditions,
                                       const struct lsn_results *results, size_t images,
                                       struct lsn_error *err)
{
    struct lsn_text text = {0};
    size_t image;
    int c;

    lsn_text_add(&text, "file,class,contrast,predicted,rank,loss,margin\n");
    for (image = 0; image < images; image++)
        for (c = 0; c < results->condition_count; c++) {
            const struct lsn_outcome *o = &results->intact[lsn_results_stimulus(results, image, c)];

            lsn_text_add_csv(&text, lsn_dataset_name(dataset, image));
            lsn_text_add(&text, ",%d", lsn_dataset_class(dataset, image));
            add_number(&text, conditions[c].contrast);
            lsn_text_add(&text, ",%d,%d", (int)o->predicted, (int)o->rank);
            add_number(&text, (double)o->loss);
            add_number(&text, (double)o->margin);
            lsn_text_add(&text, "\n");
        }
    return write_text(path, force, &text, LSN_OK, err);
}

enum lsn_status lsn_table_write_logits(const char *path, bool force,
                                       const struct lsn_results *results, size_t images,
                                       struct lsn_error *err)
{
    const size_t dims[3] = {images, (size_t)results->condition_count, (size_t)results->classes};

    if (!results->logits)
        return lsn_fail(err, LSN_E_ARGUMENT, "the logits were not kept");
    return lsn_npy_write_floats(path, force, dims, 3, results->logits, err);
}

enum lsn_status lsn_table_check(const char *path, bool force, struct lsn_error *err)
{
    return lsn_output_check(path, force, err);
}
