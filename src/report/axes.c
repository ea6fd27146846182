/* Reads the tables that the report has written, and finds the rows of each section. Figures take
 * their numbers from here, so that a figure shows what its table says. */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/file.h"
#include "lesion/parse.h"
#include "lesion/stats.h"
#include "table/columns.h"

static enum lsn_status read_conditions(struct lsn_report *report, struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    int c, i;

    report->contrasts = lsn_alloc((size_t)r->condition_count, sizeof *report->contrasts);
    report->showings = lsn_alloc((size_t)r->condition_count, sizeof *report->showings);
    if (!report->contrasts || !report->showings)
        return lsn_fail_memory(err, "a report's conditions");
    for (c = 0; c < r->condition_count; c++) {
        for (i = 0; i < report->contrast_count; i++)
            if (report->contrasts[i] == r->conditions[c].contrast)
                break;
        if (i == report->contrast_count)
            report->contrasts[report->contrast_count++] = r->conditions[c].contrast;
        for (i = 0; i < report->showing_count; i++)
            if (lsn_same_but_contrast(r, report->showings[i], c))
                break;
        if (i == report->showing_count)
            report->showings[report->showing_count++] = c;
    }
    lsn_sort(report->contrasts, (size_t)report->contrast_count);
    return LSN_OK;
}

void lsn_report_showing(const struct lsn_report *report, int showing, struct lsn_text *text)
{
    const struct lsn_condition *c = &report->results->conditions[report->showings[showing]];
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];
    bool everywhere = c->region.kind == LSN_REGION_ALL;

    lsn_region_text(&c->region, region);
    lsn_normalisation_text(&c->normalisation, normalisation);
    if (!everywhere)
        lsn_text_add(text, "%s", region);
    if (c->normalisation.kind != LSN_NORMALISATION_NONE)
        lsn_text_add(text, "%s%s", everywhere ? "" : ", ", normalisation);
    lsn_text_add(text, "%s", "");
}

/* Returns the section's title, which names what tells it from the other sections; owned. */
static char *make_title(const struct lsn_report *report, const struct lsn_section *section)
{
    char lesion[LSN_LESION_TEXT_MAX];
    struct lsn_text text = {0};

    if (report->results->lesion_count > 1) {
        lsn_lesion_text(&report->results->lesions[section->lesion], lesion);
        lsn_text_add(&text, "lesion %s", lesion);
    }
    if (report->showing_count > 1) {
        size_t start;

        lsn_text_add(&text, "%s", text.length ? ", " : "");
        start = text.length;
        lsn_report_showing(report, section->showing, &text);
        if (text.length == start)
            lsn_text_add(&text, "everywhere");
    }
    lsn_text_add(&text, "%s", text.length ? "" : "all kernels");
    if (text.failed) {
        lsn_text_free(&text);
        return NULL;
    }
    return text.bytes;
}

/* Finds the conditions of the section, by ascending contrast. */
static void find_conditions(const struct lsn_report *report, struct lsn_section *s)
{
    const struct lsn_results *r = report->results;
    int c, i;

    for (i = 0; i < report->contrast_count; i++)
        for (c = 0; c < r->condition_count; c++)
            if (r->conditions[c].contrast == report->contrasts[i] &&
                lsn_same_but_contrast(r, report->showings[s->showing], c)) {
                s->contrasts[s->contrast_count] = report->contrasts[i];
                s->conditions[s->contrast_count++] = c;
                break;
            }
}

static enum lsn_status add_section(struct lsn_report *report, size_t first, size_t end, int showing,
                                   struct lsn_error *err)
{
    struct lsn_section *s;

    if (report->section_total++ >= LSN_REPORT_SECTIONS_MAX)
        return LSN_OK;
    s = &report->sections[report->section_count++];
    *s = (struct lsn_section){.lesion = report->results->kernel_lesion[first],
                              .first = first,
                              .end = end,
                              .showing = showing};
    if (report->section_count > 1)
        snprintf(s->suffix, sizeof s->suffix, "-%d", report->section_count);
    s->title = make_title(report, s);
    s->contrasts = lsn_alloc((size_t)report->contrast_count, sizeof *s->contrasts);
    s->conditions = lsn_alloc((size_t)report->contrast_count, sizeof *s->conditions);
    if (!s->title || !s->contrasts || !s->conditions)
        return lsn_fail_memory(err, "a report's sections");
    find_conditions(report, s);
    return LSN_OK;
}

