#include "ends.h"

#include <math.h>
#include <string.h>

#include "lesion/floor.h"
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

bool ends_parse(const struct options *options, double contrasts[2], double *share)
{
    if (!lsn_parse_float(options->low_accuracy, 0, 1, share)) {
        message_usage("--low-accuracy: '%s' is not a number in 0 ... 1", options->low_accuracy);
        return false;
    }
    if (!parse_contrast("high", options->high, &contrasts[1]))
        return false;
    if (options->low && strcmp(options->low, "auto") == 0) {
        contrasts[0] = ENDS_AUTO;
        return true;
    }
    if (!options->low || lsn_parse_float(options->low, 0, 1, &contrasts[0]))
        return parse_contrast("low", options->low, &contrasts[0]);
    message_usage("--low: '%s' is neither auto nor a number in 0 ... 1", options->low);
    return false;
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

/* The first condition of lowest (sign 1) or highest (-1) contrast. */
static int find_end(const struct lsn_results *results, double sign)
{
    int end = 0, c;

    for (c = 1; c < results->condition_count; c++)
        if (sign * results->conditions[c].contrast < sign * results->conditions[end].contrast)
            end = c;
    return end;
}

bool ends_find(const double contrasts[2], double share, const struct lsn_results *results,
               struct lsn_table_options *table)
{
    struct lsn_error err = LSN_ERROR_NONE;
    int high;

    if (!find_contrast("high", contrasts[1], results, &table->high))
        return false;
    if (contrasts[0] != ENDS_AUTO)
        return find_contrast("low", contrasts[0], results, &table->low);
    high = table->high < 0 ? find_end(results, -1) : table->high;
    if (lsn_floor_choose(results, high, share, &table->low, &err) != LSN_OK) {
        message_failure(&err);
        return false;
    }
    message_note("low contrast %.9g, of the run's the one whose intact accuracy is nearest to %.3g "
                 "of that at %.9g",
                 results->conditions[table->low].contrast, share,
                 results->conditions[high].contrast);
    return true;
}

bool ends_note(const struct lsn_results *results, int low, int high)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char text[LSN_FLOOR_TEXT_MAX];
    struct lsn_floor floor;

    low = low < 0 ? find_end(results, 1) : low;
    high = high < 0 ? find_end(results, -1) : high;
    if (lsn_floor_find(results, low, high, &floor, &err) != LSN_OK) {
        message_failure(&err);
        return false;
    }
    if (lsn_floor_text(&floor, results->conditions[low].contrast, text))
        message_note("%s (--low auto chooses one)", text);
    return true;
}

bool ends_are_one(const struct lsn_results *results)
{
    int c;

    for (c = 1; c < results->condition_count; c++)
        if (results->conditions[c].contrast != results->conditions[0].contrast)
            return false;
    return true;
}
