#include "format/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

static enum lsn_status read_all(int fd, const char *path, size_t size, uint8_t *data,
                                struct lsn_error *err)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = read(fd, data + done, size - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return lsn_fail_errno(err, errno, "%s: cannot read", path);
        if (got == 0)
            return lsn_fail(err, LSN_E_IO, "%s: ended after %zu of %zu bytes", path, done, size);
        done += (size_t)got;
    }
    return LSN_OK;
}

enum lsn_status lsn_file_open(const char *path, int *fd, size_t *size, struct lsn_error *err)
{
    struct stat info;
    enum lsn_status status = LSN_OK;

    *size = 0;
    /* O_NONBLOCK, so that opening a pipe that nobody writes to returns at once; it is then refused
     * as no regular file. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return lsn_fail_errno(err, errno, "%s: cannot open", path);
    if (fstat(*fd, &info) != 0)
        status = lsn_fail_errno(err, errno, "%s: cannot stat", path);
    else if (!S_ISREG(info.st_mode))
        status = lsn_fail(err, LSN_E_IO, "%s: is not a regular file", path);
    else
        *size = (size_t)info.st_size;
    if (status != LSN_OK)
        close(*fd);
    return status;
}

/* Reads size bytes from the current position of fd. */
static enum lsn_status read_block(int fd, const char *path, size_t size, struct lsn_bytes *bytes,
                                  struct lsn_error *err)
{
    enum lsn_status status;

    bytes->data = lsn_alloc(size + 1, 1);
    if (!bytes->data)
        return lsn_fail(err, LSN_E_MEMORY, "%s: out of memory for its %zu bytes", path, size);
    bytes->size = size;
    status = read_all(fd, path, size, bytes->data, err);
    if (status != LSN_OK) {
        lsn_free(bytes->data);
        *bytes = (struct lsn_bytes){0};
    }
    return status;
}

enum lsn_status lsn_file_open_at_most(const char *path, size_t max_bytes, int *fd, size_t *size,
                                      struct lsn_error *err)
{
    LSN_TRY(lsn_file_open(path, fd, size, err));
    if (*size <= max_bytes)
        return LSN_OK;
    close(*fd);
    return lsn_fail(err, LSN_E_FORMAT, "%s: has %zu bytes, at most %zu are read", path, *size,
                    max_bytes);
}

enum lsn_status lsn_file_read(const char *path, size_t max_bytes, struct lsn_bytes *bytes,
                              struct lsn_error *err)
{
    enum lsn_status status;
    size_t size;
    int fd;

    *bytes = (struct lsn_bytes){0};
    LSN_TRY(lsn_file_open_at_most(path, max_bytes, &fd, &size, err));
    status = read_block(fd, path, size, bytes, err);
    close(fd);
    return status;
}

enum lsn_status lsn_file_check_part(const char *path, size_t size, size_t offset, size_t length,
                                    struct lsn_error *err)
{
    if (offset > size || (length != LSN_FILE_REST && length > size - offset))
        return lsn_fail(err, LSN_E_FORMAT, "%s: has %zu byte%s, %zu from byte %zu on were wanted",
                        path, size, lsn_plural(size), length == LSN_FILE_REST ? 0 : length, offset);
    return LSN_OK;
}

enum lsn_status lsn_file_read_part(const char *path, size_t offset, size_t length,
                                   struct lsn_bytes *bytes, struct lsn_error *err)
{
    enum lsn_status status;
    size_t size;
    int fd;

    *bytes = (struct lsn_bytes){0};
    LSN_TRY(lsn_file_open(path, &fd, &size, err));
    status = lsn_file_check_part(path, size, offset, length, err);
    if (status == LSN_OK && lseek(fd, (off_t)offset, SEEK_SET) < 0)
        status = lsn_fail_errno(err, errno, "%s: cannot seek", path);
    if (status == LSN_OK)
        status = read_block(fd, path, length == LSN_FILE_REST ? size - offset : length, bytes, err);
    close(fd);
    return status;
}

enum lsn_status lsn_file_hash(const char *path, struct lsn_sha256 *sha, struct lsn_error *err)
{
    uint8_t block[65536];
    enum lsn_status status = LSN_OK;
    size_t size, done, part;
    int fd;

