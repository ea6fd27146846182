#include "message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int exit_status = EXIT_FINE;
static bool is_quiet, is_verbose;

void message_set_level(bool quiet, bool verbose)
{
    is_quiet = quiet;
    is_verbose = verbose;
}

bool message_is_quiet(void)
{
    return is_quiet;
}

/* On a terminal, erases the line first: a progress line may be there. */
static void say(const char *kind, const char *format, va_list args)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    fprintf(stderr, "lesion: %s", kind);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void message_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("error: ", format, args);
    va_end(args);
    exit_status = EXIT_ERROR;
}

void message_failure(const struct lsn_error *err)
{
    message_error("%s", err->text);
    if (err->code == LSN_E_ARGUMENT)
        exit_status = EXIT_USAGE;
}

void message_usage(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("error: ", format, args);
    va_end(args);
    fputs("Try 'lesion help'.\n", stderr);
    exit_status = EXIT_USAGE;
}

void message_note(const char *format, ...)
{
    va_list args;

    if (is_quiet)
        return;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void message_detail(const char *format, ...)
{
    va_list args;

    if (!is_verbose)
        return;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

const char *message_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

const char *message_are(size_t count)
{
    return count == 1 ? "is" : "are";
}

const char *message_were(size_t count)
{
    return count == 1 ? "was" : "were";
}

void message_condition(const struct lsn_condition *condition, char text[LSN_CONDITION_TEXT_MAX])
{
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];

    lsn_region_text(&condition->region, region);
    lsn_normalisation_text(&condition->normalisation, normalisation);
    snprintf(text, LSN_CONDITION_TEXT_MAX, "contrast %.9g, region %s, normalise %s",
             condition->contrast, region, normalisation);
}

void message_set_exit(int status)
{
    exit_status = status;
}

int message_finish(void)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout) || fclose(stdout) != 0)
        if (exit_status == EXIT_FINE)
            message_error("standard output: cannot write: %s", strerror(errno ? errno : EIO));
    return exit_status;
}
