/* Tables of other commands that a report takes in must be of what the run is of: kernels of equal
 * names in another network, or other images, would be drawn beside those of the run. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/listed.h"
#include "format/file.h"
#include "format/json.h"
#include "lesion/parse.h"
#include "outcome/axes.h"
#include "report/report.h"

#define JSON_BYTES_MAX ((size_t)1 << 20)
#define RULE_MAX       80

/* A table given, with its provenance. */
struct beside {
    const struct lsn_report *report;
    const char *path;
    char *provenance;      /* the path of FILE.json */
    struct lsn_json *json; /* of it; NULL: it is not there */
    struct lsn_csv csv;
    bool same_images; /* known to be of the run's images */
};

enum lsn_status lsn_report_columns(const char *path, const struct lsn_csv *csv,
                                   const char *const *names, int count, const char *writer,
                                   int *columns, struct lsn_error *err)
{
    int i;

    for (i = 0; i < count; i++) {
        int column = lsn_csv_column(csv, names[i]);

        if (column < 0)
            return lsn_fail(err, LSN_E_FORMAT,
                            "%s: has no column %s, wanted what this version of lesion %s writes",
                            path, names[i], writer);
        if (columns)
            columns[i] = column;
    }
    return LSN_OK;
}

enum lsn_status lsn_report_has_rows(const char *path, const struct lsn_csv *csv,
                                    struct lsn_error *err)
{
    return csv->row_count > 0 ? LSN_OK : lsn_fail(err, LSN_E_DATA, "%s: has no rows", path);
}

/* An option that the table's command was run with; NULL: not known. */
static const char *option(const struct beside *t, const char *name)
{
    return lsn_json_string(lsn_json_member(lsn_json_member(t->json, "options"), name));
}

static const char *fact(const struct beside *t, const char *name)
{
    const char *value = lsn_json_string(lsn_json_member(t->report->facts, name));

    return value ? value : "";
}

static enum lsn_status check_model(const struct beside *t, struct lsn_error *err)
{
    const char *model = lsn_json_string(lsn_json_member(t->json, "model_sha256"));

    return !model || strcmp(model, t->report->model_sha256) == 0
               ? LSN_OK
               : lsn_fail(err, LSN_E_DATA,
                          "%s: is of another model than the run, by %s: SHA-256 %.64s, of the run "
                          "%s; give a table of the run's model",
                          t->path, t->provenance, model, t->report->model_sha256);
}

/* Compares the map of groups, which run.json has as "BY SHA-256", and how images are read. */
static enum lsn_status check_reading(const struct beside *t, struct lsn_error *err)
{
    static const char *const read_by[] = {"alpha", "depth"};
    const struct lsn_json *decide = lsn_json_member(t->json, "decide");
    const char *by = lsn_json_string(lsn_json_member(decide, "by"));
    const char *map = lsn_json_string(lsn_json_member(decide, "map_sha256"));
    const char *wanted = fact(t, "decide");
    char rule[RULE_MAX] = "none";
    size_t i;

    if (by && map)
        snprintf(rule, sizeof rule, "%s %s", by, map);
    if (strcmp(rule, wanted[0] ? wanted : "none") != 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: its map of groups is '%s', the run's '%.80s'; give a table made with "
                        "the run's --decide and --decide-by",
                        t->path, rule, wanted[0] ? wanted : "none");
    for (i = 0; i < sizeof read_by / sizeof read_by[0]; i++) {
        const char *own = option(t, read_by[i]);

        if (own && strcmp(own, fact(t, read_by[i])) != 0)
            return lsn_fail(err, LSN_E_DATA,
                            "%s: its images were read with --%s %.20s, the run's with %.20s; give "
                            "a table made with the run's",
                            t->path, read_by[i], own, fact(t, read_by[i]));
    }
    return LSN_OK;
}

/* Whether the set of images, in whatever order, is that of the run. */
static enum lsn_status compare_set(const struct beside *t, const char *set, bool *same,
                                   struct lsn_error *err)
{
    const struct lsn_results *r = t->report->results;
    struct lsn_listed *images = lsn_alloc(r->image_count, sizeof *images);
    enum lsn_status status = images ? LSN_OK : lsn_fail_memory(err, "a list of images");
    char hex[65] = "";
    size_t i;

    for (i = 0; i < r->image_count && status == LSN_OK; i++)
        images[i] = (struct lsn_listed){r->image_names[i], r->image_classes[i]};
    if (status == LSN_OK)
        status = lsn_listed_sha256(images, r->image_count, hex, err);
    *same = status == LSN_OK && strcmp(set, hex) == 0;
    lsn_free(images);
    return status;
}

static enum lsn_status check_images(struct beside *t, struct lsn_error *err)
{
    const char *list = lsn_json_string(lsn_json_member(t->json, "image_list_sha256"));
    const char *set = lsn_json_string(lsn_json_member(t->json, "image_set_sha256"));

