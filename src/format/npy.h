/* NumPy's .npy format, version 1.0. */
#ifndef LSN_FORMAT_NPY_H
#define LSN_FORMAT_NPY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Writes a C-ordered float32 array [dims[0]]...[dims[rank-1]]. */
enum lsn_status lsn_npy_write_floats(const char *path, bool force, const size_t *dims, int rank,
                                     const float *data, struct lsn_error *err);

#endif
