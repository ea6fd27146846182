/* The manual's pages: pages/NAME.SECTION.txt, which the build puts into the program. help shows a
 * page as it is written there, or makes it roff for man.
 *
 * A page's first line says what it is about, in one line without a full stop. Then come
 *   HEADING                   a line in capitals
 *   a paragraph               lines that begin at the margin
 *   "  term  what it means"   an item: two blanks, its term, two blanks or more and its text, which
 *                             goes on in lines that are further in
 *   "    as it stands"        after an empty line: four blanks or more; kept line by line
 * Pages are of ASCII, at most 80 columns. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include <stddef.h>

struct page {
    const char *name;           /* of its file: "lesion-sweep.1.txt" */
    const unsigned char *bytes; /* [size], and a 0 */
    size_t size;
};

extern const struct page pages[]; /* in the order of their names */
extern const size_t page_count;

/* The page of a command or topic: "sweep", "tables", "lesion" (of the program); NULL: there is
 * none. */
const struct page *page_find(const char *topic);

/* What it is called without lesion-, and how long that is in *length. */
const char *page_topic(const struct page *page, int *length);

/* Its first line, and how long that is. */
const char *page_summary(const struct page *page, int *length);

/* Its text behind the summary, up to *rest: its first heading, or its end. */
const char *page_opening(const struct page *page, const char **rest);

/* On standard output, as roff: a page's title and NAME; text, with what is special to roff escaped;
 * and the lines from text up to end as paragraphs, items and headings. */
void roff_title(const struct page *page);
void roff_text(const char *text, size_t length);
void roff_body(const char *text, const char *end);

#endif
