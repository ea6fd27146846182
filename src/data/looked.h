/* looked.csv in a run directory: what was seen of each image when the run looked at them. Its
 * columns are file,bytes,modified_ns,sha256,width,height,orientation,fault, with one row for each
 * image of the whole list, in its order. An image with a fault was left out of the run. */
#ifndef LSN_DATA_LOOKED_H
#define LSN_DATA_LOOKED_H

#include "base/names.h"
#include "lesion/look.h"

#define LSN_LOOKED_FILE "looked.csv"

/* Makes an empty look for count images. NULL: out of memory. */
struct lsn_look *lsn_look_create(size_t count);

/* Sets the fault of an image to a sentence; a path at its beginning is cut off. LSN_E_MEMORY. */
enum lsn_status lsn_looked_set_fault(struct lsn_looked *image, const char *path,
                                     enum lsn_status code, const char *sentence,
                                     struct lsn_error *err);

/* Makes a map from the names of a look's images, which it lends, to their indices. On success and
 * failure lsn_names_free frees it. LSN_E_MEMORY. */
enum lsn_status lsn_look_index(const struct lsn_look *look, struct lsn_names *names,
                               struct lsn_error *err);

/* Reads the looked.csv of the run in folder; *look is NULL where there is none, as in runs of older
 * versions. LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT. */
enum lsn_status lsn_looked_read(const char *folder, struct lsn_look **look, struct lsn_error *err);

/* Writes looked.csv; it appears whole or not at all. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_looked_write(const char *folder, const struct lsn_look *look,
                                 struct lsn_error *err);

#endif
