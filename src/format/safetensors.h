/* The safetensors container: named raw arrays behind a JSON header. */
#ifndef LSN_FORMAT_SAFETENSORS_H
#define LSN_FORMAT_SAFETENSORS_H

#include "format/file.h"
#include "format/json.h"
#include "format/map.h"

struct lsn_safetensors {
    struct lsn_map map;
    struct lsn_json *header;
    const uint8_t *data; /* [data_bytes], inside map */
    size_t data_bytes;
};

/* Maps the file and checks the frame; the tensors are checked as they are fetched.
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT. On failure *file is zeroed. */
enum lsn_status lsn_safetensors_open(const char *path, struct lsn_safetensors *file,
                                     struct lsn_error *err);
void lsn_safetensors_close(struct lsn_safetensors *file);

/* A string of __metadata__, or NULL; lent. */
const char *lsn_safetensors_metadata(const struct lsn_safetensors *file, const char *key);

/* A tensor of rank 0 ... 4 as fresh floats (F32, F16, BF16 and F64 are read).
 * path only names the file in errors. */
enum lsn_status lsn_safetensors_floats(const struct lsn_safetensors *file, const char *path,
                                       const char *name, int *rank, int dims[4], float **data,
                                       struct lsn_error *err);

/* The same as it lies in file->map, or *data is NULL where it must be decoded. */
enum lsn_status lsn_safetensors_in_place(const struct lsn_safetensors *file, const char *path,
                                         const char *name, int *rank, int dims[4],
                                         const float **data, struct lsn_error *err);

struct lsn_safetensors_entry {
    const char *name;
    int rank;
    const int *dims;   /* [rank] */
    const float *data; /* [product of dims] */
};

/* Writes entries as F32 in the given order. metadata: [metadata_count] pairs of
 * key and value. */
enum lsn_status lsn_safetensors_write(const char *path, bool force,
                                      const struct lsn_safetensors_entry *entries, size_t count,
                                      const char *const (*metadata)[2], size_t metadata_count,
                                      struct lsn_error *err);

#endif
