/* Convolution by Winograd's products of transformed tiles (op/winograd.h), of sparse changes
 * by rows and of dense ones. */
#ifndef LSN_ENGINE_TILES_H
#define LSN_ENGINE_TILES_H

#include "engine/rows.h"

/* Tiles on their way, cut from scratch. */
struct lsn_tiles {
    struct lsn_incremental *d;
    const struct lsn_step *step;
    const struct lsn_conv *conv;
    size_t channels; /* of the input that the rows hold, from first on */
    int first;
    bool skip;          /* see op/product.h */
    size_t count;       /* tiles gathered */
    float *transformed; /* [points][tiles][channels] */
    float *products;    /* [points][tiles][out.c] */
    float *outputs;     /* [4][4][out.c] of one tile */
    void *to;           /* what takes a tile's outputs */
    void (*put)(const struct lsn_tiles *tiles, int variant, int tile);
};

/* An empty block of tiles of all channels. */
struct lsn_tiles lsn_tiles_start(struct lsn_incremental *d, const struct lsn_step *step);

/* Adds a variant's tile, number tile in the order of rows of tiles. rows: of the 36 inputs
 * under it, d->pointers. */
void lsn_tiles_add(struct lsn_tiles *tiles, int variant, int tile);

/* Multiplies, puts and empties the block. */
void lsn_tiles_run(struct lsn_tiles *tiles);

/* Tiles side by side in the output, and all. */
int lsn_tiles_across(const struct lsn_conv *conv);
int lsn_tiles_all(const struct lsn_conv *conv);

/* Where input i < 36 under a tile lies, y and x; it may be outside the map. */
void lsn_tiles_input(const struct lsn_conv *conv, int tile, int i, int *y, int *x);

/* Floats of scratch, pointers, and ints of scratch. */
size_t lsn_tiles_floats(const struct lsn_conv *conv);
size_t lsn_tiles_pointers(const struct lsn_conv *conv);
size_t lsn_tiles_terms(const struct lsn_conv *conv);

/* Whether they cost less than the positions they cover. */
bool lsn_tiles_pay(double tiles, double positions);

/* A change by rows, and whether tiles cost less where it is sparse in space. */
bool lsn_columns_tiles_pay(const struct lsn_rows *rows);
void lsn_columns_tiles(const struct lsn_rows *rows);

#endif
