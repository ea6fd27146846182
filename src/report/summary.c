/* The words of the page: claims where there are some, else facts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesion/stats.h"
#include "lesion/table.h"
#include "report/report.h"

/* The kernel that costs most, and how many are significant, at one condition. */
struct most {
    size_t kernel, significant;
    double drop;
};

static struct most find_most(const struct lsn_report *report, const struct lsn_section *section,
                             int condition)
{
    struct most most = {section->first, 0, -HUGE_VAL};
    size_t k;

    for (k = section->first; k < section->end; k++) {
        double drop = lsn_report_number(lsn_report_cell(report, k, condition, "top1_drop"));

        most.significant +=
            lsn_report_number(lsn_report_cell(report, k, condition, "q")) < LSN_TABLE_Q;
        if (drop > most.drop) {
            most.drop = drop;
            most.kernel = k;
        }
    }
    return most;
}

/* As run.json has it, which anybody may have written. */
static void add_hash(const char *hash, struct lsn_text *html)
{
    char beginning[13];

    snprintf(beginning, sizeof beginning, "%.12s", hash);
    lsn_text_add(html, "SHA-256 <code title=\"");
    lsn_html_add(html, hash);
    lsn_text_add(html, "\">");
    lsn_html_add(html, beginning);
    lsn_text_add(html, "…</code>");
}

/* The network by its file's name, or by the beginning of its hash. */
static void add_run(const struct lsn_report *report, struct lsn_text *html)
{
    const struct lsn_results *r = report->results;
    const struct lsn_section *section = &report->sections[0];
    size_t layers = 1, k;

    for (k = section->first + 1; k < section->end; k++)
        layers += r->kernel_layer[k] != r->kernel_layer[k - 1];
    lsn_text_add(html, "<p>Network ");
    if (report->options->model_name) {
        lsn_text_add(html, "<b>");
        lsn_html_add(html, report->options->model_name);
        lsn_text_add(html, "</b>, ");
    }
    add_hash(report->model_sha256, html);
    lsn_text_add(html, ": %zu kernel%s of %zu layer%s, each lesioned alone",
                 section->end - section->first, section->end - section->first == 1 ? "" : "s",
                 layers, layers == 1 ? "" : "s");
    if (r->lesion_count > 1)
        lsn_text_add(html, " in %d ways", r->lesion_count);
    lsn_text_add(html, ". %zu image%s", r->complete_images, r->complete_images == 1 ? "" : "s");
    if (r->complete_images < r->image_count)
        lsn_text_add(html, " (the complete ones of %zu: the run is not finished)", r->image_count);
    lsn_text_add(html, " of %d classes, each at %d condition%s.</p>\n", r->classes,
                 r->condition_count, r->condition_count == 1 ? "" : "s");
}

static void add_row(const struct lsn_report *report, const struct lsn_section *section, int c,
                    struct lsn_text *html)
{
    const struct lsn_results *r = report->results;
    int condition = section->conditions[c];
    const char *intact = lsn_report_cell(report, section->first, condition, "top1_intact");
    size_t n = r->complete_images, right = (size_t)lsn_report_number(intact);
    struct lsn_interval interval = lsn_accuracy_interval(n, right, LSN_TABLE_LEVEL);
    struct most most = find_most(report, section, condition);
    double low =
        lsn_report_number(lsn_report_cell(report, most.kernel, condition, "top1_drop_low"));
    double high =
        lsn_report_number(lsn_report_cell(report, most.kernel, condition, "top1_drop_high"));

    lsn_text_add(html, "<tr><th scope=\"row\">");
    lsn_text_add_number(html, section->contrasts[c]);
    lsn_text_add(html,
                 "</th><td>%.1f <small>[%.1f, %.1f]</small></td><td>%.1f <small>[%.1f, %.1f]"
                 "</small></td><td>",
                 100 * (double)right / (double)n, 100 * interval.low, 100 * interval.high,
                 100 * most.drop, 100 * low, 100 * high);
    lsn_html_add(html, r->layer_names[r->kernel_layer[most.kernel]]);
    lsn_text_add(html, " %d</td><td>%zu</td></tr>\n", r->kernel_index[most.kernel],
                 most.significant);
}

static void add_selective(const struct lsn_report *report, const struct lsn_section *section,
                          struct lsn_text *html)
{
    size_t selective = 0, k;

    for (k = section->first; k < section->end; k++)
        selective +=
            lsn_report_number(lsn_report_selectivity(report, section, k, "p_max")) < LSN_REPORT_P;
    lsn_text_add(html,
                 "<p>%zu of %zu kernels %s selective for contrast: their drop at contrast %s "
                 "differs from that at %s (p_max below .05).</p>\n",
                 selective, section->end - section->first, selective == 1 ? "is" : "are",
                 lsn_report_selectivity(report, section, section->first, "contrast_low"),
                 lsn_report_selectivity(report, section, section->first, "contrast_high"));
}

enum lsn_status lsn_report_summarise(const struct lsn_report *report, struct lsn_text *html,
                                     struct lsn_error *err)
{
    int s, c;

    (void)err;
    add_run(report, html);
    for (s = 0; s < report->section_count; s++) {
        const struct lsn_section *section = &report->sections[s];

        lsn_text_add(html,
                     "<div data-section=\"%d\"><div class=\"wide\"><table class=\"facts\">"
                     "<thead><tr><th>contrast</th><th>intact accuracy, %%</th><th>largest "
                     "drop, points</th><th>of kernel</th><th>kernels with q &lt; .05</th></tr>"
                     "</thead><tbody>\n",
                     s);
        for (c = 0; c < section->contrast_count; c++)
            add_row(report, section, c, html);
        lsn_text_add(html, "</tbody></table></div>\n");
        if (section->compared)
            add_selective(report, section, html);
        lsn_text_add(html, "</div>\n");
    }
    lsn_text_add(html, "<p class=\"note\">In brackets 95 %% intervals: Wilson's of accuracies, "
                       "Newcombe's of drops. q: of McNemar's exact tests over all kernels at that "
                       "contrast (Benjamini-Hochberg).</p>\n");
    return LSN_OK;
}
