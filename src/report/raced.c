/* What a report shows of a run that races left: on how many images each kernel was run. All of it
 * is counted from the images that the table of kernels names, as no image is complete. */
#include <string.h>

#include "base/memory.h"
#include "format/file.h"
#include "format/json.h"
#include "lesion/stats.h"
#include "report/html.h"
#include "report/report.h"
#include "table/columns.h"

#define RACE_BYTES_MAX ((size_t)1 << 20)

/* The images that a kernel stands on at contrast number c of a section. */
static double stands_on(const struct lsn_report *report, const struct lsn_section *section,
                        size_t kernel, int c)
{
    return lsn_report_number(lsn_report_cell(report, kernel, section->conditions[c], "images"));
}

/* Whether every kernel stands on as many images at contrasts a and b. */
static bool stand_alike(const struct lsn_report *report, const struct lsn_section *section, int a,
                        int b)
{
    size_t k;

    for (k = section->first; k < section->end; k++)
        if (stands_on(report, section, k, a) != stands_on(report, section, k, b))
            return false;
    return true;
}

/* A race of a selectivity runs an image at two contrasts together: such contrasts share a curve,
 * whose contrast is the lowest of them. Sets names, to be freed, to all of them ("0.05 and 1").
 * False: contrast c has no curve, as an earlier one has it or nothing was run there. */
static bool begin_curve(const struct lsn_report *report, const struct lsn_section *section, int c,
                        struct lsn_text *names)
{
    bool run = false;
    size_t k;
    int other;

    for (k = section->first; k < section->end && !run; k++)
        run = stands_on(report, section, k, c) > 0;
    for (other = 0; other < c && run; other++)
        run = !stand_alike(report, section, other, c);
    for (other = c; other < section->contrast_count && run; other++)
        if (stand_alike(report, section, other, c)) {
            lsn_text_add(names, "%s", other > c ? " and " : "");
            lsn_text_add_number(names, section->contrasts[other]);
        }
    return run;
}

/* Sets images [end - first] to what kernels first ... end-1 stand on at contrast number c,
 * ascending. */
static void sort_images(const struct lsn_report *report, const struct lsn_section *section,
                        size_t first, size_t end, int c, double *images)
{
    size_t k;

    for (k = first; k < end; k++)
        images[k - first] = stands_on(report, section, k, c);
    lsn_sort(images, end - first);
}

static void add_step(struct lsn_text *csv, const struct lsn_report *report,
                     const struct lsn_section *section, int c, const char *names, double images,
                     size_t kernels)
{
    lsn_text_add_number(csv, section->contrasts[c]);
    lsn_figure_text(csv, names);
    lsn_columns_number(csv, images);
    lsn_text_add(csv, ",%zu,%zu\n", kernels, report->results->image_count);
}

enum lsn_status lsn_figure_elimination(const struct lsn_report *report,
                                       const struct lsn_section *section, struct lsn_text *csv,
                                       struct lsn_error *err)
{
    size_t count = section->end - section->first, i;
    double *images = lsn_alloc(count, sizeof *images);
    int c;

    if (!images)
        return lsn_fail_memory(err, "a figure");
    lsn_text_add(csv, "contrast,contrasts,images,kernels,list\n");
    for (c = 0; c < section->contrast_count; c++) {
        struct lsn_text names = {0};

        if (begin_curve(report, section, c, &names) && !names.failed) {
            sort_images(report, section, section->first, section->end, c, images);
            if (images[0] > 0)
                add_step(csv, report, section, c, names.bytes, 0, count);
            for (i = 0; i < count; i++)
                if (i == 0 || images[i] != images[i - 1])
                    add_step(csv, report, section, c, names.bytes, images[i], count - i);
        }
        csv->failed = csv->failed || names.failed;
        lsn_text_free(&names);
    }
    lsn_free(images);
    return LSN_OK;
}

/* Adds how many of a layer's kernels stand on how many images, where any do. */
static void add_layer(struct lsn_text *csv, const struct lsn_report *report,
                      const struct lsn_section *section, int c, const char *names, size_t row,
                      const double *images, size_t first, size_t count)
{
    size_t i, next;

    for (i = 0; i < count; i = next) {
        for (next = i; next < count && images[next] == images[i]; next++)
            ;
        lsn_text_add(csv, "%zu", row);
        lsn_figure_text(csv, report->results->layer_names[report->results->kernel_layer[first]]);
        lsn_text_add(csv, ",");
        lsn_text_add_number(csv, section->contrasts[c]);
        lsn_figure_text(csv, names);
        lsn_columns_number(csv, images[i]);
        lsn_text_add(csv, ",%zu,%zu,%zu\n", next - i, count, report->results->image_count);
    }
}

enum lsn_status lsn_figure_standing(const struct lsn_report *report,
                                    const struct lsn_section *section, struct lsn_text *csv,
                                    struct lsn_error *err)
{
    const int *layer = report->results->kernel_layer;
    double *images = lsn_alloc(section->end - section->first, sizeof *images);
    size_t first, end, row;
    int c;

