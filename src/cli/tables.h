/* Writing the tables of a run: to which folder, and with which message. */
#ifndef CLI_TABLES_H
#define CLI_TABLES_H

#include <stdbool.h>

#include "lesion/error.h"
#include "options.h"

/* The folder for the tables of a run as a fresh string: output, or RUN/tables where output is NULL.
 * NULL after an error message. The run directory itself is refused: its own kernels.csv and
 * images.csv would be overwritten. */
char *tables_folder(const char *run, const char *output);

/* Whether a table at output would not take the place of one of the run's own files, and so destroy
 * the run; run: NULL: there is none. False after an error message. */
bool tables_spare_run(const char *run, const char *output);

/* Whether output means standard output. */
bool tables_is_standard(const char *output);

/* OUTPUT.json as a fresh string; NULL after an error message: out of memory. */
char *tables_provenance(const char *output);

/* Whether a file at path may be replaced: it is the provenance of an earlier table, which is worth
 * nothing once that table has been replaced or removed. */
bool tables_replace_provenance(const char *path, bool force);

/* Whether a table may take the place of what is at output: with --force, or where that is a table
 * that --run wrote, and nobody has changed since. What cannot be read is not such a table. */
bool tables_may_replace(const struct options *options, const char *output);

/* Checks that a table at output, its provenance, and others [count] (NULL: not wanted) can be
 * written, with nothing lost, and are different files. False after an error message. */
bool tables_check(const struct options *options, const char *output, const char *const *others,
                  int count);

/* Sets *draft to where a table of --run is written before it goes to output, as a fresh string;
 * NULL where there is no --run, or output is standard output. False after an error message. */
bool tables_draft(const struct options *options, const char *output, char **draft);

/* Takes the status of writing a table; prints why it was not written, unless that is LSN_OK.
 * Returns whether it was written. */
bool tables_say_end(enum lsn_status status, const struct lsn_error *err, const char *path);

#endif
