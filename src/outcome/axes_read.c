/* Reads the axes of a run from its CSV files. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "format/csv.h"
#include "format/file.h"
#include "outcome/axes.h"

/* A CSV file that is being read. */
struct reader {
    const char *path;
    struct lsn_csv csv;
    struct lsn_error *err;
};

static enum lsn_status column_of(const struct reader *r, const char *name, int *column)
{
    *column = lsn_csv_column(&r->csv, name);
    if (*column < 0)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: has no column %s", r->path, name);
    return LSN_OK;
}

static enum lsn_status read_int(const struct reader *r, size_t row, int column, int64_t high,
                                int64_t *value)
{
    const char *text = lsn_csv_cell(&r->csv, row, column);

    if (!lsn_parse_int(text, 0, high, value))
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: '%.40s' is not a number in 0 ... %lld",
                        r->path, lsn_csv_line(&r->csv, row), text, (long long)high);
    return LSN_OK;
}

/* Copies a cell to *text unless *text is already set: a class or layer is named in many rows. */
static enum lsn_status copy_first(const struct reader *r, size_t row, int column, char **text)
{
    if (!*text)
        *text = lsn_strdup(lsn_csv_cell(&r->csv, row, column));
    return *text ? LSN_OK : lsn_fail_memory(r->err, "the axes of a run");
}

static enum lsn_status read_images(const struct reader *r, struct lsn_results *results)
{
    int file, class_index, class_name, bytes;
    size_t i;

    LSN_TRY(column_of(r, "file", &file));
    LSN_TRY(column_of(r, "class", &class_index));
    LSN_TRY(column_of(r, "class_name", &class_name));
    LSN_TRY(column_of(r, "bytes", &bytes));
    LSN_TRY(lsn_results_allocate_images(results, r->csv.row_count, r->err));
    for (i = 0; i < r->csv.row_count; i++) {
        int64_t value;

        LSN_TRY(copy_first(r, i, file, &results->image_names[i]));
        LSN_TRY(read_int(r, i, class_index, results->classes - 1, &value));
        results->image_classes[i] = (int)value;
        if (lsn_csv_cell(&r->csv, i, class_name)[0])
            LSN_TRY(copy_first(r, i, class_name, &results->class_names[value]));
        LSN_TRY(read_int(r, i, bytes, INT64_MAX, &value));
        results->image_bytes[i] = (uint64_t)value;
    }
    return LSN_OK;
}

static enum lsn_status read_word(const struct reader *r, size_t row, int column,
                                 const char *const *words, size_t count, int *index)
{
    const char *text = lsn_csv_cell(&r->csv, row, column);

    for (*index = 0; *index < (int)count; ++*index)
        if (strcmp(words[*index], text) == 0)
            return LSN_OK;
    return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: '%.40s' is not known", r->path,
                    lsn_csv_line(&r->csv, row), text);
}

/* Reads a region, the seed of its random mask, and the SHA-256 of its mask file. */
static enum lsn_status read_region(const struct reader *r, size_t row, struct lsn_region *region)
{
    int text, seed, sha256;
    struct lsn_error reason = LSN_ERROR_NONE;
    const char *digest;
    int64_t value;

    LSN_TRY(column_of(r, "region", &text));
    LSN_TRY(column_of(r, "seed", &seed));
    LSN_TRY(column_of(r, "mask_sha256", &sha256));
    LSN_TRY(read_int(r, row, seed, INT64_MAX, &value));
    digest = lsn_csv_cell(&r->csv, row, sha256);
    if (lsn_region_parse(lsn_csv_cell(&r->csv, row, text), (uint64_t)value, region, &reason) !=
        LSN_OK)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: %s", r->path,
                        lsn_csv_line(&r->csv, row), reason.text);
    if (digest[0] && (strlen(digest) != 64 || strspn(digest, "0123456789abcdef") != 64))
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: '%.80s' is not a SHA-256", r->path,
                        lsn_csv_line(&r->csv, row), digest);
    memcpy(region->sha256, digest, strlen(digest) + 1);
    return LSN_OK;
}

static enum lsn_status read_share(const struct reader *r, size_t row, const char *name,
                                  double *value)
{
    const char *text;
    int column;

    LSN_TRY(column_of(r, name, &column));
    text = lsn_csv_cell(&r->csv, row, column);
    if (!lsn_parse_float(text, 0, 1, value))
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: '%.40s' is not a number in 0 ... 1",
                        r->path, lsn_csv_line(&r->csv, row), text);
    return LSN_OK;
}

