/* A model made ready to run, and its forward pass. */
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

/* Weights packed for running and the memory plan; read-only once made, shared by
 * any number of threads. Keeps a pointer to the model, which must outlive it. */
struct lsn_network;

enum lsn_engine {
    LSN_ENGINE_INCREMENTAL, /* carries forward what each lesion changes */
    LSN_ENGINE_FULL,        /* computes everything behind the lesion again; its slow twin */
    LSN_ENGINE_INTACT       /* no lesions at all: passes that take little memory */
};

/* engine: of the passes that will be made. Only of a network for LSN_ENGINE_INCREMENTAL can its
 * passes be made, for which the weights are packed once or twice more; passes of the other two
 * can be made of any. What is made from the network is for the same engine.
 * LSN_E_MEMORY. On failure *network is NULL. */
enum lsn_status lsn_network_create(const struct lsn_model *model, enum lsn_engine engine,
                                   struct lsn_network **network, struct lsn_error *err);

/* base with one node's activation normalised. Layers, kernels and nodes keep their
 * numbers. It lends base's weights, and base must outlive it. LSN_E_ARGUMENT as
 * lsn_normalisation_check, LSN_E_MEMORY. */
enum lsn_status lsn_network_create_normalised(const struct lsn_network *base,
                                              const struct lsn_normalisation *normalisation,
                                              struct lsn_network **network, struct lsn_error *err);

/* base with kernels [count] lesioned throughout, all likewise; it may be normalised, but
 * have none lesioned itself. It lends base's other weights, and base must outlive it.
 * LSN_E_ARGUMENT as lsn_pass_run_lesioned, or where base has; LSN_E_MEMORY. */
enum lsn_status lsn_network_create_lesioned(const struct lsn_network *base,
                                            const struct lsn_lesion *lesion,
                                            const struct lsn_kernel *kernels, int count,
                                            struct lsn_network **network, struct lsn_error *err);
void lsn_network_free(struct lsn_network *network);

/* Multiply-adds of one lesioned full pass: the layer and all that follows it. */
double lsn_network_lesion_work(const struct lsn_network *network, int layer);

/* Bytes that the network holds, the model's own weights included but not those that stay in its
 * file nor what is lent to it, and that each pass on it will. */
size_t lsn_network_bytes(const struct lsn_network *network);
size_t lsn_pass_bytes(const struct lsn_network *network, enum lsn_engine engine);

/* One thread's memory for passes. */
struct lsn_pass;

/* LSN_E_MEMORY, LSN_E_ARGUMENT where the network was not made for it. On failure *pass is NULL. */
enum lsn_status lsn_pass_create(const struct lsn_network *network, enum lsn_engine engine,
                                struct lsn_pass **pass, struct lsn_error *err);
void lsn_pass_free(struct lsn_pass *pass);

/* The intact pass: x [h][w][c] as lsn_input_normalise makes it; returns the
 * logits [classes], lent until the next call of it on this pass. Every node's
 * activation stays readable by lsn_pass_activation. NULL where planes are wanting, see
 * lsn_pass_fix. */
const float *lsn_pass_run(struct lsn_pass *pass, const float *x);

/* Of a network with kernels lesioned by mean or resample: at each place of that layer, planes
 * [places] of [h][w][c] of its output that stand in for kernel number index of them; each lent.
 * To be set for each before lsn_pass_run. LSN_E_ARGUMENT. */
enum lsn_status lsn_pass_fix(struct lsn_pass *pass, int index, const float *const *planes,
                             struct lsn_error *err);

/* Kernels of one layer, each lesioned alone, at all the layer's places. */
struct lsn_variants {
    int layer;
    const struct lsn_lesion *lesion;
    const float *const *planes; /* [places] of [h][w][c], of the output there, which mean and
                                 * resample put in; not looked at for other kinds */
    const int *kernels;         /* [count] */
    int count;
};

/* logits [count][classes], a row for each variant, on the stimulus last given to lsn_pass_run.
 * LSN_E_ARGUMENT where the network has no such layer or kernel, the layer not what the lesion
 * removes, planes are wanting, or the pass is one of LSN_ENGINE_INTACT; logits are then as they
 * were. */
enum lsn_status lsn_pass_run_lesioned(struct lsn_pass *pass, const struct lsn_variants *variants,
                                      float *logits, struct lsn_error *err);

/* Kernels of a layer that are best given to lsn_pass_run_lesioned together; more are
 * cut into groups of that many. It follows from the model alone. */
int lsn_network_group(const struct lsn_network *network, int layer);

/* Multiply-adds of the lesioned passes run so far. */
double lsn_pass_work(const struct lsn_pass *pass);

/* The intact activation [h][w][c] of a node (see lsn_model_node for its shape)
 * after lsn_pass_run, before its normalisation; lent. */
const float *lsn_pass_activation(const struct lsn_pass *pass, int node);

/* What a network answered for one stimulus, intact or lesioned. Ties go to the
 * lower class index. Where groups are decided between (lesion/decide.h), they are the classes
 * and their scores the logits. */
struct lsn_outcome {
    int32_t predicted; /* class index */
    int32_t rank;      /* of the true class; 1 is best */
    float loss;        /* cross-entropy, nats */
    float margin;      /* true logit minus the best other one */
};

/* LSN_E_ARGUMENT where true_class is none; LSN_E_DATA where a logit is not finite, or two lie
 * further apart than a float reaches. */
enum lsn_status lsn_outcome_of(const float *logits, int classes, int true_class,
                               struct lsn_outcome *outcome, struct lsn_error *err);

/* Whether a lesion leaves the logits [classes] as they were: none moves by more than
 * LSN_SAME_FRAC of the largest intact one, |logit|. Roundoff alone moves them by up to half of
 * that, otherwise in each engine, also where the lesion changes nothing; what is beyond it both
 * engines see. They can disagree only where the largest change is the limit itself to within
 * roundoff. */
#define LSN_SAME_FRAC 1e-5
bool lsn_logits_same(const float *logits, const float *intact, int classes);

LSN_API_END
#endif
