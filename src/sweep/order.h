/* Random orders in which kernels are lesioned one on top of the other. */
#ifndef LSN_SWEEP_ORDER_H
#define LSN_SWEEP_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Fills order [count] with a random permutation of 0 ... count-1, all equally likely. It follows
 * from the seed, the round, the name of the image and count. LSN_E_MEMORY. */
enum lsn_status lsn_order_draw(const char *name, int64_t seed, int round, size_t *order,
                               size_t count, struct lsn_error *err);

#endif
