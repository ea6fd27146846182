#include "ends.h"

#include <math.h>

#include "lesion/parse.h"
#include "message.h"

#define CONTRAST_TIE 1e-9 /* run directories keep nine digits */

static bool parse_contrast(const char *option, const char *text, double *contrast)
{
    *contrast = -1;
    if (!text || lsn_parse_float(text, 0, 1, contrast))
        return true;
    message_usage("--%s: '%s' is not a number in 0 ... 1", option, text);
    return false;
}

bool ends_parse(const struct options *options, double contrasts[2])
{
    return parse_contrast("low", options->low, &contrasts[0]) &&
           parse_contrast("high", options->high, &contrasts[1]);
}

/* The condition with that contrast; -1, for the default, stays. */
static bool find_contrast(const char *option, double contrast, const struct lsn_results *results,
                          int *condition)
{
    int c;

    *condition = -1;
    for (c = 0; c < results->condition_count && *condition < 0; c++)
        if (fabs(results->conditions[c].contrast - contrast) < CONTRAST_TIE)
            *condition = c;
    if (contrast < 0 || *condition >= 0)
        return true;
    message_usage("--%s: the run has no contrast %.9g", option, contrast);
    return false;
}

bool ends_find(const double contrasts[2], const struct lsn_results *results,
               struct lsn_table_options *table)
{
    return find_contrast("low", contrasts[0], results, &table->low) &&
           find_contrast("high", contrasts[1], results, &table->high);
}

bool ends_are_one(const struct lsn_results *results)
{
    int c;

    for (c = 1; c < results->condition_count; c++)
        if (results->conditions[c].contrast != results->conditions[0].contrast)
            return false;
    return true;
}
