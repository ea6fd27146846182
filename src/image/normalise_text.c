/* Reads and writes normalisations as text. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lesion/normalise.h"
#include "lesion/parse.h"

enum { NUMBERS_MAX = 3, NUMBER_CHARS = LSN_NUMBER_MAX };

static const struct kind {
    const char *name;
    int numbers;
    const char *form;
} kinds[] = {
    [LSN_NORMALISATION_NONE] = {"none", 0, "none"},
    [LSN_NORMALISATION_GLOBAL] = {"global", 0, "global"},
    [LSN_NORMALISATION_LOCAL] = {"local", 1, "local:SIGMA"},
    [LSN_NORMALISATION_DIVISIVE] = {"divisive", 3, "divisive:SIGMA:HALF:N"},
    [LSN_NORMALISATION_POOL] = {"pool", 0, "pool@NODE"},
};

static_assert(sizeof kinds / sizeof kinds[0] == LSN_NORMALISATION_KINDS, "each kind has a row");

static const struct number {
    const char *name;
    double low, high;
} numbers[NUMBERS_MAX] = {{"sigma", 0.1, 1000}, {"half", 1e-6, 1e6}, {"N", 0.1, 10}};

static enum lsn_status parse_number(const char *text, const char **at, int number, double *value,
                                    struct lsn_error *err)
{
    size_t length = strcspn(*at, ":@");
    char digits[NUMBER_CHARS] = "";

    if (length < sizeof digits)
        memcpy(digits, *at, length);
    if (!lsn_parse_float(digits, numbers[number].low, numbers[number].high, value))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation '%.100s': its %s '%.*s' is not a number in %g ... %g", text,
                        numbers[number].name, length < 40 ? (int)length : 40, *at,
                        numbers[number].low, numbers[number].high);
    *at += length;
    return LSN_OK;
}

/* Reads the numbers after the kind's name, each after a colon, up to an @ or the end. */
static enum lsn_status parse_numbers(const char *text, const char *at,
                                     struct lsn_normalisation *normalisation, struct lsn_error *err)
{
    const struct kind *kind = &kinds[normalisation->kind];
    double *const values[NUMBERS_MAX] = {&normalisation->sigma_px, &normalisation->half,
                                         &normalisation->power};
    int i;

    for (i = 0; i < kind->numbers && *at == ':'; i++) {
        at++;
        LSN_TRY(parse_number(text, &at, i, values[i], err));
    }
    if (i == kind->numbers && *at != ':')
        return LSN_OK;
    return lsn_fail(err, LSN_E_ARGUMENT, "normalisation '%.100s': is not of the form %s", text,
                    kind->form);
}

static enum lsn_status parse_node(const char *text, const char *node,
                                  struct lsn_normalisation *normalisation, struct lsn_error *err)
{
    bool wants = normalisation->kind == LSN_NORMALISATION_POOL;

    if (normalisation->kind == LSN_NORMALISATION_NONE && node)
        return lsn_fail(err, LSN_E_ARGUMENT, "normalisation '%.100s': none is of no node", text);
    if ((wants && !node) || (node && !node[0]))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation '%.100s': wants a node of the network behind @", text);
    if (!node)
        return LSN_OK;
    if (strlen(node) >= sizeof normalisation->node)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation '%.100s...': the node's name has over %zu bytes", text,
                        sizeof normalisation->node - 1);
    memcpy(normalisation->node, node, strlen(node) + 1);
    return LSN_OK;
}

enum lsn_status lsn_normalisation_parse(const char *text, double mean, double sd,
                                        struct lsn_normalisation *normalisation,
                                        struct lsn_error *err)
{
    size_t length = strcspn(text, ":@");
    const char *node = strchr(text, '@');
    int i;

    lsn_error_clear(err);
    *normalisation = (struct lsn_normalisation){.kind = LSN_NORMALISATION_NONE};
    for (i = 0; i < LSN_NORMALISATION_KINDS; i++)
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, text, length) == 0)
            break;
    if (i == LSN_NORMALISATION_KINDS)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "normalisation '%.100s': is none of none, global, local:SIGMA, "
                        "divisive:SIGMA:HALF:N, these with @NODE, pool@NODE",
                        text);
    normalisation->kind = (enum lsn_normalisation_kind)i;
    LSN_TRY(parse_numbers(text, text + length, normalisation, err));
    LSN_TRY(parse_node(text, node ? node + 1 : NULL, normalisation, err));
    if (normalisation->kind == LSN_NORMALISATION_NONE || node)
        return LSN_OK;
    if (!(mean >= 0 && mean <= 1 && sd > 0 && sd <= 1))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "a stimulus cannot be brought to mean %g and sd %g, wanted are 0 ... 1, "
                        "the sd above 0",
                        mean, sd);
    normalisation->mean = mean;
    normalisation->sd = sd;
    return LSN_OK;
}

void lsn_normalisation_text(const struct lsn_normalisation *normalisation,
                            char text[LSN_NORMALISATION_TEXT_MAX])
{
    const double values[NUMBERS_MAX] = {normalisation->sigma_px, normalisation->half,
                                        normalisation->power};
    const struct kind *kind = &kinds[normalisation->kind];
    char *at = text + snprintf(text, NUMBER_CHARS, "%s", kind->name);
    int i;

    for (i = 0; i < kind->numbers; i++) {
        *at++ = ':';
        at += lsn_number_print(values[i], at, NUMBER_CHARS);
    }
    if (normalisation->node[0])
        snprintf(at, (size_t)(text + LSN_NORMALISATION_TEXT_MAX - at), "@%s", normalisation->node);
}
