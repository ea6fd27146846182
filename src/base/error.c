#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *lsn_status_name(enum lsn_status status)
{
    switch (status) {
    case LSN_OK:
        return "no error";
    case LSN_E_ARGUMENT:
        return "wrong argument";
    case LSN_E_MEMORY:
        return "out of memory";
    case LSN_E_IO:
        return "input or output failed";
    case LSN_E_FORMAT:
        return "malformed file";
    case LSN_E_UNSUPPORTED:
        return "not supported";
    case LSN_E_MODEL:
        return "inconsistent network";
    case LSN_E_DATA:
        return "unusable data";
    case LSN_E_INTERRUPTED:
        return "interrupted";
    }
    return "unknown error";
}

/* Replaces control characters by '?', so that the sentence stays on one line even where it quotes a
 * name or cell of a hostile file. */
static void flatten(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            *text = '?';
}

void lsn_fail_record(struct lsn_error *err, enum lsn_status code, const char *format, ...)
{
    va_list args;

    if (!err || err->code != LSN_OK)
        return;
    err->code = code;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    flatten(err->text);
}

void lsn_fail_record_errno(struct lsn_error *err, int errno_value, const char *format, ...)
{
    va_list args;
    char reason[128];
    size_t used;

    if (!err || err->code != LSN_OK)
        return;
    err->code = LSN_E_IO;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (strerror_r(errno_value, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "errno %d", errno_value);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", reason);
    flatten(err->text);
}
