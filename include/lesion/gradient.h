/* Gradients: how a value that is computed from the logits, such as the loss, changes with the
 * activations, by one backward pass; and from it first-order estimates of what lesions change.
 *
 * The estimate for a kernel is the sum, over the positions of its output plane, of gradient times
 * (lesioned - intact): the first term of the Taylor expansion of the value in the lesion (Molchanov
 * et al. 2017, "Pruning convolutional neural networks for resource efficient inference"). It is
 * exact where everything after the kernel is linear; a lesion is a large step, so elsewhere it is a
 * guess, to be judged against lsn_pass_run_lesioned.
 *
 * Where a function has a kink the derivative is PyTorch's: that of Relu, LeakyRelu, Clip (as of
 * ReLU6), ... at its corner is the one below it or 0; MaxPool has its first maximum; a tie of Max,
 * Min, ReduceMax or ReduceMin is shared equally. */
#ifndef LESION_GRADIENT_H
#define LESION_GRADIENT_H

#include <stddef.h>

#include "lesion/error.h"
#include "lesion/lesions.h"
#include "lesion/network.h"

LSN_API_BEGIN

/* One thread's memory for backward passes: a gradient for each node, as large as its activation. */
struct lsn_gradient;

/* For passes on this network, which must outlive it; passes of every engine will do. LSN_E_MEMORY.
 * On failure *gradient is NULL. */
enum lsn_status lsn_gradient_create(const struct lsn_network *network,
                                    struct lsn_gradient **gradient, struct lsn_error *err);
void lsn_gradient_free(struct lsn_gradient *gradient);

/* Bytes of memory of each gradient on a network. */
size_t lsn_gradient_bytes(const struct lsn_network *network);

/* Runs backward through the stimulus last given to lsn_pass_run on pass, from d_logits
 * [lsn_model_logits], the derivatives of a value by the logits. Planes that a fixed lesion puts in
 * do not depend on what comes before them, so nothing goes through them. LSN_E_ARGUMENT where the
 * pass is of another network. */
enum lsn_status lsn_gradient_run(struct lsn_gradient *gradient, const struct lsn_pass *pass,
                                 const float *d_logits, struct lsn_error *err);

/* The derivatives of the value by a node's activation (lsn_pass_activation) [h][w][c], lent until
 * the next run. NULL where the node does not depend on any layer: the image, constants and what is
 * computed from them alone. */
const float *lsn_gradient_at(const struct lsn_gradient *gradient, int node);

/* Estimates, for each kernel of a layer, what lesioning it alone changes in the value of the last
 * lsn_gradient_run, which was on this pass: estimates [kernels of the layer]. Of a layer with
 * several places it is the sum over them. planes [places] as of struct lsn_variants, for mean and
 * resample, else unused. LSN_E_ARGUMENT as of lsn_pass_run_lesioned; LSN_E_DATA where an estimate
 * is not a finite number, as derivatives of a root at 0 are not. */
enum lsn_status lsn_gradient_estimate(const struct lsn_gradient *gradient,
                                      const struct lsn_pass *pass, int layer,
                                      const struct lsn_lesion *lesion, const float *const *planes,
                                      double *estimates, struct lsn_error *err);

/* The derivatives by the logits of an outcome's loss and margin (lsn_outcome_of), d_loss and
 * d_margin [lsn_model_logits], from logits [lsn_model_logits]; true_class is a class, or, where the
 * model decides between groups, a group (lesion/decide.h). Of several best other classes the
 * margin's is that with the lowest index. Errors as of lsn_model_scores and lsn_outcome_of. */
enum lsn_status lsn_outcome_gradients(const struct lsn_model *model, const float *logits,
                                      int true_class, float *d_loss, float *d_margin,
                                      struct lsn_error *err);

LSN_API_END
#endif
