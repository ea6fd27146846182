#include "command.h"

#include <string.h>

const struct command *command_find(const struct command *const *all, const char *name)
{
    for (; *all; all++)
        if (strcmp((*all)->name, name) == 0)
            return *all;
    return NULL;
}
