/* Values of the import: looking them up, checking and binding them. */
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
    if (i == 1 && im->is_spread)
        return &im->spread;
    index = lsn_names_find(&im->value_names, im->current->inputs[i]);
    return index < 0 ? NULL : &im->values[index];
}

enum lsn_status lsn_import_map(struct lsn_importer *im, size_t i, struct lsn_value **value)
{
    *value = lsn_import_input(im, i);
    if (!*value)
        return lsn_import_fail(im, LSN_E_MODEL, "has no input %zu", i);
    if ((*value)->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "input %zu is a constant, only feature maps are supported there", i);
    return LSN_OK;
}

/* Whether an axis runs through all `size` values of kind in their own order. */
static bool is_whole(const struct lsn_axis *axis, enum lsn_axis_kind kind, int size)
{
    if (size == 1)
        return axis->kind == LSN_AXIS_ONE;
    return axis->kind == kind && axis->size == size &&
           (kind != LSN_AXIS_CHANNEL || axis->step == 1);
}

struct lsn_shape lsn_import_shape(const struct lsn_importer *im, const struct lsn_value *value)
{
    return im->graph->nodes[value->node].shape;
}

enum lsn_axis_kind lsn_import_kind_at(const struct lsn_value *value, int d)
{
    if (value->axes[d].kind == LSN_AXIS_ONE && value->rank == 4)
        return d == 1   ? LSN_AXIS_CHANNEL
               : d == 2 ? LSN_AXIS_ROW
               : d == 3 ? LSN_AXIS_COLUMN
                        : LSN_AXIS_ONE;
    return value->axes[d].kind;
}

enum lsn_status lsn_import_planes(struct lsn_importer *im, size_t i, struct lsn_value **value)
{
    struct lsn_shape s;
    const struct lsn_axis *a;

    LSN_TRY(lsn_import_map(im, i, value));
    if ((*value)->rank == 4)
        LSN_TRY(lsn_import_order_channels(im, *value));
    a = (*value)->axes;
    if ((*value)->rank == 4 && (a[2].kind == LSN_AXIS_COLUMN || a[3].kind == LSN_AXIS_ROW) &&
        (a[2].kind == LSN_AXIS_ONE || a[3].kind == LSN_AXIS_ONE))
        LSN_TRY(lsn_import_turn(im, *value));
    s = lsn_import_shape(im, *value);
    if ((*value)->rank != 4 || a[0].kind != LSN_AXIS_ONE ||
        !is_whole(&a[1], LSN_AXIS_CHANNEL, s.c) || !is_whole(&a[2], LSN_AXIS_ROW, s.h) ||
        !is_whole(&a[3], LSN_AXIS_COLUMN, s.w))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "input %zu is not laid out batch x channels x height x width, the "
                               "one layout supported there (rank %d)",
                               i, (*value)->rank);
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

/* The current node's name, or a fresh one beside it for a part. */
static char *part_name(struct lsn_importer *im, const char *part)
{
    const char *name = im->names[im->current_index];
    struct lsn_text text = {0};
    int number = 1;

    if (!part)
        return lsn_strdup(name);
    do {
        text.length = 0;
        lsn_text_add(&text, "%s.%s", name, part);
        if (number > 1)
            lsn_text_add(&text, "_%d", number);
        number++;
    } while (!text.failed && (lsn_names_find(&im->taken, text.bytes) >= 0 ||
                              lsn_graph_find(im->graph, text.bytes) >= 0));
    if (text.failed)
        lsn_text_free(&text);
    return text.bytes;
}

