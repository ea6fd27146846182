/* What the engine knows of each op: one row of a table (ops.c). A new op needs its `run`;
 * how a change passes through it may be left out. */
#ifndef LSN_ENGINE_OPS_H
#define LSN_ENGINE_OPS_H

#include "engine/carry.h"
#include "engine/network.h"

/* An op's run on whole maps, or on parts of them: on one position where the op keeps
 * positions apart, on some channels where it keeps channels apart. */
struct lsn_run {
    const struct lsn_step *step;
    const float *packed;               /* step->packed, or a lesioned copy of it */
    const struct lsn_shape *in_shapes; /* [node's input_count] */
    struct lsn_shape shape;            /* of out */
    const float *const *in;            /* [node's input_count] */
    float *out, *scratch;
};

/* What of a change is left after the op, given that one input's variants have a list of
 * `own` channels each: how long the list is then; 0: the change is a range. changed:
 * how many inputs have changed; the one with the list is number input. */
typedef int lsn_own_fn(const struct lsn_step *step, int own, int changed, int input);

struct lsn_engine_op {
    void (*run)(const struct lsn_run *run);
    size_t (*scratch)(const struct lsn_step *step); /* floats that run needs; NULL: none */
    /* Takes a change through. NULL: the op is run on each variant's activations and the
     * intact output subtracted, position by position where at_positions says so. */
    void (*carry)(struct lsn_delta *d, const struct lsn_plan_node *entry, struct lsn_change *out);
    lsn_own_fn *own; /* NULL: always a range */
    /* Whether the output at a position follows from the one input at it. NULL: it does not. */
    bool (*at_positions)(const struct lsn_step *step);
};

/* op must be one that is run: neither the image nor BatchNormalization. */
const struct lsn_engine_op *lsn_engine_op(enum lsn_op op);

#endif
