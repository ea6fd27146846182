/* The page's summary of the run, for a run without claims. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesion/floor.h"
#include "lesion/stats.h"
#include "lesion/table.h"
#include "report/html.h"
#include "report/report.h"

/* At one condition, the kernel with the largest drop, and how many kernels are significant. */
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

/* Adds a hash from run.json, escaped, as anybody may have written that file. */
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

/* Names the network by its file's name or, without one, by the beginning of its hash. */
static void add_run(const struct lsn_report *report, struct lsn_text *html)
{
    const struct lsn_results *r = report->results;
    const struct lsn_section *section = &report->sections[0];
    size_t images = r->raced ? r->image_count : r->complete_images, layers = 1, k;

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
                 section->end - section->first, lsn_plural(section->end - section->first), layers,
                 lsn_plural((size_t)layers));
    if (r->lesion_count > 1)
        lsn_text_add(html, " in %d ways", r->lesion_count);
    lsn_text_add(html, ". %zu image%s", images, lsn_plural(images));
    if (images < r->image_count)
        lsn_text_add(html, " (the complete ones of %zu: the run is not finished)", r->image_count);
    lsn_text_add(html, " of %d classes, each at %d condition%s.</p>\n", r->classes,
                 r->condition_count, lsn_plural((size_t)r->condition_count));
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
        lsn_report_number(lsn_report_cell(report, most.kernel, condition, "top1_drop_ci_low"));
    double high =
        lsn_report_number(lsn_report_cell(report, most.kernel, condition, "top1_drop_ci_high"));

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

static size_t count_selective(const struct lsn_report *report, const struct lsn_section *section,
                              const struct lsn_measure *measure)
{
    size_t selective = 0, k;

    for (k = section->first; k < section->end; k++)
        selective += lsn_report_is_selective(report, section, measure, k);
    return selective;
}

/* Says how many kernels are selective by each measure and between which contrasts; warns where the
 * intact accuracy at low contrast leaves little to lose. */
static enum lsn_status add_selective(const struct lsn_report *report,
                                     const struct lsn_section *section, struct lsn_text *html,
                                     struct lsn_error *err)
{
    const struct lsn_measure *best = lsn_report_measure(report, section);
    const char *low = lsn_report_selectivity(report, section, section->first, "contrast_low");
    const char *high = lsn_report_selectivity(report, section, section->first, "contrast_high");
    int condition = lsn_report_end(report, section, "contrast_low");
    size_t kernels = section->end - section->first, lost;
    char text[LSN_FLOOR_TEXT_MAX];
    struct lsn_floor floor;

    LSN_TRY(lsn_floor_find(report->results, condition,
                           lsn_report_end(report, section, "contrast_high"), &floor, err));
    lsn_text_add(html,
                 "<p>The intact network has %zu of %zu image%s right at both contrasts, %s and %s.",
                 floor.right_both, floor.images, lsn_plural(floor.images), low, high);
    if (best) {
        lost = count_selective(report, section, &lsn_measures[LSN_MEASURE_LOST]);
        lsn_text_add(
            html,
            " Of these, %zu of %zu kernel%s lose%s more at %s than at %s (lost_p_max below "
            ".05)",
            lost, kernels, lsn_plural((size_t)kernels), lost == 1 ? "s" : "", low, high);
    }
    if (best && best->index == LSN_MEASURE_BEYOND)
        lsn_text_add(
            html, ", and %zu more at %s than importance at %s predicts (beyond_p_max below .05).",
            count_selective(report, section, best), low, high);
    else if (best)
        lsn_text_add(html, "; too few kernels have an effect for a prediction from importance.");
    if (lsn_floor_text(&floor, text)) {
        lsn_text_add(html, " ");
        lsn_html_add(html, text);
    }
    lsn_text_add(html, "</p>\n");
    return LSN_OK;
}

enum lsn_status lsn_report_summarise(const struct lsn_report *report, struct lsn_text *html,
                                     struct lsn_error *err)
{
    int s, c;

    add_run(report, html);
    if (report->results->raced)
        return lsn_report_raced_words(report, html, err);
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
            LSN_TRY(add_selective(report, section, html, err));
        lsn_text_add(html, "</div>\n");
    }
    lsn_text_add(html, "<p class=\"note\">In brackets 95 %% intervals: Wilson's of accuracies, "
                       "Newcombe's of drops. q: of McNemar's exact tests over all kernels at that "
                       "contrast (Benjamini-Hochberg).</p>\n");
    return LSN_OK;
}
