/* An image file as the network's input takes it: the one way in which images are loaded. */
#ifndef LSN_SWEEP_CROP_H
#define LSN_SWEEP_CROP_H

#include "lesion/image.h"
#include "lesion/model.h"
#include "lesion/stimulus.h"

/* size_px receives the file's width and height, once it is decoded; may be NULL. Fails as
 * lsn_image_load and lsn_input_crop, with a sentence that names path; *crop is then zeroed. */
enum lsn_status lsn_crop_load(const char *path, const struct lsn_model *model, enum lsn_alpha alpha,
                              struct lsn_image *crop, int size_px[2], struct lsn_error *err);

#endif
