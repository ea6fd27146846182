/* Comma-separated lists. */
#ifndef CLI_LISTS_H
#define CLI_LISTS_H

#include <stddef.h>

/* How many items a list has: at least one. */
size_t list_count(const char *list);

/* One item of the list from *at on, fresh; *at moves behind it and its comma, or becomes
 * NULL behind the last. NULL: out of memory, which is said. */
char *list_next(const char **at);

#endif
