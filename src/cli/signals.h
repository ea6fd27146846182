/* Ctrl-C and friends: the first asks for a clean end, the second ends at once. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "lesion/stop.h"

/* Catches SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP. */
void signals_catch(void);

/* Models are read where they lie in their files. Where bytes of one are gone (SIGBUS), the
 * program says so and ends with 1. */
void signals_catch_cut_files(void);

/* Set once one of them came. */
extern struct lsn_stop signals_stop;

/* Asks for that stop, too, once so many seconds are over. False: no timer could be set. */
bool signals_stop_after(double seconds);

/* Whether that was what asked for it. */
bool signals_time_is_up(void);

#endif
