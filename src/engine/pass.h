/* Passes over one stimulus. The intact pass keeps every node's activation. The full
 * engine also keeps each node's lesioned activation: it computes every node that depends on
 * a lesioned kernel again, and reads the intact activation of the others.
 *
 * The engines lesion sets of kernels, each set as one variant (struct lsn_joint). Kernels that are
 * lesioned separately are sets of one. */
#ifndef LSN_ENGINE_PASS_H
#define LSN_ENGINE_PASS_H

#include "engine/incremental.h"

struct lsn_pass {
    const struct lsn_network *network;
    float **intact;                /* [steps][h][w][c] */
    struct lsn_incremental *delta; /* NULL: not the incremental engine */
    float **lesioned;              /* [steps][h][w][c]; NULL: not the full engine */
    const float **inputs;          /* the running step's inputs */
    const float **fixed;           /* [network's fixed.count][places_max] outputs [h][w][c] whose
                                    * planes replace those of fixed lesions */
    float *scratch;
    bool *changed;  /* [steps] the step's activation is in lesioned, not in intact */
    float *weights; /* a place's packed weights with kernels, or slices of them, zeroed */
    double multiply_adds;
    /* Kernels of one layer as sets of one; NULL: lesions cannot be run. */
    struct lsn_kernel *kernels;  /* [plan's group_max] */
    int *start;                  /* [group_max + 1] set i has kernel i */
    const float *const **planes; /* [layers][places] see struct lsn_joint */
    bool *is_in_set;             /* [layers][row_max] see lsn_joint_check */
};

/* Computes a step's output to out, with packed weights, from its inputs' activations: the lesioned
 * ones of steps that have changed, else the intact ones. */
void lsn_pass_step(struct lsn_pass *pass, int index, const float *packed, float *out);

/* Runs one set in the full engine. affected: what lesions of the sets' layers change. Returns the
 * logits [classes]. */
const float *lsn_full_run(struct lsn_pass *pass, const struct lsn_layer *affected,
                          const struct lsn_joint *sets, int set);

#endif
