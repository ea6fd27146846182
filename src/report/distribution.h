/* Describes the distribution of numbers: mean, quartiles and largest. */
#ifndef LSN_REPORT_DISTRIBUTION_H
#define LSN_REPORT_DISTRIBUTION_H

#include "base/text.h"

#define LSN_SPREAD "kernels,mean,quartile1,median,quartile3,largest"

/* Adds the cells of the columns LSN_SPREAD, with a comma before them, and ends the line. Sorts
 * values. */
void lsn_report_distribution(struct lsn_text *csv, double *values, size_t count);

#endif
