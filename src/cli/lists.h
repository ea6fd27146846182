/* Options whose value is a comma-separated list. */
#ifndef CLI_LISTS_H
#define CLI_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lesion/region.h"
#include "options.h"

/* So many keep every number of conditions within an int. */
#define LIST_MAX 1000
/* The longest text of an item: a region's may name a file. */
#define LIST_TEXT_MAX LSN_REGION_TEXT_MAX

/* What a list's items are. */
struct list_kind {
    const char *option; /* that gives the list, with its dashes */
    size_t size;        /* of an item in memory */
    /* Makes an item of its text. False after saying why not. */
    bool (*parse)(const struct options *options, const char *text, void *item);
    /* Writes an item as a text that only its like has: a list has each item once. */
    void (*print)(const void *item, char *text);
};

/* Reads the whole list into *items [*count], fresh. False after saying why not; *items are to
 * be freed then, too. */
bool list_read(const struct list_kind *kind, const struct options *options, const char *list,
               void **items, int *count);

#endif
