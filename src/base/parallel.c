#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/memory.h"

struct job {
    lsn_unit_fn *unit, *collect; /* collect may be NULL */
    void *context;
    size_t units;
    atomic_size_t next;
    atomic_bool failed;
    pthread_mutex_t lock;   /* guards all members below */
    pthread_cond_t changed; /* signals that collected has grown or a unit failed */
    size_t collected;       /* units 0 ... collected-1 have been collected */
    size_t failed_unit;
    enum lsn_status status;
    struct lsn_error error;
};

struct worker {
    struct job *job;
    int index;
    pthread_t thread;
};

static void record_failure(struct job *job, size_t unit, enum lsn_status status,
                           const struct lsn_error *error)
{
    pthread_mutex_lock(&job->lock);
    if (job->status == LSN_OK || unit < job->failed_unit) {
        job->status = status;
        job->failed_unit = unit;
        job->error = *error;
    }
    pthread_cond_broadcast(&job->changed);
    pthread_mutex_unlock(&job->lock);
    atomic_store(&job->failed, true);
}

/* Waits until all lower units are collected, so that it is the unit's turn; false where that can no
 * longer happen, because a lower unit failed. It cannot wait for ever: units are handed out in
 * order, so every lower unit is already with some worker and will be collected or fail. */
static bool await_turn(struct job *job, size_t unit)
{
    bool mine;

    pthread_mutex_lock(&job->lock);
    while (job->collected != unit && (job->status == LSN_OK || job->failed_unit > unit))
        pthread_cond_wait(&job->changed, &job->lock);
    mine = job->collected == unit;
    pthread_mutex_unlock(&job->lock);
    return mine;
}

static enum lsn_status collect(struct job *job, int worker, size_t unit, struct lsn_error *error)
{
    if (!await_turn(job, unit))
        return LSN_OK;
    LSN_TRY(job->collect(job->context, worker, unit, error));
    pthread_mutex_lock(&job->lock);
    job->collected++;
    pthread_cond_broadcast(&job->changed);
    pthread_mutex_unlock(&job->lock);
    return LSN_OK;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct job *job = worker->job;

    while (!atomic_load(&job->failed)) {
        struct lsn_error error = LSN_ERROR_NONE;
        size_t unit = atomic_fetch_add(&job->next, 1);
        enum lsn_status status;

        if (unit >= job->units)
            break;
        status = job->unit(job->context, worker->index, unit, &error);
        if (status == LSN_OK && job->collect)
            status = collect(job, worker->index, unit, &error);
        if (status != LSN_OK)
            record_failure(job, unit, status, &error);
    }
    return NULL;
}

enum lsn_status lsn_parallel(int workers, size_t units, lsn_unit_fn *unit, void *context,
                             struct lsn_error *err)
{
    return lsn_parallel_in_order(workers, units, unit, NULL, context, err);
}

enum lsn_status lsn_parallel_in_order(int workers, size_t units, lsn_unit_fn *unit,
                                      lsn_unit_fn *collect_unit, void *context,
                                      struct lsn_error *err)
{
    struct job job = {.unit = unit,
                      .collect = collect_unit,
                      .context = context,
                      .units = units,
                      .status = LSN_OK};
    struct worker *crew;
    int started, i;

    if (workers < 1)
        workers = 1;
    if ((size_t)workers > units)
        workers = units ? (int)units : 1;
    crew = lsn_alloc((size_t)workers, sizeof *crew);
    if (!crew)
        return lsn_fail_memory(err, "worker threads");
    atomic_init(&job.next, 0);
    atomic_init(&job.failed, false);
    pthread_mutex_init(&job.lock, NULL);
    pthread_cond_init(&job.changed, NULL);
    for (i = 0; i < workers; i++)
        crew[i] = (struct worker){.job = &job, .index = i};
    for (started = 1; started < workers; started++)
        if (pthread_create(&crew[started].thread, NULL, work, &crew[started]) != 0)
            break;
    work(&crew[0]);
    for (i = 1; i < started; i++)
        pthread_join(crew[i].thread, NULL);
    pthread_cond_destroy(&job.changed);
    pthread_mutex_destroy(&job.lock);
    lsn_free(crew);
    if (job.status != LSN_OK)
        return lsn_fail(err, job.status, "%s", job.error.text);
    return LSN_OK;
}

int lsn_processors(void)
{
    cpu_set_t set;
    long online;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