/* Reads a normalisation, and the mean and sd that the stimulus is brought to. */
static enum lsn_status read_normalisation(const struct reader *r, size_t row,
                                          struct lsn_normalisation *normalisation)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    double mean, sd;
    int text;

    LSN_TRY(column_of(r, "normalise", &text));
    LSN_TRY(read_share(r, row, "stimulus_mean", &mean));
    LSN_TRY(read_share(r, row, "stimulus_sd", &sd));
    if (lsn_normalisation_parse(lsn_csv_cell(&r->csv, row, text), mean, sd, normalisation,
                                &reason) != LSN_OK)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: %s", r->path,
                        lsn_csv_line(&r->csv, row), reason.text);
    return LSN_OK;
}

static enum lsn_status read_conditions(const struct reader *r, struct lsn_results *results)
{
    int definition, quantize, word;
    size_t i;

    LSN_TRY(column_of(r, "definition", &definition));
    LSN_TRY(column_of(r, "quantize", &quantize));
    if (r->csv.row_count == 0 || r->csv.row_count > INT32_MAX)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: has %zu rows", r->path, r->csv.row_count);
    results->conditions = lsn_alloc(r->csv.row_count, sizeof *results->conditions);
    if (!results->conditions)
        return lsn_fail_memory(r->err, "the conditions of a run");
    results->condition_count = (int)r->csv.row_count;
    for (i = 0; i < r->csv.row_count; i++) {
        struct lsn_condition *condition = &results->conditions[i];

        LSN_TRY(read_share(r, i, "contrast", &condition->contrast));
        LSN_TRY(read_word(r, i, definition, lsn_definition_names, LSN_DEFINITIONS, &word));
        condition->definition = (enum lsn_contrast_definition)word;
        LSN_TRY(read_word(r, i, quantize, lsn_quantize_names, LSN_QUANTIZES, &word));
        condition->quantize = (enum lsn_quantize)word;
        LSN_TRY(read_region(r, i, &condition->region));
        LSN_TRY(read_normalisation(r, i, &condition->normalisation));
    }
    return LSN_OK;
}

#define LAYERS_MAX 100000

/* Appends the lesion of a row to the results, unless the row before has the same one. */
static enum lsn_status read_lesion(const struct reader *r, size_t row, int column, int seed_column,
                                   struct lsn_results *results)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    char last[LSN_LESION_TEXT_MAX] = "";
    const char *text = lsn_csv_cell(&r->csv, row, column);
    int64_t seed;

    if (results->lesion_count > 0)
        lsn_lesion_text(&results->lesions[results->lesion_count - 1], last);
    if (strcmp(text, last) == 0)
        return LSN_OK;
    LSN_TRY(read_int(r, row, seed_column, INT64_MAX, &seed));
    if (lsn_lesion_parse(text, (uint64_t)seed, &results->lesions[results->lesion_count++],
                         &reason) != LSN_OK)
        return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: %s", r->path,
                        lsn_csv_line(&r->csv, row), reason.text);
    return LSN_OK;
}

static enum lsn_status allocate_kernels(struct lsn_results *results, size_t count,
                                        struct lsn_error *err)
{
    results->lesions = lsn_alloc(count, sizeof *results->lesions);
    results->kernel_lesion = lsn_alloc(count, sizeof *results->kernel_lesion);
    results->kernel_layer = lsn_alloc(count, sizeof *results->kernel_layer);
    results->kernel_index = lsn_alloc(count, sizeof *results->kernel_index);
    results->kernel_count = count;
    return results->lesions && results->kernel_lesion && results->kernel_layer &&
                   results->kernel_index
               ? LSN_OK
               : lsn_fail_memory(err, "the kernels of a run");
}

/* Reads of how many kernels each layer's are a sample, where the file says so. */
static enum lsn_status read_sampled_from(const struct reader *r, struct lsn_results *results)
{
    int column = lsn_csv_column(&r->csv, LSN_SAMPLED_FROM);
    int64_t value;
    size_t i;

    if (column < 0)
        return LSN_OK;
    results->sampled_from = lsn_alloc((size_t)results->layer_count, sizeof *results->sampled_from);
    if (!results->sampled_from)
        return lsn_fail_memory(r->err, "the kernels of a run");
    for (i = 0; i < r->csv.row_count; i++) {
        LSN_TRY(read_int(r, i, column, INT32_MAX, &value));
        results->sampled_from[results->kernel_layer[i]] = (int)value;
    }
    return LSN_OK;
}

