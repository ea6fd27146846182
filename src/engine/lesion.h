/* What lesions leave of their kernel's plane. Three places make it, each with a switch:
 * lesion_plane in incremental.c, lesion_place in pass.c, and lsn_fixed_pack in fixed.c for kernels
 * that are lesioned throughout. */
#ifndef LSN_ENGINE_LESION_H
#define LSN_ENGINE_LESION_H

#include "engine/network.h"
#include "lesion/lesions.h"

enum lsn_left {
    LSN_LEFT_REST,    /* what the bias gives, and the weights outside the slice */
    LSN_LEFT_NOTHING, /* 0 */
    LSN_LEFT_PLANE    /* a plane that must be known before */
};

enum lsn_left lsn_lesion_left(const struct lsn_lesion *lesion);

/* Whether the network has these kernels [count] of the layer, and they what is removed.
 * LSN_E_ARGUMENT. */
enum lsn_status lsn_lesion_check(const struct lsn_lesion *lesion, const struct lsn_network *network,
                                 int layer, const int *kernels, int count, struct lsn_error *err);

#endif
