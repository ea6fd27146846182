/* The plan of an incremental pass: where every change lies in memory, and how many lesions
 * go together in a group. All of it follows from the model alone. */
#ifndef LSN_ENGINE_PLAN_H
#define LSN_ENGINE_PLAN_H

#include "engine/entry.h"

struct lsn_layer_plan {
    bool joint;              /* of joint lesions: of kernels of one or several layers */
    struct lsn_entry *nodes; /* [count] in execution order; the first place first */
    int count;
    int group;          /* how many variants go together */
    size_t arena_bytes; /* of the changes of a group */
};

/* The plans of all layers, and the sizes of one worker's memory, which suffices for each of them.
 */
struct lsn_plan {
    struct lsn_layer_plan *layers; /* [layer_count] */
    int layer_count;
    struct lsn_layer_plan joint; /* no nodes: the network has no joint layers */
    int group_max;               /* the largest group */
    size_t arena_bytes;          /* the largest of the layers' */
    size_t positions_max;        /* the most positions of a node */
    size_t row_max;              /* the most channels of a node */
    size_t inputs_max;           /* the most inputs of a node */
    size_t scratch_floats;       /* the most scratch of an op */
    size_t pointers_max;         /* the most pointers to the taps of a row block */
    size_t row_map_max;          /* the most input positions of a product, over all variants */
    size_t terms_max;            /* the most ints of scratch of a product */
};

enum lsn_status lsn_plan_create(const struct lsn_network *network, struct lsn_plan **plan,
                                struct lsn_error *err);
void lsn_plan_free(struct lsn_plan *plan);

#endif
