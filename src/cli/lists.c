#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

/* At least one, and one more than LIST_MAX where there are more. */
static size_t count_items(const char *list)
{
    size_t count = 1;

    for (; *list && count <= LIST_MAX; list++)
        count += *list == ',';
    return count;
}

/* One item of the list from *at on, fresh; *at moves behind it and its comma, or becomes
 * NULL behind the last. NULL: out of memory. */
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

/* Whether items [count] is like none before it; says it where not. */
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
