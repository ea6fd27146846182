/* What lesion claims shows the intact network to choose the low contrast, and to compare it with
 * contrast normalisations. */
#ifndef CLI_LADDER_H
#define CLI_LADDER_H

#include "ends.h"
#include "options.h"

#define LADDER_RUNGS 12

/* The options for loading the inputs: with the contrasts of the ladder below the high one, the low
 * one if it is given, and the high one, ascending; and without and with the normalisations. */
struct ladder {
    struct options options;
    struct ends ends;
    char contrasts[(LADDER_RUNGS + 2) * 26], *normalisations;
};

/* Makes them from the program's options. False after an error message. */
bool ladder_make(const struct options *options, struct ladder *ladder);
void ladder_free(struct ladder *ladder);

#endif
