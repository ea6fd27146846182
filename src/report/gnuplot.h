/* Running gnuplot. */
#ifndef LSN_REPORT_GNUPLOT_H
#define LSN_REPORT_GNUPLOT_H

#include <stdbool.h>

#include "base/error.h"

/* Runs `gnuplot -c script name` in folder; its output goes to folder/gnuplot.log. Sets found to
 * whether gnuplot is installed. LSN_E_IO where gnuplot is not found, fails, or its log cannot be
 * made; LSN_E_MEMORY. */
enum lsn_status lsn_gnuplot_run(const char *folder, const char *script, const char *name,
                                bool *found, struct lsn_error *err);

#endif
