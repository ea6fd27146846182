#define _GNU_SOURCE /* posix_spawn_file_actions_addchdir_np, environ */
#include "report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"

#define LOG           "gnuplot.log"
#define LOG_BYTES_MAX ((size_t)1 << 20)

/* Finds the line of gnuplot's log that says what went wrong: the last that is not blank. */
static enum lsn_status fail_with_log(const char *folder, const char *script, struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LOG), *line = NULL, *at;
    struct lsn_bytes log = {0};
    char *save = NULL;

    if (path && lsn_file_read(path, LOG_BYTES_MAX, &log, NULL) == LSN_OK)
        for (at = strtok_r((char *)log.data, "\n", &save); at; at = strtok_r(NULL, "\n", &save))
            if (at[strspn(at, " \t")])
                line = at + strspn(at, " \t");
    (void)lsn_fail(err, LSN_E_IO, "%s/%s: gnuplot failed: %.200s", folder, script,
                   line ? line : "it says nothing");
    lsn_free(log.data);
    lsn_free(path);
    return LSN_E_IO;
}

/* Waits for the child and returns its exit status, or -1 where that is not known. */
static int wait_for(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Opens the log in this process. If the child opened it, a failure could not be told from that of
 * another step, as posix_spawn returns one error number for all. */
static enum lsn_status open_log(const char *folder, int *log, struct lsn_error *err)
{
    char *path = lsn_path_join(folder, LOG);
    enum lsn_status status = LSN_OK;

    *log = -1;
    if (!path)
        return lsn_fail_memory(err, "a path");
    *log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (*log < 0)
        status = lsn_fail_errno(err, errno, "%s: cannot create", path);
    lsn_free(path);
    return status;
}

/* Starts `gnuplot -c script name` in folder, its output going to log. Returns 0 or an error number.
 */
static int start(const char *folder, const char *script, const char *name, int log, pid_t *child)
{
    char program[] = "gnuplot", option[] = "-c";
    char *file = lsn_strdup(script), *argument = lsn_strdup(name);
    char *const words[] = {program, option, file, argument, NULL};
    posix_spawn_file_actions_t actions;
    int failed = ENOMEM;

    if (file && argument && posix_spawn_file_actions_init(&actions) == 0) {
        failed = posix_spawn_file_actions_addchdir_np(&actions, folder);
        if (!failed)
            failed =
                posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (!failed)
            failed = posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO);
        if (!failed)
            failed = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
        if (!failed)
            failed = posix_spawnp(child, program, &actions, NULL, words, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    lsn_free(file);
    lsn_free(argument);
    return failed;
}

enum lsn_status lsn_gnuplot_run(const char *folder, const char *script, const char *name,
                                bool *found, struct lsn_error *err)
{
    pid_t child = -1;
    int log, failed, status;

    *found = true;
    LSN_TRY(open_log(folder, &log, err));
    failed = start(folder, script, name, log, &child);
    (void)close(log);
    *found = failed != ENOENT && failed != EACCES;
    if (failed == ENOMEM)
        return lsn_fail_memory(err, "gnuplot");
    if (failed)
        return lsn_fail_errno(err, failed, "gnuplot: cannot run it");
    status = wait_for(child);
    *found = status != 127;
    return status == 0 ? LSN_OK : fail_with_log(folder, script, err);
}
