#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "message.h"

#define INTERVAL_S     0.2
#define WORTH_A_NOTE_S 10

static double seconds_since(const struct timespec *then)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) * 1e-9;
}

bool progress_wanted(void)
{
    return isatty(STDERR_FILENO) && !message_is_quiet();
}

void progress_start(struct progress *progress, const char *what)
{
    progress->what = what;
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    progress->last = progress->start;
}

void progress_duration(double seconds, char *text, size_t size)
{
    long s = (long)(seconds + 0.5);

    if (s >= 3600)
        snprintf(text, size, "%ldh%02ldm", s / 3600, s / 60 % 60);
    else if (s >= 60)
        snprintf(text, size, "%ldm%02lds", s / 60, s % 60);
    else if (s >= 10)
        snprintf(text, size, "%lds", s);
    else
        snprintf(text, size, "%.2gs", seconds);
}

void progress_started(void *context, const struct lsn_estimate *estimate)
{
    char time[32], disk[48] = "", done[48] = "";

    (void)context;
    progress_duration(estimate->seconds, time, sizeof time);
    if (estimate->disk > 0)
        snprintf(disk, sizeof disk, ", and %.3g MB on disk", estimate->disk / 1e6);
    if (estimate->done > 0)
        snprintf(done, sizeof done, "; %.1f %% is done already", 100 * estimate->done);
    /* An estimate of a few seconds is printed with --verbose only. */
    (estimate->seconds < WORTH_A_NOTE_S ? message_detail : message_note)(
        "about %s with %d thread%s and %zu MiB%s; the full engine would take %.3g "
        "multiply-adds%s",
        time, estimate->threads, message_plural((size_t)estimate->threads), estimate->memory >> 20,
        disk, estimate->full_multiply_adds, done);
}

void progress_report(void *context, const struct lsn_progress *state)
{
    struct progress *progress = context;
    double done = state->work > 0 ? state->work_done / state->work : 0;
    char left[32];

    if (seconds_since(&progress->last) < INTERVAL_S)
        return;
    clock_gettime(CLOCK_MONOTONIC, &progress->last);
    if (done <= 0)
        return;
    progress_duration(seconds_since(&progress->start) * (1 - done) / done, left, sizeof left);
    fprintf(stderr, "\r\033[K%s: %.1f %%, %s left", state->stage ? state->stage : progress->what,
            100 * done, left);
    fflush(stderr);
}

void progress_end(void)
{
    if (progress_wanted())
        fputs("\r\033[K", stderr);
}
