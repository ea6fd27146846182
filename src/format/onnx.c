/* Copies what the generated protobuf reader gives into the structs of format/onnx.h, so that this
 * is the only file that knows protobuf-c. */
#include "format/onnx.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "format/file.h"
#include "format/onnx_strip.h"
#include "onnx.pb-c.h"

#define FILE_BYTES_MAX ((size_t)1 << 31) /* protobuf's own limit */

/* The file being read: its path for error sentences, and its bytes, in which the data of large
 * tensors stay. */
struct source {
    const char *path;
    const uint8_t *bytes; /* [size] data of tensors may stay in here */
    size_t size;
};

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

static enum lsn_status read_dims(const struct source *source, const Lsn__OnnxTensor *from,
                                 struct lsn_onnx_tensor *to, struct lsn_error *err)
{
    size_t i, product = 1;

    if (from->n_dims > LSN_ONNX_RANK_MAX)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: tensor '%s' has %zu dimensions, at most %d are "
                        "supported",
                        source->path, to->name, from->n_dims, LSN_ONNX_RANK_MAX);
    to->rank = (int)from->n_dims;
    to->count = 1;
    for (i = 0; i < from->n_dims; i++) {
        to->dims[i] = from->dims[i];
        /* The product leaves zeroes out, since a dimension of 0 would hide that the others
         * overflow. */
        if (from->dims[i] < 0 ||
            !lsn_mul_size(product, from->dims[i] ? (size_t)from->dims[i] : 1, &product) ||
            product > (size_t)1 << 40)
            return lsn_fail(err, LSN_E_FORMAT, "%s: tensor '%s': dimension %zu is %jd",
                            source->path, to->name, i, (intmax_t)from->dims[i]);
        to->count *= (size_t)from->dims[i];
    }
    return LSN_OK;
}

static void read_location(const Lsn__OnnxTensor *from, struct lsn_onnx_tensor *to)
{
    size_t i;

    to->location = "";
    for (i = 0; i < from->n_external_data; i++) {
        const char *key = text_or_empty(from->external_data[i]->key);
        const char *value = text_or_empty(from->external_data[i]->value);

        if (strcmp(key, "location") == 0)
            to->location = value;
        else if (strcmp(key, "offset") == 0)
            to->offset = value;
        else if (strcmp(key, "length") == 0)
            to->length = value;
    }
}

/* Finds the raw data that onnx_strip.c left in the file. */
static enum lsn_status read_lent(const struct source *source, const Lsn__OnnxTensor *from,
                                 struct lsn_onnx_tensor *to, struct lsn_error *err)
{
    if (from->lent_offset > source->size || from->lent_length > source->size - from->lent_offset)
        return lsn_fail(err, LSN_E_FORMAT, "%s: tensor '%s' lies outside the file", source->path,
                        to->name);
    to->raw = from->lent_length ? source->bytes + from->lent_offset : NULL;
    to->stored = (size_t)from->lent_length;
    to->mapped = true;
    return LSN_OK;
}

static enum lsn_status read_tensor(const struct source *source, const Lsn__OnnxTensor *from,
                                   struct lsn_onnx_tensor *to, struct lsn_error *err)
{
    *to = (struct lsn_onnx_tensor){.name = text_or_empty(from->name), .type = from->data_type};
    LSN_TRY(read_dims(source, from, to, err));
    if (from->data_location == 1) {
        read_location(from, to);
    } else if (from->has_lent_offset) {
        return read_lent(source, from, to, err);
    } else if (from->has_raw_data) {
        to->raw = from->raw_data.data;
        to->stored = from->raw_data.len;
    } else if (from->n_float_data) {
        to->floats = from->float_data;
        to->stored = from->n_float_data;
    } else if (from->n_double_data) {
        to->doubles = from->double_data;
        to->stored = from->n_double_data;
    } else if (from->n_int32_data) {
        to->int32s = from->int32_data;
        to->stored = from->n_int32_data;
    } else if (from->n_int64_data) {
        to->int64s = from->int64_data;
        to->stored = from->n_int64_data;
    } else if (from->n_uint64_data) {
        to->uint64s = from->uint64_data;
        to->stored = from->n_uint64_data;
    }
    return LSN_OK;
}