    LSN_TRY(lsn_file_open(path, &fd, &size, err));
    for (done = 0; done < size && status == LSN_OK; done += part) {
        part = size - done < sizeof block ? size - done : sizeof block;
        status = read_all(fd, path, part, block, err);
        if (status == LSN_OK)
            lsn_sha256_add(sha, block, part);
    }
    close(fd);
    return status;
}

enum lsn_status lsn_file_sha256(const char *path, char hex[65], struct lsn_error *err)
{
    struct lsn_sha256 sha;
    enum lsn_status status;

    lsn_sha256_start(&sha);
    status = lsn_file_hash(path, &sha, err);
    if (status == LSN_OK)
        status = lsn_sha256_finish(&sha, hex, err);
    lsn_sha256_stop(&sha);
    return status;
}

/* Finds the path of the file to write: path itself, or the target where path is a link; *place is a
 * fresh string. */
static enum lsn_status find_place(const char *path, bool force, char **place, struct lsn_error *err)
{
    struct stat info;
    bool is_link = lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
    bool found = stat(path, &info) == 0;

    *place = NULL;
    if (is_link && !found)
        return lsn_fail_errno(err, errno, "%s: cannot follow the link", path);
    if (found) {
        if (S_ISDIR(info.st_mode))
            return lsn_fail(err, LSN_E_IO, "%s: is a directory, a file is to be written there",
                            path);
        /* Renaming onto a device would replace the device by a regular file. */
        if (!S_ISREG(info.st_mode))
            return lsn_fail(err, LSN_E_IO, "%s: is not a regular file, one is to be written there",
                            path);
        if (!force)
            return lsn_fail(err, LSN_E_IO, "%s: exists; --force overwrites it", path);
    }
    *place = is_link ? realpath(path, NULL) : lsn_strdup(path);
    if (*place)
        return LSN_OK;
    return is_link ? lsn_fail_errno(err, errno, "%s: cannot follow the link", path)
                   : lsn_fail_memory(err, "a path");
}

/* The name under which an output is written until it is whole, as a fresh string; NULL: out of
 * memory. */
static char *temporary_path(const char *place)
{
    struct lsn_text name = {0};

    lsn_text_add(&name, "%s.tmp%ld", place, (long)getpid());
    if (name.failed)
        lsn_text_free(&name);
    return name.bytes;
}

enum lsn_status lsn_output_open(struct lsn_output *output, const char *path, bool force,
                                struct lsn_error *err)
{
    int fd;

    *output = (struct lsn_output){0};
    if (strcmp(path, "-") == 0) {
        output->stream = stdout;
        return LSN_OK;
    }
    LSN_TRY(find_place(path, force, &output->path, err));
    output->temporary = temporary_path(output->path);
    if (!output->temporary) {
        lsn_output_abort(output);
        return lsn_fail_memory(err, "a path");
    }
    fd = open(output->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd >= 0)
        output->stream = fdopen(fd, "w");
    if (!output->stream) {
        enum lsn_status status = lsn_fail_errno(err, errno, "%s: cannot create", path);

        if (fd >= 0)
            close(fd);
        lsn_output_abort(output);
        return status;
    }
    return LSN_OK;
}

void lsn_output_floats(struct lsn_output *output, const float *data, size_t count)
{
    uint8_t block[4096];
    size_t used = 0, i;

    for (i = 0; i < count; i++) {
        uint32_t bits;
        int b;

        memcpy(&bits, &data[i], sizeof bits);
        for (b = 0; b < 4; b++)
            block[used++] = (uint8_t)(bits >> (8 * b) & 0xff);
        if (used == sizeof block || i + 1 == count) {
            (void)fwrite(block, 1, used, output->stream);
            used = 0;
        }
    }
}

/* A rename is on the disk only once its folder is synced. File systems that cannot sync a folder
 * answer EINVAL, which is ignored: nothing better can be done there. */
static enum lsn_status sync_folder(const char *path, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    char *folder = lsn_path_folder(path);
    int fd;

    if (!folder)
        return lsn_fail_memory(err, "a path");
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        if (fsync(fd) != 0 && errno != EINVAL)
            status = lsn_fail_errno(err, errno, "%s: cannot sync", folder);
        close(fd);
    }
    lsn_free(folder);
    return status;
}

