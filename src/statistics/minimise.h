/* Finds the minimum of a smooth function of several variables, each between two bounds. */
#ifndef LSN_STATISTICS_MINIMISE_H
#define LSN_STATISTICS_MINIMISE_H

#include <stdbool.h>

#include "base/error.h"

/* Returns the function's value at x [variables] and, unless gradient is NULL, sets gradient
 * [variables]; all must be finite. */
typedef double lsn_objective_fn(const double *x, double *gradient, void *context);

struct lsn_minimiser;

/* Makes a minimiser of objective between low and high [variables]. It may be used by one thread at
 * a time. LSN_E_MEMORY; lsn_minimiser_free frees it, and takes NULL. */
enum lsn_status lsn_minimiser_create(int variables, const double *low, const double *high,
                                     lsn_objective_fn *objective, void *context,
                                     struct lsn_minimiser **made, struct lsn_error *err);
void lsn_minimiser_free(struct lsn_minimiser *minimiser);

/* Starts at x [variables], which lies between the bounds, moves x to a minimum near it and sets
 * value to the function there. converged: whether the search ended at a minimum; if not, x is the
 * best point it found. LSN_E_MEMORY. */
enum lsn_status lsn_minimiser_run(struct lsn_minimiser *minimiser, double *x, double *value,
                                  bool *converged, struct lsn_error *err);

#endif
