/* The list of figures: their names, captions, and when each is drawn. */
#ifndef LSN_REPORT_KINDS_H
#define LSN_REPORT_KINDS_H

#include "report/report.h"

/* Of which runs a figure is. */
enum { LSN_OF_SWEEPS = 1, LSN_OF_RACES = 2, LSN_OF_ALL = LSN_OF_SWEEPS | LSN_OF_RACES };

struct lsn_figure_kind {
    const char *name; /* of the figure, and of its script NAME.gp */
    int runs;         /* of the above */
    bool each;        /* one figure for each section, else one for the whole run */
    const char *title, *caption;
    const char *link; /* how the page's script finds a kernel in the figure */
    /* Returns why the figure is left out, or NULL where it is drawn; section is NULL for a figure
     * of the whole run. The pointer is NULL for a figure that is always drawn. Where the reason is
     * "", the page does not mention the figure. */
    const char *(*lacks)(const struct lsn_report *report, const struct lsn_section *section);
    lsn_figure_make *make;
};

/* In the order of the page; the first of a run stands right after the summary. */
extern const struct lsn_figure_kind lsn_figure_kinds[];
extern const int lsn_figure_kind_count;

/* The caption of a section's figure: measures of selectivity differ between sections. */
const char *lsn_figure_find_caption(const struct lsn_report *report,
                                    const struct lsn_figure_kind *kind,
                                    const struct lsn_section *section);

#endif
