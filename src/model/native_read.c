#include <string.h>

#include "base/memory.h"
#include "format/safetensors.h"
#include "model/input.h"
#include "model/native.h"
#include "model/ops.h"

struct reader {
    const char *path;
    struct lsn_safetensors file;
    struct lsn_json *json;
    struct lsn_model *model;
};

static enum lsn_status bad_node(const struct reader *r, const struct lsn_node *node,
                                const char *what, struct lsn_error *err)
{
    return lsn_fail(err, LSN_E_FORMAT, "%s: node '%s' (%s): %s", r->path, node->name,
                    lsn_op_def(node->op)->name, what);
}

static bool read_ints(const struct lsn_json *json, int count, int *values)
{
    const struct lsn_json *element = lsn_json_first(json);
    int i;

    if (!lsn_json_is_array(json) || lsn_json_size(json) != count)
        return false;
    for (i = 0; i < count; i++, element = lsn_json_next(element))
        if (!lsn_json_int(element, -2147483647, 2147483647, &values[i]))
            return false;
    return true;
}

static bool read_channels(const struct lsn_json *json, struct lsn_attributes *attributes)
{
    int count = lsn_json_size(json);

    lsn_free(attributes->channels);
    attributes->channels = lsn_alloc((size_t)count, sizeof *attributes->channels);
    attributes->channel_count = count;
    return attributes->channels && read_ints(json, count, attributes->channels);
}

/* Whether the value lies in its range is checked when the node is added to the graph. */
static bool read_value(const struct lsn_attribute_def *def, const struct lsn_json *json,
                       struct lsn_attributes *attributes)
{
    void *field = (char *)attributes + def->offset;
    double number;

    switch (def->type) {
    case LSN_ATTR_INT:
        return lsn_json_int(json, -2147483647, 2147483647, field);
    case LSN_ATTR_INT2:
        return read_ints(json, 2, field);
    case LSN_ATTR_INT4:
        return read_ints(json, 4, field);
    case LSN_ATTR_CHANNELS:
        return read_channels(json, attributes);
    case LSN_ATTR_BOOL:
        return lsn_json_bool(json, field);
    case LSN_ATTR_FLOAT:
        if (!lsn_json_number(json, &number) || number < -3e38 || number > 3e38)
            return false;
        *(float *)field = (float)number;
        return true;
    }
    return false;
}

static enum lsn_status read_attributes(const struct reader *r, const struct lsn_json *json,
                                       struct lsn_node *node, struct lsn_error *err)
{
    const struct lsn_op_def *def = lsn_op_def(node->op);
    const struct lsn_json *attributes = lsn_json_member(json, "attributes"), *member;
    int i, found = 0;

    for (i = 0; i < def->attribute_count; i++) {
        const struct lsn_attribute_def *attribute = &def->attributes[i];

        member = lsn_json_member(attributes, attribute->name);
        if (!member && !attribute->required)
            continue;
        if (!member || !read_value(attribute, member, &node->attributes))
            return lsn_fail(err, LSN_E_FORMAT, "%s: node '%s' (%s): attribute '%s' is %s", r->path,
                            node->name, def->name, attribute->name,
                            member ? "not of its type" : "missing");
        found++;
    }
    if (found != lsn_json_size(attributes))
        return bad_node(r, node, "has an attribute that this op does not know", err);
    return LSN_OK;
}

/* Large tensors are not copied: they stay in the mapped file, which the graph keeps open. */
static enum lsn_status read_tensor(const struct reader *r, const char *name,
                                   struct lsn_tensor *tensor, struct lsn_error *err)
{
    const float *data;

    LSN_TRY(
        lsn_safetensors_in_place(&r->file, r->path, name, &tensor->rank, tensor->dims, &data, err));
    tensor->mapped = data && lsn_tensor_count(tensor) >= LSN_MAP_BYTES_MIN / sizeof *data;
    if (!tensor->mapped)
        return lsn_safetensors_floats(&r->file, r->path, name, &tensor->rank, tensor->dims,
                                      &tensor->data, err);
    tensor->data = (float *)data;
    return LSN_OK;
}

