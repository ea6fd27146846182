/* A strict JSON reader, and quoting for a writer. Trailing characters, duplicate keys and NULs in
 * strings are refused; keys must match in case. */
#ifndef LSN_FORMAT_JSON_H
#define LSN_FORMAT_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct lsn_json; /* a JSON value of any type */

/* Parses text [length], which must be followed by a NUL byte. what names the text in error
 * sentences. LSN_E_FORMAT (also where cJSON runs out of memory, since it does not tell the two
 * apart), LSN_E_MEMORY. On failure *json is NULL. */
enum lsn_status lsn_json_parse(const char *what, const char *text, size_t length,
                               struct lsn_json **json, struct lsn_error *err);
void lsn_json_free(struct lsn_json *json);

bool lsn_json_is_object(const struct lsn_json *json);
bool lsn_json_is_array(const struct lsn_json *json);

/* Whether json is the value null; false where json is NULL, that is, where there is no value. */
bool lsn_json_is_null(const struct lsn_json *json);

/* Iterates over the elements of an array or the members of an object, in order; NULL after the
 * last. */
const struct lsn_json *lsn_json_first(const struct lsn_json *json);
const struct lsn_json *lsn_json_next(const struct lsn_json *json);
int lsn_json_size(const struct lsn_json *json);

/* The key of a member of an object. */
const char *lsn_json_key(const struct lsn_json *json);

/* The member of an object with this key, or NULL. json may be NULL, so that look-ups can be
 * nested. */
const struct lsn_json *lsn_json_member(const struct lsn_json *json, const char *key);

/* The value as a string, number or boolean; NULL or false where it has another type. json may be
 * NULL. */
const char *lsn_json_string(const struct lsn_json *json);
bool lsn_json_number(const struct lsn_json *json, double *value);
bool lsn_json_int(const struct lsn_json *json, double low, double high, int *value);
bool lsn_json_bool(const struct lsn_json *json, bool *value);

/* Appends string, quoted and escaped. */
void lsn_json_add_string(struct lsn_text *text, const char *string);

/* Appends a path, quoted and escaped. A path may contain any bytes: bytes that are not valid UTF-8
 * are replaced by U+FFFD. */
void lsn_json_add_path(struct lsn_text *text, const char *path);

#endif
