/* What the kinds of lesions leave of a kernel's output. Four functions compute it, each with a
 * switch over enum lsn_left: left_at in places.c, lesion_place in full.c, for fixed lesions
 * lsn_fixed_pack in fixed.c (by keeps_bias), and for estimates add_place in gradient_estimate.c. */
#ifndef LSN_ENGINE_LESION_H
#define LSN_ENGINE_LESION_H

#include "engine/network.h"
#include "lesion/lesions.h"

enum lsn_left {
    LSN_LEFT_REST,    /* the bias, and what the weights outside the slice give */
    LSN_LEFT_NOTHING, /* 0 */
    LSN_LEFT_PLANE    /* a plane that the caller gives */
};

enum lsn_left lsn_lesion_left(const struct lsn_lesion *lesion);

/* Whether a set has a kernel of the layer. */
bool lsn_joint_lesions(const struct lsn_joint *sets, int set, int layer);

/* Checks that the network has the layer and its kernels [count], and that the lesion fits them
 * (lsn_lesion_fits). LSN_E_ARGUMENT. */
enum lsn_status lsn_lesion_check(const struct lsn_lesion *lesion, const struct lsn_network *network,
                                 int layer, const int *kernels, int count, struct lsn_error *err);

#endif