static enum lsn_status read_tensors(const struct reader *r, const struct lsn_json *json,
                                    struct lsn_node *node, struct lsn_error *err)
{
    const struct lsn_op_def *def = lsn_op_def(node->op);
    const struct lsn_json *tensors = lsn_json_member(json, "tensors");
    int i, found = 0;

    for (i = 0; i < LSN_TENSORS_MAX && def->tensors[i]; i++) {
        struct lsn_tensor *tensor = &node->tensors[i];
        const char *name = lsn_json_string(lsn_json_member(tensors, def->tensors[i]));

        if (!name)
            continue;
        LSN_TRY(read_tensor(r, name, tensor, err));
        tensor->name = lsn_strdup(name);
        if (!tensor->name)
            return lsn_fail_memory(err, "a tensor's name");
        found++;
    }
    if (found != lsn_json_size(tensors))
        return bad_node(r, node, "has a tensor that this op does not know", err);
    return LSN_OK;
}

static enum lsn_status read_inputs(const struct reader *r, const struct lsn_json *json,
                                   const char *name, struct lsn_node *node, struct lsn_error *err)
{
    const struct lsn_json *inputs = lsn_json_member(json, "inputs"), *input;
    int count = lsn_json_size(inputs), i = 0;
    int *indices = lsn_alloc((size_t)count, sizeof *indices);
    enum lsn_status status = LSN_OK;

    if (!indices)
        return lsn_fail_memory(err, "a node's inputs");
    for (input = lsn_json_first(inputs); input && status == LSN_OK; input = lsn_json_next(input)) {
        const char *from = lsn_json_string(input);

        indices[i] = from ? lsn_graph_find(&r->model->graph, from) : -1;
        if (indices[i++] < 0)
            status = lsn_fail(err, LSN_E_FORMAT, "%s: node '%s': its input '%s' is no earlier node",
                              r->path, name, from ? from : "(not a string)");
    }
    if (status == LSN_OK)
        status = lsn_node_set(node, name, indices, count, err);
    lsn_free(indices);
    return status;
}

/* A Conv that names a layer, or reads the weights of an earlier Conv, is another place of that
 * one's layer. */
static enum lsn_status read_layer(const struct reader *r, const struct lsn_json *json,
                                  struct lsn_node *node, struct lsn_error *err)
{
    const struct lsn_json *member = lsn_json_member(json, "layer");
    const char *layer = lsn_json_string(member);
    const struct lsn_graph *graph = &r->model->graph;
    int i;

    if (member && node->op != LSN_OP_CONV)
        return bad_node(r, node, "has a layer, which is for Conv", err);
    if (member && (!layer || !layer[0]))
        return bad_node(r, node, "its layer is not a name", err);
    for (i = 1; i < graph->count && node->op == LSN_OP_CONV && node->tensors[0].name && !layer; i++)
        if (graph->nodes[i].op == LSN_OP_CONV &&
            strcmp(graph->nodes[i].tensors[0].name, node->tensors[0].name) == 0)
            layer = lsn_layer_key(&graph->nodes[i]);
    if (!layer || strcmp(layer, node->name) == 0)
        return LSN_OK;
    node->layer = lsn_strdup(layer);
    return node->layer ? LSN_OK : lsn_fail_memory(err, "a layer's name");
}

static enum lsn_status read_node(const struct reader *r, const struct lsn_json *json,
                                 struct lsn_node *node, struct lsn_error *err)
{
    const char *name = lsn_json_string(lsn_json_member(json, "name"));
    const char *op_name = lsn_json_string(lsn_json_member(json, "op"));
    enum lsn_op op;

    if (!name || !op_name)
        return lsn_fail(err, LSN_E_FORMAT, "%s: a node has no name or no op", r->path);
    op = lsn_op_find(op_name);
    if (op == LSN_OP_COUNT)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: node '%s': the op '%s' is not supported",
                        r->path, name, op_name);
    *node = lsn_node_default(op);
    LSN_TRY(read_inputs(r, json, name, node, err));
    LSN_TRY(read_attributes(r, json, node, err));
    LSN_TRY(read_tensors(r, json, node, err));
    return read_layer(r, json, node, err);
}

