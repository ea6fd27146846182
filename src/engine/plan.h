/* Where every change of an incremental pass lies in memory, and how many lesions
 * go together. All of it follows from the model alone. */
#ifndef LSN_ENGINE_PLAN_H
#define LSN_ENGINE_PLAN_H

#include <stdbool.h>

#include "engine/network.h"

/* One affected node of a layer. */
struct lsn_plan_node {
    int node;
    int activation; /* the node that is computed along with it, or -1 */
    int place;      /* of the layer that the node is, from 0; -1: none */
    bool reached;   /* the change that a place's input makes in it, before its lesion: the next
                       entry is the same node's with it */
    int own;        /* channels of each variant's own list; 0: a range */
    size_t offset;  /* of its storage in the arena, bytes */
    size_t bytes;   /* of its storage for a whole group */
};

struct lsn_layer_plan {
    struct lsn_plan_node *nodes; /* [count] in execution order; the first place first */
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
    size_t scratch_floats; /* for gathered patches and products */
    size_t pointers_max;   /* rows that one output value combines */
    size_t row_map_max;    /* positions of all variants that a product reads */
    size_t group_max;      /* variants that go together */
};

enum lsn_status lsn_plan_create(const struct lsn_network *network, struct lsn_plan **plan,
                                struct lsn_error *err);
void lsn_plan_free(struct lsn_plan *plan);

/* Bytes of a node's change for so many variants, by its parts; see change.h. */
struct lsn_storage {
    size_t position, list, delta; /* offsets; starts come first */
    size_t rows_max, bytes;
};
struct lsn_storage lsn_plan_storage(const struct lsn_network *network,
                                    const struct lsn_plan_node *node, int variants);

#endif
