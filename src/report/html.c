#include "report/html.h"

void lsn_html_add(struct lsn_text *html, const char *text)
{
    for (; *text; text++)
        if (*text == '<')
            lsn_text_add(html, "&lt;");
        else if (*text == '&')
            lsn_text_add(html, "&amp;");
        else if (*text == '"')
            lsn_text_add(html, "&quot;");
        else
            lsn_text_add_bytes(html, text, 1);
}
