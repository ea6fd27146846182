#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/parse.h"
#include "lesion/stimulus.h"
#include "outcome/axes.h"

enum { CONTRAST, REGION, NORMALISE, DEFINITION, QUANTIZE, SEED, MEAN, SD, NAMES };

static const char *const names[NAMES] = {"contrast", "region", "normalise", "definition",
                                         "quantize", "seed",   "mean",      "sd"};

/* Cuts "name=value,..." in place into one value for each name; values of names that are not given
 * stay NULL. */
static enum lsn_status cut_values(char *text, const char *values[NAMES], struct lsn_error *err)
{
    char *item, *rest = text;
    int name;

    while (rest) {
        char *value;

        item = rest;
        rest = strchr(item, ',');
        if (rest)
            *rest++ = '\0';
        value = strchr(item, '=');
        for (name = 0; value && name < NAMES; name++)
            if (strlen(names[name]) == (size_t)(value - item) &&
                strncmp(names[name], item, (size_t)(value - item)) == 0)
                break;
        if (!value || name == NAMES)
            return lsn_fail(err, LSN_E_ARGUMENT,
                            "condition: '%.100s' is none of contrast=, region=, normalise=, "
                            "definition=, quantize=, seed=, mean=, sd=",
                            item);
        if (values[name])
            return lsn_fail(err, LSN_E_ARGUMENT, "condition: %s is given twice", names[name]);
        values[name] = value + 1;
    }
    return LSN_OK;
}

static enum lsn_status read_number(const char *text, int name, double high, double *value,
                                   struct lsn_error *err)
{
    if (!text || lsn_parse_float(text, 0, high, value))
        return LSN_OK;
    return lsn_fail(err, LSN_E_ARGUMENT, "condition: %s: '%.100s' is not a number in 0 ... %g",
                    names[name], text, high);
}

static enum lsn_status read_word(const char *text, int name, const char *const *words, int count,
                                 int *word, struct lsn_error *err)
{
    for (*word = 0; text && *word < count; ++*word)
        if (strcmp(words[*word], text) == 0)
            return LSN_OK;
    if (!text)
        return LSN_OK;
    *word = 0;
    return lsn_fail(err, LSN_E_ARGUMENT, "condition: %s: '%.100s' is none of %s, %s, %s",
                    names[name], text, words[0], words[1], words[2]);
}

static enum lsn_status read_values(const char *const values[NAMES], struct lsn_condition *made,
                                   struct lsn_error *err)
{
    double mean = LSN_NORMALISATION_MEAN, sd = LSN_NORMALISATION_SD;
    int64_t seed = 0;
    int word;

    LSN_TRY(read_number(values[CONTRAST], CONTRAST, 1, &made->contrast, err));
    LSN_TRY(read_number(values[MEAN], MEAN, 1, &mean, err));
    LSN_TRY(read_number(values[SD], SD, 1, &sd, err));
    if (sd <= 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "condition: sd: is not above 0");
    if (values[SEED] && !lsn_parse_int(values[SEED], 0, INT64_MAX, &seed))
        return lsn_fail(err, LSN_E_ARGUMENT, "condition: seed: '%.100s' is no whole number from 0",
                        values[SEED]);
    LSN_TRY(read_word(values[DEFINITION], DEFINITION, lsn_definition_names, LSN_DEFINITIONS, &word,
                      err));
    made->definition = (enum lsn_contrast_definition)word;
    LSN_TRY(read_word(values[QUANTIZE], QUANTIZE, lsn_quantize_names, LSN_QUANTIZES, &word, err));
    made->quantize = (enum lsn_quantize)word;
    LSN_TRY(lsn_region_parse(values[REGION] ? values[REGION] : "all", (uint64_t)seed, &made->region,
                             err));
    return lsn_normalisation_parse(values[NORMALISE] ? values[NORMALISE] : "none", mean, sd,
                                   &made->normalisation, err);
}

enum lsn_status lsn_condition_parse(const char *text, struct lsn_condition *condition,
                                    struct lsn_error *err)
{
    const char *values[NAMES] = {NULL};
    struct lsn_condition made = {.contrast = 1};
    enum lsn_status status;
    char *copy;

    lsn_error_clear(err);
    *condition = made;
    copy = lsn_strdup(text);
    if (!copy)
        return lsn_fail_memory(err, "a condition");
    status = cut_values(copy, values, err);
    if (status == LSN_OK)
        status = read_values(values, &made, err);
    if (status == LSN_OK)
        *condition = made;
    lsn_free(copy);
    return status;
}

void lsn_condition_text(const struct lsn_condition *c, char text[LSN_CONDITION_TEXT_MAX])
{
    char part[LSN_REGION_TEXT_MAX + LSN_NORMALISATION_TEXT_MAX];
    size_t size = LSN_CONDITION_TEXT_MAX, at;

    at = (size_t)snprintf(text, size, "contrast=%.9g", c->contrast);
    if (c->region.kind != LSN_REGION_ALL) {
        lsn_region_text(&c->region, part);
        at += (size_t)snprintf(text + at, size - at, ",region=%s", part);
    }
    if (c->region.seed)
        at += (size_t)snprintf(text + at, size - at, ",seed=%llu",
                               (unsigned long long)c->region.seed);
    if (c->normalisation.kind != LSN_NORMALISATION_NONE) {
        lsn_normalisation_text(&c->normalisation, part);
        at += (size_t)snprintf(text + at, size - at, ",normalise=%s", part);
        if (!c->normalisation.node[0])
            at += (size_t)snprintf(text + at, size - at, ",mean=%.9g,sd=%.9g",
                                   c->normalisation.mean, c->normalisation.sd);
    }
    if (c->definition != LSN_CONTRAST_MID_GREY)
        at += (size_t)snprintf(text + at, size - at, ",definition=%s",
                               lsn_definition_names[c->definition]);
    if (c->quantize != LSN_QUANTIZE_TRUNC)
        (void)snprintf(text + at, size - at, ",quantize=%s", lsn_quantize_names[c->quantize]);
}

enum lsn_status lsn_conditions_parse(const char *text, struct lsn_condition **conditions,
                                     int *count, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    char *copy, *item, *rest;
    size_t all = 1;

    lsn_error_clear(err);
    *conditions = NULL;
    *count = 0;
    copy = rest = lsn_strdup(text);
    for (item = copy; item && (item = strchr(item, ';')); item++)
        all++;
    *conditions = lsn_alloc(all, sizeof **conditions);
    if (!copy || !*conditions)
        status = lsn_fail_memory(err, "the conditions");
    while (status == LSN_OK && rest) {
        item = rest;
        rest = strchr(item, ';');
        if (rest)
            *rest++ = '\0';
        status = lsn_condition_parse(item, &(*conditions)[*count], err);
        if (status == LSN_OK)
            status = lsn_region_load(&(*conditions)[(*count)++].region, err);
    }
    lsn_free(copy);
    if (status != LSN_OK) {
        lsn_conditions_free(*conditions, *count);
        *conditions = NULL;
        *count = 0;
    }
    return status;
}

void lsn_conditions_free(struct lsn_condition *conditions, int count)
{
    int i;

    for (i = 0; conditions && i < count; i++)
        lsn_region_free(&conditions[i].region);
    lsn_free(conditions);
}
