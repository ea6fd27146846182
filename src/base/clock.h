/* A clock for measuring how long something takes: seconds since an arbitrary start. */
#ifndef LSN_BASE_CLOCK_H
#define LSN_BASE_CLOCK_H

double lsn_clock_seconds(void);

#endif
