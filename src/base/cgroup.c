/* Finds the processor and memory limits that Linux's control groups (cgroups, as containers use
 * them) set for this process. /proc/self/cgroup gives the path of the process's group in each
 * hierarchy; /proc/self/mountinfo gives the folder where a hierarchy is mounted, and its root: the
 * group that is seen at that folder. In a container the process's group may lie outside that root;
 * then only the limits at the mount can be read. A limit of a group holds for all groups below it,
 * so the smallest limit between the process's group and the mount counts. Version 2 of control
 * groups has one hierarchy for all controllers, version 1 has one for each controller; a machine
 * may use both versions. */
#include "base/cgroup.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define TEXT_BYTES  ((size_t)1 << 20)
#define FOLDER_SIZE 4096
#define SCAN_FOLDER "%4095s"

struct files {
    lsn_text_fn *read;
    const void *files;
    char *text; /* [TEXT_BYTES] */
};

bool lsn_cgroup_read(const void *files, const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = 0;

    (void)files;
    if (fd < 0)
        return false;
    while (length < size - 1 && (got = read(fd, text + length, size - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    text[length] = '\0';
    return got >= 0;
}

/* Whether word is one of the comma-separated words of list. */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (;;) {
        size_t here = strcspn(list, ",");

        if (here == length && strncmp(list, word, length) == 0)
            return true;
        if (!list[here])
            return false;
        list += here + 1;
    }
}

/* Finds the path of the process's group for a controller; "" means version 2. Lines of the file are
 * NUMBER:CONTROLLERS:PATH. */
static bool find_group(const struct files *files, const char *controller, char *group)
{
    char *line, *rest = NULL;

    if (!files->read(files->files, "/proc/self/cgroup", files->text, TEXT_BYTES))
        return false;
    for (line = strtok_r(files->text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;

        if (!path || strlen(path + 1) >= FOLDER_SIZE)
            continue;
        *path = '\0';
        if (has_word(list + 1, controller)) {
            strcpy(group, path + 1);
            return true;
        }
    }
    return false;
}

/* Finds the folder where a controller's hierarchy is mounted, and root, the group that is seen
 * there. Lines of the file are ID PARENT DEVICE ROOT MOUNT OPTIONS... - TYPE SOURCE OPTIONS. */
static bool find_mount(const struct files *files, const char *controller, char *root, char *mount)
{
    char *line, *rest = NULL;

    if (!files->read(files->files, "/proc/self/mountinfo", files->text, TEXT_BYTES))
        return false;
    for (line = strtok_r(files->text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const char *type_at = strstr(line, " - ");
        char type[16], options[256];

        if (!type_at || sscanf(type_at, " - %15s %*s %255s", type, options) != 2)
            continue;
        if (*controller ? strcmp(type, "cgroup") != 0 || !has_word(options, controller)
                        : strcmp(type, "cgroup2") != 0)
            continue;
        if (sscanf(line, "%*s %*s %*s " SCAN_FOLDER " " SCAN_FOLDER, root, mount) == 2)
            return true;
    }
    return false;
}

/* Reads up to two numbers from the file FOLDER/NAME and returns how many it read. The word "max"
 * (no limit) ends the reading. */
static int read_numbers(const struct files *files, const char *folder, const char *name,
                        long long numbers[2])
{
    char path[2 * FOLDER_SIZE + 64], *at = files->text, *end;
    int count;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!files->read(files->files, path, files->text, TEXT_BYTES))
        return 0;
    for (count = 0; count < 2; count++, at = end) {
        numbers[count] = strtoll(at, &end, 10); /* too large ones saturate */
        if (end == at)
            break;
    }
    return count;
}

static void lower_limit(double value, double *least)
{
    if (value > 0 && (*least <= 0 || value < *least))
        *least = value;
}

/* Lowers the limits to those of one group. A group has only some of these files, depending on the
 * version of control groups and the controller. */
static void lower_limits(const struct files *files, const char *folder, double *processors,
                         double *memory_bytes)
{
    static const char *const memory[] = {"memory.max", "memory.limit_in_bytes"};
    long long numbers[2], period[2];
    int i;

    if (read_numbers(files, folder, "cpu.max", numbers) == 2 && numbers[1] > 0)
        lower_limit((double)numbers[0] / (double)numbers[1], processors);
    if (read_numbers(files, folder, "cpu.cfs_quota_us", numbers) > 0 &&
        read_numbers(files, folder, "cpu.cfs_period_us", period) > 0 && period[0] > 0)
        lower_limit((double)numbers[0] / (double)period[0], processors);
    for (i = 0; i < 2; i++)
        if (read_numbers(files, folder, memory[i], numbers) > 0)
            lower_limit((double)numbers[0], memory_bytes);
}

void lsn_cgroup_find(lsn_text_fn *read, const void *context, struct lsn_cgroup *limits)
{
    static const char *const controllers[] = {"", "cpu", "memory"};
    char group[FOLDER_SIZE], root[FOLDER_SIZE], folder[2 * FOLDER_SIZE];
    struct files files = {read, context, lsn_alloc(TEXT_BYTES, 1)};
    double memory_bytes = 0;
    size_t i, top;

    *limits = (struct lsn_cgroup){0};
    for (i = 0; files.text && i < sizeof controllers / sizeof controllers[0]; i++) {
        if (!find_group(&files, controllers[i], group) ||
            !find_mount(&files, controllers[i], root, folder))
            continue;
        top = strlen(folder);
        if (strcmp(root, "/") == 0)
            root[0] = '\0';
        if (strncmp(group, root, strlen(root)) == 0 && group[strlen(root)] == '/' &&
            group[strlen(root) + 1] && !strstr(group, "/.."))
            strcat(folder, group + strlen(root));
        lower_limits(&files, folder, &limits->processors, &memory_bytes);
        while (strlen(folder) > top) {
            *strrchr(folder, '/') = '\0';
            lower_limits(&files, folder, &limits->processors, &memory_bytes);
        }
    }
    if (memory_bytes < (double)SIZE_MAX)
        limits->memory_bytes = (size_t)memory_bytes;
    lsn_free(files.text);
}
