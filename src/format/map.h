/* Files that are read where they lie. A page comes into memory when it is touched, and one
 * that is forgotten costs none until it is touched again, so that weights can be as large
 * as memory and are there once. Read only: to write into a mapped file's bytes is a crash,
 * and so is to touch what has been cut off the file since (SIGBUS; the program says so). */
#ifndef LSN_FORMAT_MAP_H
#define LSN_FORMAT_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "format/file.h"

/* Arrays of fewer bytes are better copied: they spare little. */
#define LSN_MAP_BYTES_MIN ((size_t)1 << 16)

struct lsn_map {
    const uint8_t *data; /* [size], of any alignment */
    size_t size;
    void *pages; /* [pages_bytes] that hold data; NULL: there are no bytes */
    size_t pages_bytes;
};

/* The whole of a regular file of at most max_bytes. LSN_E_IO, or LSN_E_FORMAT where it is
 * larger. On failure *map is zeroed. */
enum lsn_status lsn_map_open(const char *path, size_t max_bytes, struct lsn_map *map,
                             struct lsn_error *err);

/* length bytes from byte offset on; LSN_FILE_REST: all that follow. LSN_E_IO, or
 * LSN_E_FORMAT where the file has fewer. */
enum lsn_status lsn_map_open_part(const char *path, size_t offset, size_t length,
                                  struct lsn_map *map, struct lsn_error *err);
void lsn_map_close(struct lsn_map *map);

/* Gives back the memory of pages that bytes [size] of a map lie in; what they hold comes
 * again from the file. */
void lsn_map_forget(const void *bytes, size_t size);

/* The maps that something reads from. */
struct lsn_maps {
    struct lsn_map *list; /* [count] */
    size_t count, capacity;
};

/* Takes *map over, also on failure. LSN_E_MEMORY. */
enum lsn_status lsn_maps_add(struct lsn_maps *maps, struct lsn_map *map, struct lsn_error *err);
void lsn_maps_free(struct lsn_maps *maps);

#endif
