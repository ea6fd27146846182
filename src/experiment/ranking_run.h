/* Races in run directories. */
#ifndef LSN_EXPERIMENT_RANKING_RUN_H
#define LSN_EXPERIMENT_RANKING_RUN_H

#include "experiment/ranking.h"

/* Opens the run directory that the options name, gives the results its store, finds the images
 * that have outcomes, and says in race.json that a race leaves outcomes. As lsn_run_open. */
enum lsn_status lsn_ranking_open_run(struct lsn_ranker *r, struct lsn_error *err);

/* Brings what was put onto the disk, and closes; status: of the race, which is returned unless
 * it was LSN_OK and this fails. */
enum lsn_status lsn_ranking_close_run(struct lsn_ranker *r, enum lsn_status status,
                                      struct lsn_error *err);

#endif
