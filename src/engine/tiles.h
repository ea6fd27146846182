/* 3x3 convolution by Winograd's algorithm on tiles of 4x4 outputs (op/winograd.h), for changes by
 * rows and for dense ones. */
#ifndef LSN_ENGINE_TILES_H
#define LSN_ENGINE_TILES_H

#include "engine/rows.h"

/* A block of tiles that are collected and then multiplied together. */
struct lsn_tiles {
    struct lsn_incremental *d;
    const struct lsn_step *step;
    const struct lsn_conv *conv;
    size_t channels; /* the inputs are channels first ... first+channels-1 */
    int first;
    bool skip;          /* leave out zeroes, see op/product.h */
    size_t count;       /* tiles collected */
    float *transformed; /* [points][tiles][channels] in scratch, like the next two */
    float *products;    /* [points][tiles][out.c] */
    float *outputs;     /* [4][4][out.c] of one tile */
    void *to;           /* for put: where it stores outputs */
    void (*put)(const struct lsn_tiles *tiles, int variant, int tile); /* stores a tile's outputs */
};

/* Returns an empty block of tiles of all channels. */
struct lsn_tiles lsn_tiles_start(struct lsn_incremental *d, const struct lsn_step *step);

/* Adds a variant's tile; tiles are numbered row by row. The caller has set d->pointers [36] to the
 * input rows under it. */
void lsn_tiles_add(struct lsn_tiles *tiles, int variant, int tile);

/* Multiplies the block, stores all outputs by put, and empties the block. */
void lsn_tiles_run(struct lsn_tiles *tiles);

/* How many tiles lie side by side in the output, and how many there are in all. */
int lsn_tiles_across(const struct lsn_conv *conv);
int lsn_tiles_all(const struct lsn_conv *conv);

/* The input position (y, x) under a tile's point i < 36; it may be outside the input. */
void lsn_tiles_input(const struct lsn_conv *conv, int tile, int i, int *y, int *x);

/* The floats of scratch, pointers, and ints of scratch that a full block needs. */
size_t lsn_tiles_floats(const struct lsn_conv *conv);
size_t lsn_tiles_pointers(const struct lsn_conv *conv);
size_t lsn_tiles_terms(const struct lsn_conv *conv);

/* Whether so many tiles cost less than computing so many output positions one by one. */
bool lsn_tiles_pay(double tiles, double positions);

/* The convolution of a change by rows, and whether tiles cost less there than row by row: tiles
 * compute also positions that no change reaches. */
bool lsn_rows_tiles_pay(const struct lsn_rows *rows);
void lsn_rows_tiles(const struct lsn_rows *rows);

#endif
