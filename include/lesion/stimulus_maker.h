/* Makes the stimuli of a list of images, one after another. */
#ifndef LESION_STIMULUS_MAKER_H
#define LESION_STIMULUS_MAKER_H

#include "lesion/dataset.h"
#include "lesion/stimulus.h"

LSN_API_BEGIN

/* Makes stimuli in one thread. It keeps the last image, so that several conditions of an image
 * decode it once. */
struct lsn_stimulus_maker;

/* loading: how files are decoded; NULL: zeroes. model and dataset must outlive it. LSN_E_MEMORY. */
enum lsn_status lsn_stimulus_maker_create(const struct lsn_model *model,
                                          const struct lsn_dataset *dataset,
                                          const struct lsn_image_options *loading,
                                          struct lsn_stimulus_maker **maker, struct lsn_error *err);
void lsn_stimulus_maker_free(struct lsn_stimulus_maker *maker);

/* Writes the stimulus of an image of the dataset under a condition to pixels [height][width][c],
 * the shape of the network's input. *mask is the region's mask [height][width], lent until the next
 * call; mask may be NULL. Fails as lsn_image_load, lsn_input_crop and lsn_region_make. */
enum lsn_status lsn_stimulus_maker_make(struct lsn_stimulus_maker *maker, size_t image,
                                        const struct lsn_condition *condition, float *pixels,
                                        const uint8_t **mask, struct lsn_error *err);

/* Checks, before long work, that the conditions' regions can be made at the size of the network's
 * input and with as many images as the dataset has, and that the network has the nodes to be
 * normalised. Fails as lsn_region_check, lsn_dataset_partners and lsn_normalisation_check. */
enum lsn_status lsn_stimulus_maker_check(const struct lsn_model *model,
                                         const struct lsn_dataset *dataset,
                                         const struct lsn_condition *conditions,
                                         int condition_count, struct lsn_error *err);

LSN_API_END
#endif
