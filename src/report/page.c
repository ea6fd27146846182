/* Makes the page from the skeleton assets/page.html. Figures, styles and scripts are put into the
 * page itself, so that it needs no other file. */
#include <string.h>

#include "base/memory.h"
#include "format/file.h"
#include "lesion/version.h"
#include "report/assets.h"
#include "report/html.h"
#include "report/report.h"

#define FIGURE_BYTES_MAX ((size_t)1 << 28)
#define CLAIMS_BYTES_MAX ((size_t)1 << 24)

/* What stands above the figures. */
#define NOTE                                                                                       \
    "Drops are in percentage points of accuracy, intact minus lesioned; measures of selectivity "  \
    "in\npercent of the images that the intact network has right at both contrasts. A contrast "   \
    "has the same\ncolour in all figures. Click a point, or a row of the <a "                      \
    "href=\"#kernels\">table</a>, to follow a kernel through\nthe figures."
#define RACED_NOTE                                                                                 \
    "A contrast has the same colour in all figures. The images that each kernel was run on, and "  \
    "those that it lost and gained,\nare in the <a href=\"#kernels\">table</a> at the end."

/* Adds one line of a claim: its headline, the beginning of an item, or the continuation of one. */
static void add_line(struct lsn_text *html, const char *line, size_t length, bool *listed)
{
    char *text = lsn_strndup(line, length);
    bool item = text && strncmp(text, "- ", 2) == 0;

    if (!text) {
        html->failed = true;
        return;
    }
    if (item) {
        lsn_text_add(html, *listed ? "</li>\n<li>" : "\n<ul><li>");
        *listed = true;
    } else {
        lsn_text_add(html, " ");
    }
    lsn_html_add(html, text + (item ? 2 : strspn(text, " ")));
    lsn_free(text);
}

/* Adds one paragraph of claims.txt (lesion/claims.h); the headline of one with items is bold. */
static void add_block(struct lsn_text *html, const char *text, size_t length)
{
    const char *end = text + length, *next;
    const char *item = strstr(text, "\n- ");
    bool listed = false, items = item && item < end;

    lsn_text_add(html, items ? "<div class=\"claim\"><b>" : "<p>");
    for (; text < end; text = next) {
        size_t line = strcspn(text, "\n");

        next = text + line + (text[line] == '\n');
        if (items && !listed && strncmp(text, "- ", 2) == 0)
            lsn_text_add(html, "</b>");
        add_line(html, text, line, &listed);
    }
    lsn_text_add(html, listed ? "</li></ul></div>\n" : "</p>\n");
}

static void add_claims(struct lsn_text *html, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t length = end ? (size_t)(end - text) : strlen(text);

        if (length > 0)
            add_block(html, text, length);
        text += length;
        text += strspn(text, "\n");
    }
}

/* Adds the run's claims.txt or, where it has none, a summary of the tables; of a run that races
 * left both, as the summary says what the page lacks. */
static enum lsn_status add_words(const struct lsn_report *report, struct lsn_text *html,
                                 struct lsn_error *err)
{
    char *path = lsn_path_join(report->run, "claims.txt");
    struct lsn_bytes bytes = {0};
    enum lsn_status status = LSN_OK;

    if (!path)
        return lsn_fail_memory(err, "a path");
    if (lsn_file_read(path, CLAIMS_BYTES_MAX, &bytes, NULL) == LSN_OK)
        add_claims(html, (const char *)bytes.data);
    if (!bytes.data || report->results->raced)
        status = lsn_report_summarise(report, html, err);
    lsn_free(bytes.data);
    lsn_free(path);
    return status;
}

/* Adds an SVG file to the page. Name spaces and the title, which only a file of its own needs, are
 * dropped. Every id gets the figure's name in front, as gnuplot uses the same ids in every file. */
