/* Messages on standard error, and the exit status that follows from them. */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lesion/error.h"
#include "lesion/stimulus.h"

#if defined(__GNUC__)
#define CLI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CLI_PRINTF(fmt, args)
#endif

enum { EXIT_FINE = 0, EXIT_ERROR = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* Notes are not printed with --quiet, details only with --verbose. */
void message_set_level(bool quiet, bool verbose);
bool message_is_quiet(void);

/* Each prints one line. message_error sets the exit status to EXIT_ERROR, message_usage to
 * EXIT_USAGE. */
void message_error(const char *format, ...) CLI_PRINTF(1, 2);
void message_usage(const char *format, ...) CLI_PRINTF(1, 2);
/* Prints the library's error. LSN_E_ARGUMENT is wrong usage and sets EXIT_USAGE, also where the
 * argument is wrong only for this network, these images or this run. */
void message_failure(const struct lsn_error *err);
void message_note(const char *format, ...) CLI_PRINTF(1, 2);
void message_detail(const char *format, ...) CLI_PRINTF(1, 2);

/* The plural ending after a number: "" for 1, else "s", as in "%zu image%s". */
const char *message_plural(size_t count);
/* The verb after a number: "is" or "was" for 1, else "are" or "were". */
const char *message_are(size_t count);
const char *message_were(size_t count);

/* Writes what tells a condition from others: "contrast 0.1, region all, normalise none". */
void message_condition(const struct lsn_condition *condition, char text[LSN_CONDITION_TEXT_MAX]);

void message_set_exit(int status);

/* Closes standard output and returns the exit status. If standard output could not be written, that
 * is an error, too. */
int message_finish(void);

#endif
