/* Limits that Linux's control groups set to this process. */
#ifndef LSN_BASE_CGROUP_H
#define LSN_BASE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

struct lsn_cgroup {
    double processors;   /* how many processors' time the process may use; 0: no limit */
    size_t memory_bytes; /* 0: no limit */
};

/* Reads a file's first size-1 bytes into text [size] and ends them with a NUL; false on failure.
 * files is the context that the caller gave to lsn_cgroup_find: tests read from files in memory. */
typedef bool lsn_text_fn(const void *files, const char *path, char *text, size_t size);

/* Finds the limits of this process in the files that read gives. The program passes lsn_cgroup_read
 * and NULL. */
void lsn_cgroup_find(lsn_text_fn *read, const void *files, struct lsn_cgroup *limits);

/* Reads the machine's own files; files is not used, and may be NULL. */
bool lsn_cgroup_read(const void *files, const char *path, char *text, size_t size);

#endif
