/* The memory of one worker's incremental pass: changes, and scratch shared by all ops. */
#ifndef LSN_ENGINE_STATE_H
#define LSN_ENGINE_STATE_H

#include "engine/change.h"
#include "engine/entry.h"

/* One worker's incremental pass. */
struct lsn_incremental {
    const struct lsn_network *network;
    float *const *intact;            /* [steps] activations of the stimulus */
    struct lsn_change *changes;      /* [steps] of each node's output; variants 0: no change */
    struct lsn_change reached;       /* of a later place, before its own lesion (entry.h);
                                         variants 0: no change */
    unsigned char *arena;            /* the changes' storage */
    int **maps;                      /* [inputs_max][positions_max] see lsn_change_map; all -1
                                         between uses */
    int *touched;                    /* [positions_max] a list of positions or tiles */
    uint8_t *is_touched;             /* [positions_max], all 0 between uses */
    float *zeros;                    /* [row_max] all 0, stands for a row without differences */
    float *plane;                    /* [positions_max] one channel's values */
    int *kernels;                    /* [row_max] kernels of a set at one place */
    float *rows[3];                  /* [row_max] each, for single rows */
    float *scratch;                  /* [plan's scratch_floats] */
    const float **whole_inputs;      /* [inputs_max] inputs of an op that is run again */
    const float **pointers;          /* [plan's pointers_max] to the factors of a product */
    float *factors;                  /* [plan's pointers_max] */
    int *block_tile, *block_variant; /* [LSN_BLOCK_TILES] of each tile in a product */
    int *row_map;                    /* [plan's row_map_max] see map_rows in rows.c */
    float **outs;                    /* [LSN_BLOCK_TILES] where a product's rows are written */
    int *terms;                      /* [plan's terms_max] scratch of a product */
    double multiply_adds;            /* done so far */
};

#define LSN_BLOCK_TILES    1024 /* the most tiles in a product */
#define LSN_BLOCK_ROWS_MAX 512  /* the most rows in a row block; at most LSN_BLOCK_TILES */

#endif
