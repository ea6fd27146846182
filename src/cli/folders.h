/* The folders that outputs are written to, and what they hold already. */
#ifndef CLI_FOLDERS_H
#define CLI_FOLDERS_H

#include <stdbool.h>

#include "lesion/results.h"

/* Makes the folders that the file at path is to be in. path is changed meanwhile and restored,
 * except on failure: false after an error message. */
bool folders_make(char *path);

/* FOLDER/NAME as a fresh string, after making the folders that it is in. NULL after an error
 * message. */
char *folders_path(const char *folder, const char *name);

/* Makes an empty folder of the program's own in TMPDIR, or in /tmp. Its path as a fresh string;
 * NULL after an error message. */
char *folders_temporary(void);

/* Removes a folder with all that is in it. An error message says what could not be removed. */
void folders_remove(const char *path);

/* Whether both paths exist and lead to the same file or folder. */
bool folders_is_same(const char *a, const char *b);

/* Whether writing to both paths would write the same file, which need not exist yet. */
bool folders_is_same_place(const char *a, const char *b);

/* Whether the file at path is, or would be, in the folder itself, or is it. */
bool folders_is_in(const char *path, const char *folder);

/* Whether the folder is a run directory: has a run.json. */
bool folders_is_run(const char *folder);

/* Whether tables can be made from the run: an image has all its outcomes. Else false after an error
 * message. */
bool folders_is_begun(const char *run, const struct lsn_results *results);

/* Whether the file at path begins with the text, which has at most 96 bytes. */
bool folders_begins(const char *path, const char *text);

#endif