    if (!images)
        return lsn_fail_memory(err, "a figure");
    lsn_text_add(csv, "row,layer,contrast,contrasts,images,kernels,layer_kernels,list\n");
    for (c = 0; c < section->contrast_count; c++) {
        struct lsn_text names = {0};
        bool begins = begin_curve(report, section, c, &names) && !names.failed;

        for (first = section->first, row = 0; first < section->end && begins; first = end, row++) {
            for (end = first; end < section->end && layer[end] == layer[first]; end++)
                ;
            sort_images(report, section, first, end, c, images);
            add_layer(csv, report, section, c, names.bytes, row, images, first, end - first);
        }
        csv->failed = csv->failed || names.failed;
        lsn_text_free(&names);
    }
    lsn_free(images);
    return LSN_OK;
}

enum lsn_status lsn_report_raced_rows(const struct lsn_report *report,
                                      const struct lsn_section *section, struct lsn_text *csv,
                                      struct lsn_error *err)
{
    static const char *const cells[] = {"images", "lost", "gained", "top1_drop"};
    static const char *const names[] = {"images", "lost", "gained", "drop"};
    const struct lsn_results *r = report->results;
    size_t i, k;
    int c;

    (void)err;
    lsn_text_add(csv, "layer,layer_index,kernel");
    for (c = 0; c < section->contrast_count; c++)
        for (i = 0; i < sizeof names / sizeof names[0]; i++) {
            lsn_text_add(csv, ",%s@", names[i]);
            lsn_text_add_number(csv, section->contrasts[c]);
        }
    lsn_text_add(csv, "\n");
    for (k = section->first; k < section->end; k++) {
        lsn_text_add_csv(csv, r->layer_names[r->kernel_layer[k]]);
        lsn_text_add(csv, ",%d,%d", r->kernel_layer[k], r->kernel_index[k]);
        for (c = 0; c < section->contrast_count; c++)
            for (i = 0; i < sizeof cells / sizeof cells[0]; i++)
                lsn_text_add(csv, ",%s",
                             lsn_report_cell(report, k, section->conditions[c], cells[i]));
        lsn_text_add(csv, "\n");
    }
    return LSN_OK;
}

/* Adds the options that race.json has of the last race, as they are given. */
static void add_options(const struct lsn_json *race, struct lsn_text *html)
{
    static const char *const numbers[] = {"top", "above", "fdr", "confidence", "seed"};
    const char *measure = lsn_json_string(lsn_json_member(race, "measure"));
    double value;
    size_t i;

    lsn_text_add(html, " The last race that stored outcomes here had <code>--measure ");
    lsn_html_add(html, measure ? measure : "accuracy");
    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (lsn_json_number(lsn_json_member(race, numbers[i]), &value) &&
            (value > 0 || strcmp(numbers[i], "fdr") != 0)) {
            lsn_text_add(html, " --%s ", numbers[i]);
            lsn_text_add_number(html, value);
        }
    lsn_text_add(html, "</code>.");
}

static enum lsn_status add_race(const struct lsn_report *report, struct lsn_text *html,
                                struct lsn_error *err)
{
    char *path = lsn_path_join(report->run, "race.json");
    struct lsn_bytes bytes = {0};
    struct lsn_json *race = NULL;
    enum lsn_status status =
        path ? lsn_file_read(path, RACE_BYTES_MAX, &bytes, err) : lsn_fail_memory(err, "a path");

    if (status == LSN_OK)
        status = lsn_json_parse(path, (const char *)bytes.data, bytes.size, &race, err);
    if (status == LSN_OK)
        add_options(race, html);
    lsn_json_free(race);
    lsn_free(bytes.data);
    lsn_free(path);
    return status;
}

enum lsn_status lsn_report_raced_words(const struct lsn_report *report, struct lsn_text *html,
                                       struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    size_t conditions = (size_t)r->condition_count, k;
    double all = (double)r->kernel_count * (double)conditions * (double)r->image_count, run = 0;
    int c;

    for (k = 0; k < r->kernel_count; k++)
        for (c = 0; c < r->condition_count; c++)
            run += lsn_report_number(lsn_report_cell(report, k, c, "images"));
    lsn_text_add(html,
                 "<p>Races left this run: of its %.0f variants (every image at every condition "
                 "with every kernel lesioned) %.0f were run, %.1f %%.",
                 all, run, all > 0 ? 100 * run / all : 0);
    LSN_TRY(add_race(report, html, err));
    if (r->raced_right)
        lsn_text_add(html, " Drops are not given, as a race by lost-selectivity chose images that "
                           "are right when intact: they are no sample of the list.");
    lsn_text_add(html,
                 "</p>\n<p>The accuracy of the intact network, the layers, the map of kernels, "
                 "selectivity and curves are left out: they compare kernels on the same images, "
                 "and here each kernel has images of its own. <code>lesion sweep</code> again with "
                 "the same <code>--run</code>, without <code>--top</code> or <code>--above</code>, "
                 "runs what is left of the sweep and nothing twice; then <code>lesion "
                 "report</code> has them.</p>\n");
    return LSN_OK;
}
