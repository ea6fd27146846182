#include "ladder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

/* Finds the item "none" in a comma-separated list; NULL: it has none. */
static const char *find_none(const char *list)
{
    while (list) {
        size_t length = strcspn(list, ",");

        if (length == 4 && memcmp(list, "none", 4) == 0)
            return list;
        list = list[length] ? list + length + 1 : NULL;
    }
    return NULL;
}

/* The list with "none" moved or added to its front, as a fresh string; NULL: out of memory. */
static char *put_none_first(const char *list)
{
    const char *none = find_none(list);
    size_t size = sizeof "none," + strlen(list);
    char *all = malloc(size);

    if (!all)
        return NULL;
    if (none && none > list)
        snprintf(all, size, "none,%.*s%s", (int)(none - list) - 1, list, none + strlen("none"));
    else if (none || !*list)
        snprintf(all, size, "none%s", none ? none + strlen("none") : "");
    else
        snprintf(all, size, "none,%s", list);
    return all;
}

/* The ladder: contrasts at which the intact network is run to choose the low contrast. Each is
 * about 1.5 times the one before it, so that the accuracy at one of them is near the one wanted. */
static const double rungs[LADDER_RUNGS] = {0.01, 0.015, 0.02, 0.03, 0.05, 0.07,
                                           0.1,  0.15,  0.2,  0.3,  0.5,  0.7};

/* Lists in ascending order the contrasts of the ladder below the high one, the low one if it is
 * given, and the high one. */
static void list_contrasts(struct ladder *ladder)
{
    double low = ladder->ends.low, high = ladder->ends.high;
    size_t used = 0, size = sizeof ladder->contrasts;
    bool given = low >= 0;
    int i;

    for (i = 0; i < LADDER_RUNGS && rungs[i] < high - ENDS_TIE; i++) {
        double rung = rungs[i];

        if (given && low < rung + ENDS_TIE) {
            if (low < rung - ENDS_TIE)
                used += (size_t)snprintf(ladder->contrasts + used, size - used, "%.17g,", low);
            given = false;
        }
        used += (size_t)snprintf(ladder->contrasts + used, size - used, "%.17g,", rung);
    }
    if (given)
        used += (size_t)snprintf(ladder->contrasts + used, size - used, "%.17g,", low);
    snprintf(ladder->contrasts + used, size - used, "%.17g", high);
}

bool ladder_make(const struct options *options, struct ladder *ladder)
{
    if (!ends_parse(options, &ladder->ends))
        return false;
    if (ladder->ends.low >= ladder->ends.high - ENDS_TIE) {
        message_usage("the low contrast, %.9g, is not below the high one, %.9g", ladder->ends.low,
                      ladder->ends.high);
        return false;
    }
    if (ladder->ends.chosen && rungs[0] >= ladder->ends.high - ENDS_TIE) {
        message_usage("--low auto: no contrast of the ladder, from %.9g on, is below the high one, "
                      "%.9g; give --low a number",
                      rungs[0], ladder->ends.high);
        return false;
    }
    ladder->options = *options;
    list_contrasts(ladder);
    ladder->normalisations = put_none_first(options->normalise);
    if (!ladder->normalisations) {
        message_error("out of memory for the normalisations");
        return false;
    }
    ladder->options.contrast = ladder->contrasts;
    ladder->options.region = "all";
    ladder->options.normalise = ladder->normalisations;
    return true;
}

void ladder_free(struct ladder *ladder)
{
    free(ladder->normalisations);
}
