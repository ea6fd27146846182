#include <string.h>

#include "base/memory.h"
#include "format/safetensors.h"
#include "model/input.h"
#include "model/native.h"
#include "model/ops.h"

static void add_ints(struct lsn_text *text, const int *values, int count)
{
    int i;

    for (i = 0; i < count; i++)
        lsn_text_add(text, "%s%d", i ? "," : "[", values[i]);
    lsn_text_add(text, "]");
}

static void add_value(struct lsn_text *text, const struct lsn_attribute_def *def,
                      const struct lsn_attributes *attributes)
{
    const void *field = (const char *)attributes + def->offset;

    switch (def->type) {
    case LSN_ATTR_INT:
        lsn_text_add(text, "%d", *(const int *)field);
        break;
    case LSN_ATTR_INT2:
        add_ints(text, field, 2);
        break;
    case LSN_ATTR_INT4:
        add_ints(text, field, 4);
        break;
    case LSN_ATTR_CHANNELS:
        add_ints(text, attributes->channels, attributes->channel_count);
        break;
    case LSN_ATTR_FLOAT:
        lsn_text_add(text, "%.9g", (double)*(const float *)field);
        break;
    case LSN_ATTR_BOOL:
        lsn_text_add(text, "%s", *(const bool *)field ? "true" : "false");
        break;
    }
}

/* Under which node's name a tensor is written: places of a layer share what is the same at the
 * first of them, so that it is in the file once. */
static const struct lsn_node *tensor_owner(const struct lsn_graph *graph, int index, int role)
{
    const struct lsn_node *node = &graph->nodes[index], *first;
    const struct lsn_tensor *a = &node->tensors[role], *b;

    if (!node->layer)
        return node;
    first = &graph->nodes[lsn_graph_first_place(graph, index)];
    b = &first->tensors[role];
    return b->data && memcmp(a->dims, b->dims, sizeof a->dims) == 0 &&
                   memcmp(a->data, b->data, lsn_tensor_count(a) * sizeof *a->data) == 0
               ? first
               : node;
}

/* A tensor is named after its node and role: conv1.weight. */
static char *tensor_name(const struct lsn_graph *graph, int index, int role)
{
    const struct lsn_node *node = tensor_owner(graph, index, role);
    struct lsn_text name = {0};

    lsn_text_add(&name, "%s.%s", node->name, lsn_op_def(node->op)->tensors[role]);
    if (name.failed)
        lsn_text_free(&name);
    return name.bytes;
}

static void add_tensors(struct lsn_text *text, const struct lsn_graph *graph, int index)
{
    const struct lsn_node *node = &graph->nodes[index];
    const char *separator = ",\"tensors\":{";
    int i;

    for (i = 0; i < LSN_TENSORS_MAX; i++) {
        char *name;

        if (!node->tensors[i].data)
            continue;
        name = tensor_name(graph, index, i);
        lsn_text_add(text, "%s\"%s\":", separator, lsn_op_def(node->op)->tensors[i]);
        if (name)
            lsn_json_add_string(text, name);
        text->failed = text->failed || !name;
        lsn_free(name);
        separator = ",";
    }
    lsn_text_add(text, *separator == ',' && separator[1] == '\0' ? "}" : "");
}

static void add_node(struct lsn_text *text, const struct lsn_graph *graph, int index)
{
    const struct lsn_node *node = &graph->nodes[index];
    const struct lsn_op_def *def = lsn_op_def(node->op);
    int i;

    lsn_text_add(text, "{\"name\":");
    lsn_json_add_string(text, node->name);
    if (node->layer) {
        lsn_text_add(text, ",\"layer\":");
        lsn_json_add_string(text, node->layer);
    }
    lsn_text_add(text, ",\"op\":\"%s\",\"inputs\":[", def->name);
    for (i = 0; i < node->input_count; i++) {
        lsn_text_add(text, i ? "," : "");
        lsn_json_add_string(text, graph->nodes[node->inputs[i]].name);
    }
    lsn_text_add(text, "]");
    for (i = 0; i < def->attribute_count; i++) {
        lsn_text_add(text, "%s\"%s\":", i ? "," : ",\"attributes\":{", def->attributes[i].name);
        add_value(text, &def->attributes[i], &node->attributes);
    }
    lsn_text_add(text, def->attribute_count ? "}" : "");
    add_tensors(text, graph, index);
    lsn_text_add(text, "}");
}

