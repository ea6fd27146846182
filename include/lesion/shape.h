/* The sizes of activations, and parts of a kernel's weights. */
#ifndef LESION_SHAPE_H
#define LESION_SHAPE_H

/* The shape of an activation of one image: c planes of h x w. A vector is c x 1 x 1. In
 * memory the channels of a position lie together: [h][w][c]. */
struct lsn_shape {
    int c, h, w;
};

/* A part of a kernel's weights [in][row][col]: those with the given indices, where -1 stands
 * for every index. */
struct lsn_slice {
    int in, row, col;
};

#ifdef __cplusplus /* has no compound literals */
#define LSN_SLICE_ALL (lsn_slice{-1, -1, -1})
#else
#define LSN_SLICE_ALL ((struct lsn_slice){-1, -1, -1})
#endif

#endif
