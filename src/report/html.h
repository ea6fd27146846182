/* Escapes text for an HTML page. */
#ifndef LSN_REPORT_HTML_H
#define LSN_REPORT_HTML_H

#include "base/text.h"

/* Adds text with the characters that mean something in HTML escaped. */
void lsn_html_add(struct lsn_text *html, const char *text);

#endif
