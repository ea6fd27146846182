/* An image of a list as the network's input takes it: the one way in which images are loaded. */
#ifndef LSN_DATA_CROP_H
#define LSN_DATA_CROP_H

#include "lesion/dataset.h"
#include "lesion/image.h"
#include "lesion/model.h"
#include "lesion/stimulus.h"

/* What is known of the file once it is decoded. */
struct lsn_crop_facts {
    int width, height; /* px */
    int orientation;   /* EXIF's, 1 where there is none */
};

/* facts may be NULL. Fails as
 * lsn_image_load and lsn_input_crop, with a sentence that names path; *crop is then zeroed. */
enum lsn_status lsn_crop_load(const struct lsn_dataset *dataset, size_t image,
                              const struct lsn_model *model,
                              const struct lsn_image_options *loading, struct lsn_image *crop,
                              struct lsn_crop_facts *facts, struct lsn_error *err);

#endif
