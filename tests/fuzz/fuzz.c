#include "fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void remove_folder(void)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;

    while (stream && (entry = readdir(stream)) != NULL)
        (void)unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream)
        closedir(stream);
    (void)rmdir(folder);
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "%s/lesion-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        abort();
    atexit(remove_folder);
}

const char *fuzz_path(const char *name)
{
    static char paths[2][200];
    static int turn;

    if (!folder[0])
        make_folder();
    turn = !turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
    return paths[turn];
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    const char *path = fuzz_path(name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t done = 0;

    if (file < 0)
        abort();
    while (done < size) {
        ssize_t part = write(file, data + done, size - done);

        if (part <= 0)
            abort();
        done += (size_t)part;
    }
    close(file);
    return path;
}

const char *fuzz_golden(const char *golden, const char *name)
{
    char path[500];
    uint8_t *bytes;
    const char *copy;
    FILE *file;
    long size;

    snprintf(path, sizeof path, "%s/golden/%s", LSN_TESTS_DIR, golden);
    file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
        abort();
    rewind(file);
    bytes = malloc((size_t)size + 1);
    if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        abort();
    fclose(file);
    copy = fuzz_file(name, bytes, (size_t)size);
    free(bytes);
    return copy;
}

void fuzz_must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "must hold: %s\n", what);
    abort();
}
