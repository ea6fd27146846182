/* The sizes of feature maps, and parts of weights. */
#ifndef LESION_SHAPE_H
#define LESION_SHAPE_H

/* A feature map of one image: c planes of h x w. A vector is c x 1 x 1. In
 * memory the channels of a position lie together: [h][w][c]. */
struct lsn_shape {
    int c, h, w;
};

/* A part of a kernel's weights [in][row][col]: those whose index is the one given, where
 * it is not negative. */
struct lsn_slice {
    int in, row, col;
};

#ifdef __cplusplus /* has no compound literals */
#define LSN_SLICE_ALL (lsn_slice{-1, -1, -1})
#else
#define LSN_SLICE_ALL ((struct lsn_slice){-1, -1, -1})
#endif

#endif
