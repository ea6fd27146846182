/* Ctrl-C and friends: the first asks for a clean end, the second ends at once. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <stdatomic.h>

/* Catches SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP. */
void signals_catch(void);

/* Set once one of them came. */
extern atomic_bool signals_stop;

#endif
