/* Shapley values: what the driver and the table share. */
#ifndef LSN_EXPERIMENT_SHAPLEY_H
#define LSN_EXPERIMENT_SHAPLEY_H

#include "lesion/shapley.h"
#include "statistics/betting.h"

enum { LSN_SHAPLEY_MEASURES = LSN_RACE_LOSS + 1 };

/* What orders took from the network, of all their kernels: sums over images and rounds. */
struct lsn_shapley_ends {
    double intact[LSN_SHAPLEY_MEASURES], lesioned[LSN_SHAPLEY_MEASURES];
};

struct lsn_shapley {
    struct lsn_shapley_options how;
    struct lsn_results *axes;
    int rounds;                         /* complete */
    double units[LSN_SHAPLEY_MEASURES]; /* the largest |v|: what one is in `kernels` */
    double *places; /* [condition][LSN_SHAPLEY_MEASURES][kernel] sums over images of v after so many
                     * kernels, of round 1 */
    size_t length;  /* of the orders after round 1 */
    struct lsn_shapley_ends *ends; /* [condition] */
    struct lsn_betting *kernels; /* [condition][kernel][LSN_SHAPLEY_MEASURES] v before less after */
    double *before;  /* [condition][kernel][LSN_SHAPLEY_MEASURES] sums before the last round */
    double *squares; /* likewise, of the rounds' sums */
    enum lsn_race_state *states; /* [condition][kernel] of the search for the top */
};

/* What was seen of a kernel. */
const struct lsn_betting *lsn_shapley_kernel(const struct lsn_shapley *shapley, size_t kernel,
                                             int condition, enum lsn_race_measure measure);

/* The largest number of values of a kernel. */
size_t lsn_shapley_most(const struct lsn_shapley *shapley);

/* Adds a round's outcomes, which are complete. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_shapley_add(struct lsn_shapley *shapley, const struct lsn_results *results,
                                int round, struct lsn_error *err);

/* Finds where orders end after round 1. */
void lsn_shapley_cut(struct lsn_shapley *shapley);

/* Decides at each condition which kernels are among the top, as far as can be told. LSN_E_MEMORY.
 */
enum lsn_status lsn_shapley_decide(struct lsn_shapley *shapley, struct lsn_error *err);

#endif
