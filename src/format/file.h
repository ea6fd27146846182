/* Whole files in, and outputs that appear whole or not at all. */
#ifndef LSN_FORMAT_FILE_H
#define LSN_FORMAT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/sha256.h"

struct lsn_bytes {
    uint8_t *data; /* [size], one NUL byte follows; lsn_free frees it */
    size_t size;
};

/* Reads a regular file of at most max_bytes. LSN_E_IO, LSN_E_MEMORY, or
 * LSN_E_FORMAT where it is larger. On failure bytes is zeroed. */
enum lsn_status lsn_file_read(const char *path, size_t max_bytes, struct lsn_bytes *bytes,
                              struct lsn_error *err);

/* Reads length bytes from byte offset on; LSN_FILE_REST: all that follow.
 * LSN_E_IO, LSN_E_MEMORY, or LSN_E_FORMAT where the file has fewer. */
#define LSN_FILE_REST SIZE_MAX
enum lsn_status lsn_file_read_part(const char *path, size_t offset, size_t length,
                                   struct lsn_bytes *bytes, struct lsn_error *err);

/* Opens a regular file for reading, and says its size. LSN_E_IO; else the caller closes
 * *fd. */
enum lsn_status lsn_file_open(const char *path, int *fd, size_t *size, struct lsn_error *err);

/* LSN_E_FORMAT where a file of size bytes has not that part. */
enum lsn_status lsn_file_check_part(const char *path, size_t size, size_t offset, size_t length,
                                    struct lsn_error *err);

/* Adds a regular file's bytes to sha. LSN_E_IO. */
enum lsn_status lsn_file_hash(const char *path, struct lsn_sha256 *sha, struct lsn_error *err);

/* A regular file's SHA-256 as 64 hex digits. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_file_sha256(const char *path, char hex[65], struct lsn_error *err);

/* An output being written beside its place; start from zeroes. */
struct lsn_output {
    FILE *stream;
    char *path;      /* where it will appear; NULL for standard output */
    char *temporary; /* where it is written */
};

/* Opens path, or what it links to, for writing. An existing file is refused unless force;
 * path "-" is standard output. */
enum lsn_status lsn_output_open(struct lsn_output *output, const char *path, bool force,
                                struct lsn_error *err);

/* Writes count floats, little-endian; a failure shows at commit. */
void lsn_output_floats(struct lsn_output *output, const float *data, size_t count);

/* Flushes, syncs and renames into place: after LSN_OK the file is whole and on
 * disk. After a failure nothing is left behind. Either way output is closed. */
enum lsn_status lsn_output_commit(struct lsn_output *output, struct lsn_error *err);

/* Closes and removes an output that was not committed; harmless after commit. */
void lsn_output_abort(struct lsn_output *output);

/* Open, write bytes, commit. */
enum lsn_status lsn_file_write(const char *path, bool force, const void *bytes, size_t size,
                               struct lsn_error *err);

/* Whether path can be created, as far as its name and folder tell, and is free unless force.
 * To be asked before long work, not instead of lsn_output_open; makes nothing. */
enum lsn_status lsn_output_check(const char *path, bool force, struct lsn_error *err);

/* folder/name as a fresh string; NULL when out of memory. */
char *lsn_path_join(const char *folder, const char *name);

/* The folder part of path ("." where it has none) as a fresh string. */
char *lsn_path_folder(const char *path);

/* The part after the last slash, inside path. */
const char *lsn_path_base(const char *path);

/* Whether path ends in .extension, ASCII case ignored; extension has no dot. */
bool lsn_path_has_extension(const char *path, const char *extension);

#endif
