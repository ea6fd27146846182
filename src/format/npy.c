#include "format/npy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"

#define FILL_BYTES 65536

/* Makes a file header: the magic bytes, the length of a Python dictionary, and the dictionary,
 * padded so that the data start at a multiple of 64 bytes. */
static void add_header(struct lsn_text *text, const char *descr, const size_t *dims, int rank)
{
    struct lsn_text dictionary = {0};
    int i;

    lsn_text_add(&dictionary, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
    for (i = 0; i < rank; i++)
        lsn_text_add(&dictionary, "%zu,%s", dims[i], i + 1 < rank ? " " : "");
    lsn_text_add(&dictionary, "), }");
    while ((10 + dictionary.length + 1) % 64 != 0 && !dictionary.failed)
        lsn_text_add(&dictionary, " ");
    lsn_text_add(&dictionary, "\n");
    lsn_text_add_bytes(text, "\x93NUMPY\x01\x00", 8);
    lsn_text_add_bytes(
        text, (uint8_t[]){(uint8_t)(dictionary.length & 0xff), (uint8_t)(dictionary.length >> 8)},
        2);
    if (!dictionary.failed)
        lsn_text_add_bytes(text, dictionary.bytes, dictionary.length);
    text->failed = text->failed || dictionary.failed;
    lsn_text_free(&dictionary);
}

enum lsn_status lsn_npy_write_floats(const char *path, bool force, const size_t *dims, int rank,
                                     const float *data, struct lsn_error *err)
{
    struct lsn_output output = {0};
    struct lsn_text header = {0};
    enum lsn_status status;
    size_t count = 1;
    int i;

    for (i = 0; i < rank; i++)
        count *= dims[i];
    add_header(&header, "<f4", dims, rank);
    status = header.failed ? lsn_fail_memory(err, "a header")
                           : lsn_output_open(&output, path, force, err);
    if (status == LSN_OK) {
        (void)fwrite(header.bytes, 1, header.length, output.stream);
        lsn_output_floats(&output, data, count);
        status = lsn_output_commit(&output, err);
    }
    lsn_text_free(&header);
    return status;
}

static bool is_little_endian(void)
{
    const uint16_t one = 1;
    uint8_t first;

    memcpy(&first, &one, 1);
    return first == 1;
}

/* Fills npy's sizes and makes the header for such an array in the machine's byte order. */
static enum lsn_status describe(const char *path, enum lsn_npy_type type, const size_t *dims,
                                int rank, struct lsn_npy *npy, struct lsn_text *header,
                                struct lsn_error *err)
{
    static const char *const little[] = {"<i4", "<f4", "|u1"}, *const big[] = {">i4", ">f4", "|u1"};
    size_t bytes;
    int i;

    *npy = (struct lsn_npy){.fd = -1, .size = type == LSN_NPY_UINT8 ? 1 : 4, .count = 1};
    for (i = 0; i < rank; i++)
        if (!lsn_mul_size(npy->count, dims[i], &npy->count))
            return lsn_fail(err, LSN_E_MEMORY, "%s: the array is too large", path);
    add_header(header, is_little_endian() ? little[type] : big[type], dims, rank);
    npy->path = lsn_strdup(path);
    if (header->failed || !npy->path)
        return lsn_fail_memory(err, "an array's header");
    npy->offset = header->length;
    if (!lsn_mul_size(npy->count, npy->size, &bytes) || bytes > (size_t)INT64_MAX - npy->offset)
        return lsn_fail(err, LSN_E_MEMORY, "%s: the array is too large", path);
    return LSN_OK;
}

static enum lsn_status write_at(const struct lsn_npy *npy, size_t offset, const void *from,
                                size_t size, struct lsn_error *err)
{
    const uint8_t *bytes = from;

    while (size > 0) {
        ssize_t done = pwrite(npy->fd, bytes, size, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return lsn_fail_errno(err, done < 0 ? errno : EIO, "%s: cannot write", npy->path);
        bytes += done;
        offset += (size_t)done;
        size -= (size_t)done;
    }
    return LSN_OK;
}

static enum lsn_status read_at(const struct lsn_npy *npy, size_t offset, void *to, size_t size,
                               struct lsn_error *err)
{
    uint8_t *bytes = to;

    while (size > 0) {
        ssize_t done = pread(npy->fd, bytes, size, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return lsn_fail_errno(err, errno, "%s: cannot read", npy->path);
        if (done == 0)
            return lsn_fail(err, LSN_E_IO, "%s: ended early", npy->path);
        bytes += done;
        offset += (size_t)done;
        size -= (size_t)done;
    }
    return LSN_OK;
}

static enum lsn_status fill_all(const struct lsn_npy *npy, const struct lsn_text *header,
                                const void *fill, struct lsn_error *err)
{
    size_t bytes = npy->count * npy->size, at, i;
    uint8_t block[FILL_BYTES];
    int refused = posix_fallocate(npy->fd, 0, (off_t)(npy->offset + bytes));

    /* Reserving the space finds a full disk early. A file system that cannot reserve is no failure:
     * the file is filled below all the same. */
    if (refused != 0 && refused != EINVAL && refused != EOPNOTSUPP)
        return lsn_fail_errno(err, refused, "%s: cannot reserve %zu bytes", npy->path,
                              npy->offset + bytes);
    for (i = 0; i < sizeof block; i += npy->size)
        memcpy(block + i, fill, npy->size);
    LSN_TRY(write_at(npy, 0, header->bytes, header->length, err));
    for (at = 0; at < bytes; at += sizeof block)
        LSN_TRY(write_at(npy, npy->offset + at, block,
                         bytes - at < sizeof block ? bytes - at : sizeof block, err));
    return LSN_OK;
}

enum lsn_status lsn_npy_create(const char *path, enum lsn_npy_type type, const size_t *dims,
                               int rank, const void *fill, struct lsn_npy *npy,
                               struct lsn_error *err)
{
    struct lsn_text header = {0};
    enum lsn_status status = describe(path, type, dims, rank, npy, &header, err);

    if (status == LSN_OK) {
        npy->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        status = npy->fd < 0 ? lsn_fail_errno(err, errno, "%s: cannot create", path)
                             : fill_all(npy, &header, fill, err);
    }
    lsn_text_free(&header);
    if (status != LSN_OK)
        lsn_npy_close(npy);
    return status;
}

/* Checks that the file is exactly as lsn_npy_create would have made it for these dims. */
static enum lsn_status check(const struct lsn_npy *npy, const struct lsn_text *header,
                             struct lsn_error *err)
{
    size_t size = npy->offset + npy->count * npy->size;
    char found[512];
    struct stat info;

    if (fstat(npy->fd, &info) != 0)
        return lsn_fail_errno(err, errno, "%s: cannot stat", npy->path);
    if (!S_ISREG(info.st_mode) || (size_t)info.st_size != size)
        return lsn_fail(err, LSN_E_FORMAT, "%s: has %zu byte%s, %zu were wanted", npy->path,
                        (size_t)info.st_size, lsn_plural((size_t)info.st_size), size);
    if (header->length > sizeof found)
        return lsn_fail(err, LSN_E_FORMAT, "%s: the header is too long", npy->path);
    LSN_TRY(read_at(npy, 0, found, header->length, err));
    if (memcmp(found, header->bytes, header->length) != 0)
        return lsn_fail(err, LSN_E_FORMAT, "%s: is not the .npy array that was wanted", npy->path);
    return LSN_OK;
}

enum lsn_status lsn_npy_open(const char *path, enum lsn_npy_type type, const size_t *dims, int rank,
                             bool writable, struct lsn_npy *npy, struct lsn_error *err)
{
    struct lsn_text header = {0};
    enum lsn_status status = describe(path, type, dims, rank, npy, &header, err);

    if (status == LSN_OK) {
        npy->fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
        status = npy->fd < 0 ? lsn_fail_errno(err, errno, "%s: cannot open", path)
                             : check(npy, &header, err);
    }
    lsn_text_free(&header);
    if (status != LSN_OK)
        lsn_npy_close(npy);
    return status;
}

enum lsn_status lsn_npy_read(const struct lsn_npy *npy, size_t first, size_t count, void *to,
                             struct lsn_error *err)
{
    return read_at(npy, npy->offset + first * npy->size, to, count * npy->size, err);
}

enum lsn_status lsn_npy_write(const struct lsn_npy *npy, size_t first, size_t count,
                              const void *from, struct lsn_error *err)
{
    return write_at(npy, npy->offset + first * npy->size, from, count * npy->size, err);
}

enum lsn_status lsn_npy_sync(const struct lsn_npy *npy, struct lsn_error *err)
{
    if (fsync(npy->fd) != 0)
        return lsn_fail_errno(err, errno, "%s: cannot sync", npy->path);
    return LSN_OK;
}

void lsn_npy_close(struct lsn_npy *npy)
{
    if (npy->path && npy->fd >= 0)
        close(npy->fd);
    lsn_free(npy->path);
    *npy = (struct lsn_npy){.fd = -1};
}