static enum lsn_status read_sections(struct lsn_report *report, struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    size_t first, end;
    int s;

    report->sections = lsn_alloc(LSN_REPORT_SECTIONS_MAX, sizeof *report->sections);
    if (!report->sections)
        return lsn_fail_memory(err, "a report's sections");
    for (first = 0; first < r->kernel_count; first = end) {
        for (end = first; end < r->kernel_count; end++)
            if (r->kernel_lesion[end] != r->kernel_lesion[first])
                break;
        for (s = 0; s < report->showing_count; s++)
            LSN_TRY(add_section(report, first, end, s, err));
    }
    return LSN_OK;
}

static enum lsn_status read_table(const struct lsn_report *report, const char *name, size_t rows,
                                  struct lsn_csv *csv, struct lsn_error *err)
{
    char *path = lsn_report_path(report, "tables", name, ".csv");
    enum lsn_status status = path ? lsn_csv_read(path, csv, err) : lsn_fail_memory(err, "a path");

    if (status == LSN_OK && rows && csv->row_count != rows)
        status = lsn_fail(err, LSN_E_FORMAT, "%s: has %zu row%s, wanted %zu", path, csv->row_count,
                          lsn_plural(csv->row_count), rows);
    lsn_free(path);
    return status;
}

static const char *cell_of(const struct lsn_csv *csv, size_t row, const char *column)
{
    int at = lsn_csv_column(csv, column);

    return at < 0 ? "" : lsn_csv_cell(csv, row, at);
}

/* Finds the section's first row in a table that has one row per kernel, region and normalisation:
 * the row of the section's first kernel. False: the table has no row of the section. */
