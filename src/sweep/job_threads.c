/* Decides how many threads a job runs in: as many as are asked for, the machine has and the memory
 * allows. */
#include "base/error.h"
#include "lesion/machine.h"
#include "sweep/job.h"

size_t lsn_job_threads(const struct lsn_job *job)
{
    struct lsn_machine machine;

    lsn_machine_look(&machine);
    return (size_t)lsn_threads_limit(&machine, job->options->threads, NULL);
}

enum lsn_status lsn_job_fit_memory(const struct lsn_job *job, size_t shared, size_t each,
                                   size_t *wanted, struct lsn_error *err)
{
    size_t memory = job->options->memory;

    if (memory == 0)
        return LSN_OK;
    if (memory < shared + each)
        return lsn_fail(err, LSN_E_MEMORY,
                        "%zu MiB of memory are too few: this run needs %zu MiB for one thread, and "
                        "%zu MiB for each one more",
                        memory >> 20, ((shared + each) >> 20) + 1, (each >> 20) + 1);
    if (*wanted > (memory - shared) / each)
        *wanted = (memory - shared) / each;
    return LSN_OK;
}
