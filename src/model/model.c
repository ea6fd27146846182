#include "model/model.h"

#include <string.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/sha256.h"
#include "base/text.h"
#include "format/csv.h"
#include "format/file.h"
#include "model/decide.h"
#include "model/foreign.h"
#include "model/input.h"
#include "model/native.h"
#include "model/onnx/import.h"

/* NAME.input.json beside NAME.onnx, as a fresh string. */
static char *default_input_path(const char *onnx_path)
{
    const char *dot = strrchr(onnx_path, '.');
    struct lsn_text text = {0};

    lsn_text_add(&text, "%.*s.input.json", (int)(dot - onnx_path), onnx_path);
    if (text.failed)
        lsn_text_free(&text);
    return text.bytes;
}

static enum lsn_status read_onnx_input(const char *path, const char *input_path,
                                       struct lsn_input *input, struct lsn_error *err)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = lsn_input_read(input_path, input, &reason);

    if (status == LSN_E_IO)
        return lsn_fail(err, status,
                        "%s; the preprocessing of %s is read from there (--input names another)",
                        reason.text, path);
    if (status != LSN_OK)
        return lsn_fail(err, status, "%s", reason.text);
    return LSN_OK;
}

static enum lsn_status read_onnx(const char *path, const struct lsn_model_options *options,
                                 struct lsn_model *model, struct lsn_sha256 *sha,
                                 struct lsn_error *err)
{
    char *input_path =
        options->input_path ? lsn_strdup(options->input_path) : default_input_path(path);
    struct lsn_onnx_request request = {&model->input, options->output_name, sha};
    enum lsn_status status;

    if (!input_path)
        return lsn_fail_memory(err, "a path");
    status = read_onnx_input(path, input_path, &model->input, err);
    if (status == LSN_OK)
        status = lsn_onnx_import(path, &request, &model->graph, &model->notes, err);
    if (status == LSN_OK)
        status = lsn_file_hash(input_path, sha, err);
    lsn_free(input_path);
    return status;
}

static enum lsn_status check_classes(const char *path, const struct lsn_model *model,
                                     struct lsn_error *err)
{
    if (model->class_count != 0 && model->class_count != lsn_model_classes(model))
        return lsn_fail(err, LSN_E_MODEL, "%s: names %d class%s, the network answers with %d", path,
                        model->class_count, model->class_count == 1 ? "" : "es",
                        lsn_model_classes(model));
    return LSN_OK;
}

static enum lsn_status finish_graph(const char *path, struct lsn_model *model,
                                    struct lsn_error *err)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = lsn_graph_finish(&model->graph, &reason);

    return status == LSN_OK ? LSN_OK : lsn_fail(err, status, "%s: %s", path, reason.text);
}

static enum lsn_status read_any(const char *path, const struct lsn_model_options *options,
                                struct lsn_model *model, struct lsn_sha256 *sha,
                                struct lsn_error *err)
{
    LSN_TRY(lsn_file_hash(path, sha, err));
    if (lsn_path_has_extension(path, "onnx"))
        return read_onnx(path, options, model, sha, err);
    if (options->output_name)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "%s: has one output; --output-name goes with ONNX models", path);
    if (options->input_path)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "%s: carries its own preprocessing; --input goes with ONNX models", path);
    return lsn_native_read(path, model, err);
}

static enum lsn_status load(const char *path, const struct lsn_model_options *options,
                            struct lsn_model *model, struct lsn_error *err)
{
    struct lsn_sha256 sha;
    enum lsn_status status;

    lsn_sha256_start(&sha);
    status = read_any(path, options, model, &sha, err);
    if (status == LSN_OK)
        status = lsn_sha256_finish(&sha, model->sha256, err);
    lsn_sha256_stop(&sha);
    LSN_TRY(status);
    LSN_TRY(finish_graph(path, model, err));
    LSN_TRY(check_classes(path, model, err));
    LSN_TRY(lsn_graph_check_places(&model->graph, err));
    LSN_TRY(lsn_graph_fold(&model->graph, err));
    return lsn_model_make_layers(model, err);
}

/* Fails with the reason that reading path failed with, or, where the file is known to be something
 * else than a model, with what it is. */
static enum lsn_status fail_reading(const char *path, enum lsn_status status,
                                    const struct lsn_error *reason, struct lsn_error *err)
{
    if (status == LSN_E_FORMAT || status == LSN_E_IO)
        LSN_TRY(lsn_foreign_check(path, err));
    return lsn_fail(err, status, "%s", reason->text);
}

enum lsn_status lsn_model_load(const char *path, const struct lsn_model_options *given,
                               struct lsn_model **model, struct lsn_error *err)
{
    struct lsn_model_options options = LSN_MODEL_OPTIONS_DEFAULT;
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status;

