/* Shapley values: what the driver and the table share. */
#ifndef LSN_EXPERIMENT_SHAPLEY_H
#define LSN_EXPERIMENT_SHAPLEY_H

#include "lesion/shapley.h"
#include "statistics/betting.h"

enum { LSN_SHAPLEY_MEASURES = LSN_RACE_LOSS + 1 };

/* v before the first kernel of an order and after its last one: sums over images and rounds. */
struct lsn_shapley_ends {
    double intact[LSN_SHAPLEY_MEASURES], lesioned[LSN_SHAPLEY_MEASURES];
};

struct lsn_shapley {
    struct lsn_shapley_options how;
    struct lsn_results *axes;
    int rounds;                           /* complete */
    double largest[LSN_SHAPLEY_MEASURES]; /* |v|, by which the values in `bettings` are divided */
    double *curves; /* [condition][LSN_SHAPLEY_MEASURES][kernel] of round 1: sums over images of v
                     * after the first, second ... kernel of the orders */
    size_t length;  /* of the orders after round 1: all kernels, unless they are truncated */
    struct lsn_shapley_ends *ends; /* [condition] */
    struct lsn_betting *bettings;  /* [condition][kernel][LSN_SHAPLEY_MEASURES] on v before the
                                    * kernel is lesioned, less v after it */
    double *before; /* [condition][kernel][LSN_SHAPLEY_MEASURES] their sums before the last round */
    double *squares; /* likewise, sums over rounds of the square of what a round added to them */
    enum lsn_race_state *states; /* [condition][kernel] of the search for the top */
};

const struct lsn_betting *lsn_shapley_betting(const struct lsn_shapley *shapley, size_t kernel,
                                              int condition, enum lsn_race_measure measure);

/* How many values a kernel has at most: one for each image and round. */
size_t lsn_shapley_values_max(const struct lsn_shapley *shapley);

/* Adds a round's outcomes, which are complete. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_shapley_add(struct lsn_shapley *shapley, const struct lsn_results *results,
                                int round, struct lsn_error *err);

/* Finds where orders end after round 1, if they are truncated. */
void lsn_shapley_truncate(struct lsn_shapley *shapley);

/* Decides at each condition which kernels are among the top, as far as can be told. LSN_E_MEMORY.
 */
enum lsn_status lsn_shapley_decide(struct lsn_shapley *shapley, struct lsn_error *err);

#endif
