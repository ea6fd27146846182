/* The stimuli of a list of images, one after another. */
#ifndef LESION_STIMULUS_MAKER_H
#define LESION_STIMULUS_MAKER_H

#include "lesion/dataset.h"
#include "lesion/stimulus.h"

LSN_API_BEGIN

/* What makes stimuli in one thread: it keeps the image that it is on. */
struct lsn_stimulus_maker;

/* model and dataset must outlive it; loading NULL: zeroes. LSN_E_MEMORY. */
enum lsn_status lsn_stimulus_maker_create(const struct lsn_model *model,
                                          const struct lsn_dataset *dataset,
                                          const struct lsn_image_options *loading,
                                          struct lsn_stimulus_maker **showing,
                                          struct lsn_error *err);
void lsn_stimulus_maker_free(struct lsn_stimulus_maker *showing);

/* pixels [height][width][c] of the network's input: an image of the dataset as the
 * condition shows it. *mask, lent until the next call, is the region's, [height][width];
 * mask may be NULL. Fails as loading, cropping and lsn_region_make do. */
enum lsn_status lsn_stimulus_maker_make(struct lsn_stimulus_maker *showing, size_t image,
                                        const struct lsn_condition *condition, float *pixels,
                                        const uint8_t **mask, struct lsn_error *err);

/* Whether the conditions' regions can be made on the network's input and of so many
 * images, and the network has the nodes to be normalised: to be asked before long work.
 * Fails as lsn_region_check, lsn_dataset_partners and lsn_normalisation_check. */
enum lsn_status lsn_stimulus_maker_check(const struct lsn_model *model,
                                         const struct lsn_dataset *dataset,
                                         const struct lsn_condition *conditions,
                                         int condition_count, struct lsn_error *err);

LSN_API_END
#endif
