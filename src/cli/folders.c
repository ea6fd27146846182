#include "folders.h"

#include <errno.h>
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