static enum lsn_status read_graph(const struct source *source, const Lsn__OnnxGraph *graph,
                                  bool inner, struct lsn_onnx *onnx, struct lsn_error *err);

/* Reads a graph that is an attribute of a node, such as a branch of If. */
static enum lsn_status read_inner(const struct source *source, const Lsn__OnnxAttribute *from,
                                  struct lsn_onnx_attribute *to, struct lsn_error *err)
{
    const struct source nothing_lent = {.path = source->path};
    Lsn__OnnxGraph *graph = lsn__onnx_graph__unpack(NULL, from->g.len, from->g.data);

    if (!graph)
        return lsn_fail(err, LSN_E_FORMAT, "%s: attribute '%s' holds no graph", source->path,
                        to->name);
    to->g = lsn_alloc(1, sizeof *to->g);
    if (!to->g) {
        lsn__onnx_graph__free_unpacked(graph, NULL);
        return lsn_fail_memory(err, "an ONNX graph");
    }
    to->g->part = graph;
    return read_graph(&nothing_lent, graph, true, to->g, err);
}

static enum lsn_status read_attribute(const struct source *source, const Lsn__OnnxAttribute *from,
                                      bool inner, struct lsn_onnx_attribute *to,
                                      struct lsn_error *err)
{
    /* The letter of each attribute type, at ONNX's number: float, int, string, tensor, graph,
     * floats, ints. */
    static const char types[] = "?fistgFI";
    /* Files of IR versions before 3 do not give the type. */
    int type = from->has_type ? from->type
               : from->has_i  ? 2
               : from->has_f  ? 1
               : from->has_s  ? 3
               : from->t      ? 4
               : from->n_ints ? 7
                              : 6;

    *to =
        (struct lsn_onnx_attribute){.name = text_or_empty(from->name), .i = from->i, .f = from->f};
    to->type = type > 0 && type < (int)sizeof types - 1 ? types[type] : '?';
    if (to->type == 'g' && inner)
        to->type = '?';
    if (to->type == 's') {
        to->s = from->s.data ? (const char *)from->s.data : "";
        to->s_length = from->s.len;
    } else if (to->type == 'I') {
        to->ints = from->ints;
        to->count = from->n_ints;
    } else if (to->type == 'F') {
        to->floats = from->floats;
        to->count = from->n_floats;
    } else if (to->type == 'g') {
        return read_inner(source, from, to, err);
    } else if (to->type == 't') {
        if (!from->t)
            return lsn_fail(err, LSN_E_FORMAT, "%s: attribute '%s' has no tensor", source->path,
                            to->name);
        return read_tensor(source, from->t, &to->t, err);
    }
    return LSN_OK;
}

/* Collects the names of the values that graph itself defines. */
static bool add_inside_names(const struct lsn_onnx *graph, struct lsn_names *inside)
{
    bool added = true;
    size_t i, j;

    for (i = 0; i < graph->initialiser_count; i++)
        added = added && lsn_names_set(inside, graph->initialisers[i].name, 1);
    for (i = 0; i < graph->input_count; i++)
        added = added && lsn_names_set(inside, graph->inputs[i].name, 1);
    for (i = 0; i < graph->node_count; i++)
        for (j = 0; j < graph->nodes[i].output_count; j++)
            added = added && lsn_names_set(inside, graph->nodes[i].outputs[j], 1);
    return added;
}

/* A graph inside a node (a branch of If) may read values from outside: makes them inputs of it. */
static enum lsn_status add_outside(struct lsn_onnx_node *node, const struct lsn_onnx *graph,
                                   struct lsn_error *err)
{
    struct lsn_names inside = {0};
    bool added = add_inside_names(graph, &inside);
    size_t i, j;

    for (i = 0; i < graph->node_count; i++)
        for (j = 0; j < graph->nodes[i].input_count; j++)
            if (lsn_names_find(&inside, graph->nodes[i].inputs[j]) < 0)
                node->owned[node->input_count++] = graph->nodes[i].inputs[j];
    lsn_names_free(&inside);
    return added ? LSN_OK : lsn_fail_memory(err, "an ONNX graph");
}

