/* A model made ready to run (the network), and its passes: intact, and with lesions. */
#ifndef LESION_NETWORK_H
#define LESION_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"
#include "lesion/lesions.h"
#include "lesion/model.h"
#include "lesion/normalise.h"

LSN_API_BEGIN

/* The packed weights and the memory plan. Read-only once made, so any number of threads
 * can share it. Keeps a pointer to the model, which must outlive it. */
struct lsn_network;

enum lsn_engine {
    LSN_ENGINE_INCREMENTAL, /* propagates only what each lesion changes */
    LSN_ENGINE_FULL,  /* computes everything after the lesion again: slow, to check the former */
    LSN_ENGINE_INTACT /* cannot run lesions; its passes take the least memory */
};

/* engine: the passes that the network is for. Incremental passes need a network made for
 * LSN_ENGINE_INCREMENTAL, which keeps one or two further copies of the weights; passes of the other
 * engines can be created on any network. A network created from this one (_normalised, _lesioned)
 * is for the same engine. LSN_E_MEMORY. On failure *network is NULL. */
enum lsn_status lsn_network_create(const struct lsn_model *model, enum lsn_engine engine,
                                   struct lsn_network **network, struct lsn_error *err);

/* Creates a copy of base in which one node's activation is normalised. Layers, kernels and nodes
 * keep their numbers. The copy shares base's weights, so base must outlive it. LSN_E_ARGUMENT as
 * lsn_normalisation_check, LSN_E_MEMORY. */
enum lsn_status lsn_network_create_normalised(const struct lsn_network *base,
                                              const struct lsn_normalisation *normalisation,
                                              struct lsn_network **network, struct lsn_error *err);

/* Creates a copy of base in which kernels [count] are lesioned throughout (fixed lesions), all by
 * the same lesion. base may be normalised, but may not have fixed lesions. The copy shares base's
 * other weights, so base must outlive it. LSN_E_ARGUMENT as lsn_pass_run_lesioned, or where base
 * has fixed lesions; LSN_E_MEMORY. */
enum lsn_status lsn_network_create_lesioned(const struct lsn_network *base,
                                            const struct lsn_lesion *lesion,
                                            const struct lsn_kernel *kernels, int count,
                                            struct lsn_network **network, struct lsn_error *err);

/* Creates a copy of base whose passes can also lesion kernels of these layers [count] together
 * (lsn_pass_run_joint). base may be normalised and may have fixed lesions, which the copy then has,
 * too: lsn_pass_fix as for base. The copy shares base's weights, so base must outlive it.
 * Early layers make the groups small in which sets run (lsn_network_joint_group), also for sets of
 * late layers, which then take up to 1.7 times as long: give only layers that sets have kernels of.
 * LSN_E_ARGUMENT where there is no layer, one is given twice or the network has no such;
 * LSN_E_MEMORY. */
enum lsn_status lsn_network_create_joint(const struct lsn_network *base, const int *layers,
                                         int count, struct lsn_network **network,
                                         struct lsn_error *err);
void lsn_network_free(struct lsn_network *network);

/* Multiply-adds that the full engine takes for one lesion of the layer: those of the layer and of
 * all nodes that depend on it. */
double lsn_network_lesion_work(const struct lsn_network *network, int layer);

/* Bytes of memory of the network and of each pass on it. The network's include the model's weights,
 * but not weights mapped from the model file, nor those that it shares with a base. */
size_t lsn_network_bytes(const struct lsn_network *network);
size_t lsn_pass_bytes(const struct lsn_network *network, enum lsn_engine engine);

/* One thread's memory for passes. */
struct lsn_pass;

/* LSN_E_MEMORY; LSN_E_ARGUMENT where the network was not made for the engine. On failure *pass is
 * NULL. */
enum lsn_status lsn_pass_create(const struct lsn_network *network, enum lsn_engine engine,
                                struct lsn_pass **pass, struct lsn_error *err);
void lsn_pass_free(struct lsn_pass *pass);

/* Runs the intact pass on x [h][w][c], as lsn_input_normalise makes it. Returns the logits
 * [lsn_model_logits], lent until the next lsn_pass_run on this pass. Until then
 * lsn_pass_activation has every node's activation. NULL where planes of lsn_pass_fix are
 * missing. */
const float *lsn_pass_run(struct lsn_pass *pass, const float *x);

