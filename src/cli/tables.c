#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folders.h"
#include "lesion/results.h"
#include "lesion/table.h"
#include "message.h"

#define FOLDER_DEFAULT "tables"

char *tables_folder(const char *run, const char *output)
{
    size_t size = output ? strlen(output) + 1 : strlen(run) + sizeof "/" FOLDER_DEFAULT;
    char *folder = malloc(size);

    if (!folder) {
        message_error("out of memory for a path");
        return NULL;
    }
    snprintf(folder, size, "%s%s", output ? output : run, output ? "" : "/" FOLDER_DEFAULT);
    if (!folders_is_same(run, folder))
        return folder;
    message_usage("--output: %s is the run itself", folder);
    free(folder);
    return NULL;
}

bool tables_spare_run(const char *run, const char *output)
{
    if (!run || tables_is_standard(output) || !folders_is_in(output, run))
        return true;
    message_usage("--output: %s would be among the run's own files; put it beside the run", output);
    return false;
}

bool tables_is_standard(const char *output)
{
    return strcmp(output, "-") == 0;
}

/* FIRST followed by SECOND as a fresh string; NULL after an error message: out of memory. */
static char *join(const char *first, const char *second)
{
    size_t size = strlen(first) + strlen(second) + 1;
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s%s", first, second);
    else
        message_error("out of memory for a path");
    return path;
}

char *tables_provenance(const char *output)
{
    return join(output, ".json");
}

bool tables_replace_provenance(const char *path, bool force)
{
    return force || folders_begins(path, "{\n  \"lesion\": \"");
}

bool tables_may_replace(const struct options *options, const char *output)
{
    struct lsn_error err = LSN_ERROR_NONE;
    bool wrote = false;

    if (options->force || !options->run || tables_is_standard(output))
        return options->force;
    return lsn_run_wrote(options->run, output, &wrote, &err) == LSN_OK && wrote;
}

static bool check_path(const char *path, bool force)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_table_check(path, force, &err) == LSN_OK)
        return true;
    message_failure(&err);
    return false;
}

/* Checks the table itself. */
static bool check_output(const struct options *options, const char *output)
{
    bool replace = tables_may_replace(options, output);

    if (!check_path(output, replace || options->run))
        return false;
    if (replace || !options->run || tables_is_standard(output) || access(output, F_OK) != 0)
        return true;
    message_error("%s: exists, and is no table of %s, or was changed since; --force overwrites it, "
                  "or give another --output",
                  output, options->run);
    return false;
}

bool tables_check(const struct options *options, const char *output, const char *const *others,
                  int count)
{
    enum { OTHERS_MAX = 2 };
    const char *paths[2 + OTHERS_MAX] = {output};
    char *beside = tables_is_standard(output) ? NULL : tables_provenance(output);
    bool fine = beside || tables_is_standard(output);
    int wanted = 1, i, j;

    if (beside)
        paths[wanted++] = beside;
    for (i = 0; i < count && i < OTHERS_MAX; i++)
        if (others[i])
            paths[wanted++] = others[i];
    for (i = 0; i < wanted && fine; i++) {
        if (i == 0)
            fine = check_output(options, output);
        else if (paths[i] == beside)
            fine = check_path(beside, tables_replace_provenance(beside, options->force));
        else
            fine = check_path(paths[i], options->force);
        for (j = 0; j < i && fine; j++)
            if (folders_is_same_place(paths[i], paths[j])) {
                message_usage("%s: would be written twice", paths[i]);
                fine = false;
            }
    }
    free(beside);
    return fine;
}

bool tables_draft(const struct options *options, const char *output, char **draft)
{
    bool wanted = options->run && !tables_is_standard(output);

    /* Removed with what else a killed process leaves in a run. */
    *draft = wanted ? join(options->run, "/table.csv.tmp") : NULL;
    return *draft || !wanted;
}

bool tables_say_end(enum lsn_status status, const struct lsn_error *err, const char *path)
{
    if (status == LSN_E_INTERRUPTED) {
        message_note("interrupted: %s is not written", path);
        message_set_exit(EXIT_INTERRUPTED);
    } else if (status != LSN_OK) {
        message_failure(err);
    }
    return status == LSN_OK;
}