static void add_classes(struct lsn_text *text, const struct lsn_model *model)
{
    int i;

    lsn_text_add(text, ",\"classes\":[");
    for (i = 0; i < model->class_count; i++) {
        const struct lsn_class *c = &model->classes[i];

        lsn_text_add(text, i ? ",{" : "{");
        if (c->id) {
            lsn_text_add(text, "\"id\":");
            lsn_json_add_string(text, c->id);
        }
        if (c->name) {
            lsn_text_add(text, c->id ? ",\"name\":" : "\"name\":");
            lsn_json_add_string(text, c->name);
        }
        lsn_text_add(text, "}");
    }
    lsn_text_add(text, "]");
}

static void add_notes(struct lsn_text *text, const struct lsn_model *model)
{
    int i;

    for (i = 0; i < lsn_model_notes(model); i++) {
        lsn_text_add(text, i ? "," : ",\"notes\":[");
        lsn_json_add_string(text, lsn_model_note(model, i));
    }
    lsn_text_add(text, i ? "]" : "");
}

static void add_graph(struct lsn_text *text, const struct lsn_model *model)
{
    int i;

    lsn_text_add(text, "{\"input\":");
    lsn_input_add_json(text, &model->input);
    if (model->class_count > 0)
        add_classes(text, model);
    add_notes(text, model);
    for (i = 1; i < model->graph.count; i++) {
        lsn_text_add(text, i > 1 ? "," : ",\"nodes\":[");
        add_node(text, &model->graph, i);
    }
    lsn_text_add(text, "]}");
}

/* entries: room for every tensor; the names in it are owned by the caller. */
static size_t list_tensors(const struct lsn_graph *graph, struct lsn_safetensors_entry *entries)
{
    size_t count = 0;
    int i, role;

    for (i = 0; i < graph->count; i++)
        for (role = 0; role < LSN_TENSORS_MAX; role++) {
            const struct lsn_tensor *t = &graph->nodes[i].tensors[role];

            if (t->data && tensor_owner(graph, i, role) == &graph->nodes[i])
                entries[count++] = (struct lsn_safetensors_entry){tensor_name(graph, i, role),
                                                                  t->rank, t->dims, t->data};
        }
    return count;
}

enum lsn_status lsn_native_write(const char *path, bool force, const struct lsn_model *model,
                                 struct lsn_error *err)
{
    struct lsn_text graph = {0};
    struct lsn_safetensors_entry *entries;
    enum lsn_status status = LSN_OK;
    size_t count = 0, i;

    add_graph(&graph, model);
    entries = lsn_alloc((size_t)model->graph.count * LSN_TENSORS_MAX, sizeof *entries);
    if (entries)
        count = list_tensors(&model->graph, entries);
    for (i = 0; i < count; i++)
        if (!entries[i].name)
            status = lsn_fail_memory(err, "a model file's header");
    if (!entries || graph.failed)
        status = lsn_fail_memory(err, "a model file's header");
    if (status == LSN_OK) {
        const char *const metadata[][2] = {
            {"format", "lesion-model"}, {"version", "1"}, {"graph", graph.bytes}};

        status = lsn_safetensors_write(path, force, entries, count, metadata, 3, err);
    }
    for (i = 0; i < count; i++)
        lsn_free((void *)entries[i].name);
    lsn_free(entries);
    lsn_text_free(&graph);
    return status;
}