    lsn_error_clear(err);
    *model = NULL;
    LSN_TRY(lsn_options_take("model", &options, given, err));
    *model = lsn_alloc(1, sizeof **model);
    if (!*model)
        return lsn_fail_memory(err, "a model");
    status = load(path, &options, *model, &reason);
    if (status != LSN_OK) {
        status = fail_reading(path, status, &reason, err);
        lsn_model_free(*model);
        *model = NULL;
    }
    return status;
}

static enum lsn_status read_class_row(const char *path, const struct lsn_csv *csv, size_t row,
                                      struct lsn_model *model, struct lsn_error *err)
{
    int64_t index;
    struct lsn_class *to;

    if (!lsn_parse_int(lsn_csv_cell(csv, row, 0), 0, (int64_t)csv->row_count - 1, &index) ||
        model->classes[index].id)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: line %zu: class '%s' is not a new index in 0 ... %zu", path,
                        lsn_csv_line(csv, row), lsn_csv_cell(csv, row, 0), csv->row_count - 1);
    to = &model->classes[index];
    to->id = lsn_strdup(lsn_csv_cell(csv, row, 1));
    to->name = lsn_strdup(lsn_csv_cell(csv, row, 2));
    if (!to->id || !to->name)
        return lsn_fail_memory(err, "class names");
    return LSN_OK;
}

static enum lsn_status read_classes(const char *path, struct lsn_model *model,
                                    struct lsn_error *err)
{
    struct lsn_csv csv;
    enum lsn_status status;
    size_t row;

    LSN_TRY(lsn_csv_read(path, &csv, err));
    if (csv.columns != 3 || lsn_csv_column(&csv, "class") != 0 || lsn_csv_column(&csv, "id") != 1 ||
        lsn_csv_column(&csv, "name") != 2 || csv.row_count == 0 || csv.row_count > 10000000) {
        status = lsn_fail(err, LSN_E_FORMAT,
                          "%s: wanted a header class,id,name and one row per class", path);
        goto out;
    }
    model->classes = lsn_alloc(csv.row_count, sizeof *model->classes);
    if (!model->classes) {
        status = lsn_fail_memory(err, "class names");
        goto out;
    }
    model->class_count = (int)csv.row_count;
    status = LSN_OK;
    for (row = 0; row < csv.row_count && status == LSN_OK; row++)
        status = read_class_row(path, &csv, row, model, err);
    if (status == LSN_OK)
        status = check_classes(path, model, err);
out:
    lsn_csv_free(&csv);
    return status;
}

static enum lsn_status convert(const char *onnx_path, const struct lsn_model_options *options,
                               const char *classes_path, struct lsn_model *model,
                               struct lsn_error *err)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    struct lsn_sha256 sha;
    enum lsn_status status;

    lsn_sha256_start(&sha);
    status = read_onnx(onnx_path, options, model, &sha, &reason);
    lsn_sha256_stop(&sha);
    if (status != LSN_OK)
        return fail_reading(onnx_path, status, &reason, err);
    LSN_TRY(finish_graph(onnx_path, model, err));
    LSN_TRY(lsn_graph_check_places(&model->graph, err));
    LSN_TRY(lsn_model_make_layers(model, err));
    return classes_path ? read_classes(classes_path, model, err) : LSN_OK;
}

enum lsn_status lsn_model_convert(const char *onnx_path, const struct lsn_model_options *given,
                                  const char *classes_path, const char *output_path, bool force,
                                  struct lsn_model **model, struct lsn_error *err)
{
    struct lsn_model_options options = LSN_MODEL_OPTIONS_DEFAULT;
    enum lsn_status status;

    lsn_error_clear(err);
    *model = NULL;
    LSN_TRY(lsn_options_take("model", &options, given, err));
    if (!lsn_path_has_extension(onnx_path, "onnx"))
        return lsn_fail(err, LSN_E_ARGUMENT, "%s: is not named .onnx; only ONNX is converted",
                        onnx_path);
    LSN_TRY(lsn_output_check(output_path, force, err));
    *model = lsn_alloc(1, sizeof **model);
    if (!*model)
        return lsn_fail_memory(err, "a model");
    status = convert(onnx_path, &options, classes_path, *model, err);
    if (status == LSN_OK)
        status = lsn_native_write(output_path, force, *model, err);
    if (status != LSN_OK) {
        lsn_model_free(*model);
        *model = NULL;
    }
    return status;
}

void lsn_model_free(struct lsn_model *model)
{
    int i;

    if (!model)
        return;
    for (i = 0; i < model->class_count; i++) {
        lsn_free(model->classes[i].id);
        lsn_free(model->classes[i].name);
    }
    lsn_free(model->classes);
    lsn_model_free_layers(model);
    lsn_decision_free(model->decision);
    lsn_graph_free(&model->graph);
    lsn_notes_free(&model->notes);
    lsn_free(model);
}
