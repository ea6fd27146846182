/* How numbers are spread. */
#ifndef LSN_REPORT_SPREAD_H
#define LSN_REPORT_SPREAD_H

#include "base/text.h"

#define LSN_SPREAD "kernels,mean,quartile1,median,quartile3,largest"

/* The cells of LSN_SPREAD and the line's end, with a comma before them. Sorts values. */
void lsn_report_spread(struct lsn_text *csv, double *values, size_t count);

#endif