enum lsn_status lsn_import_emit(struct lsn_importer *im, struct lsn_node *node, const char *part,
                                int input_count, const int *inputs, int *index)
{
    char *name = part_name(im, part);
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

enum lsn_status lsn_import_same(struct lsn_importer *im, struct lsn_node *node,
                                const struct lsn_value *input)
{
    struct lsn_value out = *input;

    LSN_TRY(lsn_import_emit(im, node, NULL, 1, &input->node, &out.node));
    return lsn_import_bind(im, 0, &out);
}

static struct lsn_axis axis_of(enum lsn_axis_kind kind, int size)
{
    return (struct lsn_axis){size == 1 ? LSN_AXIS_ONE : kind, size, 1};
}

struct lsn_value lsn_import_as_planes(const struct lsn_importer *im, int node)
{
    struct lsn_shape s = im->graph->nodes[node].shape;

    return (struct lsn_value){
        .node = node,
        .rank = 4,
        .axes = {axis_of(LSN_AXIS_ONE, 1), axis_of(LSN_AXIS_CHANNEL, s.c),
                 axis_of(LSN_AXIS_ROW, s.h), axis_of(LSN_AXIS_COLUMN, s.w)},
    };
}

enum lsn_status lsn_import_tensor(struct lsn_importer *im, struct lsn_value *value,
                                  const char *what, int rank, struct lsn_tensor *tensor)
{
    const struct lsn_constant *constant = value ? &value->constant : NULL;
    size_t i;
    int d;

    if (!value || !value->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its %s is %s, only constants are supported",
                               what, value ? "computed from the image" : "missing");
    if ((rank >= 0 && constant->rank != rank) || constant->rank > 4)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its %s has %d dimensions, wanted %d", what,
                               constant->rank, rank < 0 ? 4 : rank);
    for (d = 0; d < constant->rank; d++) {
        if (constant->dims[d] < 1 || constant->dims[d] > 1 << 30)
            return lsn_import_fail(im, LSN_E_MODEL, "dimension %d of its %s is %jd", d, what,
                                   (intmax_t)constant->dims[d]);
        tensor->dims[d] = (int)constant->dims[d];
    }
    tensor->rank = constant->rank;
    if (!constant->data) {
        struct lsn_error reason = LSN_ERROR_NONE;
        enum lsn_status status =
            lsn_onnx_floats(&im->onnx, constant->stored, &tensor->data, &tensor->mapped, &reason);

        return status == LSN_OK ? LSN_OK : lsn_import_fail(im, status, "%s", reason.text);
    }
    tensor->data = lsn_alloc_floats(constant->count);
    if (!tensor->data)
        return lsn_fail_memory(im->err, "a weight");
    for (i = 0; i < constant->count; i++)
        tensor->data[i] = (float)constant->data[i];
    return LSN_OK;
}

enum lsn_status lsn_import_per_channel(struct lsn_importer *im, struct lsn_value *constant,
                                       const struct lsn_value *value, float **numbers)
{
    const struct lsn_constant *k = &constant->constant;
    size_t c = (size_t)lsn_import_shape(im, value).c, i;
    const double *data;
    int d;

    *numbers = NULL;
    LSN_TRY(lsn_import_numbers(im, constant, &data));
    for (d = 0; d < k->rank; d++) {
        int axis = value->rank - k->rank + d;

        if (k->dims[d] != 1 &&
            (axis < 0 || !is_whole(&value->axes[axis], LSN_AXIS_CHANNEL, (int)c) ||
             k->dims[d] != (int64_t)c))
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "a constant of %jd values along dimension %d does not fit the "
                                   "%zu channels of its input; only one number, or one per "
                                   "channel, is supported",
                                   (intmax_t)k->dims[d], d, c);
    }
    if (k->count == 0)
        return lsn_import_fail(im, LSN_E_MODEL, "a constant holds no numbers");
    *numbers = lsn_alloc_floats(c);
    if (!*numbers)
        return lsn_fail_memory(im->err, "a constant");
    for (i = 0; i < c; i++)
        (*numbers)[i] = (float)data[k->count == 1 ? 0 : i];
    return LSN_OK;
}

enum lsn_status lsn_import_scale_and_shift(struct lsn_importer *im, struct lsn_node *node, int c,
                                           float scale)
{
    enum lsn_status status = lsn_tensor_vector(&node->tensors[0], c, im->err);
    int i;

    if (status == LSN_OK)
        status = lsn_tensor_vector(&node->tensors[1], c, im->err);
    if (status != LSN_OK) {
        lsn_node_free(node);
        return status;
    }
    for (i = 0; i < c; i++)
        node->tensors[0].data[i] = scale;
    return LSN_OK;
}