/* Calls add_outside for all graphs inside a node, with room for more inputs in node->owned. */
static enum lsn_status add_all_outside(struct lsn_onnx_node *node, struct lsn_error *err)
{
    size_t count = node->input_count, a, i;

    for (a = 0; a < node->attribute_count; a++)
        for (i = 0; node->attributes[a].g && i < node->attributes[a].g->node_count; i++)
            count += node->attributes[a].g->nodes[i].input_count;
    if (count == node->input_count)
        return LSN_OK;
    node->owned = lsn_alloc(count, sizeof *node->owned);
    if (!node->owned)
        return lsn_fail_memory(err, "an ONNX node");
    for (i = 0; i < node->input_count; i++)
        node->owned[i] = node->inputs[i];
    node->inputs = node->owned;
    for (a = 0; a < node->attribute_count; a++)
        if (node->attributes[a].g)
            LSN_TRY(add_outside(node, node->attributes[a].g, err));
    return LSN_OK;
}

static enum lsn_status read_node(const struct source *source, const Lsn__OnnxNode *from, bool inner,
                                 struct lsn_onnx_node *to, struct lsn_error *err)
{
    size_t i;

    *to = (struct lsn_onnx_node){
        .name = text_or_empty(from->name),
        .op = text_or_empty(from->op_type),
        .domain = text_or_empty(from->domain),
        .inputs = from->input,
        .input_count = from->n_input,
        .outputs = from->output,
        .output_count = from->n_output,
    };
    to->attributes = lsn_alloc(from->n_attribute, sizeof *to->attributes);
    if (!to->attributes)
        return lsn_fail_memory(err, "an ONNX node");
    to->attribute_count = from->n_attribute;
    inner = inner || strcmp(to->op, "If") != 0; /* only the graphs of If are read */
    for (i = 0; i < from->n_attribute; i++)
        LSN_TRY(read_attribute(source, from->attribute[i], inner, &to->attributes[i], err));
    return add_all_outside(to, err);
}

static struct lsn_onnx_port read_port(const Lsn__OnnxValueInfo *from)
{
    struct lsn_onnx_port port = {.name = text_or_empty(from->name), .rank = -1};
    const Lsn__OnnxTensorType *type = from->type ? from->type->tensor_type : NULL;
    size_t i;

    if (!type)
        return port;
    port.type = type->elem_type;
    if (!type->shape)
        return port;
    port.rank = type->shape->n_dim < INT_MAX ? (int)type->shape->n_dim : INT_MAX;
    for (i = 0; i < type->shape->n_dim && i < LSN_ONNX_RANK_MAX; i++)
        port.dims[i] = type->shape->dim[i]->dim_value;
    return port;
}

static enum lsn_status read_graph(const struct source *source, const Lsn__OnnxGraph *graph,
                                  bool inner, struct lsn_onnx *onnx, struct lsn_error *err)
{
    struct lsn_names stored = {0};
    enum lsn_status status = LSN_OK;
    size_t i;

    onnx->nodes = lsn_alloc(graph->n_node, sizeof *onnx->nodes);
    onnx->initialisers = lsn_alloc(graph->n_initializer, sizeof *onnx->initialisers);
    onnx->inputs = lsn_alloc(graph->n_input, sizeof *onnx->inputs);
    onnx->outputs = lsn_alloc(graph->n_output, sizeof *onnx->outputs);
    if (!onnx->nodes || !onnx->initialisers || !onnx->inputs || !onnx->outputs)
        return lsn_fail_memory(err, "an ONNX graph");
    for (i = 0; i < graph->n_node; i++) {
        onnx->node_count++;
        LSN_TRY(read_node(source, graph->node[i], inner, &onnx->nodes[i], err));
    }
    for (i = 0; i < graph->n_initializer && status == LSN_OK; i++) {
        status = read_tensor(source, graph->initializer[i], &onnx->initialisers[i], err);
        if (!lsn_names_set(&stored, onnx->initialisers[i].name, (int)i))
            status = lsn_fail_memory(err, "an ONNX graph");
        onnx->initialiser_count++;
    }
    /* Files of IR version 3 list the weights among the network's inputs, too; they are left out. */
    for (i = 0; i < graph->n_input; i++)
        if (lsn_names_find(&stored, text_or_empty(graph->input[i]->name)) < 0)
            onnx->inputs[onnx->input_count++] = read_port(graph->input[i]);
    for (i = 0; i < graph->n_output; i++)
        onnx->outputs[onnx->output_count++] = read_port(graph->output[i]);
    lsn_names_free(&stored);
    return status;
}

