/* Labelled images: the list of image files (or images in memory) and the true class of each. */
#ifndef LESION_DATASET_H
#define LESION_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"
#include "lesion/image.h"
#include "lesion/model.h"

LSN_API_BEGIN

struct lsn_dataset;

/* How class folders are assigned to class indices where no folder is named after the id or name of
 * a class. */
enum lsn_folder_order {
    LSN_FOLDER_ORDER_AUTO,  /* in sorted order; refused where another order may be meant */
    LSN_FOLDER_ORDER_NAME,  /* in the order of their names' bytes, as torchvision's ImageFolder */
    LSN_FOLDER_ORDER_NUMBER /* by value of the whole numbers that are their names */
};

/* Lists the images of folder with their classes, without opening them.
 *
 * With labels_path, or where folder contains a labels.csv, classes come from that CSV. Its header
 * is file,class; file is absolute or relative to folder; class is a class index of the model, or
 * the id or name of one of its classes. Rows keep their order; a missing file is noticed only when
 * it is opened. Two more kinds of lists are recognised by their contents: Kaggle's solution files
 * (ImageId,PredictionString), and lines of a file and a class separated by blanks, without a
 * header.
 *
 * Otherwise folder contains class folders. A folder named after the id or name of a class has that
 * class. Where no folder is, there must be as many folders as classes; folders named 0, 1, 2, ...
 * have the class of that index, other folders are assigned to the indices in sorted order.
 * LSN_FOLDER_ORDER_AUTO refuses the latter where another order may be meant: the model has ids or
 * names (except where the folders are 1,000 WordNet ids and the model has no ids of that kind); the
 * folders are numbers whose order by value is not that of their names, or 1 ... 1000; or a folder
 * contains only folders. Files without an extension that torchvision's ImageFolder reads (.jpg,
 * .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff, .webp, in any case) are passed over and counted
 * (lsn_dataset_passed).
 *
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (the CSV), LSN_E_DATA (an unknown class, no images, folders
 * that cannot be assigned to classes). On failure *dataset is NULL. */
enum lsn_status lsn_dataset_open(const char *folder, const char *labels_path,
                                 enum lsn_folder_order order, const struct lsn_model *model,
                                 struct lsn_dataset **dataset, struct lsn_error *err);

/* Makes a dataset of images in memory with their classes [count], which every call takes like one
 * of files. Pixels are lent and must outlive the dataset; other fields of images [count] are
 * copied. An image is named memory:INDEX:DIGEST, where DIGEST is the first 16 hex digits of the
 * SHA-256 of its pixels, so that tables, run directories and lsn_dataset_sha256 tell images with
 * other pixels apart.
 * LSN_E_ARGUMENT (no images, an image without pixels or of other than 1 or 3 channels, a class that
 * the model does not have), LSN_E_MEMORY. On failure *dataset is NULL. */
enum lsn_status lsn_dataset_create(const struct lsn_model *model, const struct lsn_image *images,
                                   const int *classes, size_t count, struct lsn_dataset **dataset,
                                   struct lsn_error *err);

void lsn_dataset_free(struct lsn_dataset *dataset);

size_t lsn_dataset_count(const struct lsn_dataset *dataset);

/* The image's path below the folder, as labels.csv would name it, or absolute as labels.csv
 * did; lent. */
const char *lsn_dataset_name(const struct lsn_dataset *dataset, size_t image);

/* The image's path for opening, or its name where it is in memory; lent. */
const char *lsn_dataset_path(const struct lsn_dataset *dataset, size_t image);

/* The true class's index. */
int lsn_dataset_class(const struct lsn_dataset *dataset, size_t image);

/* How labels were found, in one line: "val: 100 folders matched by id"; lent. */
const char *lsn_dataset_matching(const struct lsn_dataset *dataset);

/* SHA-256 of the list of names and classes, 64 hex digits; lent. */
const char *lsn_dataset_sha256(const struct lsn_dataset *dataset);

/* Shuffles the list, so that work that ends early has used a random sample of the images. The order
 * is by the SHA-256 of seed and name, so adding or removing an image does not change the order of
 * the others. Call it before anything else uses the list, whose SHA-256 it changes.
 * LSN_E_ARGUMENT: the seed is negative. LSN_E_MEMORY. */
enum lsn_status lsn_dataset_shuffle(struct lsn_dataset *dataset, int64_t seed,
                                    struct lsn_error *err);

/* The seed given to lsn_dataset_shuffle; -1: the list was not shuffled. */
int64_t lsn_dataset_shuffle_seed(const struct lsn_dataset *dataset);

/* The images that were listed and that lsn_look_leave_out then removed from the list; the name is
 * lent. */
size_t lsn_dataset_left_out_count(const struct lsn_dataset *dataset);
const char *lsn_dataset_left_out_name(const struct lsn_dataset *dataset, size_t image);

/* The kinds of files and folders that lsn_dataset_open passes over in a folder of class folders.
 * With a labels.csv nothing counts as passed over, because that file names every image wanted. */
enum lsn_passed {
    LSN_PASSED_FORMAT,  /* images in class folders whose extension is not read: .gif */
    LSN_PASSED_HIDDEN,  /* images in class folders whose name starts with a dot */
    LSN_PASSED_OUTSIDE, /* images that lie beside the class folders, in none of them */
    LSN_PASSED_EMPTY,   /* class folders without an image */
    LSN_PASSED_OTHER,   /* other files in class folders: .txt, Thumbs.db */
    LSN_PASSED_KINDS
};

enum { LSN_PASSED_NAMED = 3 };

/* Returns how many files or folders of this kind were passed over. names receives the paths below
 * the folder of the first *named of them, at most LSN_PASSED_NAMED; lent. */
size_t lsn_dataset_passed(const struct lsn_dataset *dataset, enum lsn_passed kind,
                          const char *names[LSN_PASSED_NAMED], int *named);

/* Fills partner [count]: for each image of the whole list, the index of the other image whose edges
 * (region other-edges) or activations (lesion resample) it is given. The partners are a seeded
 * cyclic permutation, so no image is its own partner. LSN_E_DATA where there are fewer than two
 * images. */
enum lsn_status lsn_dataset_partners(size_t count, uint64_t seed, size_t *partner,
                                     struct lsn_error *err);

LSN_API_END
#endif
