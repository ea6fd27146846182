/* Strict JSON: no trailing characters, no duplicate keys, no NUL in strings, exact
 * key case. */
#ifndef LSN_FORMAT_JSON_H
#define LSN_FORMAT_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct lsn_json; /* any value */

/* Parses text [length], which a NUL byte follows. what names it in the error.
 * LSN_E_FORMAT (also where cJSON lacks memory, which it does not tell), LSN_E_MEMORY;
 * on failure *json is NULL. */
enum lsn_status lsn_json_parse(const char *what, const char *text, size_t length,
                               struct lsn_json **json, struct lsn_error *err);
void lsn_json_free(struct lsn_json *json);

bool lsn_json_is_object(const struct lsn_json *json);
bool lsn_json_is_array(const struct lsn_json *json);

/* A null value; false for NULL (no value). */
bool lsn_json_is_null(const struct lsn_json *json);

/* Elements of an array or members of an object, in order; NULL at the end. */
const struct lsn_json *lsn_json_first(const struct lsn_json *json);
const struct lsn_json *lsn_json_next(const struct lsn_json *json);
int lsn_json_size(const struct lsn_json *json);

/* A member's key. */
const char *lsn_json_key(const struct lsn_json *json);

/* The member of an object with this key, or NULL. json may be NULL. */
const struct lsn_json *lsn_json_member(const struct lsn_json *json, const char *key);

/* The value; NULL or false where it is of another type. json may be NULL. */
const char *lsn_json_string(const struct lsn_json *json);
bool lsn_json_number(const struct lsn_json *json, double *value);
bool lsn_json_int(const struct lsn_json *json, double low, double high, int *value);
bool lsn_json_bool(const struct lsn_json *json, bool *value);

/* Appends a quoted, escaped string. */
void lsn_json_add_string(struct lsn_text *text, const char *string);

/* The same of a path, which may be any bytes: what is no UTF-8 becomes U+FFFD. */
void lsn_json_add_path(struct lsn_text *text, const char *path);

#endif