/* Joins the rows of each set, where the file has sets: until now each row was a kernel. */
static enum lsn_status read_sets(const struct reader *r, struct lsn_results *results)
{
    int column = lsn_csv_column(&r->csv, LSN_SET);
    size_t rows = r->csv.row_count, sets = 0, i;
    int64_t set;

    if (column < 0)
        return LSN_OK;
    results->set_kernels = lsn_alloc(rows, sizeof *results->set_kernels);
    results->set_start = lsn_alloc(rows + 1, sizeof *results->set_start);
    if (!results->set_kernels || !results->set_start)
        return lsn_fail_memory(r->err, "the kernels of a run");
    for (i = 0; i < rows; i++) {
        results->set_kernels[i] =
            (struct lsn_kernel){results->kernel_layer[i], results->kernel_index[i]};
        LSN_TRY(read_int(r, i, column, INT32_MAX, &set));
        if (sets > 0 && (size_t)set == sets - 1)
            continue;
        if ((size_t)set != sets)
            return lsn_fail(r->err, LSN_E_FORMAT, "%s: line %zu: set %lld stands where %zu should",
                            r->path, lsn_csv_line(&r->csv, i), (long long)set, sets);
        results->kernel_lesion[sets] = results->kernel_lesion[i];
        results->kernel_layer[sets] = results->kernel_layer[i];
        results->kernel_index[sets] = results->kernel_index[i];
        results->set_start[sets++] = (int)i;
    }
    results->set_start[sets] = (int)rows;
    results->kernel_count = sets;
    return LSN_OK;
}

static enum lsn_status read_kernels(const struct reader *r, struct lsn_results *results)
{
    int layer, layer_index, kernel, lesion, seed;
    int64_t value;
    size_t i;

    LSN_TRY(column_of(r, "layer", &layer));
    LSN_TRY(column_of(r, "layer_index", &layer_index));
    LSN_TRY(column_of(r, "kernel", &kernel));
    LSN_TRY(column_of(r, "lesion", &lesion));
    LSN_TRY(column_of(r, "seed", &seed));
    LSN_TRY(allocate_kernels(results, r->csv.row_count, r->err));
    for (i = 0; i < r->csv.row_count; i++) {
        LSN_TRY(read_int(r, i, layer_index, LAYERS_MAX, &value));
        results->kernel_layer[i] = (int)value;
        if (value >= results->layer_count)
            results->layer_count = (int)value + 1;
        LSN_TRY(read_int(r, i, kernel, INT32_MAX, &value));
        results->kernel_index[i] = (int)value;
        LSN_TRY(read_lesion(r, i, lesion, seed, results));
        results->kernel_lesion[i] = results->lesion_count - 1;
    }
    results->layer_names = lsn_alloc((size_t)results->layer_count, sizeof *results->layer_names);
    if (!results->layer_names)
        return lsn_fail_memory(r->err, "the kernels of a run");
    for (i = 0; i < r->csv.row_count; i++)
        LSN_TRY(copy_first(r, i, layer, &results->layer_names[results->kernel_layer[i]]));
    LSN_TRY(read_sampled_from(r, results));
    return read_sets(r, results);
}

static enum lsn_status read_axis(const char *folder, const char *name,
                                 enum lsn_status (*read)(const struct reader *,
                                                         struct lsn_results *),
                                 struct lsn_results *results, struct lsn_error *err)
{
    char *path = lsn_path_join(folder, name);
    struct reader reader = {.path = path, .err = err};
    enum lsn_status status;

    if (!path)
        return lsn_fail_memory(err, "a path");
    status = lsn_csv_read(path, &reader.csv, err);
    if (status == LSN_OK)
        status = read(&reader, results);
    lsn_csv_free(&reader.csv);
    lsn_free(path);
    return status;
}

enum lsn_status lsn_axes_read_shared(const char *folder, struct lsn_results *results,
                                     struct lsn_error *err)
{
    results->class_names = lsn_alloc((size_t)results->classes, sizeof *results->class_names);
    if (!results->class_names)
        return lsn_fail_memory(err, "the classes of a run");
    LSN_TRY(read_axis(folder, "conditions.csv", read_conditions, results, err));
    return read_axis(folder, "kernels.csv", read_kernels, results, err);
}

enum lsn_status lsn_axes_read(const char *folder, struct lsn_results *results,
                              struct lsn_error *err)
{
    LSN_TRY(lsn_axes_read_shared(folder, results, err));
    return read_axis(folder, "images.csv", read_images, results, err);
}
