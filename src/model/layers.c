/* Layers: convolutions that read the same weights are places of one layer, all other ones a layer
 * each. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"

enum { WEIGHT };

int lsn_model_layers(const struct lsn_model *model)
{
    return model->layer_count;
}

static bool has(const struct lsn_model *model, int layer)
{
    return layer >= 0 && layer < model->layer_count;
}

const char *lsn_model_layer_name(const struct lsn_model *model, int layer)
{
    return has(model, layer) ? model->layers[layer].name : NULL;
}

int lsn_model_places_max(const struct lsn_model *model)
{
    int most = 1, i;

    for (i = 0; i < lsn_model_layers(model); i++)
        if (lsn_model_layer_places(model, i) > most)
            most = lsn_model_layer_places(model, i);
    return most;
}

int lsn_model_layer_places(const struct lsn_model *model, int layer)
{
    return has(model, layer) ? model->layers[layer].place_count : 0;
}

int lsn_model_layer_place(const struct lsn_model *model, int layer, int place)
{
    return place >= 0 && place < lsn_model_layer_places(model, layer)
               ? model->layers[layer].places[place]
               : -1;
}

int lsn_model_layer_node(const struct lsn_model *model, int layer)
{
    return lsn_model_layer_place(model, layer, 0);
}

bool lsn_model_layer_is_scaled(const struct lsn_model *model, int layer)
{
    return has(model, layer) && model->layers[layer].scaled;
}

int lsn_graph_first_place(const struct lsn_graph *graph, int node)
{
    const char *key = lsn_layer_key(&graph->nodes[node]);
    int i;

    for (i = 1; i < node; i++)
        if (graph->nodes[i].op == LSN_OP_CONV && strcmp(lsn_layer_key(&graph->nodes[i]), key) == 0)
            return i;
    return node;
}

enum lsn_status lsn_graph_check_places(struct lsn_graph *graph, struct lsn_error *err)
{
    int i;

    for (i = 1; i < graph->count; i++) {
        struct lsn_node *node = &graph->nodes[i];
        const struct lsn_node *first;
        const struct lsn_tensor *a = &node->tensors[WEIGHT], *b;

        if (node->op != LSN_OP_CONV)
            continue;
        first = &graph->nodes[lsn_graph_first_place(graph, i)];
        b = &first->tensors[WEIGHT];
        if (memcmp(a->dims, b->dims, sizeof a->dims) != 0)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (Conv): is a place of the layer '%s', whose weights have "
                            "another shape at '%s'",
                            node->name, lsn_layer_key(node), first->name);
        node->layer_scaled = a->data != b->data &&
                             memcmp(a->data, b->data, lsn_tensor_count(a) * sizeof *a->data) != 0;
    }
    return LSN_OK;
}

static enum lsn_status add_place(struct lsn_model_layer *layer, int node, struct lsn_error *err)
{
    int *grown = lsn_alloc((size_t)layer->place_count + 1, sizeof *grown);

    if (!grown)
        return lsn_fail_memory(err, "the layers");
    if (layer->place_count)
        memcpy(grown, layer->places, (size_t)layer->place_count * sizeof *grown);
    grown[layer->place_count++] = node;
    lsn_free(layer->places);
    layer->places = grown;
    return LSN_OK;
}

static enum lsn_status start_layer(struct lsn_model_layer *layer, const char *name,
                                   struct lsn_error *err)
{
    layer->name = lsn_strdup(name);
    return layer->name ? LSN_OK : lsn_fail_memory(err, "the layers");
}

enum lsn_status lsn_model_make_layers(struct lsn_model *model, struct lsn_error *err)
{
    const struct lsn_graph *graph = &model->graph;
    int i, layer;

    model->layers = lsn_alloc((size_t)graph->count, sizeof *model->layers);
    if (!model->layers)
        return lsn_fail_memory(err, "the layers");
    for (i = 0; i < graph->count; i++) {
        const struct lsn_node *node = &graph->nodes[i];

        if (node->op != LSN_OP_CONV)
            continue;
        for (layer = 0; layer < model->layer_count; layer++)
            if (strcmp(model->layers[layer].name, lsn_layer_key(node)) == 0)
                break;
        if (layer == model->layer_count)
            LSN_TRY(start_layer(&model->layers[model->layer_count++], lsn_layer_key(node), err));
        LSN_TRY(add_place(&model->layers[layer], i, err));
        model->layers[layer].scaled = model->layers[layer].scaled || node->layer_scaled;
    }
    return LSN_OK;
}

/* Appends to layers [*count] a layer that has only one place of from. */
static enum lsn_status add_separate(const struct lsn_model_layer *from, int place,
                                    struct lsn_model_layer *layers, int *count,
                                    struct lsn_error *err)
{
    struct lsn_model_layer *layer = &layers[(*count)++];
    struct lsn_text name = {0};
    enum lsn_status status;
    int i;

    lsn_text_add(&name, "%s", from->name);
    if (from->place_count > 1)
        lsn_text_add(&name, "@%d", place + 1);
    status = name.failed ? lsn_fail_memory(err, "the layers") : start_layer(layer, name.bytes, err);
    lsn_text_free(&name);
    LSN_TRY(status);
    for (i = 0; i < *count - 1; i++)
        if (strcmp(layers[i].name, layer->name) == 0)
            return lsn_fail(err, LSN_E_MODEL,
                            "two layers would be called '%s': rename one, or lesion all places",
                            layer->name);
    return add_place(layer, from->places[place], err);
}

enum lsn_status lsn_model_separate_places(struct lsn_model *model, struct lsn_error *err)
{
    struct lsn_model joint = *model;
    enum lsn_status status = LSN_OK;
    int node, i, p;

    lsn_error_clear(err);
    model->layer_count = 0;
    model->layers = lsn_alloc((size_t)model->graph.count, sizeof *model->layers);
    if (!model->layers)
        status = lsn_fail_memory(err, "the layers");
    for (node = 0; node < model->graph.count; node++)
        for (i = 0; i < joint.layer_count; i++)
            for (p = 0; p < joint.layers[i].place_count; p++)
                if (status == LSN_OK && joint.layers[i].places[p] == node)
                    status =
                        add_separate(&joint.layers[i], p, model->layers, &model->layer_count, err);
    lsn_model_free_layers(&joint);
    return status;
}

void lsn_model_free_layers(struct lsn_model *model)
{
    int i;

    for (i = 0; i < model->layer_count; i++) {
        lsn_free(model->layers[i].name);
        lsn_free(model->layers[i].places);
    }
    lsn_free(model->layers);
}
