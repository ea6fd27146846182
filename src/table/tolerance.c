#include "table/tolerance.h"

#include <float.h>
#include <string.h>

#include "base/memory.h"
#include "lesion/parse.h"

/* Parses NUMBER or COLUMN=NUMBER. The item is split at its last '=', so that a column's name may
 * have one. */
static enum lsn_status parse_item(char *text, struct lsn_tolerances *tolerances,
                                  struct lsn_error *err)
{
    struct lsn_tolerance *item = &tolerances->items[tolerances->count];
    char *equals = strrchr(text, '=');
    const char *number = equals ? equals + 1 : text;

    if (!lsn_parse_float(number, 0, DBL_MAX, &item->value))
        return lsn_fail(err, LSN_E_ARGUMENT, "tolerance: '%s' is not a number from 0 on", number);
    if (equals)
        *equals = '\0';
    item->column = equals ? text : NULL;
    if (lsn_tolerances_find(tolerances, item->column))
        return lsn_fail(err, LSN_E_ARGUMENT, "tolerance: %s is given twice",
                        equals ? text : "the one for all columns");
    tolerances->count++;
    return LSN_OK;
}

enum lsn_status lsn_tolerances_parse(const char *list, struct lsn_tolerances *tolerances,
                                     struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    char *item_text, *comma;
    size_t commas = 0;

    *tolerances = (struct lsn_tolerances){0};
    if (!list)
        return LSN_OK;
    tolerances->text = lsn_strdup(list);
    for (item_text = tolerances->text; item_text && *item_text; item_text++)
        commas += *item_text == ',';
    tolerances->items = lsn_alloc(commas + 1, sizeof *tolerances->items);
    if (!tolerances->text || !tolerances->items)
        status = lsn_fail_memory(err, "tolerances");
    for (item_text = tolerances->text; status == LSN_OK && item_text; item_text = comma) {
        comma = strchr(item_text, ',');
        if (comma)
            *comma++ = '\0';
        status = parse_item(item_text, tolerances, err);
    }
    if (status != LSN_OK)
        lsn_tolerances_free(tolerances);
    return status;
}

const struct lsn_tolerance *lsn_tolerances_find(const struct lsn_tolerances *tolerances,
                                                const char *column)
{
    size_t i;

    for (i = 0; i < tolerances->count; i++) {
        const char *name = tolerances->items[i].column;

        if (name && column ? strcmp(name, column) == 0 : name == column)
            return &tolerances->items[i];
    }
    return NULL;
}

void lsn_tolerances_free(struct lsn_tolerances *tolerances)
{
    lsn_free(tolerances->text);
    lsn_free(tolerances->items);
    *tolerances = (struct lsn_tolerances){0};
}
