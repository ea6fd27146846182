#include "outcome/run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/looked.h"
#include "format/file.h"
#include "outcome/axes.h"
#include "outcome/removal.h"
#include "outcome/run_images.h"

#define LOCK_FILE "lock"

void lsn_run_shard(size_t images, int shard, int shards, size_t *first, size_t *count)
{
    size_t whole = images / (size_t)shards, rest = images % (size_t)shards, i = (size_t)shard - 1;

    /* The first `rest` shards have one more. */
    *first = i * whole + (i < rest ? i : rest);
    *count = whole + (i < rest);
}

static enum lsn_status compare_facts(const char *folder, const struct lsn_facts *found,
                                     const struct lsn_facts *wanted, bool any_core,
                                     const struct lsn_look *look, struct lsn_error *err)
{
    int i = lsn_facts_difference(found, wanted, any_core, false);

    if (i == LSN_FACT_IMAGES && look)
        LSN_TRY(lsn_run_name_difference(folder, look, err));
    return i < 0 ? LSN_OK
                 : lsn_fail(err, LSN_E_DATA, "%s: is a run with %s %s, not %s", folder,
                            lsn_fact_name((enum lsn_fact)i), found->text[i], wanted->text[i]);
}

/* Takes the lock, waiting for nobody. fcntl's locks end with the process, however it
 * ends. */
static enum lsn_status take_lock(const char *folder, int *lock, struct lsn_error *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = lsn_path_join(folder, LOCK_FILE);
    enum lsn_status status = LSN_OK;

    if (!path)
        return lsn_fail_memory(err, "a path");
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*lock < 0)
        status = lsn_fail_errno(err, errno, "%s: cannot open", path);
    else if (fcntl(*lock, F_SETLK, &whole) != 0)
        status = errno == EACCES || errno == EAGAIN
                     ? lsn_fail(err, LSN_E_IO, "%s: another process works on this run", folder)
                     : lsn_fail_errno(err, errno, "%s: cannot lock", path);
    lsn_free(path);
    return status;
}

/* What a process that was killed may have left of a file that was to appear whole. */
static bool is_leftover(const char *name)
{
    return strstr(name, ".csv.tmp") || strstr(name, ".npy.tmp") ||
           strstr(name, LSN_FACTS_FILE ".tmp") || strstr(name, LSN_RACE_FILE ".tmp");
}

/* Whether a file may stand in a directory that none has begun. */
static bool is_hidden(const char *name)
{
    return name[0] == '.';
}

/* Whether a file may stand in a directory that a process had begun to lay out. */
static bool is_ours(const char *name)
{
    size_t length = strlen(name);
    const char *ending = name + (length > 4 ? length - 4 : 0);

    return is_hidden(name) || strcmp(name, LOCK_FILE) == 0 || is_leftover(name) ||
           strcmp(ending, ".npy") == 0 || strcmp(ending, ".csv") == 0;
}

static bool is_anything(const char *name)
{
    (void)name;
    return true;
}

/* Looks through a directory: a file that is not wanted is an error; those to be removed
 * are removed. */
static enum lsn_status look_through(const char *folder, bool (*is_wanted)(const char *name),
                                    bool (*is_removed)(const char *name), struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    DIR *stream = opendir(folder);
    struct dirent *entry;

    if (!stream)
        return lsn_fail_errno(err, errno, "%s: cannot open", folder);
    errno = 0;
    while (status == LSN_OK && (entry = readdir(stream)) != NULL) {
        if (!is_wanted(entry->d_name))
            status = lsn_fail(err, LSN_E_IO, "%s: is not a run, and not empty: it has %s", folder,
                              entry->d_name);
        else if (is_removed && is_removed(entry->d_name) &&
                 unlinkat(dirfd(stream), entry->d_name, 0) != 0)
            status = lsn_fail_errno(err, errno, "%s: cannot remove %s", folder, entry->d_name);
        errno = 0;
    }
    if (status == LSN_OK && errno)
        status = lsn_fail_errno(err, errno, "%s: cannot read", folder);
    closedir(stream);
    return status;
}

/* Of what a run keeps, that which it would find and not make again. */
static bool is_stale(const char *name)
{
    return is_leftover(name) || strcmp(name, LSN_MEANS_FILE) == 0 ||
           strcmp(name, LSN_LOOKED_FILE) == 0;
}

static enum lsn_status lay_out(const char *folder, const struct lsn_facts *facts,
                               const struct lsn_look *look, struct lsn_results *results,
                               struct lsn_error *err)
{
    struct lsn_store_shape shape = lsn_results_shape(results);
    enum lsn_status status;