static void add_svg(struct lsn_text *html, const char *name, const char *svg)
{
    static const char *const dropped[] = {" xmlns=\"http://www.w3.org/2000/svg\"",
                                          " xmlns:xlink=\"http://www.w3.org/1999/xlink\""};
    static const char *const named[] = {" id='", " id=\"", "href='#", "url(#"};
    const char *at = strstr(svg, "<svg");
    size_t i;

    while (at && *at) {
        size_t skip = 0, keep = 1;

        for (i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
            if (strncmp(at, dropped[i], strlen(dropped[i])) == 0)
                skip = strlen(dropped[i]);
        if (strncmp(at, "<title>", 7) == 0 && strstr(at, "</title>"))
            skip = (size_t)(strstr(at, "</title>") + 8 - at);
        for (i = 0; i < sizeof named / sizeof named[0]; i++)
            if (strncmp(at, named[i], strlen(named[i])) == 0)
                keep = strlen(named[i]);
        if (skip) {
            at += skip;
            continue;
        }
        lsn_text_add_bytes(html, at, keep);
        if (keep > 1)
            lsn_text_add(html, "%s-", name);
        at += keep;
    }
}

/* Reads figures/NAME.ending. */
static enum lsn_status read_figure(const struct lsn_report *report, const struct lsn_figure *figure,
                                   const char *ending, struct lsn_bytes *bytes,
                                   struct lsn_error *err)
{
    char *path = lsn_report_path(report, "figures", figure->name, ending);
    enum lsn_status status =
        path ? lsn_file_read(path, FIGURE_BYTES_MAX, bytes, err) : lsn_fail_memory(err, "a path");

    lsn_free(path);
    return status;
}

static void add_files(struct lsn_text *html, const struct lsn_figure *figure, bool drawn)
{
    static const char *const endings[] = {"svg", "pdf", "csv"};
    size_t i;

    lsn_text_add(html, " <span class=\"files\">");
    for (i = drawn ? 0 : 2; i < sizeof endings / sizeof endings[0]; i++)
        lsn_text_add(html, "<a href=\"figures/%s.%s\">%s</a> ", figure->name, endings[i],
                     endings[i]);
    lsn_text_add(html, "</span>");
}

static enum lsn_status add_figure(const struct lsn_report *report, const struct lsn_figure *figure,
                                  struct lsn_text *html, struct lsn_error *err)
{
    struct lsn_bytes svg = {0}, axes = {0};

    lsn_text_add(html, "<figure id=\"%s\" data-link=\"%s\"", figure->name, lsn_figure_link(figure));
    if (figure->section >= 0)
        lsn_text_add(html, " data-section=\"%d\"", figure->section);
    if (!figure->left_out[0] && lsn_figure_link(figure)[0]) {
        LSN_TRY(read_figure(report, figure, ".axes.csv", &axes, err));
        lsn_text_add(html, " data-axes=\"");
        lsn_html_add(html, (const char *)axes.data);
        lsn_text_add(html, "\"");
        lsn_free(axes.data);
    }
    lsn_text_add(html, ">\n<h3>%s", lsn_figure_title(figure));
    if (figure->section >= 0 && report->section_count > 1) {
        lsn_text_add(html, " <small>");
        lsn_html_add(html, report->sections[figure->section].title);
        lsn_text_add(html, "</small>");
    }
    lsn_text_add(html, "</h3>\n");
    if (figure->left_out[0]) {
        lsn_text_add(html, "<p class=\"left-out\">Left out: ");
        lsn_html_add(html, figure->left_out);
        lsn_text_add(html, "</p>\n");
    } else {
        LSN_TRY(read_figure(report, figure, ".svg", &svg, err));
        lsn_text_add(html, "<div class=\"plot\" role=\"img\" aria-label=\"%s. %s\">\n",
                     lsn_figure_title(figure), lsn_figure_caption(figure));
        add_svg(html, figure->name, (const char *)svg.data);
        lsn_free(svg.data);
        lsn_text_add(html, "</div>\n");
    }
    lsn_text_add(html, "<figcaption>%s", figure->left_out[0] ? "" : lsn_figure_caption(figure));
    if (figure->has_data)
        add_files(html, figure, !figure->left_out[0]);
    lsn_text_add(html, "</figcaption>\n</figure>\n");
    return LSN_OK;
}

/* Adds the first figure, of the intact network, which stands right after the summary. */
static enum lsn_status add_first(const struct lsn_report *report, struct lsn_text *html,
                                 struct lsn_error *err)
{
    return add_figure(report, &report->figures[0], html, err);
}

static enum lsn_status add_figures(const struct lsn_report *report, struct lsn_text *html,
                                   struct lsn_error *err)
{
    int i;

    if (report->section_count < report->section_total)
        lsn_text_add(html, "<p>Shown are the first %d of %d sections; all are in the tables.</p>\n",
                     report->section_count, report->section_total);
    for (i = 1; i < report->figure_count; i++)
        LSN_TRY(add_figure(report, &report->figures[i], html, err));
    return LSN_OK;
}

static enum lsn_status add_choice(const struct lsn_report *report, struct lsn_text *html,
                                  struct lsn_error *err)
{
    int s;

    (void)err;
    for (s = 0; s < report->section_count; s++) {
        lsn_text_add(html, "<option value=\"%d\">", s);
        lsn_html_add(html, report->sections[s].title);
        lsn_text_add(html, "</option>\n");
    }
    if (report->section_count < report->section_total)
        lsn_text_add(html, "<option disabled>and %d more, in the tables</option>\n",
                     report->section_total - report->section_count);
    return LSN_OK;
}

/* The kernels of each section as CSV, whose < and & the script puts back. */
static enum lsn_status add_data(const struct lsn_report *report, struct lsn_text *html,
                                struct lsn_error *err)
{
    int s;

    for (s = 0; s < report->section_count; s++) {
        struct lsn_text csv = {0};
        lsn_figure_make *rows = report->results->raced ? lsn_report_raced_rows : lsn_report_rows;
        enum lsn_status status = rows(report, &report->sections[s], &csv, err);
        size_t start, i;

        lsn_text_add(html, "<script type=\"text/csv\" data-section=\"%d\">\n", s);
        for (i = 0; i < csv.length && status == LSN_OK; i += start) {
            start = strcspn(csv.bytes + i, "<&");
            lsn_text_add_bytes(html, csv.bytes + i, start);
            if (i + start < csv.length)
                lsn_text_add(html, csv.bytes[i + start++] == '<' ? "&lt;" : "&amp;");
        }
        lsn_text_add(html, "</script>\n");
        html->failed = html->failed || csv.failed;
        lsn_text_free(&csv);
        LSN_TRY(status);
    }
    return LSN_OK;
}

static enum lsn_status add_asset(const char *name, struct lsn_text *html)
{
    size_t i;

    for (i = 0; i < lsn_asset_count; i++)
        if (strcmp(lsn_assets[i].name, name) == 0)
            lsn_text_add_bytes(html, lsn_assets[i].bytes, lsn_assets[i].size);
    return LSN_OK;
}

/* The names that stand in double braces in the skeleton, and what is put in their place. */
static enum lsn_status add_part(const struct lsn_report *report, const char *name, size_t length,
                                struct lsn_text *html, struct lsn_error *err)
{
    static const struct {
        const char *name;
        enum lsn_status (*add)(const struct lsn_report *report, struct lsn_text *html,
                               struct lsn_error *err);
    } parts[] = {{"words", add_words},
                 {"first", add_first},
                 {"choice", add_choice},
                 {"figures", add_figures},
                 {"data", add_data}};
    size_t i;

    if (length == 5 && memcmp(name, "style", 5) == 0)
        return add_asset("page.css", html);
    if (length == 6 && memcmp(name, "script", 6) == 0)
        return add_asset("page.js", html);
    if (length == 7 && memcmp(name, "version", 7) == 0)
        lsn_text_add(html, "%s", lsn_version());
    if (length == 4 && memcmp(name, "note", 4) == 0)
        lsn_text_add(html, "%s", report->results->raced ? RACED_NOTE : NOTE);
    if (length == 4 && memcmp(name, "bold", 4) == 0)
        lsn_text_add(html, "%s", report->results->raced ? "" : " Bold: q below .05.");
    if (length == 7 && memcmp(name, "network", 7) == 0)
        lsn_html_add(html, report->options->model_name ? report->options->model_name : "");
    for (i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strlen(parts[i].name) == length && memcmp(name, parts[i].name, length) == 0)
            return parts[i].add(report, html, err);
    return LSN_OK;
}

enum lsn_status lsn_page_write(const struct lsn_report *report, struct lsn_error *err)
{
    struct lsn_text skeleton = {0}, html = {0};
    enum lsn_status status = LSN_OK;
    const char *at, *open;

    (void)add_asset("page.html", &skeleton);
    for (at = skeleton.bytes; at && status == LSN_OK; at = open) {
        const char *close;

        open = strstr(at, "{{");
        close = open ? strstr(open, "}}") : NULL;
        lsn_text_add_bytes(&html, at, open ? (size_t)(open - at) : strlen(at));
        if (!close)
            break;
        status = add_part(report, open + 2, (size_t)(close - open) - 2, &html, err);
        open = close + 2;
    }
    html.failed = html.failed || skeleton.failed;
    lsn_text_free(&skeleton);
    if (status == LSN_OK)
        return lsn_report_write_file(report, "", "index", ".html", &html, err);
    lsn_text_free(&html);
    return status;
}
