/* Folders that outputs go to. */
#ifndef CLI_FOLDERS_H
#define CLI_FOLDERS_H

#include <stdbool.h>

/* Makes the folders that lead to the file at path, which is as before afterwards. An
 * error is said. */
bool folders_make(char *path);

/* FOLDER/NAME, fresh, with the folders that lead to it made. NULL where that fails, which
 * is said. */
char *folders_path(const char *folder, const char *name);

#endif
