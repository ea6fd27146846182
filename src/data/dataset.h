/* A list of labelled images; the public half is lesion/dataset.h. */
#ifndef LSN_DATA_DATASET_H
#define LSN_DATA_DATASET_H

#include "base/text.h"
#include "lesion/dataset.h"
#include "model/classes.h"

struct lsn_item {
    char *name, *path; /* owned */
    int class_index;
    struct lsn_image memory; /* the pixels, lent; none where the image is a file */
    char sha256[65];         /* of the pixels of an image in memory */
};

/* Files of one kind that were found but are not in the list, for a note to the user. */
struct lsn_passed_over {
    size_t count;
    char *names[LSN_PASSED_NAMED]; /* the first of them; owned */
};

struct lsn_dataset {
    struct lsn_item *items; /* [count] */
    size_t count, capacity;
    struct lsn_item *left_out; /* [left_out_count] */
    size_t left_out_count;
    struct lsn_passed_over passed[LSN_PASSED_KINDS];
    struct lsn_text matching; /* a sentence on how the labels were found */
    char sha256[65];
    bool shuffled;
    int64_t seed; /* the seed of the shuffle */
};

/* Appends the image folder/name, or name where that is absolute; takes over name, also on failure.
 * LSN_E_MEMORY. */
enum lsn_status lsn_dataset_add(struct lsn_dataset *dataset, const char *folder, char *name,
                                int class_index, struct lsn_error *err);

/* Counts folder/name (or name, where folder is NULL) as passed over. LSN_E_MEMORY. */
enum lsn_status lsn_dataset_pass_over(struct lsn_dataset *dataset, enum lsn_passed kind,
                                      const char *folder, const char *name, struct lsn_error *err);

/* Computes the SHA-256 of the names and classes in the list as it is now. LSN_E_MEMORY. */
enum lsn_status lsn_dataset_hash(struct lsn_dataset *dataset, struct lsn_error *err);

/* The item of an image whose pixels the caller gave in memory; NULL where the image is a file. */
const struct lsn_item *lsn_dataset_memory(const struct lsn_dataset *dataset, size_t image);

/* The bytes that an image in memory takes: 1 per pixel and channel, 8 bits each. */
size_t lsn_item_bytes(const struct lsn_item *item);

/* Removes the images whose is_out [count] is 1 from the list and keeps the others in order; the
 * list's SHA-256 is computed anew. LSN_E_MEMORY; then nothing has changed. */
enum lsn_status lsn_dataset_leave_out(struct lsn_dataset *dataset, const uint8_t *is_out,
                                      struct lsn_error *err);

/* Appends the images named in a table or list of labels. LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT,
 * LSN_E_DATA. */
enum lsn_status lsn_dataset_add_table(struct lsn_dataset *dataset, const char *folder,
                                      const char *path, const struct lsn_classes *classes,
                                      struct lsn_error *err);

/* Appends the images in the class folders of folder. LSN_E_IO, LSN_E_MEMORY, LSN_E_DATA. */
enum lsn_status lsn_dataset_add_folders(struct lsn_dataset *dataset, const char *folder,
                                        const struct lsn_classes *classes,
                                        enum lsn_folder_order order, struct lsn_error *err);

#endif
