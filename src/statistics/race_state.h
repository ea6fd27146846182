/* The inside of a race (race.c), which its two rules share: who is the top (race_top.c), and who
 * is above a bar (race_bar.c). */
#ifndef LSN_STATISTICS_RACE_STATE_H
#define LSN_STATISTICS_RACE_STATE_H

#include "lesion/race.h"
#include "statistics/race.h"

struct lsn_race_seen {
    enum lsn_race_state state;
    size_t images; /* when it was decided */
    struct lsn_confidence_sequence spread;
};

struct lsn_race_ranked {
    double mean;
    size_t at;
};

struct lsn_race {
    struct lsn_race_options options;
    double error;    /* 1 - confidence */
    size_t warm_up;  /* images before the first decision */
    size_t seen;     /* images */
    size_t count;    /* of active */
    size_t accepted; /* arms */
    uint64_t variants;
    struct lsn_race_seen *arms;     /* [arms] */
    size_t *active;                 /* [arms] the first count: active arms, rising */
    size_t *best;                   /* [arms] the first accepted: accepted arms, in order */
    double *x, *sums;               /* [arms] of the active arms: an image, those before it */
    bool *kept;                     /* [arms] of the active arms */
    struct lsn_race_ranked *ranked; /* [arms] */
    double *share;                  /* [arms] of the error, for an arm's false wins; 1: as equal */
    float *past;                    /* [warm_up][arms]; NULL without pair_tests */
    struct lsn_pair_tests pair_tests; /* of a race for the top */
    struct lsn_bars bars;             /* of a race against a bar */
};

/* Decides the active arm at a position; it stays among them until lsn_race_close_ranks. */
void lsn_race_decide(struct lsn_race *race, size_t position, enum lsn_race_state state);

/* Takes what is decided, and not kept, out of the active arms, and ranks the accepted. */
void lsn_race_close_ranks(struct lsn_race *race);

/* Sorts race->ranked [count]: largest mean first, ties by at. */
void lsn_race_sort(struct lsn_race *race, size_t count);

/* The rule of the top: what it keeps, an image behind those seen (race->x, race->sums of the
 * images before), and what can be decided. Failure: LSN_E_MEMORY. */
enum lsn_status lsn_race_top_create(struct lsn_race *race, struct lsn_error *err);
void lsn_race_top_add(struct lsn_race *race);
void lsn_race_top_start(struct lsn_race *race); /* at the end of the warm-up */
void lsn_race_top_decide(struct lsn_race *race);

/* The same of the rule of the bar. */
enum lsn_status lsn_race_bar_create(struct lsn_race *race, struct lsn_error *err);
void lsn_race_bar_add(struct lsn_race *race);
void lsn_race_bar_decide(struct lsn_race *race);

#endif