/* Gives the planes that replace a fixed lesion's output, for the lesions mean and resample; call it
 * for each of the network's fixed lesions before lsn_pass_run. index: the kernel's number in the
 * list given to lsn_network_create_lesioned. planes [places]: for each place of its layer an output
 * [h][w][c], of which the kernel's channel is used; lent. LSN_E_ARGUMENT. */
enum lsn_status lsn_pass_fix(struct lsn_pass *pass, int index, const float *const *planes,
                             struct lsn_error *err);

/* Kernels of one layer, each lesioned separately, at all the layer's places. */
struct lsn_variants {
    int layer;
    const struct lsn_lesion *lesion;
    const float *const *planes; /* [places] of outputs [h][w][c], whose channel of the kernel
                                 * replaces its plane; for mean and resample, else unused */
    const int *kernels;         /* [count] */
    int count;
};

/* Writes logits [count][lsn_model_logits], a row for each variant, of the stimulus last given to
 * lsn_pass_run. LSN_E_ARGUMENT where the network has no such layer or kernel, the lesion does not
 * fit the layer (lsn_lesion_fits), planes are missing, or the pass is of LSN_ENGINE_INTACT; logits
 * are then unchanged. */
enum lsn_status lsn_pass_run_lesioned(struct lsn_pass *pass, const struct lsn_variants *variants,
                                      float *logits, struct lsn_error *err);

/* How many kernels of a layer lsn_pass_run_lesioned runs together. Given more it splits them into
 * groups of this size, given fewer it is slower per kernel. The size follows from the model alone,
 * so that results do not depend on threads or memory. */
int lsn_network_group(const struct lsn_network *network, int layer);

/* Sets of kernels of a network's joint layers (lsn_network_create_joint). All kernels of a set are
 * lesioned together, at all places of their layers. */
struct lsn_joint {
    const struct lsn_lesion *lesion;
    const float *const *const *planes; /* [model's layers][places], of each layer as of struct
                                        * lsn_variants; read only for layers that have a kernel
                                        * here, and for mean and resample */
    const struct lsn_kernel *kernels;  /* set i has the kernels start[i] ... start[i + 1] - 1, in
                                        * any order; none: the intact network */
    const int *start;                  /* [count + 1] */
    int count;
};

/* Writes logits [count][lsn_model_logits], a row for each set, of the stimulus last given to
 * lsn_pass_run. LSN_E_ARGUMENT as lsn_pass_run_lesioned, or where the network was not made by
 * lsn_network_create_joint, a layer is not one of those given there, start descends, or a set has a
 * kernel twice; logits are then unchanged. */
enum lsn_status lsn_pass_run_joint(struct lsn_pass *pass, const struct lsn_joint *sets,
                                   float *logits, struct lsn_error *err);

/* How many sets lsn_pass_run_joint runs together, as lsn_network_group; it follows from the model
 * and the joint layers alone. 0: the network has no joint layers. */
int lsn_network_joint_group(const struct lsn_network *network);

/* Multiply-adds of the lesioned passes run so far. */
double lsn_pass_work(const struct lsn_pass *pass);

/* The intact activation [h][w][c] of a node (lsn_model_node has its shape) after
 * lsn_pass_run; of a normalised node, the activation before normalisation. Lent. */
const float *lsn_pass_activation(const struct lsn_pass *pass, int node);

/* What a network answered for one stimulus, intact or lesioned. Ties go to the
 * lower class index. Where the model decides between groups (lesion/decide.h), the groups are the
 * classes and their scores the logits. */
struct lsn_outcome {
    int32_t predicted; /* class index */
    int32_t rank;      /* of the true class; 1 is best */
    float loss;        /* cross-entropy, nats */
    float margin;      /* true logit minus the best other one */
};

/* Computes *outcome from logits [classes]. LSN_E_ARGUMENT where true_class is not a class;
 * LSN_E_DATA where a logit is not finite, or two differ by more than the largest float. */
enum lsn_status lsn_outcome_of(const float *logits, int classes, int true_class,
                               struct lsn_outcome *outcome, struct lsn_error *err);

/* Whether a lesion leaves the logits [classes] unchanged: none differs from the intact one by more
 * than LSN_SAME_FRAC times the largest intact |logit|. Rounding errors, which differ between the
 * engines, stay below half of that. So both engines give the same answer, unless the largest
 * difference equals the limit to within rounding. */
#define LSN_SAME_FRAC 1e-5
bool lsn_logits_same(const float *logits, const float *intact, int classes);

LSN_API_END
#endif
