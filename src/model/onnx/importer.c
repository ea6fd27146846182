/* The state of an import: looking up values, binding them to names, adding nodes. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/importer.h"

enum lsn_status lsn_import_fail(struct lsn_importer *im, enum lsn_status code, const char *format,
                                ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return lsn_fail(im->err, code, "%s: node '%s' (%s): %s", im->path, im->names[im->current_index],
                    im->current->op, text);
}

struct lsn_value *lsn_import_input(struct lsn_importer *im, size_t i)
{
    int index;

    if (i >= im->current->input_count || !im->current->inputs[i][0])
        return NULL;
    if (i == 1 && im->is_aligned)
        return &im->aligned;
    index = lsn_names_find(&im->value_names, im->current->inputs[i]);
    return index < 0 ? NULL : &im->values[index];
}

enum lsn_status lsn_import_feature_map(struct lsn_importer *im, size_t i, struct lsn_value **value)
{
    *value = lsn_import_input(im, i);
    if (!*value)
        return lsn_import_fail(im, LSN_E_MODEL, "has no input %zu", i);
    if ((*value)->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "input %zu is a constant, only feature maps are supported there", i);
    return LSN_OK;
}

enum lsn_status lsn_import_numbers(struct lsn_importer *im, struct lsn_value *value,
                                   const double **data)
{
    struct lsn_constant *constant = &value->constant;
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = LSN_OK;

    *data = NULL;
    if (!value->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "an input is not constant");
    if (!constant->data)
        status = lsn_onnx_doubles(&im->onnx, constant->stored, &constant->data, &reason);
    if (status != LSN_OK)
        return lsn_import_fail(im, status, "%s", reason.text);
    *data = constant->data;
    return LSN_OK;
}

static void free_value(struct lsn_value *value)
{
    if (value->is_constant)
        lsn_free(value->constant.data);
    *value = (struct lsn_value){0};
}

enum lsn_status lsn_import_bind_named(struct lsn_importer *im, const char *name,
                                      struct lsn_value *value)
{
    if (!lsn_grow(&im->values, &im->value_capacity, im->value_count, sizeof *im->values) ||
        !lsn_names_set(&im->value_names, name, (int)im->value_count)) {
        free_value(value);
        return lsn_fail_memory(im->err, "a value");
    }
    im->values[im->value_count++] = *value;
    *value = (struct lsn_value){0};
    return LSN_OK;
}

enum lsn_status lsn_import_bind(struct lsn_importer *im, size_t i, struct lsn_value *value)
{
    const char *name = i < im->current->output_count ? im->current->outputs[i] : "";

    if (!name[0]) {
        free_value(value);
        return LSN_OK;
    }
    if (lsn_names_find(&im->value_names, name) >= 0) {
        free_value(value);
        return lsn_import_fail(im, LSN_E_MODEL, "its output '%s' is a weight or the image, too",
                               name);
    }
    return lsn_import_bind_named(im, name, value);
}

/* The name of a node that the current ONNX node becomes: its name, followed by the suffix and,
 * where that name is taken, by a number. */
static char *node_name(struct lsn_importer *im, const char *suffix)
{
    const char *name = im->names[im->current_index];
    struct lsn_text text = {0};
    int number = 1;

    if (!suffix)
        return lsn_strdup(name);
    do {
        text.length = 0;
        lsn_text_add(&text, "%s.%s", name, suffix);
        if (number > 1)
            lsn_text_add(&text, "_%d", number);
        number++;
    } while (!text.failed && (lsn_names_find(&im->taken, text.bytes) >= 0 ||
                              lsn_graph_find(im->graph, text.bytes) >= 0));
    if (text.failed)
        lsn_text_free(&text);
    return text.bytes;
}

enum lsn_status lsn_import_emit(struct lsn_importer *im, struct lsn_node *node, const char *suffix,
                                int input_count, const int *inputs, int *index)
{
    char *name = node_name(im, suffix);
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = name ? lsn_node_set(node, name, inputs, input_count, &reason)
                                  : lsn_fail_memory(&reason, "a node's name");

    lsn_free(name);
    if (status == LSN_OK)
        status = lsn_graph_add(im->graph, node, index, &reason);
    else
        lsn_node_free(node);
    if (status != LSN_OK)
        (void)lsn_fail(im->err, status, "%s: %s", im->path, reason.text);
    return status;
}

enum lsn_status lsn_import_emit_and_bind(struct lsn_importer *im, struct lsn_node *node,
                                         const struct lsn_value *input)
{
    struct lsn_value out = *input;

    LSN_TRY(lsn_import_emit(im, node, NULL, 1, &input->node, &out.node));
    return lsn_import_bind(im, 0, &out);
}

void lsn_importer_free(struct lsn_importer *im)
{
    size_t i;

    for (i = 0; i < im->value_count; i++)
        if (im->values[i].is_constant)
            lsn_free(im->values[i].constant.data);
    for (i = 0; im->names && i < im->onnx.node_count; i++)
        lsn_free(im->names[i]);
    lsn_free(im->values);
    lsn_free(im->names);
    lsn_free(im->place_of);
    lsn_free(im->is_matched);
    lsn_free(im->onnx.nodes);
    lsn_names_free(&im->value_names);
    lsn_names_free(&im->taken);
    lsn_names_free(&im->producers);
}
