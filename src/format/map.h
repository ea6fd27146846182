/* Files mapped into memory, so that large weights are not copied. The system reads a page of the
 * file when it is first used, and may drop it and read it again later; hence weights may be as
 * large as memory, and several processes share them. A map is read-only: writing to it crashes.
 * Reading a part that another process has since cut off the file raises SIGBUS; the program catches
 * that and says so. */
#ifndef LSN_FORMAT_MAP_H
#define LSN_FORMAT_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "format/file.h"

/* Smaller arrays are copied instead of used in place: mapping them would save little. */
#define LSN_MAP_BYTES_MIN ((size_t)1 << 16)

struct lsn_map {
    const uint8_t *data; /* [size]; alignment as in the file */
    size_t size;
    void *pages; /* [pages_bytes] the pages around data; NULL where data is empty */
    size_t pages_bytes;
};

/* Maps a whole regular file of at most max_bytes. LSN_E_IO, or LSN_E_FORMAT where it is larger. On
 * failure *map is zeroed. */
enum lsn_status lsn_map_open(const char *path, size_t max_bytes, struct lsn_map *map,
                             struct lsn_error *err);

/* Maps length bytes, starting at byte offset; length LSN_FILE_REST: up to the end of the file.
 * LSN_E_IO, or LSN_E_FORMAT where the file has fewer. */
enum lsn_status lsn_map_open_part(const char *path, size_t offset, size_t length,
                                  struct lsn_map *map, struct lsn_error *err);
void lsn_map_close(struct lsn_map *map);

/* Lets the system reuse the memory of the pages that bytes [size] of a map lie in. They can still
 * be used: they are read from the file again. */
void lsn_map_release_pages(const void *bytes, size_t size);

/* The list of maps that an owner, such as a loaded network, reads from. */
struct lsn_maps {
    struct lsn_map *list; /* [count] */
    size_t count, capacity;
};

/* Adds *map to the list, which then owns it; on failure it is closed. LSN_E_MEMORY. */
enum lsn_status lsn_maps_add(struct lsn_maps *maps, struct lsn_map *map, struct lsn_error *err);
void lsn_maps_free(struct lsn_maps *maps);

#endif
