/* The manual's pages: pages/NAME.SECTION.txt, which the build puts into the program. lesion help
 * prints a page as it is written there, or converts it to roff for man.
 *
 * A page's first line is a summary without a full stop. Then come
 *   HEADING                   a line in capitals
 *   a paragraph               lines that begin at the margin
 *   "  term  what it means"   an item: two blanks, its term, two blanks or more and its text, which
 *                             may go on in lines that are indented further
 *   "    printed as it is"    after an empty line: four blanks or more; line breaks are kept
 * Pages are ASCII, at most 80 columns wide. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include <stddef.h>

struct page {
    const char *name;           /* of its file: "lesion-sweep.1.txt" */
    const unsigned char *bytes; /* [size], then a 0 */
    size_t size;
};

extern const struct page pages[]; /* in the order of their names */
extern const size_t page_count;

/* The page of a command or topic: "sweep", "tables", or "lesion" for the program; NULL: there is
 * none. */
const struct page *page_find(const char *topic);

/* The page's topic: its name without "lesion-" and endings. [*length] characters, no 0 after them.
 */
const char *page_topic(const struct page *page, int *length);

/* The page's first line, [*length] characters. */
const char *page_summary(const struct page *page, int *length);

/* The text between the summary and the first heading. *rest is where it ends: that heading, or the
 * end of the page. */
const char *page_opening(const struct page *page, const char **rest);

/* These print roff on standard output: a page's title and NAME section; a text, with the characters
 * that are special to roff escaped; and the lines from text to end, as paragraphs, items and
 * headings. */
void roff_title(const struct page *page);
void roff_text(const char *text, size_t length);
void roff_body(const char *text, const char *end);

#endif
