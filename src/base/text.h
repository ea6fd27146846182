/* A string that grows as text is added, with helpers for CSV fields and numbers. */
#ifndef LSN_BASE_TEXT_H
#define LSN_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "lesion/parse.h"

/* Start from zeroes. bytes ends with a NUL once anything was added. A failed allocation sets
 * failed, and everything added later is dropped: it is enough to check failed once, at the end. */
struct lsn_text {
    char *bytes;
    size_t length;
    size_t capacity;
    bool failed;
};

void lsn_text_add(struct lsn_text *text, const char *format, ...) LSN_PRINTF(2, 3);
void lsn_text_add_list(struct lsn_text *text, const char *format, va_list args) LSN_PRINTF(2, 0);
/* bytes [length]; NULL for none. */
void lsn_text_add_bytes(struct lsn_text *text, const void *bytes, size_t length);
void lsn_text_free(struct lsn_text *text);

/* What a word ends with after a number: "s", but after 1 "". "%zu image%s" */
const char *lsn_plural(size_t count);

/* Adds a CSV field; it is quoted (RFC 4180) only where it contains a comma, a quote or a line
 * break. */
void lsn_text_add_csv(struct lsn_text *text, const char *field);

/* Adds a number with at most 9 significant digits and no trailing zeroes; never "-0". */
void lsn_text_add_number(struct lsn_text *text, double value);

/* Writes a finite number with the fewest digits, from 6 on, that read back as exactly that value;
 * returns the number of characters. */
enum { LSN_NUMBER_MAX = 32 };
int lsn_number_print(double value, char *text, size_t size);

#endif
