/* The network as the engine runs it: a model's graph with packed weights and plans. */
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
    float *packed;               /* weights as lsn_conv_pack orders them; NULL: none */
    float *panels;               /* the same in panels (op/panel.h), group after group; may be
                                  * packed itself; NULL: none */
    float *winograd;             /* weights transformed for Winograd, in panels; NULL: not used */
    bool lent;                   /* these three belong to another network */
    const float *bias;           /* [c] of a Conv or Linear; NULL: none */
    float *fixed_bias;           /* bias with those of fixed lesions zeroed; owned; NULL: none */
    int activation;              /* the activation node, if it is this node's only reader; or -1 */
    int layer, place;            /* the layer whose place it is, and which of its places, from 0;
                                  * -1: none */
    union {
        struct lsn_conv conv; /* Conv; Linear, as a 1x1 convolution */
        struct lsn_pool pool; /* MaxPool, AveragePool, ContrastPool */
    } geometry;
};

/* A layer: a convolution that can be lesioned, at all nodes that use its weights (its places). */
struct lsn_layer {
    int *places; /* [place_count] nodes in execution order; owned */
    int place_count;
    int *affected; /* [affected_count] the nodes that a lesion changes, in execution order, so
                    * the first place first; owned */
    int affected_count;
};

/* The kernels that are lesioned throughout (fixed lesions). */
struct lsn_fixed {
    struct lsn_lesion lesion;
    struct lsn_kernel *kernels; /* [count], owned */
    int count;
};

struct lsn_network {
    const struct lsn_model *model;
    const struct lsn_network *base; /* the network whose weights it shares; NULL: none */
    bool lesions;                   /* incremental passes can be created */
    /* For a normalised network: its graph, and the index of the node that was inserted into the
     * model's. Otherwise an empty graph, and the number of nodes. */
    struct lsn_graph normalised;
    int inserted;
    struct lsn_fixed fixed;
    const struct lsn_graph *graph; /* the graph to run: the model's, or normalised */
    struct lsn_step *steps;        /* [step_count], one per node of the graph */
    int step_count;
    struct lsn_layer *layers; /* [layer_count] */
    int layer_count;
    struct lsn_layer joint; /* of joint lesions, treated as one layer: the places of all joint
                             * layers, and what lesions of them change; no places: none */
    int places_max;         /* the largest place_count */
    size_t scratch_count;   /* floats of scratch that is enough for each step */
    struct lsn_plan *plan;  /* of the incremental pass */
};

/* The number of the layer's place that a node is, from 0; -1: it is none. */
int lsn_layer_place(const struct lsn_layer *layer, int node);

/* The step of a node of the model. */
static inline int lsn_network_step(const struct lsn_network *network, int node)
{
    return node + (node >= network->inserted);
}

/* Checks what lsn_pass_run_joint is given. is_in_set [layers * row_max of the plan]: scratch, all
 * false between uses. LSN_E_ARGUMENT. */
enum lsn_status lsn_joint_check(const struct lsn_network *network, const struct lsn_joint *sets,
                                bool *is_in_set, struct lsn_error *err);

/* Packs a Conv's or Linear's weight into arrays that the step owns. lesions: make also the panels
 * and transformed weights, which the incremental pass needs. LSN_E_MEMORY. */
enum lsn_status lsn_step_pack(struct lsn_step *step, const struct lsn_tensor *weight, bool lesions,
                              struct lsn_error *err);

/* Bytes of the packed weights that the step owns. */
size_t lsn_step_weight_bytes(const struct lsn_step *step);

/* Allocates a network with base's graph that will share base's weights; lsn_network_prepare makes
 * it ready. NULL: out of memory. */
struct lsn_network *lsn_network_derive(const struct lsn_network *base);

/* Makes a network ready whose model, base, lesions, graph, inserted and fixed are set. */
enum lsn_status lsn_network_prepare(struct lsn_network *network, struct lsn_error *err);

/* Whether step number index has a kernel with a fixed lesion. */
bool lsn_fixed_has(const struct lsn_network *network, int index);

/* Whether what a lesion changes at a node, a place of a layer, is what a slice of the weights gives
 * for the place's input, rather than the difference between an output known beforehand and the
 * intact one. So it is for lesions of a slice, and for those of weights where planes replace
 * kernels throughout: what the weights give is lost there already. */
bool lsn_lesion_is_sliced(const struct lsn_network *network, int node,
                          const struct lsn_lesion *lesion);

/* Packs a step's weights with its fixed lesions applied. A kernel whose output a plane replaces
 * gets weights and a bias of 0. LSN_E_MEMORY. */
enum lsn_status lsn_fixed_pack(const struct lsn_network *network, int index, struct lsn_step *step,
                               struct lsn_error *err);

/* Whether a Select takes each input channel at most once. */
bool lsn_select_is_injective(const struct lsn_node *node);

/* Runs an activation on n values x [n] of n channels: those of list [n], or, without a list,
 * first ... first+n-1. x and out may be the same. An activation is an op whose output value depends
 * only on the input value at the same place and, for PRelu, on its channel; other activations
 * ignore list and first. */
void lsn_activation_run(const struct lsn_node *node, size_t n, int first, const int *list,
                        const float *x, float *out);

/* The parameters of a function of one value. */
struct lsn_unary lsn_unary_of(const struct lsn_attributes *attributes);

bool lsn_op_is_activation(enum lsn_op op);

/* Floats of scratch that lsn_step_run needs. */
size_t lsn_step_scratch(const struct lsn_step *step);

/* Runs one step. in: [node's input_count] the inputs' activations; out
 * [step->count]; scratch [lsn_step_scratch], aligned for doubles. packed is step->packed, or a
 * lesioned copy of it. */
void lsn_step_run(const struct lsn_step *step, const float *packed, const float *const *in,
                  float *out, float *scratch);

#endif