enum lsn_status lsn_output_commit(struct lsn_output *output, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    const char *name = output->path ? output->path : "standard output";

    if (fflush(output->stream) != 0)
        status = lsn_fail_errno(err, errno, "%s: cannot write", name);
    else if (ferror(output->stream))
        status = lsn_fail(err, LSN_E_IO, "%s: a write failed; the disk may be full", name);
    else if (output->path && fsync(fileno(output->stream)) != 0)
        status = lsn_fail_errno(err, errno, "%s: cannot sync", name);
    if (output->path && fclose(output->stream) != 0 && status == LSN_OK)
        status = lsn_fail_errno(err, errno, "%s: cannot close", name);
    output->stream = NULL;
    if (status == LSN_OK && output->path) {
        if (rename(output->temporary, output->path) != 0) {
            status = lsn_fail_errno(err, errno, "%s: cannot rename into place", name);
        } else {
            lsn_free(output->temporary);
            output->temporary = NULL;
            status = sync_folder(output->path, err);
        }
    }
    lsn_output_abort(output);
    return status;
}

void lsn_output_abort(struct lsn_output *output)
{
    if (output->stream && output->path)
        fclose(output->stream);
    if (output->temporary)
        unlink(output->temporary);
    lsn_free(output->temporary);
    lsn_free(output->path);
    *output = (struct lsn_output){0};
}

enum lsn_status lsn_file_write(const char *path, bool force, const void *bytes, size_t size,
                               struct lsn_error *err)
{
    struct lsn_output output;

    LSN_TRY(lsn_output_open(&output, path, force, err));
    /* Checked here, although commit would notice it too, because errno is lost by then. */
    if (fwrite(bytes, 1, size, output.stream) != size) {
        enum lsn_status status = lsn_fail_errno(err, errno, "%s: cannot write", path);

        lsn_output_abort(&output);
        return status;
    }
    return lsn_output_commit(&output, err);
}

enum lsn_status lsn_output_check(const char *path, bool force, struct lsn_error *err)
{
    char *place, *temporary, *folder;
    enum lsn_status status = LSN_OK;

    if (strcmp(path, "-") == 0)
        return LSN_OK;
    LSN_TRY(find_place(path, force, &place, err));
    temporary = temporary_path(place);
    folder = lsn_path_folder(place);
    if (!temporary || !folder)
        status = lsn_fail_memory(err, "a path");
    else if (strlen(lsn_path_base(temporary)) > NAME_MAX)
        status = lsn_fail_errno(err, ENAMETOOLONG, "%s: cannot create", path);
    else if (access(folder, W_OK | X_OK) != 0)
        status = lsn_fail_errno(err, errno, "%s: cannot create", path);
    lsn_free(place);
    lsn_free(temporary);
    lsn_free(folder);
    return status;
}

char *lsn_path_join(const char *folder, const char *name)
{
    struct lsn_text text = {0};
    size_t length = strlen(folder);

    lsn_text_add(&text, "%s%s%s", folder, length && folder[length - 1] == '/' ? "" : "/", name);
    if (text.failed)
        lsn_text_free(&text);
    return text.bytes;
}

char *lsn_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return lsn_strdup(".");
    return lsn_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *lsn_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bool lsn_path_has_extension(const char *path, const char *extension)
{
    const char *dot = strrchr(lsn_path_base(path), '.');

    return dot && strcasecmp(dot + 1, extension) == 0;
}
