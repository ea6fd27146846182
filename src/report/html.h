/* Text on its way into a page. */
#ifndef LSN_REPORT_HTML_H
#define LSN_REPORT_HTML_H

#include "base/text.h"

/* Adds text as HTML shows it. */
void lsn_html_add(struct lsn_text *html, const char *text);

#endif
