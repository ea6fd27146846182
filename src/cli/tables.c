#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folders.h"
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
    if (!run || strcmp(output, "-") == 0 || !folders_is_in(output, run))
        return true;
    message_usage("--output: %s would be among the run's own files; put it beside the run", output);
    return false;
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
