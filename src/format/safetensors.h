/* The safetensors container: a JSON header that names tensors, followed by their raw data. */
#ifndef LSN_FORMAT_SAFETENSORS_H
#define LSN_FORMAT_SAFETENSORS_H

#include "format/file.h"
#include "format/json.h"
#include "format/map.h"

struct lsn_safetensors {
    struct lsn_map map;
    struct lsn_json *header;
    const uint8_t *data; /* [data_bytes] the data after the header, inside map */
    size_t data_bytes;
};

/* Maps a file and checks its header; each tensor is checked when it is read. LSN_E_IO,
 * LSN_E_MEMORY, LSN_E_FORMAT. On failure *file is zeroed. */
enum lsn_status lsn_safetensors_open(const char *path, struct lsn_safetensors *file,
                                     struct lsn_error *err);
void lsn_safetensors_close(struct lsn_safetensors *file);

/* The string that __metadata__ has for a key, or NULL; lent. */
const char *lsn_safetensors_metadata(const struct lsn_safetensors *file, const char *key);

/* Reads a tensor of 0 ... 4 dimensions into a fresh array of floats; types F32, F16, BF16 and F64.
 * path only names the file in error sentences. */
enum lsn_status lsn_safetensors_floats(const struct lsn_safetensors *file, const char *path,
                                       const char *name, int *rank, int dims[4], float **data,
                                       struct lsn_error *err);

/* Finds a tensor without a copy, inside file->map; *data is NULL where it must be decoded by
 * lsn_safetensors_floats instead. */
enum lsn_status lsn_safetensors_in_place(const struct lsn_safetensors *file, const char *path,
                                         const char *name, int *rank, int dims[4],
                                         const float **data, struct lsn_error *err);

struct lsn_safetensors_entry {
    const char *name;
    int rank;
    const int *dims;   /* [rank] */
    const float *data; /* [product of dims] */
};

/* Writes entries as F32 tensors in the given order. metadata [metadata_count] are pairs of key and
 * value. */
enum lsn_status lsn_safetensors_write(const char *path, bool force,
                                      const struct lsn_safetensors_entry *entries, size_t count,
                                      const char *const (*metadata)[2], size_t metadata_count,
                                      struct lsn_error *err);

#endif
