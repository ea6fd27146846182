/* Finds what a run directory has already of a sweep that is to go on. */
#ifndef LSN_SWEEP_DONE_H
#define LSN_SWEEP_DONE_H

#include "sweep/job.h"
#include "sweep/units.h"

struct lsn_done {
    const struct lsn_job *job;
    const struct lsn_groups *groups;
    size_t *left; /* [stimuli] missing outcomes, from which those found are taken */
    struct lsn_progress *progress; /* to which they are added */
    bool any;                      /* whether there were any */
};

/* Counts the outcomes that the job's store has. Except after races, a group counts only where it is
 * complete. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_done_find(struct lsn_done *done, struct lsn_error *err);

#endif
