/* The minimum of a smooth function between bounds. */
#ifndef LSN_STATISTICS_MINIMISE_H
#define LSN_STATISTICS_MINIMISE_H

#include <stdbool.h>

#include "base/error.h"

/* The function at x [variables], and its gradient [variables] unless that is NULL; finite. */
typedef double lsn_objective_fn(const double *x, double *gradient, void *context);

struct lsn_minimiser;

/* Between low and high [variables]. One thread at a time uses it. LSN_E_MEMORY; freed by
 * lsn_minimiser_free, NULL allowed. */
enum lsn_status lsn_minimiser_create(int variables, const double *low, const double *high,
                                     lsn_objective_fn *objective, void *context,
                                     struct lsn_minimiser **made, struct lsn_error *err);
void lsn_minimiser_free(struct lsn_minimiser *minimiser);

/* From x [variables], between the bounds, to a minimum near it, of that value. converged: it
 * came to a rest; where not, x is the best that was found. LSN_E_MEMORY. */
enum lsn_status lsn_minimiser_run(struct lsn_minimiser *minimiser, double *x, double *value,
                                  bool *converged, struct lsn_error *err);

#endif
