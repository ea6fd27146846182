#include "folders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"

bool folders_make(char *path)
{
    char *slash;

    for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            message_error("%s: cannot create: %s", path, strerror(errno));
            return false;
        }
        *slash = '/';
    }
    return true;
}

char *folders_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + sizeof "/";
    char *path = malloc(size);

    if (!path) {
        message_error("out of memory for a path");
        return NULL;
    }
    snprintf(path, size, "%s/%s", folder, name);
    if (folders_make(path))
        return path;
    free(path);
    return NULL;
}
