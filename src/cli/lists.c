#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

/* The number of items; stops counting at LIST_MAX + 1. An empty list is one empty item. */
static size_t count_items(const char *list)
{
    size_t count = 1;

    for (; *list && count <= LIST_MAX; list++)
        count += *list == ',';
    return count;
}

/* The item at *at as a fresh string; NULL: out of memory. *at moves behind its comma, or becomes
 * NULL after the last item. */
static char *next_item(const char **at)
{
    size_t length = strcspn(*at, ",");
    char *item = calloc(length + 1, 1);

    if (!item)
        return NULL;
    memcpy(item, *at, length);
    *at = (*at)[length] ? *at + length + 1 : NULL;
    return item;
}

/* Whether the item at index count differs from all before it; if not, false after an error
 * message. */
static bool is_new(const struct list_kind *kind, const char *items, int count)
{
    char text[LIST_TEXT_MAX], other[LIST_TEXT_MAX];
    int i;

    kind->print(items + kind->size * (size_t)count, text);
    for (i = 0; i < count; i++) {
        kind->print(items + kind->size * (size_t)i, other);
        if (strcmp(text, other) == 0) {
            message_usage("%s: %s is given twice", kind->option, text);
            return false;
        }
    }
    return true;
}

bool list_read(const struct list_kind *kind, const struct options *options, const char *list,
               void **items, int *count)
{
    size_t size = count_items(list);
    char *all = calloc(size, kind->size);
    bool fine = all && size <= LIST_MAX;

    *items = all;
    *count = 0;
    if (!all)
        message_error("out of memory for %s", kind->option);
    else if (!fine)
        message_usage("%s: more than %d of them", kind->option, LIST_MAX);
    while (fine && list) {
        char *text = next_item(&list);

        if (!text)
            message_error("out of memory for %s", kind->option);
        fine = text && kind->parse(options, text, all + kind->size * (size_t)*count) &&
               is_new(kind, all, *count);
        free(text);
        *count += fine;
    }
    return fine;
}
