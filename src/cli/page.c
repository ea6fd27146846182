#include "page.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lesion/version.h"

#define PREFIX "lesion-"

const char *page_topic(const struct page *page, int *length)
{
    const char *name = page->name;

    if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
        name += strlen(PREFIX);
    *length = (int)strcspn(name, ".");
    return name;
}

const struct page *page_find(const char *topic)
{
    size_t i;
    int length;

    for (i = 0; i < page_count; i++) {
        const char *name = page_topic(&pages[i], &length);

        if (strlen(topic) == (size_t)length && strncmp(name, topic, (size_t)length) == 0)
            return &pages[i];
    }
    return NULL;
}

const char *page_summary(const struct page *page, int *length)
{
    const char *text = (const char *)page->bytes;

    *length = (int)strcspn(text, "\n");
    return text;
}

static size_t line_length(const char *line)
{
    return strcspn(line, "\n");
}

static const char *next_line(const char *line)
{
    line += line_length(line);
    return *line ? line + 1 : line;
}

/* Whether the line is in capitals and begins at the margin. */
static bool is_heading(const char *line)
{
    size_t i;

    if (!isupper((unsigned char)line[0]))
        return false;
    for (i = 0; i < line_length(line); i++)
        if (islower((unsigned char)line[i]))
            return false;
    return true;
}

const char *page_opening(const struct page *page, const char **rest)
{
    const char *opening = next_line((const char *)page->bytes), *line;

    while (*opening == '\n')
        opening++;
    for (line = opening; *line && !is_heading(line); line = next_line(line))
        ;
    *rest = line;
    return opening;
}

void roff_title(const struct page *page)
{
    int summary_length, name_length = (int)strcspn(page->name, ".");
    const char *summary = page_summary(page, &summary_length);
    int i;

    printf(".TH \"");
    for (i = 0; i < name_length; i++)
        putchar(toupper((unsigned char)page->name[i]));
    printf("\" %c \"\" \"lesion %s\" \"lesion\"\n.SH NAME\n", page->name[name_length + 1],
           lsn_version());
    roff_text(page->name, (size_t)name_length);
    printf(" \\- ");
    roff_text(summary, (size_t)summary_length);
    putchar('\n');
}

/* A line that begins with . or ' would be a command to roff; other characters, if not escaped, come
 * out as typographic variants: "-" as a hyphen. */
void roff_text(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        bool is_first = i == 0 || text[i - 1] == '\n';

        switch (text[i]) {
        case '.':
            fputs(is_first ? "\\&." : ".", stdout);
            break;
        case '-':
            fputs("\\-", stdout);
            break;
        case '\\':
            fputs("\\e", stdout);
            break;
        case '\'':
            fputs("\\(aq", stdout);
            break;
        case '"':
            fputs("\\(dq", stdout);
            break;
        case '`':
            fputs("\\(ga", stdout);
            break;
        case '^':
            fputs("\\(ha", stdout);
            break;
        case '~':
            fputs("\\(ti", stdout);
            break;
        default:
            putchar(text[i]);
        }
    }
}

enum state { STARTED, PARAGRAPH, ITEM, VERBATIM };

/* Prints what has to stand after the last line of a state. */
static void close_state(enum state state)
{
    if (state == VERBATIM)
        printf(".EE\n.RE\n");
}

/* Prints an item from a line "term  text". */
static void roff_item(const char *line, size_t length)
{
    size_t term = 0;

    while (term < length && !(line[term] == ' ' && line[term + 1] == ' '))
        term++;
    printf(".TP\n.B \"");
    roff_text(line, term);
    printf("\"\n");
    while (term < length && line[term] == ' ')
        term++;
    if (term < length) {
        roff_text(line + term, length - term);
        putchar('\n');
    }
}

/* Prints one line that is not empty, and returns the new state. after: whether the line before it
 * was empty. */
static enum state roff_line(enum state state, const char *line, bool after)
{
    size_t length = line_length(line), indent = strspn(line, " ");

    if (indent == 2) {
        close_state(state);
        roff_item(line + indent, length - indent);
        return ITEM;
    }
    if (indent >= 4 && (state != ITEM || after)) {
        if (state != VERBATIM)
            printf("%s.RS 4\n.EX\n", state == STARTED ? "" : ".PP\n");
        else if (after)
            putchar('\n');
        roff_text(line + 4, length - 4);
        putchar('\n');
        return VERBATIM;
    }
    if (indent == 0 && state != STARTED && (after || state != PARAGRAPH)) {
        close_state(state);
        printf(".PP\n");
    }
    roff_text(line + indent, length - indent);
    putchar('\n');
    return indent ? ITEM : PARAGRAPH;
}

void roff_body(const char *text, const char *end)
{
    enum state state = STARTED;
    bool after = false;
    const char *line;

    for (line = text; line < end; line = next_line(line)) {
        if (*line == '\n') {
            after = true;
            continue;
        }
        if (is_heading(line)) {
            close_state(state);
            printf(".SH ");
            roff_text(line, line_length(line));
            putchar('\n');
            state = STARTED;
        } else {
            state = roff_line(state, line, after);
        }
        after = false;
    }
    close_state(state);
}
