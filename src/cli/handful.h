/* The runs behind claim 2 of all kernels, where --sample-kernels has the other claims of a sample:
 * the top kernels are chosen by a race over all kernels on one half of the images and run on the
 * other half, and the other way round. */
#ifndef CLI_HANDFUL_H
#define CLI_HANDFUL_H

#include "inputs.h"
#include "lesion/claims.h"

/* Start from zeroes. */
struct handful {
    struct lsn_ranking *chosen[2];
    struct lsn_results *measured[2];
    struct lsn_claims_half halves[2];
};

/* Runs them, or goes on with them, in the run directories choose-1, measure-1, choose-2 and
 * measure-2 in handful/ of --output; nothing where the sweep leaves nothing to race for
 * (lsn_claims_top). conditions: of the sweep. False after a message where they were interrupted or
 * failed; but true where time was up. handful_free has to follow. */
bool handful_find(const struct options *options, const struct inputs *inputs,
                  const struct lsn_results *sweep, const struct lsn_condition *conditions,
                  struct handful *handful);

/* For the claims: [2]; NULL where they are not all complete. */
const struct lsn_claims_half *handful_halves(const struct handful *handful);

void handful_free(struct handful *handful);

#endif
