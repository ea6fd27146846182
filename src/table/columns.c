#include "table/columns.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "format/file.h"
#include "lesion/stats.h"
#include "lesion/table.h"
#include "outcome/axes.h"
#include "outcome/results.h"

void lsn_columns_kernel(struct lsn_text *text, const struct lsn_results *results, size_t kernel)
{
    int layer = results->kernel_layer[kernel];

    lsn_text_add_csv(text, results->layer_names[layer]);
    lsn_text_add(text, ",%d,%d", layer, results->kernel_index[kernel]);
    lsn_columns_lesion(text, &results->lesions[results->kernel_lesion[kernel]]);
}

void lsn_columns_lesion(struct lsn_text *text, const struct lsn_lesion *lesion)
{
    char name[LSN_LESION_TEXT_MAX];

    lsn_lesion_text(lesion, name);
    lsn_columns_text(text, name);
}

bool lsn_same_but_contrast(const struct lsn_results *results, int a, int b)
{
    char texts[2][LSN_REGION_TEXT_MAX], normalisations[2][LSN_NORMALISATION_TEXT_MAX];

    lsn_region_text(&results->conditions[a].region, texts[0]);
    lsn_region_text(&results->conditions[b].region, texts[1]);
    lsn_normalisation_text(&results->conditions[a].normalisation, normalisations[0]);
    lsn_normalisation_text(&results->conditions[b].normalisation, normalisations[1]);
    return strcmp(texts[0], texts[1]) == 0 && strcmp(normalisations[0], normalisations[1]) == 0;
}

bool lsn_first_but_contrast(const struct lsn_results *results, int c)
{
    int before;

    for (before = 0; before < c; before++)
        if (lsn_same_but_contrast(results, before, c))
            return false;
    return true;
}

size_t lsn_layer_end(const struct lsn_results *results, size_t first)
{
    size_t end = first;

    while (end < results->kernel_count &&
           results->kernel_layer[end] == results->kernel_layer[first] &&
           results->kernel_lesion[end] == results->kernel_lesion[first])
        end++;
    return end;
}

size_t lsn_family_end(const struct lsn_results *results, size_t first)
{
    const struct lsn_lesion *lesion = &results->lesions[results->kernel_lesion[first]];
    size_t end = first;

    while (end < results->kernel_count &&
           lsn_lesion_same_family(&results->lesions[results->kernel_lesion[end]], lesion))
        end++;
    return end;
}

void lsn_columns_number(struct lsn_text *text, double value)
{
    lsn_text_add_bytes(text, ",", 1);
    if (!isnan(value))
        lsn_text_add_number(text, value);
}

void lsn_columns_text(struct lsn_text *text, const char *value)
{
    lsn_text_add_bytes(text, ",", 1);
    lsn_text_add_csv(text, value);
}

void lsn_columns_condition(struct lsn_text *text, const struct lsn_condition *condition)
{
    lsn_text_add(text, ",");
    lsn_condition_add(text, condition);
}

/* Adds the cells of the rate count / total with its Wilson interval, empty where total is 0. */
static void add_rate(struct lsn_text *text, size_t count, size_t total)
{
    struct lsn_interval interval = lsn_accuracy_interval(total, count, LSN_TABLE_LEVEL);

    if (total == 0) {
        lsn_text_add(text, ",,,");
        return;
    }
    lsn_columns_number(text, (double)count / (double)total);
    lsn_columns_number(text, interval.low);
    lsn_columns_number(text, interval.high);
}

