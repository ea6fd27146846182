/* What a race is decided by: pairwise tests between arms, bets on each arm against a bar, and each
 * arm's interval. */
#ifndef LSN_STATISTICS_RACE_H
#define LSN_STATISTICS_RACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define LSN_PAIR_TEST_BETS 5

/* Challengers are arms that are held against all active arms; each has a row.
 * Columns are the active arms in order. */
struct lsn_pair_tests {
    size_t stride;  /* arms at the start */
    size_t room;    /* rows there is memory for */
    size_t rows;    /* challengers now */
    size_t *column; /* [room] the challenger's own column */
    float *wealth;  /* [room][LSN_PAIR_TEST_BETS][stride] of each bet */
    float *peak;    /* [room][stride] the largest sum of the bets so far */
    float *stake;   /* [stride] for lsn_pair_tests_add: x + sum / remaining */
    float *behind;  /* [stride] sum / remaining */
    float goal;     /* a peak from which on the challenger has won */
    float bet[LSN_PAIR_TEST_BETS];
};

/* error: the probability of a false win that may be spent on one pair. */
enum lsn_status lsn_pair_tests_init(struct lsn_pair_tests *pair_tests, size_t arms, size_t room,
                                    size_t images, double error, struct lsn_error *err);
void lsn_pair_tests_free(struct lsn_pair_tests *pair_tests);

/* A further challenger against the columns [count]. share: its capital, of which one
 * pair may have 1 in all, in whichever ways it might have entered. */
void lsn_pair_tests_enter(struct lsn_pair_tests *pair_tests, size_t column, size_t count,
                          double share);

/* One image to all pairwise tests. x [count] in 0 ... 1; sums [count]
 * of those before it; remaining: images that were not seen before it, itself included. */
void lsn_pair_tests_add(struct lsn_pair_tests *pair_tests, const double *x, const double *sums,
                        size_t count, size_t remaining);

/* Wins that need no luck: the remaining images cannot make up for what was seen. */
void lsn_pair_tests_settle(struct lsn_pair_tests *pair_tests, const double *sums, size_t count,
                           size_t remaining);

/* Whether the challenger's mean over all images is surely above the column's. */
bool lsn_pair_tests_won(const struct lsn_pair_tests *pair_tests, size_t row, size_t column);

/* Removes the columns that are not kept [count], and their rows. */
void lsn_pair_tests_keep(struct lsn_pair_tests *pair_tests, const bool *kept, size_t count);

#define LSN_BAR_BETS 3

/* Bets that an arm's mean is above the bar, and that it is not (race_bar.c). */
struct lsn_bars {
    double total;    /* of the images of a list whose mean is the bar */
    double *bets;    /* [arms][2 * LSN_BAR_BETS] wealth of each bet: for, against */
    double *wealth;  /* [arms] of the bets for, now: an e-value of "its mean is not above" */
    double *peak;    /* [arms] the largest so far */
    double *against; /* [arms] the largest of the bets against */
    double *sorted;  /* [arms] for a decision */
    double hold[LSN_BAR_BETS];
};

/* bar: in 0 ... 1, as the values. LSN_E_MEMORY; lsn_bars_free also then. */
enum lsn_status lsn_bars_init(struct lsn_bars *bars, size_t arms, size_t images, double bar,
                              struct lsn_error *err);
void lsn_bars_free(struct lsn_bars *bars);

/* One image to an arm: x in 0 ... 1; sum of those before it; remaining: images that were not seen
 * before it, itself included. */
void lsn_bars_add(struct lsn_bars *bars, size_t arm, double x, double sum, size_t remaining);

/* A confidence sequence for one mean. Start from zeroes. */
struct lsn_confidence_sequence {
    double sum;                     /* of x in 0 ... 1 */
    double squares;                 /* of x - the mean expected before it */
    double weight, psi;             /* of the next images; set where seen grows past renew */
    double weighted, weights, cost; /* see race_interval.c */
};

/* x: the value after `seen` others of `images`. */
void lsn_confidence_sequence_add(struct lsn_confidence_sequence *spread, double x, size_t seen,
                                 size_t images, double error);
void lsn_confidence_sequence_interval(const struct lsn_confidence_sequence *spread, size_t seen,
                                      size_t images, double error, double *lower, double *upper);

#endif
