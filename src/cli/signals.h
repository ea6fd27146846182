/* Ctrl-C and the like: the first asks the work to stop in good order, the second ends the program
 * at once. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "lesion/stop.h"

/* Catches SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP. */
void signals_catch(void);

/* Model files are mapped into memory. If one is truncated while it is in use, reading it raises
 * SIGBUS: the program then prints an error and exits with 1. */
void signals_catch_cut_files(void);

/* Asked to stop when a signal has come. */
extern struct lsn_stop signals_stop;

/* Asks signals_stop to stop after so many seconds, too. False: no timer could be set. */
bool signals_stop_after(double seconds);

/* Whether that time was over before any signal came. */
bool signals_time_is_up(void);

#endif
