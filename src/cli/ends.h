/* The two contrasts that selectivity compares. */
#ifndef CLI_ENDS_H
#define CLI_ENDS_H

#include "lesion/results.h"
#include "lesion/table.h"
#include "options.h"

#define ENDS_AUTO (-2.0) /* of the low contrast: to be chosen */

/* contrasts [2] of --low and --high, -1 for the default, and share of --low-accuracy. False,
 * with an error said, where one is no contrast. */
bool ends_parse(const struct options *options, double contrasts[2], double *share);

/* Sets the conditions with these contrasts; chooses the low one of the run's where it is to be.
 * False, with an error said, where the run lacks one. */
bool ends_find(const double contrasts[2], double share, const struct lsn_results *results,
               struct lsn_table_options *table);

/* Notes where the low contrast leaves a lesion little to lose. low, high: conditions; -1: of the
 * lowest, of the highest contrast. False, with an error said, where the run cannot be read. */
bool ends_note(const struct lsn_results *results, int low, int high);

/* Whether the run has one contrast only. */
bool ends_are_one(const struct lsn_results *results);

#endif
