/* The table of classes: how many images of each class a lesion loses and gains. For ImageNet the
 * counts of every class, kernel and condition would not fit into memory. The kernels are therefore
 * counted a few at a time (lsn_kernel_batch), and their rows are written before the next ones are
 * counted. */
#include "lesion/table.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "format/file.h"
#include "table/columns.h"

struct count {
    uint32_t lost, gained; /* images */
};

struct work {
    const struct lsn_results *results;
    const struct lsn_table_options *options;
    size_t conditions, classes;
    size_t *images;       /* [classes] */
    size_t *correct;      /* [conditions][classes] images, intact */
    struct count *counts; /* [block.most][conditions][classes] */
    struct lsn_kernel_batch block;
    struct lsn_text text; /* rows that are not written yet */
};

static enum lsn_status allocate(struct work *w, struct lsn_error *err)
{
    size_t cells, bytes, counts;

    if (!lsn_mul_size(w->conditions, w->classes, &cells) ||
        !lsn_mul_size(cells, sizeof *w->counts, &bytes) || bytes > SIZE_MAX / 2)
        return lsn_fail_memory(err, "the counts of classes");
    LSN_TRY(lsn_kernel_batch_create(w->results, 0, w->results->kernel_count, w->options->memory,
                                    bytes, &w->block, err));
    w->images = lsn_alloc(w->classes, sizeof *w->images);
    w->correct = lsn_alloc(cells, sizeof *w->correct);
    w->counts =
        lsn_mul_size(cells, w->block.most, &counts) ? lsn_alloc(counts, sizeof *w->counts) : NULL;
    return w->images && w->correct && w->counts ? LSN_OK
                                                : lsn_fail_memory(err, "the counts of classes");
}

static void free_work(struct work *w)
{
    lsn_free(w->images);
    lsn_free(w->correct);
    lsn_free(w->counts);
    lsn_kernel_batch_free(&w->block);
    lsn_text_free(&w->text);
}

/* [classes] counts of the block's kernel k at condition c. */
static struct count *class_counts(const struct work *w, size_t k, size_t c)
{
    return w->counts + (k * w->conditions + c) * w->classes;
}

/* Adds an image at a condition to the counts of the block's kernels and, while the first block is
 * counted, to those of the intact network. */
static enum lsn_status add_stimulus(struct work *w, size_t image, size_t c, struct lsn_error *err)
{
    size_t class_index = (size_t)w->results->image_classes[image], k;
    bool correct;

    LSN_TRY(lsn_kernel_batch_read(&w->block, image, (int)c, err));
    correct = w->block.intact.rank == 1;
    if (w->block.first == 0) {
        w->images[class_index] += c == 0;
        w->correct[c * w->classes + class_index] += correct;
    }
    for (k = 0; k < w->block.count; k++) {
        struct count *count = class_counts(w, k, c) + class_index;
        bool lesioned = w->block.lesioned[k].rank == 1;

        count->lost += correct && !lesioned;
        count->gained += !correct && lesioned;
    }
    return LSN_OK;
}

static double drop_of(const struct work *w, const struct count *counts, size_t class_index)
{
    const struct count *count = &counts[class_index];

    return ((double)count->lost - (double)count->gained) / (double)w->images[class_index];
}

/* Adds the rows of the block's kernel k at condition c: one for each class in which the lesion
 * loses or gains an image. */
static void add_rows(struct work *w, size_t k, size_t c)
{
    const struct lsn_results *r = w->results;
    const struct count *counts = class_counts(w, k, c);
    size_t worst = w->classes, i;
    double largest = 0;

    for (i = 0; i < w->classes; i++)
        if (counts[i].lost && drop_of(w, counts, i) > largest) {
            largest = drop_of(w, counts, i);
            worst = i;
        }
    for (i = 0; i < w->classes; i++) {
        size_t correct = w->correct[c * w->classes + i];

        if (counts[i].lost == 0 && counts[i].gained == 0)
            continue;
        lsn_columns_kernel(&w->text, r, w->block.first + k);
        lsn_columns_condition(&w->text, &r->conditions[c]);
        lsn_text_add(&w->text, ",%zu", i);
        lsn_columns_text(&w->text, r->class_names[i] ? r->class_names[i] : "");
        lsn_text_add(&w->text, ",%zu,%zu,%zu,%zu,%zu", w->images[i], correct,
                     correct - counts[i].lost + counts[i].gained, (size_t)counts[i].lost,
                     (size_t)counts[i].gained);
        lsn_columns_number(&w->text, drop_of(w, counts, i));
        lsn_text_add(&w->text, ",%d\n", i == worst);
    }
}

static enum lsn_status flush(struct work *w, struct lsn_output *output, struct lsn_error *err)
{
    if (w->text.failed)
        return lsn_fail_memory(err, "a table");
    if (w->text.length > 0)
        fwrite(w->text.bytes, 1, w->text.length,
               output->stream); /* lsn_output_commit reports a failure */
    w->text.length = 0;
    return LSN_OK;
}

static enum lsn_status add_block(struct work *w, struct lsn_output *output, struct lsn_error *err)
{
    size_t image, c, k, i;

    for (i = 0; i < w->block.count * w->conditions * w->classes; i++)
        w->counts[i] = (struct count){0};
    for (image = 0; image < w->results->complete_images; image++) {
        LSN_TRY(lsn_stop_check(w->options->stop, err));
        for (c = 0; c < w->conditions; c++)
            LSN_TRY(add_stimulus(w, image, c, err));
    }
    for (k = 0; k < w->block.count; k++) {
        for (c = 0; c < w->conditions; c++)
            add_rows(w, k, c);
        LSN_TRY(flush(w, output, err));
    }
    return LSN_OK;
}

static enum lsn_status work(struct work *w, struct lsn_output *output, struct lsn_error *err)
{
    LSN_TRY(allocate(w, err));
    lsn_text_add(&w->text,
                 LSN_COLUMNS_KERNEL "," LSN_CONDITION ",class,class_name,class_images,top1_intact,"
                                    "top1_lesioned,lost,gained,drop,worst\n");
    LSN_TRY(flush(w, output, err));
    while (lsn_kernel_batch_next(&w->block))
        LSN_TRY(add_block(w, output, err));
    return LSN_OK;
}

enum lsn_status lsn_table_write_classes(const char *path, bool force,
                                        const struct lsn_results *results,
                                        const struct lsn_table_options *given,
                                        struct lsn_error *err)
{
    struct lsn_table_options options = LSN_TABLE_OPTIONS_DEFAULT;
    struct work w = {.results = results,
                     .options = &options,
                     .conditions = (size_t)results->condition_count,
                     .classes = (size_t)results->classes};
    struct lsn_output output = {0};
    enum lsn_status status;

    lsn_error_clear(err);
    LSN_TRY(lsn_options_take("table", &options, given, err));
    LSN_TRY(lsn_output_open(&output, path, force, err));
    status = work(&w, &output, err);
    if (status == LSN_OK)
        status = lsn_output_commit(&output, err);
    else
        lsn_output_abort(&output);
    free_work(&w);
    return status;
}
