/* Labelled images: which files, and each one's true class. */
#ifndef LESION_DATASET_H
#define LESION_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"
#include "lesion/model.h"

LSN_API_BEGIN

struct lsn_dataset;

/* Lists the images of folder with their classes, without opening them.
 *
 * With labels_path, or where folder holds a labels.csv: that CSV's header is
 * file,class; file is relative to folder; class is a class index of the model,
 * or the id or name of one of its classes. Rows keep their order.
 * Otherwise folder holds class folders: a folder's class is the one whose id or
 * name it bears; where no folder bears one, sorted order (torchvision's
 * ImageFolder) counts, but only where there are as many folders as classes.
 * Files whose names end otherwise than torchvision's ImageFolder wants (.jpg, .jpeg, .png,
 * .ppm, .bmp, .pgm, .tif, .tiff, .webp, in any case) are passed over.
 *
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (the CSV), LSN_E_DATA (an unknown class,
 * a file that is not there, no images). On failure *dataset is NULL. */
enum lsn_status lsn_dataset_open(const char *folder, const char *labels_path,
                                 const struct lsn_model *model, struct lsn_dataset **dataset,
                                 struct lsn_error *err);

void lsn_dataset_free(struct lsn_dataset *dataset);

size_t lsn_dataset_count(const struct lsn_dataset *dataset);

/* The image's path below the folder, as labels.csv would name it; lent. */
const char *lsn_dataset_name(const struct lsn_dataset *dataset, size_t image);

/* The image's path for opening; lent. */
const char *lsn_dataset_path(const struct lsn_dataset *dataset, size_t image);

/* The true class's index. */
int lsn_dataset_class(const struct lsn_dataset *dataset, size_t image);

/* SHA-256 of the list of names and classes, 64 hex digits; lent. */
const char *lsn_dataset_sha256(const struct lsn_dataset *dataset);

/* partner [count]: for each image of a whole list another one, whose edges or activations
 * it is given: a seeded cyclic permutation, so none is its own. LSN_E_DATA where there are
 * fewer than two. */
enum lsn_status lsn_dataset_partners(size_t count, uint64_t seed, size_t *partner,
                                     struct lsn_error *err);

LSN_API_END
#endif
