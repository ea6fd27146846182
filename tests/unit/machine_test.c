/* The limits that the machine sets: those of control groups, from the texts of their files as
 * Linux's documentation gives them (cgroup-v1/memory, sched-bwc, cgroup-v2), and which of several
 * limits counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cgroup.h"
#include "lesion/machine.h"
#include "op/gemm.h"

#define GROUPS "/proc/self/cgroup"
#define MOUNTS "/proc/self/mountinfo"

#define V2_MOUNT "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1_CPU                                                                                     \
    "34 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
#define V1_MEMORY "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
#define OTHERS                                                                                     \
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                      \
    "23 22 0:5 / /proc rw - proc proc rw\n"                                                        \
    "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"                                   \
    "36 31 0:33 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"

struct file {
    const char *path, *text;
};

static bool read_file(const void *files, const char *path, char *text, size_t size)
{
    const struct file *file;

    for (file = files; file->path; file++)
        if (strcmp(file->path, path) == 0) {
            snprintf(text, size, "%s", file->text);
            return true;
        }
    return false;
}

static void check(const struct file *files, double processors, size_t memory_bytes)
{
    struct lsn_cgroup limits;

    lsn_cgroup_find(read_file, files, &limits);
    assert_true(limits.processors == processors);
    assert_int_equal(limits.memory_bytes, memory_bytes);
}

static void version_2(void **state)
{
    const struct file one[] = {{GROUPS, "0::/job\n"},
                               {MOUNTS, OTHERS V2_MOUNT},
                               {"/sys/fs/cgroup/job/cpu.max", "150000 100000\n"},
                               {"/sys/fs/cgroup/job/memory.max", "1073741824\n"},
                               {0}};
    const struct file no_limit[] = {{GROUPS, "0::/job\n"},
                                    {MOUNTS, V2_MOUNT},
                                    {"/sys/fs/cgroup/job/cpu.max", "max 100000\n"},
                                    {"/sys/fs/cgroup/job/memory.max", "max\n"},
                                    {0}};
    const struct file nested[] = {{GROUPS, "0::/slurm/job 7/step\n"},
                                  {MOUNTS, V2_MOUNT},
                                  {"/sys/fs/cgroup/slurm/job 7/step/cpu.max", "max 100000\n"},
                                  {"/sys/fs/cgroup/slurm/job 7/step/memory.max", "4096000\n"},
                                  {"/sys/fs/cgroup/slurm/job 7/cpu.max", "200000 100000\n"},
                                  {"/sys/fs/cgroup/slurm/job 7/memory.max", "max\n"},
                                  {"/sys/fs/cgroup/slurm/cpu.max", "800000 100000\n"},
                                  {"/sys/fs/cgroup/slurm/memory.max", "2048000\n"},
                                  {0}};

    (void)state;
    check(one, 1.5, 1073741824);
    check(no_limit, 0, 0);
    check(nested, 2, 2048000);
}

static void version_1(void **state)
{
    const struct file nested[] = {
        {GROUPS, "5:cpuset:/other\n4:memory:/a/b\n1:cpuacct,cpu:/c\n0::/\n"},
        {MOUNTS, OTHERS V1_CPU V1_MEMORY},
        {"/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "300000\n"},
        {"/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n"},
        {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"},
        {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"},
        {"/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n"},
        {"/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "536870912\n"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"},
        {0}};
    /* Memory by version 1, the processors' time by version 2. */
    const struct file both[] = {{GROUPS, "4:memory:/a\n0::/b\n"},
                                {MOUNTS, OTHERS V1_MEMORY V2_MOUNT},
                                {"/sys/fs/cgroup/b/cpu.max", "50000 100000\n"},
                                {"/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "536870912\n"},
                                {0}};

    (void)state;
    check(nested, 3, 536870912);
    check(both, .5, 536870912);
}

/* Containers: the process's group is itself the mount. Either the mount names the group and the
 * process's path contains it, or a namespace lets the paths start there. */
static void containers(void **state)
{
    const char *own = "30 24 0:26 /docker/1f /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
    const struct file mounted[] = {{GROUPS, "0::/docker/1f\n"},
                                   {MOUNTS, own},
                                   {"/sys/fs/cgroup/cpu.max", "400000 100000\n"},
                                   {"/sys/fs/cgroup/docker/1f/cpu.max", "100000 100000\n"},
                                   {0}};
    const struct file below[] = {{GROUPS, "0::/docker/1f/x\n"},
                                 {MOUNTS, own},
                                 {"/sys/fs/cgroup/cpu.max", "400000 100000\n"},
                                 {"/sys/fs/cgroup/x/cpu.max", "300000 100000\n"},
                                 {0}};
    const struct file like[] = {{GROUPS, "0::/docker/1fe/x\n"}, /* of another container */
                                {MOUNTS, own},
                                {"/sys/fs/cgroup/cpu.max", "400000 100000\n"},
                                {"/sys/fs/cgroup/e/x/cpu.max", "300000 100000\n"},
                                {0}};
    const struct file namespaced[] = {
        {GROUPS, "0::/\n"}, {MOUNTS, V2_MOUNT}, {"/sys/fs/cgroup/memory.max", "1048576\n"}, {0}};
    const struct file outside[] = {{GROUPS, "0::/../host\n"},
                                   {MOUNTS, V2_MOUNT},
                                   {"/sys/fs/cgroup/memory.max", "1048576\n"},
                                   {"/sys/fs/cgroup/../host/memory.max", "1\n"},
                                   {0}};

    (void)state;
    check(mounted, 4, 0);
    check(below, 3, 0);
    check(like, 4, 0);
    check(namespaced, 0, 1048576);
    check(outside, 0, 1048576);
}