void lsn_columns_accuracy(struct lsn_text *text, size_t images, const struct lsn_tally *intact,
                          const struct lsn_tally *lesioned)
{
    struct lsn_interval drop =
        lsn_drop_interval(images, intact->top1, lesioned->lost, lesioned->gained, LSN_TABLE_LEVEL);
    double n = images ? (double)images : 1;

    lsn_text_add(text, ",%zu,%zu,%zu,%zu,%zu", images, intact->top1, lesioned->top1, lesioned->lost,
                 lesioned->gained);
    lsn_columns_number(text, ((double)intact->top1 - (double)lesioned->top1) / n);
    lsn_columns_number(text, drop.low);
    lsn_columns_number(text, drop.high);
    add_rate(text, lesioned->lost, intact->top1);
    add_rate(text, lesioned->gained, images - intact->top1);
    lsn_columns_number(text, lsn_mcnemar_exact(lesioned->lost, lesioned->gained));
    lsn_columns_number(text, lsn_mcnemar_mid(lesioned->lost, lesioned->gained));
}

void lsn_columns_measures(struct lsn_text *text, size_t images, const struct lsn_tally *intact,
                          const struct lsn_tally *lesioned)
{
    struct lsn_tally_drops drops = lsn_tally_drops(intact, lesioned);
    double n = images ? (double)images : 1;

    lsn_text_add(text, ",%zu,%zu", intact->top5, lesioned->top5);
    lsn_columns_number(text, ((double)intact->top5 - (double)lesioned->top5) / n);
    lsn_columns_number(text, intact->loss / n);
    lsn_columns_number(text, lesioned->loss / n);
    lsn_columns_number(text, drops.loss / n);
    lsn_columns_number(text, drops.margin / n);
    lsn_text_add(text, ",%zu", lesioned->changed);
}

bool lsn_columns_none(const struct lsn_text *text, size_t header)
{
    return !text->failed && text->length == header;
}

enum lsn_status lsn_columns_write(const char *path, bool force, struct lsn_text *text,
                                  enum lsn_status status, struct lsn_error *err)
{
    if (text->failed && status == LSN_OK)
        status = lsn_fail_memory(err, "a table");
    if (status == LSN_OK)
        status = lsn_file_write(path, force, text->bytes, text->length, err);
    lsn_text_free(text);
    return status;
}

enum lsn_status lsn_stop_check(const struct lsn_stop *stop, struct lsn_error *err)
{
    return lsn_stop_asked(stop) ? lsn_fail(err, LSN_E_INTERRUPTED, "interrupted") : LSN_OK;
}

enum lsn_status lsn_kernel_batch_create(const struct lsn_results *results, size_t start, size_t end,
                                        size_t memory, size_t kernel_bytes,
                                        struct lsn_kernel_batch *block, struct lsn_error *err)
{
    size_t most = memory / (kernel_bytes + sizeof *block->lesioned + sizeof *block->same);

    *block = (struct lsn_kernel_batch){0};
    LSN_TRY(lsn_results_check_single(results, err));
    most = most > end - start ? end - start : most;
    *block = (struct lsn_kernel_batch){
        .results = results, .start = start, .end = end, .first = start, .most = most ? most : 1};
    block->lesioned = lsn_alloc(block->most, sizeof *block->lesioned);
    block->same = lsn_alloc(block->most, sizeof *block->same);
    return block->lesioned && block->same ? LSN_OK : lsn_fail_memory(err, "a block of kernels");
}

void lsn_kernel_batch_free(struct lsn_kernel_batch *block)
{
    lsn_free(block->lesioned);
    lsn_free(block->same);
    *block = (struct lsn_kernel_batch){0};
}

bool lsn_kernel_batch_next(struct lsn_kernel_batch *block)
{
    size_t rest;

    block->first += block->count;
    rest = block->end - block->first;
    block->count = rest < block->most ? rest : block->most;
    return block->count > 0;
}

enum lsn_status lsn_kernel_batch_read(struct lsn_kernel_batch *block, size_t image, int condition,
                                      struct lsn_error *err)
{
    const struct lsn_store *store = block->results->store;
    size_t stimulus = lsn_results_stimulus(block->results, image, condition);

    LSN_TRY(lsn_store_get_intact(store, stimulus, &block->intact, err));
    return lsn_store_get(store, stimulus, block->first, block->count, block->lesioned, block->same,
                         err);
}
