/* What the program says on standard error, and the exit status that follows. */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lesion/error.h"

#if defined(__GNUC__)
#define CLI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CLI_PRINTF(fmt, args)
#endif

enum { EXIT_FINE = 0, EXIT_ERROR = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* Notes are dropped with --quiet, details are said with --verbose only. */
void message_set_level(bool quiet, bool verbose);
bool message_is_quiet(void);

/* One line each. message_error makes the exit status EXIT_ERROR, message_usage
 * EXIT_USAGE. */
void message_error(const char *format, ...) CLI_PRINTF(1, 2);
void message_usage(const char *format, ...) CLI_PRINTF(1, 2);
/* The library's error: wrong usage where it is of an argument, also of one that the network,
 * the images or the run do not allow. */
void message_failure(const struct lsn_error *err);
void message_note(const char *format, ...) CLI_PRINTF(1, 2);
void message_detail(const char *format, ...) CLI_PRINTF(1, 2);

/* What a word ends with after a number: "s", but after 1 "". "%zu image%s" */
const char *message_plural(size_t count);
/* "are", but of 1 "is". "%zu of %zu image%s %s complete" */
const char *message_are(size_t count);
const char *message_were(size_t count);

void message_set_exit(int status);

/* The exit status, after closing standard output: a failure to write it is an
 * error, too. */
int message_finish(void);

#endif