/* Unpacks the file's message without the raw data of its tensors; *model is NULL on failure. */
static enum lsn_status unpack(const struct source *source, Lsn__OnnxModel **model,
                              struct lsn_error *err)
{
    struct lsn_bytes stripped;
    bool damaged;

    *model = NULL;
    if (lsn_onnx_strip(source->bytes, source->size, &stripped, &damaged)) {
        *model = lsn__onnx_model__unpack(NULL, stripped.size, stripped.data);
        lsn_free(stripped.data);
    } else if (!damaged) {
        return lsn_fail_memory(err, "an ONNX graph");
    }
    if (!*model)
        return lsn_fail(err, LSN_E_FORMAT, "%s: is not an ONNX file, or is cut short or damaged",
                        source->path);
    return LSN_OK;
}

static enum lsn_status read_message(const struct source *source, struct lsn_onnx *onnx,
                                    struct lsn_error *err)
{
    Lsn__OnnxModel *model;
    size_t i;

    LSN_TRY(unpack(source, &model, err));
    onnx->message = model;
    if (!model->graph)
        return lsn_fail(err, LSN_E_FORMAT, "%s: holds no ONNX graph", source->path);
    for (i = 0; i < model->n_opset_import; i++) {
        const char *domain = text_or_empty(model->opset_import[i]->domain);

        if (!domain[0] || strcmp(domain, "ai.onnx") == 0)
            onnx->opset = model->opset_import[i]->version;
    }
    return read_graph(source, model->graph, false, onnx, err);
}

enum lsn_status lsn_onnx_open(const char *path, struct lsn_onnx *onnx, struct lsn_error *err)
{
    struct source source = {.path = path};
    enum lsn_status status;

    *onnx = (struct lsn_onnx){0};
    LSN_TRY(lsn_map_open(path, FILE_BYTES_MAX, &onnx->map, err));
    source.bytes = onnx->map.data;
    source.size = onnx->map.size;
    onnx->folder = lsn_path_folder(path);
    status = onnx->folder ? read_message(&source, onnx, err) : lsn_fail_memory(err, "a path");
    if (status != LSN_OK)
        lsn_onnx_close(onnx);
    return status;
}

void lsn_onnx_close(struct lsn_onnx *onnx)
{
    size_t i, j;

    for (i = 0; i < onnx->node_count; i++) {
        struct lsn_onnx_node *node = &onnx->nodes[i];

        for (j = 0; j < node->attribute_count; j++)
            if (node->attributes[j].g) {
                lsn_onnx_close(node->attributes[j].g);
                lsn_free(node->attributes[j].g);
            }
        lsn_free(node->attributes);
        lsn_free(node->owned);
    }
    lsn_free(onnx->nodes);
    lsn_free(onnx->initialisers);
    lsn_free(onnx->inputs);
    lsn_free(onnx->outputs);
    lsn_free(onnx->folder);
    lsn_map_close(&onnx->map);
    if (onnx->message)
        lsn__onnx_model__free_unpacked(onnx->message, NULL);
    if (onnx->part)
        lsn__onnx_graph__free_unpacked(onnx->part, NULL);
    *onnx = (struct lsn_onnx){0};
}

const struct lsn_onnx_attribute *lsn_onnx_attribute(const struct lsn_onnx_node *node,
                                                    const char *name)
{
    size_t i;

    for (i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, name) == 0)
            return &node->attributes[i];
    return NULL;
}