    t->same_images = list && strcmp(list, fact(t, "image_list_sha256")) == 0;
    if (!t->same_images && set)
        LSN_TRY(compare_set(t, set, &t->same_images, err));
    return t->same_images || !list
               ? LSN_OK
               : lsn_fail(err, LSN_E_DATA,
                          "%s: is of another list of images than the run, by %s; give a table of "
                          "the run's --images and --labels",
                          t->path, t->provenance);
}

static enum lsn_status check_provenance(struct beside *t, struct lsn_error *err)
{
    struct lsn_bytes bytes = {0};
    enum lsn_status status;

    if (access(t->provenance, F_OK) != 0)
        return LSN_OK;
    status = lsn_file_read(t->provenance, JSON_BYTES_MAX, &bytes, err);
    if (status == LSN_OK)
        status = lsn_json_parse(t->provenance, (const char *)bytes.data, bytes.size, &t->json, err);
    lsn_free(bytes.data);
    LSN_TRY(status);
    LSN_TRY(check_model(t, err));
    LSN_TRY(check_reading(t, err));
    return check_images(t, err);
}

/* Compares the layers in a column, whose numbers are in another one, with those of the run, which
 * knows the names of the layers that it chose. */
static enum lsn_status check_layers(const struct beside *t, const char *const columns[2],
                                    struct lsn_error *err)
{
    int name = lsn_csv_column(&t->csv, columns[0]), index = lsn_csv_column(&t->csv, columns[1]);
    const struct lsn_results *r = t->report->results;
    size_t row;

    for (row = 0; row < t->csv.row_count && name >= 0 && index >= 0; row++) {
        const char *layer = lsn_csv_cell(&t->csv, row, name);
        int64_t number;

        if (!lsn_parse_int(lsn_csv_cell(&t->csv, row, index), 0, r->layer_count - 1, &number) ||
            (r->layer_names[number] && strcmp(r->layer_names[number], layer) != 0))
            return lsn_fail(err, LSN_E_DATA,
                            "%s: its layer '%.100s' is not number %.20s of the run's network; give "
                            "a table of the run's model, made with its --lesion-places",
                            t->path, layer, lsn_csv_cell(&t->csv, row, index));
    }
    return LSN_OK;
}

/* The table's --seed. False: it is not known. */
static bool find_seed(const struct beside *t, uint64_t *seed)
{
    const char *text = option(t, "seed");
    int64_t number;

    if (!text || !lsn_parse_int(text, 0, INT64_MAX, &number))
        return false;
    *seed = (uint64_t)number;
    return true;
}

/* Whether a condition of the run is the one that a table names so, as far as that is known. */
static bool is_condition(const struct beside *t, const char *name,
                         const struct lsn_condition *condition, const char *region)
{
    const char *definition = option(t, "definition"), *quantize = option(t, "quantize");
    struct lsn_text text = {0};
    struct lsn_region own;
    uint64_t seed;
    bool same;

    lsn_condition_add(&text, condition);
    same = text.bytes && strcmp(text.bytes, name) == 0 &&
           (!definition || strcmp(definition, lsn_definition_names[condition->definition]) == 0) &&
           (!quantize || strcmp(quantize, lsn_quantize_names[condition->quantize]) == 0);
    if (same && find_seed(t, &seed) && lsn_region_parse(region, seed, &own, NULL) == LSN_OK)
        same = own.seed == condition->region.seed;
    lsn_text_free(&text);
    return same;
}

/* Checks that a row's condition, whose contrast is in a column, is one of the run's. */
static enum lsn_status check_condition(const struct beside *t, size_t row, int contrast,
                                       struct lsn_error *err)
{
    const struct lsn_results *r = t->report->results;
    const char *region = lsn_csv_cell(&t->csv, row, lsn_csv_column(&t->csv, "region"));
    const char *normalise = lsn_csv_cell(&t->csv, row, lsn_csv_column(&t->csv, "normalise"));
    struct lsn_text name = {0};
    enum lsn_status status = LSN_OK;
    int c = 0;

    lsn_text_add(&name, "%s,", lsn_csv_cell(&t->csv, row, contrast));
    lsn_text_add_csv(&name, region);
    lsn_text_add(&name, ",");
    lsn_text_add_csv(&name, normalise);
    if (name.failed)
        status = lsn_fail_memory(err, "a condition");
    while (status == LSN_OK && c < r->condition_count &&
           !is_condition(t, name.bytes, &r->conditions[c], region))
        c++;
    if (status == LSN_OK && c == r->condition_count)
        status = lsn_fail(err, LSN_E_DATA,
                          "%s: is of contrast %.20s, region %.80s, normalise %.80s, which the run "
                          "has not, or not with its --definition, --quantize and --seed; give a "
                          "table of the run's conditions",
                          t->path, lsn_csv_cell(&t->csv, row, contrast), region, normalise);
    lsn_text_free(&name);
    return status;
}

