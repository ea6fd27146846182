/* The two contrasts that selectivity compares. */
#ifndef CLI_ENDS_H
#define CLI_ENDS_H

#include "lesion/results.h"
#include "lesion/table.h"
#include "options.h"

/* Contrasts this near are one: run directories keep nine digits. */
#define ENDS_TIE 1e-9

/* The two contrasts as the options give them. */
struct ends {
    double low, high; /* -1: the default */
    bool chosen;      /* the low one is to be chosen, --low auto */
    double share;     /* of the intact accuracy at high that it should leave */
};

/* Reads --low, --high and --low-accuracy. False, with an error said, where one is wrong. */
bool ends_parse(const struct options *options, struct ends *ends);

/* Sets the conditions with these contrasts; chooses the low one of the run's where it is to be,
 * by what is shown without region and normalisation, if anything is. False, with an error said,
 * where the run lacks one. */
bool ends_find(const struct ends *ends, const struct lsn_results *results,
               struct lsn_table_options *table);

/* Notes where the conditions compared leave a lesion little to lose. False, with an error said,
 * where the run cannot be read. */
bool ends_note(const struct ends *ends, const struct lsn_results *results,
               const struct lsn_table_options *table);

/* Whether the run has one contrast only. */
bool ends_are_one(const struct lsn_results *results);

#endif
