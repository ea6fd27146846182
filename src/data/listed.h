/* Lists of images that may be in another order. */
#ifndef LSN_DATA_LISTED_H
#define LSN_DATA_LISTED_H

#include <stddef.h>

#include "base/sha256.h"
#include "lesion/error.h"

/* Adds an image of a list to the SHA-256 of the list. */
void lsn_listed_add(struct lsn_sha256 *sha, const char *name, int class_index);

/* An image of a list, as lsn_dataset_name and lsn_dataset_class give it. */
struct lsn_listed {
    const char *name;
    int class_index;
};

/* Sorts images [count], and writes the SHA-256 of the sorted list as 64 hex digits and a NUL: equal
 * ones are of the same images with the same classes. LSN_E_MEMORY. */
enum lsn_status lsn_listed_sha256(struct lsn_listed *images, size_t count, char hex[65],
                                  struct lsn_error *err);

#endif
