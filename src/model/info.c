/* Looking inside a loaded model. */
#include <string.h>

#include "format/file.h"
#include "format/json.h"
#include "model/decide.h"
#include "model/input.h"
#include "model/model.h"
#include "model/ops.h"

const struct lsn_input *lsn_model_input(const struct lsn_model *model)
{
    return &model->input;
}

const char *lsn_model_sha256(const struct lsn_model *model)
{
    return model->sha256;
}

int lsn_model_notes(const struct lsn_model *model)
{
    return (int)model->notes.count;
}

const char *lsn_model_note(const struct lsn_model *model, int note)
{
    return note >= 0 && note < lsn_model_notes(model) ? model->notes.texts[note] : NULL;
}

int lsn_model_logits(const struct lsn_model *model)
{
    return model->graph.nodes[model->graph.count - 1].shape.c;
}

int lsn_model_classes(const struct lsn_model *model)
{
    return model->decision ? model->decision->group_count : lsn_model_logits(model);
}

const char *lsn_model_class_id(const struct lsn_model *model, int class_index)
{
    if (model->decision || class_index < 0)
        return NULL;
    return class_index < model->class_count ? model->classes[class_index].id : NULL;
}

const char *lsn_model_class_name(const struct lsn_model *model, int class_index)
{
    if (class_index < 0 || class_index >= lsn_model_classes(model))
        return NULL;
    if (model->decision)
        return model->decision->group_names[class_index];
    return class_index < model->class_count ? model->classes[class_index].name : NULL;
}

int lsn_model_nodes(const struct lsn_model *model)
{
    return model->graph.count;
}

/* The layer that a node is a place of, and in *place which of its places, counted from 1; -1 where
 * the node is no convolution (*place stays as it is). */
static int layer_of(const struct lsn_model *model, int node, int *place)
{
    int i, p;

    for (i = 0; i < model->layer_count; i++)
        for (p = 0; p < model->layers[i].place_count; p++)
            if (model->layers[i].places[p] == node) {
                *place = p + 1;
                return i;
            }
    return -1;
}

/* Whether the parameters of a tensor are counted at an earlier place of the layer already. The
 * weights always are: they are the same, or differ by factors that come from a batch-norm. */
static bool is_counted(const struct lsn_graph *graph, int index, int role)
{
    const struct lsn_node *node = &graph->nodes[index];
    const struct lsn_node *first = &graph->nodes[lsn_graph_first_place(graph, index)];
    const struct lsn_tensor *a = &node->tensors[role], *b = &first->tensors[role];

    return node != first &&
           (role == 0 ||
            (b->data && memcmp(a->data, b->data, lsn_tensor_count(a) * sizeof *a->data) == 0));
}

struct lsn_node_info lsn_model_node(const struct lsn_model *model, int index)
{
    struct lsn_node_info info = {.layer = -1};
    const struct lsn_node *node;
    int i;

    if (index < 0 || index >= model->graph.count)
        return info;
    node = &model->graph.nodes[index];
    info.name = node->name;
    info.op = lsn_op_def(node->op)->name;
    info.shape = node->shape;
    info.inputs = node->inputs;
    info.input_count = node->input_count;
    info.layer = layer_of(model, index, &info.place);
    for (i = 0; i < LSN_TENSORS_MAX; i++)
        if (node->tensors[i].data && !(node->layer && is_counted(&model->graph, index, i)))
            info.parameters += (int64_t)lsn_tensor_count(&node->tensors[i]);
    if (node->input_count > 0) /* a Constant has none */
        info.multiply_adds =
            lsn_node_multiply_adds(node, &model->graph.nodes[node->inputs[0]].shape);
    info.kernels = info.layer >= 0 ? node->shape.c : 0;
    return info;
}

static void add_node(struct lsn_text *text, const struct lsn_model *model, int index)
{
    struct lsn_node_info info = lsn_model_node(model, index);
    int i;

    lsn_text_add(text, "%s\n  {\"name\":", index ? "," : "");
    lsn_json_add_string(text, info.name);
    lsn_text_add(text, ",\"op\":\"%s\",\"inputs\":[", info.op);
    for (i = 0; i < info.input_count; i++) {
        lsn_text_add(text, i ? "," : "");
        lsn_json_add_string(text, lsn_model_node(model, info.inputs[i]).name);
    }
    lsn_text_add(text, "],\"shape\":[%d,%d,%d],\"parameters\":%jd,\"multiply_adds\":%jd",
                 info.shape.c, info.shape.h, info.shape.w, (intmax_t)info.parameters,
                 (intmax_t)info.multiply_adds);
    if (info.layer >= 0) {
        lsn_text_add(text, ",\"layer\":");
        lsn_json_add_string(text, lsn_model_layer_name(model, info.layer));
        lsn_text_add(text, ",\"layer_index\":%d,\"place\":%d,\"kernels\":%d", info.layer,
                     info.place, info.kernels);
    }
    lsn_text_add(text, "}");
}

enum lsn_status lsn_model_write_json(const struct lsn_model *model, const char *path, bool force,
                                     struct lsn_error *err)
{
    struct lsn_text text = {0};
    enum lsn_status status;
    int i;

    lsn_error_clear(err);
    lsn_text_add(&text,
                 "{\"sha256\":\"%s\",\"classes\":%d,\"layers\":%d,\n \"input\":", model->sha256,
                 lsn_model_classes(model), model->layer_count);
    lsn_input_add_json(&text, &model->input);
    lsn_text_add(&text, ",\n \"notes\":[");
    for (i = 0; i < lsn_model_notes(model); i++) {
        lsn_text_add(&text, i ? "," : "");
        lsn_json_add_string(&text, lsn_model_note(model, i));
    }
    lsn_text_add(&text, "],\n \"nodes\":[");
    for (i = 0; i < model->graph.count; i++)
        add_node(&text, model, i);
    lsn_text_add(&text, "]}\n");
    status = text.failed ? lsn_fail_memory(err, "the model's description")
                         : lsn_file_write(path, force, text.bytes, text.length, err);
    lsn_text_free(&text);
    return status;
}
