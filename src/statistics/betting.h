/* Interval of a mean of bounded values by betting, from counts of the values alone. */
#ifndef LSN_STATISTICS_BETTING_H
#define LSN_STATISTICS_BETTING_H

#include <stddef.h>

/* Values in -1 ... 1 are counted at nodes: 0, and on either side 1, 1 / 1.5, 1 / 1.5^2 ... A value
 * between two is counted at both, more at the nearer one, so that the sum stays. */
#define LSN_BETTING_SIDE  24
#define LSN_BETTING_NODES (2 * LSN_BETTING_SIDE + 1)

/* Rounds 1, 2 - 3, 4 - 7 ... are epochs; the last one has all rounds from 128 on. */
#define LSN_BETTING_EPOCHS 8

/* Start from zeroes. */
struct lsn_betting {
    double sum;                                           /* of the values */
    double values;                                        /* how many there are */
    double counts[LSN_BETTING_EPOCHS][LSN_BETTING_NODES]; /* from node -1 up */
};

/* round: from 1; the rounds come in order. */
void lsn_betting_add(struct lsn_betting *betting, int round, double value);

/* The interval that contains the mean with a probability of at least 1 - error. All values are
 * independent, and the mean is that of the expectations of a round's values, which is the same for
 * all rounds. The interval is to be asked for at the end of a round, and the ends of all rounds
 * share the error. most: the largest number of values that may come, which must not depend on them.
 * Before the first value: -1 and 1. */
void lsn_betting_interval(const struct lsn_betting *betting, size_t most, double error,
                          double *lower, double *upper);

#endif
