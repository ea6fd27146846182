#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool reserve(struct lsn_text *text, size_t extra)
{
    size_t wanted;
    char *grown;

    if (text->failed || extra >= SIZE_MAX / 4 - text->length) {
        text->failed = true;
        return false;
    }
    wanted = text->length + extra + 1;
    if (wanted <= text->capacity)
        return true;
    wanted = wanted < 256 ? 256 : wanted * 2;
    grown = lsn_realloc(text->bytes, wanted, 1);
    if (!grown) {
        text->failed = true;
        return false;
    }
    text->bytes = grown;
    text->capacity = wanted;
    return true;
}

void lsn_text_add_list(struct lsn_text *text, const char *format, va_list args)
{
    va_list again;
    int length;

    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    /* Either call of vsnprintf may fail for lack of memory. */
    if (length < 0 ||
        (reserve(text, (size_t)length) &&
         vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again) < 0))
        text->failed = true;
    else if (!text->failed)
        text->length += (size_t)length;
    va_end(again);
}

void lsn_text_add(struct lsn_text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    lsn_text_add_list(text, format, args);
    va_end(args);
}

void lsn_text_add_bytes(struct lsn_text *text, const void *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    if (length > 0) /* memcpy takes no NULL, not even for nothing */
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

const char *lsn_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

void lsn_text_free(struct lsn_text *text)
{
    lsn_free(text->bytes);
    *text = (struct lsn_text){0};
}

void lsn_text_add_csv(struct lsn_text *text, const char *field)
{
    const char *c;

    if (!strpbrk(field, ",\"\r\n")) {
        lsn_text_add_bytes(text, field, strlen(field));
        return;
    }
    lsn_text_add_bytes(text, "\"", 1);
    for (c = field; *c; c++)
        lsn_text_add_bytes(text, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    lsn_text_add_bytes(text, "\"", 1);
}

void lsn_text_add_number(struct lsn_text *text, double value)
{
    lsn_text_add(text, "%.9g", value == 0 ? 0.0 : value);
}

int lsn_number_print(double value, char *text, size_t size)
{
    int digits, length = 0;
    double read;

    /* Tries more digits until the text reads back as the same value. It starts at 6 digits: %g
     * drops needless zeroes, but with fewer digits would write 1000 as 1e+03. */
    for (digits = 6; digits <= 17; digits++) {
        length = snprintf(text, size, "%.*g", digits, value);
        if (lsn_parse_float(text, value, value, &read))
            break;
    }
    return length;
}

static bool starts_number(const char *text)
{
    if (*text == '-')
        text++;
    return isdigit((unsigned char)*text) || *text == '.';
}

bool lsn_parse_int(const char *text, int64_t low, int64_t high, int64_t *value)
{
    char *end;
    long long parsed;

    if (!starts_number(text))
        return false;
    errno = 0;
    parsed = strtoll(text, &end, 10);
    if (errno || *end || end == text || parsed < low || parsed > high)
        return false;
    *value = parsed;
    return true;
}

bool lsn_parse_shard(const char *text, int *shard, int *shards)
{
    const char *slash = strchr(text, '/');
    char first[16] = "";
    int64_t i, n;

    if (slash && (size_t)(slash - text) < sizeof first)
        memcpy(first, text, (size_t)(slash - text));
    if (!slash || !lsn_parse_int(slash + 1, 1, INT32_MAX, &n) || !lsn_parse_int(first, 1, n, &i))
        return false;
    *shard = (int)i;
    *shards = (int)n;
    return true;
}

bool lsn_parse_float(const char *text, double low, double high, double *value)
{
    char *end;
    double parsed;

    if (!starts_number(text) || strpbrk(text, "xX"))
        return false;
    errno = 0;
    parsed = strtod(text, &end);
    /* errno is not checked: strtod sets ERANGE also where a tiny number becomes a denormal or zero,
     * which is accepted. An overflow gives infinity, which isfinite refuses. */
    if (*end || end == text || !isfinite(parsed) || parsed < low || parsed > high)
        return false;
    *value = parsed;
    return true;
}
