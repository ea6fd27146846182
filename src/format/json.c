/* cJSON ignores case when it looks up a member, keeps duplicate keys, and saturates integers. The
 * functions here correct all three. */
#include "format/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static cJSON *item(const struct lsn_json *json)
{
    return (cJSON *)(void *)json;
}

static struct lsn_json *wrap(cJSON *json)
{
    return (struct lsn_json *)(void *)json;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Refuses an object in which a key occurs twice. The keys are sorted: comparing all pairs of a
 * hostile object with a million keys would take too long. */
static enum lsn_status refuse_duplicates(const char *what, const cJSON *json, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    const cJSON *child;
    const char **keys;
    size_t count = 0, i;

    for (child = json->child; child; child = child->next) {
        LSN_TRY(refuse_duplicates(what, child, err));
        count++;
    }
    if (!cJSON_IsObject(json))
        return LSN_OK;
    keys = lsn_alloc(count, sizeof *keys);
    if (!keys)
        return lsn_fail_memory(err, "JSON keys");
    for (child = json->child, i = 0; child; child = child->next)
        keys[i++] = child->string;
    qsort(keys, count, sizeof *keys, compare_keys);
    for (i = 1; i < count && status == LSN_OK; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0)
            status = lsn_fail(err, LSN_E_FORMAT, "%s: the key '%s' stands twice in one object",
                              what, keys[i]);
    lsn_free(keys);
    return status;
}

/* Finds an escaped NUL (\u0000), at which cJSON would cut a string short without an error; NULL
 * where there is none. */
static const char *find_escaped_nul(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i + 6 <= length; i++) {
        if (text[i] != '\\')
            continue;
        if (memcmp(text + i, "\\u0000", 6) == 0)
            return text + i;
        i++;
    }
    return NULL;
}

enum lsn_status lsn_json_parse(const char *what, const char *text, size_t length,
                               struct lsn_json **json, struct lsn_error *err)
{
    const char *end = NULL, *nul = memchr(text, '\0', length);
    cJSON *parsed;
    enum lsn_status status;

    *json = NULL;
    if (nul)
        return lsn_fail(err, LSN_E_FORMAT, "%s: not JSON: a NUL byte at %zu", what,
                        (size_t)(nul - text));
    nul = find_escaped_nul(text, length);
    if (nul)
        return lsn_fail(err, LSN_E_FORMAT, "%s: a string with a NUL character at byte %zu", what,
                        (size_t)(nul - text));
    parsed = cJSON_ParseWithLengthOpts(text, length + 1, &end, 1);
    if (!parsed)
        return lsn_fail(err, LSN_E_FORMAT, "%s: not JSON at byte %zu of %zu", what,
                        end ? (size_t)(end - text) : 0, length);
    status = refuse_duplicates(what, parsed, err);
    if (status != LSN_OK) {
        cJSON_Delete(parsed);
        return status;
    }
    *json = wrap(parsed);
    return LSN_OK;
}

void lsn_json_free(struct lsn_json *json)
{
    cJSON_Delete(item(json));
}

bool lsn_json_is_object(const struct lsn_json *json)
{
    return cJSON_IsObject(item(json));
}

bool lsn_json_is_array(const struct lsn_json *json)
{
    return cJSON_IsArray(item(json));
}

bool lsn_json_is_null(const struct lsn_json *json)
{
    return cJSON_IsNull(item(json));
}

const struct lsn_json *lsn_json_first(const struct lsn_json *json)
{
    return json ? wrap(item(json)->child) : NULL;
}

const struct lsn_json *lsn_json_next(const struct lsn_json *json)
{
    return wrap(item(json)->next);
}

int lsn_json_size(const struct lsn_json *json)
{
    return json ? cJSON_GetArraySize(item(json)) : 0;
}

const char *lsn_json_key(const struct lsn_json *json)
{
    return item(json)->string;
}

const struct lsn_json *lsn_json_member(const struct lsn_json *json, const char *key)
{
    return json ? wrap(cJSON_GetObjectItemCaseSensitive(item(json), key)) : NULL;
}

const char *lsn_json_string(const struct lsn_json *json)
{
    return json ? cJSON_GetStringValue(item(json)) : NULL;
}

bool lsn_json_number(const struct lsn_json *json, double *value)
{
    if (!json || !cJSON_IsNumber(item(json)) || !isfinite(item(json)->valuedouble))
        return false;
    *value = item(json)->valuedouble;
    return true;
}

bool lsn_json_int(const struct lsn_json *json, double low, double high, int *value)
{
    double number;

    if (!lsn_json_number(json, &number) || number != floor(number) || number < low || number > high)
        return false;
    *value = (int)number;
    return true;
}

bool lsn_json_bool(const struct lsn_json *json, bool *value)
{
    if (!json || !cJSON_IsBool(item(json)))
        return false;
    *value = cJSON_IsTrue(item(json));
    return true;
}

/* The number of bytes of the UTF-8 sequence (RFC 3629) at the start of string; 0 where the bytes
 * are not valid UTF-8. */
static size_t utf8_length(const char *string)
{
    const unsigned char *c = (const unsigned char *)string;
    size_t length = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4, i;
    /* The limits of the second byte: after some first bytes fewer than 80 ... bf are valid. */
    unsigned char low = c[0] == 0xe0 ? 0xa0 : c[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = c[0] == 0xed ? 0x9f : c[0] == 0xf4 ? 0x8f : 0xbf;

    if (length == 1)
        return 1;
    if (c[0] < 0xc2 || c[0] > 0xf4 || c[1] < low || c[1] > high)
        return 0;
    for (i = 2; i < length; i++)
        if (c[i] < 0x80 || c[i] > 0xbf)
            return 0;
    return length;
}

static void copy_utf8(const char *string, struct lsn_text *copy)
{
    lsn_text_add_bytes(copy, "", 0);
    while (*string) {
        size_t length = utf8_length(string);

        if (length)
            lsn_text_add_bytes(copy, string, length);
        else
            lsn_text_add_bytes(copy, "\xef\xbf\xbd", 3);
        string += length ? length : 1;
    }
}

void lsn_json_add_string(struct lsn_text *text, const char *string)
{
    cJSON *json = cJSON_CreateString(string);
    char *printed = json ? cJSON_PrintUnformatted(json) : NULL;

    if (printed)
        lsn_text_add_bytes(text, printed, strlen(printed));
    else
        text->failed = true;
    cJSON_free(printed);
    cJSON_Delete(json);
}

void lsn_json_add_path(struct lsn_text *text, const char *path)
{
    struct lsn_text copy = {0};

    copy_utf8(path, &copy);
    if (copy.failed)
        text->failed = true;
    else
        lsn_json_add_string(text, copy.bytes);
    lsn_text_free(&copy);
}
