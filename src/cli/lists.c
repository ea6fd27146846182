#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

size_t list_count(const char *list)
{
    size_t count = 1;

    for (; *list; list++)
        count += *list == ',';
    return count;
}

char *list_next(const char **at)
{
    size_t length = strcspn(*at, ",");
    char *item = calloc(length + 1, 1);

    if (!item) {
        message_error("out of memory for a list");
        return NULL;
    }
    memcpy(item, *at, length);
    *at = (*at)[length] ? *at + length + 1 : NULL;
    return item;
}