static enum lsn_status check_lesion(const struct beside *t, const char *text, struct lsn_error *err)
{
    const struct lsn_results *r = t->report->results;
    char there[LSN_LESION_TEXT_MAX];
    struct lsn_lesion own;
    uint64_t seed;
    int i;

    for (i = 0; i < r->lesion_count; i++) {
        lsn_lesion_text(&r->lesions[i], there);
        if (strcmp(there, text) == 0 &&
            (!find_seed(t, &seed) || lsn_lesion_parse(text, seed, &own, NULL) != LSN_OK ||
             own.seed == r->lesions[i].seed))
            return LSN_OK;
    }
    return lsn_fail(err, LSN_E_DATA,
                    "%s: is of the lesion %.60s, which the run has not, or not with its --seed; "
                    "give a table made with the run's --lesion",
                    t->path, text);
}

/* Checks the conditions and lesions of all rows; rows of equal ones follow each other. */
static enum lsn_status check_rows(const struct beside *t, struct lsn_error *err)
{
    static const char *const names[] = {"lesion",   "region",       "normalise",
                                        "contrast", "contrast_low", "contrast_high"};
    enum { COUNT = sizeof names / sizeof names[0], CONTRAST = 3 };
    int columns[COUNT], i;
    size_t row;

    for (i = 0; i < COUNT; i++)
        columns[i] = lsn_csv_column(&t->csv, names[i]);
    if (columns[0] < 0 || columns[1] < 0 || columns[2] < 0)
        return LSN_OK;
    for (row = 0; row < t->csv.row_count; row++) {
        bool same = row > 0;

        for (i = 0; i < COUNT && same; i++)
            same = columns[i] < 0 || strcmp(lsn_csv_cell(&t->csv, row, columns[i]),
                                            lsn_csv_cell(&t->csv, row - 1, columns[i])) == 0;
        if (same)
            continue;
        LSN_TRY(check_lesion(t, lsn_csv_cell(&t->csv, row, columns[0]), err));
        for (i = CONTRAST; i < COUNT; i++)
            if (columns[i] >= 0)
                LSN_TRY(check_condition(t, row, columns[i], err));
    }
    return LSN_OK;
}

/* Finds out whether the run's true drops may stand in for those that the table of taylor lacks. */
static void find_drops(const struct beside *t, struct lsn_report *report,
                       struct lsn_report_outcome *outcome)
{
    int drop = lsn_csv_column(&t->csv, "loss_drop"), images = lsn_csv_column(&t->csv, "images");
    const struct lsn_results *r = report->results;
    bool whole = r->complete_images == r->image_count, lacks = false;
    size_t row;

    for (row = 0; row < t->csv.row_count; row++) {
        int64_t number;

        lacks = lacks || lsn_csv_cell(&t->csv, row, drop)[0] == 0;
        whole = whole && lsn_parse_int(lsn_csv_cell(&t->csv, row, images), 0, INT64_MAX, &number) &&
                (size_t)number == r->image_count;
    }
    report->drops_fit = whole && t->same_images && !r->raced;
    if (lacks && !report->drops_fit)
        snprintf(outcome->left_out, sizeof outcome->left_out,
                 "%.300s: kernels without a true drop are left out, as the run's drops are %s",
                 t->path,
                 r->raced          ? "of other images for each kernel: races left it"
                 : !t->same_images ? "of images that may be others: no FILE.json tells"
                                   : "of more or fewer images");
}

static enum lsn_status check(struct beside *t, struct lsn_error *err)
{
    static const char *const columns[][2] = {
        {"layer", "layer_index"}, {"layer_a", "layer_index_a"}, {"layer_b", "layer_index_b"}};
    size_t i;

    LSN_TRY(check_provenance(t, err));
    LSN_TRY(lsn_csv_read(t->path, &t->csv, err));
    for (i = 0; i < sizeof columns / sizeof columns[0]; i++)
        LSN_TRY(check_layers(t, columns[i], err));
    return check_rows(t, err);
}

enum lsn_status lsn_report_check_beside(struct lsn_report *report, const char *path,
                                        struct lsn_report_outcome *outcome, struct lsn_error *err)
{
    struct beside t = {.report = report, .path = path};
    struct lsn_text provenance = {0};
    size_t used = strlen(outcome->trusted);
    enum lsn_status status;

    lsn_text_add(&provenance, "%s.json", path);
    t.provenance = provenance.bytes;
    status = provenance.failed ? lsn_fail_memory(err, "a path") : check(&t, err);
    if (status == LSN_OK && !t.json)
        snprintf(outcome->trusted + used, sizeof outcome->trusted - used, "%s%s", used ? ", " : "",
                 path);
    if (status == LSN_OK && path == report->options->taylor)
        find_drops(&t, report, outcome);
    lsn_json_free(t.json);
    lsn_csv_free(&t.csv);
    lsn_text_free(&provenance);
    return status;
}
