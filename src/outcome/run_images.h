/* Finds the images of a run that were changed or replaced since it began. */
#ifndef LSN_OUTCOME_RUN_IMAGES_H
#define LSN_OUTCOME_RUN_IMAGES_H

#include "lesion/look.h"
#include "outcome/results.h"

/* Finds the first image that only the run in folder has, or only the look: LSN_E_DATA names it.
 * LSN_OK where there is none, or where the run did not store its images. LSN_E_IO, LSN_E_FORMAT,
 * LSN_E_MEMORY. */
enum lsn_status lsn_run_name_difference(const char *folder, const struct lsn_look *look,
                                        struct lsn_error *err);

/* Compares what look saw with what the run in folder stored about its images, and updates
 * images.csv and looked.csv; results has the run's axes and store, and receives the number of
 * changed images. LSN_E_DATA names a changed image on which outcomes depend: its own outcomes,
 * those of an image whose partner it is, or, where mean planes are used, any. Mean planes are
 * removed where no outcome was computed with them; they are made anew later. images.csv is written
 * first, so that after a kill in between the same images are found to be changed again. LSN_E_IO,
 * LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_run_renew_images(const char *folder, const struct lsn_look *look,
                                     struct lsn_results *results, struct lsn_error *err);

#endif
