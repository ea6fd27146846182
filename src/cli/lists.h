/* Options whose value is a comma-separated list. */
#ifndef CLI_LISTS_H
#define CLI_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lesion/region.h"
#include "options.h"

/* Contrasts x regions x normalisations still fit an int. */
#define LIST_MAX 1000
/* The size of the longest text of an item, a region with the path of its mask. */
#define LIST_TEXT_MAX LSN_REGION_TEXT_MAX

/* What a list's items are. */
struct list_kind {
    const char *option; /* "--contrast", for messages */
    size_t size;        /* bytes of an item in memory */
    /* Makes an item of its text. False after an error message. */
    bool (*parse)(const struct options *options, const char *text, void *item);
    /* Writes an item as text. Items with the same text are duplicates, which a list may not have.
     */
    void (*print)(const void *item, char *text);
};

/* Reads the whole list into a fresh array *items [*count]. False after an error message. The caller
 * frees *items, also on failure. */
bool list_read(const struct list_kind *kind, const struct options *options, const char *list,
               void **items, int *count);

#endif
