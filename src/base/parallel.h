/* A pool of workers that share out numbered units of work. */
#ifndef LSN_BASE_PARALLEL_H
#define LSN_BASE_PARALLEL_H

#include <stddef.h>

#include "base/error.h"

/* Does one unit of work. worker is 0 ... workers-1, and no two units run with the same worker
 * number at once, so it may be an index of memory for each worker. After a failure no further units
 * are handed out. */
typedef enum lsn_status lsn_unit_fn(void *context, int worker, size_t unit, struct lsn_error *err);

/* Runs unit(context, worker, u, err) for every u in [0, units), handed out in order to the given
 * number of worker threads (at least 1; the calling thread is one of them). Returns when all have
 * ended: LSN_OK, or the failure of the lowest unit that failed. If the system refuses to start a
 * thread, those already running do all the work. */
enum lsn_status lsn_parallel(int workers, size_t units, lsn_unit_fn *unit, void *context,
                             struct lsn_error *err);

/* Like lsn_parallel; in addition, after each unit that succeeded, calls collect(context, worker, u,
 * err). Collections run one at a time and in the order of units, so a sum made in collect is the
 * same for any number of threads. What a unit stores for its collection must be in that worker's
 * own memory. After a unit or a collection fails, no higher unit is collected. */
enum lsn_status lsn_parallel_in_order(int workers, size_t units, lsn_unit_fn *unit,
                                      lsn_unit_fn *collect, void *context, struct lsn_error *err);

/* The number of processors that this process may run on; at least 1. How many threads are useful
 * within the limits of a container: lsn_threads_limit. */
int lsn_processors(void);

#endif
