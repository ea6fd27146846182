/* A pool of workers that share out numbered units of work. */
#ifndef LSN_BASE_PARALLEL_H
#define LSN_BASE_PARALLEL_H

#include <stddef.h>

#include "base/error.h"

/* Does one unit. worker is 0 ... workers-1 and never runs twice at once, so it
 * may index per-worker memory. A failure stops the hand-out of further units. */
typedef enum lsn_status lsn_unit_fn(void *context, int worker, size_t unit, struct lsn_error *err);

/* Runs unit(context, worker, u, err) for every u in [0, units), handed out in
 * order to workers threads (at least 1; the calling thread is one of them).
 * Returns when all have ended: LSN_OK, or the failure of the lowest unit that
 * failed. Where fewer threads can be started, those that run do all the work. */
enum lsn_status lsn_parallel(int workers, size_t units, lsn_unit_fn *unit, void *context,
                             struct lsn_error *err);

/* The same, and after each unit that succeeded collect(context, worker, u, err), one at a
 * time and in the order of units: sums made in it are the same for any number of threads.
 * What a unit leaves for it must be that worker's own. No unit is collected behind one
 * that failed, or whose collection did. */
enum lsn_status lsn_parallel_in_order(int workers, size_t units, lsn_unit_fn *unit,
                                      lsn_unit_fn *collect, void *context, struct lsn_error *err);

/* Processors this process may run on; at least 1. How many threads suit, and may
 * multiply: lsn_threads_limit. */
int lsn_processors(void);

#endif
