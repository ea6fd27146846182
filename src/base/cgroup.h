/* Limits that Linux's control groups set to this process. */
#ifndef LSN_BASE_CGROUP_H
#define LSN_BASE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

struct lsn_cgroup {
    double processors;   /* the time of so many; 0: no limit */
    size_t memory_bytes; /* 0: no limit */
};

/* Reads a file's first size-1 bytes into text [size] and ends it with a 0; false where it
 * cannot. files is the caller's. */
typedef bool lsn_text_fn(const void *files, const char *path, char *text, size_t size);

/* From the files as read gives them; of the real ones lsn_cgroup_read. */
void lsn_cgroup_find(lsn_text_fn *read, const void *files, struct lsn_cgroup *limits);

/* Its files is NULL. */
bool lsn_cgroup_read(const void *files, const char *path, char *text, size_t size);

#endif
