/* The two contrasts that selectivity compares. */
#ifndef CLI_ENDS_H
#define CLI_ENDS_H

#include "lesion/results.h"
#include "lesion/table.h"
#include "options.h"

/* Contrasts that differ by less are the same: run directories store nine digits. */
#define ENDS_TIE 1e-9

/* The two contrasts as the options give them. */
struct ends {
    double low, high; /* -1: the default */
    bool chosen;      /* --low auto: the low one is chosen by the intact accuracy */
    double share;     /* with --low auto: the intact accuracy at low / that at high aimed at */
};

/* Reads --low, --high and --low-accuracy. False after an error message where one is wrong. */
bool ends_parse(const struct options *options, struct ends *ends);

/* Sets table->low and table->high to conditions with these contrasts, or to -1 for the default. If
 * the run has conditions without region and normalisation, these are taken, also to choose the low
 * contrast. False after an error message where the run has no such contrast. */
bool ends_find(const struct ends *ends, const struct lsn_results *results,
               struct lsn_table_options *table);

/* Prints a note if the intact network is right on so few images at the low contrast that a lesion
 * can hardly lose any. False after an error message where the run cannot be read. */
bool ends_note(const struct ends *ends, const struct lsn_results *results,
               const struct lsn_table_options *table);

#endif
