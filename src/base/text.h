/* A growing text: CSV fields and numbers as text. */
#ifndef LSN_BASE_TEXT_H
#define LSN_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "lesion/parse.h"

/* Start from zeroes. bytes is NUL-terminated once anything was added. A failed
 * allocation sets failed and drops what follows: check once, at the end. */
struct lsn_text {
    char *bytes;
    size_t length;
    size_t capacity;
    bool failed;
};

void lsn_text_add(struct lsn_text *text, const char *format, ...) LSN_PRINTF(2, 3);
void lsn_text_add_list(struct lsn_text *text, const char *format, va_list args) LSN_PRINTF(2, 0);
void lsn_text_add_bytes(struct lsn_text *text, const void *bytes, size_t length);
void lsn_text_free(struct lsn_text *text);

/* What a word ends with after a number: "s", but after 1 "". "%zu image%s" */
const char *lsn_plural(size_t count);

/* One CSV field as RFC 4180 quotes it: only where it holds , " or a newline. */
void lsn_text_add_csv(struct lsn_text *text, const char *field);

/* A number with 9 significant digits, as few characters as that takes; never "-0". */
void lsn_text_add_number(struct lsn_text *text, double value);

/* Writes a finite number with as few digits as are read as that value; how many characters. */
enum { LSN_NUMBER_MAX = 32 };
int lsn_number_print(double value, char *text, size_t size);

#endif
