/* Convolution of range changes: what its ways, patches and Winograd tiles, share. */
#ifndef LSN_ENGINE_RANGE_H
#define LSN_ENGINE_RANGE_H

#include "engine/carry.h"

/* Scratch of a range convolution. */
struct lsn_range_scratch {
    float *weights;  /* of the live channels */
    float *live;     /* differences of one variant in them */
    float *patches;  /* or transformed tiles */
    float *products; /* of all output channels */
};

/* What a range convolution works with. live lists the changed channels (of the
 * range); where all of them are, or nearly, they are used as they lie. */
struct lsn_range {
    struct lsn_delta *d;
    const struct lsn_conv *conv;
    const struct lsn_change *in;
    struct lsn_emitter *emitter;
    struct lsn_range_scratch s;
    size_t taps;          /* kh * kw, or the points of Winograd's */
    size_t live_count;    /* channels in the products */
    bool compact;         /* they are a selection, d->channels [live_count] */
    const float *weights; /* [taps][live_count][out.c] */
    size_t ld_tap;        /* from one tap's weights to the next */
    size_t used;          /* rows or tiles gathered so far */
};

/* Larger weights are used whole, not the live channels' alone. */
#define LSN_RANGE_COMPACT_FLOATS ((size_t)1 << 22)

/* The variant's differences in the channels in use, [rows][live_count]. */
const float *lsn_range_live_rows(const struct lsn_range *r, int variant);

/* Patches: floats of scratch for patches and products, and the ways. */
size_t lsn_range_patch_floats(const struct lsn_conv *conv);
size_t lsn_range_patch_products(const struct lsn_conv *conv);
void lsn_range_pointwise(struct lsn_range *r);
void lsn_range_patches(struct lsn_range *r);

/* Of a grouped convolution; in->own is allowed. */
void lsn_range_grouped(struct lsn_range *r, const float *packed);

/* Winograd tiles: the same; and whether they cost less than patches, where changes
 * are sparse in space. */
size_t lsn_range_tile_floats(const struct lsn_conv *conv);
size_t lsn_range_tile_products(const struct lsn_conv *conv);
bool lsn_range_tiles_pay(struct lsn_range *r);
void lsn_range_tiles(struct lsn_range *r);

#endif
