/* Convolution of range changes: its two ways. */
#ifndef LSN_ENGINE_RANGE_H
#define LSN_ENGINE_RANGE_H

#include "engine/carry.h"

/* One convolution of a group's changes. */
struct lsn_range {
    struct lsn_delta *d;
    const struct lsn_step *step;
    const struct lsn_conv *conv;
    const struct lsn_change *in;
    struct lsn_change *out;
    struct lsn_emitter *emitter;
};

/* By products of bundles (op/panel.h): what the same output position of several
 * variants sees, the taps and channels left out in which nothing changed. Any window
 * and groups; in->own is allowed, too. */
size_t lsn_range_bundle_floats(const struct lsn_conv *conv);
void lsn_range_bundles(const struct lsn_range *range);

/* By Winograd's products of tiles; and whether they cost less, where changes are sparse
 * in space. */
size_t lsn_range_tile_floats(const struct lsn_conv *conv);
bool lsn_range_tiles_pay(const struct lsn_range *range);
void lsn_range_tiles(const struct lsn_range *range);

#endif
