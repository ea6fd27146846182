/* Reads whole files; writes outputs so that they appear whole or not at all. */
#ifndef LSN_FORMAT_FILE_H
#define LSN_FORMAT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/sha256.h"

struct lsn_bytes {
    uint8_t *data; /* [size] and a NUL byte; lsn_free frees it */
    size_t size;
};

/* Reads a regular file of at most max_bytes. LSN_E_IO, LSN_E_MEMORY, or
 * LSN_E_FORMAT where it is larger. On failure bytes is zeroed. */
enum lsn_status lsn_file_read(const char *path, size_t max_bytes, struct lsn_bytes *bytes,
                              struct lsn_error *err);

/* Reads length bytes, starting at byte offset; length LSN_FILE_REST: up to the end of the file.
 * LSN_E_IO, LSN_E_MEMORY, or LSN_E_FORMAT where the file has fewer. */
#define LSN_FILE_REST SIZE_MAX
enum lsn_status lsn_file_read_part(const char *path, size_t offset, size_t length,
                                   struct lsn_bytes *bytes, struct lsn_error *err);

/* Opens a regular file for reading and gets its size. On success the caller closes *fd.
 * LSN_E_IO. */
enum lsn_status lsn_file_open(const char *path, int *fd, size_t *size, struct lsn_error *err);
/* As lsn_file_open; LSN_E_FORMAT where the file has more than max_bytes. */
enum lsn_status lsn_file_open_at_most(const char *path, size_t max_bytes, int *fd, size_t *size,
                                      struct lsn_error *err);

/* Checks that a file of size bytes has length bytes at offset (LSN_FILE_REST: that offset is
 * inside). LSN_E_FORMAT. */
enum lsn_status lsn_file_check_part(const char *path, size_t size, size_t offset, size_t length,
                                    struct lsn_error *err);

/* Adds the contents of a regular file to a digest. LSN_E_IO. */
enum lsn_status lsn_file_hash(const char *path, struct lsn_sha256 *sha, struct lsn_error *err);

/* Computes the SHA-256 of a regular file as 64 hex digits. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_file_sha256(const char *path, char hex[65], struct lsn_error *err);

/* An output file that is being written under a temporary name in the folder where it will appear.
 * Start from zeroes. */
struct lsn_output {
    FILE *stream;
    char *path;      /* where it will appear; NULL for standard output */
    char *temporary; /* where it is written until it is whole */
};

/* Opens an output: path, or the target where path is a link, or standard output where path is "-".
 * An existing file is refused unless force is set. */
enum lsn_status lsn_output_open(struct lsn_output *output, const char *path, bool force,
                                struct lsn_error *err);

/* Writes count floats, little-endian; lsn_output_commit reports a failure. */
void lsn_output_floats(struct lsn_output *output, const float *data, size_t count);

/* Flushes, syncs and renames the output to its path: after LSN_OK the file is whole and on disk.
 * After a failure nothing is left behind. Either way output is closed. */
enum lsn_status lsn_output_commit(struct lsn_output *output, struct lsn_error *err);

/* Closes and removes an output that was not committed; harmless after commit. */
void lsn_output_abort(struct lsn_output *output);

/* Writes a whole file at once: opens an output, writes the bytes, commits. */
enum lsn_status lsn_file_write(const char *path, bool force, const void *bytes, size_t size,
                               struct lsn_error *err);

/* Checks, as far as names and folders tell, that path can be created, and that nothing is there
 * unless force is set. Called before long work to refuse early; lsn_output_open still decides.
 * Creates nothing. */
enum lsn_status lsn_output_check(const char *path, bool force, struct lsn_error *err);

/* "folder/name" as a fresh string; NULL: out of memory. */
char *lsn_path_join(const char *folder, const char *name);

/* The folder part of path ("." where it has none) as a fresh string; NULL: out of memory. */
char *lsn_path_folder(const char *path);

/* The part of path after its last slash, lent from path. */
const char *lsn_path_base(const char *path);

/* Whether path ends in a dot and extension, ASCII case ignored; extension is given without the
 * dot. */
bool lsn_path_has_extension(const char *path, const char *extension);

#endif
