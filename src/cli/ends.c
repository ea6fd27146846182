#include "ends.h"

#include <math.h>
#include <string.h>

#include "lesion/floor.h"
#include "lesion/parse.h"
#include "message.h"

static bool parse_contrast(const char *option, const char *text, double *contrast)
{
    *contrast = -1;
    if (!text || lsn_parse_float(text, 0, 1, contrast))
        return true;
    message_usage("--%s: '%s' is not a number in 0 ... 1", option, text);
    return false;
}

bool ends_parse(const struct options *options, struct ends *ends)
{
    const char *low = options->low, *share = options->low_accuracy;

    *ends = (struct ends){.low = -1, .share = LSN_FLOOR_ACCURACY};
    ends->chosen = low && strcmp(low, "auto") == 0;
    if (!parse_contrast("high", options->high, &ends->high))
        return false;
    if (low && !ends->chosen && !lsn_parse_float(low, 0, 1, &ends->low)) {
        message_usage("--low: '%s' is neither auto nor a number in 0 ... 1", low);
        return false;
    }
    if (share && !ends->chosen) {
        message_usage("--low-accuracy goes with --low auto");
        return false;
    }
    if (share && !lsn_parse_float(share, 0, 1, &ends->share)) {
        message_usage("--low-accuracy: '%s' is not a number in 0 ... 1", share);
        return false;
    }
    return true;
}

static bool is_plain(const struct lsn_condition *condition)
{
    return condition->region.kind == LSN_REGION_ALL &&
           condition->normalisation.kind == LSN_NORMALISATION_NONE;
}

/* Sets *condition to one with that contrast, a plain one if there is one. A negative contrast, for
 * the default, gives -1. */
static bool find_contrast(const char *option, double contrast, const struct lsn_results *results,
                          int *condition)
{
    int c;

    *condition = -1;
    for (c = 0; c < results->condition_count; c++)
        if (fabs(results->conditions[c].contrast - contrast) < ENDS_TIE &&
            (*condition < 0 ||
             (is_plain(&results->conditions[c]) && !is_plain(&results->conditions[*condition]))))
            *condition = c;
    if (contrast < 0 || *condition >= 0)
        return true;
    message_usage("--%s: the run has no contrast %.9g", option, contrast);
    return false;
}

/* A condition without region and normalisation; where the run has none, its first one. */
static int find_plain(const struct lsn_results *results)
{
    int c;

    for (c = 0; c < results->condition_count; c++)
        if (is_plain(&results->conditions[c]))
            return c;
    return 0;
}

bool ends_find(const struct ends *ends, const struct lsn_results *results,
               struct lsn_table_options *table)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];
    int high;

    if (!find_contrast("high", ends->high, results, &table->high))
        return false;
    if (!ends->chosen)
        return find_contrast("low", ends->low, results, &table->low);
    high = table->high < 0 ? lsn_results_highest(results, find_plain(results)) : table->high;
    if (lsn_floor_choose(results, high, ends->share, &table->low, &err) != LSN_OK) {
        message_failure(&err);
        return false;
    }
    lsn_region_text(&results->conditions[high].region, region);
    lsn_normalisation_text(&results->conditions[high].normalisation, normalisation);
    message_note(
        "low contrast %.9g: the one whose intact accuracy (region %s, normalisation %s) is "
        "nearest to %.3g of that at %.9g",
        results->conditions[table->low].contrast, region, normalisation, ends->share,
        results->conditions[high].contrast);
    return true;
}

bool ends_note(const struct ends *ends, const struct lsn_results *results,
               const struct lsn_table_options *table)
{
    int plain = find_plain(results);
    int low = table->low < 0 ? lsn_results_lowest(results, plain) : table->low;
    int high = table->high < 0 ? lsn_results_highest(results, plain) : table->high;
    struct lsn_error err = LSN_ERROR_NONE;
    char text[LSN_FLOOR_TEXT_MAX];
    struct lsn_floor floor;

    if (lsn_floor_find(results, low, high, &floor, &err) != LSN_OK) {
        message_failure(&err);
        return false;
    }
    if (lsn_floor_text(&floor, text))
        message_note("%s%s", text,
                     ends->chosen || floor.high_at_chance ? "" : " (--low auto chooses one)");
    return true;
}