static bool find_rows(const struct lsn_report *report, const struct lsn_section *s,
                      const struct lsn_csv *table, size_t *first)
{
    static const char *const keys[] = {"layer_index", "kernel", "lesion", "region", "normalise"};
    size_t i;

    for (*first = 0; *first < table->row_count; ++*first) {
        for (i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (strcmp(cell_of(table, *first, keys[i]),
                       lsn_report_cell(report, s->first, s->conditions[0], keys[i])) != 0)
                break;
        if (i == sizeof keys / sizeof keys[0])
            return true;
    }
    return false;
}

enum lsn_status lsn_report_read(struct lsn_report *report, struct lsn_error *err)
{
    const struct lsn_results *r = report->results;
    size_t conditions = (size_t)r->condition_count;
    int s;

    LSN_TRY(read_conditions(report, err));
    LSN_TRY(read_sections(report, err));
    LSN_TRY(read_table(report, "kernels", r->kernel_count * conditions, &report->kernels, err));
    if (!r->raced) {
        LSN_TRY(read_table(report, "intact", conditions, &report->intact, err));
        LSN_TRY(read_table(report, "layers", 0, &report->layers, err));
    }
    if (report->compared)
        LSN_TRY(read_table(report, "selectivity", 0, &report->selectivity, err));
    if (report->curved)
        LSN_TRY(read_table(report, "psychometric", 0, &report->curves, err));
    for (s = 0; s < report->section_count; s++) {
        struct lsn_section *section = &report->sections[s];

        section->compared =
            find_rows(report, section, &report->selectivity, &section->selectivity_row);
        section->curved = find_rows(report, section, &report->curves, &section->curve_row);
    }
    return LSN_OK;
}

void lsn_report_free(struct lsn_report *report)
{
    int i;

    for (i = 0; i < report->section_count; i++) {
        lsn_free(report->sections[i].contrasts);
        lsn_free(report->sections[i].conditions);
        lsn_free(report->sections[i].title);
    }
    lsn_free(report->sections);
    lsn_free(report->contrasts);
    lsn_free(report->showings);
    lsn_free(report->figures);
    lsn_csv_free(&report->kernels);
    lsn_csv_free(&report->intact);
    lsn_csv_free(&report->layers);
    lsn_csv_free(&report->selectivity);
    lsn_csv_free(&report->ladder);
    lsn_csv_free(&report->curves);
    lsn_json_free(report->facts);
}

const char *lsn_report_cell(const struct lsn_report *report, size_t kernel, int condition,
                            const char *column)
{
    return cell_of(&report->kernels,
                   kernel * (size_t)report->results->condition_count + (size_t)condition, column);
}

const char *lsn_report_selectivity(const struct lsn_report *report,
                                   const struct lsn_section *section, size_t kernel,
                                   const char *column)
{
    return cell_of(&report->selectivity, section->selectivity_row + (kernel - section->first),
                   column);
}

int lsn_report_end(const struct lsn_report *report, const struct lsn_section *section,
                   const char *column)
{
    const char *contrast = lsn_report_selectivity(report, section, section->first, column);
    int i;

    for (i = 0; i + 1 < section->contrast_count; i++)
        if (strcmp(lsn_report_cell(report, section->first, section->conditions[i], "contrast"),
                   contrast) == 0)
            break;
    return section->conditions[i];
}

const char *lsn_report_curve(const struct lsn_report *report, const struct lsn_section *section,
                             size_t kernel, const char *column)
{
    return cell_of(&report->curves, section->curve_row + (kernel - section->first), column);
}

double lsn_report_number(const char *cell)
{
    double value;

    return lsn_parse_float(cell, -HUGE_VAL, HUGE_VAL, &value) ? value : (double)NAN;
}

static int descending(double a, double b)
{
    return (a < b) - (a > b);
}

static int compare_places(const void *left, const void *right)
{
    const struct lsn_place *a = left, *b = right;
    int order = descending(a->drop, b->drop);

    if (!order)
        order = descending(a->low, b->low);
    if (!order)
        order = descending(a->high, b->high);
    return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

void lsn_report_sort(const struct lsn_report *report, const struct lsn_section *section, int c,
                     struct lsn_place *places)
{
    int condition = section->conditions[c];
    size_t k;

    for (k = section->first; k < section->end; k++)
        places[k - section->first] = (struct lsn_place){
            lsn_report_number(lsn_report_cell(report, k, condition, "top1_drop")),
            lsn_report_number(lsn_report_cell(report, k, condition, "top1_drop_ci_low")),
            lsn_report_number(lsn_report_cell(report, k, condition, "top1_drop_ci_high")), k};
    qsort(places, section->end - section->first, sizeof *places, compare_places);
}

char *lsn_report_path(const struct lsn_report *report, const char *part, const char *name,
                      const char *ending)
{
    struct lsn_text text = {0};

    lsn_text_add(&text, "%s/%s%s%s%s", report->folder, part, part[0] ? "/" : "", name, ending);
    if (!text.failed)
        return text.bytes;
    lsn_text_free(&text);
    return NULL;
}

enum lsn_status lsn_report_write_file(const struct lsn_report *report, const char *part,
                                      const char *name, const char *ending, struct lsn_text *text,
                                      struct lsn_error *err)
{
    char *path = lsn_report_path(report, part, name, ending);
    enum lsn_status status = text->failed || !path ? lsn_fail_memory(err, "a report")
                                                   : lsn_file_write(path, report->options->force,
                                                                    text->bytes, text->length, err);

    lsn_free(path);
    lsn_text_free(text);
    return status;
}

void lsn_figure_text(struct lsn_text *csv, const char *text)
{
    static const char refused[] = ",|\"\r\n", instead[] = ";/'  ";

    lsn_text_add(csv, ",");
    for (; *text; text++) {
        const char *at = strchr(refused, *text);

        lsn_text_add_bytes(csv, at ? &instead[at - refused] : text, 1);
    }
}

void lsn_figure_condition(struct lsn_text *csv, const char *contrast, const char *region,
                          const char *normalise)
{
    struct lsn_text words = {0};

    lsn_text_add(&words, "contrast %s", contrast);
    if (strcmp(region, "all") != 0)
        lsn_text_add(&words, "; %s", region);
    if (strcmp(normalise, "none") != 0)
        lsn_text_add(&words, "; %s", normalise);
    lsn_figure_text(csv, words.bytes ? words.bytes : "");
    csv->failed = csv->failed || words.failed;
    lsn_text_free(&words);
}
