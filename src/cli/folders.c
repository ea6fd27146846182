#include "folders.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

bool folders_make(char *path)
{
    char *slash;

    for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            message_error("%s: cannot create: %s", path, strerror(errno));
            return false;
        }
        *slash = '/';
    }
    return true;
}

char *folders_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + sizeof "/";
    char *path = malloc(size);

    if (!path) {
        message_error("out of memory for a path");
        return NULL;
    }
    snprintf(path, size, "%s/%s", folder, name);
    if (folders_make(path))
        return path;
    free(path);
    return NULL;
}

char *folders_temporary(void)
{
    const char *parent = getenv("TMPDIR");
    char *path = folders_path(parent && parent[0] ? parent : "/tmp", "lesion-XXXXXX");

    if (path && mkdtemp(path))
        return path;
    if (path)
        message_error("%s: cannot create: %s", path, strerror(errno));
    free(path);
    return NULL;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    if (remove(path) != 0)
        message_error("%s: cannot remove: %s", path, strerror(errno));
    return 0;
}

void folders_remove(const char *path)
{
    enum { OPEN_FILES = 16 };

    if (nftw(path, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS) != 0)
        message_error("%s: cannot remove: %s", path, strerror(errno));
}

bool folders_is_same(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* The length of a path up to its last slash, with that; 0 where there is none. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

bool folders_is_same_place(const char *a, const char *b)
{
    size_t length = folder_length(a), other = folder_length(b);
    char *folder, *other_folder;
    bool same;

    if (strcmp(a + length, b + other) != 0)
        return folders_is_same(a, b);
    folder = length ? strndup(a, length) : strdup(".");
    other_folder = other ? strndup(b, other) : strdup(".");
    /* Out of memory, the paths themselves are compared. */
    same = folder && other_folder ? folders_is_same(folder, other_folder) : strcmp(a, b) == 0;
    free(folder);
    free(other_folder);
    return same;
}

bool folders_is_in(const char *path, const char *folder)
{
    size_t length = folder_length(path);
    char *of_path = length ? strndup(path, length) : strdup(".");
    bool is_in =
        folders_is_same_place(path, folder) || (of_path && folders_is_same_place(of_path, folder));

    free(of_path);
    return is_in;
}

bool folders_is_run(const char *folder)
{
    size_t size = strlen(folder) + sizeof "/run.json";
    char *facts = malloc(size);
    bool is_run = false;

    if (facts) {
        snprintf(facts, size, "%s/run.json", folder);
        is_run = access(facts, F_OK) == 0;
    }
    free(facts);
    return is_run;
}

bool folders_begins(const char *path, const char *text)
{
    char start[96] = "";
    FILE *file = fopen(path, "r");
    size_t length = strlen(text), got = file ? fread(start, 1, sizeof start, file) : 0;

    if (file)
        fclose(file);
    return got >= length && memcmp(start, text, length) == 0;
}

bool folders_is_begun(const char *run, const struct lsn_results *results)
{
    if (results->complete_images > 0)
        return true;
    if (results->raced)
        message_error("%s: is a race's, which ran kernels on some images each: its command without "
                      "--top or --above runs what is left of the sweep, and lesion stats and "
                      "lesion report tell of what there is",
                      run);
    else
        message_error("%s: no image is complete yet", run);
    return false;
}
