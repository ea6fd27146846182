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
#include "outcome/kind.h"
#include "outcome/removal.h"
#include "outcome/run_images.h"

#define LOCK_FILE "lock"

void lsn_run_shard(size_t images, int shard, int shards, size_t *first, size_t *count)
{
    size_t whole = images / (size_t)shards, rest = images % (size_t)shards, i = (size_t)shard - 1;

    /* The first `rest` shards have one image more. */
    *first = i * whole + (i < rest ? i : rest);
    *count = whole + (i < rest);
}

static const char *describe_lesioned(const struct lsn_facts *facts)
{
    return strcmp(facts->text[LSN_FACT_LESIONED], LSN_LESIONED_ALONE) == 0
               ? "one in which kernels are not lesioned one on top of the other"
               : "a round of lesion shapley, with kernels lesioned one on top of the other";
}

static enum lsn_status compare_facts(const char *folder, const struct lsn_facts *found,
                                     const struct lsn_facts *wanted, bool any_core,
                                     const struct lsn_look *look, struct lsn_error *err)
{
    int i = lsn_facts_difference(found, wanted, any_core, false);

    if (i == LSN_FACT_IMAGES && look)
        LSN_TRY(lsn_run_name_difference(folder, look, err));
    if (i == LSN_FACT_LESIONED && (strcmp(found->text[i], LSN_LESIONED_ALONE) == 0 ||
                                   strcmp(wanted->text[i], LSN_LESIONED_ALONE) == 0))
        return lsn_fail(err, LSN_E_DATA, "%s: is %s, not %s; " LSN_RUN_GOES_ON, folder,
                        describe_lesioned(found), describe_lesioned(wanted));
    return i < 0
               ? LSN_OK
               : lsn_fail(err, LSN_E_DATA, "%s: is a run with %s %s, not %s; " LSN_RUN_GOES_ON,
                          folder, lsn_fact_name((enum lsn_fact)i), found->text[i], wanted->text[i]);
}

/* Takes the lock of a run directory, or fails at once where another process has it. A lock by fcntl
 * ends with the process, even if it is killed. */
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

/* Whether a file is a temporary one that a killed process left behind. */
static bool is_leftover(const char *name)
{
    return strstr(name, ".csv.tmp") || strstr(name, ".npy.tmp") ||
           strstr(name, LSN_FACTS_FILE ".tmp") || strstr(name, LSN_RACE_FILE ".tmp") ||
           strstr(name, LSN_WRITTEN_FILE ".tmp");
}

/* Whether a file may be in a directory in which no run was begun: hidden files are ignored. */
static bool is_hidden(const char *name)
{
    return name[0] == '.';
}

/* Whether a file may be in a directory that a process began to lay out as a run. */
static bool may_be_of_run(const char *name)
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

/* Goes through a directory: a file that is not wanted is an error; a file for which is_removed is
 * true is removed. */
static enum lsn_status check_folder(const char *folder, bool (*is_wanted)(const char *name),
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
            status =
                lsn_fail(err, LSN_E_IO,
                         "%s: is not a run, and not empty: it has %s; a run begins in an empty "
                         "folder, or in a new one",
                         folder, entry->d_name);
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

/* Whether a file of an unfinished layout must be removed: temporary files, and those that a new run
 * would otherwise read as its own. */
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

    LSN_TRY(check_folder(folder, may_be_of_run, is_stale, err));
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

/* Removes images from a run where results have a shorter list, if the list of images is the only
 * difference. A shard is never shortened: the length of the list decides which images it has. */
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
    LSN_TRY(check_folder(folder, is_anything, is_leftover, err));
    LSN_TRY(lsn_store_open(folder, lsn_results_shape(results), true, &results->store, err));
    return look ? lsn_run_renew_images(folder, look, results, err) : LSN_OK;
}

static enum lsn_status find_file(const char *folder, const char *name, bool *found,
                                 struct lsn_error *err)
{
    char *path = lsn_path_join(folder, name);
    enum lsn_status status = path ? LSN_OK : lsn_fail_memory(err, "a path");
    struct stat info;

    *found = path && stat(path, &info) == 0;
    /* A file that exists but cannot be examined is not treated as absent. */
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
    struct stat info;

    *lock = -1;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return lsn_fail_errno(err, errno, "%s: cannot create", folder);
    if (stat(folder, &info) == 0 && !S_ISDIR(info.st_mode))
        return lsn_fail(err, LSN_E_IO, "%s: is a file, a run wants a folder", folder);
    LSN_TRY(lsn_kind_refuse_shapley(folder, err));
    LSN_TRY(find_file(folder, LOCK_FILE, &begun, err));
    LSN_TRY(find_file(folder, LSN_FACTS_FILE, &laid_out, err));
    /* A run creates its lock file first. In a directory without one, CSV and npy files belong to
     * somebody else, and are not touched. */
    if (!laid_out)
        LSN_TRY(check_folder(folder, begun ? may_be_of_run : is_hidden, NULL, err));
    LSN_TRY(take_lock(folder, lock, err));
    LSN_TRY(lsn_removal_finish(folder, err));
    LSN_TRY(find_file(folder, LSN_FACTS_FILE, &laid_out, err));
    LSN_TRY(lsn_run_read_race(folder, results, err));
    return laid_out ? carry_on(folder, facts, any_core, look, results, err)
                    : lay_out(folder, facts, look, results, err);
}
