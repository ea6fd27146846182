/* Removes images without outcomes from a run whose list has become shorter. The shorter run is
 * first laid out completely in a folder inside the run directory; run.json is written there last.
 * Then its files are moved into the run directory one by one, run.json last. If the process is
 * killed in between, the next one goes on with the moves where run.json is still in the folder, and
 * otherwise removes the folder. */
#ifndef LSN_OUTCOME_REMOVAL_H
#define LSN_OUTCOME_REMOVAL_H

#include "outcome/results.h"

/* The name of that folder in the run directory. */
#define LSN_REMOVAL_FOLDER "fewer-images.tmp"

/* Lays out the run in folder without the images that are not in results, which has the axes of the
 * shorter list; *count receives the number of removed images. Where it is 0 nothing was laid out,
 * because no image is gone or the lists differ in other ways, too. Mean planes are removed where no
 * outcome was computed with them; they are made anew later. LSN_E_DATA where outcomes depend on an
 * image that is gone or on the length of the list; LSN_E_IO, LSN_E_FORMAT, LSN_E_MEMORY. On failure
 * the run is unchanged. */
enum lsn_status lsn_removal_lay_out(const char *folder, const struct lsn_results *results,
                                    size_t *count, struct lsn_error *err);

/* Whether a shorter run was laid out completely, but not all of its files were moved yet.
 * LSN_E_MEMORY. */
enum lsn_status lsn_removal_is_begun(const char *folder, bool *begun, struct lsn_error *err);

/* Finishes a removal that was begun: moves the files of a shorter run that was laid out completely,
 * else removes its folder. Does nothing where there is no such folder. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_removal_finish(const char *folder, struct lsn_error *err);

#endif
