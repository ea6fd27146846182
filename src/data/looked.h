/* What a run has looked at, looked.csv in its directory:
 * file,bytes,modified_ns,sha256,width,height,orientation,fault, one row per image of the whole
 * list, in its order; an image with a fault was left out of the run. */
#ifndef LSN_DATA_LOOKED_H
#define LSN_DATA_LOOKED_H

#include "base/names.h"
#include "lesion/look.h"

#define LSN_LOOKED_FILE "looked.csv"

/* A look of count images of which nothing is known. NULL: out of memory. */
struct lsn_look *lsn_look_create(size_t count);

/* Gives an image its fault, from a sentence that may begin with path. LSN_E_MEMORY. */
enum lsn_status lsn_looked_set_fault(struct lsn_looked *image, const char *path,
                                     enum lsn_status code, const char *sentence,
                                     struct lsn_error *err);

/* Images by their names, which the look lends. LSN_E_MEMORY; lsn_names_free frees them in any
 * case. */
enum lsn_status lsn_look_index(const struct lsn_look *look, struct lsn_names *names,
                               struct lsn_error *err);

/* What the run in folder has looked at; *look is NULL where it keeps no such file, as older
 * runs. LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT. */
enum lsn_status lsn_looked_read(const char *folder, struct lsn_look **look, struct lsn_error *err);

/* Writes it, whole or not at all. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_looked_write(const char *folder, const struct lsn_look *look,
                                 struct lsn_error *err);

#endif
