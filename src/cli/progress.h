/* A progress line with the time left, on standard error if that is a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <time.h>

#include "lesion/sweep.h"

struct progress {
    const char *what; /* "sweep" */
    struct timespec start, last;
};

void progress_start(struct progress *progress, const char *what);

/* Writes seconds as people read them: "2h03m", "4m10s", "7s", "0.3s". */
void progress_duration(double seconds, char *text, size_t size);

/* Callbacks for struct lsn_sweep_options; context is a struct progress. progress_started prints the
 * estimated time, memory and disk space. */
void progress_started(void *context, const struct lsn_estimate *estimate);
void progress_report(void *context, const struct lsn_progress *state);

/* Whether progress is shown at all. */
bool progress_wanted(void);

void progress_end(void);

#endif
