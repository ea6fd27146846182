/* Folders that outputs go to, and what is there. */
#ifndef CLI_FOLDERS_H
#define CLI_FOLDERS_H

#include <stdbool.h>

#include "lesion/results.h"

/* Makes the folders that lead to the file at path, which is as before afterwards. An
 * error is said. */
bool folders_make(char *path);

/* FOLDER/NAME, fresh, with the folders that lead to it made. NULL where that fails, which
 * is said. */
char *folders_path(const char *folder, const char *name);

/* Whether both are there and one file or folder. */
bool folders_is_same(const char *a, const char *b);

/* Whether what is written to both comes to one place: as one name in one folder, or one file. */
bool folders_is_same_place(const char *a, const char *b);

/* Whether the folder is a run directory that was laid out. */
bool folders_is_run(const char *folder);

/* Whether the run directory has complete images, of which there can be tables; else an error is
 * said. */
bool folders_is_begun(const char *run, const struct lsn_results *results);

/* Whether the file at path begins with the text, of up to 64 bytes. */
bool folders_begins(const char *path, const char *text);

#endif
