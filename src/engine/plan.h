/* Where every change of an incremental pass lies in memory, and how many lesions
 * go together. All of it follows from the model alone. */
#ifndef LSN_ENGINE_PLAN_H
#define LSN_ENGINE_PLAN_H

#include "engine/entry.h"

struct lsn_layer_plan {
    struct lsn_entry *nodes; /* [count] in execution order; the first place first */
    int count;
    int group;          /* variants that go together */
    size_t arena_bytes; /* for that many */
};

/* Memory of one worker: the arena, and floats and ints of scratch. */
struct lsn_plan {
    struct lsn_layer_plan *layers; /* [layer_count] */
    int layer_count;
    size_t arena_bytes;    /* the largest of the layers' */
    size_t positions_max;  /* of any node */
    size_t row_max;        /* channels of any node */
    size_t inputs_max;     /* of any node */
    size_t scratch_floats; /* of any op */
    size_t pointers_max;   /* to the taps of a block of rows */
    size_t row_map_max;    /* positions of all variants that a product reads */
    size_t terms_max;      /* ints of scratch of a product */
};

enum lsn_status lsn_plan_create(const struct lsn_network *network, struct lsn_plan **plan,
                                struct lsn_error *err);
void lsn_plan_free(struct lsn_plan *plan);

#endif
