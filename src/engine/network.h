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
    size_t count;                /* floats of output */
    float *packed;               /* weights in running order; NULL: none */
    float *panels;               /* the same in panels, per group; NULL: none */
    float *winograd;             /* transformed weights in panels, per point; NULL: not used */
    int activation;              /* the activation that alone reads this node, or -1 */
    union {
        struct lsn_conv conv; /* Conv; Linear, as a 1x1 convolution */
        struct lsn_pool pool; /* MaxPool, AveragePool, ContrastPool */
    } geometry;
};

/* A convolution that can be lesioned. */
struct lsn_layer {
    int node;
    int *affected; /* [affected_count] the nodes to run again, the layer itself first; owned */
    int affected_count;
};

struct lsn_network {
    const struct lsn_model *model;
    /* Of a normalised network: the one that lends it weights, its graph, and where that has
     * a node more than the model's. Else NULL, empty and the number of nodes. */
    const struct lsn_network *base;
    struct lsn_graph normalised;
    int inserted;
    const struct lsn_graph *graph; /* that is run: the model's or normalised */
    struct lsn_step *steps;        /* [step_count], one per node of the graph */
    int step_count;
    struct lsn_layer *layers; /* [layer_count] */
    int layer_count;
    size_t scratch_count;  /* floats that the hungriest step needs */
    struct lsn_plan *plan; /* of the incremental pass */
};

/* The step of a node of the model. */
static inline int lsn_network_step(const struct lsn_network *network, int node)
{
    return node + (node >= network->inserted);
}

/* Whether no input channel of a Select comes twice. */
bool lsn_select_is_injective(const struct lsn_node *node);

/* Whether the op computes each value from its input's value at the same place. */
bool lsn_op_is_activation(enum lsn_op op);

/* Runs an activation on n values; x and out may be the same. */
void lsn_activation_run(const struct lsn_node *node, size_t n, const float *x, float *out);

/* Floats of scratch that running it takes. */
size_t lsn_step_scratch(const struct lsn_step *step);

/* Runs one step. in: [node's input_count] the inputs' activations; out
 * [step->count]; scratch [lsn_step_scratch], aligned for doubles. packed is step->packed, or a
 * lesioned copy of it. */
void lsn_step_run(const struct lsn_step *step, const struct lsn_network *network,
                  const float *packed, const float *const *in, float *out, float *scratch);

#endif
