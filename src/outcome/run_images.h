/* A run and its images: which were mended or replaced since it began. */
#ifndef LSN_OUTCOME_RUN_IMAGES_H
#define LSN_OUTCOME_RUN_IMAGES_H

#include "lesion/look.h"
#include "outcome/results.h"

/* Names the first image that the run in folder has and the look has not, or the other way
 * round: LSN_E_DATA. LSN_OK where there is none, or the run does not say what it has. LSN_E_IO,
 * LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_run_name_difference(const char *folder, const struct lsn_look *look,
                                        struct lsn_error *err);

/* Compares what look saw with what the run in folder has looked at, and brings images.csv and
 * looked.csv up to date; results has the run's axes and store, and receives how many images
 * were renewed. An image that is another now is one that no outcome depends on, or LSN_E_DATA
 * names it: an outcome of its own, one of an image whose partner it is, and, through the mean
 * planes, any. Mean planes without outcomes are removed, to be made anew. images.csv goes
 * first: where a kill comes between, the same images are found to be new once more. LSN_E_IO,
 * LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_run_renew_images(const char *folder, const struct lsn_look *look,
                                     struct lsn_results *results, struct lsn_error *err);

#endif
