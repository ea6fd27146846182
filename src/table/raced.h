/* The kernels' table of a run that races left. */
#ifndef LSN_TABLE_RACED_H
#define LSN_TABLE_RACED_H

#include "base/text.h"
#include "lesion/results.h"

/* Adds a row per kernel and condition, of the images that have both outcomes. Where these are
 * not all, when to stop went by the outcomes: intervals and tests, which are for a number of images
 * set before, are empty, and so is noop, which is of all. q, of all kernels together, is empty
 * throughout. Where races ran images because they are right when intact (raced_right) there are
 * counts alone. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_raced_rows(struct lsn_text *text, const struct lsn_results *results,
                               struct lsn_error *err);

#endif
