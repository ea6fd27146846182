/* The compiled network, for the engine and what stands on it. */
#ifndef LSN_ENGINE_NETWORK_H
#define LSN_ENGINE_NETWORK_H

#include "lesion/network.h"
#include "model/graph.h"
#include "op/conv.h"
#include "op/pool.h"

/* One node ready to run. */
struct lsn_step {
    const struct lsn_node *node; /* lent by the model */
    struct lsn_shape *in_shapes; /* [node's input_count]; owned */
    size_t count;                /* floats of output */
    float *packed;               /* weights in running order; NULL: none */
    float *panels;               /* the same in panels, per group, or packed itself; NULL: none */
    float *winograd;             /* transformed weights in panels, per point; NULL: not used */
    bool lent;                   /* these three are another network's */
    const float *bias;           /* [c] of a Conv or Linear; NULL: none */
    float *fixed_bias;           /* bias, where fixed lesions have theirs zeroed; owned */
    int activation;              /* the activation that alone reads this node, or -1 */
    union {
        struct lsn_conv conv; /* Conv; Linear, as a 1x1 convolution */
        struct lsn_pool pool; /* MaxPool, AveragePool, ContrastPool */
    } geometry;
};

/* A convolution that can be lesioned, at all its places. */
struct lsn_layer {
    int *places; /* [place_count] nodes in execution order; owned */
    int place_count;
    int *affected; /* [affected_count] the nodes to run again, the first place first; owned */
    int affected_count;
};

/* The kernels that are lesioned throughout. */
struct lsn_fixed {
    struct lsn_lesion lesion;
    struct lsn_kernel *kernels; /* [count], owned */
    int count;
};

struct lsn_network {
    const struct lsn_model *model;
    const struct lsn_network *base; /* lends its weights; NULL: none */
    bool lesions;                   /* passes of LSN_ENGINE_INCREMENTAL can be made */
    /* Of a normalised network: its graph, and where that has a node more than the model's.
     * Else empty and the number of nodes. */
    struct lsn_graph normalised;
    int inserted;
    struct lsn_fixed fixed;
    const struct lsn_graph *graph; /* that is run: the model's or normalised */
    struct lsn_step *steps;        /* [step_count], one per node of the graph */
    int step_count;
    struct lsn_layer *layers; /* [layer_count] */
    int layer_count;
    int places_max;        /* of any layer */
    size_t scratch_count;  /* floats that the hungriest step needs */
    struct lsn_plan *plan; /* of the incremental pass */
};

/* Which of a layer's places a node is, from 0; -1: none. */
int lsn_layer_place(const struct lsn_layer *layer, int node);

/* The step of a node of the model. */
static inline int lsn_network_step(const struct lsn_network *network, int node)
{
    return node + (node >= network->inserted);
}

/* Packs a Conv's or Linear's weight, which it owns then; panels and transformed weights only
 * for lesions that are propagated. LSN_E_MEMORY. */
enum lsn_status lsn_step_pack(struct lsn_step *step, const struct lsn_tensor *weight, bool lesions,
                              struct lsn_error *err);

/* Bytes of the weights that it owns. */
size_t lsn_step_weight_bytes(const struct lsn_step *step);

/* A network of base's graph that base lends its weights, not ready yet; NULL: out of
 * memory. */
struct lsn_network *lsn_network_derive(const struct lsn_network *base);

/* Makes the network ready: its model, base, graph, inserted and fixed are set. */
enum lsn_status lsn_network_prepare(struct lsn_network *network, struct lsn_error *err);

/* Whether some fixed lesion is of this step. */
bool lsn_fixed_has(const struct lsn_network *network, int index);

/* Packs a step's weights with its fixed lesions: where a plane is to take their
 * place they give 0. LSN_E_MEMORY. */
enum lsn_status lsn_fixed_pack(const struct lsn_network *network, int index, struct lsn_step *step,
                               struct lsn_error *err);

/* Whether no input channel of a Select comes twice. */
bool lsn_select_is_injective(const struct lsn_node *node);

/* Runs an activation on n values of as many channels: those of list [n], or first and on.
 * x and out may be the same. An activation computes each value from its input's value at
 * the same place and from nothing else but which channel it is. */
void lsn_activation_run(const struct lsn_node *node, size_t n, int first, const int *list,
                        const float *x, float *out);

bool lsn_op_is_activation(enum lsn_op op);

/* Floats of scratch that running it takes. */
size_t lsn_step_scratch(const struct lsn_step *step);

/* Runs one step. in: [node's input_count] the inputs' activations; out
 * [step->count]; scratch [lsn_step_scratch], aligned for doubles. packed is step->packed, or a
 * lesioned copy of it. */
void lsn_step_run(const struct lsn_step *step, const float *packed, const float *const *in,
                  float *out, float *scratch);

#endif
