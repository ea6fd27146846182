/* Running gnuplot. */
#ifndef LSN_REPORT_GNUPLOT_H
#define LSN_REPORT_GNUPLOT_H

#include <stdbool.h>

#include "base/error.h"

/* Runs `gnuplot -c script name` in folder, what it says in folder/gnuplot.log. *found:
 * whether there is a gnuplot. LSN_E_IO where it fails, also where it is not found or the
 * log cannot be made; LSN_E_MEMORY. */
enum lsn_status lsn_gnuplot_run(const char *folder, const char *script, const char *name,
                                bool *found, struct lsn_error *err);

#endif