static void damaged(void **state)
{
    static const char *const texts[] = {
        "",    "\n",        "0",           "0:",      "0::",        ":::::\n",
        " - ", "- - - -\n", "0::relative", "1:cpu\n", "0::/a\n\n\n"};
    static const char *const values[] = {"", "x", "-5", "100000", "100000 0", "0 100000", "1 -1"};
    size_t i, k;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            const struct file files[] = {{GROUPS, texts[i]}, {MOUNTS, texts[k]}, {0}};

            check(files, 0, 0);
        }
    for (i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct file files[] = {
            {GROUPS, "0::/a\n"}, {MOUNTS, V2_MOUNT}, {"/sys/fs/cgroup/a/cpu.max", values[i]}, {0}};

        check(files, 0, 0);
    }
}

static void threads(void **state)
{
    struct lsn_machine m = {.processors = 16, .blas_threads = 64};
    const char *by;

    (void)state;
    assert_int_equal(lsn_threads_limit(&m, 0, &by), 16);
    assert_string_equal(by, "one per processor");
    assert_int_equal(lsn_threads_limit(&m, 20, &by), 20);
    assert_string_equal(by, "as asked for");
    assert_int_equal(lsn_threads_limit(&m, 4096, &by), 64);
    assert_string_equal(by, "what OpenBLAS was built for (MAX_THREADS)");
    m.quota = 2.5;
    assert_int_equal(lsn_threads_limit(&m, 0, &by), 3);
    assert_string_equal(by, "the CPU quota of the control group");
    assert_int_equal(lsn_threads_limit(&m, 5, NULL), 5);
    m.quota = 0.01;
    assert_int_equal(lsn_threads_limit(&m, 0, NULL), 1);
    m.quota = 1e9;
    assert_int_equal(lsn_threads_limit(&m, 0, NULL), 16);
    m.processors = 256;
    assert_int_equal(lsn_threads_limit(&m, 0, NULL), 64);
    m.blas_threads = 0;
    assert_int_equal(lsn_threads_limit(&m, 0, NULL), 256);
}

static void memory(void **state)
{
    struct lsn_machine m = {.memory_bytes = 8000};
    const char *by;

    (void)state;
    assert_int_equal(lsn_memory_limit(&m, &by), 8000);
    assert_string_equal(by, "of the machine");
    m.group_memory_bytes = SIZE_MAX / 2;
    assert_int_equal(lsn_memory_limit(&m, NULL), 8000);
    m.group_memory_bytes = 5000;
    assert_int_equal(lsn_memory_limit(&m, &by), 5000);
    assert_string_equal(by, "of the control group");
    m.memory_bytes = 0;
    assert_int_equal(lsn_memory_limit(&m, NULL), 5000);
    m.group_memory_bytes = 0;
    assert_int_equal(lsn_memory_limit(&m, NULL), 0);
}

static void openblas(void **state)
{
    (void)state;
    assert_int_equal(
        lsn_blas_threads("OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Zen MAX_THREADS=64"),
        64);
    assert_int_equal(lsn_blas_threads("OpenBLAS 0.3.29 DYNAMIC_ARCH Zen MAX_THREADS=128 X"), 128);
    assert_int_equal(lsn_blas_threads("OpenBLAS 0.3.21 DYNAMIC_ARCH Zen SINGLE_THREADED"), 0);
    assert_int_equal(lsn_blas_threads("OpenBLAS MAX_THREADS=-3"), 0);
    assert_int_equal(lsn_blas_threads(""), 0);
}

static void this_machine(void **state)
{
    struct lsn_machine m;

    (void)state;
    lsn_machine_look(&m);
    assert_true(m.processors >= 1 && m.quota >= 0 && m.memory_bytes > 0);
    assert_true(lsn_threads_limit(&m, 0, NULL) >= 1);
    assert_true(lsn_threads_limit(&m, 0, NULL) <= m.processors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_2), cmocka_unit_test(version_1),    cmocka_unit_test(containers),
        cmocka_unit_test(damaged),   cmocka_unit_test(threads),      cmocka_unit_test(memory),
        cmocka_unit_test(openblas),  cmocka_unit_test(this_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
