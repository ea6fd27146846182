/* tables.sha256 of a run directory: the SHA-256 of each table that was made of the run. A table is
 * known by its bytes and not by its name or header: another run's has the same header, and one
 * that somebody has worked in is worth keeping. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"
#include "outcome/run.h"

/* Reads the file at path; bytes are empty where there is none. */
static enum lsn_status read_written(const char *path, struct lsn_bytes *bytes,
                                    struct lsn_error *err)
{
    *bytes = (struct lsn_bytes){0};
    return access(path, F_OK) == 0 ? lsn_file_read(path, SIZE_MAX, bytes, err) : LSN_OK;
}

static bool has_line(const struct lsn_bytes *bytes, const char *line)
{
    return bytes->data && strstr((const char *)bytes->data, line);
}

enum lsn_status lsn_run_wrote(const char *run, const char *path, bool *wrote, struct lsn_error *err)
{
    struct lsn_bytes bytes = {0};
    enum lsn_status status;
    char hex[65], *list;

    lsn_error_clear(err);
    *wrote = false;
    if (access(path, F_OK) != 0)
        return LSN_OK;
    LSN_TRY(lsn_file_sha256(path, hex, err));
    list = lsn_path_join(run, LSN_WRITTEN_FILE);
    status = list ? read_written(list, &bytes, err) : lsn_fail_memory(err, "a path");
    *wrote = status == LSN_OK && has_line(&bytes, hex);
    lsn_free(bytes.data);
    lsn_free(list);
    return status;
}

/* Notes a table's SHA-256 in the run. */
static enum lsn_status note(const char *run, const char *hex, struct lsn_error *err)
{
    char *list = lsn_path_join(run, LSN_WRITTEN_FILE);
    struct lsn_bytes bytes = {0};
    struct lsn_text text = {0};
    enum lsn_status status =
        list ? read_written(list, &bytes, err) : lsn_fail_memory(err, "a path");

    if (status == LSN_OK && !has_line(&bytes, hex)) {
        lsn_text_add_bytes(&text, bytes.data, bytes.size);
        lsn_text_add(&text, "%s\n", hex);
        status = text.failed ? lsn_fail_memory(err, "the tables of a run")
                             : lsn_file_write(list, true, text.bytes, text.length, err);
    }
    lsn_text_free(&text);
    lsn_free(bytes.data);
    lsn_free(list);
    return status;
}

enum lsn_status lsn_run_publish(const char *run, const char *table, const char *path, bool force,
                                struct lsn_error *err)
{
    struct lsn_bytes bytes;
    enum lsn_status status;
    char hex[65];

    lsn_error_clear(err);
    LSN_TRY(lsn_file_sha256(table, hex, err));
    LSN_TRY(lsn_file_read(table, SIZE_MAX, &bytes, err));
    /* Noted first: after a kill between the two, the table would be nobody's. */
    status = note(run, hex, err);
    if (status == LSN_OK)
        status = lsn_file_write(path, force, bytes.data, bytes.size, err);
    lsn_free(bytes.data);
    return status;
}
