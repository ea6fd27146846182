/* Images that were taken from the list of a run, and have no outcomes: the run is laid out
 * without them beside itself, in a folder of its own, and moved into its place file by file,
 * run.json first to be written there and last to be moved. Whenever that is stopped, the same
 * moves go on, or the folder is removed. */
#ifndef LSN_OUTCOME_REMOVAL_H
#define LSN_OUTCOME_REMOVAL_H

#include "outcome/results.h"

/* The folder, in that of the run. */
#define LSN_REMOVAL_FOLDER "fewer-images.tmp"

/* Lays out the run in folder without the images that results, of the shorter list, have not;
 * *count receives how many those are. Nothing is laid out where that is 0: none is missing, or
 * more than images is another. Mean planes of no outcome are removed, to be made anew.
 * LSN_E_DATA where outcomes depend on a missing image or on the length of the list; LSN_E_IO,
 * LSN_E_FORMAT, LSN_E_MEMORY. On failure the run is as it was. */
enum lsn_status lsn_removal_lay_out(const char *folder, const struct lsn_results *results,
                                    size_t *count, struct lsn_error *err);

/* Whether a run was laid out so and is not all moved. LSN_E_MEMORY. */
enum lsn_status lsn_removal_is_begun(const char *folder, bool *begun, struct lsn_error *err);

/* Moves what was laid out whole, removes what was not; there may be nothing. LSN_E_IO,
 * LSN_E_MEMORY. */
enum lsn_status lsn_removal_finish(const char *folder, struct lsn_error *err);

#endif
