/* Tells which pictures can be made of a run. */
#ifndef LSN_REPORT_PICTURES_H
#define LSN_REPORT_PICTURES_H

struct lsn_report;
struct lsn_section;

/* Returns why the first layer's kernels cannot be shown, or NULL where they can. section is not
 * used. */
const char *lsn_pictures_lack_filters(const struct lsn_report *report,
                                      const struct lsn_section *section);

#endif
