#include "lesion/machine.h"

#include <math.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/parallel.h"
#include "lesion/version.h"

void lsn_machine_look(struct lsn_machine *machine)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    struct lsn_cgroup group;

    lsn_cgroup_find(lsn_cgroup_read, NULL, &group);
    *machine = (struct lsn_machine){
        .processors = lsn_processors(),
        .quota = group.processors,
        .blas_threads = lsn_blas_describe().threads_max,
        .memory_bytes = pages > 0 && bytes > 0 ? (size_t)pages * (size_t)bytes : 0,
        .group_memory_bytes = group.memory_bytes,
    };
}

int lsn_threads_limit(const struct lsn_machine *machine, int wanted, const char **by)
{
    const char *reason = "as asked for";
    int threads = wanted;

    if (wanted < 1) {
        reason = "one per processor";
        threads = machine->processors;
        /* Rounded up: a fraction of a processor's time is worth a thread that waits at times. */
        if (machine->quota > 0 && ceil(machine->quota) < threads) {
            reason = "the CPU quota of the control group";
            threads = (int)ceil(machine->quota);
        }
    }
    if (machine->blas_threads > 0 && machine->blas_threads < threads) {
        reason = "what OpenBLAS was built for (MAX_THREADS)";
        threads = machine->blas_threads;
    }
    if (by)
        *by = reason;
    return threads;
}

size_t lsn_memory_limit(const struct lsn_machine *machine, const char **by)
{
    size_t group = machine->group_memory_bytes, all = machine->memory_bytes;
    bool grouped = group > 0 && (all == 0 || group < all);

    if (by)
        *by = grouped ? "of the control group" : "of the machine";
    return grouped ? group : all;
}
