/* NumPy's .npy format, version 1.0, in C order. */
#ifndef LSN_FORMAT_NPY_H
#define LSN_FORMAT_NPY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Writes a float32 array [dims[0]]...[dims[rank-1]]; the file appears whole or not at all. */
enum lsn_status lsn_npy_write_floats(const char *path, bool force, const size_t *dims, int rank,
                                     const float *data, struct lsn_error *err);

enum lsn_npy_type { LSN_NPY_INT32, LSN_NPY_FLOAT32, LSN_NPY_UINT8 };

/* An array in a file that is read and written in place, in the machine's byte order. Any number of
 * threads may use it at once if each keeps to elements of its own. */
struct lsn_npy {
    char *path;         /* owned */
    int fd;             /* -1: not open */
    size_t size, count; /* size: bytes of an element; count: elements */
    size_t offset;      /* bytes in the file before the first element */
};

/* Creates the file at its full size, every element a copy of *fill. An existing file is
 * overwritten. LSN_E_IO, for example where the disk is full; LSN_E_MEMORY. */
enum lsn_status lsn_npy_create(const char *path, enum lsn_npy_type type, const size_t *dims,
                               int rank, const void *fill, struct lsn_npy *npy,
                               struct lsn_error *err);

/* Opens a file that lsn_npy_create made. LSN_E_FORMAT where its type or dims differ. */
enum lsn_status lsn_npy_open(const char *path, enum lsn_npy_type type, const size_t *dims, int rank,
                             bool writable, struct lsn_npy *npy, struct lsn_error *err);

/* Reads or writes elements first ... first+count-1, which must be inside the array. LSN_E_IO. */
enum lsn_status lsn_npy_read(const struct lsn_npy *npy, size_t first, size_t count, void *to,
                             struct lsn_error *err);
enum lsn_status lsn_npy_write(const struct lsn_npy *npy, size_t first, size_t count,
                              const void *from, struct lsn_error *err);

/* Returns when everything written is on the disk. */
enum lsn_status lsn_npy_sync(const struct lsn_npy *npy, struct lsn_error *err);

/* Closes the file; harmless on an array that is not open. */
void lsn_npy_close(struct lsn_npy *npy);

#endif
