#ifndef LESION_SHAPE_H
#define LESION_SHAPE_H

/* A feature map of one image: c planes of h x w. A vector is c x 1 x 1. In
 * memory the channels of a position lie together: [h][w][c]. */
struct lsn_shape {
    int c, h, w;
};

#endif
