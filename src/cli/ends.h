/* The two contrasts that selectivity compares. */
#ifndef CLI_ENDS_H
#define CLI_ENDS_H

#include "lesion/results.h"
#include "lesion/table.h"
#include "options.h"

/* contrasts [2] of --low and --high, -1 for the default. False, with an error said, where
 * one is no contrast. */
bool ends_parse(const struct options *options, double contrasts[2]);

/* Sets the conditions with these contrasts. False, with an error said, where the run lacks
 * one. */
bool ends_find(const double contrasts[2], const struct lsn_results *results,
               struct lsn_table_options *table);

/* Whether the run has one contrast only. */
bool ends_are_one(const struct lsn_results *results);

#endif