static enum lsn_status read_nodes(const struct reader *r, struct lsn_error *err)
{
    const struct lsn_json *nodes = lsn_json_member(r->json, "nodes"), *json;

    if (!lsn_json_is_array(nodes) || lsn_json_size(nodes) == 0)
        return lsn_fail(err, LSN_E_FORMAT, "%s: its graph has no list of nodes", r->path);
    LSN_TRY(lsn_graph_start(&r->model->graph, r->model->input.shape, err));
    for (json = lsn_json_first(nodes); json; json = lsn_json_next(json)) {
        struct lsn_node node = {0};
        enum lsn_status status = read_node(r, json, &node, err);

        if (status != LSN_OK) {
            lsn_node_free(&node);
            return status;
        }
        LSN_TRY(lsn_graph_add(&r->model->graph, &node, NULL, err));
    }
    return LSN_OK;
}

static enum lsn_status read_classes(const struct reader *r, struct lsn_error *err)
{
    const struct lsn_json *classes = lsn_json_member(r->json, "classes"), *json;
    struct lsn_model *model = r->model;
    int count = lsn_json_size(classes);

    if (count == 0)
        return LSN_OK;
    model->classes = lsn_alloc((size_t)count, sizeof *model->classes);
    if (!model->classes)
        return lsn_fail_memory(err, "class names");
    for (json = lsn_json_first(classes); json; json = lsn_json_next(json)) {
        const char *id = lsn_json_string(lsn_json_member(json, "id"));
        const char *name = lsn_json_string(lsn_json_member(json, "name"));
        struct lsn_class *to = &model->classes[model->class_count++];

        to->id = id ? lsn_strdup(id) : NULL;
        to->name = name ? lsn_strdup(name) : NULL;
        if ((id && !to->id) || (name && !to->name))
            return lsn_fail_memory(err, "class names");
    }
    return LSN_OK;
}

/* The sentences that the ONNX import noted when the file was made. Files of other programs may have
 * none. */
static enum lsn_status read_notes(const struct reader *r, struct lsn_error *err)
{
    const struct lsn_json *notes = lsn_json_member(r->json, "notes"), *note;

    for (note = lsn_json_first(notes); note; note = lsn_json_next(note)) {
        const char *text = lsn_json_string(note);

        if (!text || !lsn_json_is_array(notes))
            return lsn_fail(err, LSN_E_FORMAT, "%s: its notes are no list of sentences", r->path);
        LSN_TRY(lsn_notes_add(&r->model->notes, err, "%s", text));
    }
    return LSN_OK;
}

static enum lsn_status read_graph(struct reader *r, struct lsn_error *err)
{
    const char *format = lsn_safetensors_metadata(&r->file, "format");
    const char *version = lsn_safetensors_metadata(&r->file, "version");
    const char *graph = lsn_safetensors_metadata(&r->file, "graph");

    if (!format || strcmp(format, "lesion-model") != 0)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: is no lesion model: its metadata has format %s, not lesion-model",
                        r->path, format ? format : "(none)");
    if (!version || strcmp(version, "1") != 0)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: is of version %s, this program reads 1",
                        r->path, version ? version : "(none)");
    if (!graph)
        return lsn_fail(err, LSN_E_FORMAT, "%s: its metadata has no graph", r->path);
    LSN_TRY(lsn_json_parse("the model's graph", graph, strlen(graph), &r->json, err));
    LSN_TRY(lsn_input_parse("the model's input", lsn_json_member(r->json, "input"),
                            &r->model->input, err));
    LSN_TRY(read_nodes(r, err));
    LSN_TRY(read_notes(r, err));
    return read_classes(r, err);
}

enum lsn_status lsn_native_read(const char *path, struct lsn_model *model, struct lsn_error *err)
{
    struct reader reader = {.path = path, .model = model};
    enum lsn_status status;

    LSN_TRY(lsn_safetensors_open(path, &reader.file, err));
    status = read_graph(&reader, err);
    lsn_json_free(reader.json);
    if (status == LSN_OK)
        status = lsn_maps_add(&model->graph.files, &reader.file.map, err);
    lsn_safetensors_close(&reader.file);
    return status;
}
