/* Loads an image of a list and crops it to the network's input; every command loads its images
 * through this function. */
#ifndef LSN_DATA_CROP_H
#define LSN_DATA_CROP_H

#include "lesion/dataset.h"
#include "lesion/image.h"
#include "lesion/model.h"
#include "lesion/stimulus.h"

/* What is known about an image file after it was decoded. */
struct lsn_crop_facts {
    int width, height; /* px */
    int orientation;   /* by EXIF; 1: none */
};

/* Loads, resizes and crops image number `image` of the dataset; facts, unless NULL, receives what
 * is known about the file. Fails as lsn_image_load and lsn_input_crop do, with a sentence that
 * names the path; *crop is then zeroed. */
enum lsn_status lsn_crop_load(const struct lsn_dataset *dataset, size_t image,
                              const struct lsn_model *model,
                              const struct lsn_image_options *loading, struct lsn_image *crop,
                              struct lsn_crop_facts *facts, struct lsn_error *err);

#endif