    LSN_TRY(look_through(folder, is_ours, is_stale, err));
    LSN_TRY(lsn_axes_write(folder, results, err));
    if (look)
        LSN_TRY(lsn_looked_write(folder, look, err));
    status = lsn_store_create(folder, shape, &results->store, err);
    if (status != LSN_OK && err && err->code == status && status == LSN_E_IO) {
        size_t length = strlen(err->text);

        snprintf(err->text + length, sizeof err->text - length, "; this run needs %.1f MB there",
                 lsn_store_bytes(shape) / 1e6);
    }
    LSN_TRY(status);
    return lsn_facts_write(folder, facts, err);
}

/* Goes on without images that the shorter list of results has not: of a run that is another in
 * its list alone, and no shard, whose images the length of the list decides. */
static enum lsn_status remove_images(const char *folder, struct lsn_facts *found,
                                     const struct lsn_facts *wanted, bool any_core,
                                     struct lsn_results *results, struct lsn_error *err)
{
    struct lsn_facts fewer = *found;
    enum lsn_status status;
    char *path;

    memcpy(fewer.text[LSN_FACT_IMAGES], wanted->text[LSN_FACT_IMAGES], sizeof fewer.text[0]);
    if (lsn_facts_difference(found, wanted, any_core, false) != LSN_FACT_IMAGES ||
        lsn_facts_difference(&fewer, wanted, any_core, false) >= 0 ||
        strcmp(found->text[LSN_FACT_SHARD], "1/1") != 0)
        return LSN_OK;
    LSN_TRY(lsn_removal_lay_out(folder, results, &results->images_removed, err));
    if (results->images_removed == 0)
        return LSN_OK;
    path = lsn_path_join(folder, LSN_REMOVAL_FOLDER);
    status = path ? lsn_facts_write(path, &fewer, err) : lsn_fail_memory(err, "a path");
    lsn_free(path);
    LSN_TRY(status);
    *found = fewer;
    return lsn_removal_finish(folder, err);
}

static enum lsn_status carry_on(const char *folder, const struct lsn_facts *facts, bool any_core,
                                const struct lsn_look *look, struct lsn_results *results,
                                struct lsn_error *err)
{
    struct lsn_facts found;

    LSN_TRY(lsn_facts_read(folder, &found, err));
    if (look)
        LSN_TRY(remove_images(folder, &found, facts, any_core, results, err));
    LSN_TRY(compare_facts(folder, &found, facts, any_core, look, err));
    LSN_TRY(lsn_axes_compare(folder, results, look != NULL, err));
    LSN_TRY(look_through(folder, is_anything, is_leftover, err));
    LSN_TRY(lsn_store_open(folder, lsn_results_shape(results), true, &results->store, err));
    return look ? lsn_run_renew_images(folder, look, results, err) : LSN_OK;
}

static enum lsn_status look_for(const char *folder, const char *name, bool *found,
                                struct lsn_error *err)
{
    char *path = lsn_path_join(folder, name);
    enum lsn_status status = path ? LSN_OK : lsn_fail_memory(err, "a path");
    struct stat info;

    *found = path && stat(path, &info) == 0;
    /* What cannot be looked at is not taken for absent. */
    if (path && !*found && errno != ENOENT)
        status = lsn_fail_errno(err, errno, "%s: cannot open", path);
    lsn_free(path);
    return status;
}

enum lsn_status lsn_run_open(const char *folder, const struct lsn_facts *facts, bool any_core,
                             const struct lsn_look *look, struct lsn_results *results, int *lock,
                             struct lsn_error *err)
{
    bool begun, laid_out;

    *lock = -1;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return lsn_fail_errno(err, errno, "%s: cannot create", folder);
    LSN_TRY(look_for(folder, LOCK_FILE, &begun, err));
    LSN_TRY(look_for(folder, LSN_FACTS_FILE, &laid_out, err));
    /* The lock is the first that a run makes: without it, tables and arrays are somebody's. */
    if (!laid_out)
        LSN_TRY(look_through(folder, begun ? is_ours : is_hidden, NULL, err));
    LSN_TRY(take_lock(folder, lock, err));
    LSN_TRY(lsn_removal_finish(folder, err));
    LSN_TRY(look_for(folder, LSN_FACTS_FILE, &laid_out, err));
    LSN_TRY(lsn_run_read_race(folder, results, err));
    return laid_out ? carry_on(folder, facts, any_core, look, results, err)
                    : lay_out(folder, facts, look, results, err);
}
