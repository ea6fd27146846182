/* A loaded network; the public half is lesion/model.h. */
#ifndef LSN_MODEL_MODEL_H
#define LSN_MODEL_MODEL_H

#include "base/notes.h"
#include "lesion/model.h"
#include "model/graph.h"

struct lsn_decision;

struct lsn_class {
    char *id, *name; /* each may be NULL; owned */
};

/* A convolution that can be lesioned. */
struct lsn_model_layer {
    char *name;  /* owned */
    int *places; /* [place_count] the nodes that read its weights, in execution order; owned */
    int place_count;
    bool scaled; /* at some place the weights differ by a factor per kernel */
};

struct lsn_model {
    struct lsn_input input;
    struct lsn_graph graph;
    struct lsn_class *classes; /* [class_count]; 0: the file names none */
    int class_count;
    struct lsn_model_layer *layers; /* [layer_count] */
    int layer_count;
    struct lsn_decision *decision; /* NULL: between its classes */
    struct lsn_notes notes;
    char sha256[65];
};

/* Finds the layers of the model's graph, checked and folded. LSN_E_MEMORY. */
enum lsn_status lsn_model_make_layers(struct lsn_model *model, struct lsn_error *err);
void lsn_model_free_layers(struct lsn_model *model);

/* The largest number of places of a layer; 1 without layers. */
int lsn_model_places_max(const struct lsn_model *model);

/* The layer that a convolution is a place of. */
static inline const char *lsn_layer_key(const struct lsn_node *node)
{
    return node->layer ? node->layer : node->name;
}

/* Before batch-norm is folded: notes where a place's weights are not the first one's to the bit.
 * LSN_E_MODEL where they have another shape. */
enum lsn_status lsn_graph_check_places(struct lsn_graph *graph, struct lsn_error *err);

/* The first node of the layer that a convolution is a place of; itself where there is none
 * before it. */
int lsn_graph_first_place(const struct lsn_graph *graph, int node);

#endif
