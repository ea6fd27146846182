#define _DEFAULT_SOURCE /* madvise */
#include "format/map.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"

static size_t page_bytes(void)
{
    long bytes = sysconf(_SC_PAGESIZE);

    return bytes > 0 ? (size_t)bytes : 4096;
}

static enum lsn_status map_part(int fd, const char *path, size_t offset, size_t length,
                                struct lsn_map *map, struct lsn_error *err)
{
    size_t before = offset % page_bytes();
    void *pages;

    map->data = (const uint8_t *)"";
    if (length == 0)
        return LSN_OK;
    pages = mmap(NULL, before + length, PROT_READ, MAP_PRIVATE, fd, (off_t)(offset - before));
    if (pages == MAP_FAILED) {
        map->data = NULL;
        return lsn_fail_errno(err, errno, "%s: cannot map its %zu bytes", path, length);
    }
    *map = (struct lsn_map){(const uint8_t *)pages + before, length, pages, before + length};
    return LSN_OK;
}

enum lsn_status lsn_map_open(const char *path, size_t max_bytes, struct lsn_map *map,
                             struct lsn_error *err)
{
    enum lsn_status status;
    size_t size;
    int fd;

    *map = (struct lsn_map){0};
    LSN_TRY(lsn_file_open_at_most(path, max_bytes, &fd, &size, err));
    status = map_part(fd, path, 0, size, map, err);
    close(fd);
    return status;
}

enum lsn_status lsn_map_open_part(const char *path, size_t offset, size_t length,
                                  struct lsn_map *map, struct lsn_error *err)
{
    enum lsn_status status;
    size_t size;
    int fd;

    *map = (struct lsn_map){0};
    LSN_TRY(lsn_file_open(path, &fd, &size, err));
    status = lsn_file_check_part(path, size, offset, length, err);
    if (status == LSN_OK)
        status =
            map_part(fd, path, offset, length == LSN_FILE_REST ? size - offset : length, map, err);
    close(fd);
    return status;
}

void lsn_map_close(struct lsn_map *map)
{
    if (map->pages)
        munmap(map->pages, map->pages_bytes);
    *map = (struct lsn_map){0};
}

void lsn_map_release_pages(const void *bytes, size_t size)
{
    size_t before = (uintptr_t)bytes % page_bytes();

    /* Releasing pages only saves memory, so a failure can be ignored. */
    if (size > 0)
        (void)madvise((char *)bytes - before, before + size, MADV_DONTNEED);
}

enum lsn_status lsn_maps_add(struct lsn_maps *maps, struct lsn_map *map, struct lsn_error *err)
{
    if (!lsn_grow(&maps->list, &maps->capacity, maps->count, sizeof *maps->list)) {
        lsn_map_close(map);
        return lsn_fail_memory(err, "a mapped file");
    }
    maps->list[maps->count++] = *map;
    *map = (struct lsn_map){0};
    return LSN_OK;
}

void lsn_maps_free(struct lsn_maps *maps)
{
    while (maps->count > 0)
        lsn_map_close(&maps->list[--maps->count]);
    lsn_free(maps->list);
    *maps = (struct lsn_maps){0};
}
