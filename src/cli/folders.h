/* Folders that outputs go to. */
#ifndef CLI_FOLDERS_H
#define CLI_FOLDERS_H

#include <stdbool.h>

/* Makes the folders that lead to the file at path, which is as before afterwards. An
 * error is said. */
bool folders_make(char *path);

#endif
