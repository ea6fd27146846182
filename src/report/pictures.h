/* What pictures can be made of a run. */
#ifndef LSN_REPORT_PICTURES_H
#define LSN_REPORT_PICTURES_H

struct lsn_report;
struct lsn_section;

/* Why the first layer's kernels cannot be shown; NULL: they can. section
 * is not looked at. */
const char *lsn_pictures_lack_filters(const struct lsn_report *report,
                                      const struct lsn_section *section);

#endif
