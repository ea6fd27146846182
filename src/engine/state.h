/* What one worker's incremental pass holds: changes and scratch, shared by all ops. */
#ifndef LSN_ENGINE_STATE_H
#define LSN_ENGINE_STATE_H

#include "engine/change.h"
#include "engine/entry.h"

/* One worker's incremental pass. */
struct lsn_incremental {
    const struct lsn_network *network;
    float *const *intact;            /* [steps] activations of the stimulus */
    struct lsn_change *changes;      /* [steps] of each node's value; variants 0: none */
    struct lsn_change reached;       /* of the output of a place that the lesion at an
                                         earlier one reaches, before its own; variants 0: none */
    unsigned char *arena;            /* the changes' storage */
    int **maps;                      /* [inputs_max][positions_max], all -1 between uses */
    int *touched;                    /* [positions_max] */
    uint8_t *is_touched;             /* [positions_max], all 0 between uses */
    float *zeros;                    /* [row_max] */
    float *plane;                    /* [positions_max] */
    float *rows[3];                  /* [row_max] each */
    float *scratch;                  /* [plan's scratch_floats] */
    const float **whole_inputs;      /* [inputs_max] of an op that is run anew */
    const float **pointers;          /* [plan's pointers_max] */
    float *factors;                  /* [plan's pointers_max] */
    int *block_tile, *block_variant; /* [LSN_BLOCK_TILES] of tiles in a product */
    int *row_map;                    /* [plan's row_map_max] */
    float **outs;                    /* [LSN_BLOCK_TILES] where a product's rows go */
    int *terms;                      /* [plan's terms_max] scratch of a product */
    double multiply_adds;            /* done so far */
};

#define LSN_BLOCK_TILES    1024 /* of a product, at most */
#define LSN_BLOCK_ROWS_MAX 512  /* fewer than tiles */

#endif
