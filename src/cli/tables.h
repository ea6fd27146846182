/* Tables on their way to files. */
#ifndef CLI_TABLES_H
#define CLI_TABLES_H

#include <stdbool.h>

#include "lesion/error.h"

/* The folder for the tables of a run, fresh: output, or where that is NULL RUN/tables. NULL, with
 * an error said, where it is the run directory itself, whose kernels.csv and images.csv are its
 * axes. */
char *tables_folder(const char *run, const char *output);

/* Says why a table was not written, where writing it had another status than LSN_OK. Whether it
 * was written. */
bool tables_say_end(enum lsn_status status, const struct lsn_error *err, const char *path);

#endif
