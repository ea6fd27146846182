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
 * With labels_path, or where folder holds a labels.csv: that CSV's header is
 * file,class; file is absolute or relative to folder; class is a class index of the
 * model, or the id or name of one of its classes. Rows keep their order;
 * whether there is a file shows when it is opened. By what they hold,
 * two more kinds of lists are known: Kaggle's solution files (ImageId,PredictionString), and
 * lines of a file and a class with blanks between, without a header.
 * Otherwise folder holds class folders: a folder's class is the one whose id or
 * name it bears. Where no folder bears one, there must be as many folders as classes: called
 * by the indices 0, 1, 2, ... they are that, others are counted in sorted order. With
 * LSN_FOLDER_ORDER_AUTO that is refused where it may be meant otherwise: the model has ids or
 * names (but for 1,000 WordNet ids, where it has none of those); the folders are called by
 * numbers that sort otherwise by value, or by 1 ... 1000; a folder holds folders only.
 * Files whose names end otherwise than torchvision's ImageFolder wants (.jpg, .jpeg, .png,
 * .ppm, .bmp, .pgm, .tif, .tiff, .webp, in any case) are passed over, and
 * counted (lsn_dataset_passed).
 *
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (the CSV), LSN_E_DATA (an unknown class,
 * no images, folders that cannot be counted). On failure *dataset is
 * NULL. */
enum lsn_status lsn_dataset_open(const char *folder, const char *labels_path,
                                 enum lsn_folder_order order, const struct lsn_model *model,
                                 struct lsn_dataset **dataset, struct lsn_error *err);

/* Images from memory, with their classes [count]: used as files are, by every call. Pixels
 * are lent and must outlive the dataset; other fields of images [count] are copied. An image is
 * called memory:INDEX:DIGEST, the first 16 hex digits of the SHA-256 of its pixels, so that
 * tables, runs and lsn_dataset_sha256 tell other pixels apart.
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

/* Puts the list into a random order that the seed and the names decide: by the SHA-256 of both, so
 * that an image that is added or taken away leaves the order of the others. To be called before
 * anything else sees the list, whose SHA-256 changes with it. Work that ends early has then seen a
 * random sample of the images. LSN_E_ARGUMENT: the seed is negative. LSN_E_MEMORY. */
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
