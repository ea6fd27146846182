/* Writing the tables of a run: to which folder, and with which message. */
#ifndef CLI_TABLES_H
#define CLI_TABLES_H

#include <stdbool.h>

#include "lesion/error.h"

/* The folder for the tables of a run as a fresh string: output, or RUN/tables where output is NULL.
 * NULL after an error message. The run directory itself is refused: its own kernels.csv and
 * images.csv would be overwritten. */
char *tables_folder(const char *run, const char *output);

/* Whether a table at output would not take the place of one of the run's own files, and so destroy
 * the run; run: NULL: there is none. False after an error message. */
bool tables_spare_run(const char *run, const char *output);

/* Takes the status of writing a table; prints why it was not written, unless that is LSN_OK.
 * Returns whether it was written. */
bool tables_say_end(enum lsn_status status, const struct lsn_error *err, const char *path);

#endif
